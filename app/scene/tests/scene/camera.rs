//! Views.

use crate::structures::*;
use crystal::Lattice;
use nalgebra::Vector3;
use scene::*;

#[test]
fn a_direction_points_at_the_viewer_and_reciprocal_ones_are_normal_to_planes() {
    let lattice = Lattice::from_parameters(4.0, 5.0, 7.0, 70.0, 100.0, 115.0).unwrap();
    let mut camera = Camera::default();
    for (axis, direction) in [Direction::A, Direction::B, Direction::C]
        .into_iter()
        .enumerate()
    {
        camera.look_along(&lattice, direction);
        let seen = camera.rotation * lattice.vector(axis);
        assert!(seen.xy().norm() < 1e-9 && seen.z > 0.0);
    }
    camera.look_along(&lattice, Direction::CStar);
    for axis in [0, 1] {
        assert!((camera.rotation * lattice.vector(axis)).z.abs() < 1e-9);
    }
    assert!((camera.rotation * lattice.vector(2)).z > 0.0);
    assert!((camera.rotation.determinant() - 1.0).abs() < 1e-12);
}

#[test]
fn rays_go_back_to_where_points_were_projected() {
    let scene = Scene::new(&halite(), &Style::default()).unwrap();
    let size = [640.0, 480.0];
    for projection in [Projection::Orthographic, Projection::Perspective(50.0)] {
        let mut camera = Camera {
            projection,
            ..Camera::default()
        };
        camera.fit(&scene, size[0] / size[1]);
        camera.turn(0.7, -0.4);
        for atom in &scene.atoms {
            let at = camera.project(atom.position, size);
            let ray = camera.ray(at.x, at.y, size, scene.radius);
            let off = (atom.position - ray.origin).cross(&ray.direction).norm();
            assert!(off < 1e-9, "{off}");
        }
    }
}

#[test]
fn fitted_scenes_lie_within_the_picture_and_the_depth_range() {
    let style = Style {
        repeats: [3, 1, 2],
        ..Style::default()
    };
    let scene = Scene::new(&strontium_titanate(), &style).unwrap();
    for aspect in [0.4, 1.0, 2.5] {
        for projection in [Projection::Orthographic, Projection::Perspective(60.0)] {
            let mut camera = Camera {
                projection,
                ..Camera::default()
            };
            camera.fit(&scene, aspect);
            for _ in 0..20 {
                camera.turn(0.3, 0.2);
                let [view, project] = camera.matrices(&scene, aspect);
                for atom in &scene.atoms {
                    for axis in 0..3 {
                        let mut edge = Vector3::zeros();
                        edge[axis] = atom.radius;
                        let clip = project * view * (atom.position + edge).push(1.0);
                        let p = clip.xyz() / clip.w;
                        assert!(p.x.abs() <= 1.0 && p.y.abs() <= 1.0, "{p}");
                        assert!((0.0..=1.0).contains(&p.z), "{p}");
                    }
                }
            }
        }
    }
}

#[test]
fn matrices_agree_with_the_projection_to_the_screen() {
    let scene = Scene::new(&halite(), &Style::default()).unwrap();
    let size = [300.0, 200.0];
    for projection in [Projection::Orthographic, Projection::Perspective(35.0)] {
        let mut camera = Camera {
            projection,
            ..Camera::default()
        };
        camera.fit(&scene, 1.5);
        let [view, project] = camera.matrices(&scene, 1.5);
        for atom in &scene.atoms {
            let at = camera.project(atom.position, size);
            let clip = project * view * atom.position.push(1.0);
            assert!(((clip.x / clip.w + 1.0) * 150.0 - at.x).abs() < 1e-9);
            assert!(((1.0 - clip.y / clip.w) * 100.0 - at.y).abs() < 1e-9);
        }
    }
}
