//! A report's parts as one file of HTML or Markdown.

use super::chart::escaped;
use std::fmt::Write;

/// A piece of a report.
pub enum Part {
    Title(String),
    Heading(String),
    Text(String),
    Table {
        header: Vec<String>,
        rows: Vec<Vec<String>>,
    },
    Figure {
        svg: String,
        caption: String,
    },
}

const STYLE: &str = "\
body{font-family:sans-serif;max-width:70em;margin:2em auto;padding:0 1em;color:#202020;line-height:1.45}\
table{border-collapse:collapse;font-size:.85em;display:block;overflow-x:auto}\
th,td{border:1px solid #d0d0d0;padding:.25em .5em;text-align:left;vertical-align:top}th{background:#f2f2f2}\
figure{margin:1em 0}figcaption{font-size:.85em;color:#505050}svg{max-width:100%;height:auto}";

/// One page that needs nothing else.
pub fn html(parts: &[Part]) -> String {
    let title = parts.iter().find_map(|part| match part {
        Part::Title(title) => Some(escaped(title)),
        _ => None,
    });
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <title>{}</title><style>{STYLE}</style></head><body>\n",
        title.unwrap_or_default()
    );
    for part in parts {
        let _ = match part {
            Part::Title(text) => writeln!(out, "<h1>{}</h1>", escaped(text)),
            Part::Heading(text) => writeln!(out, "<h2>{}</h2>", escaped(text)),
            Part::Text(text) => writeln!(out, "<p>{}</p>", escaped(text)),
            Part::Figure { svg, caption } => writeln!(
                out,
                "<figure>{svg}<figcaption>{}</figcaption></figure>",
                escaped(caption)
            ),
            Part::Table { header, rows } => {
                let row = |cells: &[String], tag: &str| {
                    let cells = cells
                        .iter()
                        .map(|cell| format!("<{tag}>{}</{tag}>", escaped(cell)));
                    format!("<tr>{}</tr>\n", cells.collect::<String>())
                };
                let rows: String = rows.iter().map(|cells| row(cells, "td")).collect();
                writeln!(out, "<table>\n{}{rows}</table>", row(header, "th"))
            }
        };
    }
    out.push_str("</body></html>\n");
    out
}

/// Markdown with pictures as SVG within it.
pub fn markdown(parts: &[Part]) -> String {
    let mut out = String::new();
    for part in parts {
        let _ = match part {
            Part::Title(text) => writeln!(out, "# {}\n", plain(text)),
            Part::Heading(text) => writeln!(out, "## {}\n", plain(text)),
            Part::Text(text) => writeln!(out, "{}\n", plain(text)),
            Part::Figure { svg, caption } => writeln!(out, "{svg}\n\n*{}*\n", plain(caption)),
            Part::Table { header, rows } => {
                let row = |cells: &[String]| {
                    let cells = cells.iter().map(|cell| format!(" {} |", plain(cell)));
                    format!("|{}\n", cells.collect::<String>())
                };
                let rule = format!("|{}\n", " --- |".repeat(header.len()));
                let rows: String = rows.iter().map(|cells| row(cells)).collect();
                writeln!(out, "{}{rule}{rows}", row(header))
            }
        };
    }
    out
}

/// Text that Markdown does not take for its own marks.
fn plain(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in escaped(text).chars() {
        if matches!(c, '|' | '*' | '_' | '`' | '[' | ']' | '#' | '\\') {
            safe.push('\\');
        }
        safe.push(c);
    }
    safe
}
