//! Line numbers: which line of the file a row came from, kept in no space where lines simply follow each other.

/// How often a text ends a line: LF, CR LF or CR, each once.
pub(crate) fn line_breaks(text: &[u8]) -> u64 {
    let mut count = 0;
    for at in memchr::memchr2_iter(b'\n', b'\r', text) {
        let second_half = text[at] == b'\n' && at > 0 && text[at - 1] == b'\r';
        count += u64::from(!second_half);
    }
    count
}

/// The lines that the rows of a chunk start at.
#[derive(Debug)]
pub(crate) enum Lines {
    /// Row `i` starts at line `first + i`.
    Consecutive { first: u64 },
    /// Row `i` starts at line `first + offsets[i]`.
    Scattered { first: u64, offsets: Box<[u32]> },
}

impl Lines {
    /// Packs increasing line numbers.
    pub(crate) fn pack(lines: &[u64]) -> Self {
        let first = lines.first().copied().unwrap_or(0);
        if (first..)
            .zip(lines)
            .all(|(expected, line)| expected == *line)
        {
            return Self::Consecutive { first };
        }
        let offsets = lines
            .iter()
            .map(|line| u32::try_from(line - first).unwrap_or(u32::MAX))
            .collect();
        Self::Scattered { first, offsets }
    }

    /// The line of the chunk's row `index`.
    pub(crate) fn get(&self, index: usize) -> u64 {
        match self {
            Self::Consecutive { first } => first + index as u64,
            Self::Scattered { first, offsets } => first + u64::from(offsets[index]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_line_end_counts_once() {
        assert_eq!(line_breaks(b"a\nb\r\nc\rd"), 3);
        assert_eq!(line_breaks(b"\n\n\r\r\n"), 4);
        assert_eq!(line_breaks(b""), 0);
    }

    #[test]
    fn packed_lines_are_the_lines() {
        for lines in [&[2, 3, 4, 5][..], &[2, 4, 5, 900], &[7], &[]] {
            let packed = Lines::pack(lines);
            for (index, line) in lines.iter().enumerate() {
                assert_eq!(packed.get(index), *line);
            }
        }
    }
}
