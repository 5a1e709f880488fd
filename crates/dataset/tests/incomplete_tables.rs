//! Bgzip tables that were cut between two blocks: the missing end-of-file block is an error that names the file.

use std::io::Write as _;
use std::path::Path;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use tatabox_dataset::{ExpressionTable, FeatureTable, PredictionTable};

/// Bgzip block of the text (SAM specification, section 4.1).
fn block(text: &str) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).expect("in memory");
    let deflated = encoder.finish().expect("in memory");
    let mut crc = flate2::Crc::new();
    crc.update(text.as_bytes());
    let size = u16::try_from(18 + deflated.len() + 8 - 1).expect("a short text");
    [
        b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0",
        &size.to_le_bytes()[..],
        &deflated,
        &crc.sum().to_le_bytes(),
        &crc.amount().to_le_bytes(),
    ]
    .concat()
}

/// Checks that a complete table is read, that empty blocks in the middle are accepted, and that a table without the
/// end-of-file block is an error.
fn assert_end_is_checked(text: &str, read: impl Fn(&Path) -> tatabox_dataset::Result<()>) {
    let folder = tempfile::tempdir().expect("temporary folder");
    let path = folder.path().join("table.tsv.gz");
    let cut = text.split_inclusive('\n').flat_map(|line| [block(line), block("")]).collect::<Vec<_>>().concat();
    std::fs::write(&path, &cut).expect("written");
    read(&path).expect("a complete table");
    let cut = cut.strip_suffix(&*block("")).expect("an end-of-file block");
    std::fs::write(&path, cut).expect("written");
    let message = read(&path).expect_err("an incomplete table").to_string();
    assert!(message.contains("table.tsv.gz"), "{message}");
    assert!(message.contains("the end-of-file block of bgzip is missing"), "{message}");
}

/// samtools/htslib#1880.
#[test]
fn expression_table_without_end_block_is_an_error() {
    let matrix = "gene_id\tK562\tHepG2\nENSG1\t1\t2\nENSG2\t3\t4\n";
    let roadmap = "gene_id\tE000\tE118\tE123\nENSG1\t1.5\t2\t0.25\t\nENSG2\t0\t12.5\t1e-3\t\n";
    let hpa = "Gene\tGene name\tCell line\tTPM\tpTPM\tnTPM\nENSG1\tA\tHep G2\t1\t1.5\t2\nENSG1\tA\tHeLa\t0\t0\t0\n";
    for table in [matrix, roadmap, hpa] {
        assert_end_is_checked(table, |path| ExpressionTable::read(path).map(drop));
    }
}

#[test]
fn feature_table_without_end_block_is_an_error() {
    assert_end_is_checked("gene_id\tcds_length\nENSG1\t1\nENSG2\t3\n", |path| FeatureTable::read(path).map(drop));
}

#[test]
fn prediction_table_without_end_block_is_an_error() {
    let table = "gene_id\tcell_type\tsplit\tmeasured\tpredicted\tmodel\n\
                 ENSG1\tK562\ttest\t1\t2\tm\nENSG2\tK562\ttest\t3\t4\tm\n";
    assert_end_is_checked(table, |path| PredictionTable::read(path).map(drop));
}
