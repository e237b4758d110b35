//! The `matter` room.
