//! Bonds, boundaries, polyhedra, planes, measurements and picking.

use crate::structures::*;
use matter::Element;
use nalgebra::Vector3;
use scene::*;

fn style() -> Style {
    Style::default()
}

/// Bonds of the first atom of a site in a scene where every neighbour is drawn.
fn bonds_in_the_middle(structure: &crystal::Structure, site: u32) -> Vec<f64> {
    let style = Style {
        repeats: [3, 3, 3],
        ..style()
    };
    let scene = Scene::new(structure, &style).unwrap();
    let middle = AtomRef {
        site,
        image: [1, 1, 1],
    };
    let place = scene.atoms.iter().position(|a| a.atom == middle).unwrap() as u32;
    let of = scene.bonds.iter().filter(|b| b.atoms.contains(&place));
    of.map(|b| b.length).collect()
}

#[test]
fn every_ion_of_halite_has_six_bonds_of_half_the_cell() {
    for site in 0..8 {
        let bonds = bonds_in_the_middle(&halite(), site);
        assert_eq!(bonds.len(), 6);
        assert!(
            bonds.iter().all(|d| (d - 5.6402 / 2.0).abs() < 1e-9),
            "{bonds:?}"
        );
    }
}

#[test]
fn every_atom_of_diamond_has_four_bonds() {
    for site in 0..8 {
        let bonds = bonds_in_the_middle(&diamond(), site);
        assert_eq!(bonds.len(), 4);
        let length = 3.567 * 3.0_f64.sqrt() / 4.0;
        assert!(bonds.iter().all(|d| (d - length).abs() < 1e-9), "{bonds:?}");
    }
}

#[test]
fn cations_of_an_oxide_are_not_joined_to_each_other() {
    // Sr and Ti are 3.38 Å apart, less than 1.2 times the sum of their radii (4.26 Å).
    let scene = Scene::new(&strontium_titanate(), &style()).unwrap();
    let element = |place: u32| {
        scene.looks[scene.atoms[place as usize].look as usize]
            .name
            .clone()
    };
    assert!(!scene.bonds.is_empty());
    for bond in &scene.bonds {
        let ends = bond.atoms.map(element);
        assert!(ends.contains(&"O".to_string()), "{ends:?}");
    }
}

#[test]
fn neighbours_decide_whether_sulfur_and_arsenic_are_cations() {
    // In a large box: Ca 3.1 Å from S, O 1.47 Å from S as in a sulfate, or far away as in an oxysulfide.
    let joined = |oxygen: f64| {
        let place = |element, x: f64| crystal::Site::new(element, [x / 30.0, 0.5, 0.5].into());
        let lattice = crystal::Lattice::from_parameters(30.0, 30.0, 30.0, 90.0, 90.0, 90.0);
        let sites = vec![
            place(Element::CA, 10.0),
            place(Element::S, 13.1),
            place(Element::O, 13.1 + oxygen),
        ];
        let structure = crystal::Structure::new(lattice.unwrap(), sites);
        let bonds = Scene::new(&structure, &style()).unwrap().bonds;
        bonds.iter().map(|b| b.atoms).collect::<Vec<_>>()
    };
    assert_eq!(joined(1.47), [[1, 2]]);
    assert_eq!(joined(8.0), [[0, 1]]);
    // LaFeAsO (P4/nmm, a = 4.035, c = 8.741 Å; Y. Kamihara et al., J. Am. Chem. Soc. 130, 3296 (2008)): the layers of
    // FeAs4 tetrahedra are what it is known for, Fe-As 2.41 Å.
    let lattice = crystal::Lattice::from_parameters(4.035, 4.035, 8.741, 90.0, 90.0, 90.0);
    let site = |element, p: [f64; 3]| crystal::Site::new(element, p.into());
    let structure = crystal::Structure::new(
        lattice.unwrap(),
        vec![
            site(Element::FE, [0.75, 0.25, 0.5]),
            site(Element::FE, [0.25, 0.75, 0.5]),
            site(Element::AS, [0.25, 0.25, 0.6512]),
            site(Element::AS, [0.75, 0.75, 0.3488]),
            site(Element::LA, [0.25, 0.25, 0.1415]),
            site(Element::LA, [0.75, 0.75, 0.8585]),
            site(Element::O, [0.75, 0.25, 0.0]),
            site(Element::O, [0.25, 0.75, 0.0]),
        ],
    );
    let bonds = bonds_in_the_middle(&structure, 0);
    let length = ((4.035_f64 / 2.0).powi(2) + (0.1512_f64 * 8.741).powi(2)).sqrt();
    assert_eq!(bonds.len(), 4);
    assert!(bonds.iter().all(|d| (d - length).abs() < 1e-9), "{bonds:?}");
}

#[test]
fn a_cutoff_of_a_pair_overrides_the_radii_in_either_order() {
    let mut style = style();
    style.bonds.set_cutoff(Element::O, Element::SR, 0.0);
    style.bonds.set_cutoff(Element::TI, Element::O, 1.96);
    let scene = Scene::new(&strontium_titanate(), &style).unwrap();
    assert_eq!(scene.bonds.len(), 6);
    style.bonds.set_cutoff(Element::O, Element::TI, 1.95);
    assert!(
        Scene::new(&strontium_titanate(), &style)
            .unwrap()
            .bonds
            .is_empty()
    );
}

#[test]
fn atoms_on_corners_edges_and_faces_are_repeated_on_the_far_side() {
    let count = |boundary, repeats| {
        let style = Style {
            boundary,
            repeats,
            ..style()
        };
        Scene::new(&strontium_titanate(), &style)
            .unwrap()
            .atoms
            .len()
    };
    assert_eq!(count(Boundary::Cell, [1, 1, 1]), 5);
    assert_eq!(count(Boundary::Faces, [1, 1, 1]), 8 + 1 + 6);
    assert_eq!(count(Boundary::Cell, [2, 3, 4]), 5 * 24);
    // Corners (l+1)(m+1)(n+1); one Ti a cell; O on faces normal to each axis.
    let faces = 3 * 3 * 4 + 2 * 4 * 4 + 2 * 3 * 5;
    assert_eq!(count(Boundary::Faces, [2, 3, 4]), 3 * 4 * 5 + 24 + faces);
}

#[test]
fn positions_outside_the_cell_or_a_rounding_below_a_face_change_nothing() {
    let mut moved = strontium_titanate();
    moved.sites[0].position = Vector3::new(-0.000_04, 2.999_96, 1.0);
    moved.sites[3].position += Vector3::new(0.0, -5.0, 7.0);
    let (a, b) = (
        Scene::new(&strontium_titanate(), &style()).unwrap(),
        Scene::new(&moved, &style()).unwrap(),
    );
    assert_eq!(a.atoms.len(), b.atoms.len());
    assert_eq!(a.bonds.len(), b.bonds.len());
}

#[test]
fn bonded_completion_makes_the_coordination_of_every_cation_whole() {
    let style = Style {
        boundary: Boundary::Bonded,
        ..style()
    };
    let scene = Scene::new(&strontium_titanate(), &style).unwrap();
    let mut bonds = vec![0; scene.atoms.len()];
    for place in scene.bonds.iter().flat_map(|b| b.atoms) {
        bonds[place as usize] += 1;
    }
    for (atom, bonds) in scene.atoms.iter().zip(bonds) {
        match atom.atom.site {
            0 => assert_eq!(bonds, 12),
            1 => assert_eq!(bonds, 6),
            _ => assert!(bonds > 0),
        }
    }
}

#[test]
fn the_octahedron_of_titanium_has_a_sixth_of_the_cell() {
    let style = Style {
        representation: Representation::Polyhedra,
        ..style()
    };
    let scene = Scene::new(&strontium_titanate(), &style).unwrap();
    let [octahedron] = scene.polyhedra.as_slice() else {
        panic!("{} polyhedra", scene.polyhedra.len());
    };
    // A regular octahedron of half diagonal a/2: (4/3) (a/2)^3.
    assert!((octahedron.volume - 3.905_f64.powi(3) / 6.0).abs() < 1e-9);
    assert_eq!(octahedron.faces.len(), 8);
    assert!(octahedron.faces.iter().all(|f| f.len() == 3));
    let centre = scene.atoms[octahedron.centre as usize].position;
    for face in &octahedron.faces {
        let [a, b, c] = [0, 1, 2].map(|i| octahedron.corners[face[i]]);
        assert!((b - a).cross(&(c - a)).dot(&(a - centre)) > 0.0, "inward");
    }
}

#[test]
fn hull_of_a_cuboctahedron_joins_its_squares() {
    let mut points = Vec::new();
    for (i, j) in [(0, 1), (0, 2), (1, 2)] {
        for (u, v) in [(1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0)] {
            let mut p = Vector3::zeros();
            (p[i], p[j]) = (u, v);
            points.push(p);
        }
    }
    let hull = convex_hull(&points).unwrap();
    let corners = |n| hull.faces.iter().filter(|f| f.len() == n).count();
    assert_eq!((corners(3), corners(4), hull.faces.len()), (8, 6, 14));
    // Edge √2: volume 5/3 √2 edge³ = 20/3.
    assert!((hull.volume - 20.0 / 3.0).abs() < 1e-12);
}

#[test]
fn hull_leaves_out_points_inside_faces_and_refuses_flat_sets() {
    let mut cube: Vec<_> = (0..8)
        .map(|b| Vector3::new(f64::from(b & 1), f64::from(b >> 1 & 1), f64::from(b >> 2)))
        .collect();
    cube.insert(0, Vector3::new(0.5, 0.5, 0.0)); // in the middle of a face
    cube.insert(3, Vector3::new(0.5, 0.0, 0.0)); // on an edge
    cube.insert(5, Vector3::new(0.4, 0.5, 0.6)); // inside
    let hull = convex_hull(&cube).unwrap();
    assert!((hull.volume - 1.0).abs() < 1e-12);
    assert_eq!(hull.faces.len(), 6);
    assert!(hull.faces.iter().all(|f| f.len() == 4));
    let square: Vec<_> = cube.iter().copied().filter(|p| p.z == 0.0).collect();
    assert_eq!(convex_hull(&square), None);
    assert_eq!(convex_hull(&cube[..3]), None);
}

fn area(corners: &[Vector3<f64>]) -> f64 {
    let fan = corners[1..]
        .windows(2)
        .map(|p| (p[0] - corners[0]).cross(&(p[1] - corners[0])));
    fan.sum::<Vector3<f64>>().norm() / 2.0
}

#[test]
fn planes_cut_the_cube_in_the_polygons_of_geometry() {
    let polygon = |indices, offset| {
        let corners = plane_polygon(&MillerPlane { indices, offset }, [1, 1, 1]).unwrap();
        (
            corners.len(),
            if corners.is_empty() {
                0.0
            } else {
                area(&corners)
            },
        )
    };
    let check = |found: (usize, f64), corners, area: f64| {
        assert_eq!(found.0, corners);
        assert!((found.1 - area).abs() < 1e-12, "{found:?}");
    };
    let r3 = 3.0_f64.sqrt();
    check(polygon([1, 1, 1], 1.0), 3, r3 / 2.0); // triangle of side √2
    check(polygon([1, 1, 1], 1.5), 6, 3.0 * r3 / 4.0); // hexagon of side √½
    check(polygon([1, 1, 0], 1.0), 4, 2.0_f64.sqrt());
    check(polygon([1, 0, 0], 0.0), 4, 1.0); // a face of the cell
    check(polygon([2, 0, 0], 1.0), 4, 1.0);
    check(polygon([1, -1, 0], 0.0), 4, 2.0_f64.sqrt());
    check(polygon([1, 1, 1], 3.5), 0, 0.0);
    check(polygon([1, 1, 1], 0.0), 0, 0.0); // touches a corner only
    let cut = plane_polygon(
        &MillerPlane {
            indices: [1, 1, 1],
            offset: 3.0,
        },
        [2, 2, 2],
    )
    .unwrap();
    assert_eq!(cut.len(), 6);
    assert!((area(&cut) - 3.0 * r3).abs() < 1e-12); // four times that of the unit cube
    let zero = plane_polygon(
        &MillerPlane {
            indices: [0, 0, 0],
            offset: 1.0,
        },
        [1, 1, 1],
    );
    assert_eq!(zero, Err(SceneError::ZeroPlane));
}

#[test]
fn dihedrals_are_positive_clockwise() {
    let p = |x: f64, y: f64, z: f64| Vector3::new(x, y, z);
    // Seen along b-c (from b, z upwards towards c), a points along x; d turned by +60° clockwise to the viewer behind b.
    let (a, b, c) = (p(1.0, 0.0, 0.0), p(0.0, 0.0, 0.0), p(0.0, 0.0, 1.0));
    for degrees in [60.0_f64, -60.0, 179.0, 0.0, -90.0] {
        let (s, co) = degrees.to_radians().sin_cos();
        let measured = Measurement::of(&[a, b, c, p(co, s, 1.0)]);
        let Some(Measurement::Dihedral(value)) = measured else {
            panic!("{measured:?}");
        };
        assert!((value - degrees).abs() < 1e-9, "{value} {degrees}");
    }
    assert_eq!(Measurement::of(&[a, b, c, p(0.0, 0.0, 2.0)]), None); // b, c, d on a line
    assert_eq!(Measurement::of(&[a, b, a]), Some(Measurement::Angle(0.0)));
    assert_eq!(Measurement::of(&[b, b, a]), None);
    assert_eq!(Measurement::of(&[a]), None);
}

#[test]
fn measurements_reach_into_other_cells() {
    let structure = halite();
    let atom = |site, image| AtomRef { site, image };
    let angle = positions(
        &structure,
        &[atom(4, [0; 3]), atom(0, [0; 3]), atom(4, [-1, 0, 0])],
    );
    let Some(Measurement::Angle(value)) = Measurement::of(&angle.unwrap()) else {
        panic!("no angle");
    };
    assert!((value - 180.0).abs() < 1e-6);
    let shortest = |i, j| shortest_distance(&structure, i, j).unwrap();
    assert!((shortest(0, 4) - 5.6402 / 2.0).abs() < 1e-9);
    assert!((shortest(0, 0) - 5.6402).abs() < 1e-9);
    assert_eq!(shortest_distance(&structure, 0, 99), None);
    assert_eq!(positions(&structure, &[atom(8, [0; 3])]), None);
}

#[test]
fn shared_sites_are_pies_with_a_vacant_part() {
    let scene = Scene::new(&shared_site(), &style()).unwrap();
    let look = &scene.looks[0];
    let parts: Vec<_> = look.sectors.iter().map(|s| (s.element, s.part)).collect();
    let [(ni, p), (co, q), (none, r)] = parts[..] else {
        panic!("{parts:?}");
    };
    assert_eq!((ni, co, none), (Some(Element::NI), Some(Element::CO), None));
    assert!((p - 0.6).abs() + (q - 0.3).abs() + (r - 0.1).abs() < 1e-12);
    assert_eq!(look.name, "Ni0.6 Co0.3 (0.1 vacant)");
    assert_eq!(look.colour, Palette::Jmol.colour(Element::NI));
    assert!(scene.colours.contains_key(&Element::CO));
}

#[test]
fn hidden_elements_and_their_bonds_are_not_drawn() {
    let style = Style {
        hidden: vec![Element::O],
        ..style()
    };
    let scene = Scene::new(&strontium_titanate(), &style).unwrap();
    assert_eq!(scene.atoms.len(), 9);
    assert!(scene.bonds.is_empty());
    assert!(!scene.colours.contains_key(&Element::O));
}

#[test]
fn colours_of_one_structure_differ_in_the_safe_set() {
    let all: Vec<_> = [
        Element::TI,
        Element::CO,
        Element::PB,
        Element::SN,
        Element::O,
        Element::NI,
        Element::SI,
        Element::ZN,
    ]
    .into_iter()
    .collect();
    let colours = Palette::ColourBlindSafe.colours(all.iter().copied());
    let mut distinct: Vec<_> = colours.values().collect();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), all.len());
    // As the programs publish them.
    assert_eq!(Palette::Jmol.colour(Element::O), [0xff, 0x0d, 0x0d]);
    assert_eq!(Palette::Vesta.colour(Element::O), [254, 3, 0]);
}

#[test]
fn what_cannot_be_drawn_is_refused_with_what_would_be_right() {
    let refused = |change: &dyn Fn(&mut Style)| {
        let mut style = style();
        change(&mut style);
        Scene::new(&halite(), &style).unwrap_err().to_string()
    };
    assert!(refused(&|s| s.repeats = [1, 0, 1]).contains("at least 1"));
    assert!(refused(&|s| s.repeats = [4000; 3]).contains("repeat the cell less often"));
    assert!(refused(&|s| s.ball_scale = f64::NAN).contains("ball scale"));
    assert!(refused(&|s| s.bonds.tolerance = 0.0).contains("bond tolerance"));
    assert!(refused(&|s| s.bonds.set_cutoff(Element::NA, Element::CL, 1e3)).contains("20 Å"));
    let plane = MillerPlane {
        indices: [0; 3],
        offset: 1.0,
    };
    assert!(refused(&|s| s.planes = vec![plane]).contains("(0 0 0)"));
}

#[test]
fn picking_finds_what_a_search_of_all_spheres_finds() {
    let style = Style {
        repeats: [6, 5, 4],
        representation: Representation::SpaceFilling,
        ..style()
    };
    let scene = Scene::new(&strontium_titanate(), &style).unwrap();
    let picker = Picker::new(&scene);
    let mut camera = Camera::default();
    let size = [800.0, 600.0];
    let mut hits = 0;
    for projection in [Projection::Orthographic, Projection::Perspective(40.0)] {
        camera.projection = projection;
        camera.fit(&scene, size[0] / size[1]);
        for step in 0..2000 {
            camera.turn(0.1, 0.03);
            let x = f64::from(step * 7919 % 800);
            let y = f64::from(step * 104_729 % 600);
            let ray = camera.ray(x, y, size, scene.radius);
            let all = scene.atoms.iter().filter_map(|atom| {
                // The equation of the sphere, |o + t d - c|² = r², solved in full.
                let to = ray.origin - atom.position;
                let b = to.dot(&ray.direction);
                let h = b * b - to.norm_squared() + atom.radius * atom.radius;
                (h >= 0.0).then(|| -b - h.sqrt())
            });
            let nearest = all.fold(f64::INFINITY, f64::min);
            match picker.pick(&scene, &ray) {
                Some(pick) => {
                    hits += 1;
                    assert!((pick.distance - nearest).abs() < 1e-6, "{pick:?} {nearest}");
                }
                None => assert_eq!(nearest, f64::INFINITY),
            }
        }
    }
    assert!(hits > 1000, "{hits}");
}

#[test]
fn styles_are_stored_with_symbols_and_read_back() {
    let mut style = Style {
        representation: Representation::Polyhedra,
        palette: Palette::ColourBlindSafe,
        hidden: vec![Element::H],
        polyhedra_of: Some(vec![Element::TI]),
        planes: vec![MillerPlane {
            indices: [1, -1, 0],
            offset: 0.5,
        }],
        ..style()
    };
    style.bonds.set_cutoff(Element::TI, Element::O, 2.2);
    let text = serde_json::to_string(&style).unwrap();
    assert!(text.contains(r#"["O","Ti",2.2]"#), "{text}");
    assert_eq!(serde_json::from_str::<Style>(&text).unwrap(), style);
    // Settings that an older version did not know take their usual values; unknown elements are said.
    assert_eq!(
        serde_json::from_str::<Style>("{}").unwrap(),
        Style::default()
    );
    let error = serde_json::from_str::<Style>(r#"{"hidden": ["Xx"]}"#).unwrap_err();
    assert!(error.to_string().contains("Xx"));
}

#[test]
fn of_a_later_state_the_same_atoms_are_drawn_where_they_moved_to() {
    let start = halite();
    // Na at the corner moves through three faces, another site by a whole cell and a little, which is the same place.
    let mut later = halite();
    later.sites[0].position -= Vector3::repeat(0.03);
    later.sites[1].position += Vector3::new(1.0, -2.0, 0.01);
    later.lattice = crystal::Lattice::new(later.lattice.rows() * 1.02).unwrap();
    let [before, after] =
        [&start, &later].map(|state| Scene::of_state(state, &start, &style()).unwrap());
    let of = |scene: &Scene| scene.atoms.iter().map(|a| a.atom).collect::<Vec<_>>();
    assert_eq!(of(&before), of(&after));
    for (a, b) in before.atoms.iter().zip(&after.atoms) {
        let moved = match a.atom.site {
            0 => Vector3::repeat(-0.03),
            1 => Vector3::new(0.0, 0.0, 0.01),
            _ => Vector3::zeros(),
        };
        let fractional = start.lattice.fractional_from_cartesian(a.position);
        let wanted = later.lattice.cartesian_from_fractional(fractional + moved);
        assert!((b.position - wanted).norm() < 1e-9, "{:?}", a.atom);
    }
    // Bonds join the atoms that are drawn at their ends.
    for bond in &after.bonds {
        let [a, b] = bond.atoms.map(|place| after.atoms[place as usize].position);
        assert!(((a - b).norm() - bond.length).abs() < 1e-9);
    }
    assert_eq!(before.bonds.len(), after.bonds.len());
    // By itself the corner would be drawn at the far side alone.
    assert_ne!(of(&Scene::new(&later, &style()).unwrap()), of(&after));
}
