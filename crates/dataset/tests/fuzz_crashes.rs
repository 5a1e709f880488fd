//! Inputs of the fuzz targets of this crate: seeds, inputs on which a reader once failed, and mutations of both.

use std::fs;

#[path = "../../../fuzz/parsers/mutation.rs"]
mod mutation;
#[path = "../../../fuzz/parsers/dataset.rs"]
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

/// Writes the seeds of binary formats: `cargo test -p tatabox-dataset --test fuzz_crashes -- --ignored`.
#[test]
#[ignore = "writes to the repository"]
fn write_binary_seeds() {
    use polars::prelude::{ParquetWriter, df};
    let folder = |target: &str| {
        let folder = mutation::repository().join("fuzz/seeds").join(target);
        fs::create_dir_all(&folder).expect("a folder");
        folder
    };
    let frames = [
        ("nulls", df!("gene_id" => ["ENSG1.3", "ENSG2"], "K562" => [Some(1_i32), None], "HepG2" => [0.5_f64, 2.0])),
        ("names", df!("gene_id" => ["A", "B"], "gene_name" => [Some("x"), None], "K562" => [1.5_f32, 0.0])),
    ];
    for (name, frame) in frames {
        let file = fs::File::create(folder("expression_parquet").join(format!("{name}.parquet"))).expect("a file");
        ParquetWriter::new(file).finish(&mut frame.expect("a frame")).expect("written");
    }
    let text = folder("predictions").join("long.tsv");
    let table = tatabox_dataset::PredictionTable::read(&text).expect("a valid table");
    table.write(&folder("predictions_parquet").join("long.parquet")).expect("written");
}
