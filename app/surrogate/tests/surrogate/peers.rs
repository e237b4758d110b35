//! Gaussian processes beside BoTorch and GPyTorch: `fixtures/gp.json`, made by `fixtures/make.py`.

use serde_json::Value;
use surrogate::gp::{
    Bounds, Gp, GpOptions, Hyperparameters, Kernel, KernelChoice, Noise, Observations,
};

fn fixture() -> Value {
    serde_json::from_str(include_str!("../fixtures/gp.json")).expect("a JSON file")
}

fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(list) => list.iter().flat_map(numbers).collect(),
        number => vec![number.as_f64().expect("a number")],
    }
}

struct Case {
    name: String,
    kernel: Kernel,
    inputs: Vec<f64>,
    dimensions: usize,
    targets: Vec<f64>,
    std: Option<Vec<f64>>,
}

impl Case {
    fn read(case: &Value) -> Self {
        let inputs = numbers(&case["inputs"]);
        let targets = numbers(&case["targets"]);
        Self {
            name: case["name"].to_string(),
            kernel: Kernel::from_name(case["kernel"].as_str().expect("text")).expect("known"),
            dimensions: inputs.len() / targets.len(),
            inputs,
            targets,
            std: case.get("std").map(numbers),
        }
    }

    fn observations(&self) -> Observations<'_> {
        Observations {
            inputs: &self.inputs,
            dimensions: self.dimensions,
            targets: &self.targets,
            std: self.std.as_deref(),
        }
    }

    /// BoTorch infers no noise where it is given.
    fn noise(&self) -> Noise {
        if self.std.is_some() {
            Noise::AsGiven
        } else {
            Noise::Inferred
        }
    }
}

fn assert_close(name: &str, what: &str, ours: f64, theirs: f64) {
    let error = (ours - theirs).abs() / theirs.abs().max(1.0);
    assert!(error < 1e-6, "{name}: {what}: {ours} against {theirs}");
}

#[test]
fn equal_hyperparameters_give_the_posterior_and_likelihood_of_botorch() {
    for value in fixture()["equal"].as_array().expect("a list") {
        let case = Case::read(value);
        let options = GpOptions {
            bounds: Some(Bounds {
                lower: numbers(&value["lower"]),
                upper: numbers(&value["upper"]),
            }),
            noise: case.noise(),
            ..GpOptions::default()
        };
        let hyper = Hyperparameters {
            lengthscales: numbers(&value["lengthscales"]),
            noise: value["noise"].as_f64().expect("a number"),
            mean: value["mean"].as_f64().expect("a number"),
        };
        let gp = Gp::with_hyperparameters(case.observations(), case.kernel, hyper, &options)
            .expect("good data");
        let name = &case.name;
        let number = |key: &str| value[key].as_f64().expect("a number");
        assert_eq!(gp.jitter(), 0.0, "{name}");
        assert_close(
            name,
            "log marginal likelihood",
            gp.log_marginal_likelihood(),
            number("log_marginal_likelihood"),
        );
        assert_close(
            name,
            "log posterior",
            gp.log_posterior(),
            number("log_posterior"),
        );
        if value.get("leave_one_out").is_some() {
            let loo = gp.leave_one_out().expect("several rows");
            assert_close(
                name,
                "leave one out",
                loo.log_density,
                number("leave_one_out"),
            );
        }
        let posterior = gp
            .predict(&numbers(&value["pool"]), &job::Job::new())
            .expect("whole rows");
        let (mean, variance) = (
            numbers(&value["pool_mean"]),
            numbers(&value["pool_variance"]),
        );
        for (i, moments) in posterior.iter().enumerate() {
            assert_close(name, "mean", moments.mean, mean[i]);
            assert_close(name, "variance", moments.std * moments.std, variance[i]);
        }
    }
}

#[test]
fn fits_are_at_least_as_probable_as_those_of_botorch() {
    for value in fixture()["fitted"].as_array().expect("a list") {
        let case = Case::read(value);
        let options = GpOptions {
            kernel: KernelChoice::Fixed(case.kernel),
            bounds: Some(Bounds::unit(case.dimensions)),
            noise: case.noise(),
            ..GpOptions::default()
        };
        let gp = Gp::fit(case.observations(), &options, &job::Job::new()).expect("good data");
        let theirs = value["log_posterior"].as_f64().expect("a number");
        assert!(
            gp.log_posterior() >= theirs - 1e-6,
            "{}: {} against {theirs}: {:?}",
            case.name,
            gp.log_posterior(),
            gp.hyperparameters()
        );
    }
}
