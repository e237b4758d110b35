//! What the structure view remembers between frames, and the work it leaves to other threads.

use crate::view::Shown;
use crystal::Structure;
use crystal::symmetry::{DEFAULT_TOLERANCE, Symmetry, analyse};
use scene::{Atom, AtomRef, Camera, Measurement, Picker, Scene, Style};
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::sync::{Arc, Mutex};

/// Sites that are made into a scene at once; more are left to another thread, so that the window never waits.
const AT_ONCE: u64 = 2000;

/// A scene, ready to be shown.
#[derive(Clone)]
pub(crate) struct Ready {
    pub generation: u64,
    pub scene: Arc<Scene>,
    pub picker: Arc<Picker>,
}

type Built = Result<(Scene, Picker), String>;

/// What a view of a structure remembers between frames.
#[derive(Default)]
pub(crate) struct Model {
    pub camera: Camera,
    structure: Option<Arc<Structure>>,
    series: u64,
    /// The first state of the series that was shown: which images of atoms are drawn is as it is there.
    start: Option<Arc<Structure>>,
    style: Style,
    pub ready: Option<Ready>,
    pub error: Option<String>,
    generation: u64,
    building: Option<Receiver<Built>>,
    /// Whether structure or style are newer than what is drawn or being made.
    wants_scene: bool,
    /// Whether what is drawn is another structure.
    shows_another: bool,
    pub fit: bool,
    pub selected: Vec<AtomRef>,
    pub symmetry: Option<Result<Symmetry, String>>,
    /// Whether it is that of an earlier state of the structure.
    symmetry_is_old: bool,
    searching: Option<Receiver<Result<Symmetry, String>>>,
    pub options: bool,
    pub show_symmetry: bool,
    pub picture: crate::export::PictureRequest,
}

/// The memory of a view, as egui keeps it.
pub(crate) type Shared = Arc<Mutex<Model>>;

impl Model {
    /// Takes over the structure and style to show, and what other threads finished.
    pub fn follow(&mut self, shown: &Shown<'_>, ctx: &egui::Context) {
        let (structure, style) = (shown.structure, shown.style);
        let before = self.structure.as_ref();
        let same = before.is_some_and(|s| Arc::ptr_eq(s, structure));
        let count = before.map(|s| s.sites.len());
        let of_series = self.series == shown.series && count == Some(structure.sites.len());
        if !same {
            self.structure = Some(structure.clone());
            self.series = shown.series;
            // Meanwhile the symmetry of the state before is shown.
            self.symmetry_is_old = true;
        }
        if !same && !of_series {
            self.selected.clear();
            self.symmetry = None;
            self.searching = None;
            self.building = None;
            self.start = Some(structure.clone());
            self.shows_another = true;
            self.fit = true;
        }
        if self.style != *style {
            self.fit |= self.style.repeats != style.repeats;
            self.style = style.clone();
            self.wants_scene = true;
        }
        self.wants_scene |= !same;
        self.take_scene();
        // States that follow each other faster than their scenes are made are passed over, but never all of them.
        if self.wants_scene && self.building.is_none() {
            self.wants_scene = false;
            self.build(structure.clone(), ctx);
            self.take_scene();
        }
        if let Some(found) = take(&mut self.searching) {
            self.symmetry = Some(found.unwrap_or_else(|| Err("the search stopped".into())));
        }
    }

    fn build(&mut self, structure: Arc<Structure>, ctx: &egui::Context) {
        let cells = self
            .style
            .repeats
            .iter()
            .map(|&n| u64::from(n))
            .product::<u64>();
        let size = cells.saturating_mul(structure.sites.len() as u64);
        let (send, receive) = channel();
        let style = self.style.clone();
        let start = self.start.clone().unwrap_or_else(|| structure.clone());
        let work = move || {
            let made =
                Scene::of_state(&structure, &start, &style).map_err(|error| error.to_string());
            // A view that meanwhile shows something else no longer listens.
            let _ = send.send(made.map(|scene| {
                let picker = Picker::new(&scene);
                (scene, picker)
            }));
        };
        self.building = Some(receive);
        if size <= AT_ONCE {
            work();
        } else {
            let ctx = ctx.clone();
            std::thread::spawn(move || {
                work();
                ctx.request_repaint();
            });
        }
    }

    fn take_scene(&mut self) {
        match take(&mut self.building) {
            Some(Some(Ok((scene, picker)))) => {
                self.generation += 1;
                self.error = None;
                self.shows_another = false;
                self.ready = Some(Ready {
                    generation: self.generation,
                    scene: Arc::new(scene),
                    picker: Arc::new(picker),
                });
            }
            Some(Some(Err(error))) => self.fail(error),
            Some(None) => self.fail("the drawing stopped; change a setting".into()),
            None => {}
        }
    }

    /// What was drawn before stays where it is the same structure in another style or state.
    fn fail(&mut self, error: String) {
        self.error = Some(error);
        if self.shows_another {
            self.ready = None;
        }
    }

    /// Whether a scene is being made.
    pub fn is_building(&self) -> bool {
        self.building.is_some()
    }

    /// Starts the search for the space group, once a structure.
    pub fn search_symmetry(&mut self, ctx: &egui::Context) {
        let Some(structure) = self.structure.clone() else {
            return;
        };
        let is_known = self.symmetry.is_some() && !self.symmetry_is_old;
        if is_known || self.searching.is_some() {
            return;
        }
        self.symmetry_is_old = false;
        let (send, receive) = channel();
        self.searching = Some(receive);
        let ctx = ctx.clone();
        std::thread::spawn(move || {
            let found = analyse(&structure, DEFAULT_TOLERANCE).map_err(|error| error.to_string());
            // A view that meanwhile shows something else no longer listens.
            let _ = send.send(found);
            ctx.request_repaint();
        });
    }

    /// Adds an atom to those measured, or takes it away; after four a new measurement begins.
    pub fn toggle(&mut self, atom: AtomRef) {
        if let Some(at) = self.selected.iter().position(|&a| a == atom) {
            self.selected.remove(at);
        } else {
            if self.selected.len() >= 4 {
                self.selected.clear();
            }
            self.selected.push(atom);
        }
    }

    /// The chosen atoms that the scene shows, and their places in it.
    pub fn selected_atoms(&self) -> Vec<(u32, Atom)> {
        let Some(ready) = &self.ready else {
            return Vec::new();
        };
        let find = |chosen: &AtomRef| {
            let at = ready.scene.atoms.iter().position(|a| a.atom == *chosen)?;
            Some((at as u32, ready.scene.atoms[at]))
        };
        self.selected.iter().filter_map(find).collect()
    }

    /// What the chosen atoms tell.
    pub fn measurement(&self) -> Option<Measurement> {
        let places: Vec<_> = self
            .selected_atoms()
            .iter()
            .map(|(_, a)| a.position)
            .collect();
        Measurement::of(&places)
    }
}

/// What a worker sent: `Some(None)` where it ended without a word.
fn take<T>(receiver: &mut Option<Receiver<T>>) -> Option<Option<T>> {
    let taken = match receiver.as_ref()?.try_recv() {
        Ok(value) => Some(value),
        Err(TryRecvError::Disconnected) => None,
        Err(TryRecvError::Empty) => return None,
    };
    *receiver = None;
    Some(taken)
}
