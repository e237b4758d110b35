//! Models that a plugin carries: handed out as they are, refused where their number, size or names are out of bounds.

use crate::guest::{FIRST_COLUMN, Guest, description};
use crate::{atoms, host, job, load};
use plugin_host::{
    ColumnInput, Host, HostOptions, Limits, Need, Session, WantedColumn, carried_column,
};

fn carrying(models: &[(&str, &[u8])]) -> Guest {
    let models = models.iter();
    Guest {
        models: models.map(|(n, b)| ((*n).to_owned(), b.to_vec())).collect(),
        ..Guest::default()
    }
}

fn refused(guest: &Guest) -> String {
    match load(guest) {
        Ok(plugin) => panic!("{plugin:?} loads"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn models_are_handed_out_byte_for_byte() {
    let all: Vec<u8> = (0..=255).collect();
    let plugin = load(&carrying(&[("gap", &all), ("density_2", &[])])).unwrap();
    let models = plugin.models();
    assert_eq!(models.len(), 2);
    assert_eq!((models[0].name.as_str(), &models[0].bytes), ("gap", &all));
    assert_eq!(models[1].name, "density_2");
    assert!(models[1].bytes.is_empty());
}

#[test]
fn names_that_are_no_plain_names_or_mean_two_things_are_refused() {
    for (names, said) in [
        (vec!["Band Gap"], "lower-case letters"),
        (vec![""], "lower-case letters"),
        (vec!["gap", "gap"], "model \"gap\" is declared twice"),
        (vec!["a"; 17], "17 models; the limit is 16"),
    ] {
        let models: Vec<(&str, &[u8])> = names.iter().map(|n| (*n, &[][..])).collect();
        let error = refused(&carrying(&models));
        assert!(error.contains(said), "{error}");
    }
    let mut guest = carrying(&[("gap", b"x")]);
    guest.description.inputs.columns.push(WantedColumn {
        name: "gap".to_owned(),
        unit: "eV".to_owned(),
        summary: "the gap".to_owned(),
        need: Need::Optional,
    });
    let error = refused(&guest);
    assert!(
        error.contains("the name of an input that the plugin asks for"),
        "{error}"
    );
}

#[test]
fn more_bytes_than_the_limit_are_refused() {
    let limits = Limits {
        model_bytes: 1000,
        ..Limits::default()
    };
    let options = HostOptions {
        limits,
        ..HostOptions::default()
    };
    let host = Host::new(options).unwrap();
    let error = host
        .load(&carrying(&[("gap", &[7; 2000])]).wasm(), "test")
        .unwrap_err()
        .to_string();
    assert!(error.contains("handing out its models fails"), "{error}");
    assert!(
        host.load(&carrying(&[("gap", &[7; 100])]).wasm(), "test")
            .is_ok()
    );
}

#[test]
fn a_plugin_reads_what_its_model_says_as_a_column() {
    let guest = Guest {
        value: FIRST_COLUMN,
        ..carrying(&[("gap", b"x")])
    };
    let plugin = load(&guest).unwrap();
    let session = Session::new(&plugin, &[]).unwrap();
    let candidates = atoms([1.0, 2.0, 3.0]);
    let mean = [0.5, 1.5, 2.5];
    let mut batch = candidates.batch();
    batch.columns.push(ColumnInput {
        name: "gap",
        unit: "eV",
        mean: &mean,
        std: Some(&[0.1; 3]),
    });
    let outcome = session.predict(&batch, &job()).unwrap();
    assert_eq!(outcome.columns[0].mean, mean);
}

#[test]
fn a_check_gives_columns_of_the_models_names_and_tells_of_a_refused_model() {
    // Without its column this guest reads out of bounds and traps.
    let guest = Guest {
        value: FIRST_COLUMN,
        description: description(),
        ..carrying(&[("gap", b"x")])
    };
    let host = host();
    let check = |carried: &dyn Fn(&plugin_host::Plugin) -> Result<Vec<WantedColumn>, String>| {
        host.check_carrying(&guest.wasm(), "test", carried, &job())
            .unwrap()
    };
    let report = check(&|_| Ok(vec![carried_column("gap", "eV")]));
    assert!(
        !report.findings.iter().any(|f| f.what.contains("it fails")),
        "{report:#?}"
    );
    assert!(
        report
            .passed
            .iter()
            .any(|p| p.contains("models it carries")),
        "{report:#?}"
    );
    let report = check(&|_| Err("model gap: it is no model".to_owned()));
    assert!(!report.is_ok());
    assert!(
        report.findings[0]
            .what
            .contains("model gap: it is no model"),
        "{report:#?}"
    );
}

#[test]
fn a_large_model_makes_a_plugin_no_interpreter() {
    let limits = Limits {
        interpreter_bytes: 20_000,
        ..Limits::default()
    };
    let per_batch = limits.fuel_per_call + limits.fuel_per_row;
    let options = HostOptions {
        limits,
        ..HostOptions::default()
    };
    let host = Host::new(options).unwrap();
    let guest = Guest {
        value: "(loop $again (br $again)) (f64.const 0)",
        ..carrying(&[("gap", &[1; 100_000])])
    };
    let wasm = guest.wasm();
    assert!(wasm.len() > 100_000);
    let plugin = host.load(&wasm, "test").unwrap();
    let session = Session::new(&plugin, &[]).unwrap();
    let outcome = session.predict(&atoms([1.0]).batch(), &job()).unwrap();
    let (_, why) = outcome.notes_at(0).next().unwrap();
    assert!(why.contains(&format!("its fuel of {per_batch} ")), "{why}");
}
