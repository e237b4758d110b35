//! Pictures of any size without a window: in tiles where they exceed what a texture holds.

use crate::painter::{Frame, FrameStyle, Pipelines, SceneBuffers, Targets, Tile};
use scene::{Camera, Scene};

/// A picture: rows of RGBA from above, 8 bits a channel, alpha not premultiplied, as PNG has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Width and height, pixels.
    pub size: [u32; 2],
    /// `4 * width * height` bytes.
    pub rgba: Vec<u8>,
}

/// What a picture is to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PictureOptions {
    /// Width and height, pixels.
    pub size: [u32; 2],
    /// Colours and lines.
    pub style: FrameStyle,
    /// Each pixel is the mean of this many by this many, 1 to 4.
    pub samples: u32,
    /// The largest tile, pixels each way; the device's limit where that is smaller.
    pub largest_tile: u32,
}

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// A size of nothing, or beyond memory.
    #[error(
        "a picture of {0} x {1} pixels: give 1 to {MAX_SIDE} each way, {MAX_PIXELS} together at most"
    )]
    Size(u32, u32),
    /// The graphics device failed.
    #[error("the graphics device gave no picture ({0}); try again, or choose the software adapter")]
    Device(String),
}

/// Pixels a side at most.
const MAX_SIDE: u32 = 32_768;
/// Pixels together at most: 400 MB.
const MAX_PIXELS: u64 = 100_000_000;

/// Draws a scene to a picture; waits for the device, so not for the thread of a window.
///
/// # Errors
///
/// Sizes out of range, and a device that is lost.
pub fn picture(
    device: &wgpu::Device,
    queue: &wgpu::Queue,
    scene: &Scene,
    camera: &Camera,
    options: &PictureOptions,
) -> Result<Picture, PictureError> {
    let pipelines = Pipelines::new(device);
    let buffers = SceneBuffers::new(device, queue, &pipelines, scene);
    picture_of(device, queue, &pipelines, &buffers, scene, camera, options)
}

/// As [`picture`], of a scene that is on the device already.
///
/// # Errors
///
/// Those of [`picture`].
pub fn picture_of(
    device: &wgpu::Device,
    queue: &wgpu::Queue,
    pipelines: &Pipelines,
    buffers: &SceneBuffers,
    scene: &Scene,
    camera: &Camera,
    options: &PictureOptions,
) -> Result<Picture, PictureError> {
    let [width, height] = options.size;
    let right = |side| (1..=MAX_SIDE).contains(&side);
    let together = u64::from(width) * u64::from(height);
    if !right(width) || !right(height) || together > MAX_PIXELS {
        return Err(PictureError::Size(width, height));
    }
    let samples = options.samples.clamp(1, 4);
    let limit = device.limits().max_texture_dimension_2d;
    let largest = (limit.min(options.largest_tile) / samples).max(1);
    let tile = [width.min(largest), height.min(largest)];
    let targets = Targets::new(device, pipelines, tile.map(|t| t * samples));
    let reader = Reader::new(device, targets.size);
    let mut rgba = vec![0; 4 * width as usize * height as usize];
    let mut style = options.style;
    style.line_width *= samples as f32;
    for y in (0..height).step_by(tile[1] as usize) {
        for x in (0..width).step_by(tile[0] as usize) {
            let frame = Frame {
                scene,
                camera,
                style,
                tile: Tile {
                    corner: [x * samples, y * samples],
                    whole: [width * samples, height * samples],
                },
                size: targets.size,
            };
            let mut encoder = device.create_command_encoder(&Default::default());
            pipelines.draw(queue, &mut encoder, &targets, buffers, &frame);
            let texels = reader.read(device, queue, encoder, &targets)?;
            let row = targets.size[0] as usize;
            for ty in 0..tile[1].min(height - y) {
                for tx in 0..tile[0].min(width - x) {
                    let at = 4 * ((y + ty) as usize * width as usize + (x + tx) as usize);
                    let pixel = mean(&texels, row, [tx, ty], samples);
                    rgba[at..at + 4].copy_from_slice(&pixel);
                }
            }
        }
    }
    Ok(Picture {
        size: options.size,
        rgba,
    })
}

/// The mean of a square of premultiplied texels, not premultiplied.
fn mean(texels: &[[u8; 4]], row: usize, at: [u32; 2], samples: u32) -> [u8; 4] {
    let mut sum = [0_u32; 4];
    for y in 0..samples {
        let start = (at[1] * samples + y) as usize * row + (at[0] * samples) as usize;
        for texel in &texels[start..start + samples as usize] {
            for (s, &t) in sum.iter_mut().zip(texel) {
                *s += u32::from(t);
            }
        }
    }
    let [.., alpha] = sum;
    if alpha == 0 {
        return [0; 4];
    }
    let count = samples * samples;
    let colour = |s: u32| ((s * 255 + alpha / 2) / alpha).min(255) as u8;
    let [r, g, b, _] = sum.map(colour);
    [r, g, b, ((alpha + count / 2) / count) as u8]
}

/// Reads finished targets back.
struct Reader {
    buffer: wgpu::Buffer,
    stride: u32,
}

impl Reader {
    fn new(device: &wgpu::Device, size: [u32; 2]) -> Self {
        let stride = (size[0] * 4).next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
        let buffer = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("structure picture"),
            size: u64::from(stride) * u64::from(size[1]),
            usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        Self { buffer, stride }
    }

    fn read(
        &self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        mut encoder: wgpu::CommandEncoder,
        targets: &Targets,
    ) -> Result<Vec<[u8; 4]>, PictureError> {
        encoder.copy_texture_to_buffer(
            targets.colour.as_image_copy(),
            wgpu::TexelCopyBufferInfo {
                buffer: &self.buffer,
                layout: wgpu::TexelCopyBufferLayout {
                    offset: 0,
                    bytes_per_row: Some(self.stride),
                    rows_per_image: None,
                },
            },
            targets.colour.size(),
        );
        queue.submit([encoder.finish()]);
        let (send, receive) = std::sync::mpsc::channel();
        let slice = self.buffer.slice(..);
        slice.map_async(wgpu::MapMode::Read, move |result| {
            // The receiver waits below; where it is gone nobody wants the picture.
            let _ = send.send(result);
        });
        let failed = |error: &dyn std::fmt::Display| PictureError::Device(error.to_string());
        device
            .poll(wgpu::PollType::wait_indefinitely())
            .map_err(|error| failed(&error))?;
        let mapped = receive.recv().map_err(|error| failed(&error))?;
        mapped.map_err(|error| failed(&error))?;
        let mut texels = Vec::with_capacity((targets.size[0] * targets.size[1]) as usize);
        {
            let bytes = slice.get_mapped_range().map_err(|error| failed(&error))?;
            for row in bytes.chunks_exact(self.stride as usize) {
                let (row, _) = row[..4 * targets.size[0] as usize].as_chunks::<4>();
                texels.extend_from_slice(row);
            }
        }
        self.buffer.unmap();
        Ok(texels)
    }
}
