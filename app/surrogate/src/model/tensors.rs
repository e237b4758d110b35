//! What learners have learnt, as the tensors of a file, and back.

use super::inputs::Inputs;
use super::kept::{Kept, KeptRows};
use super::learner::{GpLearner, Learner};
use crate::SurrogateError;
use crate::boosted::{Boosted, Ensemble, SHAPE};
use crate::forest::Forest;
use crate::gp::{Bounds, Gp, GpOptions, Hyperparameters, Kernel, Observations};
use crate::network::{Networks, Sizes};
use crate::safetensors::Numbers;
use crate::trees::{Packed, Trees};

/// Largest Gaussian process that is read: its factorisation takes the cube of the rows.
const GP_ROWS: usize = 5000;
/// Most trees that are read: what one prediction may cost.
const MOST_TREES: usize = 20_000;
/// Most units of a layer and most members of an ensemble of networks that are read.
const MOST_UNITS: u32 = 4096;
const MOST_MEMBERS: usize = 64;
/// Most training rows times trees that are read: what reading may cost.
const MOST_WALKS: usize = 200_000_000;

pub(super) fn bad(reason: impl Into<String>) -> SurrogateError {
    SurrogateError::File {
        reason: reason.into(),
    }
}

/// The tensors of a file, each taken once.
pub(super) struct Tensors(pub std::collections::BTreeMap<String, Numbers>);

impl Tensors {
    pub fn take(&mut self, name: &str) -> Result<Numbers, SurrogateError> {
        self.0
            .remove(name)
            .ok_or_else(|| bad(format!("its tensor `{name}` is missing")))
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    fn wrong<T>(name: &str, needed: &str) -> Result<T, SurrogateError> {
        Err(bad(format!("its tensor `{name}` must hold {needed}")))
    }

    /// Finite numbers.
    pub fn f64s(&mut self, name: &str) -> Result<Vec<f64>, SurrogateError> {
        match self.take(name)? {
            Numbers::F64(v) if v.iter().all(|x| x.is_finite()) => Ok(v),
            _ => Self::wrong(name, "finite 64-bit numbers"),
        }
    }

    /// Finite numbers.
    pub fn f32s(&mut self, name: &str) -> Result<Vec<f32>, SurrogateError> {
        match self.take(name)? {
            Numbers::F32(v) if v.iter().all(|x| x.is_finite()) => Ok(v),
            _ => Self::wrong(name, "finite 32-bit numbers"),
        }
    }

    pub fn u32s(&mut self, name: &str) -> Result<Vec<u32>, SurrogateError> {
        match self.take(name)? {
            Numbers::U32(v) => Ok(v),
            Numbers::U16(v) => Ok(v.into_iter().map(u32::from).collect()),
            _ => Self::wrong(name, "whole numbers"),
        }
    }

    pub fn u8s(&mut self, name: &str) -> Result<Vec<u8>, SurrogateError> {
        match self.take(name)? {
            Numbers::U8(v) => Ok(v),
            _ => Self::wrong(name, "bytes"),
        }
    }

    fn u16s(&mut self, name: &str) -> Result<Vec<u16>, SurrogateError> {
        match self.take(name)? {
            Numbers::U16(v) => Ok(v),
            Numbers::U8(v) => Ok(v.into_iter().map(u16::from).collect()),
            _ => Self::wrong(name, "whole numbers of up to 16 bits"),
        }
    }
}

/// Whole numbers in 16 bits where they fit.
pub(super) fn short(v: &[u32]) -> Numbers {
    let fits: Result<Vec<u16>, _> = v.iter().map(|x| u16::try_from(*x)).collect();
    fits.map_or_else(|_| Numbers::U32(v.to_vec()), Numbers::U16)
}

/// Whole numbers in 8 bits where they fit.
fn shorter(v: Vec<u16>) -> Numbers {
    let fits: Result<Vec<u8>, _> = v.iter().map(|x| u8::try_from(*x)).collect();
    fits.map_or_else(|_| Numbers::U16(v), Numbers::U8)
}

pub(super) type Named = Vec<(String, Numbers)>;

pub(super) fn of_learner(learner: &Learner) -> Named {
    match learner {
        Learner::Forest(forest) => of_trees("forest", forest.nodes()),
        Learner::Boosted(boosted) => {
            let mut tensors = of_ensemble("mean", &boosted.mean);
            tensors.extend(of_ensemble("scale", &boosted.scale));
            if let Some(zero) = &boosted.zero {
                tensors.extend(of_ensemble("zero", zero));
            }
            let mut shape = vec![boosted.unit, boosted.limits[0], boosted.limits[1]];
            shape.extend(&boosted.shape);
            tensors.push(("shape".to_owned(), Numbers::F64(shape)));
            tensors
        }
        Learner::MlpEnsemble(networks) => {
            let sizes = networks.sizes().map(|size| size as u32);
            let (shift, scale) = networks.standards();
            vec![
                ("mlp.sizes".to_owned(), Numbers::U32(sizes.to_vec())),
                ("mlp.shift".to_owned(), Numbers::F32(shift.to_vec())),
                ("mlp.scale".to_owned(), Numbers::F32(scale.to_vec())),
                (
                    "mlp.target".to_owned(),
                    Numbers::F64(vec![networks.centre, networks.spread]),
                ),
                (
                    "mlp.parameters".to_owned(),
                    Numbers::F32(networks.parameters.clone()),
                ),
            ]
        }
        Learner::Gp(learner) => {
            let hyper = learner.gp.hyperparameters();
            let last = vec![hyper.noise, hyper.mean];
            [
                ("gp.inputs", learner.inputs.clone()),
                ("gp.targets", learner.targets.clone()),
                ("gp.lengthscales", hyper.lengthscales.clone()),
                ("gp.noise_and_mean", last),
            ]
            .map(|(name, numbers)| (name.to_owned(), Numbers::F64(numbers)))
            .to_vec()
        }
    }
}

pub(super) fn read_learner(
    kind: &str,
    kernel: Option<&str>,
    tensors: &mut Tensors,
    inputs: &Inputs,
    kept: Option<&Kept>,
) -> Result<Learner, SurrogateError> {
    let width = inputs.width();
    match (kind, kernel) {
        ("forest", None) => {
            let trees = read_trees("forest", tensors, width)?;
            if trees.roots().is_empty() {
                return Err(bad("its forest has no trees"));
            }
            let kept = kept.ok_or_else(|| bad("its forest has no training rows"))?;
            if kept.targets.len().saturating_mul(trees.roots().len()) > MOST_WALKS {
                return Err(bad("its forest is larger than this program reads"));
            }
            let design = inputs.design(kept.rows(inputs.columns()))?;
            let forest = Forest::from_trees(trees, &design.values, &kept.targets);
            if forest.rows_of_leaves().any(|rows| rows == 0) {
                return Err(bad("a leaf of its forest holds no training row"));
            }
            Ok(Learner::Forest(forest))
        }
        ("boosted", None) => {
            let mean = read_ensemble("mean", tensors, width)?;
            let scale = read_ensemble("scale", tensors, width)?;
            let zero = if tensors.has("zero.nodes") {
                Some(read_ensemble("zero", tensors, width)?)
            } else {
                None
            };
            let numbers = tensors.f64s("shape")?;
            let [unit, low, high, shape @ ..] = &numbers[..] else {
                return Err(bad("the shape of its errors is missing"));
            };
            if shape.len() != SHAPE || !shape.is_sorted() || low > high {
                return Err(bad("the shape of its errors is not in order"));
            }
            Ok(Learner::Boosted(Box::new(Boosted {
                mean,
                scale,
                zero,
                unit: *unit,
                limits: [*low, *high],
                shape: shape.to_vec(),
            })))
        }
        ("mlp-ensemble", None) => read_networks(tensors, width),
        ("gp", Some(kernel)) => read_gp(kernel, inputs, tensors),
        _ => Err(bad(format!("its kind `{kind}` is unknown"))),
    }
}

fn of_trees(name: &str, trees: &Trees) -> Named {
    let packed = trees.pack();
    [
        ("nodes", short(&packed.nodes)),
        ("inputs", shorter(packed.feature)),
        ("thresholds", Numbers::U8(packed.code)),
        ("threshold_counts", Numbers::U8(packed.counts)),
        ("threshold_values", Numbers::F32(packed.cuts)),
    ]
    .map(|(part, numbers)| (format!("{name}.{part}"), numbers))
    .to_vec()
}

fn read_trees(name: &str, tensors: &mut Tensors, width: usize) -> Result<Trees, SurrogateError> {
    let of = |part: &str| format!("{name}.{part}");
    let cuts = match tensors.take(&of("threshold_values"))? {
        Numbers::F32(v) => v,
        _ => return Tensors::wrong(&of("threshold_values"), "32-bit numbers"),
    };
    let packed = Packed {
        nodes: tensors.u32s(&of("nodes"))?,
        feature: tensors.u16s(&of("inputs"))?,
        code: tensors.u8s(&of("thresholds"))?,
        counts: tensors.u8s(&of("threshold_counts"))?,
        cuts,
    };
    if packed.nodes.len() > MOST_TREES {
        return Err(bad("it has more trees than this program reads"));
    }
    Trees::unpack(width, &packed).map_err(bad)
}

fn of_ensemble(name: &str, ensemble: &Ensemble) -> Named {
    let mut tensors = of_trees(name, &ensemble.trees);
    let covers: Vec<u32> = ensemble.covers.iter().map(|rows| *rows as u32).collect();
    tensors.extend([
        (format!("{name}.base"), Numbers::F64(vec![ensemble.base])),
        (
            format!("{name}.leaves"),
            Numbers::F32(ensemble.values.clone()),
        ),
        (format!("{name}.leaf_rows"), short(&covers)),
    ]);
    tensors
}

fn read_ensemble(
    name: &str,
    tensors: &mut Tensors,
    width: usize,
) -> Result<Ensemble, SurrogateError> {
    let trees = read_trees(name, tensors, width)?;
    let base = tensors.f64s(&format!("{name}.base"))?;
    let values = tensors.f32s(&format!("{name}.leaves"))?;
    let covers = tensors.u32s(&format!("{name}.leaf_rows"))?;
    let [base] = base[..] else {
        return Err(bad(format!("its trees `{name}` need one base")));
    };
    if values.len() != trees.leaves() || covers.len() != values.len() {
        return Err(bad(format!(
            "its trees `{name}` do not have a value for each leaf"
        )));
    }
    Ok(Ensemble {
        trees,
        base,
        values,
        covers: covers.into_iter().map(|rows| rows as f32).collect(),
    })
}

fn read_networks(tensors: &mut Tensors, width: usize) -> Result<Learner, SurrogateError> {
    let sizes = tensors.u32s("mlp.sizes")?;
    let [inputs, a, b] = sizes[..] else {
        return Err(bad("its networks need three sizes"));
    };
    let most = MOST_UNITS;
    if inputs as usize != width || a == 0 || b == 0 || a > most || b > most {
        return Err(bad("the sizes of its networks are wrong"));
    }
    let sizes = Sizes {
        inputs: width,
        hidden: [a as usize, b as usize],
    };
    let (shift, scale) = (tensors.f32s("mlp.shift")?, tensors.f32s("mlp.scale")?);
    let target = tensors.f64s("mlp.target")?;
    let parameters = tensors.f32s("mlp.parameters")?;
    let [centre, spread] = target[..] else {
        return Err(bad("its networks need the mean and the spread of targets"));
    };
    let members = parameters.len() / sizes.parameters();
    if shift.len() != width
        || scale.len() != width
        || members == 0
        || members > MOST_MEMBERS
        || parameters.len() != members * sizes.parameters()
    {
        return Err(bad("its networks do not have as many weights as they say"));
    }
    Ok(Learner::MlpEnsemble(Networks {
        sizes,
        shift,
        scale,
        centre,
        spread,
        parameters,
    }))
}

fn read_gp(
    kernel: &str,
    inputs: &Inputs,
    tensors: &mut Tensors,
) -> Result<Learner, SurrogateError> {
    let (x, y) = (tensors.f64s("gp.inputs")?, tensors.f64s("gp.targets")?);
    let lengthscales = tensors.f64s("gp.lengthscales")?;
    let noise_and_mean = tensors.f64s("gp.noise_and_mean")?;
    let kernel = Kernel::from_name(kernel)
        .ok_or_else(|| bad(format!("its kernel `{kernel}` is unknown")))?;
    let [noise, mean] = noise_and_mean[..] else {
        return Err(bad("its Gaussian process needs a noise and a mean"));
    };
    if y.len() > GP_ROWS {
        return Err(bad(format!(
            "its Gaussian process has {} rows; at most {GP_ROWS} are read",
            y.len()
        )));
    }
    let observations = Observations {
        inputs: &x,
        dimensions: inputs.width(),
        targets: &y,
        std: None,
    };
    let hyper = Hyperparameters {
        lengthscales,
        noise,
        mean,
    };
    let options = GpOptions {
        bounds: Some(Bounds::of(&x, inputs.width())),
        ..GpOptions::default()
    };
    let gp = Gp::with_hyperparameters(observations, kernel, hyper, &options)?;
    Ok(Learner::Gp(Box::new(GpLearner::new(gp, x, y))))
}

/// The training rows, where the file has them.
pub(super) fn read_kept(
    tensors: &mut Tensors,
    inputs: &Inputs,
) -> Result<Option<Kept>, SurrogateError> {
    if !tensors.has("training.targets") {
        return Ok(None);
    }
    let targets = tensors.f64s("training.targets")?;
    let rows = match inputs {
        Inputs::Columns(_) => match tensors.take("training.values")? {
            Numbers::F32(values) => KeptRows::Columns(values.into_iter().map(f64::from).collect()),
            _ => return Tensors::wrong("training.values", "32-bit numbers"),
        },
        Inputs::Composition(_) => KeptRows::Compositions(
            Kept::compositions(
                &tensors.u8s("training.counts")?,
                &tensors.u8s("training.elements")?,
                &tensors.u32s("training.amount_of")?,
                &tensors.f64s("training.amounts")?,
            )
            .map_err(bad)?,
        ),
    };
    let kept = Kept { rows, targets };
    let whole = match &kept.rows {
        KeptRows::Columns(values) => values.len() == kept.targets.len() * inputs.width(),
        KeptRows::Compositions(all) => all.len() == kept.targets.len(),
    };
    if !whole || kept.targets.is_empty() {
        return Err(bad("it does not have a target for each training row"));
    }
    Ok(Some(kept))
}
