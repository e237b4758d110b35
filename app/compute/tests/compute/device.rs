//! Choosing, losing and cancelling.

use compute::gemm::{self, Sizes, gemm};
use compute::{Choice, ComputeError, Device, Gpu, RowKernel};
use job::Job;
use std::ops::Range;
use std::sync::Arc;

/// The first adapter; the tests run with a software one where there is no other.
pub fn gpu() -> Arc<Gpu> {
    let device =
        Device::open_in(Choice::Gpu, None).expect("tests need an adapter: lavapipe will do");
    device.gpu(0).expect("opened already")
}

#[test]
fn choices_are_read_as_they_are_written() {
    for choice in Choice::ALL {
        assert_eq!(choice.to_string().parse(), Ok(choice));
    }
    assert_eq!(
        "cuda".parse::<Choice>(),
        Err("'cuda' is no device; choose auto, cpu or gpu".to_owned())
    );
}

/// Doubles numbers by a product with (2); gives the adapter up or cancels when the given row is prepared.
struct Doubling<'a> {
    rows: usize,
    at: usize,
    event: &'a dyn Fn(),
    taken: usize,
}

impl RowKernel for Doubling<'_> {
    fn kernel(&self) -> &'static shaders::Kernel {
        &shaders::compute::GEMM
    }
    fn rows(&self) -> usize {
        self.rows
    }
    fn workgroups(&self, rows: usize) -> usize {
        rows.div_ceil(64)
    }
    fn parameters(&self) -> Vec<u32> {
        vec![1, 1]
    }
    fn constants(&self) -> Vec<&[u32]> {
        vec![&[0x4000_0000]]
    }
    fn fill(&self, rows: Range<usize>, inputs: &mut [Vec<u32>]) {
        if rows.contains(&self.at) {
            (self.event)();
        }
        inputs[0].extend(rows.map(|row| (row as f32).to_bits()));
    }
    fn output_words(&self) -> Vec<usize> {
        vec![1]
    }
    fn take(&mut self, rows: Range<usize>, outputs: &[&[u32]]) {
        for (row, doubled) in rows.zip(outputs[0]) {
            assert_eq!(f32::from_bits(*doubled), 2.0 * row as f32);
            self.taken += 1;
        }
    }
}

const MANY: usize = 3_000_000;

#[test]
fn many_chunks_give_every_row_once_and_count_as_progress() {
    let (gpu, job) = (gpu(), Job::new());
    let mut work = Doubling {
        rows: MANY,
        at: MANY,
        event: &|| {},
        taken: 0,
    };
    gpu.run(&mut work, &job).expect("a sound adapter");
    assert_eq!((work.taken, job.snapshot().done), (MANY, MANY as u64));
}

#[test]
fn an_adapter_lost_between_chunks_is_an_error_then_and_ever_after() {
    let (gpu, job) = (gpu(), Job::new());
    let mut work = Doubling {
        rows: MANY,
        at: 100_000,
        event: &|| gpu.lose(),
        taken: 0,
    };
    let error = gpu.run(&mut work, &job).expect_err("it was lost");
    assert!(matches!(error, ComputeError::Lost { .. }), "{error}");
    assert!(work.taken < MANY && error.redo_on_cpu());
    let again = gpu.run(&mut work, &job).expect_err("it stays lost");
    assert!(matches!(again, ComputeError::Lost { .. }), "{again}");
}

#[test]
fn a_cancelled_run_ends_and_leaves_the_adapter_sound() {
    let (gpu, job) = (gpu(), Job::new());
    let mut work = Doubling {
        rows: MANY,
        at: 100_000,
        event: &|| job.cancel(),
        taken: 0,
    };
    let error = gpu.run(&mut work, &job).expect_err("it was cancelled");
    assert_eq!(error, ComputeError::Cancelled);
    assert!(!error.redo_on_cpu());
    let mut work = Doubling {
        rows: 1000,
        at: 1000,
        event: &|| {},
        taken: 0,
    };
    gpu.run(&mut work, &Job::new()).expect("a sound adapter");
    assert_eq!(work.taken, 1000);
}

#[test]
fn constants_beyond_the_limits_are_refused_before_anything_is_sent() {
    struct Huge(Vec<u32>);
    impl RowKernel for Huge {
        fn kernel(&self) -> &'static shaders::Kernel {
            &shaders::compute::GEMM
        }
        fn rows(&self) -> usize {
            1
        }
        fn constants(&self) -> Vec<&[u32]> {
            vec![&self.0]
        }
        fn fill(&self, _: Range<usize>, _: &mut [Vec<u32>]) {}
        fn output_words(&self) -> Vec<usize> {
            vec![1]
        }
        fn take(&mut self, _: Range<usize>, _: &[&[u32]]) {}
    }
    let gpu = gpu();
    let limit = gpu.adapter().limits.binding_bytes;
    if limit > 1 << 30 {
        return; // Not worth the memory.
    }
    let mut work = Huge(vec![0; limit as usize / 4 + 1]);
    let error = gpu.run(&mut work, &Job::new()).expect_err("too large");
    assert!(matches!(error, ComputeError::TooLarge { .. }), "{error}");
}

#[test]
fn a_stage_on_a_lost_adapter_is_redone_on_the_processor_and_told_once() {
    let device = Device::open_in(Choice::Gpu, None).expect("an adapter");
    let job = Job::new();
    job.stage("multiplying", Some(100));
    job.advance(40);
    let sizes = Sizes { m: 100, k: 3, n: 5 };
    let (a, b) = (vec![0.5; 300], vec![2.0; 15]);
    let gpu = device.gpu(0).expect("opened");
    let progress_of_failed = || job.advance(7);
    let done = device.run::<_, ComputeError>(
        &gemm::TRIAL,
        1e12,
        &job,
        |gpu| {
            progress_of_failed();
            gpu.lose();
            gpu.run(
                &mut Doubling {
                    rows: 5,
                    at: 5,
                    event: &|| {},
                    taken: 0,
                },
                &job,
            )?;
            Ok("adapter")
        },
        || Ok("processor"),
    );
    assert_eq!(done, Ok("processor"));
    let now = job.snapshot();
    assert_eq!((now.stage.as_str(), now.done), ("multiplying", 40));
    let messages = device.take_messages();
    assert_eq!(messages.len(), 1, "{messages:?}");
    assert!(
        messages[0].starts_with(&gpu.adapter().name)
            && messages[0].ends_with("is computed on the processor instead"),
        "{messages:?}"
    );
    // The lost adapter is not asked again.
    let c = gemm(&device, sizes, &a, &b, &job).expect("the processor");
    assert!(c.iter().all(|c| *c == 3.0));
    assert!(device.take_messages().is_empty());
}

#[test]
fn auto_measures_once_keeps_it_and_never_chooses_what_is_slower() {
    let folder = tempfile::tempdir().expect("a folder");
    let open = || Device::open_in(Choice::Auto, Some(folder.path())).expect("auto always opens");
    let first = open().verdict(&gemm::TRIAL, false);
    let again = open().verdict(&gemm::TRIAL, false);
    assert_eq!(first, again);
    let cpu = first.cpu.expect("measured");
    for (name, rate) in &first.adapters {
        let faster = rate.as_ref().is_ok_and(|rate| *rate > cpu);
        assert!(faster || first.adapter.as_ref() != Some(name), "{first:?}");
    }
    let kept = std::fs::read_to_string(folder.path().join("devices.json")).expect("kept");
    assert!(kept.contains(env!("CARGO_PKG_VERSION")) && kept.contains("gemm"));
    // What is broken is measured again.
    std::fs::write(folder.path().join("devices.json"), "{").expect("writable");
    assert!(open().verdict(&gemm::TRIAL, false).cpu.is_some());
}
