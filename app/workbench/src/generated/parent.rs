//! What a candidate was made of.

use super::view::GeneratedView;
use crate::project::ProjectSource;
use crate::results::Results;
use crate::structure::folder_of;
use crystal::Structure;
use crystal::format::read_file;
use prototype::Prototype;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where parents lie that the program does not carry, in the folder of their candidates.
pub(super) const FOLDER: &str = "parents";

/// The parent of a candidate, as its table tells.
#[derive(Clone, Debug, PartialEq)]
pub struct ParentOf {
    /// The structure type's name.
    pub prototype: String,
    /// The formula of the prototype itself.
    pub formula: String,
    /// What replaces what: `Au>Fe Cu>Ni`, or `none`.
    pub substitution: String,
    /// As written; empty where the table does not tell.
    pub probability: String,
    /// What it rests on: ions or metals.
    pub measure: String,
    pub symbol: String,
}

/// A parent that is shown.
#[derive(Clone, Debug)]
pub struct ShownParent {
    pub name: String,
    pub formula: String,
    pub symbol: String,
    /// Where its structure is from.
    pub source: String,
    pub structure: Arc<Structure>,
    /// Tells the view that it is another structure.
    pub series: u64,
}

impl ShownParent {
    fn of(prototype: &Prototype) -> Self {
        Self {
            name: prototype.name.clone(),
            formula: prototype.formula.clone(),
            symbol: prototype.symbol.clone(),
            source: prototype.source.clone(),
            structure: Arc::new(prototype.structure.clone()),
            series: 0,
        }
    }
}

/// What a row was made of, where its table has the columns of made candidates.
pub(super) fn parent_of(results: &Results, row: u32) -> Option<ParentOf> {
    let text = |name: &str| {
        let column = results.column(name)?;
        Some(results.text(column, row)?.trim().to_owned())
    };
    let prototype = text("prototype").filter(|name| !name.is_empty())?;
    Some(ParentOf {
        prototype,
        formula: text("parent")?,
        substitution: text("substitution")?,
        probability: text("probability").unwrap_or_default(),
        measure: text("measure").unwrap_or_default(),
        symbol: text("space_group_symbol").unwrap_or_default(),
    })
}

/// The file of a parent in the folder of its candidates.
pub(super) fn parent_file(folder: &Path, name: &str) -> PathBuf {
    let name = name.replace(['/', '\\'], "-");
    folder.join(FOLDER).join(format!("{name}.cif"))
}

/// Finds a parent by its name.
pub(super) fn find(
    name: &str,
    view: Option<&GeneratedView>,
    source: Option<&ProjectSource>,
) -> Result<ShownParent, String> {
    let made_of = view.iter().flat_map(|view| &view.parents);
    let mut all = Prototype::shipped().iter().chain(made_of);
    if let Some(prototype) = all.find(|prototype| prototype.name == name) {
        return Ok(ShownParent::of(prototype));
    }
    let file = source.and_then(folder_of);
    let file = file.map(|folder| parent_file(&folder, name));
    let file = file.filter(|file| file.exists()).ok_or_else(|| {
        format!("{name}: the program carries no structure type of this name, and none lies beside the table in {FOLDER}")
    })?;
    let structures = read_file(&file).map_err(|error| error.to_string())?;
    let structure = structures.into_iter().next();
    let structure = structure.ok_or_else(|| format!("{}: no structure", file.display()))?;
    let prototype = Prototype::new(name, &structure, &file.display().to_string());
    prototype
        .map(|prototype| ShownParent::of(&prototype))
        .map_err(|error| error.to_string())
}
