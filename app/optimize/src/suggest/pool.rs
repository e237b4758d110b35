//! Where candidates come from: rows by block, as few in memory as the source wishes.

use super::SuggestError;

/// Candidates that can be suggested: `N` rows of `d` inputs, and of `k` further columns.
///
/// Inputs are scaled as those of the [`super::Study`]. A row with an input that is not finite is never suggested.
pub trait Pool: Sync {
    /// `d`.
    fn dimensions(&self) -> usize;

    /// `k`: predictions by plugins and models, costs, probabilities; a [`super::Question`] names them by their place.
    fn extras(&self) -> usize {
        0
    }

    /// `N`.
    fn rows(&self) -> usize;

    /// Writes the rows from `start` on: `inputs` (`count x d`) and `extras` (`count x k`), row after row.
    ///
    /// # Errors
    ///
    /// Whatever keeps the source from being read.
    fn read(
        &self,
        start: usize,
        inputs: &mut [f64],
        extras: &mut [f64],
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>>;

    /// The same for single rows, given in ascending order. Sources for which single rows are dear may read them by block.
    ///
    /// # Errors
    ///
    /// Those of [`Pool::read`].
    fn gather(
        &self,
        indices: &[usize],
        inputs: &mut [f64],
        extras: &mut [f64],
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let (d, k) = (self.dimensions(), self.extras());
        for (at, index) in indices.iter().enumerate() {
            self.read(
                *index,
                &mut inputs[at * d..(at + 1) * d],
                &mut extras[at * k..(at + 1) * k],
            )?;
        }
        Ok(())
    }

    /// Rows that must not be suggested, ascending: tried, in flight, abandoned, or against known constraints.
    fn excluded(&self) -> &[usize] {
        &[]
    }
}

/// A pool in memory.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
    inputs: Values<'a>,
    dimensions: usize,
    extras: &'a [f64],
    width: usize,
    excluded: &'a [usize],
}

#[derive(Clone, Copy, Debug)]
enum Values<'a> {
    Single(&'a [f32]),
    Double(&'a [f64]),
}

impl<'a> Rows<'a> {
    /// `inputs` are `N x dimensions`, row after row.
    pub fn new(inputs: &'a [f64], dimensions: usize) -> Self {
        Self::of(Values::Double(inputs), dimensions)
    }

    /// As [`Rows::new`], in half the memory.
    pub fn single(inputs: &'a [f32], dimensions: usize) -> Self {
        Self::of(Values::Single(inputs), dimensions)
    }

    fn of(inputs: Values<'a>, dimensions: usize) -> Self {
        Self {
            inputs,
            dimensions,
            extras: &[],
            width: 0,
            excluded: &[],
        }
    }

    /// With further columns: `N x width`, row after row.
    pub fn with_extras(self, extras: &'a [f64], width: usize) -> Self {
        Self {
            extras,
            width,
            ..self
        }
    }

    /// Without these rows, ascending.
    pub fn without(self, excluded: &'a [usize]) -> Self {
        Self { excluded, ..self }
    }
}

impl Pool for Rows<'_> {
    fn dimensions(&self) -> usize {
        self.dimensions
    }

    fn extras(&self) -> usize {
        self.width
    }

    fn rows(&self) -> usize {
        let values = match self.inputs {
            Values::Single(values) => values.len(),
            Values::Double(values) => values.len(),
        };
        values.checked_div(self.dimensions).unwrap_or(0)
    }

    fn read(
        &self,
        start: usize,
        inputs: &mut [f64],
        extras: &mut [f64],
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let from = start * self.dimensions;
        let to = from + inputs.len();
        match self.inputs {
            Values::Double(values) => {
                let rows = values.get(from..to).ok_or("the pool is shorter")?;
                inputs.copy_from_slice(rows);
            }
            Values::Single(values) => {
                let rows = values.get(from..to).ok_or("the pool is shorter")?;
                for (to, from) in inputs.iter_mut().zip(rows) {
                    *to = f64::from(*from);
                }
            }
        }
        let from = start * self.width;
        let rows = self
            .extras
            .get(from..from + extras.len())
            .ok_or("the further columns are shorter than the pool")?;
        extras.copy_from_slice(rows);
        Ok(())
    }

    fn excluded(&self) -> &[usize] {
        self.excluded
    }
}

/// A stretch of rows of a pool.
#[derive(Clone, Debug, Default)]
pub(crate) struct Block {
    /// Place in the pool of each row.
    pub indices: Vec<usize>,
    /// `count x d`.
    pub inputs: Vec<f64>,
    /// `count x k`.
    pub extras: Vec<f64>,
}

impl Block {
    pub fn row<'a>(&'a self, at: usize, pool: &dyn Pool) -> (&'a [f64], &'a [f64]) {
        let (d, k) = (pool.dimensions(), pool.extras());
        (
            &self.inputs[at * d..(at + 1) * d],
            &self.extras[at * k..(at + 1) * k],
        )
    }
}

/// Reads rows `start` to `end`.
pub(crate) fn read_block(pool: &dyn Pool, start: usize, end: usize) -> Result<Block, SuggestError> {
    let count = end - start;
    let mut block = Block {
        indices: (start..end).collect(),
        inputs: vec![0.0; count * pool.dimensions()],
        extras: vec![0.0; count * pool.extras()],
    };
    pool.read(start, &mut block.inputs, &mut block.extras)
        .map_err(|source| SuggestError::Pool { start, end, source })?;
    Ok(block)
}

/// Reads single rows, ascending.
pub(crate) fn gather_rows(pool: &dyn Pool, indices: Vec<usize>) -> Result<Block, SuggestError> {
    let mut block = Block {
        inputs: vec![0.0; indices.len() * pool.dimensions()],
        extras: vec![0.0; indices.len() * pool.extras()],
        indices,
    };
    pool.gather(&block.indices, &mut block.inputs, &mut block.extras)
        .map_err(|source| SuggestError::Pool {
            start: block.indices.first().copied().unwrap_or(0),
            end: block.indices.last().map_or(0, |last| last + 1),
            source,
        })?;
    Ok(block)
}

/// Which rows of a pool may be suggested.
pub(crate) struct Exclusion<'a>(&'a [usize]);

impl<'a> Exclusion<'a> {
    pub fn of(pool: &'a dyn Pool) -> Result<Self, SuggestError> {
        let excluded = pool.excluded();
        if let Some(pair) = excluded.windows(2).find(|pair| pair[0] > pair[1]) {
            return Err(SuggestError::Option {
                what: "the list of excluded rows".into(),
                value: format!("{} before {}", pair[0], pair[1]),
                remedy: "give it in ascending order",
            });
        }
        Ok(Self(excluded))
    }

    pub fn holds(&self, index: usize) -> bool {
        self.0.binary_search(&index).is_ok()
    }
}
