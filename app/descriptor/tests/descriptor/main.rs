mod alloy;
mod magpie;
mod named;
mod perovskite;
