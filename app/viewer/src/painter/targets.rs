//! The pictures that a frame is drawn to.

use super::{COLOUR, COVER, DEPTH, Pipelines, SUM};

/// The pictures that a frame is drawn to, made once a size.
pub struct Targets {
    /// The finished picture.
    pub colour: wgpu::Texture,
    pub(super) colour_view: wgpu::TextureView,
    pub(super) depth: wgpu::TextureView,
    pub(super) sum: wgpu::TextureView,
    pub(super) cover: wgpu::TextureView,
    pub(super) group: wgpu::BindGroup,
    /// Width and height, pixels.
    pub size: [u32; 2],
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

pub(super) fn extent(size: [u32; 2]) -> wgpu::Extent3d {
    wgpu::Extent3d {
        width: size[0],
        height: size[1],
        depth_or_array_layers: 1,
    }
}
