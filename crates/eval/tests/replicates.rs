//! Noise ceiling of real measurements from two laboratories.

use std::path::Path;

use tatabox_dataset::{ExpressionTable, PredictionRow, PredictionTable, Split, tpm_to_log2};
use tatabox_eval::{EvaluateOptions, noise_ceiling};

/// Every measured gene as a row of a prediction table.
fn as_predictions(expression: &ExpressionTable) -> PredictionTable {
    let mut rows = Vec::new();
    for (gene, gene_id) in expression.gene_ids.iter().enumerate() {
        for (cell_type, tpm) in expression.cell_types.iter().zip(expression.row(gene)) {
            if !tpm.is_nan() {
                rows.push(PredictionRow {
                    gene_id: gene_id.clone(),
                    gene_name: None,
                    cell_type: cell_type.clone(),
                    split: Split::Test,
                    measured: tpm_to_log2(f64::from(*tpm)),
                    predicted: 0.0,
                    model: "none".to_owned(),
                });
            }
        }
    }
    PredictionTable { rows }
}

#[test]
#[expect(clippy::print_stderr, reason = "a skipped test prints the reason")]
fn noise_ceiling_of_two_laboratories_matches_numpy() {
    let data = std::env::var("TATABOX_HUMAN_DATA")
        .unwrap_or_else(|_| format!("{}/../../../shared/data/human", env!("CARGO_MANIFEST_DIR")));
    let data = Path::new(&data);
    let replicates = data.join("expression_replicates.tsv.gz");
    if !replicates.exists() {
        eprintln!("skipped: {} does not exist", replicates.display());
        return;
    }
    let expression = ExpressionTable::read(data.join("expression.tsv.gz")).expect("the real table");
    let replicates = ExpressionTable::read(replicates).expect("the real replicates");
    let options = EvaluateOptions { resamples: 100, ..EvaluateOptions::default() };
    let ceiling =
        noise_ceiling(&as_predictions(&expression), &replicates, "Roadmap Epigenomics", &options).expect("a match");
    assert_eq!(ceiling.without_replicate.len(), 4, "{:?}", ceiling.without_replicate);
    // Computed with numpy from the same files.
    for (cell_type, expected) in [("K562", 0.915), ("HepG2", 0.898), ("HeLa-S3", 0.870), ("A549", 0.915)] {
        let row = ceiling.rows.iter().find(|row| row.cell_type == cell_type).expect("a replicate");
        let pearson = row.pearson.value.expect("the values vary");
        assert!((pearson - expected).abs() < 0.01, "{cell_type}: {pearson}, expected {expected}");
        assert!(row.n > 15_000 && row.pearson.interval.is_some(), "{row:?}");
    }
}
