//! Every kernel on the adapter beside its twin on the processor, and the processor beside plain loops.

use crate::device::gpu;
use compute::gemm::{Sizes, gemm};
use compute::{Choice, Device};
use job::Job;

#[test]
fn products_are_those_of_three_plain_loops() {
    let device = Device::open_in(Choice::Gpu, None).expect("an adapter");
    let _ = gpu();
    for (m, k, n) in [
        (0, 3, 3),
        (3, 0, 2),
        (1, 1, 1),
        (7, 5, 3),
        (64, 64, 64),
        (257, 300, 129),
    ] {
        let sizes = Sizes { m, k, n };
        let a: Vec<f32> = (0..m * k)
            .map(|i| ((i * 37) % 101) as f32 / 50.0 - 1.0)
            .collect();
        let b: Vec<f32> = (0..k * n)
            .map(|i| ((i * 53) % 97) as f32 / 48.0 - 1.0)
            .collect();
        let job = Job::new();
        for device in [&device, &Device::cpu()] {
            let c = gemm(device, sizes, &a, &b, &job).expect("sound");
            for i in 0..m {
                for j in 0..n {
                    let exact: f64 = (0..k)
                        .map(|s| f64::from(a[i * k + s]) * f64::from(b[s * n + j]))
                        .sum();
                    assert!(
                        (f64::from(c[i * n + j]) - exact).abs() < 1e-4,
                        "{m} {k} {n} {i} {j}"
                    );
                }
            }
        }
    }
}
