//! Draws structure files to PNG: `render FILE OUT.png [style] [direction]`.

use crystal::format;
use scene::{Boundary, Camera, Direction, Palette, Projection, Representation, Scene, Style};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, out, words @ ..] = arguments.as_slice() else {
        return Err("usage: render FILE OUT.png [ball|space|poly|stick|persp|vesta|safe|bonded|x2|a|b|c]...".into());
    };
    let structures = format::read_file(file.as_ref())?;
    let structure = structures.first().ok_or("no structure")?;
    let mut style = Style::default();
    let mut camera = Camera::default();
    for word in words {
        match word.as_str() {
            "space" => style.representation = Representation::SpaceFilling,
            "poly" => style.representation = Representation::Polyhedra,
            "stick" => style.representation = Representation::Sticks,
            "vesta" => style.palette = Palette::Vesta,
            "safe" => style.palette = Palette::ColourBlindSafe,
            "bonded" => style.boundary = Boundary::Bonded,
            "persp" => camera.projection = Projection::Perspective(35.0),
            "plane" => style.planes.push(scene::MillerPlane {
                indices: [1, 1, 1],
                offset: 1.0,
            }),
            word if word.starts_with('x') => style.repeats = [word[1..].parse()?; 3],
            word => {
                let direction = Direction::ALL.iter().find(|d| d.name() == word);
                camera.look_along(&structure.lattice, *direction.ok_or(word)?);
            }
        }
    }
    let started = std::time::Instant::now();
    let scene = Scene::new(structure, &style)?;
    eprintln!(
        "{}: {} atoms, {} bonds, {} polyhedra in {:.1?}",
        structure.formula(),
        scene.atoms.len(),
        scene.bonds.len(),
        scene.polyhedra.len(),
        started.elapsed()
    );
    camera.fit(&scene, 4.0 / 3.0);
    if out.ends_with(".svg") {
        let options = scene::SvgOptions::default();
        std::fs::write(
            out,
            scene::svg(&scene, &camera, &structure.lattice, &options),
        )?;
        return Ok(());
    }
    let instance = wgpu::Instance::default();
    let adapter = pollster::block_on(instance.request_adapter(&Default::default()))?;
    let (device, queue) = pollster::block_on(adapter.request_device(&Default::default()))?;
    let options = viewer::picture::PictureOptions {
        size: [1200, 900],
        style: viewer::painter::FrameStyle {
            background: [0.0; 4],
            fog: [1.0, 1.0, 1.0, 0.4],
            opacity: 0.6,
            line_width: 1.5,
        },
        samples: 2,
        largest_tile: 4096,
    };
    let started = std::time::Instant::now();
    let picture = viewer::picture::picture(&device, &queue, &scene, &camera, &options)?;
    eprintln!(
        "drawn by {} in {:.1?}",
        adapter.get_info().name,
        started.elapsed()
    );
    let mut encoder = png::Encoder::new(
        std::fs::File::create(out)?,
        picture.size[0],
        picture.size[1],
    );
    encoder.set_color(png::ColorType::Rgba);
    encoder.write_header()?.write_image_data(&picture.rgba)?;
    Ok(())
}
