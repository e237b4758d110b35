//! A graphics device that is lost.

use crate::{Window, setup};
use desktop::App;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use workbench::{Challenge, Command, Folders, LogLevel, SelectMode};

/// The app in windows one after the other, as `desktop::open` keeps it.
struct Pane(Rc<RefCell<App>>);

impl eframe::App for Pane {
    fn logic(&mut self, ctx: &egui::Context, frame: &mut eframe::Frame) {
        self.0.borrow_mut().logic(ctx, frame);
    }

    fn ui(&mut self, ui: &mut egui::Ui, frame: &mut eframe::Frame) {
        self.0.borrow_mut().ui(ui, frame);
    }
}

/// A window, the app that it shows, and its device.
fn window(
    known: Option<Rc<RefCell<App>>>,
) -> (Harness<'static, Pane>, Rc<RefCell<App>>, wgpu::Device) {
    let kept = Rc::new(RefCell::new(None));
    let keep = kept.clone();
    let mut harness = Harness::builder()
        .with_size([1440.0, 900.0])
        .with_theme(egui::Theme::Light)
        .wgpu()
        .build_eframe(move |cc| {
            let app = match known {
                Some(app) => {
                    app.borrow_mut().attach(cc);
                    app
                }
                None => Rc::new(RefCell::new(App::new(cc, setup(Folders::default())))),
            };
            let graphics = cc.wgpu_render_state.as_ref().expect("wgpu draws");
            *keep.borrow_mut() = Some((app.clone(), graphics.device.clone()));
            Pane(app)
        });
    harness.run_steps(2);
    let (app, device) = kept.borrow().clone().expect("the window was made");
    (harness, app, device)
}

#[test]
fn another_window_goes_on_where_the_one_whose_device_is_lost_stopped() {
    let (mut first, app, device) = window(None);
    let act = |command: Command| {
        let mut app = app.borrow_mut();
        app.workbench().apply(command);
        assert!(app.workbench().wait(std::time::Duration::from_secs(300)));
    };
    act(Command::OpenCrystals { only: None });
    let rows = Arc::new(vec![7]);
    let mode = SelectMode::Replace;
    act(Command::Select { rows, mode });
    act(Command::AddConstraint {
        text: "has O".into(),
    });
    first.run_steps(5);
    first.get_by_label_contains("Structure view:");
    first.render().expect("it is drawn");
    let before = app.borrow().state().project.clone();
    assert_eq!(app.borrow().lost_device(), None);

    device.destroy();
    first.run_steps(2);
    assert!(app.borrow().lost_device().is_some());
    let closing = first.output().viewport_output.values();
    let mut commands = closing.flat_map(|viewport| &viewport.commands);
    assert!(
        commands.any(|command| *command == egui::ViewportCommand::Close)
            || first.query_by_label_contains("Structure view:").is_none(),
        "the window neither closes nor stops drawing"
    );
    drop(first);

    let (mut second, app, _) = window(Some(app));
    assert_eq!(app.borrow().lost_device(), None);
    second.run_steps(5);
    let state_of = app.borrow();
    let state = state_of.state();
    assert_eq!(state.project, before);
    assert!(state.undo.is_some() && state.results.is_some());
    let told = |line: &workbench::LogLine| {
        line.level == LogLevel::Warning && line.text.contains("graphics device was lost")
    };
    assert!(state.log.iter().any(told));
    drop(state_of);
    second.get_by_label_contains("Structure view:");
    // The structure was uploaded to the new device: its pane is not of one colour.
    let area = second.get_by_label_contains("Structure view:").rect();
    let picture = second.render().expect("it is drawn");
    let colours: std::collections::HashSet<[u8; 4]> = picture
        .enumerate_pixels()
        .filter(|(x, y, _)| area.shrink(40.0).contains(egui::pos2(*x as f32, *y as f32)))
        .map(|(_, _, pixel)| pixel.0)
        .collect();
    assert!(colours.len() > 50, "{} colours", colours.len());
}

#[test]
fn a_window_without_a_card_says_that_processors_draw() {
    let window = Window::with(Challenge::RareEarthFreeMagnet);
    let said = |line: &workbench::LogLine| line.text.contains("processors draw");
    let is_software = window.state().log.iter().any(said);
    // The tests draw with lavapipe where it is there, and with whatever the machine has elsewhere.
    let lavapipe = std::env::var("VK_DRIVER_FILES").is_ok_and(|files| files.contains("lvp"));
    assert!(is_software || !lavapipe);
}
