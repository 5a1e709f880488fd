//! Inputs of the fuzz targets of this crate: seeds, inputs on which a reader once failed, and mutations of both.

#[path = "../../../fuzz/parsers/mutation.rs"]
mod mutation;
#[path = "../../../fuzz/parsers/model.rs"]
mod parsers;

#[test]
fn fuzz_inputs_give_valid_data_or_errors() {
    let failed = mutation::replay(&parsers::PARSERS);
    assert!(failed.is_empty(), "readers failed on {failed:#?}");
}

/// A short run of every target without libFuzzer; `TATABOX_FUZZ_SECONDS=600` runs each for ten minutes.
#[test]
fn fuzz_mutations_give_valid_data_or_errors() {
    let runs = mutation::run(&parsers::PARSERS);
    let failed: Vec<_> = runs.iter().filter(|(_, input)| input.is_some()).collect();
    #[expect(clippy::print_stderr, reason = "the number of executions is the result of a long run")]
    for (run, _) in &runs {
        eprintln!("{run}");
    }
    assert!(failed.is_empty(), "readers failed on {failed:?}");
}
