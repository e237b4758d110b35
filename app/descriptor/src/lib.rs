//! The `descriptor` room.
