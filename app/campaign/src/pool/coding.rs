//! How the texts of a candidate become a point: by a table's own columns, or by a design space.

use super::Encoder;
use crate::event::{Input, InputKind};
use optimize::space::{Candidates, Space};

/// A design space is listed whole up to so many candidates before its constraints; of a larger one so many are drawn.
const LISTED: usize = 100_000;
const DRAWN: usize = 20_000;

/// The way from texts to points.
#[derive(Clone, Debug)]
pub enum Coding {
    Table(Encoder),
    Space(Box<Space>),
}

impl Coding {
    /// `d`.
    pub fn dimensions(&self) -> usize {
        match self {
            Self::Table(encoder) => encoder.dimensions(),
            Self::Space(space) => space.width(),
        }
    }

    /// A name for each coordinate.
    pub fn names(&self) -> Vec<String> {
        match self {
            Self::Table(encoder) => encoder.names(),
            Self::Space(space) => space.row_names(),
        }
    }

    /// The point of a candidate.
    ///
    /// # Errors
    /// Which input cannot be read.
    pub fn point(&self, cells: &[String]) -> Result<Vec<f64>, String> {
        match self {
            Self::Table(encoder) => encoder.point(cells),
            Self::Space(space) => {
                let candidate = space.read(cells).map_err(|error| error.to_string())?;
                let mut row = vec![0.0; space.width()];
                space.encode(&candidate, &mut row);
                Ok(row)
            }
        }
    }
}

/// The columns of a space as inputs.
pub fn inputs_of(space: &Space) -> Vec<Input> {
    let columns = space.columns().iter();
    let input = columns.map(|column| Input {
        name: column.name.clone(),
        unit: column.unit.clone().unwrap_or_default(),
        kind: match column.is_number {
            true => InputKind::Number,
            false => InputKind::Category,
        },
    });
    input.collect()
}

/// Candidates of a space as CSV: all of a small discrete one, else as many as are drawn by the seed; and whether these are all.
///
/// # Errors
/// The space holds no candidate.
pub fn listed(space: &Space, seed: u64) -> Result<(String, bool), optimize::space::SpaceError> {
    let whole = space.enumerate(LISTED);
    let all = whole.is_some();
    let candidates = match whole {
        Some(candidates) => candidates,
        None => space.sample(DRAWN, seed)?,
    };
    Ok((csv(space, &candidates), all))
}

fn csv(space: &Space, candidates: &Candidates) -> String {
    let header = inputs_of(space);
    let header = header
        .iter()
        .map(|i| quoted(&screening::label(&i.name, &i.unit)));
    let mut text = header.collect::<Vec<_>>().join(",");
    text.push('\n');
    for candidate in candidates.rows() {
        let cells = space.texts(candidate);
        let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
        text.push_str(&cells.join(","));
        text.push('\n');
    }
    text
}

/// A cell as RFC 4180 writes it; always in quotes where anything could be mistaken.
fn quoted(cell: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '+' | '_');
    if !cell.is_empty() && cell.chars().all(plain) {
        return cell.to_owned();
    }
    format!("\"{}\"", cell.replace('"', "\"\""))
}
