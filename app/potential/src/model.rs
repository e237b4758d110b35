//! The potential as others use it: weights, a precision, and what they say of a structure.

use crate::PotentialError;
use crate::gpu;
use crate::graph::Graph;
use crate::math::Real;
use crate::network;
use crate::scratch::Scratch;
use crate::weights::{ELEMENTS, Weights};
use compute::Device;
use crystal::Structure;
use matter::Element;
use nalgebra::{Matrix3, Vector3};
use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, OnceLock, PoisonError};

/// One eV/Å3 in GPa (CODATA 2018, exact).
pub const GPA: f64 = 160.217_663_4;

/// The weights that come with the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Model {
    /// CHGNet 0.3.0: trained on PBE and PBE+U of the Materials Project, energies with its corrections of 2020.
    #[default]
    Chgnet030,
    /// The same network, trained on with r2SCAN. Its energies have another zero: never mix the two.
    ChgnetR2scan,
}

/// Mean absolute errors against the calculations that the weights learned from, on structures held back: the least error to
/// reckon with, and for structures unlike those of the Materials Project not enough.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TypicalErrors {
    /// eV/atom.
    pub energy_per_atom: f64,
    /// eV/Å, of a component.
    pub force: f64,
    /// GPa, of a component.
    pub stress: f64,
    /// µB.
    pub moment: f64,
}

impl Model {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Chgnet030, Self::ChgnetR2scan];
    /// The licence of the weights, to be kept with them.
    pub const LICENCE: &str = include_str!("../../../datasets/potential/LICENSE-CHGNET.txt");
    /// Who made them, and where it is published.
    pub const CITATION: &str = "B. Deng et al., CHGNet as a pretrained universal neural network potential for charge-informed atomistic \
         modelling, Nature Machine Intelligence 5, 1031 (2023), doi:10.1038/s42256-023-00716-3";
    /// The end of the citation, for where there is no room for the whole.
    pub const DOI: &str = "doi:10.1038/s42256-023-00716-3";

    /// Its name, as users write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chgnet030 => "chgnet-0.3.0",
            Self::ChgnetR2scan => "chgnet-r2scan",
        }
    }

    /// What calculations it stands in for.
    pub fn method(self) -> &'static str {
        match self {
            Self::Chgnet030 => {
                "PBE and PBE+U at 0 K, energies with the Materials Project's corrections of 2020"
            }
            Self::ChgnetR2scan => "r2SCAN at 0 K",
        }
    }

    /// How far it is off on structures that it did not learn from, as its authors state.
    pub fn typical_errors(self) -> TypicalErrors {
        let [energy_per_atom, force, stress, moment] = match self {
            Self::Chgnet030 => [0.029, 0.068, 0.314, 0.037],
            Self::ChgnetR2scan => [0.015, 0.036, 0.161, 0.023],
        };
        TypicalErrors {
            energy_per_atom,
            force,
            stress,
            moment,
        }
    }

    /// Whether structures with this element were among those that it learned from.
    pub fn knows(self, element: Element) -> bool {
        let z = usize::from(element.atomic_number());
        let yb_lacks = self == Self::ChgnetR2scan && z == 70;
        (1..=ELEMENTS).contains(&z) && !(84..=88).contains(&z) && !yb_lacks
    }

    fn file(self) -> &'static [u8] {
        match self {
            Self::Chgnet030 => {
                include_bytes!("../../../datasets/potential/chgnet-0.3.0.safetensors")
            }
            Self::ChgnetR2scan => {
                include_bytes!("../../../datasets/potential/chgnet-r2scan.safetensors")
            }
        }
    }
}

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Model {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|model| model.name() == text);
        known.ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(" or ");
            format!("`{text}` is no potential; write {names}")
        })
    }
}

/// In which numbers the network computes. Geometry is always f64.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Precision {
    /// f32: within 5e-6 eV/atom, 5e-4 eV/Å, 2e-3 GPa and 2e-5 µB of f64, far below the model's own error.
    #[default]
    Single,
    /// f64, slower.
    Double,
}

enum Parameters {
    Single(Kept<f32>),
    Double(Kept<f64>),
}

/// More memory than this is given back to the system between evaluations, bytes.
const HELD: usize = 5 << 30;

/// Weights, and memory of evaluations before, one a thread that asked at the same time.
struct Kept<T> {
    weights: Box<Weights<T>>,
    scratch: Mutex<Vec<Scratch<T>>>,
}

impl<T: Real> Kept<T> {
    fn read(bytes: &[u8]) -> Result<Self, PotentialError> {
        Ok(Self {
            weights: Box::new(Weights::read(bytes)?),
            scratch: Mutex::default(),
        })
    }

    fn evaluate(&self, graph: &Graph, numbers: &[u8], derivatives: bool) -> network::Evaluation {
        let free = || self.scratch.lock().unwrap_or_else(PoisonError::into_inner);
        let scratch = free().pop().unwrap_or_default();
        let found = network::evaluate(&scratch, &self.weights, graph, numbers, derivatives);
        let mut held = free();
        if held.iter().map(Scratch::bytes).sum::<usize>() + scratch.bytes() <= HELD {
            held.push(scratch);
        }
        found
    }
}

/// A potential, ready to be asked.
///
/// ```
/// use crystal::{Lattice, Site, Structure};
/// use matter::Element;
/// use potential::{Model, Potential, Precision};
///
/// let lattice = Lattice::from_parameters(2.87, 2.87, 2.87, 90.0, 90.0, 90.0)?;
/// let places = [[0.0; 3], [0.5; 3]];
/// let iron = Structure::new(lattice, places.map(|p| Site::new(Element::FE, p.into())).into());
/// let potential = Potential::new(Model::default(), Precision::default())?;
/// let prediction = potential.predict(&iron)?;
/// assert!((prediction.moments[0] - 2.2).abs() < 0.4); // µB; measured: 2.2
/// assert!(prediction.largest_force() < 1e-3); // eV/Å
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Potential {
    model: Model,
    parameters: Parameters,
    /// Where many structures are computed.
    pub(crate) device: Device,
    /// The parameters as adapters read them.
    pub(crate) on_device: OnceLock<Option<gpu::Parameters>>,
}

/// What the potential says of a structure.
#[derive(Clone, Debug, PartialEq)]
pub struct Prediction {
    /// The weights that said it.
    pub model: Model,
    /// Of the whole cell, eV.
    pub energy: f64,
    /// The part of each site, eV; only their sum means something.
    pub site_energies: Vec<f64>,
    /// The size of each site's magnetic moment, µB. It has no sign: an antiferromagnet looks like a ferromagnet.
    pub moments: Vec<f64>,
    /// The force on each site, eV/Å.
    pub forces: Vec<Vector3<f64>>,
    /// Stress, GPa, tensile positive: a cell that wants to shrink has positive ones on the diagonal.
    pub stress: Matrix3<f64>,
}

impl Prediction {
    /// Energy, eV/atom.
    pub fn energy_per_atom(&self) -> f64 {
        self.energy / self.site_energies.len() as f64
    }

    /// Pressure, GPa: positive where the cell wants to grow.
    pub fn pressure(&self) -> f64 {
        -self.stress.trace() / 3.0
    }

    /// The length of the longest force, eV/Å.
    pub fn largest_force(&self) -> f64 {
        self.forces.iter().map(Vector3::norm).fold(0.0, f64::max)
    }
}

/// Energy and moments of a structure, as in [`Prediction`].
#[derive(Clone, Debug, PartialEq)]
pub struct Energy {
    /// Of the whole cell, eV.
    pub energy: f64,
    /// The part of each site, eV.
    pub site_energies: Vec<f64>,
    /// The size of each site's magnetic moment, µB.
    pub moments: Vec<f64>,
}

impl Potential {
    /// Weights that come with the program.
    ///
    /// # Errors
    ///
    /// None that a user can meet: weights that cannot be read.
    pub fn new(model: Model, precision: Precision) -> Result<Self, PotentialError> {
        let parameters = match precision {
            Precision::Single => Parameters::Single(Kept::read(model.file())?),
            Precision::Double => Parameters::Double(Kept::read(model.file())?),
        };
        Ok(Self {
            model,
            parameters,
            device: Device::cpu(),
            on_device: OnceLock::new(),
        })
    }

    /// Which weights these are.
    pub fn model(&self) -> Model {
        self.model
    }

    /// Energy, forces, stress and moments. The same bytes for any number of threads.
    ///
    /// # Errors
    ///
    /// Disordered sites, elements that the weights do not know, atoms that overlap or have no neighbour, cells too dense to be
    /// matter, coordinates that are no numbers.
    pub fn predict(&self, structure: &Structure) -> Result<Prediction, PotentialError> {
        self.said(structure, self.evaluate(structure, true)?)
    }

    /// What an evaluation with derivatives says of its structure.
    pub(crate) fn said(
        &self,
        structure: &Structure,
        evaluation: network::Evaluation,
    ) -> Result<Prediction, PotentialError> {
        let energy = total(&evaluation)?;
        let Some(derivatives) = evaluation.derivatives else {
            return Err(PotentialError::NotFinite { what: "force" });
        };
        // A left-handed cell has a volume like any other.
        let stress = derivatives.by_strain * (GPA / structure.volume());
        let stress = (stress + stress.transpose()) * 0.5;
        let forces = derivatives.forces;
        if !(stress.iter().all(|x| x.is_finite()) && forces.iter().all(|f| f.norm().is_finite())) {
            return Err(PotentialError::NotFinite { what: "force" });
        }
        Ok(Prediction {
            model: self.model,
            energy,
            site_energies: evaluation.site_energies,
            moments: evaluation.moments,
            forces,
            stress,
        })
    }

    /// Energy and moments alone, without the way back.
    ///
    /// # Errors
    ///
    /// As [`Potential::predict`].
    pub fn energy(&self, structure: &Structure) -> Result<Energy, PotentialError> {
        let evaluation = self.evaluate(structure, false)?;
        Ok(Energy {
            energy: total(&evaluation)?,
            site_energies: evaluation.site_energies,
            moments: evaluation.moments,
        })
    }

    fn evaluate(
        &self,
        structure: &Structure,
        derivatives: bool,
    ) -> Result<network::Evaluation, PotentialError> {
        let numbers = self.atomic_numbers(structure)?;
        let graph = Graph::new(structure)?;
        Ok(match &self.parameters {
            Parameters::Single(kept) => kept.evaluate(&graph, &numbers, derivatives),
            Parameters::Double(kept) => kept.evaluate(&graph, &numbers, derivatives),
        })
    }

    /// Why a structure has no energy here, if it has none: before something else about it is blamed.
    pub(crate) fn refusal(&self, structure: &Structure) -> Option<PotentialError> {
        let numbers = self.atomic_numbers(structure);
        numbers.and_then(|_| Graph::new(structure)).err()
    }

    /// The weights in f32, if these are such.
    pub(crate) fn single(&self) -> Option<&Weights<f32>> {
        match &self.parameters {
            Parameters::Single(kept) => Some(&kept.weights),
            Parameters::Double(_) => None,
        }
    }

    /// The element of every site.
    pub(crate) fn atomic_numbers(&self, structure: &Structure) -> Result<Vec<u8>, PotentialError> {
        let number = |site: &crystal::Site| {
            let Some(element) = site.element() else {
                let occupants = site.species.iter();
                let occupants = occupants.map(|s| format!("{} {}", s.element, s.occupancy));
                return Err(PotentialError::Disordered {
                    site: site.label.clone(),
                    occupants: occupants.collect::<Vec<_>>().join(", "),
                });
            };
            if usize::from(element.atomic_number()) > ELEMENTS {
                return Err(PotentialError::Element {
                    element: element.symbol().to_owned(),
                    site: site.label.clone(),
                });
            }
            if !self.model.knows(element) {
                return Err(PotentialError::Untrained {
                    element: element.symbol(),
                    site: site.label.clone(),
                    model: self.model.name(),
                    remedy: match Model::default().knows(element) {
                        true => "take chgnet-0.3.0, which was",
                        false => "leave the candidate out",
                    },
                });
            }
            Ok(element.atomic_number())
        };
        structure.sites.iter().map(number).collect()
    }
}

/// The energy of a structure, eV.
fn total(evaluation: &network::Evaluation) -> Result<f64, PotentialError> {
    let energy: f64 = evaluation.site_energies.iter().sum();
    match energy.is_finite() {
        true => Ok(energy),
        false => Err(PotentialError::NotFinite { what: "energy" }),
    }
}
