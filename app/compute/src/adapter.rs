//! The adapters of this machine.

/// What kind of thing an adapter is, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AdapterKind {
    /// A graphics card with memory of its own.
    Discrete,
    /// Graphics in the processor's package.
    Integrated,
    /// Lent by a virtual machine's host.
    Virtual,
    Other,
    /// No hardware: a driver that computes on the processor.
    Software,
}

impl AdapterKind {
    /// Its name in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Discrete => "discrete",
            Self::Integrated => "integrated",
            Self::Virtual => "virtual",
            Self::Other => "other",
            Self::Software => "software",
        }
    }
}

/// The limits that kernels meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct AdapterLimits {
    /// Bytes that a kernel can reach through one binding.
    pub binding_bytes: u64,
    pub buffer_bytes: u64,
    pub workgroup_memory_bytes: u32,
    pub workgroup_invocations: u32,
    /// Workgroups of one dispatch.
    pub workgroups: u32,
}

/// An adapter that can compute; nothing is opened yet.
#[derive(Clone, Debug)]
pub struct Adapter {
    pub name: String,
    /// The interface it is reached through: Vulkan, Metal or Dx12.
    pub backend: String,
    pub kind: AdapterKind,
    /// The driver's name and version.
    pub driver: String,
    pub limits: AdapterLimits,
    pub(crate) wgpu: wgpu::Adapter,
}

impl Adapter {
    /// All adapters that compute, best kind first. `WGPU_BACKEND` and `WGPU_ADAPTER_NAME` narrow the choice.
    pub fn all() -> Vec<Self> {
        // OpenGL would list the same cards again, and computes on few of them.
        let mut wanted = wgpu::InstanceDescriptor::new_without_display_handle();
        wanted.backends = wgpu::Backends::PRIMARY.with_env();
        wanted.flags = wgpu::InstanceFlags::empty().with_env();
        let instance = wgpu::Instance::new(wanted);
        let found = pollster::block_on(instance.enumerate_adapters(wgpu::Backends::PRIMARY));
        let wanted = std::env::var("WGPU_ADAPTER_NAME")
            .unwrap_or_default()
            .to_lowercase();
        let mut all: Vec<Self> = found
            .into_iter()
            .filter(|adapter| {
                adapter
                    .get_downlevel_capabilities()
                    .flags
                    .contains(wgpu::DownlevelFlags::COMPUTE_SHADERS)
            })
            .map(Self::of)
            .filter(|adapter| adapter.name.to_lowercase().contains(&wanted))
            .collect();
        all.sort_by_key(|adapter| adapter.kind);
        all
    }

    fn of(wgpu: wgpu::Adapter) -> Self {
        let (info, limits) = (wgpu.get_info(), wgpu.limits());
        Self {
            name: info.name,
            backend: format!("{:?}", info.backend),
            kind: match info.device_type {
                wgpu::DeviceType::DiscreteGpu => AdapterKind::Discrete,
                wgpu::DeviceType::IntegratedGpu => AdapterKind::Integrated,
                wgpu::DeviceType::VirtualGpu => AdapterKind::Virtual,
                wgpu::DeviceType::Other => AdapterKind::Other,
                wgpu::DeviceType::Cpu => AdapterKind::Software,
            },
            driver: [info.driver, info.driver_info]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(" "),
            limits: AdapterLimits {
                binding_bytes: limits.max_storage_buffer_binding_size,
                buffer_bytes: limits.max_buffer_size,
                workgroup_memory_bytes: limits.max_compute_workgroup_storage_size,
                workgroup_invocations: limits.max_compute_invocations_per_workgroup,
                workgroups: limits.max_compute_workgroups_per_dimension,
            },
            wgpu,
        }
    }

    /// What measurements are kept by: another driver is another adapter.
    pub(crate) fn key(&self) -> String {
        format!("{} | {} | {}", self.name, self.backend, self.driver)
    }
}
