//! `lodestone model list`, and finding a model by its name or file.

use super::{info, learn, print, print_json};
use crate::{Failure, show};
use anyhow::anyhow;
use screening::{Model, bundled, label};
use std::path::Path;

/// The model of a name or file.
pub fn find(name_or_file: &str) -> Result<Model, Failure> {
    let is_path =
        name_or_file.contains(std::path::MAIN_SEPARATOR) || name_or_file.ends_with(".model");
    if !is_path {
        if let Some(found) = bundled::find(name_or_file) {
            return found.map_err(|e| Failure::Failed(e.into()));
        }
        if !Path::new(name_or_file).is_file() {
            let names: Vec<&str> = bundled::ALL.iter().map(|m| m.name).collect();
            let nearest = optimize::suggest_nearest(name_or_file, names.iter().copied());
            let hint = nearest.map_or_else(String::new, |n| format!("; did you mean {n:?}?"));
            return Err(Failure::Usage(anyhow!(
                "there is no model {name_or_file:?}, neither as a file nor among those that come with this program \
                 ({}){hint}",
                names.join(", ")
            )));
        }
    }
    Model::from_file(Path::new(name_or_file)).map_err(|e| Failure::Failed(e.into()))
}

pub fn list(json: bool) -> Result<(), Failure> {
    let models = bundled::ALL.iter().filter_map(|m| bundled::find(m.name));
    let models = models.collect::<Result<Vec<Model>, _>>();
    let models = models.map_err(|e| Failure::Failed(e.into()))?;
    if json {
        let all = models.iter().map(info::as_json);
        return print_json(&all.collect());
    }
    let mut text = String::new();
    let width = models.iter().map(|m| m.name().len()).max().unwrap_or(0);
    for model in &models {
        let head = format!("{:<width$}  ", model.name());
        let line = in_a_line(model);
        text.push_str(&crate::plugin::paragraph(
            &head,
            &show::visible(&line),
            width + 2,
        ));
    }
    print(&text)
}

/// What a model gives, from what, and how well.
pub fn in_a_line(model: &Model) -> String {
    let said = model.model();
    let about = said.about();
    let errors = said.scores().map_or_else(String::new, |scores| {
        format!("; {}", learn::scores_in_words(scores, model.unit()))
    });
    let licence = match about.licence.as_str() {
        "" => String::new(),
        licence => format!(" ({licence})"),
    };
    format!(
        "{}, from {} rows of {}{licence}{errors}",
        label(&about.target, model.unit()),
        said.rows(),
        about.data
    )
}
