//! How the panels are arranged: tiles and tabs that are dragged about, kept with the project.

use crate::panels;
use crate::texts::{Text, Words};
use egui_tiles::{
    Behavior, Container, LinearDir, SimplificationOptions, Tile, TileId, Tiles, Tree, UiResponse,
};
use workbench::{Command, Panel, State};

/// The tree of panels.
pub struct Layout {
    tree: Tree<Panel>,
    /// The arrangement as the project has it, to see where it comes from elsewhere.
    known: Option<serde_json::Value>,
    wanted: u64,
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            tree: default_tree(),
            known: None,
            wanted: 0,
        }
    }
}

/// Objectives and elements to the left, candidates and campaign in the middle with tasks below, plot and structure over inspector and
/// relaxation to the right.
fn default_tree() -> Tree<Panel> {
    let mut tiles = Tiles::default();
    let mut pane = |panel| tiles.insert_pane(panel);
    let [candidates, pareto, parallel, objectives, inspector] = [
        Panel::Candidates,
        Panel::Pareto,
        Panel::Parallel,
        Panel::Objectives,
        Panel::Inspector,
    ]
    .map(&mut pane);
    let [hull, generate] = [Panel::Hull, Panel::Generate].map(&mut pane);
    let [periodic, structure, plugins, models, campaign, tasks] = [
        Panel::PeriodicTable,
        Panel::Structure,
        Panel::Plugins,
        Panel::Models,
        Panel::Campaign,
        Panel::Tasks,
    ]
    .map(&mut pane);
    let relaxation = pane(Panel::Relaxation);
    let left = tiles.insert_tab_tile(vec![objectives, plugins]);
    let middle = tiles.insert_tab_tile(vec![candidates, generate, campaign]);
    let below = tiles.insert_tab_tile(vec![periodic, tasks]);
    let above_right = tiles.insert_tab_tile(vec![pareto, parallel, structure, hull, models]);
    let below_right = tiles.insert_tab_tile(vec![inspector, relaxation]);
    let shares = |dir, children: [TileId; 2], first| {
        Container::Linear(egui_tiles::Linear::new_binary(dir, children, first))
    };
    let middle = tiles.insert_container(shares(LinearDir::Vertical, [middle, below], 0.58));
    let right = shares(LinearDir::Vertical, [above_right, below_right], 0.6);
    let right = tiles.insert_container(right);
    let rest = tiles.insert_container(shares(LinearDir::Horizontal, [middle, right], 0.55));
    let root = tiles.insert_container(shares(LinearDir::Horizontal, [left, rest], 0.21));
    Tree::new(egui::Id::unique("panels"), root, tiles)
}

impl Layout {
    /// Draws the panels; the commands that they ask for.
    pub fn ui(&mut self, ui: &mut egui::Ui, state: &State) -> Vec<Command> {
        self.follow(state);
        let mut behavior = Panels {
            state,
            words: Words(state.preferences.language),
            commands: Vec::new(),
            edited: false,
        };
        self.tree.ui(&mut behavior, ui);
        let (mut commands, edited) = (behavior.commands, behavior.edited);
        if edited && let Ok(layout) = serde_json::to_value(&self.tree) {
            self.known = Some(layout.clone());
            commands.push(Command::SetLayout { layout });
        }
        commands
    }

    /// Takes over an arrangement that came with a project, and brings a panel to the front that was asked for.
    fn follow(&mut self, state: &State) {
        if state.project.layout != self.known {
            self.known = state.project.layout.clone();
            let saved = self.known.clone().map(serde_json::from_value);
            // An arrangement that cannot be read, or lacks a panel that is new, is not worth an error.
            self.tree = match saved {
                Some(Ok(tree)) if is_whole(&tree) => tree,
                _ => default_tree(),
            };
        }
        let (wanted, panel) = state.wanted_panel;
        if wanted != self.wanted {
            self.wanted = wanted;
            self.tree.make_active(|_, tile| {
                matches!((tile, panel), (Tile::Pane(pane), Some(panel)) if *pane == panel)
            });
        }
    }
}

fn is_whole(tree: &Tree<Panel>) -> bool {
    Panel::ALL
        .iter()
        .all(|panel| tree.tiles.find_pane(panel).is_some())
}

struct Panels<'a> {
    state: &'a State,
    words: Words,
    commands: Vec<Command>,
    edited: bool,
}

impl Behavior<Panel> for Panels<'_> {
    fn tab_title_for_pane(&mut self, panel: &Panel) -> egui::WidgetText {
        self.words.get(title(*panel)).into()
    }

    fn pane_ui(&mut self, ui: &mut egui::Ui, _: TileId, panel: &mut Panel) -> UiResponse {
        let (panel, state) = (*panel, self.state);
        egui::Frame::new().inner_margin(6).show(ui, |ui| {
            ui.push_id(panel, |ui| {
                self.commands.extend(panels::ui(panel, ui, state));
            });
        });
        UiResponse::None
    }

    fn simplification_options(&self) -> SimplificationOptions {
        SimplificationOptions {
            all_panes_must_have_tabs: true,
            ..SimplificationOptions::default()
        }
    }

    fn on_edit(&mut self, _: egui_tiles::EditAction) {
        self.edited = true;
    }
}

/// What a panel is called.
pub fn title(panel: Panel) -> Text {
    match panel {
        Panel::Candidates => Text::Candidates,
        Panel::Pareto => Text::Pareto,
        Panel::Parallel => Text::Parallel,
        Panel::Objectives => Text::Objectives,
        Panel::Inspector => Text::Inspector,
        Panel::PeriodicTable => Text::PeriodicTable,
        Panel::Structure => Text::Structure,
        Panel::Relaxation => Text::Relaxation,
        Panel::Plugins => Text::Plugins,
        Panel::Models => Text::Models,
        Panel::Hull => Text::Hull,
        Panel::Generate => Text::Generate,
        Panel::Campaign => Text::Campaign,
        Panel::Tasks => Text::Tasks,
    }
}
