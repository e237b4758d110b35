//! VASP's POSCAR: <https://www.vasp.at/wiki/POSCAR>. Velocities and what follows them are not read.

use super::FormatError;
use super::text::{self, Word, line_error, words};
use crate::{CrystalError, Lattice, MAX_SITES, Site, Structure};
use matter::Element;
use nalgebra::{Matrix3, Vector3};
use std::fmt::Write;

/// The lines of the file with their numbers, and an error that says which part was due where they end.
struct Lines<'a> {
    lines: std::iter::Enumerate<std::str::Lines<'a>>,
    last: usize,
}

impl<'a> Lines<'a> {
    fn next(&mut self, due: &str) -> Result<(usize, &'a str), FormatError> {
        match self.lines.next() {
            Some((index, line)) => {
                self.last = index + 1;
                Ok((index + 1, line))
            }
            None => Err(line_error(
                self.last + 1,
                format!("the file ends where {due} should be"),
                "a POSCAR has a title, a scale, three basis vectors, elements, numbers of sites, `Direct` or `Cartesian`, and the coordinates",
            )),
        }
    }

    /// Three numbers at the start of the next line, and the words after them.
    fn vector(&mut self, due: &str) -> Result<(Vector3<f64>, Vec<Word<'a>>), FormatError> {
        let (number, line) = self.next(due)?;
        let mut all = words(line, number);
        let mut vector = Vector3::zeros();
        for entry in vector.iter_mut() {
            *entry = match all.next() {
                Some(word) => word.number()?,
                None => {
                    let what = format!(
                        "{due}: `{}` has fewer than three numbers",
                        text::shortened(line.trim())
                    );
                    return Err(line_error(number, what, "write x, y and z"));
                }
            };
        }
        Ok((vector, all.take(8).collect()))
    }
}

pub(super) fn read(content: &str) -> Result<Structure, FormatError> {
    let mut lines = Lines {
        lines: content.lines().enumerate(),
        last: 0,
    };
    let title = lines.next("the title")?.1;
    let (lattice, scale) = read_lattice(&mut lines)?;
    let (line, text) = lines.next("the elements or the numbers of sites")?;
    let first: Vec<Word> = words(text, line).collect();
    let has_symbols = first
        .first()
        .is_some_and(|w| !w.text.starts_with(|c: char| c.is_ascii_digit()));
    let (symbols, counts_line) = if has_symbols {
        let (line, text) = lines.next("the numbers of sites")?;
        (Some(first), words(text, line).collect())
    } else {
        (None, first)
    };
    let counts = read_counts(&counts_line, line)?;
    let of_title = elements_of_title(title, counts.len());
    let named = symbols
        .map(|symbols| elements_of(&symbols, counts.len()))
        .transpose()?;
    let (mut line, mut mode) = lines.next("`Direct` or `Cartesian`")?;
    let selective = mode.trim_start().starts_with(['S', 's']);
    if selective {
        (line, mode) = lines.next("`Direct` or `Cartesian`")?;
    }
    let cartesian = match mode.trim_start().chars().next() {
        Some('C' | 'c' | 'K' | 'k') => true,
        Some('D' | 'd') => false,
        _ => {
            let what = format!(
                "`{}` where the kind of coordinates should be",
                text::shortened(mode.trim())
            );
            return Err(line_error(line, what, "write `Direct` or `Cartesian`"));
        }
    };
    let mut sites = Vec::new();
    for (kind, &count) in counts.iter().enumerate() {
        for _ in 0..count {
            let (position, rest) = lines.vector("the coordinates of a site")?;
            // The flags of selective dynamics, T and F, are no symbols of tritium and fluorine, announced or not.
            let flag = |w: &Word| matches!(w.text, "T" | "F" | "t" | "f");
            let flags = selective || rest.len() >= 3 && rest[..3].iter().all(flag);
            let rest = rest.get(if flags { 3 } else { 0 }..).unwrap_or_default();
            let tail = rest
                .first()
                .and_then(|w| Some((element_of(w.text)?, w.text)));
            let element = match (&named, tail, &of_title) {
                (Some(elements), _, _) => elements[kind],
                (None, Some((element, _)), _) => element,
                (None, None, Some(elements)) => elements[kind],
                (None, None, None) => {
                    return Err(line_error(
                        counts_line.first().map_or(1, |w| w.line),
                        "the elements are named nowhere (a POSCAR of VASP 4)",
                        "put a line with the element symbols above the numbers of sites, in the order of the POTCAR",
                    ));
                }
            };
            let position = if cartesian {
                lattice.fractional_from_cartesian(position.component_mul(&scale))
            } else {
                position
            };
            let mut site = Site::new(element, position);
            if let Some((_, label)) = tail.filter(|(named, _)| *named == element) {
                site.label = label.to_string();
            }
            sites.push(site);
        }
    }
    let mut structure = Structure::new(lattice, sites);
    structure.title = text::one_line(title);
    Ok(structure)
}

/// The scaled lattice, and the scale of Cartesian coordinates along x, y and z.
fn read_lattice(lines: &mut Lines) -> Result<(Lattice, Vector3<f64>), FormatError> {
    let (line, text) = lines.next("the scale")?;
    let remedy = "write one positive scale, or a negative one that is minus the volume in Å3, or three positive ones";
    let mut factors = Vec::new();
    for word in words(text, line).take(3) {
        match word.number() {
            Ok(factor) => factors.push(factor),
            // A remark may follow the one scale.
            Err(error) if factors.is_empty() => return Err(error),
            Err(_) => break,
        }
    }
    let mut rows = Matrix3::zeros();
    for axis in 0..3 {
        let (vector, _) = lines.vector("a basis vector")?;
        rows.set_row(axis, &vector.transpose());
    }
    let scale = match *factors.as_slice() {
        [x, y, z] if x > 0.0 && y > 0.0 && z > 0.0 => Vector3::new(x, y, z),
        [scale, ..] if scale > 0.0 => Vector3::repeat(scale),
        [volume, ..] if volume < 0.0 => {
            let own = rows.determinant().abs();
            let factor = if own > 0.0 {
                (-volume / own).cbrt()
            } else {
                1.0
            };
            Vector3::repeat(factor)
        }
        _ => {
            let what = format!("`{}` is no scale", text::shortened(text.trim()));
            return Err(line_error(line, what, remedy));
        }
    };
    let scaled = Matrix3::from_fn(|i, j| rows[(i, j)] * scale[j]);
    let lattice = Lattice::new(scaled).map_err(|error| {
        line_error(
            line + 1,
            error.to_string(),
            "check the scale and the three basis vectors",
        )
    })?;
    Ok((lattice, scale))
}

fn read_counts(all: &[Word], line: usize) -> Result<Vec<usize>, FormatError> {
    let mut counts = Vec::new();
    let mut total = 0;
    // A remark may follow the numbers.
    for word in all.iter().take_while(|w| !w.text.starts_with(['#', '!'])) {
        let count = word.count(MAX_SITES - total)?;
        total += count;
        counts.push(count);
    }
    if total == 0 {
        return Err(line_error(
            line,
            "no numbers of sites",
            "write how many sites each element has",
        ));
    }
    Ok(counts)
}

/// One element for each count.
fn elements_of(symbols: &[Word], count: usize) -> Result<Vec<Element>, FormatError> {
    let mut elements = Vec::new();
    for word in symbols
        .iter()
        .take_while(|w| !w.text.starts_with(['#', '!']))
    {
        elements.push(element_of(word.text).ok_or_else(|| {
            let what = format!("`{}` is not an element", text::shortened(word.text));
            word.error(what, "write element symbols, such as `Li Fe P O`")
        })?);
    }
    if elements.len() != count {
        let line = symbols.first().map_or(1, |w| w.line);
        let what = format!("{} elements but {count} numbers of sites", elements.len());
        return Err(line_error(line, what, "write one number for each element"));
    }
    Ok(elements)
}

/// VASP 4 has no symbols, but most files of it name the elements in their title.
fn elements_of_title(title: &str, count: usize) -> Option<Vec<Element>> {
    let elements: Option<Vec<Element>> = title
        .split_whitespace()
        .take(count)
        .map(element_of)
        .collect();
    elements.filter(|found| found.len() == count)
}

/// The element of a symbol as POTCAR files name it, `Fe_pv`, `O/a1b2`, or with a number or charge, `Fe1`, `Fe3+`.
fn element_of(word: &str) -> Option<Element> {
    let symbol: &str = word.split(['_', '/']).next()?;
    Element::from_symbol(
        symbol.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-')),
    )
}

pub(super) fn write(structure: &Structure) -> Result<String, CrystalError> {
    let mut groups: Vec<(Element, usize)> = Vec::new();
    for site in &structure.sites {
        let element = site.element().ok_or_else(|| {
            CrystalError::Unwritable("a POSCAR", format!("site {} is disordered", site.label))
        })?;
        match groups.last_mut() {
            Some((last, count)) if *last == element => *count += 1,
            _ => groups.push((element, 1)),
        }
    }
    let title = text::one_line(&structure.title);
    let mut out = format!("{title}\n1.0\n");
    for row in structure.lattice.rows().row_iter() {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "  {:?} {:?} {:?}", row[0], row[1], row[2]);
    }
    let line = |f: &dyn Fn(&(Element, usize)) -> String| {
        groups.iter().map(f).collect::<Vec<_>>().join(" ")
    };
    let _ = writeln!(out, "{}", line(&|g| g.0.to_string()));
    let _ = writeln!(out, "{}\nDirect", line(&|g| g.1.to_string()));
    for site in &structure.sites {
        let [x, y, z] = site.position.into();
        let label = text::one_line(&site.label).replace(' ', "_");
        let _ = writeln!(out, "  {x:?} {y:?} {z:?} {label}");
    }
    Ok(out)
}
