//! The room as others use it: one binary, one file a subject.

mod begin;
mod journal;
mod lab;
mod node;
