//! The device that the window draws with, watched: drivers crash and cards are taken out.
//!
//! A window keeps its device for life, so a lost one means a new window. The [`crate::App`] outlives its windows: with
//! candidates, results, undo and arrangement it goes on in the next one, whose device may be a software adapter. Only what
//! egui remembers for a window starts afresh: scrolling, the plot's range and the camera of a structure.

use egui::Context;
use egui_wgpu::{RenderState, wgpu};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// A window's device.
#[derive(Clone)]
pub struct Watched {
    device: wgpu::Device,
    /// Why it is lost.
    lost: Arc<Mutex<Option<String>>>,
    /// What draws: a card's name, or that of a software adapter.
    pub adapter: String,
    /// Whether processors draw.
    pub is_software: bool,
}

impl Watched {
    /// Watches the device of a window; the window is drawn once more when it is lost.
    pub fn new(graphics: &RenderState, ctx: &Context) -> Self {
        let info = graphics.adapter.get_info();
        let lost = Arc::new(Mutex::new(None));
        let (noted, ctx) = (lost.clone(), ctx.clone());
        graphics
            .device
            .set_device_lost_callback(move |reason, message| {
                let why = match message.trim() {
                    "" => format!("{reason:?}"),
                    message => message.to_owned(),
                };
                *noted.lock().unwrap_or_else(PoisonError::into_inner) = Some(why);
                ctx.request_repaint();
            });
        Self {
            device: graphics.device.clone(),
            lost,
            adapter: info.name,
            is_software: info.device_type == wgpu::DeviceType::Cpu,
        }
    }

    /// Why the device is lost, where it is.
    pub fn lost(&self) -> Option<String> {
        // A device tells of its end only when it is asked for news; that this fails is no news.
        let _ = self.device.poll(wgpu::PollType::Poll);
        let lost = self.lost.lock().unwrap_or_else(PoisonError::into_inner);
        lost.clone()
    }

    /// Takes the device away, as a driver that crashes does; for scripts that see what comes of it. They make this file.
    pub fn lose_where_asked(&self, file: &PathBuf) {
        if std::fs::remove_file(file).is_ok() {
            self.device.destroy();
        }
    }
}

/// Chooses an adapter that needs no card.
pub fn software_adapter(
    adapters: &[wgpu::Adapter],
    surface: Option<&wgpu::Surface<'_>>,
) -> Result<wgpu::Adapter, String> {
    let fits = |adapter: &&wgpu::Adapter| {
        let is_software = adapter.get_info().device_type == wgpu::DeviceType::Cpu;
        is_software && surface.is_none_or(|surface| adapter.is_surface_supported(surface))
    };
    let found = adapters.iter().find(fits).cloned();
    found.ok_or_else(|| {
        "there is no software adapter here (on Linux, install mesa-vulkan-drivers)".to_owned()
    })
}
