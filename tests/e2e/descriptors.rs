//! Descriptors that a plugin asks for by name.

use crate::Desk;
use crate::guest::{Guest, description};

/// A plugin that hands on the mean of its first input column.
fn echo(descriptor: &str) -> Vec<u8> {
    let mut description = description();
    description.id = "echo".to_owned();
    description.inputs.descriptors = vec![descriptor.to_owned()];
    Guest {
        description,
        // the list of columns stands 84 bytes into the batch, and the means 16 bytes into a column
        value: "(f64.load (i32.add
            (i32.load offset=16 (i32.load offset=84 (local.get $in)))
            (i32.mul (local.get $row) (i32.const 8))))",
        ..Guest::default()
    }
    .wasm()
}

fn desk(list: &str, descriptor: &str) -> Desk {
    let desk = Desk::with(list);
    desk.put("echo.wasm", echo(descriptor));
    desk
}

#[test]
fn a_plugin_gets_the_descriptors_that_it_names_row_by_row() {
    // a row that is no formula must not shift the others
    let list = "formula\nCaTiO3\nnonsense!\nNaCl\nBaTiO3\nSrTiO3\n";
    let sheet = desk(list, "shannon_radius_a_site")
        .rank(&["-p", "echo.wasm"])
        .sheet();
    assert_eq!(sheet.formulas(), ["BaTiO3", "SrTiO3", "CaTiO3", "NaCl"]);
    // Shannon 1976, twelve-fold
    let radii = sheet.numbers("echo.atoms [1]");
    assert_eq!(radii[..3], [1.61, 1.44, 1.34]);
    assert!(radii[3].is_nan());

    let sheet = desk(list, "MagpieData mean Number")
        .rank(&["-p", "echo.wasm"])
        .sheet();
    assert_eq!(sheet.formulas(), ["BaTiO3", "SrTiO3", "NaCl", "CaTiO3"]);
    // (56 + 22 + 3 * 8) / 5 and so on
    let means = sheet.numbers("echo.atoms [1]");
    for (mean, expected) in means.into_iter().zip([20.4, 16.8, 14.0, 13.2]) {
        assert!((mean - expected).abs() < 1e-12, "{mean}");
    }
}

#[test]
fn descriptors_of_many_chunks_are_those_of_their_rows() {
    let mut list = "formula\n".to_owned();
    for row in 0..10_000 {
        list += if row % 3 == 0 { "SrTiO3\n" } else { "LaAlO3\n" };
    }
    let sheet = desk(&list, "shannon_radius_b_site")
        .rank(&["-p", "echo.wasm"])
        .sheet();
    assert_eq!(sheet.len(), 10_000);
    let radii = sheet.numbers("echo.atoms [1]");
    for (formula, radius) in sheet.formulas().iter().zip(radii) {
        assert_eq!(radius, if *formula == "SrTiO3" { 0.605 } else { 0.535 });
    }
}

#[test]
fn a_descriptor_that_is_not_there_is_named_with_the_nearest() {
    let desk = desk("formula\nSrTiO3\n", "shannon_radius_asite");
    desk.rank(&["-p", "echo.wasm"]).fails(
        1,
        &[
            "plugin echo asks for the descriptor \"shannon_radius_asite\"",
            "did it mean \"shannon_radius_a_site\"?",
        ],
    );
}
