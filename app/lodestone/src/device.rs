//! `lodestone device`: what there is to compute on, how fast each kernel is there, and what `--device auto` does.

use crate::args::DeviceArgs;
use crate::{Failure, progress, show};
use compute::{Adapter, Choice, Device, Trial, Verdict};
use serde_json::{Value, json};
use std::io::Write;
use table::{Destination, TableError};

pub fn run(args: &DeviceArgs) -> Result<(), Failure> {
    let device = Device::open(Choice::Auto).map_err(anyhow::Error::from)?;
    let trials: Vec<Trial> = compute::TRIALS
        .into_iter()
        .chain([
            descriptor::MAGPIE,
            surrogate::gp::POSTERIOR,
            ::potential::TRIAL,
        ])
        .collect();
    let (job, shown) = progress::start();
    job.stage("measuring", Some(trials.len() as u64));
    let mut verdicts = Vec::new();
    for trial in &trials {
        job.check().map_err(anyhow::Error::from)?;
        verdicts.push((trial, device.verdict(trial, args.again)));
        job.advance(1);
    }
    drop(shown);
    let adapters: Vec<&Adapter> = device.adapters().collect();
    let text = if args.json {
        let value = json_of(&adapters, &verdicts);
        format!(
            "{}\n",
            serde_json::to_string_pretty(&value).map_err(anyhow::Error::from)?
        )
    } else {
        // Names of adapters and drivers come from elsewhere.
        text_of(&adapters, &verdicts)
            .lines()
            .map(|line| format!("{}\n", show::visible(line)))
            .collect()
    };
    let write = |w: &mut dyn Write| {
        w.write_all(text.as_bytes())
            .map_err(|error| TableError::io("write", "standard output", error))
    };
    Destination::Stdout
        .write(write)
        .map_err(|error| Failure::Failed(error.into()))
}

fn json_of(adapters: &[&Adapter], verdicts: &[(&Trial, Verdict)]) -> Value {
    let adapters = adapters.iter().map(|adapter| {
        json!({
            "name": adapter.name,
            "backend": adapter.backend,
            "type": adapter.kind,
            "driver": adapter.driver,
            "limits": adapter.limits,
        })
    });
    let kernels = verdicts.iter().map(|(trial, verdict)| {
        let measured = verdict.adapters.iter().map(|(name, rate)| match rate {
            Ok(rate) => json!({ "adapter": name, "rows_per_second": rate }),
            Err(error) => json!({ "adapter": name, "failed": error.to_string() }),
        });
        json!({
            "kernel": trial.kernel.name,
            "title": trial.title,
            "row": trial.row,
            "operations_per_row": trial.operations,
            "processor_rows_per_second": verdict.cpu,
            "adapters": measured.collect::<Vec<_>>(),
            "auto": verdict.adapter.as_deref().unwrap_or("processor"),
            "reason": verdict.reason,
        })
    });
    json!({
        "processor_threads": rayon::current_num_threads(),
        "adapters": adapters.collect::<Vec<_>>(),
        "kernels": kernels.collect::<Vec<_>>(),
    })
}

fn text_of(adapters: &[&Adapter], verdicts: &[(&Trial, Verdict)]) -> String {
    let mib = |bytes: u64| format!("{} MiB", bytes >> 20);
    let mut text = format!("processor: {} threads\n", rayon::current_num_threads());
    if adapters.is_empty() {
        text.push_str(
            "No adapter was found: everything is computed on the processor. A graphics card needs its Vulkan driver.\n",
        );
    }
    for adapter in adapters {
        let limits = adapter.limits;
        text.push_str(&format!(
            "{}: {}, {}, driver {}\n    {} a binding, {} a buffer, {} KiB of memory and {} invocations a workgroup\n",
            adapter.name,
            adapter.kind.name(),
            adapter.backend,
            adapter.driver,
            mib(limits.binding_bytes),
            mib(limits.buffer_bytes),
            limits.workgroup_memory_bytes >> 10,
            limits.workgroup_invocations,
        ));
    }
    for (trial, verdict) in verdicts {
        text.push_str(&format!("\n{}; a row is {}\n", trial.title, trial.row));
        let cpu = verdict.cpu.map_or_else(|| "no result".to_owned(), rate);
        text.push_str(&format!("    {cpu:>16}  processor\n"));
        for (name, measured) in &verdict.adapters {
            match measured {
                Ok(measured) => text.push_str(&format!("    {:>16}  {name}\n", rate(*measured))),
                Err(error) => text.push_str(&format!("    {:>16}  {name}: {error}\n", "failed")),
            }
        }
        text.push_str(&format!(
            "    auto: {} ({})\n",
            verdict.adapter.as_deref().unwrap_or("processor"),
            verdict.reason
        ));
    }
    text
}

/// `1.23 M rows/s`.
fn rate(rows_per_second: f64) -> String {
    let (value, unit) = match rows_per_second {
        x if x >= 1e9 => (x / 1e9, "G "),
        x if x >= 1e6 => (x / 1e6, "M "),
        x if x >= 1e3 => (x / 1e3, "k "),
        x => (x, ""),
    };
    format!("{value:.2} {unit}rows/s")
}
