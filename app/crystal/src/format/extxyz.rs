//! Extended XYZ: <https://github.com/libAtoms/extxyz>. The second line holds `Lattice="..."` and `Properties=...`.

use super::text::{self, Word, line_error, words};
use super::{FormatError, Frame};
use crate::{CrystalError, Lattice, MAX_SITES, Site, Structure};
use matter::Element;
use nalgebra::{Matrix3, Vector3};
use std::fmt::Write;

/// Which columns hold what, by `Properties`.
struct Columns {
    element: usize,
    /// Whether the element is given by its atomic number.
    by_number: bool,
    position: usize,
    label: Option<usize>,
    moment: Option<usize>,
    forces: Option<usize>,
    count: usize,
}

pub(super) fn read(content: &str) -> Result<Vec<Structure>, FormatError> {
    let frames = read_frames(content)?;
    Ok(frames.into_iter().map(|frame| frame.structure).collect())
}

pub(super) fn read_frames(content: &str) -> Result<Vec<Frame>, FormatError> {
    let mut lines = content.lines().enumerate().map(|(i, line)| (i + 1, line));
    let mut frames = Vec::new();
    let mut total = 0;
    while let Some((number, line)) = lines.next() {
        let Some(first) = words(line, number).next() else {
            continue;
        };
        let count = first.count(MAX_SITES - total)?;
        if count == 0 {
            return Err(first.error(
                "no atoms",
                "the first line of a frame says how many atoms it has",
            ));
        }
        total += count;
        let Some((comment_line, comment)) = lines.next() else {
            let remedy = "the second line of a frame holds Lattice=\"...\" and Properties=...";
            return Err(line_error(
                number + 1,
                "the file ends after the number of atoms",
                remedy,
            ));
        };
        let (mut frame, columns) = read_comment(comment, comment_line)?;
        let mut forces = Vec::new();
        for done in 0..count {
            let Some((number, line)) = lines.next() else {
                let what = format!("the file ends after {done} of {count} atoms");
                return Err(line_error(
                    comment_line + done + 1,
                    what,
                    "is the file cut off?",
                ));
            };
            let structure = &mut frame.structure;
            let (site, force) = read_site(line, number, &columns, &structure.lattice)?;
            structure.sites.push(site);
            forces.extend(force);
        }
        frame.forces = Some(forces).filter(|forces| forces.len() == count);
        frames.push(frame);
    }
    if frames.is_empty() {
        return Err(line_error(
            1,
            "no frame",
            "the first line of a frame says how many atoms it has",
        ));
    }
    Ok(frames)
}

/// What the second line of a frame tells, without sites, and the columns of the sites.
fn read_comment(comment: &str, line: usize) -> Result<(Frame, Columns), FormatError> {
    let pairs = pairs_of(comment);
    let find = |key: &str| {
        let mut found = pairs.iter().filter(|pair| pair.0.eq_ignore_ascii_case(key));
        found.next().map(|pair| pair.1.as_str())
    };
    let Some(lattice) = find("Lattice") else {
        return Err(line_error(
            line,
            "no Lattice: a molecule, which is no crystal structure",
            "add Lattice=\"ax ay az bx by bz cx cy cz\" in Å, a box with enough vacuum for a molecule",
        ));
    };
    let numbers = numbers_of(lattice);
    if numbers.len() != 9 {
        let what = format!(
            "Lattice=\"{}\" is not nine numbers",
            text::shortened(lattice)
        );
        return Err(line_error(
            line,
            what,
            "write ax ay az bx by bz cx cy cz in Å",
        ));
    }
    let lattice = Lattice::new(Matrix3::from_row_slice(&numbers))
        .map_err(|error| line_error(line, error.to_string(), "check Lattice"))?;
    let mut structure = Structure::new(lattice, Vec::new());
    structure.title = find("title").map(text::one_line).unwrap_or_default();
    if let Some(pbc) = find("pbc").filter(|pbc| pbc.contains(['F', 'f', '0'])) {
        let shown = text::shortened(pbc);
        structure.notes.push(format!(
            "pbc=\"{shown}\" is taken as periodic in all three directions: mind the vacuum"
        ));
    }
    let columns = read_columns(find("Properties").unwrap_or("species:S:1:pos:R:3"), line)?;
    // What is no number, as ASE's None and nan, is not known.
    let known = |value: &str| text::number(value).filter(|number| number.is_finite());
    let stress = find("stress").map(numbers_of);
    let frame = Frame {
        structure,
        energy: find("energy").or(find("free_energy")).and_then(known),
        forces: None,
        // It is symmetric, so that rows and columns are the same; six numbers are Voigt's.
        stress: stress.and_then(|s| match s.as_slice() {
            &[xx, yy, zz, yz, xz, xy] => Some(Matrix3::new(xx, xy, xz, xy, yy, yz, xz, yz, zz)),
            nine if nine.len() == 9 => Some(Matrix3::from_row_slice(nine)),
            _ => None,
        }),
        model: find("model").map(text::one_line),
        doi: find("doi").map(text::one_line),
    };
    Ok((frame, columns))
}

/// The numbers of a value, up to the first word that is none.
fn numbers_of(value: &str) -> Vec<f64> {
    let separators = |c: char| c.is_whitespace() || matches!(c, ',' | '[' | ']' | '{' | '}');
    let words = value.split(separators).filter(|word| !word.is_empty());
    words.map_while(text::number).collect()
}

/// `Properties=species:S:1:pos:R:3:...`: a name, a type and a number of columns each.
fn read_columns(properties: &str, line: usize) -> Result<Columns, FormatError> {
    let fail = |what: String| {
        line_error(
            line,
            what,
            "write Properties=species:S:1:pos:R:3, further columns after it",
        )
    };
    let (mut element, mut number, mut position) = (None, None, None);
    let (mut label, mut moment, mut forces, mut count) = (None, None, None, 0_usize);
    let parts: Vec<&str> = properties.split(':').collect();
    for part in parts.chunks(3) {
        let (&[name, _, width], at) = (part, count) else {
            return Err(fail(format!(
                "Properties={}: not name:type:number",
                text::shortened(properties)
            )));
        };
        let width = width
            .parse::<usize>()
            .ok()
            .filter(|w| (1..=10_000).contains(w));
        let Some(width) = width else {
            return Err(fail(format!(
                "Properties: `{}` has no number of columns",
                text::shortened(name)
            )));
        };
        match (name.to_ascii_lowercase().as_str(), width) {
            ("species" | "symbols" | "element", 1) => element = Some(at),
            ("z" | "numbers", 1) => number = Some(at),
            ("pos" | "positions", 3) => position = Some(at),
            ("label", 1) => label = Some(at),
            ("magmoms" | "magmom", 1) => moment = Some(at),
            ("initial_magmoms", 1) => moment = moment.or(Some(at)),
            ("forces" | "force", 3) => forces = Some(at),
            _ => {}
        }
        count += width;
    }
    let Some(position) = position else {
        return Err(fail("Properties has no pos:R:3".to_string()));
    };
    let Some(symbol_or_number) = element.or(number) else {
        return Err(fail(
            "Properties has neither species:S:1 nor Z:I:1".to_string(),
        ));
    };
    Ok(Columns {
        element: symbol_or_number,
        by_number: element.is_none(),
        position,
        label,
        moment,
        forces,
        count,
    })
}

fn read_site(
    line: &str,
    number: usize,
    columns: &Columns,
    lattice: &Lattice,
) -> Result<(Site, Option<Vector3<f64>>), FormatError> {
    let all: Vec<Word> = words(line, number).take(columns.count).collect();
    if all.len() < columns.count {
        let what = format!(
            "{} columns where Properties announces {}",
            all.len(),
            columns.count
        );
        return Err(line_error(
            number,
            what,
            "is the number of atoms right, or a line cut off?",
        ));
    }
    let word = all[columns.element];
    let element = if columns.by_number {
        word.text.parse().ok().and_then(Element::new)
    } else {
        Element::from_symbol(word.text)
    };
    let element = element.ok_or_else(|| {
        let what = format!("`{}` is not an element", text::shortened(word.text));
        word.error(what, "write a symbol such as Fe")
    })?;
    let vector = |first: usize| -> Result<Vector3<f64>, FormatError> {
        let mut vector = Vector3::zeros();
        for (axis, entry) in vector.iter_mut().enumerate() {
            *entry = all[first + axis].number()?;
        }
        Ok(vector)
    };
    let place = vector(columns.position)?;
    let mut site = Site::new(element, lattice.fractional_from_cartesian(place));
    if let Some(label) = columns.label {
        site.label = all[label].text.to_string();
    }
    if let Some(moment) = columns.moment {
        site.magnetic_moment = Some(all[moment].number()?);
    }
    // Columns that are not to be understood are no reason to refuse the structure.
    let force = columns.forces.and_then(|first| vector(first).ok());
    Ok((site, force))
}

/// The `key=value` pairs of a comment line. Values with blanks stand in `"`, `'`, `{}` or `[]`; a key alone is true.
fn pairs_of(comment: &str) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut rest = comment.trim_start();
    while !rest.is_empty() {
        let (key, after) = value_of(rest, true);
        rest = after;
        let mut value = "T".to_string();
        if let Some(after) = rest.trim_start().strip_prefix('=') {
            (value, rest) = value_of(after.trim_start(), false);
        }
        pairs.push((key, value));
        rest = rest.trim_start();
    }
    pairs
}

/// The word or quoted text at the start, and what comes after it. A key ends at `=` too.
fn value_of(text: &str, is_key: bool) -> (String, &str) {
    let close = match text.chars().next() {
        Some(quote @ ('"' | '\'')) => quote,
        Some('{') => '}',
        Some('[') => ']',
        _ => {
            let end = text.find(|c: char| c.is_whitespace() || (is_key && c == '='));
            // A stray `=` at the start of a key is passed over, so that every step goes on.
            let end = end
                .unwrap_or(text.len())
                .max(usize::from(text.starts_with('=')));
            return (text[..end].to_string(), &text[end..]);
        }
    };
    let open = if close == ']' { '[' } else { close };
    let (mut value, mut depth, mut escaped) = (String::new(), 1, false);
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => {
                value.push(if c == 'n' { '\n' } else { c });
                escaped = false;
                continue;
            }
            '\\' => {
                escaped = true;
                continue;
            }
            c if c == close => depth -= 1,
            c if c == open => depth += 1,
            _ => {}
        }
        if depth == 0 {
            return (value, &text[at + c.len_utf8()..]);
        }
        value.push(c);
    }
    // Never closed: the rest of the line.
    (value, "")
}

pub(super) fn write(structure: &Structure) -> Result<String, CrystalError> {
    write_frame(&Frame::of(structure.clone()))
}

pub(super) fn write_frame(frame: &Frame) -> Result<String, CrystalError> {
    let structure = &frame.structure;
    let forces = frame.forces.as_deref();
    if forces.is_some_and(|forces| forces.len() != structure.sites.len()) {
        let why = "there are more or fewer forces than sites".to_owned();
        return Err(CrystalError::Unwritable("an extended XYZ", why));
    }
    let moments = structure.sites.iter().any(|s| s.magnetic_moment.is_some());
    let labels = structure
        .sites
        .iter()
        .any(|s| s.main_element().is_some_and(|e| e.symbol() != s.label));
    let list = |numbers: &[f64]| {
        let words: Vec<String> = numbers.iter().map(|x| format!("{x:?}")).collect();
        words.join(" ")
    };
    // Columns of the transpose are rows.
    let lattice = list(structure.lattice.rows().transpose().as_slice());
    let mut out = format!(
        "{}\nLattice=\"{lattice}\" Properties=species:S:1:pos:R:3",
        structure.sites.len()
    );
    out.push_str(if labels { ":label:S:1" } else { "" });
    out.push_str(if forces.is_some() { ":forces:R:3" } else { "" });
    out.push_str(if moments { ":magmoms:R:1" } else { "" });
    // Writing to a string cannot fail.
    if let Some(energy) = frame.energy {
        let _ = write!(out, " energy={energy:?}");
    }
    if let Some(stress) = frame.stress {
        let _ = write!(out, " stress=\"{}\"", list(stress.transpose().as_slice()));
    }
    let texts = [
        ("model", frame.model.as_deref().unwrap_or_default()),
        ("doi", frame.doi.as_deref().unwrap_or_default()),
    ];
    for (key, value) in texts.into_iter().filter(|(_, value)| !value.is_empty()) {
        let _ = write!(out, " {key}={}", quoted(value));
    }
    out.push_str(" pbc=\"T T T\"");
    if !structure.title.is_empty() {
        let _ = write!(out, " title={}", quoted(&structure.title));
    }
    out.push('\n');
    for (index, site) in structure.sites.iter().enumerate() {
        let unwritable =
            |why| CrystalError::Unwritable("an extended XYZ", format!("site {} {why}", site.label));
        let element = site.element().ok_or_else(|| unwritable("is disordered"))?;
        let _ = write!(
            out,
            "{element} {}",
            list(structure.cartesian(index).as_slice())
        );
        if labels {
            let label = text::one_line(&site.label).replace(' ', "_");
            let shown = match label.is_empty() {
                true => element.symbol(),
                false => &label,
            };
            let _ = write!(out, " {shown}");
        }
        if let Some(forces) = forces {
            let _ = write!(out, " {}", list(forces[index].as_slice()));
        }
        if moments {
            let moment = site
                .magnetic_moment
                .ok_or_else(|| unwritable("has no magnetic moment though others do"))?;
            let _ = write!(out, " {moment:?}");
        }
        out.push('\n');
    }
    Ok(out)
}

/// A value as it stands after `=`: bare where it is one plain word.
fn quoted(value: &str) -> String {
    let value = text::one_line(value);
    let plain = |c: char| c.is_ascii_alphanumeric() || "-+._:/".contains(c);
    match !value.is_empty() && value.chars().all(plain) {
        true => value,
        false => format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")),
    }
}
