//! Scenes inside the window: drawn to a picture of their own, with depth, and shown where egui says.

use crate::painter::{Frame, FrameStyle, Pipelines, SceneBuffers, Targets, Tile};
use egui_wgpu::{CallbackResources, CallbackTrait, RenderState, ScreenDescriptor, wgpu};
use scene::{Camera, Colour, Scene};
use shaders::structure as wgsl;
use std::sync::Arc;

/// Panes whose pictures are kept; the one that was not drawn for longest goes first.
const MAX_PANES: usize = 4;

/// Makes the window's device ready for structures. To be called once for each device: when the window opens, and again with
/// the new state where a lost device was replaced; scenes are uploaded anew by themselves.
pub fn install(state: &RenderState) {
    let software = state.adapter.get_info().device_type == wgpu::DeviceType::Cpu;
    let painter = Screen::new(&state.device, state.target_format, software);
    state.renderer.write().callback_resources.insert(painter);
}

/// What the window's device holds for structures.
struct Screen {
    pipelines: Pipelines,
    show: wgpu::RenderPipeline,
    show_layout: wgpu::BindGroupLayout,
    panes: Vec<Pane>,
    /// Whether processors draw: then each pixel is drawn once.
    software: bool,
}

/// The pictures of one pane.
struct Pane {
    id: egui::Id,
    generation: u64,
    buffers: SceneBuffers,
    marks: Arc<[u32]>,
    targets: Targets,
    origin: wgpu::Buffer,
    group: wgpu::BindGroup,
    /// What the picture shows, to draw only what is new.
    shown: Option<(Camera, FrameStyle, [u32; 2])>,
}

/// A scene to show in a part of the window.
pub struct ShowScene {
    /// Which pane.
    pub id: egui::Id,
    /// Goes up with every new scene of the pane.
    pub generation: u64,
    /// What is drawn.
    pub scene: Arc<Scene>,
    /// From where.
    pub camera: Camera,
    /// Atoms with a ring, and its colour.
    pub marks: (Arc<[u32]>, Colour),
    /// Colours and lines, widths in points.
    pub style: FrameStyle,
    /// Where, points.
    pub rect: egui::Rect,
}

impl Screen {
    fn new(device: &wgpu::Device, format: wgpu::TextureFormat, software: bool) -> Self {
        let show_layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("structure shown"),
            entries: &[
                crate::painter::texture_entry(0),
                wgpu::BindGroupLayoutEntry {
                    binding: 2,
                    visibility: wgpu::ShaderStages::FRAGMENT,
                    ty: wgpu::BindingType::Buffer {
                        ty: wgpu::BufferBindingType::Uniform,
                        has_dynamic_offset: false,
                        min_binding_size: None,
                    },
                    count: None,
                },
            ],
        });
        let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some("structure shown"),
            source: wgpu::ShaderSource::Wgsl(wgsl::BLEND.into()),
        });
        let layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: Some("structure shown"),
            bind_group_layouts: &[Some(&show_layout)],
            immediate_size: 0,
        });
        // A target that turns linear into sRGB values by itself is given linear ones.
        let entry = if format.is_srgb() {
            "show_picture_linear"
        } else {
            "show_picture"
        };
        let show = device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: Some("structure shown"),
            layout: Some(&layout),
            vertex: wgpu::VertexState {
                module: &module,
                entry_point: Some("whole"),
                buffers: &[],
                compilation_options: Default::default(),
            },
            fragment: Some(wgpu::FragmentState {
                module: &module,
                entry_point: Some(entry),
                targets: &[Some(wgpu::ColorTargetState {
                    format,
                    blend: Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING),
                    write_mask: wgpu::ColorWrites::ALL,
                })],
                compilation_options: Default::default(),
            }),
            primitive: Default::default(),
            depth_stencil: None,
            multisample: Default::default(),
            multiview_mask: None,
            cache: None,
        });
        Self {
            pipelines: Pipelines::new(device),
            show,
            show_layout,
            panes: Vec::new(),
            software,
        }
    }

    /// The pane of a view, as the last of the list; made or renewed where the scene or the size is new.
    fn pane(
        &mut self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        view: &ShowScene,
        size: [u32; 2],
    ) {
        let known = self.panes.iter().position(|pane| pane.id == view.id);
        let known = known.map(|at| self.panes.remove(at));
        let pane = match known {
            Some(mut pane) => {
                if pane.generation != view.generation {
                    pane.buffers = SceneBuffers::new(device, queue, &self.pipelines, &view.scene);
                    pane.generation = view.generation;
                    pane.marks = Arc::new([]);
                    pane.shown = None;
                }
                if pane.targets.size != size {
                    let (targets, group) = self.targets(device, &pane.origin, size);
                    (pane.targets, pane.group, pane.shown) = (targets, group, None);
                }
                pane
            }
            None => {
                let origin = device.create_buffer(&wgpu::BufferDescriptor {
                    label: Some("structure shown"),
                    size: 16,
                    usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
                    mapped_at_creation: false,
                });
                let (targets, group) = self.targets(device, &origin, size);
                Pane {
                    id: view.id,
                    generation: view.generation,
                    buffers: SceneBuffers::new(device, queue, &self.pipelines, &view.scene),
                    marks: Arc::new([]),
                    targets,
                    origin,
                    group,
                    shown: None,
                }
            }
        };
        if self.panes.len() >= MAX_PANES {
            self.panes.remove(0);
        }
        self.panes.push(pane);
    }

    fn targets(
        &self,
        device: &wgpu::Device,
        origin: &wgpu::Buffer,
        size: [u32; 2],
    ) -> (Targets, wgpu::BindGroup) {
        let targets = Targets::new(device, &self.pipelines, size);
        let picture = targets.colour.create_view(&Default::default());
        let group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("structure shown"),
            layout: &self.show_layout,
            entries: &[
                wgpu::BindGroupEntry {
                    binding: 0,
                    resource: wgpu::BindingResource::TextureView(&picture),
                },
                wgpu::BindGroupEntry {
                    binding: 2,
                    resource: origin.as_entire_binding(),
                },
            ],
        });
        (targets, group)
    }
}

impl CallbackTrait for ShowScene {
    fn prepare(
        &self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        screen: &ScreenDescriptor,
        encoder: &mut wgpu::CommandEncoder,
        resources: &mut CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        let Some(painter) = resources.get_mut::<Screen>() else {
            return Vec::new();
        };
        let pixels = |points: f32| (points * screen.pixels_per_point).round().max(0.0);
        let limit = device.limits().max_texture_dimension_2d;
        let points = [self.rect.width(), self.rect.height()];
        let shown = points.map(|p| (pixels(p) as u32).clamp(1, limit));
        // Four samples a pixel smooth the outlines, where that costs nothing to speak of.
        let samples = if painter.software || shown.iter().any(|&s| 2 * s > limit) {
            1
        } else {
            2
        };
        let size = shown.map(|s| s * samples);
        painter.pane(device, queue, self, size);
        let Some(pane) = painter.panes.last_mut() else {
            return Vec::new();
        };
        let corner = [self.rect.min.x, self.rect.min.y].map(pixels);
        let origin = [corner[0].to_bits(), corner[1].to_bits(), samples, 0];
        queue.write_buffer(&pane.origin, 0, bytemuck::bytes_of(&origin));
        if pane.marks[..] != self.marks.0[..] {
            let (marks, colour) = &self.marks;
            pane.buffers.mark(device, &self.scene, marks, *colour);
            pane.marks = marks.clone();
            pane.shown = None;
        }
        let mut style = self.style;
        style.line_width *= screen.pixels_per_point * samples as f32;
        let wanted = Some((self.camera, style, size));
        if pane.shown != wanted {
            let frame = Frame {
                scene: &self.scene,
                camera: &self.camera,
                style,
                tile: Tile {
                    corner: [0, 0],
                    whole: size,
                },
                size,
            };
            let (targets, buffers) = (&pane.targets, &pane.buffers);
            painter
                .pipelines
                .draw(queue, encoder, targets, buffers, &frame);
            pane.shown = wanted;
        }
        Vec::new()
    }

    fn paint(
        &self,
        _info: egui::PaintCallbackInfo,
        pass: &mut wgpu::RenderPass<'static>,
        resources: &CallbackResources,
    ) {
        let Some(painter) = resources.get::<Screen>() else {
            return;
        };
        if let Some(pane) = painter.panes.iter().find(|pane| pane.id == self.id) {
            pass.set_pipeline(&painter.show);
            pass.set_bind_group(0, &pane.group, &[]);
            pass.draw(0..3, 0..1);
        }
    }
}
