//! Convex hulls of chemical systems: the bundled phases of two or three elements, how they stand among each other, and the
//! candidates in view that the potential was asked about.

mod plot;
mod system;

pub use plot::{HullPlot, HullPoint, HullSource, formula_of};
pub use system::{Covered, SystemError, in_text, read_system};

use crate::chart::{self, HullTexts};
use crate::command::Command;
use crate::error::WorkbenchError;
use crate::project::ElementRule;
use crate::state::{Panel, TaskKind};
use crate::work::{Done, Workbench};
use matter::Element;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;
use system::elements_of;

/// What is said of the hull's plot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct HullChoice {
    /// Elements as a person writes them, `Li-Fe-O`; empty: no system was chosen.
    pub system: String,
    /// How far above the hull what is drawn may lie, eV/atom.
    pub limit: f64,
}

impl HullChoice {
    /// The least and greatest limit, eV/atom.
    pub const LIMITS: [f64; 2] = [0.01, 10.0];
}

impl Default for HullChoice {
    fn default() -> Self {
        Self {
            system: String::new(),
            limit: 0.3,
        }
    }
}

/// What there is to see of the chosen system.
#[derive(Clone, Debug, Default)]
pub enum HullState {
    /// No system is chosen, or it is being looked up.
    #[default]
    None,
    /// Two or three elements.
    Plot(Arc<HullPlot>),
    /// Nothing can be drawn: why, and which parts of the system can.
    Refused(String, Vec<Covered>),
}

impl HullState {
    /// The plot, where there is one.
    pub fn plot(&self) -> Option<&Arc<HullPlot>> {
        match self {
            Self::Plot(plot) => Some(plot),
            _ => None,
        }
    }
}

impl Workbench {
    /// Does the commands about hulls.
    pub(crate) fn execute_hull_command(&mut self, command: Command) -> Result<(), WorkbenchError> {
        match command {
            Command::SetHullSystem { system } => {
                let system = system.trim();
                let same = self.state.project.hull.system == system;
                self.state.project.hull.system = system.to_owned();
                // Another system is laid out as every change of the project; this one was cancelled before it was there.
                if same && matches!(self.state.hull, HullState::None) {
                    self.lay_hull();
                }
                self.show_without_candidates(Panel::Hull);
            }
            Command::SetHullLimit { limit } => {
                let [low, high] = HullChoice::LIMITS;
                if limit.is_finite() {
                    self.state.project.hull.limit = limit.clamp(low, high);
                }
            }
            Command::HullOfSelected => {
                let row = self.state.project.selection.first().copied();
                let row = row.ok_or(WorkbenchError::NothingSelected)?;
                let results = self.state.results.as_ref();
                let results = results.ok_or(WorkbenchError::NothingOpen)?;
                let elements = elements_of(results.composition(row));
                if elements.is_empty() {
                    return Err(WorkbenchError::NoFormula);
                }
                self.state.project.hull.system = in_text(&elements);
                self.bring_to_front(Panel::Hull);
            }
            Command::HullOfElements => {
                let elements = self.required_elements();
                if elements.is_empty() {
                    return Err(WorkbenchError::NoElements);
                }
                self.state.project.hull.system = in_text(&elements);
                self.bring_to_front(Panel::Hull);
            }
            Command::ExportHull { path } => {
                let path = path.ok_or(WorkbenchError::NoPath("export the hull"))?;
                self.export_hull(path)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// The elements that the periodic table requires, or else allows.
    fn required_elements(&self) -> Vec<Element> {
        let of = |wanted: ElementRule| {
            let rules = self.state.project.elements.iter();
            let chosen = rules.filter(move |(_, rule)| **rule == wanted);
            let elements = chosen.filter_map(|(symbol, _)| Element::from_symbol(symbol));
            elements.collect::<Vec<_>>()
        };
        let required = of(ElementRule::Require);
        match required.is_empty() {
            true => of(ElementRule::Allow),
            false => required,
        }
    }

    /// Brings a panel to the front that shows something without any candidates.
    pub(crate) fn show_without_candidates(&mut self, panel: Panel) {
        self.state.browsing = true;
        self.bring_to_front(panel);
    }

    /// Lays the hull of the chosen system out, with the candidates in view.
    pub(crate) fn lay_hull(&mut self) {
        let system = self.state.project.hull.system.clone();
        if system.is_empty() {
            self.stop(TaskKind::Hull);
            self.state.hull = HullState::None;
            return;
        }
        let (results, rows) = (self.state.results.clone(), self.state.rows.clone());
        self.start(TaskKind::Hull, move |job| {
            let candidates = results.as_deref().map(|results| (results, &rows[..]));
            Done::Hull(system::look(&system, candidates, job))
        });
    }

    /// Writes the plot as .svg or .png, or its points as .csv.
    fn export_hull(&mut self, path: PathBuf) -> Result<(), WorkbenchError> {
        const PICTURE: (f32, f32) = (800.0, 600.0);
        let plot = self.state.hull.plot().cloned();
        let plot = plot.ok_or(WorkbenchError::NoHull)?;
        let ending = path.extension().unwrap_or_default().to_string_lossy();
        let as_table = ending.eq_ignore_ascii_case("csv");
        if !as_table {
            chart::check_picture(&path)?;
        }
        let fonts = self.setup.fonts.clone();
        let selection = self.state.project.selection.clone();
        let limit = self.state.project.hull.limit;
        self.start(TaskKind::Export, move |_| {
            let written = match as_table {
                true => crate::export::file(&path, || Ok(plot.csv().into_bytes())),
                false => {
                    let texts = HullTexts::english(&plot, limit);
                    let chart = chart::hull_marks(&plot, limit, &selection, &texts, PICTURE, 13.0);
                    chart::write_picture(&chart.drawing, &fonts, &path)
                }
            };
            Done::Exported(path, written)
        });
        Ok(())
    }
}
