//! A pool as the suggesting engine reads it.

use super::{Points, Pool, Shelf, Store};
use optimize::suggest::Rows;

/// What is chosen from.
#[derive(Debug)]
pub enum View<'a> {
    Memory(Rows<'a>),
    Disk {
        shelf: &'a Shelf,
        excluded: &'a [usize],
    },
}

impl<'a> View<'a> {
    pub(super) fn of(pool: &'a Pool, excluded: &'a [usize]) -> Self {
        match &pool.store {
            Store::Disk(shelf) => Self::Disk { shelf, excluded },
            Store::Memory { points, extras, .. } => {
                let rows = match points {
                    Points::Single(values) => Rows::single(values, pool.width),
                    Points::Double(values) => Rows::new(values, pool.width),
                };
                let rows = rows.with_extras(extras, pool.extra_width);
                Self::Memory(rows.without(excluded))
            }
        }
    }
}

type Read = Result<(), Box<dyn std::error::Error + Send + Sync>>;

impl optimize::suggest::Pool for View<'_> {
    fn dimensions(&self) -> usize {
        match self {
            Self::Memory(rows) => rows.dimensions(),
            Self::Disk { shelf, .. } => shelf.header.width,
        }
    }

    fn extras(&self) -> usize {
        match self {
            Self::Memory(rows) => rows.extras(),
            Self::Disk { shelf, .. } => shelf.header.extra_width,
        }
    }

    fn rows(&self) -> usize {
        match self {
            Self::Memory(rows) => rows.rows(),
            Self::Disk { shelf, .. } => shelf.header.kept,
        }
    }

    fn read(&self, start: usize, inputs: &mut [f64], extras: &mut [f64]) -> Read {
        match self {
            Self::Memory(rows) => rows.read(start, inputs, extras),
            // Worded whole, as the engine hands it on.
            Self::Disk { shelf, .. } => Ok(shelf
                .read(start, inputs, extras)
                .map_err(|error| error.to_string())?),
        }
    }

    fn excluded(&self) -> &[usize] {
        match self {
            Self::Memory(rows) => rows.excluded(),
            Self::Disk { excluded, .. } => excluded,
        }
    }
}
