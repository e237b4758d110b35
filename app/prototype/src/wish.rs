//! What a person writes, as a [`Request`]: elements by symbol, name or group, and what may replace what.

use crate::Request;
use matter::Element;
use thiserror::Error;

/// Words of a person, separated already.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wish {
    /// What may stand anywhere; all usual elements, if none is named.
    pub elements: Vec<String>,
    /// What must not.
    pub exclude: Vec<String>,
    /// What may stand where the prototype has its anion.
    pub anions: Vec<String>,
    /// What may replace what: `Fe=Mn,Co`, `Fe=any`.
    pub substitute: Vec<String>,
}

/// A word that means nothing; the texts leave out in which field it stands, which has its own name wherever it is asked.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum WishError {
    /// Neither an element nor a group.
    #[error("{word:?} is no element; give symbols or the groups {groups}", groups = GROUPS.join(", "))]
    Element {
        /// In which field.
        field: Field,
        /// The word.
        word: String,
    },
    /// Everything that is allowed is excluded.
    #[error("no element is left")]
    Nothing,
    /// A rule without `=`.
    #[error("{0:?}: write the prototype's element, `=` and what may replace it, as Fe=Mn,Co")]
    Rule(String),
    /// A rule of which nothing is left.
    #[error("{rule:?}: what is excluded leaves nothing that may replace {element}")]
    Empty {
        /// The rule.
        rule: String,
        /// What was to be replaced.
        element: Element,
    },
}

/// The fields of a [`Wish`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// [`Wish::elements`].
    Elements,
    /// [`Wish::exclude`].
    Exclude,
    /// [`Wish::anions`].
    Anions,
    /// [`Wish::substitute`].
    Substitute,
}

impl Wish {
    /// The request, with everything else as in `base`.
    ///
    /// # Errors
    ///
    /// Words that mean nothing, or leave nothing.
    pub fn request(&self, base: Request) -> Result<Request, WishError> {
        let mut request = Request {
            anions: elements(&self.anions, Field::Anions)?,
            replacements: Vec::new(),
            ..base
        };
        if !self.elements.is_empty() {
            request.elements = elements(&self.elements, Field::Elements)?;
        }
        let excluded = elements(&self.exclude, Field::Exclude)?;
        request.elements.retain(|e| !excluded.contains(e));
        if request.elements.is_empty() {
            return Err(WishError::Nothing);
        }
        for rule in &self.substitute {
            let (from, to) = rule
                .split_once('=')
                .ok_or_else(|| WishError::Rule(rule.clone()))?;
            let from = element(from, Field::Substitute)?;
            let to = match to.trim() {
                "any" => request.elements.clone(),
                list => {
                    let words: Vec<String> = list.split(',').map(str::to_owned).collect();
                    let mut list = elements(&words, Field::Substitute)?;
                    list.retain(|e| !excluded.contains(e));
                    list
                }
            };
            if to.is_empty() {
                return Err(WishError::Empty {
                    rule: rule.clone(),
                    element: from,
                });
            }
            request.replacements.push((from, to));
        }
        Ok(request)
    }
}

/// Elements by symbol, name or group, each once, by atomic number.
fn elements(words: &[String], field: Field) -> Result<Vec<Element>, WishError> {
    let mut all = Vec::new();
    for word in words {
        match group(word.trim()) {
            Some(members) => all.extend(members),
            None => all.push(element(word, field)?),
        }
    }
    all.sort();
    all.dedup();
    Ok(all)
}

fn element(word: &str, field: Field) -> Result<Element, WishError> {
    Element::from_word(word).ok_or_else(|| WishError::Element {
        field,
        word: word.to_owned(),
    })
}

/// The names of the groups.
pub const GROUPS: [&str; 8] = [
    "3d",
    "4d",
    "5d",
    "rare-earths",
    "noble-metals",
    "critical",
    "alkali",
    "halogens",
];

/// The elements of a group's name.
fn group(name: &str) -> Option<Vec<Element>> {
    let of = |wanted: &dyn Fn(Element) -> bool| Element::all().filter(|e| wanted(*e)).collect();
    let within = |from: u8, to: u8| move |e: Element| (from..=to).contains(&e.atomic_number());
    Some(match name {
        "3d" => of(&within(21, 30)),
        "4d" => of(&within(39, 48)),
        "5d" => of(&within(72, 80)),
        "rare-earths" => of(&|e| e.data().rare_earth),
        "noble-metals" => of(&|e| e.data().noble_metal),
        "critical" => of(&|e| e.data().critical),
        "alkali" => of(&|e| e.data().group == Some(1.0) && e != Element::H),
        "halogens" => of(&|e| e.data().group == Some(17.0) && !e.data().radioactive),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn elements_groups_and_rules_become_a_request() {
        let wish = Wish {
            elements: words("3d alkali O"),
            exclude: words("Co cesium"),
            anions: words("O"),
            substitute: words("Fe=Mn,Co,Ni Li=any"),
        };
        let request = wish.request(Request::default()).unwrap();
        assert!(!request.elements.contains(&Element::CO));
        assert!(request.elements.contains(&Element::NA));
        assert_eq!(request.anions, [Element::O]);
        assert_eq!(
            request.replacements[0],
            (Element::FE, vec![Element::MN, Element::NI])
        );
        assert_eq!(
            request.replacements[1],
            (Element::LI, request.elements.clone())
        );
    }

    #[test]
    fn words_that_mean_nothing_are_named_with_their_field() {
        let wish = Wish {
            exclude: words("Fe Qq"),
            ..Wish::default()
        };
        let error = wish.request(Request::default()).unwrap_err();
        assert!(
            matches!(&error, WishError::Element { field: Field::Exclude, word } if word == "Qq")
        );
        assert!(error.to_string().contains("rare-earths"), "{error}");
        let wish = Wish {
            elements: words("Fe"),
            exclude: words("Fe"),
            ..Wish::default()
        };
        assert_eq!(
            wish.request(Request::default()).unwrap_err(),
            WishError::Nothing
        );
    }
}
