mod magpie;
mod named;
mod perovskite;
