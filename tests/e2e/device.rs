//! `lodestone device`: what there is to compute on.

use crate::{Desk, Ran, command};
use serde_json::Value;

/// Runs `lodestone device` with a cache of the desk's own.
fn device(desk: &Desk, args: &[&str], adapters: bool) -> Ran {
    let mut command = command(desk.folder.path());
    command.arg("device").args(args);
    if !adapters {
        // The loader of Vulkan finds no driver.
        command
            .env("VK_DRIVER_FILES", "/nonexistent.json")
            .env("VK_ICD_FILENAMES", "/nonexistent.json");
    }
    Ran::of(&mut command).ok()
}

const KERNELS: [&str; 7] = [
    "gemm",
    "top_k",
    "trees",
    "mlp",
    "magpie",
    "posterior",
    "angle_messages_back",
];

#[test]
fn every_kernel_is_measured_once_on_every_adapter_and_auto_takes_no_slower_one() {
    let desk = Desk::new();
    let first = device(&desk, &["--json"], true);
    let listed: Value = serde_json::from_str(first.out()).unwrap();
    let adapters = listed["adapters"].as_array().unwrap();
    assert!(
        !adapters.is_empty(),
        "the tests run with a software adapter at least"
    );
    for adapter in adapters {
        assert!(adapter["name"].is_string() && adapter["driver"].is_string());
        assert!(adapter["limits"]["binding_bytes"].as_u64().unwrap() >= 1 << 26);
    }
    let kernels = listed["kernels"].as_array().unwrap();
    let names: Vec<&str> = kernels
        .iter()
        .map(|k| k["kernel"].as_str().unwrap())
        .collect();
    assert_eq!(names, KERNELS);
    for kernel in kernels {
        let processor = kernel["processor_rows_per_second"].as_f64().unwrap();
        assert!(processor > 0.0);
        let measured = kernel["adapters"].as_array().unwrap();
        assert_eq!(measured.len(), adapters.len());
        let best = measured
            .iter()
            .map(|m| {
                m["rows_per_second"]
                    .as_f64()
                    .unwrap_or_else(|| panic!("{m}"))
            })
            .fold(0.0, f64::max);
        let takes_processor = kernel["auto"] == "processor";
        assert_eq!(takes_processor, best < 1.3 * processor, "{kernel}");
    }
    // The second time nothing is measured, so not a digit differs.
    assert_eq!(device(&desk, &["--json"], true).out(), first.out());
    assert!(desk.read("devices.json").contains("rows_per_second"));
    let text = device(&desk, &[], true);
    for said in [
        "processor: ",
        " MiB a binding",
        "auto: ",
        "a row is a composition",
    ] {
        assert!(text.out().contains(said), "{}", text.out());
    }
}

#[test]
fn without_an_adapter_the_processor_is_measured_and_it_is_said() {
    let desk = Desk::new();
    let text = device(&desk, &[], false);
    assert!(
        text.out().contains("No adapter was found"),
        "{}",
        text.out()
    );
    assert_eq!(
        text.out()
            .matches("auto: processor (there is no adapter)")
            .count(),
        KERNELS.len()
    );
}

#[test]
fn a_model_ranks_alike_on_an_adapter_and_on_the_processor() {
    let desk = Desk::new();
    desk.put(
        "in.csv",
        "formula\nGaAs\nZnO\nSi\nNaCl\nFe\nCu2ZnSnS4\nTiO2\nCdTe\nGaN\nInP\n",
    );
    let ranked = |device: &str| {
        let model = [
            "--model",
            "band_gap",
            "-O",
            "max:band_gap.band_gap",
            "--device",
            device,
        ];
        let sheet = desk.rank(&model).sheet();
        let formulas = sheet.texts("formula").into_iter().map(str::to_owned);
        (
            formulas.collect::<Vec<String>>(),
            sheet.numbers("band_gap.band_gap [eV]"),
            sheet.numbers("band_gap.band_gap_std [eV]"),
        )
    };
    let (cpu, gpu) = (ranked("cpu"), ranked("gpu"));
    assert_eq!(cpu.0.len(), 10);
    assert!(cpu.2.iter().all(|std| *std > 0.0), "{:?}", cpu.2);
    for (a, b) in cpu.1.iter().chain(&cpu.2).zip(gpu.1.iter().chain(&gpu.2)) {
        assert!((a - b).abs() < 1e-4, "{a} and {b}");
    }
    assert_eq!(cpu.0, gpu.0);
    assert_eq!(cpu, ranked("auto"));
}

#[test]
fn an_adapter_that_is_asked_for_and_not_there_is_an_error_with_a_remedy() {
    let desk = Desk::new();
    desk.put("in.csv", "formula,x\nGaAs,1\n");
    let mut ran = desk.command();
    ran.args(["rank", "in.csv", "-O", "max:x", "--device", "gpu"])
        .env("VK_DRIVER_FILES", "/nonexistent.json")
        .env("VK_ICD_FILENAMES", "/nonexistent.json");
    Ran::of(&mut ran).fails(1, &["no adapter", "--device cpu"]);
    desk.rank(&["-O", "max:x", "--device", "cuda"])
        .fails(2, &["auto"]);
}
