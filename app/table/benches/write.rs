//! Reading and writing against what polars takes for the same table: `cargo bench -p table --bench write [ROWS]`.

use std::time::Instant;

use polars::prelude::{
    Column, CsvWriter, DataFrame, IntoColumn, NamedFrom, SerReader, SerWriter, Series,
};
use table::{OutputFormat, OutputTable, ReadOptions, Table, Values};

const PROPERTIES: usize = 15;

/// Seconds of the best of three runs.
fn best<T>(mut work: impl FnMut() -> T) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..3 {
        let begin = Instant::now();
        std::hint::black_box(work());
        best = best.min(begin.elapsed().as_secs_f64());
    }
    best
}

/// A number in 0..1 from a counter, without a random generator (SplitMix64).
fn noise(counter: u64) -> f64 {
    let mut z = counter.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

fn main() {
    let rows = std::env::args()
        .filter_map(|argument| argument.parse().ok())
        .next();
    let rows: usize = rows.unwrap_or(1_000_000);
    let mut csv = String::from("formula,id,voltage [V],note\n");
    for row in 0..rows {
        let x = noise(row as u64);
        csv += &format!(
            "Li{:.2}Ni{:.2}O2,mp-{row},{:.3},host {}\n",
            1.0 - x,
            x,
            3.0 + x,
            row % 100
        );
    }
    let job = job::Job::new();
    let read = || {
        Table::read_text(csv.as_bytes(), "bench", &ReadOptions::default(), &job)
            .map_err(|e| e.to_string())
    };
    let reading = best(|| read().map(|table| table.len()));
    let reading_by_csv = best(|| {
        let mut reader = csv::ReaderBuilder::new().from_reader(csv.as_bytes());
        let mut record = csv::ByteRecord::new();
        let mut count = 0;
        while reader.read_byte_record(&mut record).unwrap_or(false) {
            count += record.len();
        }
        count
    });
    let reading_by_polars = best(|| {
        polars::prelude::CsvReader::new(std::io::Cursor::new(csv.as_bytes()))
            .finish()
            .map(|frame| frame.height())
    });
    println!(
        "read {rows} rows, {:.0} MB: table {reading:.3} s, csv crate alone {reading_by_csv:.3} s ({:.2}), polars {reading_by_polars:.3} s ({:.2})",
        csv.len() as f64 / 1e6,
        reading / reading_by_csv,
        reading / reading_by_polars
    );

    let Ok(table) = read() else { return };
    let order: Vec<u32> = (0..rows as u32).rev().collect();
    let columns: Vec<Vec<f64>> = (0..2 * PROPERTIES as u64)
        .map(|column| {
            (0..rows as u64)
                .map(|row| 500.0 * noise(row * 31 + column))
                .collect()
        })
        .collect();
    let ranks: Vec<u32> = (1..=rows as u32).collect();
    let mut out = OutputTable::new(&order);
    out.push("rank", Values::U32(ranks.as_slice().into()));
    out.push_input(&table);
    for (index, values) in columns.iter().enumerate() {
        out.push_by_input_row(
            format!("bench.p{index} [V]"),
            Values::F64(values.as_slice().into()),
        );
    }
    // Polars writes the same columns, already in order.
    let mut frame: Vec<Column> = vec![Series::new("rank".into(), &ranks).into_column()];
    for (index, info) in table.columns().iter().enumerate() {
        let texts: Vec<_> = order
            .iter()
            .map(|row| table.text(index, *row as usize))
            .collect();
        frame.push(Series::new(info.header.as_str().into(), texts).into_column());
    }
    for (index, values) in columns.iter().enumerate() {
        let values: Vec<f64> = order.iter().map(|row| values[*row as usize]).collect();
        frame.push(Series::new(format!("bench.p{index} [V]").into(), values).into_column());
    }
    let Ok(mut frame) = DataFrame::new(rows, frame) else {
        return;
    };
    let by_polars = best(|| CsvWriter::new(std::io::sink()).finish(&mut frame));
    for format in [OutputFormat::Csv, OutputFormat::Json, OutputFormat::Parquet] {
        let seconds = best(|| out.write(&mut std::io::sink(), format, &job));
        println!(
            "write {rows} rows, {} columns as {format:?}: {seconds:.3} s, polars CSV {by_polars:.3} s, ratio {:.2}",
            out.columns(),
            seconds / by_polars
        );
    }
}
