//! Why a plugin is refused, and why a call into one came to nothing.

use std::fmt;
use std::time::Duration;

/// Why a file is not loaded as a plugin; the message says what is wrong and what would be right.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LoadError {
    #[error("cannot read {path}: {why}")]
    Read { path: String, why: String },
    #[error("this is not a plugin, nor WebAssembly at all: {0}")]
    NotWasm(&'static str),
    #[error("the file is cut off after {offset} bytes: it ends inside a section")]
    Truncated { offset: usize },
    #[error(
        "this is a core WebAssembly module, not a component; make it one with \
         `wasm-tools component new`, or build it with plugins/build"
    )]
    CoreModule,
    #[error("{what}; the limit is {limit}")]
    TooBig { what: String, limit: String },
    #[error(
        "it imports what no plugin gets: {}; a plugin imports nothing \
         (in Rust, build for wasm32-unknown-unknown instead of a wasi target)",
        wanted.join(", ")
    )]
    Imports { wanted: Vec<String> },
    #[error(
        "it does not export {}; {}",
        crate::verify::INTERFACE,
        if exports.is_empty() { "it exports nothing".to_owned() } else { format!("it exports: {}", exports.join(", ")) }
    )]
    NoInterface { exports: Vec<String> },
    #[error(
        "it was built for version {found} of the plugin interface; this host speaks {}",
        crate::verify::SPOKEN
    )]
    InterfaceVersion { found: String },
    #[error(
        "its section {} names version {section} of the plugin interface, but it exports version {exported}",
        crate::verify::INTERFACE_SECTION
    )]
    InterfaceMismatch { section: String, exported: String },
    #[error("it is not a valid plugin component: {why} (at byte {offset})")]
    Invalid { why: String, offset: usize },
    #[error("it does not compile: {0}")]
    Compile(String),
    #[error("compiling it was stopped after {0:?}, the limit")]
    CompileTime(Duration),
    #[error("compiling it was stopped at {0} bytes of memory, the limit")]
    CompileMemory(u64),
    #[error("the compiling process failed: {0}")]
    Compiler(String),
    #[error("it exports the interface by name, but not by type: {0}")]
    WrongTypes(String),
    #[error("it fails when asked to describe itself: {0}")]
    Describe(Fault),
    #[error("its description is refused: {}", .0.join("; "))]
    Description(Vec<String>),
    #[error(
        "it describes itself differently each time it is asked ({0}); a description must not depend on anything"
    )]
    Unsteady(String),
    #[error("handing out its models fails: {0}")]
    Models(Fault),
    #[error("the models it carries are refused: {}", .0.join("; "))]
    ModelNames(Vec<String>),
}

/// Why one call into a plugin came to nothing.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// It stopped by itself: a panic, a bad memory access, a division by zero.
    Trap(String),
    /// It trapped before any call, while its instance was set up.
    Start(String),
    /// It used up its fuel: an endless loop, or far too slow.
    Fuel(u64),
    /// It asked for more linear memory than it may have, bytes.
    Memory(usize),
    /// It ran out of stack: endless recursion.
    Stack(usize),
    /// The wall-clock backstop struck.
    Deadline(Duration),
    /// It returned more data than a result may have, bytes.
    ResultSize(usize),
    /// What it returned breaks the interface (a pointer out of bounds, a text that is not UTF-8).
    Malformed(String),
    /// What it returned is well-formed but does not fit the question (a column of the wrong length).
    Wrong(String),
    /// It returned an error of its own, for the user.
    Refused(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Trap(why) => write!(f, "it crashed ({why})"),
            Self::Start(why) => write!(f, "it crashed while starting ({why})"),
            Self::Fuel(limit) => write!(
                f,
                "it used up its fuel of {limit} instructions (an endless loop, or too slow)"
            ),
            Self::Memory(limit) => write!(
                f,
                "it asked for more than its {} MiB of memory",
                limit >> 20
            ),
            Self::Stack(limit) => write!(
                f,
                "it overflowed its {} KiB of stack (endless recursion?)",
                limit >> 10
            ),
            Self::Deadline(limit) => write!(f, "it ran longer than {limit:?}"),
            Self::ResultSize(limit) => {
                write!(f, "it returned more than {} MiB of data", limit >> 20)
            }
            Self::Malformed(why) => write!(f, "it returned something malformed ({why})"),
            Self::Wrong(why) => write!(f, "it returned {why}"),
            Self::Refused(why) => write!(f, "it says: {why}"),
        }
    }
}
