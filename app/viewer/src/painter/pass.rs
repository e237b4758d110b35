//! What the pipelines have in common.

use super::DEPTH;

pub(super) struct Pass<'a> {
    pub(super) module: &'a wgpu::ShaderModule,
    pub(super) entries: [&'a str; 2],
    pub(super) buffer: Option<wgpu::VertexBufferLayout<'a>>,
    pub(super) targets: &'a [Option<wgpu::ColorTargetState>],
    /// Whether depth is tested, and then whether it is written.
    pub(super) depth_write: Option<bool>,
    pub(super) strip: bool,
    pub(super) layout: &'a wgpu::BindGroupLayout,
}

impl Pass<'_> {
    pub(super) fn pipeline(self, device: &wgpu::Device) -> wgpu::RenderPipeline {
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

pub(super) fn layout<T>(
    step_mode: wgpu::VertexStepMode,
    attributes: &[wgpu::VertexAttribute],
) -> wgpu::VertexBufferLayout<'_> {
    wgpu::VertexBufferLayout {
        array_stride: size_of::<T>() as u64,
        step_mode,
        attributes,
    }
}

pub(crate) fn texture_entry(binding: u32) -> wgpu::BindGroupLayoutEntry {
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

pub(super) fn blend(
    src_factor: wgpu::BlendFactor,
    dst_factor: wgpu::BlendFactor,
) -> wgpu::BlendState {
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
