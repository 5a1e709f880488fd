#![no_main]

#[path = "../../parsers/dataset.rs"]
#[allow(dead_code)]
mod parsers;

libfuzzer_sys::fuzz_target!(init: { std::panic::set_hook(Box::new(|_| {})) }, |bytes: &[u8]| parsers::measured_effects(bytes));
