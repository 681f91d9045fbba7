//! Every decoder on every kept input, on what once brought one down, and on small changes of both: without libFuzzer.
#![expect(clippy::unwrap_used, reason = "tests")]

mod kept;
mod mutate;
mod replay;
mod seeds;
