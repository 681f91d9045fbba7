//! libFuzzer drives the decoder `picture` of `esik-decoders`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| esik_decoders::run("picture", bytes));
