//! What a plugin gives back: columns of means and standard deviations, and dictionary-coded notes.

use crate::Description;
use crate::bindings::exports::lodestone::plugin::model as wit;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The interface's code for a note about the candidate as a whole.
const WHOLE_CANDIDATE: u32 = u32::MAX;

/// The predictions of a batch: every value starts as missing.
#[derive(Clone, Debug)]
pub struct Predictions {
    rows: usize,
    columns: Vec<Column>,
    texts: Vec<Cow<'static, str>>,
    codes: BTreeMap<Cow<'static, str>, u32>,
    recent: [Recent; RECENT],
    row: Vec<u32>,
    text: Vec<u32>,
    property: Vec<u32>,
}

/// How many static texts are found again by their address; most plugins have fewer.
const RECENT: usize = 64;

/// A static text's address and length, and its code: spares comparing the text itself.
#[derive(Clone, Copy, Debug)]
struct Recent {
    address: usize,
    length: usize,
    code: u32,
}

#[derive(Clone, Debug)]
struct Column {
    mean: Vec<f64>,
    std: Spread,
}

/// Kept as one word for the column for as long as all values agree, which spares most columns half their size.
#[derive(Clone, Debug)]
enum Spread {
    Unset,
    Exact,
    Unknown,
    Each(Vec<f64>),
}

impl Spread {
    /// Takes in a standard deviation that is not like those before.
    #[cold]
    fn change(&mut self, rows: usize, row: usize, std: f64) {
        let before = match self {
            Self::Unset if std == 0.0 => return *self = Self::Exact,
            Self::Unset if std.is_nan() => return *self = Self::Unknown,
            Self::Exact => 0.0,
            _ => f64::NAN,
        };
        let mut all = vec![before; rows];
        all[row] = std;
        *self = Self::Each(all);
    }
}

impl Predictions {
    /// Room for `rows` candidates and every property of `description`.
    pub fn new(description: &Description, rows: usize) -> Self {
        let column = Column {
            mean: vec![f64::NAN; rows],
            std: Spread::Unset,
        };
        Self {
            rows,
            columns: vec![column; description.0.properties.len()],
            texts: Vec::new(),
            codes: BTreeMap::new(),
            recent: [Recent {
                address: 0,
                length: 0,
                code: 0,
            }; RECENT],
            row: Vec::new(),
            text: Vec::new(),
            property: Vec::new(),
        }
    }

    /// Sets a value and its standard deviation: 0 for exact arithmetic, NaN where unknown.
    ///
    /// # Panics
    ///
    /// If there is no such row or property: a mistake in the plugin.
    #[inline]
    pub fn set(&mut self, row: usize, property: usize, mean: f64, std: f64) {
        let rows = self.rows;
        let column = &mut self.columns[property];
        column.mean[row] = mean;
        match &mut column.std {
            Spread::Each(all) => all[row] = std,
            Spread::Exact if std == 0.0 => {}
            Spread::Unknown if std.is_nan() => {}
            spread => spread.change(rows, row, std),
        }
    }

    /// Says why a value is missing.
    pub fn missing(&mut self, row: usize, property: usize, reason: impl Into<Cow<'static, str>>) {
        self.columns[property].mean[row] = f64::NAN;
        self.push_note(row, property as u32, reason.into());
    }

    /// Says why the plugin does not apply to a candidate at all: every value of the row is missing.
    pub fn not_applicable(&mut self, row: usize, reason: impl Into<Cow<'static, str>>) {
        for column in &mut self.columns {
            column.mean[row] = f64::NAN;
        }
        self.push_note(row, WHOLE_CANDIDATE, reason.into());
    }

    /// A remark about a candidate: where a value comes from, what to beware of.
    pub fn note(&mut self, row: usize, text: impl Into<Cow<'static, str>>) {
        self.push_note(row, WHOLE_CANDIDATE, text.into());
    }

    /// A remark about one property of a candidate.
    pub fn note_on(&mut self, row: usize, property: usize, text: impl Into<Cow<'static, str>>) {
        self.push_note(row, property as u32, text.into());
    }

    #[inline]
    fn push_note(&mut self, row: usize, property: u32, text: Cow<'static, str>) {
        let code = match text {
            Cow::Borrowed(text) => self.static_code(text),
            Cow::Owned(_) => self.code(text),
        };
        self.row.push(row as u32);
        self.text.push(code);
        self.property.push(property);
    }

    #[inline]
    fn static_code(&mut self, text: &'static str) -> u32 {
        let (address, length) = (text.as_ptr() as usize, text.len());
        let place = (address ^ (address >> 6) ^ length) % RECENT;
        let recent = self.recent[place];
        if (recent.address, recent.length) == (address, length) {
            return recent.code;
        }
        let code = self.code(Cow::Borrowed(text));
        self.recent[place] = Recent {
            address,
            length,
            code,
        };
        code
    }

    fn code(&mut self, text: Cow<'static, str>) -> u32 {
        if let Some(&code) = self.codes.get(&text) {
            return code;
        }
        let code = self.texts.len() as u32;
        self.texts.push(text.clone());
        self.codes.insert(text, code);
        code
    }

    pub(crate) fn mean(&self, row: usize, property: usize) -> Option<f64> {
        let mean = *self.columns.get(property)?.mean.get(row)?;
        (!mean.is_nan()).then_some(mean)
    }

    pub(crate) fn std(&self, row: usize, property: usize) -> Option<f64> {
        self.mean(row, property)?;
        match &self.columns.get(property)?.std {
            Spread::Exact => Some(0.0),
            Spread::Each(all) => all.get(row).copied().filter(|s| !s.is_nan()),
            Spread::Unset | Spread::Unknown => None,
        }
    }

    pub(crate) fn notes(&self, row: usize) -> Vec<&str> {
        let entries = self.row.iter().zip(&self.text);
        entries
            .filter(|(r, _)| **r as usize == row)
            .map(|(_, t)| self.texts[*t as usize].as_ref())
            .collect()
    }

    #[doc(hidden)]
    pub fn into_wit(self) -> wit::Predictions {
        let columns = self.columns.into_iter().map(|column| wit::Column {
            mean: column.mean,
            std: match column.std {
                Spread::Exact => wit::Spread::Exact,
                Spread::Unset | Spread::Unknown => wit::Spread::Unknown,
                Spread::Each(all) => wit::Spread::Each(all),
            },
        });
        wit::Predictions {
            columns: columns.collect(),
            notes: wit::Notes {
                texts: self.texts.into_iter().map(Cow::into_owned).collect(),
                row: self.row,
                text: self.text,
                property: self.property,
            },
        }
    }
}
