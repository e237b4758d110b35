//! How long structures take: to a scene, to the graphics card, and a frame.
//!
//! `cargo bench -p viewer --bench frames -- [repeats]`: strontium titanate repeated so many times each way, 27 unless told:
//! 98,415 sites; and the states of a trajectory, one after the other.

use crystal::{Lattice, Site, Structure};
use matter::Element;
use scene::{Camera, Picker, Representation, Scene, Style, SvgOptions, svg};
use std::time::{Duration, Instant};
use viewer::painter::{Frame, FrameStyle, Pipelines, SceneBuffers, Targets, Tile};

const SIZE: [u32; 2] = [1280, 800];
const FRAMES: u32 = 20;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let repeats = std::env::args().find_map(|a| a.parse().ok()).unwrap_or(27);
    let instance = wgpu::Instance::default();
    let adapter = pollster::block_on(instance.request_adapter(&Default::default()))?;
    let (device, queue) = pollster::block_on(adapter.request_device(&Default::default()))?;
    let pipelines = Pipelines::new(&device);
    println!(
        "adapter: {}; picture {} x {}",
        adapter.get_info().name,
        SIZE[0],
        SIZE[1]
    );
    for representation in [
        Representation::SpaceFilling,
        Representation::BallAndStick,
        Representation::Polyhedra,
    ] {
        let style = Style {
            representation,
            repeats: [repeats; 3],
            ..Style::default()
        };
        let started = Instant::now();
        let scene = Scene::new(&strontium_titanate()?, &style)?;
        let built = started.elapsed();
        println!(
            "{representation:?}: {} atoms, {} bonds, {} polyhedra; scene {built:.1?}",
            scene.atoms.len(),
            scene.bonds.len(),
            scene.polyhedra.len()
        );
        let started = Instant::now();
        let picker = Picker::new(&scene);
        let sorted = started.elapsed();
        let mut camera = Camera::default();
        camera.fit(&scene, 1.6);
        let started = Instant::now();
        let ray = camera.ray(640.0, 400.0, [1280.0, 800.0], scene.radius);
        let found = picker.pick(&scene, &ray).is_some();
        println!(
            "  boxes for picking {sorted:.1?}, a pick {:.1?} (hit: {found})",
            started.elapsed()
        );
        let started = Instant::now();
        let buffers = SceneBuffers::new(&device, &queue, &pipelines, &scene);
        queue.submit([]);
        device.poll(wgpu::PollType::wait_indefinitely())?;
        println!("  upload {:.1?}", started.elapsed());
        let targets = Targets::new(&device, &pipelines, SIZE);
        let mut times = Vec::new();
        for _ in 0..FRAMES {
            camera.turn(0.05, 0.02);
            let started = Instant::now();
            let mut encoder = device.create_command_encoder(&Default::default());
            let frame = frame(&scene, &camera);
            pipelines.draw(&queue, &mut encoder, &targets, &buffers, &frame);
            queue.submit([encoder.finish()]);
            device.poll(wgpu::PollType::wait_indefinitely())?;
            times.push(started.elapsed());
        }
        println!("  frame {}", shown(times));
        let started = Instant::now();
        let text = svg(
            &scene,
            &camera,
            &strontium_titanate()?.lattice,
            &SvgOptions::default(),
        );
        println!(
            "  SVG {:.1?}, {} MB",
            started.elapsed(),
            text.len() / 1_000_000
        );
    }
    playback(&device, &queue, &pipelines)
}

fn frame<'a>(scene: &'a Scene, camera: &'a Camera) -> Frame<'a> {
    Frame {
        scene,
        camera,
        style: FrameStyle {
            background: [0.0; 4],
            fog: [1.0, 1.0, 1.0, 0.4],
            opacity: 0.6,
            line_width: 1.5,
        },
        tile: Tile {
            corner: [0, 0],
            whole: SIZE,
        },
        size: SIZE,
    }
}

fn shown(mut times: Vec<Duration>) -> String {
    times.sort();
    let (median, longest) = (times[times.len() / 2], times[times.len() - 1]);
    format!("{median:.1?} (longest {longest:.1?})")
}

/// States of a cell of 320 sites with moments, each a scene of its own: what playing a trajectory takes.
fn playback(
    device: &wgpu::Device,
    queue: &wgpu::Queue,
    pipelines: &Pipelines,
) -> Result<(), Box<dyn std::error::Error>> {
    let mut start = strontium_titanate()?.supercell([[4, 0, 0], [0, 4, 0], [0, 0, 4]])?;
    for site in &mut start.sites {
        site.magnetic_moment = Some(1.0);
    }
    let mut style = Style::default();
    style.moments.shown = true;
    let targets = Targets::new(device, pipelines, SIZE);
    let mut camera = Camera::default();
    camera.fit(&Scene::new(&start, &style)?, 1.6);
    let (mut scenes, mut draws) = (Vec::new(), Vec::new());
    let mut counts = (0, 0, 0);
    for step in 0..FRAMES {
        let mut state = start.clone();
        for (place, site) in state.sites.iter_mut().enumerate() {
            site.position.x += 0.001 * f64::from(step) * (place as f64).sin();
        }
        let started = Instant::now();
        let scene = Scene::of_state(&state, &start, &style)?;
        let _ = Picker::new(&scene);
        scenes.push(started.elapsed());
        let started = Instant::now();
        let buffers = SceneBuffers::new(device, queue, pipelines, &scene);
        let mut encoder = device.create_command_encoder(&Default::default());
        let picture = frame(&scene, &camera);
        pipelines.draw(queue, &mut encoder, &targets, &buffers, &picture);
        queue.submit([encoder.finish()]);
        device.poll(wgpu::PollType::wait_indefinitely())?;
        draws.push(started.elapsed());
        counts = (scene.atoms.len(), scene.bonds.len(), scene.arrows.len());
    }
    println!(
        "playback: {} atoms, {} bonds, {} arrows; scene {}, upload and frame {}",
        counts.0,
        counts.1,
        counts.2,
        shown(scenes),
        shown(draws)
    );
    Ok(())
}

fn strontium_titanate() -> Result<Structure, crystal::CrystalError> {
    let lattice = Lattice::from_parameters(3.905, 3.905, 3.905, 90.0, 90.0, 90.0)?;
    let sites = [
        (Element::SR, [0.0, 0.0, 0.0]),
        (Element::TI, [0.5, 0.5, 0.5]),
        (Element::O, [0.5, 0.5, 0.0]),
        (Element::O, [0.5, 0.0, 0.5]),
        (Element::O, [0.0, 0.5, 0.5]),
    ];
    let sites = sites.map(|(element, position)| Site::new(element, position.into()));
    Ok(Structure::new(lattice, sites.into()))
}
