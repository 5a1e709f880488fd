#![no_main]

#[path = "../../parsers/sequence.rs"]
#[allow(dead_code)]
mod parsers;

libfuzzer_sys::fuzz_target!(init: { std::panic::set_hook(Box::new(|_| {})) }, |bytes: &[u8]| parsers::two_bit(bytes));
