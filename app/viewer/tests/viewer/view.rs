//! The structure view as a person uses it: by its labels, pointer and keyboard, drawn by the graphics card.

use crate::structures::*;
use crystal::Structure;
use egui_kittest::wgpu::{WgpuTestRenderer, create_render_state, default_wgpu_setup};
use egui_kittest::{Harness, kittest::Queryable as _};
use scene::{Representation, Style};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use viewer::{Change, Language, PictureFormat, Shown, install, structure_ui};

/// What a window would keep: it applies every change of style at once.
struct Window {
    structure: Arc<Structure>,
    series: u64,
    style: Style,
    pictures: Vec<viewer::PictureJob>,
}

type Shared = Arc<Mutex<Window>>;

/// A font for the tests; the window brings its own.
fn fonts() -> egui::FontDefinitions {
    let mut fonts = egui::FontDefinitions::empty();
    let data = egui::FontData::from_static(epaint_default_fonts::UBUNTU_LIGHT);
    fonts.font_data.insert("test".into(), Arc::new(data));
    for family in [egui::FontFamily::Proportional, egui::FontFamily::Monospace] {
        fonts.families.insert(family, vec!["test".into()]);
    }
    fonts
}

fn open(structure: Structure) -> (Harness<'static>, Shared) {
    let state = create_render_state(
        default_wgpu_setup(),
        egui_wgpu::RendererOptions::PREDICTABLE,
    );
    install(&state);
    let window = Arc::new(Mutex::new(Window {
        structure: Arc::new(structure),
        style: Style::default(),
        series: 0,
        pictures: Vec::new(),
    }));
    let kept = window.clone();
    let mut harness = Harness::builder()
        .with_size([1000.0, 700.0])
        .with_context_setup(|ctx| ctx.set_fonts(fonts()))
        .renderer(WgpuTestRenderer::from_render_state(state))
        .build_ui(move |ui| {
            let mut window = kept.lock().unwrap();
            let shown = Shown {
                series: window.series,
                has_sizes_alone: false,
                structure: &window.structure,
                style: &window.style,
                language: Language::English,
            };
            for change in structure_ui(ui, &shown) {
                match change {
                    Change::Style(style) => window.style = *style,
                    Change::Picture(job) => window.pictures.push(*job),
                }
            }
        });
    harness.run_steps(4);
    (harness, window)
}

/// Writes the picture into the folder that SCREENSHOTS names, for people to look at.
fn keep(harness: &mut Harness<'_>, name: &str) {
    let Some(folder) = std::env::var_os("SCREENSHOTS") else {
        return;
    };
    let image = harness.render().unwrap();
    let picture = viewer::picture::Picture {
        size: [image.width(), image.height()],
        rgba: image.into_raw(),
    };
    let path = std::path::Path::new(&folder).join(format!("structure_{name}.png"));
    std::fs::write(path, viewer::encode(&picture).unwrap()).unwrap();
}

/// Pixels of the picture that are clearly green: sodium chloride's chlorine, or strontium.
fn green(harness: &mut Harness<'_>) -> usize {
    let image = harness.render().unwrap();
    let clearly = |p: &[u8; 4]| {
        let [r, g, b, _] = p.map(u32::from);
        g > 120 && g > r + 60 && g > b + 60
    };
    image.pixels().filter(|p| clearly(&p.0)).count()
}

#[test]
fn the_view_is_not_blank_and_follows_what_is_chosen() {
    let (mut harness, window) = open(halite());
    let balls = green(&mut harness);
    assert!(balls > 2000, "{balls}");
    harness.get_by_label("Drawing").click();
    harness.run_steps(2);
    harness.get_by_label("Space filling").click();
    harness.run_steps(4);
    assert_eq!(
        window.lock().unwrap().style.representation,
        Representation::SpaceFilling
    );
    harness.get_by_label_contains("27 atoms");
    let spheres = green(&mut harness);
    assert!(4 * spheres > 5 * balls, "{spheres} {balls}");
}

#[test]
fn looking_along_an_axis_shows_its_projection() {
    let (mut harness, _) = open(halite());
    harness.get_by_label("c").click();
    harness.run_steps(3);
    let image = harness.render().unwrap();
    // Along c the cell is a square grid: the picture is the same turned by half a turn about its middle, apart from
    // light, axes and legend. Chlorine and sodium alternate; in the middle of the cell is sodium or chlorine in front.
    let view = harness.get_by_label_contains("Structure view").rect();
    let middle = view.center();
    let pixel = image.get_pixel(middle.x as u32, middle.y as u32).0;
    assert!(pixel[1] > pixel[0] || pixel[2] > pixel[1], "{pixel:?}");
}

#[test]
fn clicking_atoms_measures_them() {
    let (mut harness, _) = open(halite());
    harness.get_by_label("c").click();
    harness.run_steps(3);
    let view = harness.get_by_label_contains("Structure view").rect();
    // Along c, one half of the cell is this many points: the sphere about the scene fills the lower side of the room.
    let corner = 5.6402 / 2.0 * 3.0_f32.sqrt() + 0.4 * 1.66;
    let half = 2.8201 / (corner * 1.05) * view.height().min(view.width()) / 2.0;
    let click = |harness: &mut Harness<'_>, x: f32, y: f32| {
        let at = view.center() + egui::vec2(x, y) * half;
        harness.hover_at(at);
        harness.drag_at(at);
        harness.drop_at(at);
        harness.run_steps(3);
    };
    click(&mut harness, 0.0, 0.0);
    click(&mut harness, 1.0, 0.0);
    harness.get_by_label_contains("2.8201 Å");
    click(&mut harness, 1.0, 1.0);
    harness.get_by_label_contains("Angle 90.00°");
    keep(&mut harness, "angle");
    harness.get_by_label("Clear").click();
    harness.run_steps(3);
    assert!(harness.query_by_label_contains("Angle").is_none());
}

#[test]
fn states_of_one_structure_are_measured_on_and_seen_from_where_they_were() {
    let (mut harness, window) = open(halite());
    harness.get_by_label("c").click();
    harness.run_steps(3);
    let view = harness.get_by_label_contains("Structure view").rect();
    let at = view.center();
    harness.hover_at(at);
    harness.drag_at(at);
    harness.drop_at(at);
    harness.run_steps(3);
    let export = |harness: &mut Harness<'_>| {
        harness.get_by_label("Export").click();
        harness.run_steps(2);
        harness.get_by_label("Save as SVG…").click();
        harness.run_steps(3);
        window.lock().unwrap().pictures.pop().unwrap()
    };
    let before = export(&mut harness);
    // Seen from elsewhere, as a person would turn it: a state that is a tenth larger does not fit the view anew.
    let larger = |factor: f64| {
        let mut structure = halite();
        let rows = structure.lattice.rows() * factor;
        structure.lattice = crystal::Lattice::new(rows).unwrap();
        structure.sites[0].magnetic_moment = Some(1.0);
        Arc::new(structure)
    };
    {
        let mut window = window.lock().unwrap();
        window.structure = larger(1.1);
        window.style.moments.shown = true;
    }
    harness.run_steps(3);
    harness.get_by_label("Clear");
    harness.get_by_label_contains("as the file states them");
    let after = export(&mut harness);
    assert_eq!(before.camera, after.camera);
    assert!(after.scene.radius > 1.05 * before.scene.radius);
    assert!(!after.scene.arrows.is_empty());
    {
        let mut window = window.lock().unwrap();
        (window.structure, window.series) = (larger(2.0), 1);
    }
    harness.run_steps(3);
    assert!(harness.query_by_label("Clear").is_none());
    assert_ne!(export(&mut harness).camera, after.camera);
}

#[test]
fn the_space_group_is_found_beside_the_drawing() {
    let (mut harness, _) = open(halite());
    harness.get_by_label("Symmetry").click();
    let end = Instant::now() + Duration::from_secs(60);
    while harness.query_by_label_contains("Fm-3m (225)").is_none() {
        assert!(Instant::now() < end, "no space group");
        std::thread::sleep(Duration::from_millis(20));
        harness.run_steps(1);
    }
    keep(&mut harness, "sym");
    harness.get_by_label("a (×4)");
    harness.get_by_label("b (×4)");
}

#[test]
fn large_structures_are_prepared_beside_the_window() {
    let (mut harness, window) = open(strontium_titanate());
    window.lock().unwrap().style.repeats = [12, 12, 12];
    let end = Instant::now() + Duration::from_secs(60);
    // Corners 13³, titanium 12³, oxygen on three kinds of faces 13 · 12².
    while harness.query_by_label_contains("9541 atoms").is_none() {
        assert!(Instant::now() < end, "not ready");
        std::thread::sleep(Duration::from_millis(20));
        harness.run_steps(1);
    }
    assert!(green(&mut harness) > 2000);
}

#[test]
fn what_cannot_be_drawn_is_said_and_the_last_drawing_stays() {
    let (mut harness, window) = open(halite());
    window.lock().unwrap().style.repeats = [100, 100, 100];
    harness.run_steps(3);
    let end = Instant::now() + Duration::from_secs(60);
    while harness
        .query_by_label_contains("repeat the cell less often")
        .is_none()
    {
        assert!(Instant::now() < end, "no message");
        std::thread::sleep(Duration::from_millis(20));
        harness.run_steps(1);
    }
    assert!(green(&mut harness) > 500);
}

#[test]
fn pictures_are_asked_for_with_what_is_on_the_screen() {
    let (mut harness, window) = open(shared_site());
    harness.get_by_label("Export").click();
    harness.run_steps(3);
    harness.get_by_label("Save as SVG…").click();
    harness.run_steps(3);
    let job = window.lock().unwrap().pictures.pop().unwrap();
    assert_eq!(job.request.format, PictureFormat::Svg);
    let text = String::from_utf8(job.bytes(&[]).unwrap()).unwrap();
    assert_eq!(
        text.matches("class=\"atom\"").count(),
        job.scene.atoms.len()
    );
    assert!(text.contains(">vacant<"));
    let mut job = job;
    job.request.format = PictureFormat::Png;
    job.request.size = [320, 240];
    let bytes = job.bytes(&[]).unwrap();
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes))
        .read_info()
        .unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert_eq!(
        (info.width, info.height, info.color_type),
        (320, 240, png::ColorType::Rgba)
    );
    assert_eq!(pixels[..4], [0; 4]);
    assert!(pixels.chunks_exact(4).filter(|p| p[3] == 255).count() > 2000);
}

#[test]
fn every_option_can_be_reached_and_named() {
    let (mut harness, window) = open(strontium_titanate());
    harness.get_by_label("Options").click();
    harness.run_steps(3);
    harness.get_by_label("Add plane").click();
    harness.run_steps(3);
    assert_eq!(window.lock().unwrap().style.planes.len(), 1);
    harness.get_by_label("Remove").click();
    harness.run_steps(3);
    assert!(window.lock().unwrap().style.planes.is_empty());
    harness.get_by_label("Ti").click();
    harness.run_steps(3);
    assert_eq!(window.lock().unwrap().style.hidden, [matter::Element::TI]);
    harness.get_by_label("Bond cutoffs [Å]").click();
    harness.run_steps(10);
    harness.get_by_label("O–Ti");
    keep(&mut harness, "options");
    harness.get_by_label("Reset").click();
    harness.run_steps(3);
    assert_eq!(window.lock().unwrap().style, Style::default());
}

#[test]
fn a_structure_that_cannot_be_drawn_is_not_shown_as_the_one_before() {
    let (mut harness, window) = open(halite());
    window.lock().unwrap().style.repeats = [2, 2, 2];
    harness.run_steps(4);
    assert!(green(&mut harness) > 2000);
    // Of the same structure what was drawn stays while a setting is wrong.
    window.lock().unwrap().style.repeats = [2, 2, 0];
    harness.run_steps(4);
    harness.get_by_label_contains("each number must be at least 1");
    assert!(green(&mut harness) > 2000);
    {
        let mut window = window.lock().unwrap();
        window.structure = Arc::new(halite());
        window.series += 1;
    }
    harness.run_steps(4);
    harness.get_by_label_contains("each number must be at least 1");
    assert_eq!(green(&mut harness), 0);
    window.lock().unwrap().style.repeats = [1, 1, 1];
    harness.run_steps(4);
    assert!(green(&mut harness) > 2000);
}
