//! The parameters: read from safetensors once, then laid out for products in each precision.

use crate::PotentialError;
use crate::basis::BASIS;
use crate::math::Real;
use serde_json::{Map, Value};

/// Features of an atom, a bond or an angle.
pub(crate) const FEATURES: usize = 64;
/// The two branches of a gated layer side by side: core, then gate.
pub(crate) const BRANCHES: usize = 128;
/// Elements that the weights hold a place for.
pub(crate) const ELEMENTS: usize = 94;

/// The features of one atom, bond or angle.
pub(crate) type Row<T> = [T; FEATURES];
/// Both branches of one row.
pub(crate) type Wide<T> = [T; BRANCHES];
/// A matrix that a row of `IN` numbers is multiplied with from the right.
pub(crate) type Matrix<T, const IN: usize, const OUT: usize> = Box<[[T; OUT]; IN]>;

/// What follows the first linear layer of a gated one: `silu(norm(core)) * sigmoid(norm(gate))`, where both branches first
/// pass a silu and a second linear layer if there is one.
#[derive(Clone)]
pub(crate) struct Gated<T> {
    pub second: Option<Second<T>>,
    pub scale: Wide<T>,
    pub shift: Wide<T>,
}

/// The second linear layers of a gated one.
#[derive(Clone)]
pub(crate) struct Second<T> {
    pub core: Both<T, FEATURES, FEATURES>,
    pub gate: Both<T, FEATURES, FEATURES>,
    pub bias: Wide<T>,
}

/// A matrix, and its transpose for the way back.
#[derive(Clone)]
pub(crate) struct Both<T, const IN: usize, const OUT: usize> {
    pub forth: Matrix<T, IN, OUT>,
    pub back: Matrix<T, OUT, IN>,
}

/// Messages along bonds to atoms. The first linear layer is split by what it is fed with.
#[derive(Clone)]
pub(crate) struct AtomLayer<T> {
    pub centre: Both<T, FEATURES, BRANCHES>,
    pub neighbour: Both<T, FEATURES, BRANCHES>,
    pub bond: Both<T, FEATURES, BRANCHES>,
    /// The bond embedding and `bond` in one, for bonds that no angle changes.
    pub radial: Matrix<T, BASIS, BRANCHES>,
    /// Goes with the centre.
    pub bias: Wide<T>,
    pub gated: Gated<T>,
    pub out: Both<T, FEATURES, FEATURES>,
}

/// Messages along angles, to bonds or to the angles themselves.
#[derive(Clone)]
pub(crate) struct AngleLayer<T> {
    pub first: Both<T, FEATURES, BRANCHES>,
    pub second: Both<T, FEATURES, BRANCHES>,
    pub angle: Both<T, FEATURES, BRANCHES>,
    /// The angle embedding and `angle` in one, for the first of its kind, which sees angles that nothing has changed.
    pub series: Option<Both<T, BASIS, BRANCHES>>,
    pub centre: Both<T, FEATURES, BRANCHES>,
    /// Goes with the centre.
    pub bias: Wide<T>,
    pub gated: Gated<T>,
    /// For bonds: how the sum of messages changes them.
    pub out: Option<Both<T, FEATURES, FEATURES>>,
}

/// All parameters in one precision.
#[derive(Clone)]
pub(crate) struct Weights<T> {
    /// Energy of each element, eV.
    pub reference: Vec<f64>,
    pub embedding: Vec<Row<T>>,
    pub radial_frequencies: [f64; BASIS],
    pub short_frequencies: [f64; BASIS],
    pub angle_frequencies: [f64; 16],
    pub bond_embedding: Matrix<T, BASIS, FEATURES>,
    pub bond_weights: Matrix<T, BASIS, FEATURES>,
    pub short_weights: Matrix<T, BASIS, FEATURES>,
    pub angle_embedding: Matrix<T, BASIS, FEATURES>,
    pub atom_layers: Vec<AtomLayer<T>>,
    pub bond_layers: Vec<AngleLayer<T>>,
    pub angle_layers: Vec<AngleLayer<T>>,
    pub moment: (Row<T>, T),
    pub readout_norm: (Row<T>, Row<T>),
    pub readout: Vec<(Both<T, FEATURES, FEATURES>, Row<T>)>,
    pub last: (Row<T>, T),
}

/// The tensors of a safetensors file: a header of JSON says where in the rest the numbers of each lie.
struct Tensors<'a> {
    header: Map<String, Value>,
    body: &'a [u8],
}

/// The weights of a first layer by input and output, and its bias.
type First<F, T> = (F, Wide<T>);

impl<'a> Tensors<'a> {
    fn open(bytes: &'a [u8]) -> Result<Self, PotentialError> {
        let bad = |what: &str| PotentialError::Weights(what.to_owned());
        let (length, rest) = bytes
            .split_first_chunk::<8>()
            .ok_or_else(|| bad("shorter than eight bytes"))?;
        let (header, body) = usize::try_from(u64::from_le_bytes(*length))
            .ok()
            .and_then(|length| rest.split_at_checked(length))
            .ok_or_else(|| bad("the first eight bytes are not the length of a header"))?;
        let header = serde_json::from_slice(header)
            .map_err(|error| bad(&format!("the header is no JSON: {error}")))?;
        Ok(Self { header, body })
    }

    /// A tensor row after row, whose size is as expected.
    fn get(&self, name: &str, rows: usize, columns: usize) -> Result<Vec<f64>, PotentialError> {
        let wrong = |what: &str| PotentialError::Weights(format!("tensor `{name}` {what}"));
        let entry = self.header.get(name).ok_or_else(|| wrong("is missing"))?;
        let offset = |k: usize| {
            let offset = entry["data_offsets"][k].as_u64();
            offset.and_then(|x| usize::try_from(x).ok())
        };
        let part = offset(0)
            .zip(offset(1))
            .and_then(|(start, end)| self.body.get(start..end))
            .ok_or_else(|| wrong("lies outside the file"))?;
        if entry["dtype"] != "F32" || part.len() != 4 * rows * columns {
            return Err(wrong(&format!("is not F32 [{rows}, {columns}]")));
        }
        let values = part.as_chunks().0.iter();
        Ok(values.map(|b| f64::from(f32::from_le_bytes(*b))).collect())
    }

    fn vector<T: Real, const N: usize>(&self, name: &str) -> Result<[T; N], PotentialError> {
        let values = self.get(name, 1, N)?;
        Ok(std::array::from_fn(|i| T::of(values[i])))
    }

    /// As [`Self::vector`] of `given` numbers, zero beyond.
    fn padded<const N: usize>(&self, name: &str, given: usize) -> Result<[f64; N], PotentialError> {
        let values = self.get(name, 1, given)?;
        Ok(std::array::from_fn(|i| {
            values.get(i).copied().unwrap_or(0.0)
        }))
    }

    /// A linear layer on a basis of 31 functions.
    fn embedding<T: Real>(&self, name: &str) -> Result<Matrix<T, BASIS, FEATURES>, PotentialError> {
        let values = self.get(name, FEATURES, BASIS - 1)?;
        Ok(matrix(|i, o| match i < BASIS - 1 {
            true => values[o * (BASIS - 1) + i],
            false => 0.0,
        }))
    }

    fn square<T: Real>(&self, name: &str) -> Result<Both<T, FEATURES, FEATURES>, PotentialError> {
        let values = self.get(name, FEATURES, FEATURES)?;
        Ok(Both::new(|i, o| values[o * FEATURES + i]))
    }

    /// A layer that goes before a norm: see [`Self::centred`].
    fn second<T: Real>(&self, name: &str) -> Result<Both<T, FEATURES, FEATURES>, PotentialError> {
        let values = self.centred(name, FEATURES, true)?;
        Ok(Both::new(|i, o| values[o * FEATURES + i]))
    }

    /// A tensor of so many columns, if asked for freed of the mean of each: that is how the layer before a norm is read, which
    /// takes the mean of what the layer gives away, forth and back.
    fn centred(
        &self,
        name: &str,
        columns: usize,
        centred: bool,
    ) -> Result<Vec<f64>, PotentialError> {
        let mut values = self.get(name, FEATURES, columns)?;
        for c in (0..columns).filter(|_| centred) {
            let column = || (0..FEATURES).map(|r| r * columns + c);
            let mean = column().map(|at| values[at]).sum::<f64>() / FEATURES as f64;
            column().for_each(|at| values[at] -= mean);
        }
        Ok(values)
    }

    /// Core and gate side by side; `centred` as in [`Self::centred`].
    fn branches<T: Real>(
        &self,
        core: &str,
        gate: &str,
        centred: bool,
    ) -> Result<Wide<T>, PotentialError> {
        let core = self.centred(core, 1, centred)?;
        let gate = self.centred(gate, 1, centred)?;
        Ok(std::array::from_fn(|i| {
            T::of(if i < FEATURES {
                core[i]
            } else {
                gate[i - FEATURES]
            })
        }))
    }

    fn gated<T: Real>(&self, at: &str, two: bool) -> Result<Gated<T>, PotentialError> {
        let second = match two {
            true => Some(Second {
                core: self.second(&format!("{at}.mlp_core.layers.3.weight"))?,
                gate: self.second(&format!("{at}.mlp_gate.layers.3.weight"))?,
                bias: self.branches(
                    &format!("{at}.mlp_core.layers.3.bias"),
                    &format!("{at}.mlp_gate.layers.3.bias"),
                    true,
                )?,
            }),
            false => None,
        };
        Ok(Gated {
            second,
            scale: self.branches(
                &format!("{at}.bn1.weight"),
                &format!("{at}.bn2.weight"),
                false,
            )?,
            shift: self.branches(&format!("{at}.bn1.bias"), &format!("{at}.bn2.bias"), false)?,
        })
    }

    /// The first linear layer, as a function of input and output; its bias. `centred` if it is the only one.
    fn first<T: Real>(
        &self,
        at: &str,
        layer: usize,
        parts: usize,
        centred: bool,
    ) -> Result<First<impl Fn(usize, usize) -> f64 + use<T>, T>, PotentialError> {
        let inputs = parts * FEATURES;
        let name = |branch, what| format!("{at}.mlp_{branch}.layers.{layer}.{what}");
        let core = self.centred(&name("core", "weight"), inputs, centred)?;
        let gate = self.centred(&name("gate", "weight"), inputs, centred)?;
        let bias = self.branches(&name("core", "bias"), &name("gate", "bias"), centred)?;
        let weight = move |i: usize, o: usize| match o < FEATURES {
            true => core[o * inputs + i],
            false => gate[(o - FEATURES) * inputs + i],
        };
        Ok((weight, bias))
    }

    fn atom_layer<T: Real>(
        &self,
        number: usize,
        embedding: &[[f64; FEATURES]; BASIS],
    ) -> Result<AtomLayer<T>, PotentialError> {
        let at = format!("atom_conv_layers.{number}");
        let (first, bias) = self.first(&format!("{at}.twoBody_atom"), 0, 3, false)?;
        Ok(AtomLayer {
            centre: Both::new(&first),
            bond: Both::new(|i, o| first(FEATURES + i, o)),
            neighbour: Both::new(|i, o| first(2 * FEATURES + i, o)),
            radial: matrix(|n, o| {
                let terms = embedding[n].iter().enumerate();
                terms.map(|(f, w)| w * first(FEATURES + f, o)).sum()
            }),
            bias,
            gated: self.gated(&format!("{at}.twoBody_atom"), true)?,
            out: self.square(&format!("{at}.mlp_out.layers.1.weight"))?,
        })
    }

    fn angle_layer<T: Real>(
        &self,
        at: &str,
        bonds: bool,
        embedding: Option<&[[f64; FEATURES]; BASIS]>,
    ) -> Result<AngleLayer<T>, PotentialError> {
        let inner = format!("{at}.twoBody_bond");
        let (first, bias) = self.first(&inner, usize::from(!bonds), 4, !bonds)?;
        Ok(AngleLayer {
            first: Both::new(&first),
            second: Both::new(|i, o| first(FEATURES + i, o)),
            angle: Both::new(|i, o| first(2 * FEATURES + i, o)),
            series: embedding.map(|embedding| {
                Both::new(|n, o| {
                    let terms = embedding[n].iter().enumerate();
                    terms.map(|(f, w)| w * first(2 * FEATURES + f, o)).sum()
                })
            }),
            centre: Both::new(|i, o| first(3 * FEATURES + i, o)),
            bias,
            gated: self.gated(&inner, bonds)?,
            out: match bonds {
                true => Some(self.square(&format!("{at}.mlp_out.layers.1.weight"))?),
                false => None,
            },
        })
    }
}

/// A matrix in the layout of products, `value(input, output)`.
fn matrix<T: Real, const IN: usize, const OUT: usize>(
    value: impl Fn(usize, usize) -> f64,
) -> Matrix<T, IN, OUT> {
    let rows: Vec<[T; OUT]> = (0..IN)
        .map(|i| std::array::from_fn(|o| T::of(value(i, o))))
        .collect();
    let Ok(matrix) = rows.into_boxed_slice().try_into() else {
        unreachable!("as many rows as were made");
    };
    matrix
}

impl<T: Real, const IN: usize, const OUT: usize> Both<T, IN, OUT> {
    fn new(value: impl Fn(usize, usize) -> f64) -> Self {
        Self {
            forth: matrix(&value),
            back: matrix(|o, i| value(i, o)),
        }
    }
}

impl<T: Real> Weights<T> {
    /// The parameters in a safetensors file.
    ///
    /// # Errors
    ///
    /// A file that is none, or lacks a tensor of the right size.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, PotentialError> {
        let tensors = Tensors::open(bytes)?;
        let embedding: Matrix<f64, BASIS, FEATURES> = tensors.embedding("bond_embedding.weight")?;
        let angles: Matrix<f64, BASIS, FEATURES> = tensors.embedding("angle_embedding.weight")?;
        let first = |n| (n == 0).then_some(&*angles);
        let atoms = tensors.get("atom_embedding.embedding.weight", ELEMENTS, FEATURES)?;
        let moment: [T; 1] = tensors.vector("site_wise.bias")?;
        let last: [T; 1] = tensors.vector("mlp.layers.7.bias")?;
        let frequencies = |which| {
            let name = format!("bond_basis_expansion.rbf_expansion_{which}.frequencies");
            tensors.padded(&name, BASIS - 1)
        };
        let angle_frequencies = "angle_basis_expansion.fourier_expansion.frequencies";
        Ok(Self {
            reference: tensors.get("composition_model.fc.weight", 1, ELEMENTS)?,
            embedding: (0..ELEMENTS)
                .map(|z| std::array::from_fn(|f| T::of(atoms[z * FEATURES + f])))
                .collect(),
            radial_frequencies: frequencies("ag")?,
            short_frequencies: frequencies("bg")?,
            angle_frequencies: tensors.padded(angle_frequencies, 15)?,
            bond_embedding: tensors.embedding("bond_embedding.weight")?,
            bond_weights: tensors.embedding("bond_weights_ag.weight")?,
            short_weights: tensors.embedding("bond_weights_bg.weight")?,
            angle_embedding: tensors.embedding("angle_embedding.weight")?,
            atom_layers: (0..4)
                .map(|n| tensors.atom_layer(n, &embedding))
                .collect::<Result<_, _>>()?,
            bond_layers: (0..3)
                .map(|n| tensors.angle_layer(&format!("bond_conv_layers.{n}"), true, first(n)))
                .collect::<Result<_, _>>()?,
            // A third one is in the file, but nothing reads what it gives.
            angle_layers: (0..2)
                .map(|n| tensors.angle_layer(&format!("angle_layers.{n}"), false, first(n)))
                .collect::<Result<_, _>>()?,
            moment: (tensors.vector("site_wise.weight")?, moment[0]),
            readout_norm: (
                tensors.vector("readout_norm.weight")?,
                tensors.vector("readout_norm.bias")?,
            ),
            readout: [0, 2, 4]
                .iter()
                .map(|n| {
                    let weight = tensors.square(&format!("mlp.layers.{n}.weight"))?;
                    Ok((weight, tensors.vector(&format!("mlp.layers.{n}.bias"))?))
                })
                .collect::<Result<_, PotentialError>>()?,
            last: (tensors.vector("mlp.layers.7.weight")?, last[0]),
        })
    }
}
