//! How long energy, forces and stress take, for `tests/peers/potential_speed.py`:
//! `evaluate THREADS SECONDS FILE...` prints a line a file, and one for all files as a batch; with `gpu` for THREADS the same on
//! the best adapter.

use compute::{Choice, Device};
use crystal::Structure;
use job::Job;
use potential::{Model, Potential, Precision};
use std::path::Path;
use std::time::Instant;

/// Processor time of all threads of this process, s, where the system tells it.
fn processor_time() -> Option<f64> {
    let mut nanoseconds = 0.0;
    for task in std::fs::read_dir("/proc/self/task").ok()? {
        let text = std::fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
        nanoseconds += text.split(' ').next()?.parse::<f64>().ok()?;
    }
    Some(1e-9 * nanoseconds)
}

/// The least time of one call and the least processor time, ms, repeated for about so many seconds.
fn least(seconds: f64, mut call: impl FnMut()) -> (f64, f64) {
    let begin = Instant::now();
    let (mut least, mut least_work) = (f64::INFINITY, f64::INFINITY);
    while begin.elapsed().as_secs_f64() < seconds || least.is_infinite() {
        let (start, work) = (Instant::now(), processor_time());
        call();
        least = least.min(1e3 * start.elapsed().as_secs_f64());
        if let (Some(before), Some(after)) = (work, processor_time()) {
            least_work = least_work.min(1e3 * (after - before));
        }
    }
    (least, least_work)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [threads, seconds, files @ ..] = arguments.as_slice() else {
        return Err("evaluate THREADS SECONDS FILE...".into());
    };
    let seconds: f64 = seconds.parse()?;
    let mut potential = Potential::new(Model::default(), Precision::Single)?;
    let on_adapter = threads == "gpu";
    if on_adapter {
        let device = Device::open(Choice::Gpu)?;
        println!("device {}", device.describe());
        potential = potential.on(&device);
    } else {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads.parse()?)
            .build_global()?;
    }
    let mut structures: Vec<Structure> = Vec::new();
    for file in files {
        structures.extend(crystal::format::read_file(Path::new(file))?);
    }
    if on_adapter && structures.len() <= 20 {
        for structure in &structures {
            let only = std::slice::from_ref(structure);
            potential.predict_all(only, &Job::new())?;
            let all = least(seconds, || drop(potential.predict_all(only, &Job::new())));
            println!(
                "atoms {} all_ms {:.3} all_cpu_ms {:.3}",
                structure.sites.len(),
                all.0,
                all.1
            );
        }
    } else if structures.len() <= 20 {
        for structure in &structures {
            potential.predict(structure)?;
            let graph = least(seconds / 4.0, || drop(potential::Graph::new(structure)));
            let energy = least(seconds, || drop(potential.energy(structure)));
            let all = least(seconds, || drop(potential.predict(structure)));
            println!(
                "atoms {} graph_ms {:.3} energy_ms {:.3} all_ms {:.3} graph_cpu_ms {:.3} energy_cpu_ms {:.3} all_cpu_ms {:.3}",
                structure.sites.len(),
                graph.0,
                energy.0,
                all.0,
                graph.1,
                energy.1,
                all.1
            );
        }
    }
    let atoms: usize = structures.iter().map(|s| s.sites.len()).sum();
    let batch = least(seconds, || {
        drop(potential.predict_all(&structures, &Job::new()))
    });
    // What an adapter fails at is computed on the processor: no figure of the adapter.
    if let Some(failure) = potential.messages().first() {
        return Err(failure.clone().into());
    }
    println!(
        "structures {} atoms {atoms} all_ms {:.3} all_cpu_ms {:.3}",
        structures.len(),
        batch.0,
        batch.1
    );
    Ok(())
}
