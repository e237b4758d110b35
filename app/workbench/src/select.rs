//! Which candidates are selected, and the rows that go with them.

use crate::command::SelectMode;
use crate::error::WorkbenchError;
use crate::parallel;
use crate::results::Results;
use crate::work::Workbench;
use std::sync::Arc;

impl Workbench {
    pub(crate) fn select(&mut self, rows: &[u32], mode: SelectMode) {
        let count = self.state.table.as_ref().map_or(0, |t| t.len() as u32);
        let rows = rows.iter().copied().filter(|&row| row < count);
        let selection = &mut self.state.project.selection;
        let selected: Vec<u32> = match mode {
            SelectMode::Replace => ascending(rows, count),
            SelectMode::Add => ascending(selection.iter().copied().chain(rows), count),
            SelectMode::Toggle => {
                let new = ascending(rows, count);
                let was = |row: &u32| selection.binary_search(row).is_ok();
                let stays = |row: &&u32| new.binary_search(row).is_err();
                let mut all: Vec<u32> = selection.iter().filter(stays).copied().collect();
                all.extend(new.iter().filter(|row| !was(row)));
                ascending(all.into_iter(), count)
            }
        };
        // What was brushed is not what is selected any more.
        self.state.project.parallel.brushes.clear();
        let selection = &mut self.state.project.selection;
        *selection = Arc::new(selected);
    }

    /// Selects what lies in the ranges that are brushed.
    pub(crate) fn select_brushed(&mut self) {
        let (Some(results), project) = (&self.state.results, &self.state.project) else {
            return;
        };
        let rows = parallel::brushed(results, project, &self.state.rows);
        let count = results.table().len() as u32;
        self.state.project.selection = Arc::new(ascending(rows.into_iter(), count));
    }

    /// The rows shown, or the selected ones, and the results they belong to.
    pub(crate) fn rows_to_take(
        &self,
        selected: bool,
    ) -> Result<(Arc<Results>, Arc<Vec<u32>>), WorkbenchError> {
        let results = self.state.results.clone();
        let results = results.ok_or(WorkbenchError::NothingOpen)?;
        let rows = match selected {
            true => self.selected_in_order(),
            false => self.state.rows.clone(),
        };
        if rows.is_empty() {
            return Err(WorkbenchError::NothingSelected);
        }
        Ok((results, rows))
    }

    /// The selected rows in the order shown; those that are hidden last.
    fn selected_in_order(&self) -> Arc<Vec<u32>> {
        let selection = &self.state.project.selection;
        let count = selection.last().map_or(0, |&row| row as usize + 1);
        let mut wanted = vec![false; count];
        selection
            .iter()
            .for_each(|&row| wanted[row as usize] = true);
        // Each is taken once: what was shown is not wanted any more.
        let mut take = |row: &u32| wanted.get_mut(*row as usize).is_some_and(std::mem::take);
        let shown = self.state.rows.iter().copied();
        let mut rows: Vec<u32> = shown.filter(&mut take).collect();
        rows.extend(selection.iter().copied().filter(take));
        Arc::new(rows)
    }
}

/// Rows below `count`, each once, ascending.
fn ascending(rows: impl Iterator<Item = u32>, count: u32) -> Vec<u32> {
    const FEW: usize = 10_000;
    let mut rows: Vec<u32> = rows.collect();
    if rows.len() <= FEW {
        rows.sort_unstable();
        rows.dedup();
        return rows;
    }
    let mut wanted = vec![false; count as usize];
    rows.iter().for_each(|&row| wanted[row as usize] = true);
    (0..count).filter(|&row| wanted[row as usize]).collect()
}
