//! The `table` room: candidate tables, from CSV, TSV and Parquet files to CSV, TSV, JSON and Parquet files.
//!
//! A [`Table`] keeps the text of every cell exactly as the file has it, so that the input comes back unchanged in the
//! output, and reads numbers beside it when they are asked for ([`Table::numbers`]). Rows that are not as the header says
//! are set aside with their line and reason ([`Table::rejected`]). An [`OutputTable`] joins input columns, in any order of
//! rows, with new ones and writes them.
//!
//! ```
//! use table::{OutputFormat, OutputTable, ReadOptions, Table, Values};
//!
//! let csv = "formula,voltage [V]\nLiCoO2,3.9\nLiFePO4,3.4\nLi,1,2\n";
//! let job = job::Job::new();
//! let table = Table::read_text(csv.as_bytes(), "cathodes.csv", &ReadOptions::default(), &job)?;
//! assert_eq!(table.len(), 2);
//! assert_eq!(table.rejected()[0].line, 4);
//! let voltage = table.find_column("voltage")?;
//! assert_eq!(table.columns()[voltage].unit.as_deref(), Some("V"));
//! assert_eq!(table.numbers(voltage).values, [3.9, 3.4]);
//!
//! let order = [1, 0];
//! let mut out = OutputTable::new(&order);
//! out.push("rank", Values::U32((&[1, 2]).into()));
//! out.push_input(&table);
//! let mut bytes = Vec::new();
//! out.write(&mut bytes, OutputFormat::Csv, &job)?;
//! assert_eq!(bytes, b"rank,formula,voltage [V]\n1,LiFePO4,3.4\n2,LiCoO2,3.9\n");
//! # Ok::<(), table::TableError>(())
//! ```

mod dialect;
mod encoding;
mod error;
mod file;
mod formula_column;
mod guess;
mod header;
mod lines;
mod number;
mod output;
mod parquet;
mod read_text;
mod rejected;
mod source;
mod store;
mod table;
mod unit;
mod write_json;
mod write_parquet;
mod write_text;

pub use error::{FormulaHint, TableError};
pub use file::{Destination, write_atomically};
pub use header::ColumnInfo;
pub use number::{NumberError, is_missing, parse_number};
pub use output::{Order, OutputFormat, OutputTable, Values, WriteCell};
pub use rejected::{Reason, RejectedRow, write_rejected};
pub use source::{InputFormat, Source};
pub use table::{BadCell, Numbers, ReadOptions, Table};
pub use unit::{Conversion, UnitError, convert_factor};

/// Rows in a chunk; the batches that plugins get are the same rows.
pub const CHUNK: usize = 4096;

/// Names for an error text: `a`, `b`, `c`, and how many more.
fn quoted_list(names: &[String]) -> String {
    const SHOWN: usize = 30;
    let mut list: Vec<String> = names
        .iter()
        .take(SHOWN)
        .map(|name| format!("`{name}`"))
        .collect();
    if names.len() > SHOWN {
        list.push(format!("and {} more", names.len() - SHOWN));
    }
    list.join(", ")
}
