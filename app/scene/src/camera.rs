//! Where a scene is looked at from.

use crate::palette::{AXIS_COLOURS, Colour};
use crate::scene::Scene;
use crystal::Lattice;
use nalgebra::{Matrix3, Matrix4, Rotation3, Unit, Vector3};

/// How depth is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Projection {
    /// Parallel lines stay parallel, lengths can be compared.
    #[default]
    Orthographic,
    /// What is farther is smaller; the full vertical angle of view, degrees.
    Perspective(f64),
}

/// A direction to look along: the named vector points at the viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The basis vector a.
    A,
    /// The basis vector b.
    B,
    /// The basis vector c.
    C,
    /// The reciprocal basis vector a*, normal to the planes (100).
    AStar,
    /// The reciprocal basis vector b*.
    BStar,
    /// The reciprocal basis vector c*.
    CStar,
}

impl Direction {
    /// All directions, in the order in which a menu offers them.
    pub const ALL: [Self; 6] = [
        Self::A,
        Self::B,
        Self::C,
        Self::AStar,
        Self::BStar,
        Self::CStar,
    ];

    /// The name that a menu shows.
    pub fn name(self) -> &'static str {
        match self {
            Self::A => "a",
            Self::B => "b",
            Self::C => "c",
            Self::AStar => "a*",
            Self::BStar => "b*",
            Self::CStar => "c*",
        }
    }
}

/// A view of a scene. Screen coordinates are in pixels from the upper left corner, y downwards.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    /// Rows: the directions to the right, up, and towards the viewer.
    pub rotation: Matrix3<f64>,
    /// What is in the middle of the picture, Å.
    pub target: Vector3<f64>,
    /// Half the height of the picture at the target, Å.
    pub half_height: f64,
    /// How depth is shown.
    pub projection: Projection,
}

/// A half line from the viewer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ray {
    /// Where it starts, Å.
    pub origin: Vector3<f64>,
    /// Where it goes, length 1.
    pub direction: Vector3<f64>,
}

/// A point on the screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScreenPoint {
    /// Pixels from the left.
    pub x: f64,
    /// Pixels from above.
    pub y: f64,
    /// Distance along the line of sight, Å: from the viewer in perspective, from the target in orthographic projection.
    pub depth: f64,
    /// Pixels an Å at this depth; not positive for points behind the viewer.
    pub scale: f64,
}

impl Default for Camera {
    /// From the front, a little from the right and above.
    fn default() -> Self {
        let turn = Rotation3::from_euler_angles(0.3, 0.0, 0.0)
            * Rotation3::from_euler_angles(0.0, -0.4, 0.0);
        // At rest x points at the viewer, y to the right and z up.
        let rest = Matrix3::new(0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0);
        Self {
            rotation: turn.matrix() * rest,
            target: Vector3::zeros(),
            half_height: 10.0,
            projection: Projection::default(),
        }
    }
}

impl Camera {
    /// Turns the camera so that a direction of the lattice points at the viewer: c upwards where it can, else b.
    pub fn look_along(&mut self, lattice: &Lattice, direction: Direction) {
        let reciprocal = lattice.reciprocal();
        let star = |axis: usize| reciprocal.row(axis).transpose();
        let (towards, up) = match direction {
            Direction::A => (lattice.vector(0), lattice.vector(2)),
            Direction::B => (lattice.vector(1), lattice.vector(2)),
            Direction::C => (lattice.vector(2), lattice.vector(1)),
            Direction::AStar => (star(0), lattice.vector(2)),
            Direction::BStar => (star(1), lattice.vector(2)),
            Direction::CStar => (star(2), lattice.vector(1)),
        };
        let towards = towards.normalize();
        let up = (up - towards * up.dot(&towards)).normalize();
        let right = up.cross(&towards);
        self.rotation =
            Matrix3::from_rows(&[right.transpose(), up.transpose(), towards.transpose()]);
    }

    /// Turns the scene by a drag of this many radians to the right and downwards.
    pub fn turn(&mut self, right: f64, down: f64) {
        let turn = Rotation3::from_axis_angle(&Vector3::y_axis(), right)
            * Rotation3::from_axis_angle(&Vector3::x_axis(), down);
        self.set_rotation(turn.matrix() * self.rotation);
    }

    /// Turns the picture in its plane, radians counterclockwise.
    pub fn roll(&mut self, angle: f64) {
        let turn = Rotation3::from_axis_angle(&Vector3::z_axis(), angle);
        self.set_rotation(turn.matrix() * self.rotation);
    }

    /// Keeps the matrix a rotation against the drift of many small turns.
    fn set_rotation(&mut self, matrix: Matrix3<f64>) {
        let towards = Unit::new_normalize(matrix.row(2).transpose());
        let up = matrix.row(1).transpose();
        let up = (up - *towards * up.dot(&towards)).normalize();
        let right = up.cross(&towards);
        self.rotation =
            Matrix3::from_rows(&[right.transpose(), up.transpose(), towards.transpose()]);
    }

    /// Puts the whole scene into a picture of this width divided by height, with a margin of 5 %.
    pub fn fit(&mut self, scene: &Scene, aspect: f64) {
        self.target = scene.centre;
        let radius = if scene.radius > 0.0 {
            scene.radius
        } else {
            1.0
        };
        let narrow = if aspect > 0.0 { aspect.min(1.0) } else { 1.0 };
        self.half_height = 1.05 * radius / narrow;
        if let Projection::Perspective(_) = self.projection {
            // The cone of view touches the sphere: half height at the target = radius / cos(half angle).
            let half_angle = (self.half_angle_tangent() * narrow).atan();
            self.half_height = 1.05 * radius / half_angle.cos() / narrow;
        }
    }

    fn half_angle_tangent(&self) -> f64 {
        match self.projection {
            Projection::Orthographic => 0.0,
            Projection::Perspective(degrees) => {
                (degrees.clamp(1.0, 150.0).to_radians() / 2.0).tan()
            }
        }
    }

    /// How far the viewer is from the target, Å. In orthographic projection it only decides what is near and far.
    pub fn distance(&self, scene_radius: f64) -> f64 {
        match self.projection {
            Projection::Orthographic => 2.0 * scene_radius + self.half_height,
            Projection::Perspective(_) => self.half_height / self.half_angle_tangent(),
        }
    }

    /// A point in the viewer's coordinates: x to the right, y up, z towards the viewer, origin at the target.
    pub fn turned(&self, point: Vector3<f64>) -> Vector3<f64> {
        self.rotation * (point - self.target)
    }

    /// Where a point appears in a picture of this size in pixels.
    pub fn project(&self, point: Vector3<f64>, size: [f64; 2]) -> ScreenPoint {
        let p = self.turned(point);
        let unit = size[1] / 2.0 / self.half_height;
        let (depth, scale) = match self.projection {
            Projection::Orthographic => (-p.z, unit),
            Projection::Perspective(_) => {
                let distance = self.distance(0.0);
                let depth = distance - p.z;
                (depth, unit * distance / depth)
            }
        };
        ScreenPoint {
            x: size[0] / 2.0 + p.x * scale,
            y: size[1] / 2.0 - p.y * scale,
            depth,
            scale,
        }
    }

    /// The line of sight through a place of the picture. Where the projection is orthographic it starts before a scene of
    /// this radius.
    pub fn ray(&self, x: f64, y: f64, size: [f64; 2], scene_radius: f64) -> Ray {
        let unit = 2.0 * self.half_height / size[1];
        let (right, up) = ((x - size[0] / 2.0) * unit, (size[1] / 2.0 - y) * unit);
        let distance = self.distance(scene_radius);
        let back = self.rotation.transpose();
        match self.projection {
            Projection::Orthographic => Ray {
                origin: self.target + back * Vector3::new(right, up, distance),
                direction: back * Vector3::new(0.0, 0.0, -1.0),
            },
            Projection::Perspective(_) => Ray {
                origin: self.target + back * Vector3::new(0.0, 0.0, distance),
                direction: (back * Vector3::new(right, up, -distance)).normalize(),
            },
        }
    }

    /// The matrices of the graphics card: from the scene to the viewer's coordinates (origin at the viewer), and on to clip
    /// coordinates with depth 0 near and 1 far, just around the scene.
    pub fn matrices(&self, scene: &Scene, aspect: f64) -> [Matrix4<f64>; 2] {
        let (near, far) = self.depth_range(scene);
        let distance = self.distance(scene.radius);
        let mut view = self.rotation.to_homogeneous();
        let shift = -(self.rotation * self.target) - Vector3::new(0.0, 0.0, distance);
        view.fixed_view_mut::<3, 1>(0, 3).copy_from(&shift);
        let h = self.half_height;
        let projection = match self.projection {
            Projection::Orthographic => Matrix4::new(
                1.0 / (h * aspect),
                0.0,
                0.0,
                0.0, //
                0.0,
                1.0 / h,
                0.0,
                0.0, //
                0.0,
                0.0,
                -1.0 / (far - near),
                -near / (far - near), //
                0.0,
                0.0,
                0.0,
                1.0,
            ),
            Projection::Perspective(_) => {
                let f = distance / h;
                Matrix4::new(
                    f / aspect,
                    0.0,
                    0.0,
                    0.0, //
                    0.0,
                    f,
                    0.0,
                    0.0, //
                    0.0,
                    0.0,
                    -far / (far - near),
                    -near * far / (far - near), //
                    0.0,
                    0.0,
                    -1.0,
                    0.0,
                )
            }
        };
        [view, projection]
    }

    /// The distances from the viewer, Å, between which the whole scene lies; in perspective the first is above 0.
    pub fn depth_range(&self, scene: &Scene) -> (f64, f64) {
        let middle = self.distance(scene.radius) - self.turned(scene.centre).z;
        let reach = scene.radius.max(1e-3) * 1.001;
        let far = middle + reach;
        let near = match self.projection {
            Projection::Orthographic => middle - reach,
            Projection::Perspective(_) => (middle - reach).max(0.01 * self.half_height),
        };
        (near, far.max(near * 1.01 + 1e-3))
    }

    /// The axes of [`Camera::axes`] with name and colour, the farthest first: as they are drawn one over the other.
    pub fn named_axes(&self, lattice: &Lattice) -> [([f64; 3], &'static str, Colour); 3] {
        let [a, b, c] = self.axes(lattice);
        let [of_a, of_b, of_c] = AXIS_COLOURS;
        let mut axes = [(a, "a", of_a), (b, "b", of_b), (c, "c", of_c)];
        axes.sort_by(|(p, ..), (q, ..)| p[2].total_cmp(&q[2]));
        axes
    }

    /// The axes a, b and c for a small cross in a corner: right and up, in parts of the longest axis.
    pub fn axes(&self, lattice: &Lattice) -> [[f64; 3]; 3] {
        let longest = lattice.lengths().into_iter().fold(0.0, f64::max);
        [0, 1, 2].map(|axis| {
            let v = self.rotation * lattice.vector(axis) / longest;
            [v.x, v.y, v.z]
        })
    }
}
