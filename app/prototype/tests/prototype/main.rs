//! The room's tests.

mod candidates;
mod ions;
mod library;
mod matching;
