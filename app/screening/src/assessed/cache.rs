//! What the potential said before, in the user's cache folder: one small file a structure, named by a hash of all that it rests on,
//! with a checksum. A file that is damaged counts as none; one that cannot be written is none.

use super::Asked;
use crate::sha256_of;
use crystal::Structure;
use potential::Model;
use std::fmt::Write as _;
use std::path::PathBuf;

/// Counted up whenever the same input would give other numbers.
const REVISION: u32 = 1;
/// The first line of a file.
const MAGIC: &str = "lodestone potential 1";

/// The folder, and what the run asks for.
pub(super) struct Cache {
    folder: Option<PathBuf>,
    asked: Asked,
}

/// Numbers and remarks.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub numbers: Vec<f64>,
    pub notes: Vec<String>,
}

impl Cache {
    /// The user's; none where the system names no place for it.
    pub fn open(asked: Asked) -> Self {
        Self {
            folder: compute::cache_folder().map(|folder| folder.join("potential")),
            asked,
        }
    }

    /// What is kept about a structure under this heading; or what `find` finds, which is kept.
    ///
    /// # Errors
    ///
    /// Those of `find`; they are not kept.
    pub fn or_else<E>(
        &self,
        heading: &str,
        structure: &Structure,
        find: impl FnOnce() -> Result<Entry, E>,
    ) -> Result<Entry, E> {
        let Some(folder) = &self.folder else {
            return find();
        };
        let key = self.key(heading, structure);
        let path = folder.join(&key[..2]).join(&key[2..]);
        if let Some(entry) = std::fs::read_to_string(&path)
            .ok()
            .and_then(|text| read(&text))
        {
            return Ok(entry);
        }
        let entry = find()?;
        // A cache that cannot be written is no reason to fail.
        let _ = path.parent().map(std::fs::create_dir_all);
        let _ = table::write_atomically(&path, |writer| {
            let text = write(&entry);
            writer
                .write_all(text.as_bytes())
                .map_err(|error| table::TableError::io("write", path.display().to_string(), error))
        });
        Ok(entry)
    }

    /// Everything that an answer rests on, hashed.
    fn key(&self, heading: &str, structure: &Structure) -> String {
        let model = Model::default();
        let mut text = format!(
            "{MAGIC}\n{REVISION}\n{heading}\n{model}\n{}\n{}\n",
            env!("CARGO_PKG_VERSION"),
            self.asked.as_given
        );
        let mut bits = |numbers: &mut dyn Iterator<Item = f64>| {
            for number in numbers {
                // Writing to a string cannot fail.
                let _ = write!(text, "{:016x}", number.to_bits());
            }
            text.push('\n');
        };
        bits(&mut structure.lattice.rows().iter().copied());
        for site in &structure.sites {
            bits(&mut site.position.iter().copied());
            bits(&mut site.species.iter().flat_map(|species| {
                [
                    f64::from(species.element.atomic_number()),
                    species.occupancy,
                ]
            }));
        }
        sha256_of(text.as_bytes())
    }
}

fn write(entry: &Entry) -> String {
    let mut text = format!("{MAGIC}\n");
    for number in &entry.numbers {
        let _ = writeln!(text, "number {:016x} {number}", number.to_bits());
    }
    for note in &entry.notes {
        let _ = writeln!(text, "note {}", note.replace('\n', " "));
    }
    let sum = sha256_of(text.as_bytes());
    let _ = writeln!(text, "sha256 {sum}");
    text
}

fn read(text: &str) -> Option<Entry> {
    let (body, sum) = text.trim_end().rsplit_once('\n')?;
    let body = &text[..body.len() + 1];
    if sum.strip_prefix("sha256 ")? != sha256_of(body.as_bytes()) {
        return None;
    }
    let mut entry = Entry {
        numbers: Vec::new(),
        notes: Vec::new(),
    };
    let mut lines = body.lines();
    if lines.next()? != MAGIC {
        return None;
    }
    for line in lines {
        match line.split_once(' ')? {
            ("number", number) => {
                let bits = number.split(' ').next()?;
                let bits = u64::from_str_radix(bits, 16).ok()?;
                entry.numbers.push(f64::from_bits(bits));
            }
            ("note", note) => entry.notes.push(note.to_owned()),
            _ => return None,
        }
    }
    Some(entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_comes_back_to_the_last_bit_and_what_is_damaged_does_not() {
        let entry = Entry {
            numbers: vec![-7.530000000000001, 0.1 + 0.2, f64::MIN_POSITIVE],
            notes: vec!["relative to 12 bundled phases".to_owned()],
        };
        let text = write(&entry);
        assert_eq!(read(&text), Some(entry.clone()));
        for at in 0..text.len() - 1 {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1;
            let damaged = String::from_utf8(bytes).unwrap();
            assert_eq!(read(&damaged), None, "{damaged}");
        }
        assert_eq!(read(&text[..text.len() / 2]), None);
        assert_eq!(read(""), None);
    }

    #[test]
    fn another_structure_or_another_question_has_another_key() {
        use crystal::{Lattice, Site};
        use matter::Element;
        let cache = |as_given| Cache {
            folder: None,
            asked: Asked {
                as_given,
                insertion: false,
            },
        };
        let cube = |a: f64, element| {
            let lattice = Lattice::from_parameters(a, a, a, 90.0, 90.0, 90.0).unwrap();
            Structure::new(lattice, vec![Site::new(element, [0.0; 3].into())])
        };
        let iron = cube(2.9, Element::FE);
        let key = cache(false).key("assessed", &iron);
        assert_eq!(key, cache(false).key("assessed", &iron));
        let others = [
            cache(true).key("assessed", &iron),
            cache(false).key("insertion", &iron),
            cache(false).key("assessed", &cube(2.9000000000000004, Element::FE)),
            cache(false).key("assessed", &cube(2.9, Element::CO)),
        ];
        assert!(others.iter().all(|other| *other != key));
    }
}
