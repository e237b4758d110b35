//! The `plugin_host` room: sandboxed WebAssembly plugins, loaded, verified, limited, cached and called.
//!
//! A plugin is a component of the world in `plugin-sdk/wit`. It imports nothing, so it can do nothing but compute; this
//! room sees to it that it cannot do that for ever, nor lie about the shape of what it returns. Nobody outside names
//! wasmtime: the types here are plain.
//!
//! ```no_run
//! use plugin_host::{BatchInput, CompositionsInput, Host, HostOptions, Session};
//!
//! let host = Host::new(HostOptions::default())?;
//! let plugin = host.load_file("plugins/dist/battery.wasm".as_ref())?;
//! let session = Session::new(&plugin, &[])?;
//! let batch = BatchInput {
//!     compositions: CompositionsInput {
//!         offsets: &[0, 3],
//!         atomic_numbers: &[3, 8, 27],
//!         amounts: &[1.0, 2.0, 1.0], // LiCoO2
//!     },
//!     ..BatchInput::default()
//! };
//! let outcome = session.predict(&batch, &job::Job::new())?;
//! for (property, column) in plugin.description().properties.iter().zip(&outcome.columns) {
//!     println!("{} = {} ± {} {}", property.name, column.mean[0], column.std_at(0), property.unit);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod batch;
mod bindings;
mod cache;
mod check;
mod compile;
mod description;
mod error;
mod host;
mod instance;
mod limits;
mod outcome;
mod parameter;
mod session;
mod slots;
mod text;
mod validate;
mod verify;

pub use batch::{BatchInput, ColumnInput, CompositionsInput, StructuresInput};
pub use check::{CheckReport, Finding, Severity, carried_column};
pub use compile::{Compiler, compile_worker};
pub use description::{
    Description, Direction, Need, Origin, Parameter, ParameterKind, ParameterValue, Property,
    WantedColumn, WantedInputs,
};
pub use error::{Fault, LoadError};
pub use host::{Host, HostOptions, ModelFile, Plugin};
pub use limits::Limits;
pub use outcome::{BatchOutcome, Note, NoteKind, PropertyColumn, Spread};
pub use parameter::ParameterError;
pub use session::{PredictError, Session};
pub use verify::{INTERFACE, INTERFACE_SECTION, SPOKEN, has_interface_section};
