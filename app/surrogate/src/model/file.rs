//! A model file: one safetensors container. Its metadata, a JSON text under the key `lodestone`, says what the model is, from
//! which data it comes, how good it is and where it holds; its tensors are what the learner has learnt.
//!
//! Nothing in a file is trusted: sizes and indices are checked, every walk through a tree ends, and the work of one
//! prediction is bounded.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::domain::Domain;
use super::inputs::{DescriptorSet, Inputs};
use super::interval::{Rule, Rules, SHARES};
use super::learner::Learner;
use super::tensors::{self, Tensors, bad};
use super::{About, PropertyModel, Scores};
use crate::SurrogateError;
use crate::safetensors::{self, Numbers};

#[derive(Serialize, Deserialize)]
struct Header {
    format: String,
    version: u32,
    kind: String,
    target: String,
    unit: String,
    /// `composition` with the set of descriptors, or `columns` with their names.
    inputs: String,
    descriptors: Vec<String>,
    training: TrainingHeader,
    cross_validation: Option<ScoresHeader>,
    /// The elements of the training data; the ranges of columns are a tensor.
    elements: Vec<String>,
    non_negative: bool,
    #[serde(default)]
    zero_inflated: bool,
    /// The kernel of a Gaussian process.
    kernel: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct TrainingHeader {
    data: String,
    rows: usize,
    sha256: String,
    licence: String,
    label: String,
    seed: u64,
}

#[derive(Serialize, Deserialize)]
struct ScoresHeader {
    rows: usize,
    mae: f64,
    rmse: f64,
    /// Null where the target is constant.
    #[serde(deserialize_with = "nan_for_null")]
    r2: f64,
    coverage_68: f64,
    coverage_95: f64,
}

/// JSON has no NaN and writes null.
fn nan_for_null<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    Option::<f64>::deserialize(deserializer).map(|x| x.unwrap_or(f64::NAN))
}

const FORMAT: &str = "lodestone property model";
const VERSION: u32 = 2;

impl PropertyModel {
    /// The bytes of its file. The same model gives the same bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let (inputs, descriptors) = match &self.inputs {
            Inputs::Composition(set) => ("composition", vec![set.name().to_owned()]),
            Inputs::Columns(names) => ("columns", names.clone()),
        };
        let kernel = match &self.learner {
            Learner::Gp(learner) => Some(learner.gp.kernel().name().to_owned()),
            _ => None,
        };
        let mut tensors = tensors::of_learner(&self.learner);
        let mut push = |name: &str, numbers| tensors.push((name.to_owned(), numbers));
        if let Some(kept) = &self.kept {
            kept.tensors()
                .into_iter()
                .for_each(|(name, numbers)| push(name, numbers));
        }
        // Numbers that must come back to the last bit are tensors: JSON readers may round.
        push("domain.lower", Numbers::F64(self.domain.lower.clone()));
        push("domain.upper", Numbers::F64(self.domain.upper.clone()));
        let mut intervals = vec![self.spread];
        intervals.extend(
            [&self.inside, &self.outside]
                .iter()
                .flat_map(|r| numbers_of_rules(r)),
        );
        push("intervals", Numbers::F64(intervals));
        let header = Header {
            format: FORMAT.to_owned(),
            version: VERSION,
            kind: self.kind().name().to_owned(),
            target: self.about.target.clone(),
            unit: self.about.unit.clone(),
            inputs: inputs.to_owned(),
            descriptors,
            training: TrainingHeader {
                data: self.about.data.clone(),
                rows: self.rows,
                sha256: self.about.sha256.clone(),
                licence: self.about.licence.clone(),
                label: self.about.label.clone(),
                seed: self.seed,
            },
            cross_validation: self.scores.map(|s| ScoresHeader {
                rows: s.count,
                mae: s.mae,
                rmse: s.rmse,
                r2: s.r2,
                coverage_68: s.coverage_68,
                coverage_95: s.coverage_95,
            }),
            elements: self
                .domain
                .elements()
                .map(|e| e.symbol().to_owned())
                .collect(),
            non_negative: self.floor == 0.0,
            zero_inflated: self.zero_inflated,
            kernel,
        };
        // A struct of texts and numbers always has a JSON form.
        let text = serde_json::to_string(&header).unwrap_or_default();
        safetensors::write(&text, &tensors)
    }

    /// Reads a model from the bytes of its file.
    ///
    /// # Errors
    ///
    /// Bytes that are no model file, of a later version, damaged, or that ask for unbounded work.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SurrogateError> {
        let (text, tensors) = safetensors::read(bytes)?;
        let mut tensors = Tensors(tensors);
        let header: Header = serde_json::from_str(&text)
            .map_err(|e| bad(format!("its description lacks something: {e}")))?;
        if header.format != FORMAT {
            return Err(bad("it is a safetensors file of something else"));
        }
        if header.version != VERSION {
            return Err(bad(format!(
                "it is of version {}; this program reads version {VERSION}",
                header.version
            )));
        }
        let inputs = match (header.inputs.as_str(), &header.descriptors[..]) {
            ("composition", [name]) => DescriptorSet::from_name(name).map(Inputs::Composition),
            ("columns", names) if !names.is_empty() => Some(Inputs::Columns(names.to_vec())),
            _ => None,
        };
        let inputs = inputs.ok_or_else(|| bad("its inputs are unknown"))?;
        let kept = tensors::read_kept(&mut tensors, &inputs)?;
        let learner = tensors::read_learner(
            &header.kind,
            header.kernel.as_deref(),
            &mut tensors,
            &inputs,
            kept.as_ref(),
        )?;
        let domain = read_domain(
            &header.elements,
            tensors.f64s("domain.lower")?,
            tensors.f64s("domain.upper")?,
            &inputs,
        )?;
        let intervals = tensors.f64s("intervals")?;
        let [spread, rules @ ..] = &intervals[..] else {
            return Err(bad("it must have rules of intervals"));
        };
        let (inside, outside) = rules.split_at(rules.len() / 2);
        Ok(Self {
            about: About {
                target: header.target,
                unit: header.unit,
                data: header.training.data,
                sha256: header.training.sha256,
                licence: header.training.licence,
                label: header.training.label,
            },
            domain,
            inputs,
            learner,
            inside: read_rules(inside)?,
            outside: read_rules(outside)?,
            spread: positive(*spread)?,
            floor: if header.non_negative {
                0.0
            } else {
                f64::NEG_INFINITY
            },
            zero_inflated: header.zero_inflated,
            kept,
            fast: OnceLock::new(),
            rows: header.training.rows,
            seed: header.training.seed,
            scores: header.cross_validation.map(|s| Scores {
                count: s.rows,
                mae: s.mae,
                rmse: s.rmse,
                r2: s.r2,
                coverage_68: s.coverage_68,
                coverage_95: s.coverage_95,
            }),
        })
    }
}

/// What is kept of the rules of one kind of candidate.
fn numbers_of_rules(rules: &Rules) -> [f64; 8] {
    let [a, b] = rules.rules;
    let [near, far] = rules.reach;
    [
        a.level,
        a.widen,
        b.level,
        b.widen,
        rules.scale,
        rules.least,
        near,
        far,
    ]
}

fn positive(x: f64) -> Result<f64, SurrogateError> {
    if x >= 0.0 {
        Ok(x)
    } else {
        Err(bad("a number that must be positive is not"))
    }
}

fn read_rules(numbers: &[f64]) -> Result<Rules, SurrogateError> {
    let rule = |level: f64, widen: f64| {
        if (0.0..=1.0).contains(&level) {
            let widen = positive(widen)?;
            Ok(Rule { level, widen })
        } else {
            Err(bad("the level of an interval is not within 0 to 1"))
        }
    };
    let (a, b, c, d, scale, least, reach) = match *numbers {
        [a, b, c, d, scale, least, near, far] => (a, b, c, d, scale, least, [near, far]),
        // Files from before intervals had a least width of their own: that of a normal distribution.
        [a, b, c, d, scale, least] => {
            let reach = SHARES.map(|share| least * crate::normal::quantile(0.5 + 0.5 * share));
            (a, b, c, d, scale, least, reach)
        }
        _ => return Err(bad("it must have two rules of intervals")),
    };
    Ok(Rules {
        rules: [rule(a, b)?, rule(c, d)?],
        scale: positive(scale)?,
        least: positive(least)?,
        reach: [positive(reach[0])?, positive(reach[1])?],
    })
}

fn read_domain(
    symbols: &[String],
    lower: Vec<f64>,
    upper: Vec<f64>,
    inputs: &Inputs,
) -> Result<Domain, SurrogateError> {
    let mut elements = 0_u128;
    for symbol in symbols {
        let element = matter::Element::from_symbol(symbol)
            .ok_or_else(|| bad(format!("`{symbol}` is no element")))?;
        elements |= 1 << element.atomic_number();
    }
    let columns = match inputs {
        Inputs::Composition(_) => 0,
        Inputs::Columns(names) => names.len(),
    };
    if lower.len() != columns || upper.len() != columns {
        return Err(bad("its domain does not fit its inputs"));
    }
    Ok(Domain {
        elements,
        lower,
        upper,
    })
}
