//! What a plugin is given: a batch of candidates in columns, and the parameters of the run.

use crate::bindings::exports::lodestone::plugin::model as wit;
use matter::CompositionRef;

/// A batch of candidates, in columns.
#[derive(Clone, Debug)]
pub struct Batch(wit::Batch);

/// A numeric column of the user's table.
#[derive(Clone, Copy, Debug)]
pub struct InputColumn<'a> {
    /// The unit that `describe` asked for.
    pub unit: &'a str,
    /// One number a candidate, NaN where missing.
    pub mean: &'a [f64],
    /// One standard deviation a candidate, NaN where unknown; `None`: known for none.
    pub std: Option<&'a [f64]>,
}

/// The crystal structure of one candidate; sites may be shared by several species.
#[derive(Clone, Copy, Debug)]
pub struct Structure<'a> {
    /// Rows a, b, c of the cell, Å.
    pub lattice: [[f64; 3]; 3],
    /// Fractional coordinates, three a site.
    pub positions: &'a [f64],
    /// Magnetic moment a site, µB, NaN where unknown; empty where none is known.
    pub site_moments: &'a [f64],
    species_offsets: &'a [u32],
    atomic_numbers: &'a [u8],
    occupancies: &'a [f64],
}

impl<'a> Structure<'a> {
    /// The number of sites.
    pub fn sites(&self) -> usize {
        self.positions.len() / 3
    }

    /// The species of a site: atomic number and occupancy. Empty for a site that is not there.
    pub fn species(&self, site: usize) -> impl Iterator<Item = (u8, f64)> + 'a {
        let bounds = self
            .species_offsets
            .get(site)
            .zip(self.species_offsets.get(site + 1));
        let range = bounds.map_or(0..0, |(&a, &b)| a as usize..b as usize);
        let numbers = self.atomic_numbers.get(range.clone()).unwrap_or_default();
        let occupancies = self.occupancies.get(range).unwrap_or_default();
        numbers.iter().copied().zip(occupancies.iter().copied())
    }

    /// Atoms in the cell, occupancies counted as parts of atoms.
    pub fn atoms(&self) -> f64 {
        let sites = (0..self.sites()).flat_map(|site| self.species(site));
        sites.map(|(_, occupancy)| occupancy).sum()
    }

    /// Atoms of one element in the cell.
    pub fn amount(&self, atomic_number: u8) -> f64 {
        let sites = (0..self.sites()).flat_map(|site| self.species(site));
        let of_element = sites.filter(|(z, _)| *z == atomic_number);
        of_element.map(|(_, occupancy)| occupancy).sum()
    }

    /// Volume of the cell, Å³, positive for left-handed cells too.
    pub fn volume(&self) -> f64 {
        let [a, b, c] = self.lattice;
        let cross = [
            b[1] * c[2] - b[2] * c[1],
            b[2] * c[0] - b[0] * c[2],
            b[0] * c[1] - b[1] * c[0],
        ];
        (a[0] * cross[0] + a[1] * cross[1] + a[2] * cross[2]).abs()
    }
}

impl Batch {
    #[doc(hidden)]
    pub fn from_wit(batch: wit::Batch) -> Self {
        Self(batch)
    }

    /// The number of candidates.
    pub fn len(&self) -> usize {
        self.0.compositions.offsets.len().saturating_sub(1)
    }

    /// Whether there is no candidate.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The composition of a candidate; empty for a row that is not there.
    pub fn composition(&self, row: usize) -> CompositionRef<'_> {
        let c = &self.0.compositions;
        let range = match (c.offsets.get(row), c.offsets.get(row + 1)) {
            (Some(&a), Some(&b)) => a as usize..b as usize,
            _ => 0..0,
        };
        CompositionRef {
            atomic_numbers: c.atomic_numbers.get(range.clone()).unwrap_or_default(),
            amounts: c.amounts.get(range).unwrap_or_default(),
        }
    }

    /// The crystal structure of a candidate, where it has one.
    pub fn structure(&self, row: usize) -> Option<Structure<'_>> {
        let s = self.0.structures.as_ref()?;
        let (&a, &b) = s.site_offsets.get(row).zip(s.site_offsets.get(row + 1))?;
        let (a, b) = (a as usize, b as usize);
        if a >= b {
            return None;
        }
        let cell = s.lattices.get(9 * row..9 * row + 9)?;
        Some(Structure {
            lattice: [
                [cell[0], cell[1], cell[2]],
                [cell[3], cell[4], cell[5]],
                [cell[6], cell[7], cell[8]],
            ],
            positions: s.positions.get(3 * a..3 * b)?,
            site_moments: s.site_moments.get(a..b).unwrap_or_default(),
            species_offsets: s.species_offsets.get(a..=b)?,
            atomic_numbers: &s.atomic_numbers,
            occupancies: &s.occupancies,
        })
    }

    /// The column called `name`, where the user's table has it.
    pub fn column(&self, name: &str) -> Option<InputColumn<'_>> {
        let column = self.0.columns.iter().find(|c| c.name == name)?;
        Some(InputColumn {
            unit: &column.unit,
            mean: &column.mean,
            std: column.std.as_deref(),
        })
    }
}

/// The parameters of a run: every one that `describe` declares, at the user's value or its default.
#[derive(Clone, Debug)]
pub struct Parameters(Vec<(String, wit::ParameterValue)>);

impl Parameters {
    #[doc(hidden)]
    pub fn from_wit(values: Vec<(String, wit::ParameterValue)>) -> Self {
        Self(values)
    }

    fn get(&self, name: &str) -> Option<&wit::ParameterValue> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v)
    }

    /// The value of a number; NaN if `describe` declares no such number.
    pub fn number(&self, name: &str) -> f64 {
        match self.get(name) {
            Some(wit::ParameterValue::Number(x)) => *x,
            _ => f64::NAN,
        }
    }

    /// The chosen word; empty if `describe` declares no such choice.
    pub fn choice(&self, name: &str) -> &str {
        match self.get(name) {
            Some(wit::ParameterValue::Choice(word)) => word,
            _ => "",
        }
    }

    /// Whether a flag is set; no if `describe` declares no such flag.
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.get(name), Some(wit::ParameterValue::Flag(true)))
    }
}
