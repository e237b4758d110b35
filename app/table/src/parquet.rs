//! Reads Parquet, by polars; columns keep their types.

use std::borrow::Cow;
use std::fs::File;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use job::Job;
use polars::prelude::{
    AnyValue, ArrowDataType, ArrowTimeUnit, DataFrame, DataType, NamedFrom, ParquetReader,
    PolarsResult, SerReader, Series,
};
use polars_parquet::parquet::metadata::SchemaDescriptor;
use polars_parquet::parquet::schema::types::{ParquetType, PhysicalType};
use polars_parquet::read::{infer_schema, read_metadata};

use crate::TableError;
use crate::header::{self, ColumnInfo};

/// What a Parquet file holds.
#[derive(Debug)]
pub(crate) struct ParquetTable {
    pub columns: Vec<ColumnInfo>,
    pub data: Vec<TypedColumn>,
    pub rows: usize,
    pub messages: Vec<String>,
}

/// A column of one chunk with a type of its own.
#[derive(Debug)]
pub(crate) struct TypedColumn {
    series: Series,
}

/// How a typed cell is shown in JSON.
pub(crate) enum Shown {
    Null,
    /// A number or a truth value, as it is.
    Literal,
    Text,
}

/// Reads the file whole.
pub(crate) fn read(file: File, source_name: &str, job: &Job) -> Result<ParquetTable, TableError> {
    let broken = |reason: String| TableError::Parquet {
        source_name: source_name.to_owned(),
        reason,
    };
    let length = file.metadata().map_or(0, |metadata| metadata.len());
    if length == 0 {
        return Err(TableError::Empty {
            source_name: source_name.to_owned(),
        });
    }
    job.check()?;
    // polars panics on some broken files; that must cost the file, not the program.
    let read = catch_unwind(AssertUnwindSafe(|| read_frame(file)));
    let Stored {
        frame,
        meanings,
        left_out,
    } = match read {
        Ok(Ok(read)) => read,
        Ok(Err(error)) => return Err(broken(error.to_string())),
        Err(_) => return Err(broken("its content contradicts itself".to_owned())),
    };
    job.check()?;
    job.advance(length);
    let rows = frame.height();
    let headers: Vec<String> = frame
        .get_column_names()
        .iter()
        .map(|name| name.to_string())
        .collect();
    if rows == 0 {
        return Err(TableError::OnlyHeader {
            source_name: source_name.to_owned(),
            columns: headers,
        });
    }
    if rows >= u32::MAX as usize {
        return Err(TableError::TooManyRows {
            source_name: source_name.to_owned(),
        });
    }
    let (columns, messages) = header::columns(headers);
    let mut messages: Vec<String> = messages
        .into_iter()
        .map(|text| format!("{source_name}: {text}"))
        .collect();
    if !left_out.is_empty() {
        messages.push(format!(
            "{source_name}: left out, since only texts, numbers, truth values and dates are read: {}",
            left_out.join(", ")
        ));
    }
    let mut data = Vec::with_capacity(columns.len());
    for (column, meaning) in frame.into_columns().into_iter().zip(meanings) {
        let series = column.take_materialized_series().rechunk();
        data.push(TypedColumn::new(series, meaning).map_err(|error| broken(error.to_string()))?);
    }
    Ok(ParquetTable {
        columns,
        data,
        rows,
        messages,
    })
}

/// What a column's numbers stand for.
#[derive(Clone, Copy, Debug)]
enum Meaning {
    /// What they are, or texts.
    Plain,
    /// Days since 1970-01-01.
    Date,
    /// Parts of a second since 1970-01-01T00:00:00, so many a second.
    Timestamp { per_second: i64 },
}

/// The columns of a file that a table can hold.
struct Stored {
    frame: DataFrame,
    /// Of each column of the frame.
    meanings: Vec<Meaning>,
    /// Names and types.
    left_out: Vec<String>,
}

/// Reads the columns that a table can hold; also says what they mean, and which were left out, with their types.
///
/// Which of the narrow integers and times polars knows is a matter of its features, each of which costs build time. So it
/// is told of the stored integers only, and what they mean is kept here. Categories come as their texts.
fn read_frame(mut file: File) -> PolarsResult<Stored> {
    let mut metadata = read_metadata(&mut file)?;
    metadata.key_value_metadata = None;
    let (mut fields, mut kept, mut meanings, mut left_out) = (vec![], vec![], vec![], vec![]);
    let types = infer_schema(&metadata)?;
    for (field, data_type) in metadata
        .schema_descr
        .fields()
        .iter()
        .zip(types.iter_values())
    {
        let mut field = field.clone();
        let meaning = match &data_type.dtype {
            ArrowDataType::Date32 => Some(Meaning::Date),
            ArrowDataType::Timestamp(unit, _) => Some(Meaning::Timestamp {
                per_second: match unit {
                    ArrowTimeUnit::Second => 1,
                    ArrowTimeUnit::Millisecond => 1_000,
                    ArrowTimeUnit::Microsecond => 1_000_000,
                    ArrowTimeUnit::Nanosecond => 1_000_000_000,
                },
            }),
            ArrowDataType::Int8
            | ArrowDataType::Int16
            | ArrowDataType::UInt8
            | ArrowDataType::UInt16
            | ArrowDataType::Boolean
            | ArrowDataType::Int32
            | ArrowDataType::Int64
            | ArrowDataType::UInt32
            | ArrowDataType::UInt64
            | ArrowDataType::Float32
            | ArrowDataType::Float64
            | ArrowDataType::Utf8
            | ArrowDataType::LargeUtf8
            | ArrowDataType::Utf8View
            | ArrowDataType::Binary
            | ArrowDataType::LargeBinary
            | ArrowDataType::BinaryView => Some(Meaning::Plain),
            _ => None,
        };
        let stored_as_integer = match &mut field {
            ParquetType::PrimitiveType(stored) => {
                let integer = matches!(
                    stored.physical_type,
                    PhysicalType::Int32 | PhysicalType::Int64
                );
                let wide = matches!(
                    data_type.dtype,
                    ArrowDataType::UInt32 | ArrowDataType::UInt64
                );
                if integer && !wide {
                    stored.logical_type = None;
                    stored.converted_type = None;
                }
                integer
            }
            ParquetType::GroupType { .. } => false,
        };
        match meaning {
            Some(Meaning::Plain) => meanings.push(Meaning::Plain),
            Some(meaning) if stored_as_integer => meanings.push(meaning),
            _ => left_out.push(format!("`{}` ({:?})", field.name(), data_type.dtype)),
        }
        if meanings.len() > kept.len() {
            kept.push(fields.len());
        }
        fields.push(field);
    }
    metadata.schema_descr = SchemaDescriptor::new(metadata.schema_descr.name().into(), fields);
    let mut reader = ParquetReader::new(file)
        .set_rechunk(true)
        .with_projection(Some(kept));
    reader.set_metadata(Arc::new(metadata));
    let frame = reader.finish()?;
    Ok(Stored {
        frame,
        meanings,
        left_out,
    })
}

impl TypedColumn {
    /// Bytes that say nothing of what they are become texts; dates are kept as texts, ISO 8601.
    fn new(series: Series, meaning: Meaning) -> PolarsResult<Self> {
        let name = series.name().clone();
        let series = match (series.dtype(), meaning) {
            (DataType::Binary, _) => series.cast(&DataType::String)?,
            (_, Meaning::Plain) => series,
            (_, Meaning::Date) => {
                let days = series.cast(&DataType::Int64)?;
                let texts = days.i64()?.iter().map(|day| day.map(date_text));
                Series::new(name, texts.collect::<Vec<_>>())
            }
            (_, Meaning::Timestamp { per_second }) => {
                let ticks = series.cast(&DataType::Int64)?;
                let texts = ticks
                    .i64()?
                    .iter()
                    .map(|tick| tick.map(|tick| time_text(tick, per_second)));
                Series::new(name, texts.collect::<Vec<_>>())
            }
        };
        Ok(Self { series })
    }

    pub(crate) fn series(&self) -> &Series {
        &self.series
    }

    /// The cell as CSV shows it; nothing for null and NaN.
    pub(crate) fn text(&self, row: usize) -> Cow<'_, str> {
        let float = |value: f64, shortest: &dyn Fn() -> String| {
            if value.is_nan() {
                String::new()
            } else {
                shortest()
            }
        };
        match self.series.get(row) {
            Ok(AnyValue::String(text)) => Cow::Borrowed(text),
            Ok(AnyValue::Null) | Err(_) => Cow::Borrowed(""),
            Ok(AnyValue::Float64(value)) => {
                float(value, &|| zmij::Buffer::new().format(value).to_owned()).into()
            }
            Ok(AnyValue::Float32(value)) => float(value.into(), &|| {
                zmij::Buffer::new().format(value).to_owned()
            })
            .into(),
            Ok(value) => value.to_string().into(),
        }
    }

    /// Whether its type is one of numbers.
    pub(crate) fn is_numeric(&self) -> bool {
        self.series.dtype().is_primitive_numeric()
    }

    /// The column's numbers, NaN for null; `None` where the column is no column of numbers.
    pub(crate) fn numbers(&self) -> Option<Vec<f64>> {
        self.numbers_in(0..self.series.len())
    }

    /// The same of some rows.
    pub(crate) fn numbers_in(&self, rows: Range<usize>) -> Option<Vec<f64>> {
        if !self.is_numeric() {
            return None;
        }
        let part = self.series.slice(rows.start as i64, rows.len());
        let floats = part.cast(&DataType::Float64).ok()?;
        let floats = floats.f64().ok()?;
        Some(
            floats
                .iter()
                .map(|value| value.unwrap_or(f64::NAN))
                .collect(),
        )
    }

    pub(crate) fn shown(&self, row: usize) -> Shown {
        match self.series.get(row) {
            Ok(AnyValue::Null) | Err(_) => Shown::Null,
            Ok(AnyValue::Float64(value)) if !value.is_finite() => Shown::Null,
            Ok(AnyValue::Float32(value)) if !value.is_finite() => Shown::Null,
            Ok(value) if value.is_primitive_numeric() || matches!(value, AnyValue::Boolean(_)) => {
                Shown::Literal
            }
            Ok(_) => Shown::Text,
        }
    }
}

/// A day counted from 1970-01-01 as `2024-02-29`, in the proleptic Gregorian calendar (H. Hinnant, "chrono-compatible
/// low-level date algorithms", civil_from_days, <https://howardhinnant.github.io/date_algorithms.html>).
fn date_text(day: i64) -> String {
    let shifted = day.saturating_add(719_468);
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day_of_month:02}")
}

/// A time as `2024-02-29T12:30:01.5`.
fn time_text(tick: i64, per_second: i64) -> String {
    let (seconds, part) = (tick.div_euclid(per_second), tick.rem_euclid(per_second));
    let (day, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    let mut text = format!("{}T{hour:02}:{minute:02}:{second:02}", date_text(day));
    if part > 0 {
        let nanoseconds = part * (1_000_000_000 / per_second);
        text += format!(".{nanoseconds:09}").trim_end_matches('0');
    }
    text
}
