//! The pipelines and buffers of the structure view: one instanced draw for each kind of thing.

use bytemuck::{Pod, Zeroable};
use scene::{Camera, Colour, Projection, Scene};
use shaders::structure as wgsl;
use wgpu::util::DeviceExt as _;

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
struct FrameUniform {
    view: [[f32; 4]; 4],
    projection: [[f32; 4]; 4],
    fog: [f32; 4],
    range: [f32; 4],
    picture: [f32; 4],
}

#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct SphereInstance {
    sphere: [f32; 4],
    look: u32,
}

#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct BondInstance {
    first: [f32; 4],
    second: [f32; 3],
    colours: [u32; 2],
}

#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct LineInstance {
    first: [f32; 3],
    second: [f32; 3],
    colour: [u8; 4],
}

#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct FaceVertex {
    position: [f32; 3],
    normal: [f32; 3],
    colour: [u8; 4],
}

/// The pipelines, made once a device.
pub struct Pipelines {
    spheres: wgpu::RenderPipeline,
    halos: wgpu::RenderPipeline,
    bonds: wgpu::RenderPipeline,
    lines: wgpu::RenderPipeline,
    faces: wgpu::RenderPipeline,
    lay_over: wgpu::RenderPipeline,
    frame_layout: wgpu::BindGroupLayout,
    blend_layout: wgpu::BindGroupLayout,
}

/// A scene on the device, made once a scene.
pub struct SceneBuffers {
    spheres: (wgpu::Buffer, u32),
    bonds: (wgpu::Buffer, u32),
    lines: (wgpu::Buffer, u32),
    faces: (wgpu::Buffer, u32),
    halos: Option<(wgpu::Buffer, u32)>,
    uniform: wgpu::Buffer,
    group: wgpu::BindGroup,
    /// Coordinates on the device are relative to the middle of the scene, which keeps their digits in f32.
    origin: [f64; 3],
}

/// The pictures that a frame is drawn to, made once a size.
pub struct Targets {
    /// The finished picture.
    pub colour: wgpu::Texture,
    colour_view: wgpu::TextureView,
    depth: wgpu::TextureView,
    sum: wgpu::TextureView,
    cover: wgpu::TextureView,
    group: wgpu::BindGroup,
    /// Width and height, pixels.
    pub size: [u32; 2],
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
        use wgpu::VertexStepMode::{Instance, Vertex};
        let sphere = layout::<SphereInstance>(Instance, &spheres);
        let bond = layout::<BondInstance>(Instance, &bonds);
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
            (&self.spheres, Some(&buffers.spheres)),
            (&self.bonds, Some(&buffers.bonds)),
            (&self.lines, Some(&buffers.lines)),
            (&self.halos, buffers.halos.as_ref()),
        ];
        for (pipeline, instances) in solids {
            if let Some((buffer, count)) = instances.filter(|(_, count)| *count > 0) {
                pass.set_pipeline(pipeline);
                pass.set_vertex_buffer(0, buffer.slice(..));
                pass.draw(0..4, 0..*count);
            }
        }
        drop(pass);
        if buffers.faces.1 == 0 {
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
        pass.set_vertex_buffer(0, buffers.faces.0.slice(..));
        pass.draw(0..buffers.faces.1, 0..1);
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
            lines: upload(device, &lines),
            faces: upload(device, &faces),
            halos: None,
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
        self.halos = (!halos.is_empty()).then(|| upload(device, &halos));
    }
}

impl Targets {
    /// Makes the pictures of a size in pixels, at least 1 x 1.
    pub fn new(device: &wgpu::Device, pipelines: &Pipelines, size: [u32; 2]) -> Self {
        let size = size.map(|s| s.max(1));
        let make = |format, extra| {
            device.create_texture(&wgpu::TextureDescriptor {
                label: Some("structure"),
                size: extent(size),
                mip_level_count: 1,
                sample_count: 1,
                dimension: wgpu::TextureDimension::D2,
                format,
                usage: wgpu::TextureUsages::RENDER_ATTACHMENT | extra,
                view_formats: &[],
            })
        };
        let read = wgpu::TextureUsages::TEXTURE_BINDING;
        let view = |t: &wgpu::Texture| t.create_view(&Default::default());
        let colour = make(COLOUR, read | wgpu::TextureUsages::COPY_SRC);
        let [sum, cover] = [SUM, COVER].map(|format| view(&make(format, read)));
        let group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("structure blend"),
            layout: &pipelines.blend_layout,
            entries: &[
                wgpu::BindGroupEntry {
                    binding: 0,
                    resource: wgpu::BindingResource::TextureView(&sum),
                },
                wgpu::BindGroupEntry {
                    binding: 1,
                    resource: wgpu::BindingResource::TextureView(&cover),
                },
            ],
        });
        Self {
            colour_view: view(&colour),
            colour,
            depth: view(&make(DEPTH, wgpu::TextureUsages::empty())),
            sum,
            cover,
            group,
            size,
        }
    }
}

struct Pass<'a> {
    module: &'a wgpu::ShaderModule,
    entries: [&'a str; 2],
    buffer: Option<wgpu::VertexBufferLayout<'a>>,
    targets: &'a [Option<wgpu::ColorTargetState>],
    /// Whether depth is tested, and then whether it is written.
    depth_write: Option<bool>,
    strip: bool,
    layout: &'a wgpu::BindGroupLayout,
}

impl Pass<'_> {
    fn pipeline(self, device: &wgpu::Device) -> wgpu::RenderPipeline {
        let layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: None,
            bind_group_layouts: &[Some(self.layout)],
            immediate_size: 0,
        });
        let buffers: Vec<_> = self.buffer.into_iter().map(Some).collect();
        let topology = if self.strip {
            wgpu::PrimitiveTopology::TriangleStrip
        } else {
            wgpu::PrimitiveTopology::TriangleList
        };
        device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: Some(self.entries[1]),
            layout: Some(&layout),
            vertex: wgpu::VertexState {
                module: self.module,
                entry_point: Some(self.entries[0]),
                buffers: &buffers,
                compilation_options: Default::default(),
            },
            fragment: Some(wgpu::FragmentState {
                module: self.module,
                entry_point: Some(self.entries[1]),
                targets: self.targets,
                compilation_options: Default::default(),
            }),
            primitive: wgpu::PrimitiveState {
                topology,
                ..Default::default()
            },
            depth_stencil: self.depth_write.map(|write| wgpu::DepthStencilState {
                format: DEPTH,
                depth_write_enabled: Some(write),
                depth_compare: Some(wgpu::CompareFunction::LessEqual),
                stencil: Default::default(),
                bias: Default::default(),
            }),
            multisample: Default::default(),
            multiview_mask: None,
            cache: None,
        })
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

fn upload<T: Pod>(device: &wgpu::Device, items: &[T]) -> (wgpu::Buffer, u32) {
    let buffer = device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
        label: Some("structure instances"),
        contents: bytemuck::cast_slice(items),
        usage: wgpu::BufferUsages::VERTEX,
    });
    (buffer, items.len() as u32)
}

fn layout<T>(
    step_mode: wgpu::VertexStepMode,
    attributes: &[wgpu::VertexAttribute],
) -> wgpu::VertexBufferLayout<'_> {
    wgpu::VertexBufferLayout {
        array_stride: size_of::<T>() as u64,
        step_mode,
        attributes,
    }
}

fn texture_entry(binding: u32) -> wgpu::BindGroupLayoutEntry {
    wgpu::BindGroupLayoutEntry {
        binding,
        visibility: wgpu::ShaderStages::FRAGMENT,
        ty: wgpu::BindingType::Texture {
            sample_type: wgpu::TextureSampleType::Float { filterable: false },
            view_dimension: wgpu::TextureViewDimension::D2,
            multisampled: false,
        },
        count: None,
    }
}

fn blend(src_factor: wgpu::BlendFactor, dst_factor: wgpu::BlendFactor) -> wgpu::BlendState {
    let component = wgpu::BlendComponent {
        src_factor,
        dst_factor,
        operation: wgpu::BlendOperation::Add,
    };
    wgpu::BlendState {
        color: component,
        alpha: component,
    }
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

fn extent(size: [u32; 2]) -> wgpu::Extent3d {
    wgpu::Extent3d {
        width: size[0],
        height: size[1],
        depth_or_array_layers: 1,
    }
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
