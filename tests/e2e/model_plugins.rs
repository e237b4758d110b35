//! Models that plugins carry, against what the same models say alone.

use crate::Desk;
use crate::guest::{FIRST_COLUMN, Guest};
use crate::models::{json, trained};
use std::io::Write as _;

/// A plugin that carries a model called `gap` and gives back what it says.
fn carrying(desk: &Desk, model: &[u8]) {
    let mut guest = Guest {
        value: FIRST_COLUMN,
        models: vec![("gap".to_owned(), model.to_vec())],
        ..Guest::default()
    };
    guest.description.id = "echo".to_owned();
    guest.description.properties[0].name = "gap".to_owned();
    guest.description.properties[0].unit = "eV".to_owned();
    let mut file = std::fs::File::create(desk.path("echo.wasm")).unwrap();
    file.write_all(&guest.wasm()).unwrap();
}

#[test]
fn a_plugin_is_given_what_its_model_says() {
    let desk = trained();
    carrying(&desk, &std::fs::read(desk.path("made.model")).unwrap());
    desk.put("new.csv", "formula\nLi2O3\nXeF2\nCuF9\n");
    let args = ["rank", "new.csv", "-p", "echo.wasm", "-O", "max:echo.gap"];
    let by_plugin = desk.run(&args).sheet();
    let alone = desk
        .run(&["model", "predict", "made.model", "new.csv"])
        .sheet();
    for (formula, value) in by_plugin
        .formulas()
        .iter()
        .zip(by_plugin.numbers("echo.gap [eV]"))
    {
        let row = alone.formulas().iter().position(|f| f == formula).unwrap();
        assert_eq!(alone.numbers("property [eV]")[row], value, "{formula}");
    }
    let row = by_plugin
        .formulas()
        .iter()
        .position(|f| *f == "XeF2")
        .unwrap();
    let note = by_plugin.texts("notes")[row];
    assert!(
        note.contains("echo: model gap: outside the training data: no Xe"),
        "{note}"
    );
    let info = json(desk.run(&["plugin", "info", "echo.wasm", "--json"]));
    assert_eq!(info["models"][0]["name"], "gap");
    assert_eq!(info["models"][0]["training"]["rows"], 200);
    let text = desk.run(&["plugin", "info", "echo.wasm"]).ok();
    assert!(
        text.out()
            .contains("property [eV], from 200 rows of in.csv"),
        "{}",
        text.out()
    );
    let checked = desk.run(&["plugin", "check", "echo.wasm", "--json"]);
    assert!(
        checked.out().contains("models it carries can be read: gap"),
        "{}",
        checked.out()
    );
}

#[test]
fn a_plugin_with_a_model_that_is_none_is_refused() {
    let desk = trained();
    carrying(&desk, b"no model at all");
    desk.rank(&["-p", "echo.wasm", "-O", "max:echo.gap"]).fails(
        1,
        &[
            "echo.wasm is refused",
            "gap of plugin echo",
            "not a model file",
        ],
    );
    let checked = desk.run(&["plugin", "check", "echo.wasm"]);
    assert_eq!(checked.status, 1);
}
