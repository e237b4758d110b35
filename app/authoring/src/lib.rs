//! The `authoring` room: what the author of a plugin needs, from an empty folder to a component that passes its cases.
//!
//! [`create`] writes a project, with the SDK out of this program. [`Project::open`] finds one again, [`build`] drives the
//! compiler of its language and has the sandbox read the result, [`test`] runs the author's cases through the sandbox,
//! and [`Watch`] says when to do so again. [`examine`] tells what a machine lacks for a language.

mod build;
mod cases;
mod create;
mod doctor;
mod embedded;
mod error;
mod expectation;
mod name;
mod project;
mod test;
mod tool;
mod watch;

pub use build::{Built, build};
pub use create::{create, refresh_sdk};
pub use doctor::{Finding, Readiness, examine};
pub use embedded::sdk_version;
pub use error::AuthoringError;
pub use project::{Language, Project};
pub use test::{CaseFailure, CasesReport, run_cases};
pub use watch::Watch;
