//! The tables that `build.rs` makes of `datasets/prototypes`.

use crate::library::Entry;

include!(concat!(env!("OUT_DIR"), "/tables.rs"));
