//! The `optimize` room.
