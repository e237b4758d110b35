//! The painter of scenes on a graphics device: one instanced draw for each kind of thing.

mod buffers;
mod pass;
mod targets;

pub use buffers::SceneBuffers;
pub use targets::Targets;

use buffers::{ArrowInstance, BondInstance, FaceVertex, LineInstance, SphereInstance};
use bytemuck::{Pod, Zeroable};
pub(crate) use pass::texture_entry;
use pass::{Pass, blend, layout};
use scene::{Camera, Projection, Scene};
use shaders::structure as wgsl;

/// Format of pictures: sRGB values as they are, alpha premultiplied.
pub const COLOUR: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;

const DEPTH: wgpu::TextureFormat = wgpu::TextureFormat::Depth32Float;

const SUM: wgpu::TextureFormat = wgpu::TextureFormat::Rgba16Float;

const COVER: wgpu::TextureFormat = wgpu::TextureFormat::R8Unorm;

/// What a frame needs beside the scene.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FrameStyle {
    /// Background, premultiplied; alpha 0 for transparent pictures.
    pub background: [f32; 4],
    /// What far atoms fade into, and how far: 0 not at all, 1 wholly.
    pub fog: [f32; 4],
    /// Opacity of polyhedra and planes, 0 to 1.
    pub opacity: f32,
    /// Width of lines, pixels.
    pub line_width: f32,
}

#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
pub(super) struct FrameUniform {
    view: [[f32; 4]; 4],
    projection: [[f32; 4]; 4],
    fog: [f32; 4],
    range: [f32; 4],
    picture: [f32; 4],
}

/// The pipelines, made once a device.
pub struct Pipelines {
    spheres: wgpu::RenderPipeline,
    halos: wgpu::RenderPipeline,
    bonds: wgpu::RenderPipeline,
    arrows: wgpu::RenderPipeline,
    lines: wgpu::RenderPipeline,
    faces: wgpu::RenderPipeline,
    lay_over: wgpu::RenderPipeline,
    pub(super) frame_layout: wgpu::BindGroupLayout,
    pub(super) blend_layout: wgpu::BindGroupLayout,
}

/// A part of a larger picture: its upper left corner and the size of the whole, pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tile {
    /// Upper left corner in the whole picture.
    pub corner: [u32; 2],
    /// Size of the whole picture.
    pub whole: [u32; 2],
}

impl Pipelines {
    /// Makes the pipelines.
    pub fn new(device: &wgpu::Device) -> Self {
        let frame_layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("structure frame"),
            entries: &[
                wgpu::BindGroupLayoutEntry {
                    binding: 0,
                    visibility: wgpu::ShaderStages::VERTEX_FRAGMENT,
                    ty: wgpu::BindingType::Buffer {
                        ty: wgpu::BufferBindingType::Uniform,
                        has_dynamic_offset: false,
                        min_binding_size: None,
                    },
                    count: None,
                },
                texture_entry(1),
            ],
        });
        let blend_layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("structure blend"),
            entries: &[texture_entry(0), texture_entry(1)],
        });
        let spheres = const { wgpu::vertex_attr_array![0 => Float32x4, 1 => Uint32] };
        let bonds =
            const { wgpu::vertex_attr_array![0 => Float32x4, 1 => Float32x3, 2 => Uint32x2] };
        let lines =
            const { wgpu::vertex_attr_array![0 => Float32x3, 1 => Float32x3, 2 => Unorm8x4] };
        let arrows = const {
            wgpu::vertex_attr_array![0 => Float32x3, 1 => Float32x3, 2 => Float32x3, 3 => Unorm8x4]
        };
        use wgpu::VertexStepMode::{Instance, Vertex};
        let sphere = layout::<SphereInstance>(Instance, &spheres);
        let bond = layout::<BondInstance>(Instance, &bonds);
        let arrow = layout::<ArrowInstance>(Instance, &arrows);
        let line = layout::<LineInstance>(Instance, &lines);
        let face = layout::<FaceVertex>(Vertex, &lines);
        let opaque = [Some(COLOUR.into())];
        let layers = [
            Some(wgpu::ColorTargetState {
                format: SUM,
                blend: Some(blend(wgpu::BlendFactor::One, wgpu::BlendFactor::One)),
                write_mask: wgpu::ColorWrites::ALL,
            }),
            Some(wgpu::ColorTargetState {
                format: COVER,
                blend: Some(blend(
                    wgpu::BlendFactor::Zero,
                    wgpu::BlendFactor::OneMinusSrc,
                )),
                write_mask: wgpu::ColorWrites::ALL,
            }),
        ];
        let over = [Some(wgpu::ColorTargetState {
            format: COLOUR,
            blend: Some(blend(
                wgpu::BlendFactor::One,
                wgpu::BlendFactor::OneMinusSrcAlpha,
            )),
            write_mask: wgpu::ColorWrites::ALL,
        })];
        let module = |source: &str| {
            device.create_shader_module(wgpu::ShaderModuleDescriptor {
                label: Some("structure"),
                source: wgpu::ShaderSource::Wgsl(source.into()),
            })
        };
        let spheres = module(&wgsl::with_frame(wgsl::SPHERE));
        let bonds = module(&wgsl::with_frame(wgsl::BOND));
        let arrows = module(&wgsl::with_frame(wgsl::ARROW));
        let lines = module(&wgsl::with_frame(wgsl::LINE));
        let faces = module(&wgsl::with_frame(wgsl::FACE));
        let blends = module(wgsl::BLEND);
        let make = |p: Pass| p.pipeline(device);
        let solid = |module, entries, buffer| {
            make(Pass {
                module,
                entries,
                buffer: Some(buffer),
                targets: &opaque,
                depth_write: Some(true),
                strip: true,
                layout: &frame_layout,
            })
        };
        Self {
            spheres: solid(&spheres, ["sphere_corner", "sphere_pixel"], sphere.clone()),
            halos: solid(&spheres, ["sphere_corner", "halo_pixel"], sphere),
            bonds: solid(&bonds, ["bond_corner", "bond_pixel"], bond),
            arrows: solid(&arrows, ["arrow_corner", "arrow_pixel"], arrow),
            lines: solid(&lines, ["line_corner", "line_pixel"], line),
            faces: make(Pass {
                module: &faces,
                entries: ["face_corner", "face_pixel"],
                buffer: Some(face),
                targets: &layers,
                depth_write: Some(false),
                strip: false,
                layout: &frame_layout,
            }),
            lay_over: make(Pass {
                module: &blends,
                entries: ["whole", "lay_over"],
                buffer: None,
                targets: &over,
                depth_write: None,
                strip: false,
                layout: &blend_layout,
            }),
            frame_layout,
            blend_layout,
        }
    }

    /// Draws a scene.
    pub fn draw(
        &self,
        queue: &wgpu::Queue,
        encoder: &mut wgpu::CommandEncoder,
        targets: &Targets,
        buffers: &SceneBuffers,
        frame: &Frame<'_>,
    ) {
        queue.write_buffer(
            &buffers.uniform,
            0,
            bytemuck::bytes_of(&frame.uniform(buffers)),
        );
        let [r, g, b, a] = frame.style.background.map(f64::from);
        let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            label: Some("structure, solid"),
            color_attachments: &[attachment(
                &targets.colour_view,
                Some(wgpu::Color { r, g, b, a }),
            )],
            depth_stencil_attachment: Some(depth_attachment(
                &targets.depth,
                wgpu::LoadOp::Clear(1.0),
            )),
            ..Default::default()
        });
        pass.set_bind_group(0, &buffers.group, &[]);
        let solids = [
            (&self.spheres, &buffers.spheres),
            (&self.bonds, &buffers.bonds),
            (&self.arrows, &buffers.arrows),
            (&self.lines, &buffers.lines),
            (&self.halos, &buffers.halos),
        ];
        for (pipeline, instances) in solids {
            pass.set_pipeline(pipeline);
            for (buffer, count) in instances {
                pass.set_vertex_buffer(0, buffer.slice(..));
                pass.draw(0..4, 0..*count);
            }
        }
        drop(pass);
        if buffers.faces.is_empty() {
            return;
        }
        let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            label: Some("structure, translucent"),
            color_attachments: &[
                attachment(&targets.sum, Some(wgpu::Color::TRANSPARENT)),
                attachment(&targets.cover, Some(wgpu::Color::WHITE)),
            ],
            depth_stencil_attachment: Some(depth_attachment(&targets.depth, wgpu::LoadOp::Load)),
            ..Default::default()
        });
        pass.set_bind_group(0, &buffers.group, &[]);
        pass.set_pipeline(&self.faces);
        for (buffer, count) in &buffers.faces {
            pass.set_vertex_buffer(0, buffer.slice(..));
            pass.draw(0..*count, 0..1);
        }
        drop(pass);
        let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            label: Some("structure, laid over"),
            color_attachments: &[attachment(&targets.colour_view, None)],
            ..Default::default()
        });
        pass.set_bind_group(0, &targets.group, &[]);
        pass.set_pipeline(&self.lay_over);
        pass.draw(0..3, 0..1);
    }
}

/// One picture of a scene.
pub struct Frame<'a> {
    /// What is drawn.
    pub scene: &'a Scene,
    /// Where it is seen from.
    pub camera: &'a Camera,
    /// How.
    pub style: FrameStyle,
    /// Which part of the picture.
    pub tile: Tile,
    /// Size of the target, pixels.
    pub size: [u32; 2],
}

impl Frame<'_> {
    fn uniform(&self, buffers: &SceneBuffers) -> FrameUniform {
        let whole = self.tile.whole.map(f64::from);
        let aspect = whole[0] / whole[1];
        let mut camera = *self.camera;
        let origin = nalgebra::Vector3::from(buffers.origin);
        let (near, far) = camera.depth_range(self.scene);
        let [_, projection] = camera.matrices(self.scene, aspect);
        let size = self.size.map(f64::from);
        let corner = self.tile.corner.map(f64::from);
        // The tile's part of the clip square, spread over the whole square.
        let mut crop = nalgebra::Matrix4::identity();
        for (i, up) in [(0, 1.0), (1, -1.0)] {
            crop[(i, i)] = whole[i] / size[i];
            crop[(i, 3)] = up * (whole[i] - 2.0 * corner[i] - size[i]) / size[i];
        }
        let projection = crop * projection;
        camera.target -= origin;
        let [view, _] = camera.matrices(self.scene, aspect);
        FrameUniform {
            view: columns(&view),
            projection: columns(&projection),
            fog: self.style.fog,
            range: [
                near as f32,
                far as f32,
                f32::from(u8::from(camera.projection == Projection::Orthographic)),
                self.style.opacity,
            ],
            picture: [size[0] as f32, size[1] as f32, self.style.line_width, 0.0],
        }
    }
}

fn columns(m: &nalgebra::Matrix4<f64>) -> [[f32; 4]; 4] {
    [0, 1, 2, 3].map(|c| [0, 1, 2, 3].map(|r| m[(r, c)] as f32))
}

fn attachment(
    view: &wgpu::TextureView,
    clear: Option<wgpu::Color>,
) -> Option<wgpu::RenderPassColorAttachment<'_>> {
    Some(wgpu::RenderPassColorAttachment {
        view,
        resolve_target: None,
        depth_slice: None,
        ops: wgpu::Operations {
            load: clear.map_or(wgpu::LoadOp::Load, wgpu::LoadOp::Clear),
            store: wgpu::StoreOp::Store,
        },
    })
}

fn depth_attachment(
    view: &wgpu::TextureView,
    load: wgpu::LoadOp<f32>,
) -> wgpu::RenderPassDepthStencilAttachment<'_> {
    wgpu::RenderPassDepthStencilAttachment {
        view,
        depth_ops: Some(wgpu::Operations {
            load,
            store: wgpu::StoreOp::Store,
        }),
        stencil_ops: None,
    }
}
