//! ENCODE gene quantifications (RSEM), one file per replicate.
//!
//! # Source
//!
//! ENCODE long RNA-seq pipeline, <https://www.encodeproject.org/pipelines/ENCPL002LPE/>, with RSEM (Li and Dewey 2011,
//! doi:10.1186/1471-2105-12-323). In addition to genes the files contain spike-ins (`gSpikein_...`) and tRNAs with
//! numeric identifiers.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use crate::drop_reason::DropReason;
use crate::expression::table_builder::{TEXT_REMEDY, TableBuilder};
use crate::expression::{EncodeSample, ExpressionTable, ReplicatePair, ReplicateRecord, pearson, tpm_to_log2};
use crate::io::number::parse_number;
use crate::io::table_error::{TableError, TableProblem};
use crate::io::text_table::TextTable;

const GENE_ID: &str = "gene_id";
const TPM: &str = "TPM";
const EFFECTIVE_LENGTH: &str = "effective_length";
/// Columns of a sample sheet.
const CELL_TYPE: &str = "cell_type";
const FILE: &str = "file";

const SPIKE_IN_PREFIX: &str = "gSpikein";
/// GENCODE suffix of the chrY copy of a gene in a pseudoautosomal region. Its sequence equals the chrX copy, and the
/// reference genome for alignment contains only the latter, so the TPM is meaningless.
const PAR_Y_SUFFIX: &str = "_PAR_Y";

/// Whether a table is the quantification of one sample.
pub(crate) fn is_quantification(header: &[String]) -> bool {
    [GENE_ID, EFFECTIVE_LENGTH, TPM].iter().all(|name| header.iter().any(|column| column == name))
}

/// Whether a table is a sample sheet.
pub(crate) fn is_sample_sheet(header: &[String]) -> bool {
    [CELL_TYPE, FILE].iter().all(|name| header.iter().any(|column| column == name))
}

/// Reads a sample sheet with columns `cell_type` and `file`, one row per replicate. Paths are relative to the sheet.
pub(crate) fn read_sample_sheet(path: &Path) -> Result<Vec<EncodeSample>, TableError> {
    let mut rows = TextTable::open(path)?;
    let [cell_type, file] = rows.columns([CELL_TYPE, FILE])?;
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    let mut samples: Vec<EncodeSample> = Vec::new();
    while let Some((location, cells)) = rows.next_row()? {
        let (cell_type, file) = (cells[cell_type].trim(), cells[file].trim());
        for (column, text) in [(CELL_TYPE, cell_type), (FILE, file)] {
            if text.is_empty() {
                return Err(TableError::at(path, location, TableProblem::EmptyCell { column: column.to_owned() }));
            }
        }
        let file = folder.join(file);
        match samples.iter_mut().find(|sample| sample.cell_type == cell_type) {
            Some(sample) => sample.files.push(file),
            None => samples.push(EncodeSample { cell_type: cell_type.to_owned(), files: vec![file] }),
        }
    }
    if samples.is_empty() {
        return Err(TableError::in_file(path, TableProblem::NoRows));
    }
    Ok(samples)
}

/// Excluded rows of quantifications: gene and reason with the first location.
pub(crate) type ExcludedGenes = BTreeMap<(String, DropReason), String>;

/// Combined quantifications.
#[derive(Debug)]
pub(crate) struct EncodeTable {
    pub table: ExpressionTable,
    pub replicates: BTreeMap<String, ReplicateRecord>,
    pub excluded: ExcludedGenes,
}

/// Reads all samples; a cell type is the mean TPM of the replicates that measure the gene.
pub(crate) fn read(samples: &[EncodeSample]) -> Result<EncodeTable, TableError> {
    let mut excluded = ExcludedGenes::new();
    let mut replicates = BTreeMap::new();
    let mut gene_ids: Vec<String> = Vec::new();
    let mut rows: HashMap<String, usize> = HashMap::new();
    let mut columns: Vec<Vec<f32>> = Vec::new();
    for sample in samples {
        let mut files = Vec::with_capacity(sample.files.len());
        for path in &sample.files {
            let table = read_quantification(path, &mut excluded)?;
            let mut column = vec![f32::NAN; gene_ids.len()];
            for (gene_id, &tpm) in table.gene_ids.iter().zip(&table.tpm) {
                let row = *rows.entry(gene_id.clone()).or_insert_with(|| {
                    gene_ids.push(gene_id.clone());
                    gene_ids.len() - 1
                });
                column.resize(column.len().max(row + 1), f32::NAN);
                column[row] = tpm;
            }
            files.push(column);
        }
        for column in &mut files {
            column.resize(gene_ids.len(), f32::NAN);
        }
        columns.push(mean_of(&files));
        replicates.insert(sample.cell_type.clone(), agreement(&files));
    }
    let value = |row: usize, column: &Vec<f32>| column.get(row).copied().unwrap_or(f32::NAN);
    let tpm = (0..gene_ids.len()).flat_map(|row| columns.iter().map(move |column| value(row, column))).collect();
    let cell_types = samples.iter().map(|sample| sample.cell_type.clone()).collect();
    let table = ExpressionTable { gene_ids, gene_names: None, cell_types, tpm };
    Ok(EncodeTable { table, replicates, excluded })
}

/// TPM of the genes in one file.
///
/// # Errors
///
/// A missing column, a gene on two rows, an invalid TPM, a file without an Ensembl gene.
fn read_quantification(path: &Path, excluded: &mut ExcludedGenes) -> Result<ExpressionTable, TableError> {
    let mut rows = TextTable::open(path)?;
    let [gene, tpm] = rows.columns([GENE_ID, TPM])?;
    let mut table = TableBuilder::new(path, vec![TPM.to_owned()], false);
    while let Some((location, cells)) = rows.next_row()? {
        let gene_id = cells[gene].trim();
        if let Some(reason) = exclusion_reason(gene_id) {
            let key = (tatabox_sequence::strip_version(gene_id).into_owned(), reason);
            excluded.entry(key).or_insert_with(|| format!("{}, {location}", path.display()));
            continue;
        }
        table.start_row(location, gene_id, "")?;
        let text = cells[tpm].trim();
        let Ok(value) = parse_number(text) else {
            let (gene_id, column) = table.current_cell();
            let problem = TableProblem::NotANumber { gene_id, column, text: text.to_owned(), remedy: TEXT_REMEDY };
            return Err(TableError::at(path, location, problem));
        };
        table.push(location, value, || text.to_owned())?;
    }
    if table.table.gene_ids.is_empty() {
        return Err(TableError::in_file(path, TableProblem::NoEnsemblGenes));
    }
    table.finish()
}

/// Reason for excluding a row that is not a gene; empty identifiers are handled by the table builder.
fn exclusion_reason(gene_id: &str) -> Option<DropReason> {
    if gene_id.starts_with(SPIKE_IN_PREFIX) {
        Some(DropReason::SpikeIn)
    } else if !gene_id.is_empty() && !gene_id.starts_with("ENS") {
        Some(DropReason::NotEnsembl)
    } else if gene_id.ends_with(PAR_Y_SUFFIX) {
        Some(DropReason::ParYCopy)
    } else {
        None
    }
}

/// Mean of each gene over the files that measure it.
fn mean_of(files: &[Vec<f32>]) -> Vec<f32> {
    let genes = files.first().map_or(0, Vec::len);
    (0..genes)
        .map(|gene| {
            let measured = files.iter().map(|file| f64::from(file[gene])).filter(|tpm| !tpm.is_nan());
            let (sum, n) = measured.fold((0.0, 0_u32), |(sum, n), tpm| (sum + tpm, n + 1));
            if n == 0 { f32::NAN } else { (sum / f64::from(n)) as f32 }
        })
        .collect()
}

/// Agreement of the replicates of one cell type.
fn agreement(files: &[Vec<f32>]) -> ReplicateRecord {
    let genes = files.first().map_or(0, Vec::len);
    let measured = |gene: usize| files.iter().filter(|file| !file[gene].is_nan()).count();
    let genes_not_in_all = (0..genes).filter(|&gene| (1..files.len()).contains(&measured(gene))).count();
    let mut pairs = Vec::new();
    for (second, other) in files.iter().enumerate() {
        for (first, one) in files[..second].iter().enumerate() {
            let both = one.iter().zip(other).filter(|(a, b)| !a.is_nan() && !b.is_nan());
            let (x, y): (Vec<f64>, Vec<f64>) =
                both.map(|(&a, &b)| (tpm_to_log2(f64::from(a)), tpm_to_log2(f64::from(b)))).unzip();
            pairs.push(ReplicatePair {
                first: first + 1,
                second: second + 1,
                genes: x.len(),
                pearson: pearson(&x, &y),
            });
        }
    }
    ReplicateRecord { files: files.len(), genes_not_in_all, pairs }
}

/// Files of all samples.
pub(crate) fn files_of(samples: &[EncodeSample]) -> impl Iterator<Item = &PathBuf> {
    samples.iter().flat_map(|sample| &sample.files)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    /// Columns of the published files.
    const HEADER: &str = "gene_id\ttranscript_id(s)\tlength\teffective_length\texpected_count\tTPM\tFPKM\t\
        posterior_mean_count\tposterior_standard_deviation_of_count\tpme_TPM\tpme_FPKM\tTPM_ci_lower_bound\t\
        TPM_ci_upper_bound\tFPKM_ci_lower_bound\tFPKM_ci_upper_bound";

    /// Quantification with synthetic values.
    fn quantification(rows: &[(&str, &str)]) -> String {
        let mut text = format!("{HEADER}\n");
        for (gene_id, tpm) in rows {
            let rest = "3.1\t12.00\t0\t9.9\t3.2\t8\t11\t2\t4";
            writeln!(text, "{gene_id}\tT1,T2\t1000.5\t902.1\t12.00\t{tpm}\t{rest}").expect("text");
        }
        text
    }

    struct Files(tempfile::TempDir);

    impl Files {
        fn new() -> Self {
            Self(tempfile::tempdir().expect("folder"))
        }

        fn put(&self, name: &str, text: &str) -> PathBuf {
            let path = self.0.path().join(name);
            std::fs::write(&path, text).expect("written");
            path
        }
    }

    fn sample(cell_type: &str, files: Vec<PathBuf>) -> EncodeSample {
        EncodeSample { cell_type: cell_type.to_owned(), files }
    }

    #[test]
    fn encode_read_averages_replicates_and_excludes_other_rows() {
        let files = Files::new();
        let one = quantification(&[
            ("10904", "0.00"),
            ("ENSG00000000003.14", "1.00"),
            ("ENSG00000000419.12", "3.00"),
            ("ENSG00000182378.13", "7.00"),
            ("ENSG00000182378.13_PAR_Y", "0.00"),
            ("gSpikein_ERCC-00002", "900.00"),
        ]);
        let two = quantification(&[
            ("ENSG00000000003.14", "2.00"),
            ("ENSG00000000419.12", "5.00"),
            ("ENSG00000999999.1", "4.00"),
            ("gSpikein_ERCC-00002", "800.00"),
        ]);
        let samples = [
            sample("K562", vec![files.put("a.tsv", &one), files.put("b.tsv", &two)]),
            sample("HepG2", vec![files.put("c.tsv", &two)]),
        ];
        let read = read(&samples).expect("good files");
        let ids = ["ENSG00000000003", "ENSG00000000419", "ENSG00000182378", "ENSG00000999999"];
        assert_eq!(read.table.gene_ids, ids);
        assert_eq!(read.table.cell_types, ["K562", "HepG2"]);
        assert_eq!(read.table.row(0), [1.5, 2.0]);
        assert_eq!(read.table.row(1), [4.0, 5.0]);
        assert_eq!(read.table.row(2)[..1], [7.0]);
        assert!(read.table.row(2)[1].is_nan());
        assert_eq!(read.table.row(3), [4.0, 4.0]);
        let excluded: Vec<(&str, DropReason)> =
            read.excluded.keys().map(|(id, reason)| (id.as_str(), *reason)).collect();
        assert_eq!(
            excluded,
            [
                ("10904", DropReason::NotEnsembl),
                ("ENSG00000182378_PAR_Y", DropReason::ParYCopy),
                ("gSpikein_ERCC-00002", DropReason::SpikeIn)
            ]
        );
        assert!(read.excluded.values().next().expect("one").ends_with("a.tsv, line 2"));
        let k562 = &read.replicates["K562"];
        assert_eq!((k562.files, k562.genes_not_in_all), (2, 2));
        // Two points are always collinear.
        assert!(k562.pairs[0].genes == 2 && k562.pairs[0].pearson.is_some_and(|r| (r - 1.0).abs() < 1e-12));
        assert_eq!((read.replicates["HepG2"].files, read.replicates["HepG2"].pairs.len()), (1, 0));
    }

    #[test]
    fn agreement_correlates_log_tpm() {
        // log2(TPM + 1) is 0, 1, 2 against 1, 0, 3: r = 2 / sqrt(2 x 42/9) = 0.654654.
        let files = [vec![0.0, 1.0, 3.0], vec![1.0, 0.0, 7.0]];
        let pair = agreement(&files).pairs.remove(0);
        assert!((pair.pearson.expect("both vary") - 0.654_653_670_707_977_2).abs() < 1e-12, "{pair:?}");
    }

    #[test]
    fn read_sample_sheet_resolves_paths_relative_to_sheet() {
        let files = Files::new();
        let sheet = files.put("samples.csv", "file,cell_type\nx/a.tsv,K562\nb.tsv,HepG2\nc.tsv,K562\n");
        let samples = read_sample_sheet(&sheet).expect("a good sheet");
        let at = |name: &str| files.0.path().join(name);
        assert_eq!(samples, [sample("K562", vec![at("x/a.tsv"), at("c.tsv")]), sample("HepG2", vec![at("b.tsv")])]);
        let sheet = files.put("bad.tsv", "cell_type\tfile\nK562\t \n");
        assert!(
            read_sample_sheet(&sheet)
                .expect_err("no file")
                .to_string()
                .ends_with("line 2: empty `file`; every row requires a value")
        );
    }

    #[test]
    fn encode_read_invalid_file_error_names_location() {
        let files = Files::new();
        let message = |text: &str| {
            let samples = [sample("K562", vec![files.put("a.tsv", text)])];
            read(&samples).expect_err("a bad file").to_string()
        };
        assert!(message("gene_id\tFPKM\nENSG1\t1\n").contains("line 1: no column `TPM`: found `gene_id`, `FPKM`"));
        let twice = quantification(&[("ENSG1.1", "1"), ("ENSG1.2", "1")]);
        assert!(message(&twice).contains("line 3: duplicate gene ENSG1, first seen at line 2"));
        assert!(message(&quantification(&[("ENSG1.1", "x")])).contains("line 2: gene ENSG1, column TPM: `x`"));
        assert!(message(&quantification(&[("ENSG1.1", "-1")])).contains("TPM -1 is negative"));
        assert!(message(&quantification(&[("", "1")])).contains("line 2: empty `gene_id`"));
        assert!(message(&quantification(&[("7SK", "1")])).contains("no row has an Ensembl gene identifier"));
        let absent = [sample("K562", vec![files.0.path().join("none.tsv")])];
        assert!(read(&absent).expect_err("absent").to_string().contains("none.tsv: cannot be opened"));
    }
}
