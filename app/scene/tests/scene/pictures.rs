//! Vector pictures.

use crate::structures::*;
use roxmltree::Document;
use scene::*;

fn drawn(structure: &crystal::Structure, style: &Style, options: &SvgOptions) -> (Scene, String) {
    let scene = Scene::new(structure, style).unwrap();
    let mut camera = Camera::default();
    camera.fit(&scene, options.size[0] / options.size[1]);
    let text = svg(&scene, &camera, &structure.lattice, options);
    (scene, text)
}

fn count(document: &Document<'_>, class: &str) -> usize {
    let of = document.descendants();
    of.filter(|n| n.attribute("class") == Some(class)).count()
}

#[test]
fn a_vector_picture_is_xml_with_a_circle_for_every_atom() {
    let style = Style {
        representation: Representation::Polyhedra,
        labels: Labels::Elements,
        planes: vec![MillerPlane {
            indices: [1, 1, 1],
            offset: 1.0,
        }],
        ..Style::default()
    };
    for structure in [halite(), strontium_titanate(), shared_site(), diamond()] {
        let (scene, text) = drawn(&structure, &style, &SvgOptions::default());
        let document = Document::parse(&text).unwrap();
        assert_eq!(count(&document, "atom"), scene.atoms.len());
        assert_eq!(count(&document, "label"), scene.atoms.len());
        assert_eq!(count(&document, "legend"), legend(&scene).len());
        assert_eq!(count(&document, "axis"), 3);
        assert!(!text.contains("NaN") && !text.contains("inf"));
    }
}

#[test]
fn circles_are_drawn_from_the_back_to_the_front() {
    let structure = halite();
    let scene = Scene::new(&structure, &Style::default()).unwrap();
    let mut camera = Camera::default();
    camera.look_along(&structure.lattice, Direction::C);
    camera.turn(0.05, 0.03);
    camera.fit(&scene, 4.0 / 3.0);
    let options = SvgOptions::default();
    let text = svg(&scene, &camera, &structure.lattice, &options);
    let document = Document::parse(&text).unwrap();
    let circles = document
        .descendants()
        .filter(|n| n.attribute("class") == Some("atom"));
    let depths: Vec<f64> = circles
        .map(|circle| {
            let value = |name| circle.attribute(name).unwrap().parse::<f64>().unwrap();
            let (x, y) = (value("cx"), value("cy"));
            let near = scene
                .atoms
                .iter()
                .map(|a| camera.project(a.position, options.size));
            near.min_by(|p, q| {
                (p.x - x)
                    .hypot(p.y - y)
                    .total_cmp(&(q.x - x).hypot(q.y - y))
            })
            .unwrap()
            .depth
        })
        .collect();
    assert_eq!(depths.len(), 27);
    assert!(depths.windows(2).all(|d| d[0] >= d[1] - 1e-6), "{depths:?}");
    assert!(depths[0] > depths[26] + 5.0);
}

#[test]
fn atoms_outside_the_picture_are_left_out() {
    let structure = halite();
    let scene = Scene::new(&structure, &Style::default()).unwrap();
    let mut camera = Camera::default();
    camera.look_along(&structure.lattice, Direction::C);
    camera.target = scene.centre;
    camera.half_height = 2.0; // the middle column of 3 atoms and parts of those round it
    let options = SvgOptions {
        size: [400.0, 400.0],
        ..SvgOptions::default()
    };
    let text = svg(&scene, &camera, &structure.lattice, &options);
    // In x and y: the middle at 0; beside it at 2.82 Å, of radius 0.4 * 1.66 (Na) or 0.4 * 1.02 (Cl): none reaches 2 Å.
    assert_eq!(count(&Document::parse(&text).unwrap(), "atom"), 3);
}

#[test]
fn labels_of_files_cannot_break_the_picture() {
    let mut structure = halite();
    structure.sites[0].label = "<Na1> & \"x\" \u{1}".to_string();
    let style = Style {
        labels: Labels::Sites,
        ..Style::default()
    };
    let (_, text) = drawn(&structure, &style, &SvgOptions::default());
    let document = Document::parse(&text).unwrap();
    let texts: Vec<_> = document.descendants().filter_map(|n| n.text()).collect();
    assert!(texts.contains(&"<Na1> & \"x\"  "), "{texts:?}");
}
