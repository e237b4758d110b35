//! The `plugin_host` room.
