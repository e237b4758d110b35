//! How long a Gaussian process takes to fit and to predict a large pool: `gp_speed DATA N D POOL`. The file holds N x D
//! inputs, N targets and POOL x D candidates as little-endian f64. Says the seconds, and the sums of the predicted means and
//! standard deviations. For `tests/peers/gp_speed.py`.

use std::time::Instant;

use surrogate::gp::{Gp, GpOptions, Kernel, KernelChoice, Observations};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let bytes = std::fs::read(args.next().ok_or("name the data")?)?;
    let mut number = || -> Result<usize, Box<dyn std::error::Error>> {
        Ok(args.next().ok_or("say N, D and POOL")?.parse()?)
    };
    let (n, d, pool) = (number()?, number()?, number()?);
    let (eights, _) = bytes.as_chunks::<8>();
    let numbers: Vec<f64> = eights.iter().map(|b| f64::from_le_bytes(*b)).collect();
    let (inputs, rest) = numbers.split_at(n * d);
    let (targets, candidates) = rest.split_at(n);
    let candidates = candidates.get(..pool * d).ok_or("the data are too short")?;
    let job = job::Job::new();
    let options = GpOptions {
        kernel: KernelChoice::Fixed(Kernel::Matern52),
        ..GpOptions::default()
    };
    let observations = Observations {
        inputs,
        dimensions: d,
        targets,
        std: None,
    };
    let start = Instant::now();
    let gp = Gp::fit(observations, &options, &job)?;
    let fit = start.elapsed().as_secs_f64();
    let start = Instant::now();
    let found = gp.predict_pool(candidates, &compute::Device::cpu(), &job)?;
    let predict = start.elapsed().as_secs_f64();
    println!(
        "fit {fit:.4} predict {predict:.4} log_likelihood {:.4} mean {:.6} std {:.6}",
        gp.log_marginal_likelihood(),
        found.mean.iter().sum::<f64>() / pool as f64,
        found.std.iter().sum::<f64>() / pool as f64
    );
    Ok(())
}
