//! Finding candidates by what a table says of them: their inputs, or columns that only name them.

use crate::CampaignError;
use crate::event::Candidate;
use crate::pool::Pool;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Columns of the candidates' table and the text that stands there, as its input means it.
pub(crate) type Description = Vec<(usize, String)>;

/// Finds candidates by their columns: all that are looked for in one walk through the table.
pub(crate) struct Matcher {
    /// The first two rows of each.
    rows: HashMap<Description, Vec<u32>>,
}

impl Matcher {
    /// Looks for all of them.
    ///
    /// # Errors
    /// A pool beside the campaign cannot be read.
    pub fn find(
        pool: &Pool,
        descriptions: impl Iterator<Item = Description>,
    ) -> Result<Self, CampaignError> {
        let mut rows: HashMap<Description, Vec<u32>> = HashMap::new();
        // Of each set of columns, the texts in the first of them: most rows are none of those that are looked for.
        let mut sets: BTreeMap<Vec<usize>, HashSet<String>> = BTreeMap::new();
        for description in descriptions {
            let set = description.iter().map(|(column, _)| *column).collect();
            let first = description[0].1.clone();
            sets.entry(set).or_default().insert(first);
            rows.insert(description, Vec::new());
        }
        let columns: BTreeSet<usize> = sets.keys().flatten().copied().collect();
        let columns: Vec<usize> = columns.into_iter().collect();
        if columns.is_empty() {
            return Ok(Self { rows });
        }
        let inputs: HashMap<usize, usize> = (0..pool.inputs.len())
            .map(|k| (pool.column(k), k))
            .collect();
        pool.scan(&columns, &mut |row, texts| {
            let normal = |column: usize| {
                let text = &texts[columns.binary_search(&column).unwrap_or_default()];
                match inputs.get(&column) {
                    Some(&input) => pool.normal_cell(input, text),
                    None => text.trim().to_owned(),
                }
            };
            for (set, firsts) in &sets {
                let first = normal(set[0]);
                if !firsts.contains(&first) {
                    continue;
                }
                let others = set[1..].iter().map(|&column| (column, normal(column)));
                let description: Description =
                    std::iter::once((set[0], first)).chain(others).collect();
                if let Some(found) = rows.get_mut(&description).filter(|found| found.len() < 2) {
                    found.push(row);
                }
            }
        })?;
        Ok(Self { rows })
    }

    /// The candidate of a description, `cells` being the inputs it gives.
    ///
    /// # Errors
    /// None or several are meant, in words.
    pub fn candidate(
        &self,
        pool: &Pool,
        description: Option<&Description>,
        cells: &[Option<String>],
    ) -> Result<Candidate, String> {
        let Some(description) = description else {
            return Err("it names neither a suggestion nor a candidate".to_owned());
        };
        let found = self.rows.get(description).map_or(&[][..], Vec::as_slice);
        let by_inputs = cells.iter().any(Option::is_some);
        let complete = by_inputs && cells.iter().all(Option::is_some);
        match (found, by_inputs) {
            ([row], _) => Ok(Candidate::Row(*row)),
            // Rows that are alike in every input are one candidate.
            ([row, ..], _) if complete => Ok(Candidate::Row(*row)),
            ([_, ..], true) => Err(
                "several candidates have these values; give all columns, or the suggestion"
                    .to_owned(),
            ),
            ([_, ..], false) => Err(
                "several candidates have this name; give their other columns, or the suggestion"
                    .to_owned(),
            ),
            ([], false) => Err("no candidate has this name".to_owned()),
            ([], true) if !complete => Err("no candidate has these values".to_owned()),
            ([], true) => {
                let cells: Vec<String> = cells.iter().flatten().cloned().collect();
                let candidate = Candidate::Cells(cells);
                pool.point(&candidate, None).map_err(|why| {
                    format!("no candidate has these values, and it cannot be learnt from: {why}")
                })?;
                Ok(candidate)
            }
        }
    }
}
