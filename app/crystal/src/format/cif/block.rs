//! Data blocks of a CIF: items and loops.

use super::super::FormatError;
use super::super::text::{line_error, shortened};
use super::lexer::{Lexer, Token, Value};
use std::collections::HashMap;

/// A data block. Tags are in lower case with `_` for `.`, so that both generations of the dictionary read alike.
pub(super) struct Block<'a> {
    pub name: &'a str,
    pub line: usize,
    items: HashMap<String, Value<'a>>,
    loops: Vec<Loop<'a>>,
}

/// A loop: as many values as a multiple of its tags.
pub(super) struct Loop<'a> {
    tags: Vec<String>,
    values: Vec<Value<'a>>,
}

impl<'a> Block<'a> {
    /// The value of a tag outside loops, or that in the first row of a loop.
    pub fn item(&self, tag: &str) -> Option<Value<'a>> {
        let looped = || {
            let (table, column) = self.find_loop(tag)?;
            table.values.get(column).copied()
        };
        self.items.get(tag).copied().or_else(looped)
    }

    /// The text of a tag; none where it is `?` or `.`.
    pub fn text(&self, tag: &str) -> Option<&'a str> {
        self.item(tag)?.known()
    }

    /// The values of a tag down its loop; a tag outside loops counts as a loop of one row.
    pub fn column(&self, tag: &str) -> Option<Vec<Value<'a>>> {
        if let Some((table, column)) = self.find_loop(tag) {
            let values = table.values.iter().skip(column);
            return Some(values.step_by(table.tags.len()).copied().collect());
        }
        self.items.get(tag).map(|&value| vec![value])
    }

    fn find_loop(&self, tag: &str) -> Option<(&Loop<'a>, usize)> {
        self.loops.iter().find_map(|table| {
            let column = table.tags.iter().position(|t| t == tag)?;
            Some((table, column))
        })
    }

    /// An error about the block as a whole.
    pub fn error(&self, what: impl Into<String>, remedy: impl Into<String>) -> FormatError {
        let what = format!("data_{}: {}", shortened(self.name), what.into());
        line_error(self.line, what, remedy)
    }
}

/// All data blocks of a file.
pub(super) fn blocks(text: &str) -> Result<Vec<Block<'_>>, FormatError> {
    let mut lexer = Lexer::new(text);
    let mut blocks: Vec<Block> = Vec::new();
    let mut token = lexer.next()?;
    while let Some(current) = token {
        let line = lexer.line();
        let Token::Data(name) = current else {
            let Some(block) = blocks.last_mut() else {
                // Some programs put a keyword or a stray word above the first block; a tag or a loop is content.
                if let Token::Tag(_) | Token::Loop = current {
                    return Err(line_error(
                        line,
                        "content before the first data block",
                        "put a line `data_name` above it",
                    ));
                }
                token = lexer.next()?;
                continue;
            };
            token = match current {
                Token::Loop => read_loop(&mut lexer, block)?,
                Token::Tag(tag) => match lexer.next()? {
                    Some(Token::Value(value)) => {
                        block.items.entry(plain(tag)).or_insert(value);
                        lexer.next()?
                    }
                    // A tag without a value says as much as one with `?`.
                    other => other,
                },
                Token::Value(value) => {
                    return Err(value.error(
                        format!("`{}` belongs to no tag", shortened(value.text)),
                        "quote a value that holds blanks, or remove it",
                    ));
                }
                Token::Other | Token::Data(_) => lexer.next()?,
            };
            continue;
        };
        blocks.push(Block {
            name,
            line,
            items: HashMap::new(),
            loops: Vec::new(),
        });
        token = lexer.next()?;
    }
    Ok(blocks)
}

/// A tag as it is looked up.
fn plain(tag: &str) -> String {
    tag.to_ascii_lowercase().replace('.', "_")
}

/// Reads a loop into the block, and gives the token after it.
fn read_loop<'a>(
    lexer: &mut Lexer<'a>,
    block: &mut Block<'a>,
) -> Result<Option<Token<'a>>, FormatError> {
    let line = lexer.line();
    let mut table = Loop {
        tags: Vec::new(),
        values: Vec::new(),
    };
    let mut token = lexer.next()?;
    while let Some(Token::Tag(tag)) = token {
        table.tags.push(plain(tag));
        token = lexer.next()?;
    }
    if table.tags.is_empty() {
        return Err(line_error(
            line,
            "a loop without tags",
            "put the names of its columns after `loop_`",
        ));
    }
    while let Some(Token::Value(value)) = token {
        table.values.push(value);
        token = lexer.next()?;
    }
    let excess = table.values.len() % table.tags.len();
    if excess > 0 {
        let columns = table.tags.len();
        let what = format!(
            "the loop of {} ends with {excess} of {columns} columns",
            table.tags[0]
        );
        let at = table.values.last().map_or(line, |value| value.line);
        let remedy = "is a value missing, or one with blanks not quoted?";
        return Err(line_error(at, what, remedy));
    }
    block.loops.push(table);
    Ok(token)
}
