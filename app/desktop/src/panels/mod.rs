//! The panels, one file each. Adding one takes a file here, a name in `workbench::Panel`, a title, and a line below.

mod campaign;
mod candidates;
mod drawing;
mod explanation;
mod filters;
mod generate;
mod hull;
mod import;
mod inspector;
mod models;
mod objectives;
mod offer;
mod parallel;
mod parallel_canvas;
mod parent;
mod pareto;
mod periodic_table;
mod plot_canvas;
mod plugins;
mod registries;
mod relaxation;
mod standing;
mod structure;
mod tasks;

pub use campaign::campaign_name;
pub use generate::generate_text;
pub use hull::hull_name;
pub use import::import_ui;
pub use offer::offer_ui;
pub use periodic_table::colour_name;
pub use relaxation::relaxation_text;
pub use structure::take_picture;
pub use tasks::task_ui;

use egui::Ui;
use workbench::{Command, Panel, State};

/// Draws a panel; what the user asked for in it.
pub fn ui(panel: Panel, ui: &mut Ui, state: &State) -> Vec<Command> {
    match panel {
        Panel::Candidates => candidates::candidates_ui(ui, state),
        Panel::Pareto => pareto::pareto_ui(ui, state),
        Panel::Parallel => parallel::parallel_ui(ui, state),
        Panel::Objectives => objectives::objectives_ui(ui, state),
        Panel::Inspector => inspector::inspector_ui(ui, state),
        Panel::PeriodicTable => periodic_table::periodic_table_ui(ui, state),
        Panel::Structure => structure::structure_ui(ui, state),
        Panel::Relaxation => relaxation::relaxation_ui(ui, state),
        Panel::Plugins => plugins::plugins_ui(ui, state),
        Panel::Models => models::models_ui(ui, state),
        Panel::Hull => hull::hull_ui(ui, state),
        Panel::Generate => generate::generate_ui(ui, state),
        Panel::Campaign => campaign::campaign_ui(ui, state),
        Panel::Tasks => tasks::tasks_ui(ui, state),
    }
}
