//! `esik-server`: serves a region, or administers it.

fn main() {}
