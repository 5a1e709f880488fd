//! Damaged expression tables: reading gives a valid table or an error that names the file, and never panics.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use proptest::prelude::*;
use tatabox_dataset::ExpressionTable;

const MATRIX: &[u8] = b"gene_id,gene_name,K562,HepG2\r\nENSG1.2,\"A,B\",1,2\r\nG2,X,NA,\r\n";
const ROADMAP: &[u8] = b"gene_id\tE000\tE118\tE123\nENSG1\t1.5\t2\t0.25\t\nENSG2\t0\t12.5\t1e-3\t\n";
const HPA: &[u8] = b"Gene\tGene name\tCell line\tTPM\tpTPM\tnTPM\n\
    ENSG1\tA\tHep G2\t1\t1.5\t2\nENSG1\tA\tHeLa\t0\t0\t0\nENSG2\t\"B\"\tHep G2\t7\t8\t9\n";
const SHEET: &[u8] = b"cell_type\tfile\nK562\tone.tsv\nK562\ttwo.tsv\nHepG2\ttwo.tsv2\n";
const QUANTIFICATION: &[u8] = b"gene_id\ttranscript_id(s)\tlength\teffective_length\texpected_count\tTPM\tFPKM\n\
    10904\tt\t1\t1\t0\t0\t0\nENSG1.3\tT1,T2\t9\t8\t1\t2.5\t3\nENSG2.1_PAR_Y\tT3\t9\t8\t0\t0\t0\ngSpikein_1\ts\t1\t1\t1\t9\t9\n";

/// Changed bytes and a truncation.
#[derive(Clone, Debug)]
struct Damage {
    changes: Vec<(usize, u8)>,
    kept: usize,
}

impl Damage {
    fn any() -> impl Strategy<Value = Self> {
        let interesting = prop_oneof![
            any::<u8>(),
            Just(b'\n'),
            Just(b'\t'),
            Just(b','),
            Just(b'"'),
            Just(b'9'),
            Just(b'-'),
            Just(b' ')
        ];
        (prop::collection::vec((0usize..400, interesting), 0..4), 0usize..400)
            .prop_map(|(changes, kept)| Self { changes, kept })
    }

    fn of(&self, content: &[u8]) -> Vec<u8> {
        let mut damaged = content.to_vec();
        for &(at, byte) in &self.changes {
            let at = at % damaged.len();
            damaged[at] = byte;
        }
        // Half of the files are not truncated.
        if self.kept < 200 {
            damaged.truncate(self.kept % (content.len() + 1));
        }
        damaged
    }
}

/// Checks the result of a file: a consistent table, or an error about a file in `folder`.
fn check(path: &Path, folder: &Path) {
    match ExpressionTable::read(path) {
        Ok(table) => {
            assert!(!table.gene_ids.is_empty() && !table.cell_types.is_empty());
            assert_eq!(table.tpm.len(), table.gene_ids.len() * table.cell_types.len());
            assert!(table.gene_names.as_ref().is_none_or(|names| names.len() == table.gene_ids.len()));
            assert!(table.tpm.iter().all(|tpm| tpm.is_nan() || (tpm.is_finite() && *tpm >= 0.0)), "{:?}", table.tpm);
            let mut ids = table.gene_ids.clone();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), table.gene_ids.len(), "a gene twice: {:?}", table.gene_ids);
            let mut names = table.cell_types.clone();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), table.cell_types.len(), "a cell type twice: {:?}", table.cell_types);
        }
        Err(error) => assert!(error.to_string().contains(&*folder.to_string_lossy()), "{error}"),
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("in memory");
    encoder.finish().expect("in memory")
}

fn zip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.start_file("rna_celline.tsv", zip::write::SimpleFileOptions::default()).expect("in memory");
    writer.write_all(bytes).expect("in memory");
    writer.finish().expect("in memory").into_inner()
}

proptest! {
    #[test]
    fn read_damaged_table_never_panics(damage in Damage::any()) {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("table");
        for content in [MATRIX, ROADMAP, HPA] {
            std::fs::write(&path, damage.of(content))?;
            check(&path, folder.path());
        }
    }

    #[test]
    fn read_damaged_archive_never_panics(damage in Damage::any()) {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("table");
        for content in [gzip(ROADMAP), zip(HPA)] {
            std::fs::write(&path, damage.of(&content))?;
            check(&path, folder.path());
        }
    }

    #[test]
    fn read_damaged_samples_never_panic(damage in Damage::any(), sheet_too in any::<bool>()) {
        let folder = tempfile::tempdir()?;
        let sheet = folder.path().join("sheet");
        std::fs::write(&sheet, if sheet_too { damage.of(SHEET) } else { SHEET.to_vec() })?;
        std::fs::write(folder.path().join("one.tsv"), damage.of(QUANTIFICATION))?;
        std::fs::write(folder.path().join("two.tsv"), QUANTIFICATION)?;
        std::fs::write(folder.path().join("two.tsv2"), QUANTIFICATION)?;
        check(&sheet, folder.path());
    }

    /// A long table does not depend on the order of its rows.
    #[test]
    fn read_long_table_is_independent_of_row_order(values in prop::collection::vec(0.0_f32..1000.0, 12), order in Just((0..12).collect::<Vec<usize>>()).prop_shuffle()) {
        let folder = tempfile::tempdir()?;
        let read = |order: &[usize]| {
            let mut text = String::from("Gene\tGene name\tCell line\tTPM\tpTPM\tnTPM\n");
            for &row in order {
                writeln!(text, "ENSG{}\tN\tline{}\t1\t{}\t1", row / 4, row % 4, values[row]).expect("text");
            }
            let path = folder.path().join("long.tsv");
            std::fs::write(&path, text).expect("written");
            let table = ExpressionTable::read(&path).expect("a good table");
            let mut cells: Vec<(String, String, u32)> = Vec::new();
            for (gene, id) in table.gene_ids.iter().enumerate() {
                for (line, name) in table.cell_types.iter().enumerate() {
                    cells.push((id.clone(), name.clone(), table.row(gene)[line].to_bits()));
                }
            }
            cells.sort_unstable();
            cells
        };
        let sorted: Vec<usize> = (0..12).collect();
        prop_assert_eq!(read(&order), read(&sorted));
    }
}
