//! A scene on the device.

use super::targets::extent;
use super::{COLOUR, FrameUniform, Pipelines};
use bytemuck::{Pod, Zeroable};
use scene::{Colour, Scene};
use shaders::structure as wgsl;
use wgpu::util::DeviceExt as _;

/// Buffers and how many instances each holds.
pub(super) type Instances = Vec<(wgpu::Buffer, u32)>;

/// Instances a buffer, whole triangles of vertices: below 128 MiB of the largest kind, which every device takes.
const CHUNK: usize = 3 << 20;

#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
pub(super) struct SphereInstance {
    sphere: [f32; 4],
    look: u32,
}

#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
pub(super) struct BondInstance {
    first: [f32; 4],
    second: [f32; 3],
    colours: [u32; 2],
}

#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
pub(super) struct ArrowInstance {
    first: [f32; 3],
    second: [f32; 3],
    /// Radius of the shaft, length and radius of the head.
    sizes: [f32; 3],
    colour: [u8; 4],
}

#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
pub(super) struct LineInstance {
    first: [f32; 3],
    second: [f32; 3],
    colour: [u8; 4],
}

#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
pub(super) struct FaceVertex {
    position: [f32; 3],
    normal: [f32; 3],
    colour: [u8; 4],
}

/// A scene on the device, made once a scene.
pub struct SceneBuffers {
    pub(super) spheres: Instances,
    pub(super) bonds: Instances,
    pub(super) arrows: Instances,
    pub(super) lines: Instances,
    pub(super) faces: Instances,
    pub(super) halos: Instances,
    pub(super) uniform: wgpu::Buffer,
    pub(super) group: wgpu::BindGroup,
    /// Coordinates on the device are relative to the middle of the scene, which keeps their digits in f32.
    pub(super) origin: [f64; 3],
}

impl SceneBuffers {
    /// Uploads a scene.
    pub fn new(
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        pipelines: &Pipelines,
        scene: &Scene,
    ) -> Self {
        let origin: [f64; 3] = scene.centre.into();
        let near = |p: &nalgebra::Vector3<f64>| -> [f32; 3] {
            [0, 1, 2].map(|i| (p[i] - origin[i]) as f32)
        };
        let spheres: Vec<_> = scene
            .atoms
            .iter()
            .map(|atom| {
                let [x, y, z] = near(&atom.position);
                SphereInstance {
                    sphere: [x, y, z, atom.radius as f32],
                    look: atom.look,
                }
            })
            .collect();
        let bonds: Vec<_> = scene
            .bonds
            .iter()
            .map(|bond| {
                let [a, b] = bond.atoms.map(|i| &scene.atoms[i as usize]);
                let [x, y, z] = near(&a.position);
                BondInstance {
                    first: [x, y, z, scene.bond_radius as f32],
                    second: near(&b.position),
                    colours: [a, b].map(|atom| packed(scene.looks[atom.look as usize].colour)),
                }
            })
            .collect();
        let arrows: Vec<_> = scene
            .arrows
            .iter()
            .map(|arrow| ArrowInstance {
                first: near(&arrow.ends[0]),
                second: near(&arrow.ends[1]),
                sizes: [
                    arrow.shaft_radius(),
                    arrow.head_length(),
                    arrow.head_radius(),
                ]
                .map(|x| x as f32),
                colour: with_alpha(arrow.colour, 1.0),
            })
            .collect();
        let mut lines: Vec<_> = scene
            .lines
            .iter()
            .map(|line| LineInstance {
                first: near(&line.ends[0]),
                second: near(&line.ends[1]),
                colour: with_alpha(line.colour, 1.0),
            })
            .collect();
        let mut faces = Vec::new();
        let mut polygon = |corners: &[[f32; 3]], colour: Colour| {
            let normal = polygon_normal(corners);
            for pair in corners[1..].windows(2) {
                for position in [corners[0], pair[0], pair[1]] {
                    faces.push(FaceVertex {
                        position,
                        normal,
                        colour: with_alpha(colour, 1.0),
                    });
                }
            }
        };
        for polyhedron in &scene.polyhedra {
            let corners: Vec<_> = polyhedron.corners.iter().map(near).collect();
            for face in &polyhedron.faces {
                let ring: Vec<_> = face.iter().map(|&i| corners[i]).collect();
                polygon(&ring, polyhedron.colour);
                // Each edge belongs to two faces, which run through it in opposite ways: drawn once.
                for (&i, &j) in face.iter().zip(face.iter().cycle().skip(1)) {
                    if i < j {
                        lines.push(LineInstance {
                            first: corners[i],
                            second: corners[j],
                            colour: with_alpha(darker(polyhedron.colour), 1.0),
                        });
                    }
                }
            }
        }
        for plane in scene.planes.iter().filter(|p| p.corners.len() >= 3) {
            let corners: Vec<_> = plane.corners.iter().map(near).collect();
            polygon(&corners, plane.colour);
        }
        let uniform = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("structure frame"),
            size: size_of::<FrameUniform>() as u64,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let looks = looks_texture(device, queue, scene);
        let group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("structure frame"),
            layout: &pipelines.frame_layout,
            entries: &[
                wgpu::BindGroupEntry {
                    binding: 0,
                    resource: uniform.as_entire_binding(),
                },
                wgpu::BindGroupEntry {
                    binding: 1,
                    resource: wgpu::BindingResource::TextureView(&looks),
                },
            ],
        });
        Self {
            spheres: upload(device, &spheres),
            bonds: upload(device, &bonds),
            arrows: upload(device, &arrows),
            lines: upload(device, &lines),
            faces: upload(device, &faces),
            halos: Vec::new(),
            uniform,
            group,
            origin,
        }
    }

    /// Marks atoms (places in the scene) with rings of a colour; none removes them.
    pub fn mark(&mut self, device: &wgpu::Device, scene: &Scene, atoms: &[u32], colour: Colour) {
        let marked = atoms.iter().filter_map(|&i| scene.atoms.get(i as usize));
        let halos: Vec<_> = marked
            .map(|atom| {
                let p = [0, 1, 2].map(|i| (atom.position[i] - self.origin[i]) as f32);
                SphereInstance {
                    sphere: [p[0], p[1], p[2], (atom.radius * 1.2 + 0.08) as f32],
                    look: packed(colour),
                }
            })
            .collect();
        self.halos = upload(device, &halos);
    }
}

/// The sectors of every look: colour, and in alpha the part of the circle up to the sector's end.
fn looks_texture(device: &wgpu::Device, queue: &wgpu::Queue, scene: &Scene) -> wgpu::TextureView {
    let width = wgsl::SECTORS * wgsl::LOOKS_A_ROW;
    let limit = device.limits().max_texture_dimension_2d as usize;
    let rows = scene
        .looks
        .len()
        .div_ceil(wgsl::LOOKS_A_ROW)
        .clamp(1, limit);
    let mut texels = vec![[255_u8; 4]; width * rows];
    let looks = scene.looks.iter().take(rows * wgsl::LOOKS_A_ROW);
    for (look, texels) in looks.zip(texels.chunks_mut(wgsl::SECTORS)) {
        let mut end = 0.0;
        for (index, (sector, texel)) in look.sectors.iter().zip(texels).enumerate() {
            end += sector.part;
            let last = index + 1 == look.sectors.len().min(wgsl::SECTORS);
            let [r, g, b] = sector.colour;
            *texel = [
                r,
                g,
                b,
                if last {
                    255
                } else {
                    (end * 255.0).round().min(254.0) as u8
                },
            ];
        }
    }
    let size = [width as u32, rows as u32];
    let texture = device.create_texture_with_data(
        queue,
        &wgpu::TextureDescriptor {
            label: Some("structure looks"),
            size: extent(size),
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: COLOUR,
            usage: wgpu::TextureUsages::TEXTURE_BINDING,
            view_formats: &[],
        },
        wgpu::util::TextureDataOrder::LayerMajor,
        bytemuck::cast_slice(&texels),
    );
    texture.create_view(&Default::default())
}

fn upload<T: Pod>(device: &wgpu::Device, items: &[T]) -> Instances {
    let buffer = |items: &[T]| {
        let buffer = device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
            label: Some("structure instances"),
            contents: bytemuck::cast_slice(items),
            usage: wgpu::BufferUsages::VERTEX,
        });
        (buffer, items.len() as u32)
    };
    items.chunks(CHUNK).map(buffer).collect()
}

fn packed([r, g, b]: Colour) -> u32 {
    u32::from_be_bytes([0, r, g, b])
}

fn with_alpha([r, g, b]: Colour, alpha: f64) -> [u8; 4] {
    [r, g, b, (alpha * 255.0).round() as u8]
}

fn darker(colour: Colour) -> Colour {
    colour.map(|c| (f32::from(c) * 0.6) as u8)
}

/// The normal of a convex polygon, length 1.
fn polygon_normal(corners: &[[f32; 3]]) -> [f32; 3] {
    let at = |i: usize| nalgebra::Vector3::from(corners[i]);
    let mut sum = nalgebra::Vector3::zeros();
    for i in 1..corners.len() - 1 {
        sum += (at(i) - at(0)).cross(&(at(i + 1) - at(0)));
    }
    sum.normalize().into()
}
