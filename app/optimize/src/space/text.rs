//! Candidates as texts, for worksheets and results, and back.

use super::{Input, Space, SpaceError};

impl Space {
    /// A candidate's values as a table shows them, one a column; they read back as the same candidate.
    pub fn texts(&self, candidate: &[f64]) -> Vec<String> {
        let mut texts = Vec::with_capacity(self.columns.len());
        for (input, place) in self.inputs.iter().zip(&self.places) {
            let values = &candidate[place.columns.clone()];
            match input {
                Input::Category(category) => {
                    texts.push(
                        category
                            .values
                            .get(values[0] as usize)
                            .cloned()
                            .unwrap_or_default(),
                    );
                }
                Input::Levels(levels) => {
                    texts.push(
                        levels
                            .values
                            .get(values[0] as usize)
                            .cloned()
                            .unwrap_or_default(),
                    );
                }
                Input::Range(_) | Input::Mixture(_) => {
                    texts.extend(values.iter().map(f64::to_string));
                }
            }
        }
        texts
    }

    /// Reads a candidate from texts, one a column and in the columns' units. Numbers may lie beyond the bounds and between
    /// steps, as what was really made does; see [`Space::check`].
    pub fn read<S: AsRef<str>>(&self, texts: &[S]) -> Result<Vec<f64>, SpaceError> {
        if texts.len() != self.columns.len() {
            return Err(SpaceError::of_space(
                format!(
                    "{} values do not fill {} columns",
                    texts.len(),
                    self.columns.len()
                ),
                "give one value for each column",
            ));
        }
        let mut candidate = Vec::with_capacity(texts.len());
        for (input, place) in self.inputs.iter().zip(&self.places) {
            for (column, text) in self.columns[place.columns.clone()]
                .iter()
                .zip(&texts[place.columns.clone()])
            {
                let text = text.as_ref().trim();
                let value = match input {
                    Input::Range(_) | Input::Mixture(_) => {
                        let number = text.parse().ok().filter(|number: &f64| number.is_finite());
                        number.ok_or_else(|| {
                            let remedy = match &column.unit {
                                Some(unit) => format!("write a number in {unit}, such as 3.5"),
                                None => "write a number, such as 3.5".into(),
                            };
                            SpaceError::of_input(
                                &column.name,
                                format!("`{text}` is no number"),
                                remedy,
                            )
                        })?
                    }
                    Input::Category(category) => index(&column.name, &category.values, None, text)?,
                    Input::Levels(levels) => index(
                        &column.name,
                        &levels.values,
                        levels.numbers.as_deref(),
                        text,
                    )?,
                };
                candidate.push(value);
            }
        }
        Ok(candidate)
    }
}

/// The index of a value: by its text, or by its number.
fn index(
    name: &str,
    values: &[String],
    numbers: Option<&[f64]>,
    text: &str,
) -> Result<f64, SpaceError> {
    let same_number = || {
        let number: f64 = text.parse().ok()?;
        numbers?.iter().position(|known| *known == number)
    };
    let at = values
        .iter()
        .position(|value| value == text)
        .or_else(same_number);
    at.map(|at| at as f64).ok_or_else(|| {
        let remedy = match crate::suggest_nearest(text, values) {
            Some(near) => format!("did you mean `{near}`?"),
            None if values.len() <= 20 => format!("write one of {}", values.join(", ")),
            None => format!("write one of its {} values", values.len()),
        };
        SpaceError::of_input(name, format!("`{text}` is none of its values"), remedy)
    })
}
