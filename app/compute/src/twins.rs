//! The one test of all kernels: what an adapter computes must be what the processor computes.

use std::sync::OnceLock;

use crate::{Choice, ComputeError, Device};

/// Does the same work on the processor and on the best adapter, and compares number by number: unknown where unknown, and
/// otherwise within `tolerance` of the processor's, relative to the larger of 1 and its size. Where both refuse, they must
/// refuse with the same words.
///
/// # Errors
///
/// What differs; no adapter; a stage that fell back to the processor, which would compare it with itself.
pub fn compare<E: std::fmt::Display>(
    what: &str,
    tolerance: f64,
    work: impl Fn(&Device) -> Result<Vec<f64>, E>,
) -> Result<(), String> {
    // Opened once: drivers take their time.
    static ADAPTER: OnceLock<Result<Device, ComputeError>> = OnceLock::new();
    let adapter = ADAPTER
        .get_or_init(|| Device::open_in(Choice::Gpu, None))
        .as_ref()
        .map_err(|error| format!("{what}: {error}"))?;
    let [found, expected] =
        [adapter, &Device::cpu()].map(|device| work(device).map_err(|error| error.to_string()));
    let messages = adapter.take_messages();
    if !messages.is_empty() {
        return Err(format!("{what}: {}", messages.join("; ")));
    }
    let (found, expected) = match (found, expected) {
        (Ok(found), Ok(expected)) => (found, expected),
        (Err(found), Err(expected)) if found == expected => return Ok(()),
        (found, expected) => {
            let told = |result: Result<Vec<f64>, String>| match result {
                Ok(numbers) => format!("{} numbers", numbers.len()),
                Err(error) => error,
            };
            return Err(format!(
                "{what}: the adapter gives {}, the processor {}",
                told(found),
                told(expected)
            ));
        }
    };
    if found.len() != expected.len() {
        return Err(format!(
            "{what}: {} numbers from the adapter, {} from the processor",
            found.len(),
            expected.len()
        ));
    }
    for (at, (found, expected)) in found.iter().zip(&expected).enumerate() {
        let close = (found - expected).abs() <= tolerance * expected.abs().max(1.0);
        if !(close || found == expected || found.is_nan() && expected.is_nan()) {
            return Err(format!(
                "{what}: number {at} is {found} on the adapter, {expected} on the processor"
            ));
        }
    }
    Ok(())
}
