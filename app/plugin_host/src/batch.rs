//! A batch of candidates, borrowed from whoever holds the table.

use std::borrow::Cow;
use std::ops::Range;

use crate::bindings::wire;

/// Compositions as compressed sparse rows: candidate i owns the entries `offsets[i]..offsets[i + 1]`.
#[derive(Clone, Copy, Debug, Default)]
pub struct CompositionsInput<'a> {
    /// n + 1 numbers, never falling; they need not begin at zero, so a batch can be cut out of a larger table.
    pub offsets: &'a [u32],
    /// 1 to 118, ascending within a candidate.
    pub atomic_numbers: &'a [u8],
    /// Atoms in the formula as written, positive and finite.
    pub amounts: &'a [f64],
}

/// Crystal structures as compressed sparse rows over sites; a candidate without one owns no site.
#[derive(Clone, Copy, Debug, Default)]
pub struct StructuresInput<'a> {
    /// 9 numbers a candidate: the rows a, b, c of the cell, Å.
    pub lattices: &'a [f64],
    /// n + 1 numbers, over sites.
    pub site_offsets: &'a [u32],
    /// 3 numbers a site, fractional.
    pub positions: &'a [f64],
    /// Sites + 1 numbers, over species.
    pub species_offsets: &'a [u32],
    pub atomic_numbers: &'a [u8],
    pub occupancies: &'a [f64],
    /// Magnetic moment a site, µB; NaN where unknown; empty if none is known.
    pub site_moments: &'a [f64],
}

/// A numeric input column, already in the unit the plugin asked for.
#[derive(Clone, Copy, Debug)]
pub struct ColumnInput<'a> {
    pub name: &'a str,
    pub unit: &'a str,
    /// n numbers, NaN where missing.
    pub mean: &'a [f64],
    /// n standard deviations, NaN where unknown.
    pub std: Option<&'a [f64]>,
}

/// What a plugin is asked about in one call: n candidates.
#[derive(Clone, Debug, Default)]
pub struct BatchInput<'a> {
    pub compositions: CompositionsInput<'a>,
    pub structures: Option<StructuresInput<'a>>,
    pub columns: Vec<ColumnInput<'a>>,
}

impl BatchInput<'_> {
    /// The number of candidates.
    pub fn rows(&self) -> usize {
        self.compositions.offsets.len().saturating_sub(1)
    }

    /// Whether the parts fit together; a mistake of the caller, not of a plugin.
    pub(crate) fn check(&self) -> Result<(), String> {
        let rows = self.rows();
        let c = &self.compositions;
        offsets("composition", c.offsets, rows, c.atomic_numbers.len())?;
        length("amounts", c.amounts.len(), c.atomic_numbers.len())?;
        if let Some(s) = &self.structures {
            let sites = s.positions.len() / 3;
            length("lattice numbers", s.lattices.len(), 9 * rows)?;
            length("position numbers", s.positions.len(), 3 * sites)?;
            offsets("site", s.site_offsets, rows, sites)?;
            offsets("species", s.species_offsets, sites, s.atomic_numbers.len())?;
            length("occupancies", s.occupancies.len(), s.atomic_numbers.len())?;
            if !s.site_moments.is_empty() {
                length("site moments", s.site_moments.len(), sites)?;
            }
        }
        for column in &self.columns {
            length(column.name, column.mean.len(), rows)?;
            if let Some(std) = column.std {
                length(column.name, std.len(), rows)?;
            }
        }
        Ok(())
    }
}

fn length(what: &str, found: usize, wanted: usize) -> Result<(), String> {
    if found == wanted {
        Ok(())
    } else {
        Err(format!("{what}: {found} instead of {wanted}"))
    }
}

fn offsets(what: &str, offsets: &[u32], rows: usize, entries: usize) -> Result<(), String> {
    length(&format!("{what} offsets"), offsets.len(), rows + 1)?;
    let rising = offsets.is_sorted();
    if !rising || offsets.last().is_some_and(|&end| end as usize > entries) {
        return Err(format!(
            "{what} offsets fall or point past {entries} entries"
        ));
    }
    Ok(())
}

/// `rows` of compressed sparse rows: their offsets from zero, and the entries they own.
fn cut(offsets: &[u32], rows: Range<usize>) -> (Cow<'_, [u32]>, Range<usize>) {
    let part = &offsets[rows.start..=rows.end];
    let (first, last) = (part[0], part[part.len() - 1]);
    let entries = first as usize..last as usize;
    if first == 0 {
        (Cow::Borrowed(part), entries)
    } else {
        (
            part.iter().map(|o| o - first).collect::<Vec<_>>().into(),
            entries,
        )
    }
}

/// Rows of a checked batch in the form the interface takes, with what had to be copied for it.
pub(crate) struct Part<'a> {
    composition_offsets: Cow<'a, [u32]>,
    atomic_numbers: &'a [u8],
    amounts: &'a [f64],
    structures: Option<StructuresPart<'a>>,
    columns: Vec<wire::InputColumn<'a>>,
}

struct StructuresPart<'a> {
    site_offsets: Cow<'a, [u32]>,
    species_offsets: Cow<'a, [u32]>,
    slices: StructuresInput<'a>,
}

impl<'a> Part<'a> {
    pub(crate) fn new(batch: &BatchInput<'a>, rows: Range<usize>) -> Self {
        let c = &batch.compositions;
        let (composition_offsets, entries) = cut(c.offsets, rows.clone());
        let column = |column: &ColumnInput<'a>| wire::InputColumn {
            name: column.name,
            unit: column.unit,
            mean: &column.mean[rows.clone()],
            std: column.std.map(|std| &std[rows.clone()]),
        };
        Self {
            composition_offsets,
            atomic_numbers: &c.atomic_numbers[entries.clone()],
            amounts: &c.amounts[entries],
            structures: batch
                .structures
                .map(|s| StructuresPart::new(s, rows.clone())),
            columns: batch.columns.iter().map(column).collect(),
        }
    }

    pub(crate) fn wire(&self) -> wire::Batch<'_> {
        wire::Batch {
            compositions: wire::Compositions {
                offsets: &self.composition_offsets,
                atomic_numbers: self.atomic_numbers,
                amounts: self.amounts,
            },
            structures: self.structures.as_ref().map(|s| wire::Structures {
                lattices: s.slices.lattices,
                site_offsets: &s.site_offsets,
                positions: s.slices.positions,
                species_offsets: &s.species_offsets,
                atomic_numbers: s.slices.atomic_numbers,
                occupancies: s.slices.occupancies,
                site_moments: s.slices.site_moments,
            }),
            columns: &self.columns,
        }
    }
}

impl<'a> StructuresPart<'a> {
    fn new(s: StructuresInput<'a>, rows: Range<usize>) -> Self {
        let (site_offsets, sites) = cut(s.site_offsets, rows.clone());
        let (species_offsets, species) = cut(s.species_offsets, sites.clone());
        let moments = if s.site_moments.is_empty() {
            s.site_moments
        } else {
            &s.site_moments[sites.clone()]
        };
        Self {
            site_offsets,
            species_offsets,
            slices: StructuresInput {
                lattices: &s.lattices[9 * rows.start..9 * rows.end],
                positions: &s.positions[3 * sites.start..3 * sites.end],
                atomic_numbers: &s.atomic_numbers[species.clone()],
                occupancies: &s.occupancies[species],
                site_moments: moments,
                ..s
            },
        }
    }
}
