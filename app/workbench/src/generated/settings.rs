//! What candidates are wanted, as it is typed and ticked.

use crate::error::WorkbenchError;
use prototype::{Field, Request, Wish, WishError};
use serde::{Deserialize, Serialize};

/// Prototypes, elements and limits. Elements are symbols, names or groups (`3d`, `rare-earths`), separated by commas or blanks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GenerateSettings {
    /// Names of structure types that come with the program.
    pub prototypes: Vec<String>,
    /// All of them of more than one element, whatever is named.
    pub all: bool,
    /// The structure of the first of the selected candidates, too.
    pub selected: bool,
    /// What may stand anywhere; all usual elements where nothing is named.
    pub elements: String,
    pub exclude: String,
    /// What may stand where the prototype has its anion.
    pub anions: String,
    /// `Fe=Mn,Co; Li=any`.
    pub substitute: String,
    /// Candidates at most, the likeliest.
    pub most: usize,
    /// Sites of a primitive cell at most.
    pub sites: usize,
    /// Probability at least.
    pub probability: f64,
    /// How far bonds may grow or shrink against the mean of all, as a logarithm.
    pub bond_mismatch: f64,
    /// How far radii may, where there is no anion.
    pub radius_mismatch: f64,
    /// Distance on Pettifor's scale at most.
    pub pettifor: f64,
}

impl Default for GenerateSettings {
    fn default() -> Self {
        let request = Request::default();
        Self {
            prototypes: Vec::new(),
            all: false,
            selected: false,
            elements: String::new(),
            exclude: String::new(),
            anions: String::new(),
            substitute: String::new(),
            most: request.most,
            sites: request.sites,
            probability: request.probability,
            bond_mismatch: request.bond_mismatch,
            radius_mismatch: request.radius_mismatch,
            pettifor: request.pettifor,
        }
    }
}

impl GenerateSettings {
    /// The question to the room of prototypes.
    pub(super) fn request(&self) -> Result<Request, WorkbenchError> {
        let apart = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '、');
        let words = |text: &str| -> Vec<String> {
            let words = text.split(apart).filter(|word| !word.is_empty());
            words.map(str::to_owned).collect()
        };
        let rules = self.substitute.split([';', '\n']).map(str::trim);
        let wish = Wish {
            elements: words(&self.elements),
            exclude: words(&self.exclude),
            anions: words(&self.anions),
            substitute: rules
                .filter(|rule| !rule.is_empty())
                .map(str::to_owned)
                .collect(),
        };
        let base = Request {
            most: self.most,
            sites: self.sites,
            probability: self.probability,
            bond_mismatch: self.bond_mismatch,
            radius_mismatch: self.radius_mismatch,
            pettifor: self.pettifor,
            ..Request::default()
        };
        let request = wish.request(base);
        request.map_err(|error| WorkbenchError::Wish {
            field: field(&error),
            why: error.to_string(),
        })
    }
}

/// What the panel calls the field that an error speaks of.
fn field(error: &WishError) -> &'static str {
    match error {
        WishError::Element { field, .. } => match field {
            Field::Elements => "elements that may occur",
            Field::Exclude => "elements that must not",
            Field::Anions => "anions",
            Field::Substitute => "substitutions",
        },
        WishError::Nothing => "elements that may occur",
        _ => "substitutions",
    }
}
