//! Inputs in up to 256 classes each: one byte a number, so that growing trees reads an eighth of the memory, and a
//! threshold in a file takes one byte.

use rayon::prelude::*;

/// Cuts between the known values of one input, at most.
pub(crate) const MOST_CUTS: usize = 254;
/// Rows that the cuts are chosen from.
const SAMPLE: usize = 50_000;

/// The cuts of each input, ascending: a value is of the class that is the number of cuts below it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Cuts(pub Vec<Vec<f32>>);

/// A table in classes.
pub(crate) struct Binned {
    pub rows: usize,
    pub cuts: Cuts,
    /// For each input and class a value of that class.
    pub centres: Vec<Vec<f32>>,
    /// `width x rows`: all rows of the first input, then of the second.
    pub codes: Vec<u8>,
}

impl Cuts {
    /// Of a table of `n x width` numbers, up to `most` an input: between all distinct values where these are few, else so that each class holds
    /// as many distinct values. Counting distinct values leaves an input that is mostly zero its finer classes.
    pub fn of(values: &[f32], width: usize, most: usize) -> Self {
        let n = values.len() / width.max(1);
        let step = n.div_ceil(SAMPLE).max(1);
        let cuts = (0..width)
            .into_par_iter()
            .map(|k| {
                let column = (0..n).step_by(step).map(|row| values[row * width + k]);
                let (mut column, unknown): (Vec<f32>, Vec<f32>) = column.partition(|x| !x.is_nan());
                column.sort_by(f32::total_cmp);
                // Also makes one of the two zeros.
                column.dedup();
                let between = |i: usize| {
                    let (low, high) = (column[i - 1], column[i]);
                    let middle = low + 0.5 * (high - low);
                    // Rounding or infinity must not let the cut reach the upper value.
                    if low <= middle && middle < high {
                        middle
                    } else {
                        low
                    }
                };
                let gaps = column.len().saturating_sub(1);
                let wanted = gaps.min(most).min(MOST_CUTS);
                let mut cuts: Vec<f32> = (0..wanted)
                    .map(|i| between(1 + i * gaps / wanted))
                    .collect();
                // One behind all known values divides them from the unknown.
                if !unknown.is_empty() {
                    cuts.extend(column.last());
                }
                cuts
            })
            .collect();
        Self(cuts)
    }

    /// The class of a value of an input; unknown values are in the last, beyond every cut.
    pub fn code(&self, input: usize, value: f32) -> u8 {
        if value.is_nan() {
            return u8::MAX;
        }
        self.0[input].partition_point(|cut| *cut < value) as u8
    }
}

impl Binned {
    pub fn new(values: &[f32], width: usize, most: usize) -> Self {
        let rows = values.len() / width.max(1);
        let cuts = Cuts::of(values, width, most);
        let mut codes = vec![0; values.len()];
        if rows > 0 {
            codes
                .par_chunks_mut(rows)
                .enumerate()
                .for_each(|(k, column)| {
                    for (row, code) in column.iter_mut().enumerate() {
                        *code = cuts.code(k, values[row * width + k]);
                    }
                });
        }
        let centres = cuts.0.iter().enumerate();
        let centres = centres.map(|(k, cuts)| centres_of(cuts, values, width, k));
        Self {
            rows,
            centres: centres.collect(),
            cuts,
            codes,
        }
    }

    /// Number of inputs.
    pub fn width(&self) -> usize {
        self.cuts.0.len()
    }

    /// The classes of all rows in one input.
    pub fn column(&self, input: usize) -> &[u8] {
        &self.codes[input * self.rows..(input + 1) * self.rows]
    }
}

/// The middles between cuts, and the ends of the values at both ends.
fn centres_of(cuts: &[f32], values: &[f32], width: usize, input: usize) -> Vec<f32> {
    let (Some(first), Some(last)) = (cuts.first(), cuts.last()) else {
        return vec![0.0];
    };
    let (mut low, mut high) = (*first, *last);
    for value in values.iter().skip(input).step_by(width) {
        low = low.min(*value);
        high = high.max(*value);
    }
    let middles = cuts
        .windows(2)
        .map(|pair| pair[0] + 0.5 * (pair[1] - pair[0]));
    std::iter::once(low).chain(middles).chain([high]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_at_or_below_a_cut_just_where_its_class_is() {
        let odd = [
            f32::NAN,
            0.0,
            -0.0,
            1.0,
            f32::MAX,
            f32::MIN,
            f32::INFINITY,
            f32::NEG_INFINITY,
            1.0 + f32::EPSILON,
        ];
        let mut values: Vec<f32> = (0..4000)
            .map(|i| ((i * 7919) % 1000) as f32 * 0.37)
            .collect();
        values.extend(odd);
        for part in [&values[..], &odd, &[], &[f32::NAN], &[3.0, 3.0]] {
            let cuts = Cuts::of(part, 1, MOST_CUTS);
            assert!(cuts.0[0].len() <= MOST_CUTS + 1 && cuts.0[0].is_sorted());
            for x in part {
                let code = cuts.code(0, *x);
                for (place, cut) in cuts.0[0].iter().enumerate() {
                    assert_eq!(*x <= *cut, usize::from(code) <= place, "{x} {cut}");
                }
            }
        }
        // Few distinct values are all told apart, and from the unknown.
        let cuts = Cuts::of(&odd, 1, MOST_CUTS);
        assert_eq!(cuts.0[0].len(), 7);
    }
}
