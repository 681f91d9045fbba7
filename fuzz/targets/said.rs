//! libFuzzer drives the decoder `said` of `esik-decoders`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| esik_decoders::run("said", bytes));
