//! Prints `src/fitted.rs`: `cargo run --release --manifest-path plugins/Cargo.toml -p catalyst --example fit`.

fn main() {
    let labels = catalyst::fit::labels(include_str!("../tests/fixtures/bartel2019.csv"));
    print!("{}", catalyst::fit::fitted(&labels));
}
