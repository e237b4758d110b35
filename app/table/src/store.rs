//! How text is kept: chunks of [`CHUNK`] rows; in each, one string and the end of every cell per column. A cell costs its
//! bytes and four more, a row no allocation of its own.

use crate::CHUNK;
use crate::lines::Lines;

/// One column of one chunk.
#[derive(Debug)]
pub(crate) struct Cells {
    text: Box<str>,
    ends: Box<[u32]>,
}

impl Cells {
    /// The cell of the chunk's row `index`.
    pub(crate) fn get(&self, index: usize) -> &str {
        let begin = match index {
            0 => 0,
            _ => self.ends[index - 1],
        };
        &self.text[begin as usize..self.ends[index] as usize]
    }
}

/// Rows `4096 k .. 4096 (k + 1)` of a text table.
#[derive(Debug)]
pub(crate) struct TextChunk {
    columns: Box<[Cells]>,
    lines: Lines,
}

impl TextChunk {
    pub(crate) fn cells(&self, column: usize) -> &Cells {
        &self.columns[column]
    }

    pub(crate) fn line(&self, index: usize) -> u64 {
        self.lines.get(index)
    }
}

/// Collects rows and seals them into chunks; its buffers are used again for every chunk.
#[derive(Debug)]
pub(crate) struct ChunkBuilder {
    columns: Vec<(Vec<u8>, Vec<u32>)>,
    lines: Vec<u64>,
    chunks: Vec<TextChunk>,
}

impl ChunkBuilder {
    pub(crate) fn new(columns: usize) -> Self {
        Self {
            columns: vec![(Vec::new(), Vec::with_capacity(CHUNK)); columns],
            lines: Vec::with_capacity(CHUNK),
            chunks: Vec::new(),
        }
    }

    /// Rows collected so far.
    pub(crate) fn len(&self) -> usize {
        self.chunks.len() * CHUNK + self.lines.len()
    }

    /// Adds the next cell of the row under way to `column`.
    pub(crate) fn push(&mut self, column: usize, cell: &[u8]) {
        let (bytes, ends) = &mut self.columns[column];
        bytes.extend_from_slice(cell);
        // A row is at most 1 MiB (see `read_text`), a chunk 4096 rows: the end of a cell is below 4 GiB.
        ends.push(bytes.len() as u32);
    }

    /// Ends the row under way, which started at `line`. Bytes that are not UTF-8 are reported by `Err`.
    pub(crate) fn end_row(&mut self, line: u64) -> Result<(), std::str::Utf8Error> {
        self.lines.push(line);
        if self.lines.len() == CHUNK {
            self.seal()?;
        }
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Result<Vec<TextChunk>, std::str::Utf8Error> {
        if !self.lines.is_empty() {
            self.seal()?;
        }
        Ok(self.chunks)
    }

    fn seal(&mut self) -> Result<(), std::str::Utf8Error> {
        let mut columns = Vec::with_capacity(self.columns.len());
        for (bytes, ends) in &mut self.columns {
            columns.push(Cells {
                text: std::str::from_utf8(bytes)?.into(),
                ends: ends.as_slice().into(),
            });
            bytes.clear();
            ends.clear();
        }
        self.chunks.push(TextChunk {
            columns: columns.into(),
            lines: Lines::pack(&self.lines),
        });
        self.lines.clear();
        Ok(())
    }
}
