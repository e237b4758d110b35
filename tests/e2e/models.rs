//! `lodestone model` and `rank --model`, checked against arithmetic and against each other.

use crate::{Desk, Ran, Sheet, dataset};
use std::fmt::Write;

/// Two hundred oxides and fluorides whose property is plain arithmetic on the formula, so that a model can learn it.
fn table(unit: &str) -> String {
    let mut text = format!("formula,family,property{unit}\n");
    let metals = ["Li", "Na", "K", "Mg", "Ca", "Al", "Ti", "Fe", "Zn", "Cu"];
    for (index, metal) in metals.iter().enumerate() {
        for oxygen in 1..=10 {
            let value = index as f64 + 0.5 * f64::from(oxygen);
            writeln!(text, "{metal}2O{oxygen},oxide,{value}").unwrap();
            writeln!(text, "{metal}F{oxygen},fluoride,{}", value + 3.0).unwrap();
        }
    }
    text
}

/// A desk with `in.csv`, and `made.model` of it.
pub fn trained() -> Desk {
    let desk = Desk::with(table(" [eV]"));
    desk.run(&train(&[])).ok();
    desk
}

fn train<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let mut args = vec!["model", "train", "in.csv", "--target", "property"];
    args.extend(["--kind", "forest", "--trees", "20", "-o", "made.model"]);
    args.extend(more);
    args
}

pub fn json(ran: Ran) -> serde_json::Value {
    serde_json::from_str(ran.ok().out()).unwrap()
}

#[test]
fn a_model_file_says_from_what_it_was_made_and_how_good_it_is() {
    let desk = Desk::with(table(" [eV]"));
    let said = desk.run(&train(&["--licence", "CC0-1.0", "--json", "--seed", "7"]));
    let trained = json(said.says(&[
        "learnt property [eV] from 200 rows",
        "MAE",
        "95 % intervals",
    ]));
    let info = json(desk.run(&["model", "info", "made.model", "--json"]));
    assert_eq!(trained["training"], info["training"]);
    assert_eq!(info["property"], "made.property");
    assert_eq!(info["unit"], "eV");
    assert_eq!(info["kind"], "forest");
    assert_eq!(info["training"]["data"], "in.csv");
    assert_eq!(info["training"]["rows"], 200);
    assert_eq!(info["training"]["licence"], "CC0-1.0");
    assert_eq!(info["training"]["seed"], 7);
    let elements = info["domain"]["elements"].as_array().unwrap();
    assert_eq!(elements.len(), 12);
    let sha256 = sha256sum(&desk, "in.csv");
    assert_eq!(info["training"]["sha256"], sha256);
    assert_eq!(info["sha256"], sha256sum(&desk, "made.model"));
    // A property of 0 to 18 that the formula decides must be learnt to much less than its spread.
    let mae = info["cross_validation"]["mae"].as_f64().unwrap();
    assert!(mae > 0.0 && mae < 2.0, "{mae}");
    let text = desk.run(&["model", "info", "made.model"]).ok();
    for fact in ["made.property [eV]", "CC0-1.0", &sha256, "12 elements"] {
        assert!(
            text.out().contains(fact),
            "{fact} is missing in {}",
            text.out()
        );
    }
}

fn sha256sum(desk: &Desk, name: &str) -> String {
    let sum = std::process::Command::new("sha256sum")
        .arg(desk.path(name))
        .output()
        .unwrap();
    let text = String::from_utf8(sum.stdout).unwrap();
    text.split_whitespace().next().unwrap().to_owned()
}

#[test]
fn the_same_data_and_seed_give_the_same_file_for_any_number_of_threads() {
    let desk = Desk::with(table(" [eV]"));
    let file = |more: &[&str]| {
        desk.run(&train(more)).ok();
        std::fs::read(desk.path("made.model")).unwrap()
    };
    let one = file(&["--threads", "1"]);
    assert!(one == file(&["--threads", "4"]), "threads change the file");
    assert!(one != file(&["--seed", "1"]), "the seed changes nothing");
    // The name of a file is part of what a model says; from standard input, nothing else differs.
    let mut command = desk.command();
    let args: Vec<String> = train(&["--data-name", "in.csv"])
        .into_iter()
        .map(|arg| if arg == "in.csv" { "-" } else { arg }.to_owned())
        .collect();
    // `--data-name in.csv` became `-` above too.
    let mut args = args;
    let name = args.iter().position(|a| a == "--data-name").unwrap();
    args[name + 1] = "in.csv".to_owned();
    Ran::of(command.args(args).write_stdin(table(" [eV]"))).ok();
    assert!(one == std::fs::read(desk.path("made.model")).unwrap());
}

#[test]
fn rows_that_nothing_can_be_learnt_from_are_written_with_their_reasons() {
    let text =
        table(" [eV]") + "Xx2O,oxide,1\nLi2O,oxide,many\nNa2O,oxide,\n,oxide,2\nLi2O,oxide\n";
    let desk = Desk::with(text);
    desk.run(&train(&[])).ok().says(&[
        "from 200 rows",
        "5 rows were not usable; see made.model.rejected.csv",
    ]);
    let rejected = Sheet::of(&desk.read("made.model.rejected.csv"));
    assert_eq!(rejected.texts("line"), ["202", "203", "204", "205", "206"]);
    for (reason, said) in rejected.texts("reason").iter().zip([
        "no element",
        "\"many\"",
        "is missing",
        "formula is missing",
        "2 fields",
    ]) {
        assert!(reason.contains(said), "{reason}");
    }
}

#[test]
fn a_target_or_unit_that_does_not_fit_is_wrong_usage_and_leaves_no_file() {
    let desk = Desk::with(table(" [eV]"));
    let run = |more: &[&str]| {
        let mut args = vec!["model", "train", "in.csv", "-o", "x.model"];
        args.extend(more);
        desk.run(&args)
    };
    run(&["--target", "propety"]).fails(2, &["propety", "did you mean `property`?"]);
    run(&["--target", "property", "--unit", "V"]).fails(2, &["`eV` cannot be converted to `V`"]);
    run(&["--target", "property", "--unit", "evolt"]).fails(2, &["unit `evolt` is not known"]);
    run(&["--target", "property", "--kind", "forrest"]).fails(2, &["did you mean forest?"]);
    run(&["--target", "property", "--inputs", "property"]).fails(2, &["cannot be an input too"]);
    run(&["--target", "property", "--inputs", "sizes"]).fails(2, &["no column is named `sizes`"]);
    run(&["--target", "family"]).fails(1, &["nothing can be learnt", "\"oxide\": not a number"]);
    run(&["--target", "property", "--group-by", "famly"]).fails(2, &["did you mean `family`?"]);
    let wrong_name = [
        "model", "train", "in.csv", "--target", "property", "-o", "x.bin",
    ];
    desk.run(&wrong_name).fails(2, &["ends in .model"]);
    let missing = [
        "model", "train", "no.csv", "--target", "property", "-o", "x.model",
    ];
    desk.run(&missing).fails(1, &["no.csv: no such file"]);
    assert_eq!(desk.files(), ["in.csv"]);
}

#[test]
fn few_rows_and_a_constant_target_are_told_instead_of_guessed() {
    let desk = Desk::with("formula,y\nLiF,1\nNaF,2\n");
    let args = ["model", "train", "in.csv", "--target", "y", "-o", "y.model"];
    desk.run(&args).fails(1, &["a model needs at least ten"]);
    let mut text = "formula,y [eV]\n".to_owned();
    for z in 1..=30 {
        writeln!(text, "LiF{z},2.5").unwrap();
    }
    let desk = Desk::with(text);
    desk.run(&args).ok();
    let predicted = desk.run(&["model", "predict", "y.model", "in.csv"]).sheet();
    assert!(
        predicted
            .numbers("y.y [eV]")
            .iter()
            .all(|y| (y - 2.5).abs() < 1e-6)
    );
}

#[test]
fn a_target_is_converted_to_the_unit_that_is_asked_for() {
    let desk = Desk::with(table(" [eV]"));
    let spread = |more: &[&str]| {
        let all = ["model", "evaluate", "in.csv", "--target", "property"];
        let forest = ["--kind", "forest", "--trees", "10", "--json"];
        json(desk.run(&[&all[..], &forest, more].concat()))
    };
    let (ev, mev) = (spread(&[]), spread(&["--unit", "meV"]));
    assert_eq!(
        (ev["unit"].as_str(), mev["unit"].as_str()),
        (Some("eV"), Some("meV"))
    );
    let mae = |scores: &serde_json::Value| scores["scores"]["mae"].as_f64().unwrap();
    assert!(
        (mae(&mev) / mae(&ev) / 1000.0 - 1.0).abs() < 0.05,
        "{ev} {mev}"
    );
}

#[test]
fn a_cancelled_training_leaves_the_old_file() {
    let file = dataset("matbench_expt_gap.csv");
    let desk = Desk::new();
    desk.put("made.model", "old");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_lodestone"));
    command
        .args([
            "model", "train", &file, "--target", "target", "--unit", "eV",
        ])
        .args(["-o", "made.model"])
        .current_dir(desk.path(""))
        .stderr(std::process::Stdio::piped());
    let child = command.spawn().unwrap();
    // It takes many seconds; an early or late signal must not matter either.
    std::thread::sleep(std::time::Duration::from_millis(1500));
    let kill = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(kill.unwrap().success());
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(1));
    let said = String::from_utf8(ended.stderr).unwrap();
    assert!(said.contains("cancelled; no file was changed"), "{said}");
    assert_eq!(desk.read("made.model"), "old");
    assert_eq!(desk.files(), ["made.model"]);
}

#[test]
fn an_evaluation_is_its_own_table_and_its_plot_has_a_point_a_row() {
    let desk = Desk::with(table(" [eV]"));
    let args = [
        "model", "evaluate", "in.csv", "--target", "property", "--kind", "forest",
    ];
    let more = ["--trees", "20", "--group-by", "system", "-o", "folds.csv"];
    let plot = ["--parity", "parity.svg", "--json", "--folds", "4"];
    let scores = json(desk.run(&[&args[..], &more, &plot].concat()));
    assert_eq!(scores["groups"], 20);
    assert_eq!(scores["parts"].as_array().unwrap().len(), 4);
    let folds = Sheet::of(&desk.read("folds.csv"));
    assert_eq!(folds.len(), 200);
    let observed = folds.numbers("property [eV]");
    let predicted = folds.numbers("property_predicted [eV]");
    // The errors that are told are those of the table.
    let median = folds.numbers("property_median [eV]");
    let mean_of = |values: Vec<f64>| values.iter().sum::<f64>() / values.len() as f64;
    let mae = mean_of(
        observed
            .iter()
            .zip(&median)
            .map(|(y, p)| (y - p).abs())
            .collect(),
    );
    assert!((mae - scores["scores"]["mae"].as_f64().unwrap()).abs() < 1e-9);
    let mse = mean_of(
        observed
            .iter()
            .zip(&predicted)
            .map(|(y, p)| (y - p).powi(2))
            .collect(),
    );
    assert!((mse.sqrt() - scores["scores"]["rmse"].as_f64().unwrap()).abs() < 1e-9);
    let (low, high) = (
        folds.numbers("property_low_95 [eV]"),
        folds.numbers("property_high_95 [eV]"),
    );
    let held = (0..200).filter(|&i| low[i] <= observed[i] && observed[i] <= high[i]);
    let coverage = scores["scores"]["coverage_95"].as_f64().unwrap();
    assert_eq!(held.count(), (200.0 * coverage).round() as usize);
    // Chemical systems are kept together.
    let system = |row: usize| {
        let formula = folds.formulas()[row];
        formula
            .chars()
            .filter(|c| c.is_alphabetic())
            .collect::<String>()
    };
    let fold = folds.texts("fold");
    for row in 0..200 {
        let same = (0..200).filter(|&other| system(other) == system(row));
        assert!(same.into_iter().all(|other| fold[other] == fold[row]));
    }
    let svg = desk.read("parity.svg");
    assert_eq!(svg.matches("<circle").count(), 200);
    assert!(svg.contains("observed property [eV]") && svg.contains("predicted property [eV]"));
    let wrong = [&args[..], &["--parity", "parity.pdf"]].concat();
    desk.run(&wrong).fails(2, &["parity.pdf", ".png"]);
}

#[test]
fn leaving_elements_out_tests_each_of_them() {
    let desk = Desk::with(table(" [eV]"));
    let args = [
        "model", "evaluate", "in.csv", "--target", "property", "--kind", "forest",
    ];
    let more = ["--trees", "10", "--leave-one-element-out", "--json"];
    let scores = json(desk.run(&[&args[..], &more].concat()));
    let parts = scores["parts"].as_array().unwrap();
    let rows = |name: &str| {
        let part = parts.iter().find(|p| p["name"] == name);
        part.map(|p| p["rows"].as_u64().unwrap())
    };
    assert_eq!(rows("without Li"), Some(20));
    assert_eq!(rows("without F"), Some(100));
    assert_eq!(rows("without Xe"), None);
}

#[test]
fn predictions_stand_beside_the_inputs_columns_with_unit_error_and_notes() {
    let desk = trained();
    desk.put("new.csv", "name,formula\na,Li2O3\nb,XeF2\nc,??\n");
    let args = ["model", "predict", "made.model", "new.csv"];
    let ran = desk
        .run(&args)
        .ok()
        .says(&["1 row was not usable", "outside its training data"]);
    let sheet = Sheet::of(ran.out());
    let header = [
        "name",
        "formula",
        "property [eV]",
        "property_std [eV]",
        "notes",
    ];
    assert_eq!(sheet.header, header);
    assert_eq!(sheet.texts("name"), ["a", "b"]);
    assert_eq!(sheet.texts("notes")[0], "");
    assert!(
        sheet.texts("notes")[1].contains("no Xe in it"),
        "{:?}",
        sheet.rows
    );
    assert!(
        sheet
            .numbers("property_std [eV]")
            .iter()
            .all(|std| *std >= 0.0)
    );
    let whole = desk.run(&[&args[..], &["--intervals"]].concat()).sheet();
    for row in 0..2 {
        let at = |what: &str| whole.numbers(&format!("property_{what} [eV]"))[row];
        assert!(at("low_95") <= at("low_68") && at("low_68") <= at("median"));
        assert!(at("median") <= at("high_68") && at("high_68") <= at("high_95"));
    }
    assert_eq!(
        desk.files(),
        ["in.csv", "made.model", "made.model.rejected.csv", "new.csv"]
    );
}

#[test]
fn a_model_of_columns_finds_them_by_name_and_converts_their_units() {
    let mut text = "sample,thickness [nm],angle,y [V]\n".to_owned();
    for row in 0..60 {
        let (thickness, angle) = (row % 10, row / 10);
        writeln!(text, "s{row},{thickness},{angle},{}", thickness * 2 + angle).unwrap();
    }
    let desk = Desk::with(text);
    let args = [
        "model",
        "train",
        "in.csv",
        "--target",
        "y",
        "--inputs",
        "thickness",
        "angle",
    ];
    desk.run(&[&args[..], &["--kind", "gp", "-o", "y.model"]].concat())
        .ok();
    desk.put("new.csv", "angle,thickness [Å]\n2,55\n2,550\n");
    let sheet = desk
        .run(&["model", "predict", "y.model", "new.csv"])
        .sheet();
    let y = sheet.numbers("y [V]");
    assert!((y[0] - 13.0).abs() < 0.5, "{y:?}");
    assert!(
        sheet.texts("notes")[1].contains("thickness [nm]"),
        "{:?}",
        sheet.rows
    );
    desk.put("new.csv", "angle,depth\n2,55\n");
    desk.run(&["model", "predict", "y.model", "new.csv"])
        .fails(1, &["needs a column \"thickness [nm]\""]);
    desk.put("new.csv", "angle,thickness [eV]\n2,55\n");
    desk.run(&["model", "predict", "y.model", "new.csv"])
        .fails(1, &["cannot be converted"]);
}

#[test]
fn a_model_ranks_as_a_plugin_does() {
    let desk = trained();
    let args = [
        "--model",
        "made.model",
        "-O",
        "max:made.property",
        "-w",
        "property < 9",
    ];
    let all = desk.rank(&args).sheet();
    let (value, error) = ("made.property [eV]", "made.property_std [eV]");
    let values = all.numbers(value);
    assert!(values.is_sorted_by(|a, b| a >= b), "{values:?}");
    assert!(all.numbers(error).iter().all(|std| *std >= 0.0));
    // The same numbers as by itself.
    let alone = desk
        .run(&["model", "predict", "made.model", "in.csv"])
        .sheet();
    for (formula, value) in all.formulas().iter().zip(&values) {
        let row = alone.formulas().iter().position(|f| f == formula).unwrap();
        assert_eq!(alone.numbers("made.property [eV]")[row], *value);
    }
    // A constraint on the property, and a short list, which predicts twice.
    let few = desk.rank(&[
        "--model",
        "made.model",
        "-O",
        "min:property",
        "-w",
        "made.property > 4",
        "-n",
        "3",
    ]);
    let few = few.ok();
    let few = Sheet::of(few.out());
    assert_eq!(few.len(), 3);
    assert!(few.numbers(value).iter().all(|v| *v > 4.0));
    desk.put("xenon.csv", "formula\nXeF2\nLi2O\n");
    let args = [
        "rank",
        "xenon.csv",
        "--model",
        "made.model",
        "-O",
        "max:property",
    ];
    let noted = desk.run(&args).sheet();
    let row = noted.formulas().iter().position(|f| *f == "XeF2").unwrap();
    let note = noted.texts("notes")[row];
    assert!(
        note.contains("made.property: outside the training data: no Xe"),
        "{note}"
    );
}

#[test]
fn a_model_beside_a_plugin_and_one_without_an_objective() {
    let desk = trained();
    let both = desk.rank(&[
        "--model",
        "made.model",
        "-p",
        "battery",
        "-O",
        "max:made.property",
    ]);
    let header = both.ok().out().lines().next().unwrap().to_owned();
    assert!(header.contains("made.property [eV]") && header.contains("battery.specific_energy"));
    desk.rank(&["--model", "made.model"])
        .fails(2, &["made declares no objective", "-O 'max:made.property'"]);
    desk.rank(&["--model", "mode.model", "-O", "max:x"])
        .fails(1, &["mode.model"]);
    desk.rank(&["--model", "nothing", "-O", "max:x"])
        .fails(2, &["there is no model \"nothing\""]);
    let twice = [
        "--model",
        "made.model",
        "--model",
        "made.model",
        "-O",
        "max:made.property",
    ];
    desk.rank(&twice)
        .fails(1, &["two plugins or models are called \"made\""]);
}

#[test]
fn a_damaged_model_file_is_refused() {
    let desk = trained();
    let bytes = std::fs::read(desk.path("made.model")).unwrap();
    for (name, damaged) in [
        ("cut.model", &bytes[..bytes.len() / 2]),
        ("empty.model", &[][..]),
        ("text.model", b"formula,gap\nLiF,1\n"),
    ] {
        desk.put(name, damaged);
        desk.run(&["model", "info", name])
            .fails(1, &[name, "not a model file"]);
        desk.rank(&["--model", name, "-O", "max:x"])
            .fails(1, &[name, "not a model file"]);
    }
}

#[test]
fn an_explanation_adds_up_to_the_prediction_and_knows_the_nearest_training_rows() {
    let desk = trained();
    let told = json(desk.run(&["model", "explain", "made.model", "Li2O3", "CuF2", "--json"]));
    let alone = desk
        .run(&["model", "predict", "made.model", "in.csv", "--intervals"])
        .sheet();
    for told in told.as_array().unwrap() {
        let number = |value: &serde_json::Value| value.as_f64().unwrap();
        let parts = told["contributions"].as_array().unwrap();
        let sum: f64 = parts.iter().map(|part| number(&part["amount"])).sum();
        let mean = number(&told["mean"]);
        assert!((number(&told["base"]) + sum - mean).abs() < 1e-6, "{told}");
        let row = alone
            .formulas()
            .iter()
            .position(|f| *f == told["candidate"])
            .unwrap();
        assert!((alone.numbers("made.property [eV]")[row] - mean).abs() < 1e-4);
        // Both are training rows, so they are nearest to themselves.
        let nearest = &told["nearest"][0];
        assert!(number(&nearest["distance"]) < 1e-6, "{told}");
        assert_eq!(
            number(&nearest["target"]),
            alone.numbers("property [eV]")[row]
        );
    }
    let text = desk
        .run(&["model", "explain", "made.model", "Li2O3", "??"])
        .ok();
    assert!(
        text.out().contains("nearest training data"),
        "{}",
        text.out()
    );
    assert!(text.err.contains("1 row was not usable"), "{}", text.err);
}

#[test]
fn a_shipped_model_explains_itself_by_name() {
    let desk = Desk::new();
    let told = json(desk.run(&["model", "explain", "band_gap", "GaAs", "NaCl", "--json"]));
    let told = told.as_array().unwrap();
    // Measured: datasets/training/band_gap.csv, after Zhuo et al. 2018.
    for (told, (formula, gap)) in told.iter().zip([("GaAs", 1.51), ("NaCl", 8.5)]) {
        let number = |value: &serde_json::Value| value.as_f64().unwrap();
        assert_eq!(told["candidate"], formula);
        let parts = told["contributions"].as_array().unwrap();
        let sum: f64 = parts.iter().map(|part| number(&part["amount"])).sum();
        let mean = number(&told["mean"]);
        assert!((number(&told["base"]) + sum - mean).abs() < 1e-6, "{told}");
        assert!((mean - gap).abs() < 0.25 * gap, "{told}");
        let nearest = &told["nearest"][0];
        assert!(number(&nearest["distance"]) < 1e-6, "{told}");
        assert_eq!(number(&nearest["target"]), gap);
        // A learnt row has an uncertainty like any other.
        let (low, high) = (
            number(&told["interval_95"][0]),
            number(&told["interval_95"][1]),
        );
        assert!(low < mean && mean < high && low >= 0.0, "{told}");
        assert!(low <= gap && gap <= high, "{told}");
    }
}

#[test]
fn every_shipped_model_is_listed_and_found_by_name() {
    let desk = Desk::with("formula\nLiF\nSi\nGaAs\n");
    let list = json(desk.run(&["model", "list", "--json"]));
    let text = desk.run(&["model", "list"]).ok();
    for model in list.as_array().unwrap() {
        let name = model["name"].as_str().unwrap();
        assert!(text.out().contains(name));
        assert!(
            !model["training"]["licence"].as_str().unwrap().is_empty(),
            "{name}"
        );
        assert!(
            model["cross_validation"]["mae"].as_f64().unwrap() > 0.0,
            "{name}"
        );
        let info = json(desk.run(&["model", "info", name, "--json"]));
        assert_eq!(&info, model);
    }
}
