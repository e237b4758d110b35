//! The `screening` room.
