//! Results out of the workbench, as files and as text for the clipboard.

use crate::chart::{self, PlotRange};
use crate::error::WorkbenchError;
use crate::parallel::Parallel;
use crate::points::Points;
use crate::project::Project;
use crate::results::Results;
use job::Job;
use std::path::Path;
use table::{OutputFormat, write_atomically};

/// Writes rows of the results, with all columns as `lodestone rank` writes them.
pub(crate) fn table(
    results: &Results,
    rows: &[u32],
    path: &Path,
    job: &Job,
) -> Result<(), WorkbenchError> {
    let format = OutputFormat::of_path(path)?;
    job.stage("writing", Some(rows.len() as u64));
    write_atomically(path, |writer| {
        results.output_of(rows).write(writer, format, job)
    })?;
    Ok(())
}

/// Rows of the results as CSV, for the clipboard.
pub(crate) fn csv(results: &Results, rows: &[u32], job: &Job) -> Result<String, WorkbenchError> {
    job.stage("copying", Some(rows.len() as u64));
    let mut bytes = Vec::new();
    results
        .output_of(rows)
        .write(&mut bytes, OutputFormat::Csv, job)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The size of a plot in a picture.
const PICTURE: (f32, f32) = (800.0, 600.0);

/// Writes the plot as .svg or .png.
pub(crate) fn plot(
    points: &Points,
    range: Option<PlotRange>,
    selection: &[u32],
    fonts: &[&'static [u8]],
    path: &Path,
) -> Result<(), WorkbenchError> {
    let range = range.unwrap_or_else(|| chart::full_range(points));
    let chart = chart::marks(points, range, selection, PICTURE, 13.0);
    chart::write_picture(&chart.drawing, fonts, path)
}

/// Writes the plot with parallel axes as .svg or .png.
pub(crate) fn parallel(
    parallel: &Parallel,
    project: &Project,
    fonts: &[&'static [u8]],
    path: &Path,
) -> Result<(), WorkbenchError> {
    let (brushes, selection) = (&project.parallel.brushes, &project.selection);
    let chart = chart::parallel_marks(parallel, brushes, selection, PICTURE, 13.0, 2.0);
    chart::write_picture(&chart.drawing, fonts, path)
}

/// Writes a file; why its contents cannot be made is told in words.
pub(crate) fn file(
    path: &Path,
    contents: impl FnOnce() -> Result<Vec<u8>, String>,
) -> Result<(), WorkbenchError> {
    let bytes = contents().map_err(|error| WorkbenchError::Plot {
        path: path.into(),
        error,
    })?;
    write_atomically(path, |writer| {
        let written = writer.write_all(&bytes);
        written.map_err(|error| table::TableError::io("write", path.display(), error))
    })?;
    Ok(())
}
