//! Inputs of the fuzz targets of this crate: seeds, inputs on which a reader once failed, and mutations of both.

#[path = "../../../fuzz/parsers/mutation.rs"]
mod mutation;
#[path = "../../../fuzz/parsers/model.rs"]
mod parsers;

#[test]
fn fuzz_inputs_give_valid_data_or_errors() {
    mutation::assert_inputs_pass(&parsers::PARSERS);
}

/// A short run of every target without libFuzzer; `TATABOX_FUZZ_SECONDS=600` runs each for ten minutes.
#[test]
fn fuzz_mutations_give_valid_data_or_errors() {
    mutation::assert_mutations_pass(&parsers::PARSERS);
}
