//! Moments as arrows, against closed forms.

use crate::structures::*;
use crystal::Structure;
use nalgebra::Vector3;
use roxmltree::Document;
use scene::*;

/// Rock salt with moments up and down, as an antiferromagnet, on the first four sites, and next to nothing on the others.
fn antiferromagnet() -> Structure {
    let mut structure = halite();
    let moments = [3.0, -3.0, 1.5, -1.5, 0.01, 0.0, f64::NAN];
    for (site, moment) in structure.sites.iter_mut().zip(moments) {
        site.magnetic_moment = Some(moment);
    }
    structure
}

fn style(moments: Moments) -> Style {
    Style {
        boundary: Boundary::Cell,
        moments: Moments {
            shown: true,
            ..moments
        },
        ..Style::default()
    }
}

#[test]
fn arrows_are_as_long_as_their_moments_lie_along_the_direction_and_have_atoms_in_their_middle() {
    let structure = antiferromagnet();
    for direction in [[0, 0, 1], [1, 1, 0], [-2, 1, 3]] {
        let moments = Moments {
            direction,
            length: 0.8,
            ..Moments::default()
        };
        let scene = Scene::new(&structure, &style(moments)).unwrap();
        assert_eq!(scene.arrows.len(), 4);
        // The cell is a cube, so that the indices are the direction.
        let along = Vector3::from(direction.map(f64::from)).normalize();
        for (arrow, moment) in scene.arrows.iter().zip([3.0, -3.0, 1.5, -1.5]) {
            let [tail, tip] = arrow.ends;
            assert!((tip - tail - along * (0.8 * moment)).norm() < 1e-12);
            assert!((arrow.moment - moment).abs() < 1e-12);
            let atom = scene.atoms[arrow.atom as usize].position;
            assert!(((tip + tail) / 2.0 - atom).norm() < 1e-12);
            // The head is the end of the arrow, wider than the shaft, and shorter than half of it.
            assert!(((tip - arrow.neck()).norm() - arrow.head_length()).abs() < 1e-12);
            assert!(arrow.head_length() < arrow.length() / 2.0);
            assert!(arrow.head_radius() > arrow.shaft_radius());
            let reach = (tip - scene.centre).norm();
            assert!(reach <= scene.radius + 1e-12);
        }
        let [up, down] = [0, 1].map(|i| scene.arrows[i].colour);
        assert_ne!(up, down);
        let scale = scene.moments.clone().unwrap();
        assert_eq!((scale.moment, scale.colours.len()), (2.0, 2));
        assert!((scale.length - 1.6).abs() < 1e-12);
        assert!(scale.colours.contains(&("+".to_owned(), up)));
    }
}

#[test]
fn every_image_of_an_atom_has_the_arrow_of_its_site_and_hidden_atoms_have_none() {
    let mut structure = antiferromagnet();
    let repeated = Style {
        repeats: [2, 3, 1],
        ..style(Moments::default())
    };
    let scene = Scene::new(&structure, &repeated).unwrap();
    assert_eq!(scene.arrows.len(), 4 * 6);
    let hidden = Style {
        hidden: structure.sites[0].element().into_iter().collect(),
        ..repeated
    };
    assert_eq!(Scene::new(&structure, &hidden).unwrap().arrows.len(), 0);
    let off = Scene::new(&structure, &Style::default()).unwrap();
    assert!(off.arrows.is_empty() && off.moments.is_none());
    structure
        .sites
        .iter_mut()
        .for_each(|site| site.magnetic_moment = None);
    let none = Scene::new(&structure, &style(Moments::default())).unwrap();
    assert!(none.arrows.is_empty() && none.moments.is_none());
}

#[test]
fn arrows_change_neither_what_is_picked_nor_atoms_and_bonds() {
    let structure = antiferromagnet();
    let plain = Style {
        boundary: Boundary::Cell,
        ..Style::default()
    };
    let [with, without] =
        [style(Moments::default()), plain].map(|style| Scene::new(&structure, &style).unwrap());
    assert_eq!((&with.atoms, &with.bonds), (&without.atoms, &without.bonds));
    let mut camera = Camera::default();
    camera.fit(&without, 1.0);
    let [a, b] = [&with, &without].map(Picker::new);
    for x in (0..200).step_by(7) {
        for y in (0..200).step_by(11) {
            let ray = camera.ray(f64::from(x), f64::from(y), [200.0; 2], 30.0);
            assert_eq!(a.pick(&with, &ray), b.pick(&without, &ray));
        }
    }
}

#[test]
fn by_size_colours_run_from_the_smallest_to_the_largest() {
    let moments = Moments {
        colours: MomentColours::Size,
        ..Moments::default()
    };
    let scene = Scene::new(&antiferromagnet(), &style(moments)).unwrap();
    let colours: Vec<_> = scene.arrows.iter().map(|a| a.colour).collect();
    assert_eq!((colours[0], colours[2]), (colours[1], colours[3]));
    assert_ne!(colours[0], colours[2]);
    let scale = scene.moments.unwrap();
    assert_eq!(scale.colours[0], ("3.00 µB".to_owned(), colours[0]));
    assert_eq!(scale.colours[1], ("1.50 µB".to_owned(), colours[2]));
}

#[test]
fn a_direction_that_is_none_and_lengths_out_of_range_are_refused() {
    let structure = antiferromagnet();
    let refused = |moments| Scene::new(&structure, &style(moments)).unwrap_err();
    let none = Moments {
        direction: [0, 0, 0],
        ..Moments::default()
    };
    assert_eq!(refused(none), SceneError::ZeroDirection);
    for length in [0.0, -1.0, f64::NAN, 21.0] {
        let error = refused(Moments {
            length,
            ..Moments::default()
        });
        assert!(error.to_string().contains("Å per µB"), "{error}");
    }
}

#[test]
fn a_vector_picture_has_a_head_for_every_arrow_whose_tip_is_where_it_is_seen() {
    let structure = antiferromagnet();
    let scene = Scene::new(&structure, &style(Moments::default())).unwrap();
    let options = SvgOptions::default();
    for projection in [Projection::Orthographic, Projection::Perspective(35.0)] {
        let mut camera = Camera {
            projection,
            ..Camera::default()
        };
        camera.turn(0.4, 0.9);
        camera.fit(&scene, options.size[0] / options.size[1]);
        let text = svg(&scene, &camera, &structure.lattice, &options);
        assert!(!text.contains("NaN") && !text.contains("inf"));
        let document = Document::parse(&text).unwrap();
        let of = |class| {
            let all = document.descendants();
            all.filter(move |n| n.attribute("class") == Some(class))
        };
        assert_eq!((of("arrow").count(), of("scale").count()), (4, 1));
        let heads: Vec<&str> = of("arrow").filter_map(|n| n.attribute("d")).collect();
        for arrow in &scene.arrows {
            let tip = camera.project(arrow.ends[1], options.size);
            let [x, y] = [tip.x, tip.y].map(|p| (p * 100.0).round() / 100.0);
            let corner = format!("{x} {y}");
            assert!(
                heads.iter().any(|d| d.contains(&corner)),
                "{corner} {heads:?}"
            );
        }
        // The arrow of the legend is as long as its moment is in the middle of the picture.
        let d = of("scale")
            .next()
            .unwrap()
            .attribute("d")
            .unwrap()
            .to_owned();
        let number = |from: &str, to: char| {
            let rest = d.split_once(from).unwrap().1;
            rest.split(to).next().unwrap().parse::<f64>().unwrap()
        };
        let drawn = number("L", ' ') - number("M", ' ');
        let wanted = 2.0 * camera.project(scene.centre, options.size).scale;
        assert!((drawn - wanted).abs() < 0.05, "{drawn} {wanted}");
    }
}
