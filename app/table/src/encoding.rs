//! From the bytes of a file to UTF-8 text, block by block, strictly: what cannot be decoded is an error with its place.
//!
//! The encoding is found in this order: a byte order mark (UTF-8, UTF-16); UTF-16 by where its NUL bytes fall; then, at
//! the first byte that is not ASCII, UTF-8 if the text from there on is valid, else Windows-1252 or Shift-JIS, whichever its
//! bytes speak for (`guess`). A text that is mostly valid
//! UTF-8 stays UTF-8, so that one broken byte is reported and does not turn the whole file into another language.

use std::io::Read;

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_16BE, UTF_16LE};

use crate::TableError;
use crate::guess::western_or_japanese;

/// Bytes read from the file at once.
const BLOCK: usize = 512 * 1024;
/// Bytes after the first one outside ASCII that the choice of the encoding looks at, at least.
const LOOK_AHEAD: usize = 64 * 1024;

enum State {
    /// Only ASCII so far.
    Ascii,
    Utf8,
    Other(&'static Encoding, Decoder),
}

/// Text read ahead of the parser, always valid UTF-8.
pub(crate) struct TextStream<R> {
    reader: R,
    source_name: String,
    state: State,
    /// Read but not yet decoded.
    raw: Vec<u8>,
    /// Offset in the file of the first byte of `raw`.
    raw_offset: u64,
    ended: bool,
    /// Decoded; the parser stands at `start`.
    text: Vec<u8>,
    start: usize,
    has_nul: bool,
}

impl<R: Read> TextStream<R> {
    /// Reads the first block and finds out what can be told from it.
    pub(crate) fn open(reader: R, source_name: String) -> Result<Self, TableError> {
        let mut stream = Self {
            reader,
            source_name,
            state: State::Ascii,
            raw: Vec::with_capacity(BLOCK + LOOK_AHEAD),
            raw_offset: 0,
            ended: false,
            text: Vec::new(),
            start: 0,
            has_nul: false,
        };
        while !stream.ended && stream.raw.len() < LOOK_AHEAD {
            stream.read_block()?;
        }
        stream.look_at_start()?;
        stream.decode(1)?;
        Ok(stream)
    }

    /// The text that the parser has not consumed yet.
    pub(crate) fn text(&self) -> &[u8] {
        &self.text[self.start..]
    }

    /// Moves the parser on by `bytes` of [`Self::text`].
    pub(crate) fn consume(&mut self, bytes: usize) {
        self.start += bytes;
    }

    /// Whether any NUL character has come by.
    pub(crate) fn has_nul(&self) -> bool {
        self.has_nul
    }

    /// Whether the whole file is decoded.
    pub(crate) fn is_complete(&self) -> bool {
        self.ended && self.raw.is_empty()
    }

    /// Bytes of the file read so far.
    pub(crate) fn position(&self) -> u64 {
        self.raw_offset
    }

    /// The encoding that was found.
    pub(crate) fn encoding(&self) -> &'static str {
        match &self.state {
            State::Ascii | State::Utf8 => "UTF-8",
            State::Other(encoding, _) => name(encoding),
        }
    }

    /// Appends more text; `false` at the end of the file. `line` is the line at which the parser stands.
    pub(crate) fn fill(&mut self, line: u64) -> Result<bool, TableError> {
        self.text.drain(..self.start);
        self.start = 0;
        let before = self.text.len();
        while self.text.len() == before {
            if self.ended && self.raw.is_empty() {
                return Ok(false);
            }
            self.read_block()?;
            self.decode(line)?;
        }
        Ok(true)
    }

    fn read_block(&mut self) -> Result<(), TableError> {
        if self.ended {
            return Ok(());
        }
        let before = self.raw.len();
        let mut block = (&mut self.reader).take(BLOCK as u64);
        block
            .read_to_end(&mut self.raw)
            .map_err(|error| TableError::io("read", &self.source_name, error))?;
        self.ended = self.raw.len() - before < BLOCK;
        Ok(())
    }

    /// Byte order marks, files that are no text at all, and UTF-16 without a mark.
    fn look_at_start(&mut self) -> Result<(), TableError> {
        let raw = self.raw.as_slice();
        let not_text = |what, remedy| {
            Err(TableError::NotText {
                source_name: self.source_name.clone(),
                what,
                remedy,
            })
        };
        let unpack = "unpack it first";
        let (skip, encoding) = match raw {
            [] => {
                return Err(TableError::Empty {
                    source_name: self.source_name.clone(),
                });
            }
            [0xEF, 0xBB, 0xBF, ..] => (3, None),
            [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => {
                return not_text("UTF-32", "save it as UTF-8");
            }
            [0xFF, 0xFE, ..] => (2, Some(UTF_16LE)),
            [0xFE, 0xFF, ..] => (2, Some(UTF_16BE)),
            [b'P', b'A', b'R', b'1', ..] => {
                return not_text("a Parquet file", "rename it to .parquet");
            }
            [b'P', b'K', 3, 4, ..] => {
                return not_text(
                    "a ZIP archive or an Excel workbook",
                    "unpack it, or save the sheet as CSV",
                );
            }
            [0xD0, 0xCF, 0x11, 0xE0, ..] => {
                return not_text("an old Excel workbook", "save the sheet as CSV");
            }
            [0x1F, 0x8B, ..] => return not_text("a gzip archive", unpack),
            [0x28, 0xB5, 0x2F, 0xFD, ..] => return not_text("a Zstandard archive", unpack),
            _ => (0, utf16_by_nul_bytes(raw)),
        };
        if let Some(encoding) = encoding {
            self.state = State::Other(encoding, encoding.new_decoder_without_bom_handling());
        } else if skip > 0 {
            self.state = State::Utf8;
        }
        self.raw.drain(..skip);
        self.raw_offset += skip as u64;
        if self.raw.is_empty() {
            return Err(TableError::Empty {
                source_name: self.source_name.clone(),
            });
        }
        Ok(())
    }

    /// Decodes all of `raw` that can be decoded now.
    fn decode(&mut self, line: u64) -> Result<(), TableError> {
        let before = self.text.len();
        if matches!(self.state, State::Ascii) {
            let ascii = self
                .raw
                .iter()
                .position(|byte| !byte.is_ascii())
                .unwrap_or(self.raw.len());
            self.text.extend_from_slice(&self.raw[..ascii]);
            self.drop_raw(ascii);
            if !self.raw.is_empty() {
                while !self.ended && self.raw.len() < LOOK_AHEAD {
                    self.read_block()?;
                }
                let last = self.text.last().copied();
                self.state = match encoding_of(last, &self.raw, self.ended) {
                    None => State::Utf8,
                    Some(encoding) => {
                        State::Other(encoding, encoding.new_decoder_without_bom_handling())
                    }
                };
            }
        }
        let outcome = match &mut self.state {
            State::Ascii => Ok(self.raw.len()),
            State::Utf8 => decode_utf8(&self.raw, self.ended, &mut self.text),
            State::Other(_, decoder) => {
                decode_other(decoder, &self.raw, self.ended, &mut self.text)
            }
        };
        self.has_nul = self.has_nul || memchr::memchr(0, &self.text[before..]).is_some();
        match outcome {
            Ok(decoded) => {
                self.drop_raw(decoded);
                Ok(())
            }
            Err(Undecodable { at, length }) => Err(TableError::Encoding {
                source_name: self.source_name.clone(),
                line: line + crate::lines::line_breaks(self.text()),
                byte: self.raw_offset + at as u64,
                bytes: hexadecimal(&self.raw[at..(at + length).min(self.raw.len())]),
                encoding: self.encoding(),
            }),
        }
    }

    fn drop_raw(&mut self, bytes: usize) {
        self.raw.drain(..bytes);
        self.raw_offset += bytes as u64;
    }
}

/// Bytes `at..at + length` of the undecoded input that are not text.
struct Undecodable {
    at: usize,
    length: usize,
}

/// Appends the valid start of `raw`; the number of bytes used. An incomplete character at the end waits for more.
fn decode_utf8(raw: &[u8], ended: bool, text: &mut Vec<u8>) -> Result<usize, Undecodable> {
    match std::str::from_utf8(raw) {
        Ok(_) => {
            text.extend_from_slice(raw);
            Ok(raw.len())
        }
        Err(error) => {
            let valid = error.valid_up_to();
            text.extend_from_slice(&raw[..valid]);
            match error.error_len() {
                None if !ended => Ok(valid),
                length => Err(Undecodable {
                    at: valid,
                    length: length.unwrap_or(raw.len() - valid),
                }),
            }
        }
    }
}

/// As [`decode_utf8`], by an encoding_rs decoder, which keeps an incomplete character itself.
fn decode_other(
    decoder: &mut Decoder,
    raw: &[u8],
    ended: bool,
    text: &mut Vec<u8>,
) -> Result<usize, Undecodable> {
    let room = decoder
        .max_utf8_buffer_length_without_replacement(raw.len())
        .unwrap_or(raw.len() * 3 + 16);
    let before = text.len();
    text.resize(before + room, 0);
    let (result, read, written) =
        decoder.decode_to_utf8_without_replacement(raw, &mut text[before..], ended);
    text.truncate(before + written);
    match result {
        DecoderResult::Malformed(bad, beyond) => {
            let (bad, beyond) = (usize::from(bad), usize::from(beyond));
            Err(Undecodable {
                at: read.saturating_sub(bad + beyond),
                length: bad,
            })
        }
        // The room asked for is always enough, so the output cannot be full before the input is used up.
        DecoderResult::InputEmpty | DecoderResult::OutputFull => Ok(read),
    }
}

/// UTF-16 of mostly ASCII characters has a NUL in every second byte: after it in LE, before it in BE.
fn utf16_by_nul_bytes(raw: &[u8]) -> Option<&'static Encoding> {
    let pairs = &raw[..raw.len().min(4096) & !1];
    let count = |first: usize| {
        let bytes = pairs.iter().skip(first).step_by(2);
        bytes.filter(|byte| **byte == 0).count()
    };
    let (high, low) = (count(0), count(1));
    let many = (pairs.len() / 2).div_ceil(4).max(2);
    let few = pairs.len() / 2 / 50;
    if low >= many && high <= few {
        Some(UTF_16LE)
    } else if high >= many && low <= few {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// The encoding of a text that starts outside ASCII, after the byte `before`; `None` is UTF-8, also where nothing fits.
fn encoding_of(before: Option<u8>, sample: &[u8], ended: bool) -> Option<&'static Encoding> {
    match std::str::from_utf8(sample) {
        Ok(_) => return None,
        Err(error) if error.error_len().is_none() && !ended => return None,
        Err(_) => {}
    }
    let (mut valid, mut broken) = (0_usize, 0_usize);
    for chunk in sample.utf8_chunks() {
        valid += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    if valid > broken {
        return None;
    }
    western_or_japanese(before, sample, ended)
}

fn name(encoding: &'static Encoding) -> &'static str {
    match encoding.name() {
        "UTF-16LE" => "UTF-16 (little-endian)",
        "UTF-16BE" => "UTF-16 (big-endian)",
        "windows-1252" => "Windows-1252",
        "Shift_JIS" => "Shift-JIS",
        other => other,
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digits: Vec<String> = bytes.iter().map(|byte| format!("0x{byte:02X}")).collect();
    digits.join(" ")
}
