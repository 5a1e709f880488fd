//! Readers of `tatabox-dataset`, each run on arbitrary bytes: it gives a consistent table, or an error.

#[path = "files.rs"]
mod files;

use tatabox_dataset::{EffectColumnNames, ExpressionTable, FeatureTable, MeasuredVariants, PredictionTable};

use files::Files;

/// Function that reads bytes as a file of one kind and checks the result.
pub type Parser = fn(&[u8]);

/// Names of the fuzz targets with their parsers.
pub const PARSERS: [(&str, Parser); 8] = [
    ("expression", expression),
    ("expression_parquet", expression),
    ("expression_samples", expression_samples),
    ("expression_sheet", expression_sheet),
    ("predictions", predictions),
    ("predictions_parquet", predictions),
    ("gene_features", gene_features),
    ("measured_effects", measured_effects),
];

const QUANTIFICATION: &[u8] = b"gene_id\ttranscript_id(s)\tlength\teffective_length\texpected_count\tTPM\tFPKM\n\
    ENSG1.3\tT1,T2\t9\t8\t1\t2.5\t3\nENSG2.1_PAR_Y\tT3\t9\t8\t0\t0\t0\n";
const SHEET: &[u8] = b"cell_type\tfile\nK562\tone.tsv\nK562\ttwo.tsv\nHepG2\ttwo.tsv\n";

/// Expression table: matrix, Roadmap, Human Protein Atlas, as text, compressed text or parquet.
pub fn expression(bytes: &[u8]) {
    check_expression(&Files::new(&[("table", bytes)]), "table");
}

/// Quantification of one sample, as a sample sheet names it.
pub fn expression_samples(bytes: &[u8]) {
    check_expression(&Files::new(&[("sheet", SHEET), ("one.tsv", bytes), ("two.tsv", QUANTIFICATION)]), "sheet");
}

/// Sample sheet.
pub fn expression_sheet(bytes: &[u8]) {
    check_expression(
        &Files::new(&[("sheet", bytes), ("one.tsv", QUANTIFICATION), ("two.tsv", QUANTIFICATION)]),
        "sheet",
    );
}

fn check_expression(files: &Files, name: &str) {
    match ExpressionTable::read(files.path(name)) {
        Ok(table) => {
            assert!(!table.gene_ids.is_empty() && !table.cell_types.is_empty());
            assert_eq!(table.tpm.len(), table.gene_ids.len() * table.cell_types.len());
            assert!(table.gene_names.as_ref().is_none_or(|names| names.len() == table.gene_ids.len()));
            assert!(table.tpm.iter().all(|tpm| tpm.is_nan() || (tpm.is_finite() && *tpm >= 0.0)), "{:?}", table.tpm);
            assert_unique(&table.gene_ids);
            assert_unique(&table.cell_types);
        }
        // A sheet can name files elsewhere.
        Err(error) if name != "sheet" => {
            let folder = files.folder.path().to_string_lossy();
            assert!(error.to_string().contains(&*folder), "no file in the message: {error}");
        }
        Err(_) => {}
    }
}

fn assert_unique(names: &[String]) {
    let mut sorted = names.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(sorted.len(), names.len(), "a name twice: {names:?}");
}

/// Prediction table, as text or parquet, which can be written and read again.
pub fn predictions(bytes: &[u8]) {
    let files = Files::new(&[("table", bytes)]);
    let Ok(table) = PredictionTable::read(&files.path("table")) else { return };
    table.validate().expect("a table that was read is valid");
    for extension in ["tsv", "csv"] {
        let path = files.path(&format!("again.{extension}"));
        table.write(&path).expect("writable");
        let again = PredictionTable::read(&path).expect("own output is readable");
        assert_eq!(again.rows.len(), table.rows.len());
    }
}

/// Table of gene features.
pub fn gene_features(bytes: &[u8]) {
    let files = Files::new(&[("table", bytes)]);
    let _ = FeatureTable::read(&files.path("table"));
}

/// Table of measured effects of variants.
pub fn measured_effects(bytes: &[u8]) {
    let files = Files::new(&[("table", bytes)]);
    let Ok(table) = MeasuredVariants::read(&files.path("table"), &EffectColumnNames::default(), None) else { return };
    assert!(!table.rows.is_empty());
    assert!(table.rows.iter().all(|row| row.effect.is_none_or(f64::is_finite)), "an effect that is not finite");
}
