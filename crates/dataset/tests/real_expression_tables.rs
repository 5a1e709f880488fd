//! Published expression tables, if available: every value of the expected tables, and every value of a GCT file.

#![allow(clippy::print_stderr, reason = "a test that is skipped says so")]

use std::collections::HashMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use tatabox_dataset::{ExpressionConfig, ExpressionSource, ExpressionTable, HpaUnit, SampleFiles};

/// Largest relative difference from an expected value, which has six digits.
const TOLERANCE: f64 = 1e-5;

fn real(name: &str) -> Option<PathBuf> {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/real");
    let path = std::env::var_os("TATABOX_REAL_FILES").map_or(default, PathBuf::from).join(name);
    if path.is_file() {
        return Some(path);
    }
    eprintln!("skipped: {} is not here", path.display());
    None
}

fn text_of(path: &Path) -> String {
    let bytes = std::fs::read(path).expect("readable");
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(bytes.as_slice()).read_to_string(&mut text).expect("gzip of text");
    text
}

/// Checks every value of a table of expected values.
fn check(table: &ExpressionTable, expected: &Path) {
    let rows: HashMap<&str, usize> =
        table.gene_ids.iter().enumerate().map(|(row, gene_id)| (gene_id.as_str(), row)).collect();
    let text = std::fs::read_to_string(expected).expect("readable");
    let mut lines = text.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let header = lines.next().expect("a header");
    let mut compared = 0;
    for cells in lines {
        let row = table.row(rows[cells[0]]);
        for (name, cell) in header[1..].iter().zip(&cells[1..]) {
            let column = table.cell_types.iter().position(|cell_type| cell_type == name);
            // A table of one sample has one column, whatever its name.
            let found = f64::from(row[column.unwrap_or(0)]);
            let expected: f64 = cell.parse().expect("a number");
            assert!((found - expected).abs() <= TOLERANCE * expected.abs().max(1.0), "{cells:?} {name}: {found}");
            compared += 1;
        }
    }
    assert!(compared > 10, "{compared} values");
}

#[test]
fn roadmap_table_matches_expected_tpm() {
    let (Some(path), Some(expected)) = (real("57epigenomes.RPKM.pc.gz"), real("expected/roadmap.tpm.tsv")) else {
        return;
    };
    let table = ExpressionTable::read(&path).expect("the real table");
    assert_eq!((table.gene_ids.len(), table.cell_types.len()), (19_795, 57));
    check(&table, &expected);
}

#[test]
fn protein_atlas_matrix_matches_expected_values() {
    let (Some(path), Some(expected)) = (real("hpa_blood.tsv.gz"), real("expected/hpa_blood.tpm.tsv")) else { return };
    let table = ExpressionTable::read(&path).expect("the real table");
    assert_eq!((table.gene_ids.len(), table.cell_types.len()), (19_670, 19));
    check(&table, &expected);
}

#[test]
fn protein_atlas_long_table_matches_expected_values() {
    let (Some(path), Some(expected)) = (real("hpa_layout.tsv.gz"), real("expected/hpa_layout.tpm.tsv")) else { return };
    for unit in [HpaUnit::Tpm, HpaUnit::Ptpm, HpaUnit::Ntpm] {
        let config = ExpressionConfig { hpa_unit: unit, ..ExpressionConfig::from(&path) };
        let table = ExpressionTable::read(config).expect("the real table");
        assert_eq!(table.gene_ids.len(), 3_279);
        check(&table, &expected);
    }
}

#[test]
fn gct_of_one_sample_has_every_value_of_the_file() {
    let Some(path) = real("rnaseqc.gct.gz") else { return };
    let message = ExpressionTable::read(&path).expect_err("the column TPM names no cell type").to_string();
    assert!(message.contains("TPM"), "{message}");
    let samples = vec![SampleFiles { cell_type: "blood".to_owned(), files: vec![path.clone()] }];
    let config = ExpressionConfig::of(vec![ExpressionSource::Samples { samples, format: None, scale: None }]);
    let table = ExpressionTable::read(config).expect("the real table");
    assert_eq!((table.gene_ids.len(), table.cell_types.as_slice()), (5_234, &["blood".to_owned()][..]));
    let names = table.gene_names.as_ref().expect("descriptions");
    for (gene, line) in text_of(&path).lines().skip(3).enumerate() {
        let cells: Vec<&str> = line.split('\t').collect();
        assert_eq!(tatabox_sequence::strip_version(cells[0]), table.gene_ids[gene]);
        assert_eq!(cells[1], names[gene]);
        let value: f32 = cells[2].parse().expect("a number");
        assert!((table.row(gene)[0] - value).abs() <= f32::EPSILON * value, "{line}");
    }
}

/// The mean of two replicates by symbol.
#[test]
fn rsem_replicates_match_expected_means() {
    let (Some(one), Some(two)) = (real("rsem_1.genes.results.gz"), real("rsem_2.genes.results.gz")) else { return };
    let Some(expected) = real("expected/rsem.tpm.tsv") else { return };
    let samples = vec![SampleFiles { cell_type: "sample".to_owned(), files: vec![one, two] }];
    let config = ExpressionConfig::of(vec![ExpressionSource::Samples { samples, format: None, scale: None }]);
    let table = ExpressionTable::read(config).expect("the real files");
    check(&table, &expected);
}
