//! The window's frame: takes over what workers finished, draws, and hands the commands on.

use crate::device::Watched;
use crate::dialogs::{Answer, Dialogs};
use crate::dropping::dropping_ui;
use crate::dump::Dump;
use crate::layout::Layout;
use crate::palette::Palette;
use crate::texts::{Text, Words};
use crate::{bar, fonts, look, panels, start};
use egui::{Color32, Context, Key, KeyboardShortcut, Modifiers, Ui, ViewportCommand};
use egui_notify::Toasts;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use workbench::{Command, LogLevel, Preferences, Setup, State, Workbench};

/// How often the window is drawn while work is under way, for the progress to be seen.
const WHILE_BUSY: Duration = Duration::from_millis(120);

/// How often it looks whether unsaved work is to be written down.
const WHILE_UNWRITTEN: Duration = Duration::from_secs(1);

/// How often it looks whether a script wants the device lost.
const WHILE_SCRIPTED: Duration = Duration::from_millis(200);

/// What a window shows; it outlives a window whose device is lost.
pub struct App {
    workbench: Workbench,
    layout: Layout,
    palette: Palette,
    dialogs: Dialogs,
    toasts: Toasts,
    /// The preferences that the look was made for.
    shown: Option<Preferences>,
    /// The last message that was shown as a toast.
    told: Option<u64>,
    copied: u64,
    title: String,
    dump: Option<Dump>,
    /// The present window's context, for workers to wake it.
    context: Arc<Mutex<Context>>,
    device: Option<Watched>,
    /// The window closes because its device is lost.
    is_leaving: bool,
    lose_device: Option<PathBuf>,
    windows: usize,
}

impl App {
    /// A window over an empty workbench.
    pub fn new(cc: &eframe::CreationContext<'_>, setup: Setup) -> Self {
        let context = Arc::new(Mutex::new(cc.egui_ctx.clone()));
        let woken = context.clone();
        let wake = move || {
            let context = woken.lock().unwrap_or_else(PoisonError::into_inner);
            context.request_repaint();
        };
        let setup = Setup {
            fonts: fonts::FONTS.to_vec(),
            wake: Arc::new(wake),
            ..setup
        };
        let mut app = Self {
            workbench: Workbench::new(setup),
            layout: Layout::default(),
            palette: Palette::default(),
            dialogs: Dialogs::default(),
            toasts: Toasts::default(),
            shown: None,
            told: None,
            copied: 0,
            title: String::new(),
            dump: None,
            context,
            device: None,
            is_leaving: false,
            lose_device: None,
            windows: 0,
        };
        app.attach(cc);
        app
    }

    /// Goes on in another window, as it was in the last one.
    pub fn attach(&mut self, cc: &eframe::CreationContext<'_>) {
        let ctx = &cc.egui_ctx;
        self.device = cc.wgpu_render_state.as_ref().map(|graphics| {
            viewer::install(graphics);
            Watched::new(graphics, ctx)
        });
        if let Some(device) = &self.device
            && device.is_software
        {
            let text = format!(
                "no graphics card is in use here: processors draw ({}), which takes longer where there is much to draw",
                device.adapter
            );
            self.workbench.log(LogLevel::Note, text);
        }
        ctx.set_fonts(fonts::definitions());
        *self.context.lock().unwrap_or_else(PoisonError::into_inner) = ctx.clone();
        self.is_leaving = false;
        self.windows += 1;
        self.shown = None;
        self.title.clear();
        self.follow_preferences(ctx);
    }

    /// Why the window's device is lost, where it is.
    pub fn lost_device(&self) -> Option<String> {
        self.device.as_ref()?.lost()
    }

    /// The device is lost when this file appears, for scripts that see what comes of it.
    pub fn lose_device_by(&mut self, file: PathBuf) {
        self.lose_device = Some(file);
    }

    /// Whether the window is to be closed since its device is lost: what there is is written down first.
    fn leave(&mut self, ctx: &Context) -> bool {
        let Some(why) = self.lost_device() else {
            return false;
        };
        if !self.is_leaving {
            self.is_leaving = true;
            self.workbench.write_recovery();
            self.workbench.log(
                LogLevel::Warning,
                format!("the graphics device was lost ({why}); the window was opened anew, and nothing was lost"),
            );
            ctx.send_viewport_cmd(ViewportCommand::Close);
        }
        true
    }

    /// What there is to see.
    pub fn state(&self) -> &State {
        self.workbench.state()
    }

    /// The workbench, for scripts and tests.
    pub fn workbench(&mut self) -> &mut Workbench {
        &mut self.workbench
    }

    /// Opens files that were named when the program was started.
    pub fn open_files(&mut self, paths: Vec<PathBuf>) {
        for path in paths {
            self.workbench.apply(Command::Open { path: Some(path) });
        }
    }

    /// Writes what the window shows to a file, for scripts.
    pub fn dump_to(&mut self, path: PathBuf) {
        self.dump = Some(Dump::new(path));
    }

    fn follow_preferences(&mut self, ctx: &Context) {
        let preferences = &self.workbench.state().preferences;
        if self.shown.as_ref() != Some(preferences) {
            look::apply(ctx, preferences);
            self.shown = Some(preferences.clone());
        }
    }

    fn words(&self) -> Words {
        Words(self.state().preferences.language)
    }

    /// Whether a dialog lies over the panels.
    fn has_dialog(&self) -> bool {
        self.state().import.is_some() || self.state().shelf.offer.is_some()
    }

    /// Hands commands on, and asks for a file's name where one is needed.
    fn apply(&mut self, commands: Vec<Command>, ctx: &Context) {
        for command in commands {
            let words = self.words();
            if let Some(command) = self.dialogs.ask(command, words, ctx) {
                self.workbench.apply(command);
                ctx.request_repaint();
            }
        }
    }

    /// What the keyboard and dropped files ask for.
    fn input(&mut self, ctx: &Context) -> Vec<Command> {
        let mut commands = Vec::new();
        for answer in self.dialogs.answered() {
            match answer {
                Answer::Command(command) => commands.push(command),
                Answer::Picture(job, path) => self.workbench.write_file(path, move || {
                    job.bytes(&fonts::FONTS).map_err(|error| error.to_string())
                }),
            }
        }
        let dropped = ctx.input(|input| input.raw.dropped_files.clone());
        let paths = dropped.iter().map(|file| file.path().to_path_buf());
        let paths = paths.filter(|path| !path.as_os_str().is_empty());
        commands.extend(paths.map(|path| Command::Open { path: Some(path) }));
        // In a text and under a dialog these keys mean the text and the dialog.
        let elsewhere = ctx.text_edit_focused() || self.palette.is_open() || self.has_dialog();
        let pressed = |modifiers: Modifiers, key: Key| {
            ctx.input_mut(|input| input.consume_shortcut(&KeyboardShortcut::new(modifiers, key)))
        };
        let command_shift = Modifiers::COMMAND | Modifiers::SHIFT;
        if pressed(Modifiers::COMMAND, Key::K) {
            self.palette.toggle();
        }
        // The longer combination first, since the shorter one is a part of it.
        if pressed(command_shift, Key::S) {
            commands.push(Command::SaveAs { path: None });
        }
        if pressed(Modifiers::COMMAND, Key::S) {
            commands.push(match self.state().project_path {
                Some(_) => Command::Save,
                None => Command::SaveAs { path: None },
            });
        }
        if pressed(Modifiers::COMMAND, Key::O) {
            commands.push(Command::Open { path: None });
        }
        if !elsewhere {
            if pressed(command_shift, Key::Z) || pressed(Modifiers::COMMAND, Key::Y) {
                commands.push(Command::Redo);
            }
            if pressed(Modifiers::COMMAND, Key::Z) {
                commands.push(Command::Undo);
            }
            if pressed(Modifiers::COMMAND, Key::A) {
                commands.push(Command::SelectAll);
            }
            let copy = ctx.input(|i| i.events.iter().any(|e| matches!(e, egui::Event::Copy)));
            if copy && !self.state().project.selection.is_empty() {
                commands.push(Command::CopyRows { selected: true });
            }
            if pressed(Modifiers::NONE, Key::Escape) && !self.state().project.selection.is_empty() {
                commands.push(Command::ClearSelection);
            }
        }
        commands
    }

    /// Shows new errors and warnings for a while, copies what is to be copied, names the window.
    fn tell(&mut self, ctx: &Context) {
        let state = self.workbench.state();
        let words = Words(state.preferences.language);
        let new = state
            .log
            .iter()
            .filter(|line| self.told.is_none_or(|told| line.number > told));
        for line in new {
            let colour = match line.level {
                LogLevel::Error => Color32::from_rgb(200, 40, 40),
                LogLevel::Warning => Color32::from_rgb(200, 120, 0),
                LogLevel::Note => continue,
            };
            // The crosses and signs that toasts have by themselves are in none of the fonts.
            let sign = words.get(Text::Attention).to_owned();
            self.toasts.custom(&line.text, sign, colour).closable(false);
        }
        self.told = state.log.last().map(|line| line.number).or(self.told);
        if state.clipboard.0 != self.copied {
            self.copied = state.clipboard.0;
            ctx.copy_text(state.clipboard.1.clone());
        }
        let title = match state.title() {
            Some(title) => words.fill(Text::WindowTitle, &[&title]),
            None => words.get(Text::ProgramName).to_owned(),
        };
        if title != self.title {
            ctx.send_viewport_cmd(ViewportCommand::Title(title.clone()));
            self.title = title;
        }
    }

    /// Draws the whole window.
    fn draw(&mut self, ui: &mut Ui) -> Vec<Command> {
        let mut commands = Vec::new();
        let mut palette = false;
        let state = self.workbench.state();
        egui::Panel::top("menu").show(ui, |ui| {
            commands.extend(bar::menu_ui(ui, state, &mut palette));
        });
        egui::Panel::bottom("status").show(ui, |ui| {
            commands.extend(bar::status_ui(ui, state));
        });
        if state.tour && state.is_open() {
            egui::Panel::top("tour").show(ui, |ui| {
                commands.extend(bar::tour_ui(ui, state));
            });
        }
        if state.is_open() {
            let frame = egui::Frame::central_panel(ui.style()).inner_margin(0);
            egui::CentralPanel::no_frame().frame(frame).show(ui, |ui| {
                commands.extend(self.layout.ui(ui, state));
            });
        } else {
            egui::CentralPanel::default_margins().show(ui, |ui| {
                commands.extend(start::start_ui(ui, state));
            });
        }
        commands.extend(panels::import_ui(ui, state));
        commands.extend(panels::offer_ui(ui, state));
        if palette {
            self.palette.toggle();
        }
        let words = Words(state.preferences.language);
        let recent = &state.preferences.recent;
        commands.extend(self.palette.ui(ui, words, recent));
        dropping_ui(ui.ctx(), words);
        self.toasts.show(ui.ctx());
        commands
    }
}

/// Whether something is being dragged, held or typed: what it changes is one step of undo.
fn gesture_under_way(ctx: &Context) -> bool {
    ctx.text_edit_focused()
        || ctx.input(|input| input.pointer.any_down() || !input.keys_down.is_empty())
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &Context, _: &mut eframe::Frame) {
        if self.workbench.poll() {
            ctx.request_repaint();
        }
        let playback = &self.workbench.state().relaxation.playback;
        if playback.playing {
            ctx.request_repaint_after(Duration::from_secs_f64(1.0 / playback.rate));
        }
        if self.workbench.is_busy() {
            ctx.request_repaint_after(WHILE_BUSY);
        } else if self.workbench.has_unwritten_work() {
            ctx.request_repaint_after(WHILE_UNWRITTEN);
        }
        if let (Some(file), Some(device)) = (&self.lose_device, &self.device) {
            device.lose_where_asked(file);
            ctx.request_repaint_after(WHILE_SCRIPTED);
        }
    }

    fn ui(&mut self, ui: &mut Ui, _: &mut eframe::Frame) {
        let ctx = ui.ctx().clone();
        // On a device that is gone, drawing fails.
        if self.leave(&ctx) {
            return;
        }
        let commands = self.input(&ctx);
        self.apply(commands, &ctx);
        let commands = self.draw(ui);
        self.apply(commands, &ctx);
        if let Some(job) = panels::take_picture(&ctx) {
            let words = self.words();
            self.dialogs.ask_for_picture(job, words, &ctx);
        }
        if !gesture_under_way(&ctx) {
            self.workbench.end_step();
        }
        self.follow_preferences(&ctx);
        self.tell(&ctx);
        if let Some(dump) = &mut self.dump {
            let adapter = self.device.as_ref().map(|device| device.adapter.as_str());
            dump.write(self.workbench.state(), self.windows, adapter);
        }
    }

    fn on_exit(&mut self) {
        self.workbench.write_recovery();
    }
}
