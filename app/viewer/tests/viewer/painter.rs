//! Pictures by the graphics card (or a software adapter) against closed forms.

use crate::structures::*;
use crystal::{Lattice, Site, Structure};
use matter::Element;
use scene::*;
use std::sync::LazyLock;
use viewer::painter::{self, FrameStyle};
use viewer::picture::{self, Picture, PictureError, PictureOptions, picture};

/// One device for all tests: making one takes longer than most of them.
static DEVICE: LazyLock<(wgpu::Device, wgpu::Queue)> = LazyLock::new(|| {
    let instance = wgpu::Instance::default();
    let adapter = pollster::block_on(instance.request_adapter(&Default::default())).expect(
        "a graphics adapter; without one install a software adapter (Debian: mesa-vulkan-drivers)",
    );
    pollster::block_on(adapter.request_device(&Default::default())).expect("a device")
});

const OPTIONS: PictureOptions = PictureOptions {
    size: [400, 300],
    style: FrameStyle {
        background: [0.0; 4],
        fog: [0.0; 4],
        opacity: 0.5,
        line_width: 2.0,
    },
    samples: 1,
    largest_tile: 8192,
};

fn draw(scene: &Scene, camera: &Camera, options: &PictureOptions) -> Picture {
    let (device, queue) = &*DEVICE;
    picture(device, queue, scene, camera, options).unwrap()
}

fn pixel(picture: &Picture, x: u32, y: u32) -> [u8; 4] {
    let at = 4 * (y * picture.size[0] + x) as usize;
    picture.rgba[at..at + 4].try_into().unwrap()
}

fn covered(picture: &Picture) -> usize {
    picture.rgba.chunks_exact(4).filter(|p| p[3] > 0).count()
}

/// Atoms alone in a large cell, at Cartesian places.
fn atoms(places: &[(Element, [f64; 3])]) -> Structure {
    let lattice = Lattice::from_parameters(50.0, 50.0, 50.0, 90.0, 90.0, 90.0).unwrap();
    let site =
        |&(element, p): &(Element, [f64; 3])| Site::new(element, p.map(|x| x / 50.0 + 0.5).into());
    Structure::new(lattice, places.iter().map(site).collect())
}

fn bare() -> Style {
    Style {
        cell_edges: false,
        ..Style::default()
    }
}

#[test]
fn outline_of_a_sphere_is_the_circle_of_the_closed_form() {
    let structure = atoms(&[(Element::CS, [0.0; 3])]);
    let scene = Scene::new(&structure, &bare()).unwrap();
    let radius = scene.atoms[0].radius;
    let half_height = 2.0 * radius;
    for projection in [
        Projection::Orthographic,
        Projection::Perspective(40.0),
        Projection::Perspective(90.0),
    ] {
        let camera = Camera {
            target: scene.centre,
            half_height,
            projection,
            ..Camera::default()
        };
        let picture = draw(&scene, &camera, &OPTIONS);
        // The cone that touches the sphere, cut at the distance of the target.
        let apparent = match projection {
            Projection::Orthographic => radius,
            Projection::Perspective(_) => {
                let d = camera.distance(scene.radius);
                radius * d / (d * d - radius * radius).sqrt()
            }
        };
        let expected = apparent / half_height * 150.0;
        let by_area = (covered(&picture) as f64 / std::f64::consts::PI).sqrt();
        assert!(
            (by_area - expected).abs() < 0.2,
            "{projection:?}: {by_area} {expected}"
        );
        let row = (0..400).filter(|&x| pixel(&picture, x, 150)[3] > 0);
        let (first, last) = (row.clone().min().unwrap(), row.max().unwrap());
        assert!((f64::from(last - first + 1) / 2.0 - expected).abs() < 1.0);
        assert!((f64::from(first + last) / 2.0 - 199.5).abs() <= 1.0);
    }
}

#[test]
fn background_is_transparent_and_atoms_are_not() {
    let scene = Scene::new(&halite(), &Style::default()).unwrap();
    let mut camera = Camera::default();
    camera.fit(&scene, 4.0 / 3.0);
    let picture = draw(&scene, &camera, &OPTIONS);
    for (x, y) in [(0, 0), (399, 0), (0, 299), (399, 299)] {
        assert_eq!(pixel(&picture, x, y), [0; 4]);
    }
    for atom in &scene.atoms {
        let at = camera.project(atom.position, [400.0, 300.0]);
        assert_eq!(pixel(&picture, at.x as u32, at.y as u32)[3], 255);
    }
    let solid = PictureOptions {
        style: FrameStyle {
            background: [1.0, 0.5, 0.0, 1.0],
            ..OPTIONS.style
        },
        ..OPTIONS
    };
    let [r, g, b, a] = pixel(&draw(&scene, &camera, &solid), 0, 0);
    assert_eq!((r, b, a), (255, 0, 255));
    assert!((127..=128).contains(&g));
}

/// Whether a pixel is a shade of red (oxygen) rather than of green (chlorine).
fn is_red([r, g, ..]: [u8; 4]) -> bool {
    r > g
}

#[test]
fn the_nearer_of_two_spheres_is_seen_and_they_cut_each_other_where_they_meet() {
    let structure = atoms(&[
        (Element::O, [0.0, 0.0, 2.0]),
        (Element::CL, [0.0, 0.0, -2.0]),
    ]);
    let scene = Scene::new(&structure, &bare()).unwrap();
    let mut camera = Camera {
        target: scene.centre,
        half_height: 4.0,
        ..Camera::default()
    };
    camera.look_along(&structure.lattice, Direction::C);
    assert!(is_red(pixel(&draw(&scene, &camera, &OPTIONS), 200, 150)));
    camera.turn(std::f64::consts::PI, 0.0);
    assert!(!is_red(pixel(&draw(&scene, &camera, &OPTIONS), 200, 150)));

    // Two spheres through each other, seen from the side: they meet in the plane where both are as far from the viewer,
    // at x = (d² + R² - r²) / 2d from the first.
    let structure = atoms(&[(Element::O, [0.0; 3]), (Element::CL, [1.5, 0.0, 0.0])]);
    let style = Style {
        representation: Representation::SpaceFilling,
        ..bare()
    };
    let scene = Scene::new(&structure, &style).unwrap();
    let [big, small] = [0, 1].map(|i| scene.atoms[i].radius);
    camera.target = scene.atoms[0].position;
    camera.look_along(&structure.lattice, Direction::C);
    let picture = draw(&scene, &camera, &OPTIONS);
    let meet = (1.5 * 1.5 + big * big - small * small) / 3.0;
    let expected = 200.0 + meet / 4.0 * 150.0;
    let border = (0..400)
        .filter(|&x| is_red(pixel(&picture, x, 150)))
        .max()
        .unwrap();
    assert!(
        (f64::from(border) + 0.5 - expected).abs() <= 1.0,
        "{border} {expected}"
    );
}

#[test]
fn every_pixel_shows_what_picking_finds_there() {
    let style = Style {
        representation: Representation::SpaceFilling,
        repeats: [2, 2, 2],
        ..bare()
    };
    let scene = Scene::new(&strontium_titanate(), &style).unwrap();
    let picker = Picker::new(&scene);
    for projection in [Projection::Orthographic, Projection::Perspective(70.0)] {
        let mut camera = Camera {
            projection,
            ..Camera::default()
        };
        camera.fit(&scene, 4.0 / 3.0);
        let picture = draw(&scene, &camera, &OPTIONS);
        let mut wrong = 0;
        for y in 0..300 {
            for x in 0..400 {
                let centre = (f64::from(x) + 0.5, f64::from(y) + 0.5);
                let ray = camera.ray(centre.0, centre.1, [400.0, 300.0], scene.radius);
                let hit = picker.pick(&scene, &ray).is_some();
                wrong += usize::from(hit != (pixel(&picture, x, y)[3] > 0));
            }
        }
        // Rounding in f32 on the outline itself.
        assert!(wrong <= 12, "{projection:?}: {wrong} pixels");
    }
}

#[test]
fn a_bond_is_as_wide_as_its_cylinder_and_has_the_colours_of_its_atoms() {
    // Seen from the side; O to the left, Cl to the right, 1.6 Å apart, balls hidden inside the stick.
    let structure = atoms(&[
        (Element::O, [-0.8, 0.0, 0.0]),
        (Element::CL, [0.8, 0.0, 0.0]),
    ]);
    let style = Style {
        representation: Representation::Sticks,
        stick_radius: 0.3,
        ..bare()
    };
    let scene = Scene::new(&structure, &style).unwrap();
    assert_eq!(scene.bonds.len(), 1);
    for projection in [Projection::Orthographic, Projection::Perspective(30.0)] {
        let mut camera = Camera {
            target: scene.centre,
            half_height: 1.5,
            projection,
            ..Camera::default()
        };
        camera.look_along(&structure.lattice, Direction::C);
        let picture = draw(&scene, &camera, &OPTIONS);
        let mut expected = 0.3 / 1.5 * 150.0;
        if let Projection::Perspective(_) = projection {
            let d = camera.distance(0.0);
            expected *= d / (d * d - 0.3 * 0.3).sqrt();
        }
        for (x, red) in [(170, true), (195, true), (204, false), (230, false)] {
            let column: Vec<u32> = (0..300).filter(|&y| pixel(&picture, x, y)[3] > 0).collect();
            assert!(
                (column.len() as f64 / 2.0 - expected).abs() < 1.0,
                "{} {expected}",
                column.len()
            );
            assert_eq!(is_red(pixel(&picture, x, 150)), red);
        }
        // Seen along the bond there is the disc of the nearer ball and no streak of the cylinder.
        camera.look_along(&structure.lattice, Direction::A);
        let picture = draw(&scene, &camera, &OPTIONS);
        let radius = (covered(&picture) as f64 / std::f64::consts::PI).sqrt();
        assert!(!is_red(pixel(&picture, 200, 150)));
        assert!((29.0..38.0).contains(&radius), "{radius}");
    }
}

#[test]
fn a_slanting_bond_covers_no_more_and_no_less_than_its_capsule() {
    // A stick with balls of its own radius is a capsule; in orthographic projection its outline is that of the capsule of
    // the projected axis: area 2 r L sin + π r².
    let structure = atoms(&[
        (Element::O, [-0.8, 0.0, 0.0]),
        (Element::O, [0.6, 0.0, 0.0]),
    ]);
    let style = Style {
        representation: Representation::Sticks,
        stick_radius: 0.2,
        ..bare()
    };
    let scene = Scene::new(&structure, &style).unwrap();
    let mut camera = Camera {
        target: scene.centre,
        half_height: 1.5,
        ..Camera::default()
    };
    for degrees in [90.0_f64, 60.0, 30.0, 10.0, 2.0] {
        camera.look_along(&structure.lattice, Direction::A);
        camera.turn(degrees.to_radians(), 0.0);
        let area = covered(&draw(&scene, &camera, &OPTIONS)) as f64 / 100.0_f64.powi(2);
        let expected = 2.0 * 0.2 * 1.4 * degrees.to_radians().sin() + std::f64::consts::PI * 0.04;
        assert!(
            (area - expected).abs() < 0.006,
            "{degrees}: {area} {expected}"
        );
    }
}

#[test]
fn shared_sites_show_their_parts_clockwise_from_the_top() {
    let scene = Scene::new(&shared_site(), &bare()).unwrap();
    let atom = &scene.atoms[0];
    let camera = Camera {
        target: atom.position,
        half_height: 1.5 * atom.radius,
        ..Camera::default()
    };
    let picture = draw(&scene, &camera, &OPTIONS);
    let at = |part: f64| {
        let (s, c) = (part * std::f64::consts::TAU).sin_cos();
        pixel(
            &picture,
            (200.0 + 60.0 * s) as u32,
            (150.0 - 60.0 * c) as u32,
        )
    };
    // Ni of Jmol (80, 208, 80) up to 0.6, Co (240, 144, 160) up to 0.9, then white.
    let is_green = |[r, g, b, _]: [u8; 4]| g > r && g > b;
    let is_pink = |[r, g, b, _]: [u8; 4]| r > g && r > b;
    let is_grey = |[r, g, b, _]: [u8; 4]| r == g && g == b;
    assert!(is_green(at(0.05)) && is_green(at(0.55)));
    assert!(is_pink(at(0.65)) && is_pink(at(0.85)));
    assert!(is_grey(at(0.93)) && is_grey(at(0.97)));
}

#[test]
fn a_picture_in_tiles_is_the_picture_at_once() {
    let style = Style {
        representation: Representation::Polyhedra,
        ..Style::default()
    };
    let scene = Scene::new(&strontium_titanate(), &style).unwrap();
    for projection in [Projection::Orthographic, Projection::Perspective(40.0)] {
        let mut camera = Camera {
            projection,
            ..Camera::default()
        };
        camera.fit(&scene, 4.0 / 3.0);
        let whole = draw(&scene, &camera, &OPTIONS);
        let tiled = PictureOptions {
            largest_tile: 128,
            ..OPTIONS
        };
        let tiled = draw(&scene, &camera, &tiled);
        let differ = whole.rgba.chunks_exact(4).zip(tiled.rgba.chunks_exact(4));
        let differ = differ
            .filter(|(a, b)| a.iter().zip(*b).any(|(x, y)| x.abs_diff(*y) > 8))
            .count();
        assert!(covered(&whole) > 10_000);
        // Rounding of the projection moves single pixels of edges.
        assert!(differ < 60, "{differ} pixels");
    }
}

#[test]
fn a_translucent_plane_covers_by_its_opacity_whatever_lies_behind() {
    // Two planes, one behind the other, seen face on: cover 1 - 0.5², and an atom between them shines through one.
    let structure = atoms(&[(Element::CL, [0.0; 3])]);
    let plane = |offset| MillerPlane {
        indices: [0, 0, 1],
        offset,
    };
    let style = Style {
        planes: vec![plane(0.45), plane(0.55)],
        ..bare()
    };
    let scene = Scene::new(&structure, &style).unwrap();
    let mut camera = Camera {
        target: scene.centre,
        half_height: 2.0,
        ..Camera::default()
    };
    camera.look_along(&structure.lattice, Direction::C);
    let picture = draw(&scene, &camera, &OPTIONS);
    let beside = pixel(&picture, 20, 20);
    assert!(beside[3].abs_diff(191) <= 2, "{beside:?}");
    let atom = pixel(&picture, 200, 150);
    assert_eq!(atom[3], 255);
    let bare = draw(&Scene::new(&structure, &bare()).unwrap(), &camera, &OPTIONS);
    let plain = pixel(&bare, 200, 150);
    // Half the atom's green, half the plane's.
    assert!(
        plain[1] > atom[1] && atom[1] > beside[1].min(plain[1]) / 2,
        "{plain:?} {atom:?} {beside:?}"
    );
    assert!(atom[2] > plain[2], "blue of the plane: {plain:?} {atom:?}");
}

#[test]
fn averaging_samples_smooths_outlines_and_keeps_colours() {
    let structure = atoms(&[(Element::O, [0.0; 3])]);
    let scene = Scene::new(&structure, &bare()).unwrap();
    let camera = Camera {
        target: scene.centre,
        half_height: 0.5,
        ..Camera::default()
    };
    let smooth = PictureOptions {
        samples: 3,
        ..OPTIONS
    };
    let (rough, smooth) = (
        draw(&scene, &camera, &OPTIONS),
        draw(&scene, &camera, &smooth),
    );
    let partly = |p: &Picture| {
        p.rgba
            .chunks_exact(4)
            .filter(|p| p[3] > 0 && p[3] < 255)
            .count()
    };
    assert_eq!(partly(&rough), 0);
    assert!(partly(&smooth) > 100);
    let area = |p: &Picture| {
        p.rgba
            .chunks_exact(4)
            .map(|p| f64::from(p[3]) / 255.0)
            .sum::<f64>()
    };
    let expected = std::f64::consts::PI * (scene.atoms[0].radius / 0.5 * 150.0).powi(2);
    assert!(
        (area(&smooth) / expected - 1.0).abs() < 2e-3,
        "{} {expected}",
        area(&smooth)
    );
    // Half-covered pixels of the outline are red, not darkened by the transparent background.
    let edge = smooth
        .rgba
        .chunks_exact(4)
        .filter(|p| (60..200).contains(&p[3]));
    assert!(
        edge.clone().all(|p| p[0] > 80),
        "{:?}",
        edge.min_by_key(|p| p[0])
    );
}

#[test]
fn pictures_of_nothing_and_of_impossible_sizes() {
    let (device, queue) = &*DEVICE;
    let camera = Camera::default();
    let nothing = draw(&Scene::default(), &camera, &OPTIONS);
    assert_eq!(covered(&nothing), 0);
    for size in [[0, 10], [10, 0], [40_000, 10], [20_000, 20_000]] {
        let options = PictureOptions { size, ..OPTIONS };
        let refused = picture(device, queue, &Scene::default(), &camera, &options);
        assert!(matches!(refused, Err(PictureError::Size(..))));
    }
    let thin = PictureOptions {
        size: [1, 3000],
        ..OPTIONS
    };
    assert_eq!(
        draw(&Scene::new(&halite(), &bare()).unwrap(), &camera, &thin)
            .rgba
            .len(),
        12_000
    );
}

#[test]
fn marked_atoms_have_a_ring() {
    let (device, queue) = &*DEVICE;
    let structure = atoms(&[(Element::O, [0.0; 3])]);
    let scene = Scene::new(&structure, &bare()).unwrap();
    let camera = Camera {
        target: scene.centre,
        half_height: 0.5,
        ..Camera::default()
    };
    let pipelines = painter::Pipelines::new(device);
    let mut buffers = painter::SceneBuffers::new(device, queue, &pipelines, &scene);
    let mut ring = |marked: &[u32]| {
        buffers.mark(device, &scene, marked, [0, 0, 255]);
        let whole = picture::picture_of(
            device, queue, &pipelines, &buffers, &scene, &camera, &OPTIONS,
        )
        .unwrap();
        let blue = whole
            .rgba
            .chunks_exact(4)
            .filter(|p| p[..3] == [0, 0, 255])
            .count();
        (blue, pixel(&whole, 200, 150)[0] > 100)
    };
    let (blue, red_inside) = ring(&[0, 77]);
    assert!(blue > 1000 && red_inside);
    assert_eq!(ring(&[]).0, 0);
}

/// An atom thinner than the shaft of the arrow through it, of 4 µB along a direction.
fn arrow_alone(direction: [i32; 3]) -> Scene {
    let mut structure = atoms(&[(Element::FE, [0.0; 3])]);
    structure.sites[0].magnetic_moment = Some(4.0);
    let style = Style {
        ball_scale: 0.02,
        stick_radius: 0.02,
        moments: Moments {
            shown: true,
            direction,
            ..Moments::default()
        },
        ..bare()
    };
    Scene::new(&structure, &style).unwrap()
}

#[test]
fn an_arrow_is_a_shaft_and_a_head_from_the_side_and_a_disc_from_either_end() {
    let sides = arrow_alone([1, 0, 0]);
    let arrow = sides.arrows[0];
    let (head, wide, thin) = (
        arrow.head_length(),
        arrow.head_radius(),
        arrow.shaft_radius(),
    );
    let side = 2.0 * thin * (4.0 - head) + wide * head;
    let disc = std::f64::consts::PI * wide * wide;
    let towards = [[0, 0, 1], [0, 0, -1]].map(arrow_alone);
    let fine = PictureOptions {
        size: [1600, 1200],
        ..OPTIONS
    };
    let from_above = |scene: &Scene| {
        let mut camera = Camera {
            target: scene.centre,
            half_height: 2.5,
            ..Camera::default()
        };
        let cube = Lattice::from_parameters(1.0, 1.0, 1.0, 90.0, 90.0, 90.0).unwrap();
        camera.look_along(&cube, Direction::C);
        camera
    };
    // How far behind the plane through the atom the widest part lies.
    let neck = 2.0 - head;
    for (scene, area, behind) in [
        (&sides, side, 0.0),
        (&towards[0], disc, -neck),
        (&towards[1], disc, neck),
    ] {
        let camera = from_above(scene);
        // 240 pixels an ångström.
        let found = covered(&draw(scene, &camera, &fine)) as f64 / 57_600.0;
        assert!((found - area).abs() < 0.03 * area, "{found} {area}");
        // In perspective nothing is cut off, and what is nearer is larger: a little of an arrow across, too.
        let near = Camera {
            projection: Projection::Perspective(40.0),
            ..camera
        };
        let seen = covered(&draw(scene, &near, &fine)) as f64 / 57_600.0;
        let distance = 2.5 / 20_f64.to_radians().tan();
        let expected = area * (distance / (distance + behind)).powi(2);
        assert!(
            (seen - expected).abs() < 0.05 * expected,
            "{seen} {expected}"
        );
    }
    // It points to the right: the head, wider than the shaft, is there.
    let picture = draw(&sides, &from_above(&sides), &OPTIONS);
    let above = |x: f64| {
        pixel(
            &picture,
            (200.0 + 60.0 * x) as u32,
            150 - (60.0 * 0.15) as u32,
        )[3]
    };
    assert_eq!(
        [above(2.0 - head + 0.1), above(-1.9), above(0.0)],
        [255, 0, 0]
    );
}
