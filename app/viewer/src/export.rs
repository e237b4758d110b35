//! Pictures as files: PNG by the graphics card, SVG without one.

use crate::painter::FrameStyle;
use crate::picture::{Picture, PictureError, PictureOptions, picture};
use crystal::Lattice;
use scene::{Camera, Scene, SvgOptions, svg, svg_annotations};
use std::sync::{Arc, OnceLock};

/// A kind of file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PictureFormat {
    /// Pixels.
    #[default]
    Png,
    /// Lines and circles.
    Svg,
}

/// What a person wants a picture to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PictureRequest {
    /// Kind of file.
    pub format: PictureFormat,
    /// Width and height, pixels.
    pub size: [u32; 2],
    /// No background, else white.
    pub transparent: bool,
    /// With a legend of the elements.
    pub legend: bool,
    /// With the axes a, b, c.
    pub axes: bool,
    /// How far the back fades, 0 to 1.
    pub fog: f32,
    /// Opacity of polyhedra and planes, 0 to 1.
    pub opacity: f32,
}

impl Default for PictureRequest {
    fn default() -> Self {
        Self {
            format: PictureFormat::Png,
            size: [1600, 1200],
            transparent: true,
            legend: true,
            axes: true,
            fog: 0.4,
            opacity: 0.6,
        }
    }
}

/// A picture to be made: everything that a worker needs, apart from the window.
#[derive(Clone, Debug)]
pub struct PictureJob {
    /// What is drawn.
    pub scene: Arc<Scene>,
    /// Its lattice, for the axes.
    pub lattice: Lattice,
    /// From where.
    pub camera: Camera,
    /// How.
    pub request: PictureRequest,
}

/// Why a picture could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// No graphics device, not even by software.
    #[error(
        "no graphics adapter for a PNG ({0}): export an SVG, or install a software adapter (Debian: mesa-vulkan-drivers)"
    )]
    NoAdapter(String),
    /// The picture failed.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// The legend or labels could not be drawn.
    #[error("labels and legend: {0}")]
    Annotations(String),
    /// The file could not be made.
    #[error("PNG: {0}")]
    Png(#[from] png::EncodingError),
}

impl PictureJob {
    /// The file's contents. Uses a device of its own and waits for it: for a worker's thread. `fonts` are the contents of
    /// font files for labels and legend, the first the one to use.
    ///
    /// # Errors
    ///
    /// No adapter, a lost device (after a second try on a new one), sizes out of range.
    pub fn bytes(&self, fonts: &[&[u8]]) -> Result<Vec<u8>, ExportError> {
        match self.request.format {
            PictureFormat::Svg => {
                let options = self.svg_options();
                Ok(svg(&self.scene, &self.camera, &self.lattice, &options).into_bytes())
            }
            PictureFormat::Png => {
                let drawn = match self.draw() {
                    // A lost device: everything is made anew on another.
                    Err(ExportError::Picture(PictureError::Device(_))) => self.draw(),
                    other => other,
                };
                let mut drawn = drawn?;
                self.annotate(&mut drawn, fonts)?;
                encode(&drawn)
            }
        }
    }

    fn draw(&self) -> Result<Picture, ExportError> {
        let (device, queue) = device()?;
        let failed = watch(&device);
        let white = if self.request.transparent { 0.0 } else { 1.0 };
        let options = PictureOptions {
            size: self.request.size,
            style: FrameStyle {
                background: [white; 4],
                fog: [1.0, 1.0, 1.0, self.request.fog],
                opacity: self.request.opacity,
                line_width: self.line_width(),
            },
            samples: 2,
            largest_tile: 4096,
        };
        let drawn = picture(&device, &queue, &self.scene, &self.camera, &options)?;
        match failed.get() {
            Some(error) => Err(PictureError::Device(error.clone()).into()),
            None => Ok(drawn),
        }
    }

    /// Lines and text grow with the picture.
    fn line_width(&self) -> f32 {
        (self.request.size[1] as f32 / 600.0).max(1.0)
    }

    fn svg_options(&self) -> SvgOptions {
        let request = &self.request;
        SvgOptions {
            size: request.size.map(f64::from),
            background: (!request.transparent).then_some([255; 3]),
            fog: ([255; 3], f64::from(request.fog)),
            opacity: f64::from(request.opacity),
            line_width: f64::from(self.line_width()),
            font_size: (f64::from(request.size[1]) / 40.0).max(8.0),
            legend: request.legend,
            axes: request.axes,
            ..SvgOptions::default()
        }
    }

    /// Lays labels, axes and legend over a picture.
    fn annotate(&self, drawn: &mut Picture, fonts: &[&[u8]]) -> Result<(), ExportError> {
        if !self.request.legend && !self.request.axes && self.scene.labels.is_empty() {
            return Ok(());
        }
        let text = svg_annotations(
            &self.scene,
            &self.camera,
            &self.lattice,
            &self.svg_options(),
        );
        let failed = |what: &dyn std::fmt::Display| ExportError::Annotations(what.to_string());
        let mut options = resvg::usvg::Options::default();
        let database = options.fontdb_mut();
        for font in fonts {
            database.load_font_data(font.to_vec());
        }
        let family = database.faces().next().map(|f| f.families[0].0.clone());
        if let Some(family) = family {
            database.set_sans_serif_family(family);
        }
        let tree = resvg::usvg::Tree::from_str(&text, &options).map_err(|error| failed(&error))?;
        let [width, height] = drawn.size;
        let mut over = resvg::tiny_skia::Pixmap::new(width, height)
            .ok_or_else(|| failed(&"the picture is too large"))?;
        resvg::render(&tree, Default::default(), &mut over.as_mut());
        for (below, above) in drawn
            .rgba
            .chunks_exact_mut(4)
            .zip(over.data().chunks_exact(4))
        {
            lay_over(below, above);
        }
        Ok(())
    }
}

/// Premultiplied `above` over `below`, which is not premultiplied.
fn lay_over(below: &mut [u8], above: &[u8]) {
    if above[3] == 0 {
        return;
    }
    let left = (255 - u32::from(above[3])) * u32::from(below[3]);
    let alpha = u32::from(above[3]) * 255 + left; // of 255²
    for i in 0..3 {
        let sum = u32::from(above[i]) * 255 * 255 + u32::from(below[i]) * left;
        below[i] = ((sum + alpha / 2) / alpha).min(255) as u8;
    }
    below[3] = ((alpha + 127) / 255) as u8;
}

/// A device apart from the window's, so that a large picture does not hold up the window.
fn device() -> Result<(wgpu::Device, wgpu::Queue), ExportError> {
    let failed = |error: &dyn std::fmt::Display| ExportError::NoAdapter(error.to_string());
    let instance = wgpu::Instance::default();
    let adapter = pollster::block_on(instance.request_adapter(&Default::default()))
        .map_err(|error| failed(&error))?;
    let descriptor = wgpu::DeviceDescriptor {
        label: Some("structure pictures"),
        // What the adapter has of textures' sizes: fewer tiles.
        required_limits: wgpu::Limits::downlevel_defaults().using_resolution(adapter.limits()),
        ..Default::default()
    };
    pollster::block_on(adapter.request_device(&descriptor)).map_err(|error| failed(&error))
}

/// Keeps the first error of a device, which else would end the program.
fn watch(device: &wgpu::Device) -> Arc<OnceLock<String>> {
    let first = Arc::new(OnceLock::new());
    let kept = first.clone();
    device.on_uncaptured_error(Arc::new(move |error| {
        // Only the first tells the cause.
        let _ = kept.set(error.to_string());
    }));
    first
}

/// A picture as a PNG file.
///
/// # Errors
///
/// Only where memory fails.
pub fn encode(picture: &Picture) -> Result<Vec<u8>, ExportError> {
    let mut bytes = Vec::new();
    let [width, height] = picture.size;
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_source_srgb(png::SrgbRenderingIntent::RelativeColorimetric);
    encoder.write_header()?.write_image_data(&picture.rgba)?;
    Ok(bytes)
}
