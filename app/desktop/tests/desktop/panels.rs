//! Each panel.
