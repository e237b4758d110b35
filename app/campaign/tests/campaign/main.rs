//! The room as others use it: one binary, one file a subject.

mod journal;
mod lab;
mod node;
