//! Reads the predictions of held-out compositions; shared by the example that writes `validated.rs` and by the test that
//! judges them again.

use semiconductor::judge::HeldOut;

/// `tests/fixtures/held_out.csv`, as `datasets/SOURCES.md` tells.
pub fn held_out() -> Vec<HeldOut> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/held_out.csv");
    let mut reader = csv::Reader::from_path(file).expect("the fixture is in the repository");
    let rows = reader.records().map(|record| {
        let record = record.expect("a row of the fixture");
        let number = |column: usize| record[column].parse().expect("a number of the fixture");
        HeldOut {
            observed: number(0),
            mean: number(1),
            std: number(2),
            metal: number(3),
        }
    });
    rows.collect()
}
