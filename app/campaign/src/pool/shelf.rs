//! A large pool in a file beside the campaign: its candidates as numbers in [0, 1], what is known of each beforehand, and the
//! texts of its table, all in blocks that are read when they are asked for. Memory holds a number a candidate at most.
//!
//! ```text
//! "LODEPOOL" | header length | header (JSON) | rows that may be chosen | points | further columns | texts | directory | its place
//! ```
//!
//! Numbers are little-endian. The directory tells of every block where it lies, how long it is and its SHA-256; the SHA-256 of
//! header and directory stands in the campaign's first event. A block is checked when it is first read.

use crate::number::Number;
use crate::{CampaignError, sha256_hex};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use table::Table;

const MAGIC: &[u8; 8] = b"LODEPOOL";
/// Candidates in a block of numbers.
pub const BLOCK: usize = 8192;
/// Rows of the table in a block of texts.
const TEXTS: usize = 4096;
/// Bytes of an entry of the directory: offset, length, SHA-256.
const ENTRY: usize = 48;

/// What the file says of itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Header {
    /// Rows of the table, and of those that may be chosen.
    pub rows: usize,
    pub kept: usize,
    /// Coordinates and further columns of a candidate.
    pub width: usize,
    pub extra_width: usize,
    /// Whether points are kept in single precision.
    pub single: bool,
    /// Header, name and unit of the table's columns.
    pub columns: Vec<(String, String, Option<String>)>,
    pub decimal_comma: bool,
    /// How the numbers were made of the texts.
    pub coding: serde_json::Value,
    /// Further columns that are coordinates too: place, least and greatest value.
    pub used: Vec<(usize, Number, Number)>,
    /// Why rows may not be chosen, and how many.
    pub left_out: Vec<(String, usize)>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    offset: u64,
    length: usize,
    sha256: [u8; 32],
}

/// The open file.
#[derive(Debug)]
pub struct Shelf {
    pub header: Header,
    path: PathBuf,
    file: File,
    entries: Vec<Entry>,
    checked: Vec<AtomicBool>,
    /// Texts of rows that were asked for.
    texts: Mutex<HashMap<u32, Vec<String>>>,
}

/// Writes a file of blocks, front to back.
pub struct Writer {
    out: BufWriter<File>,
    at: u64,
    header: Vec<u8>,
    entries: Vec<Entry>,
}

impl Writer {
    /// Begins with header and the rows that may be chosen.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn begin(file: File, header: &Header, kept: &[u32]) -> std::io::Result<Self> {
        let json = serde_json::to_vec(header).map_err(std::io::Error::other)?;
        let mut writer = Self {
            out: BufWriter::with_capacity(1 << 20, file),
            at: 0,
            header: json.clone(),
            entries: Vec::new(),
        };
        writer.raw(MAGIC)?;
        writer.raw(&(json.len() as u64).to_le_bytes())?;
        writer.raw(&json)?;
        let kept: Vec<u8> = kept.iter().flat_map(|row| row.to_le_bytes()).collect();
        writer.block(&kept)?;
        Ok(writer)
    }

    fn raw(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.out.write_all(bytes)?;
        self.at += bytes.len() as u64;
        Ok(())
    }

    /// Adds a block.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn block(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.entries.push(Entry {
            offset: self.at,
            length: bytes.len(),
            sha256: Sha256::digest(bytes).into(),
        });
        self.raw(bytes)
    }

    /// Adds the texts of a table.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn texts(&mut self, table: &Table) -> std::io::Result<()> {
        let mut bytes = Vec::new();
        for start in (0..table.len()).step_by(TEXTS) {
            let rows = start..table.len().min(start + TEXTS);
            bytes.clear();
            for column in 0..table.columns().len() {
                for text in table.texts(column, rows.clone()) {
                    bytes.extend((text.len() as u32).to_le_bytes());
                    bytes.extend(text.as_bytes());
                }
            }
            self.block(&bytes)?;
        }
        Ok(())
    }

    /// Ends the file and forces it to the disk; its SHA-256 of header and directory.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn end(mut self) -> std::io::Result<String> {
        let (place, mut directory) = (self.at, Vec::new());
        for entry in std::mem::take(&mut self.entries) {
            directory.extend(entry.offset.to_le_bytes());
            directory.extend((entry.length as u64).to_le_bytes());
            directory.extend(entry.sha256);
        }
        self.raw(&directory)?;
        self.raw(&place.to_le_bytes())?;
        let sha256 = sha256_of(&self.header, &directory);
        let file = self.out.into_inner().map_err(|error| error.into_error())?;
        file.sync_all()?;
        Ok(sha256)
    }
}

fn sha256_of(header: &[u8], directory: &[u8]) -> String {
    sha256_hex(&[header, directory].concat())
}

impl Shelf {
    /// Opens the file, with the rows that may be chosen, after checking that it is the one of this SHA-256.
    ///
    /// # Errors
    /// It is gone, cannot be read, or is another.
    pub fn open(path: &Path, sha256: &str) -> Result<(Self, Vec<u32>), CampaignError> {
        let failed = |error| CampaignError::file("read", path, error);
        let file = File::open(path).map_err(failed)?;
        let another = || CampaignError::Candidates {
            path: path.into(),
            why: "it is not what the campaign began with".to_owned(),
        };
        let length = file.metadata().map_err(failed)?.len();
        let word = |at: u64| -> Result<u64, CampaignError> {
            let mut bytes = [0; 8];
            read_at(&file, &mut bytes, at).map_err(|_| another())?;
            Ok(u64::from_le_bytes(bytes))
        };
        let (head, place) = (word(8)?, word(length.saturating_sub(8))?);
        let end = length.saturating_sub(8);
        if head > length || place > end || (end - place) % ENTRY as u64 != 0 {
            return Err(another());
        }
        let mut header = vec![0; head as usize];
        read_at(&file, &mut header, 16).map_err(failed)?;
        let mut directory = vec![0; (end - place) as usize];
        read_at(&file, &mut directory, place).map_err(failed)?;
        if sha256_of(&header, &directory) != sha256 {
            return Err(another());
        }
        let header: Header = serde_json::from_slice(&header).map_err(|_| another())?;
        let entry = |bytes: &[u8]| -> Option<Entry> {
            Some(Entry {
                offset: u64::from_le_bytes(bytes[..8].try_into().ok()?),
                length: u64::from_le_bytes(bytes[8..16].try_into().ok()?) as usize,
                sha256: bytes[16..].try_into().ok()?,
            })
        };
        let entries: Option<Vec<Entry>> = directory.chunks_exact(ENTRY).map(entry).collect();
        let entries = entries.ok_or_else(another)?;
        let shelf = Self {
            checked: entries.iter().map(|_| AtomicBool::new(false)).collect(),
            entries,
            header,
            path: path.into(),
            file,
            texts: Mutex::default(),
        };
        let kept = shelf.block(0)?;
        let (kept, _) = kept.as_chunks::<4>();
        let kept = kept.iter().map(|row| u32::from_le_bytes(*row)).collect();
        Ok((shelf, kept))
    }

    fn damaged(&self) -> CampaignError {
        CampaignError::Candidates {
            path: self.path.clone(),
            why: "it was changed after the campaign began".to_owned(),
        }
    }

    /// A whole block, checked.
    fn block(&self, number: usize) -> Result<Vec<u8>, CampaignError> {
        let entry = self.entries.get(number).ok_or_else(|| self.damaged())?;
        let mut bytes = vec![0; entry.length];
        let read = read_at(&self.file, &mut bytes, entry.offset);
        read.map_err(|error| CampaignError::file("read", &self.path, error))?;
        if !self.checked[number].load(Ordering::Relaxed) {
            if Sha256::digest(&bytes)[..] != entry.sha256 {
                return Err(self.damaged());
            }
            self.checked[number].store(true, Ordering::Relaxed);
        }
        Ok(bytes)
    }

    /// Part of a block; the first time it is read whole, to be checked.
    fn part(&self, number: usize, range: Range<usize>) -> Result<Vec<u8>, CampaignError> {
        if !self.checked[number].load(Ordering::Relaxed) {
            return Ok(self.block(number)?[range].to_vec());
        }
        let mut bytes = vec![0; range.len()];
        let at = self.entries[number].offset + range.start as u64;
        let read = read_at(&self.file, &mut bytes, at);
        read.map_err(|error| CampaignError::file("read", &self.path, error))?;
        Ok(bytes)
    }

    fn number_blocks(&self) -> usize {
        self.header.kept.div_ceil(BLOCK)
    }

    /// Points and further columns of candidates from place `start` on, as many as fit.
    ///
    /// # Errors
    /// The file cannot be read, or was changed.
    pub fn read(
        &self,
        start: usize,
        points: &mut [f64],
        extras: &mut [f64],
    ) -> Result<(), CampaignError> {
        let (width, more) = (self.header.width, self.header.extra_width);
        let count = points.len() / width.max(1);
        if start + count > self.header.kept {
            return Err(self.damaged());
        }
        let size = if self.header.single { 4 } else { 8 };
        let mut at = 0;
        while at < count {
            let (block, first) = ((start + at) / BLOCK, (start + at) % BLOCK);
            let rows = (count - at).min(BLOCK - first);
            let range = first * width * size..(first + rows) * width * size;
            let bytes = self.part(1 + block, range)?;
            let to = &mut points[at * width..(at + rows) * width];
            if self.header.single {
                let (numbers, _) = bytes.as_chunks::<4>();
                for (to, from) in to.iter_mut().zip(numbers) {
                    *to = f64::from(f32::from_le_bytes(*from));
                }
            } else {
                doubles(&bytes, to);
            }
            let range = first * more * 8..(first + rows) * more * 8;
            let bytes = self.part(1 + self.number_blocks() + block, range)?;
            doubles(&bytes, &mut extras[at * more..(at + rows) * more]);
            at += rows;
        }
        Ok(())
    }

    fn texts_of(&self, block: usize) -> Result<Block, CampaignError> {
        let rows = block * TEXTS..self.header.rows.min((block + 1) * TEXTS);
        let bytes = self.block(1 + 2 * self.number_blocks() + block)?;
        let (mut at, mut cells) = (0, Vec::new());
        for _ in 0..rows.len() * self.header.columns.len() {
            let head: Option<[u8; 4]> = bytes.get(at..at + 4).and_then(|b| b.try_into().ok());
            let length = head.map(u32::from_le_bytes).ok_or_else(|| self.damaged())? as usize;
            let cell = at + 4..at + 4 + length;
            if bytes.get(cell.clone()).is_none() {
                return Err(self.damaged());
            }
            at = cell.end;
            cells.push(cell);
        }
        Ok(Block { rows, bytes, cells })
    }

    /// Reads the texts of rows, so that [`Shelf::text`] has them.
    ///
    /// # Errors
    /// The file cannot be read, or was changed.
    pub fn fetch(&self, rows: &[u32]) -> Result<(), CampaignError> {
        let mut held = self.texts.lock().unwrap_or_else(|held| held.into_inner());
        let mut missing: Vec<u32> = rows.to_vec();
        missing.retain(|row| !held.contains_key(row));
        missing.sort_unstable();
        missing.dedup();
        let mut block: Option<Block> = None;
        for row in missing {
            if row as usize >= self.header.rows {
                return Err(self.damaged());
            }
            let there = match block.take().filter(|b| b.rows.contains(&(row as usize))) {
                Some(there) => there,
                None => self.texts_of(row as usize / TEXTS)?,
            };
            let columns = 0..self.header.columns.len();
            let texts = columns.map(|column| there.text(column, row as usize).into_owned());
            held.insert(row, texts.collect());
            block = Some(there);
        }
        Ok(())
    }

    /// The text of a cell.
    ///
    /// # Errors
    /// As [`Shelf::fetch`].
    pub fn text(&self, column: usize, row: u32) -> Result<String, CampaignError> {
        self.fetch(&[row])?;
        let held = self.texts.lock().unwrap_or_else(|held| held.into_inner());
        let cell = held.get(&row).and_then(|texts| texts.get(column));
        cell.cloned().ok_or_else(|| self.damaged())
    }

    /// Goes through all rows: `each` gets the row and its texts in these columns.
    ///
    /// # Errors
    /// As [`Shelf::fetch`].
    pub fn scan(
        &self,
        columns: &[usize],
        each: &mut dyn FnMut(u32, &[Cow<'_, str>]),
    ) -> Result<(), CampaignError> {
        for block in 0..self.header.rows.div_ceil(TEXTS) {
            let there = self.texts_of(block)?;
            for row in there.rows.clone() {
                let texts = columns.iter().map(|&column| there.text(column, row));
                each(row as u32, &texts.collect::<Vec<_>>());
            }
        }
        Ok(())
    }
}

/// The texts of some rows, column after column.
struct Block {
    rows: Range<usize>,
    bytes: Vec<u8>,
    cells: Vec<Range<usize>>,
}

impl Block {
    fn text(&self, column: usize, row: usize) -> Cow<'_, str> {
        let cell = &self.cells[column * self.rows.len() + row - self.rows.start];
        String::from_utf8_lossy(&self.bytes[cell.clone()])
    }
}

fn doubles(bytes: &[u8], to: &mut [f64]) {
    let (numbers, _) = bytes.as_chunks::<8>();
    for (to, from) in to.iter_mut().zip(numbers) {
        *to = f64::from_le_bytes(*from);
    }
}

/// Fills the bytes from this place of the file, wherever others read it.
///
/// # Errors
/// The file cannot be read, or ends before.
#[cfg(unix)]
pub fn read_at(file: &File, bytes: &mut [u8], at: u64) -> std::io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, at)
}

/// Fills the bytes from this place of the file, wherever others read it.
///
/// # Errors
/// The file cannot be read, or ends before.
#[cfg(windows)]
pub fn read_at(file: &File, mut bytes: &mut [u8], mut at: u64) -> std::io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, bytes, at)? {
            0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            count => {
                bytes = &mut bytes[count..];
                at += count as u64;
            }
        }
    }
    Ok(())
}
