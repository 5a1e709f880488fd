//! ENCODE gene quantifications (RSEM), one file per replicate.
//!
//! # Source
//!
//! ENCODE long RNA-seq pipeline, <https://www.encodeproject.org/pipelines/ENCPL002LPE/>, with RSEM (Li and Dewey 2011,
//! doi:10.1186/1471-2105-12-323). In addition to genes the files of ENCODE contain spike-ins (`gSpikein_...`) and tRNAs
//! with numeric identifiers. RSEM names genes as its annotation does, so identifiers may be symbols.

use std::path::Path;

use tatabox_sequence::{is_par_y_copy, is_read_once, strip_version};

use super::table_builder::{TEXT_REMEDY, TableBuilder};
use crate::drop_reason::DropReason;
use crate::expression::sample_files::ExcludedGenes;
use crate::expression::{ExpressionTable, SampleFiles};
use crate::io::number::parse_number;
use crate::io::table_error::{TableError, TableProblem};
use crate::io::text_table::TextTable;

const GENE_ID: &str = "gene_id";
const TPM: &str = "TPM";
const EFFECTIVE_LENGTH: &str = "effective_length";
/// Columns of a sample sheet.
const CELL_TYPE: &str = "cell_type";
const FILE: &str = "file";

/// Prefixes of spike-ins and of the control genome phiX, in lower case: names of ENCODE, ERCC (`ERCC-00002`; `ERCC1` is a
/// gene), Lexogen (`SIRV101`) and GenBank.
const SPIKE_IN_PREFIXES: [&str; 5] = ["gspikein", "ercc-0", "sirv", "phix", "nc_001422"];

/// Whether a table is the quantification of one sample.
pub(crate) fn is_quantification(header: &[String]) -> bool {
    [GENE_ID, EFFECTIVE_LENGTH, TPM].iter().all(|name| header.iter().any(|column| column == name))
}

/// Whether a table is a sample sheet.
pub(crate) fn is_sample_sheet(header: &[String]) -> bool {
    [CELL_TYPE, FILE].iter().all(|name| header.iter().any(|column| column == name))
}

/// Reads a sample sheet with columns `cell_type` and `file`, one row per replicate. Paths are relative to the sheet.
pub(crate) fn read_sample_sheet(path: &Path) -> Result<Vec<SampleFiles>, TableError> {
    let mut rows = TextTable::open(path)?;
    let [cell_type, file] = rows.columns([CELL_TYPE, FILE])?;
    // The paths in a pipe are relative to the current folder.
    let folder = path.parent().filter(|_| !is_read_once(path)).unwrap_or(Path::new("")).to_owned();
    let mut samples: Vec<SampleFiles> = Vec::new();
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
            None => samples.push(SampleFiles { cell_type: cell_type.to_owned(), files: vec![file] }),
        }
    }
    if samples.is_empty() {
        return Err(TableError::in_file(path, TableProblem::NoRows));
    }
    Ok(samples)
}

/// TPM of the genes in one file.
///
/// # Errors
///
/// A missing column, a gene on two rows, an invalid TPM, a file without a gene.
pub(crate) fn read_quantification(path: &Path, excluded: &mut ExcludedGenes) -> Result<ExpressionTable, TableError> {
    let mut rows = TextTable::open(path)?;
    let [gene, tpm] = rows.columns([GENE_ID, TPM])?;
    let mut table = TableBuilder::new(path, vec![TPM.to_owned()], false);
    let mut numbers = Vec::new();
    while let Some((location, cells)) = rows.next_row()? {
        let gene_id = cells[gene].trim();
        if let Some(reason) = exclusion_reason(gene_id) {
            let key = (strip_version(gene_id).into_owned(), reason);
            excluded.entry(key).or_insert_with(|| format!("{}, {location}", path.display()));
            continue;
        }
        if is_number(gene_id) {
            numbers.push((gene_id.to_owned(), location));
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
        return Err(TableError::in_file(path, TableProblem::NoGenes));
    }
    let mut table = table.finish()?;
    // Numbers among Ensembl identifiers are tRNAs; otherwise they are identifiers of NCBI Gene.
    if table.gene_ids.iter().any(|gene_id| names_ensembl_gene(gene_id)) {
        remove_numbers(&mut table);
        for (gene_id, location) in numbers {
            let key = (gene_id, DropReason::NotEnsembl);
            excluded.entry(key).or_insert_with(|| format!("{}, {location}", path.display()));
        }
    }
    Ok(table)
}

/// Reason for excluding a row that is not a gene; empty identifiers are handled by the table builder.
fn exclusion_reason(gene_id: &str) -> Option<DropReason> {
    let lower = gene_id.to_ascii_lowercase();
    if SPIKE_IN_PREFIXES.iter().any(|prefix| lower.starts_with(prefix)) {
        Some(DropReason::SpikeIn)
    } else {
        is_par_y_copy(gene_id).then_some(DropReason::ParYCopy)
    }
}

/// Whether a name is `ENSG` and digits, or the same of another species.
fn names_ensembl_gene(gene_id: &str) -> bool {
    let stem = gene_id.trim_end_matches(|character: char| character.is_ascii_digit());
    stem.starts_with("ENS") && stem.ends_with('G') && stem.len() < gene_id.len()
}

fn is_number(gene_id: &str) -> bool {
    !gene_id.is_empty() && gene_id.bytes().all(|byte| byte.is_ascii_digit())
}

/// Removes the rows of one cell type whose identifiers are numbers.
fn remove_numbers(table: &mut ExpressionTable) {
    let kept: Vec<usize> = (0..table.gene_ids.len()).filter(|&row| !is_number(&table.gene_ids[row])).collect();
    table.tpm = kept.iter().map(|&row| table.tpm[row]).collect();
    table.gene_ids.retain(|gene_id| !is_number(gene_id));
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::path::PathBuf;

    use super::*;
    use crate::expression::sample_files::{CombinedSamples, combine};

    fn read(samples: &[SampleFiles]) -> Result<(CombinedSamples, ExcludedGenes), TableError> {
        let mut excluded = ExcludedGenes::new();
        let combined = combine(samples, |path| read_quantification(path, &mut excluded))?;
        Ok((combined, excluded))
    }

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

    fn sample(cell_type: &str, files: Vec<PathBuf>) -> SampleFiles {
        SampleFiles { cell_type: cell_type.to_owned(), files }
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
        let (read, read_excluded) = read(&samples).expect("good files");
        let ids = ["ENSG00000000003", "ENSG00000000419", "ENSG00000182378", "ENSG00000999999"];
        assert_eq!(read.table.gene_ids, ids);
        assert_eq!(read.table.cell_types, ["K562", "HepG2"]);
        assert_eq!(read.table.row(0), [1.5, 2.0]);
        assert_eq!(read.table.row(1), [4.0, 5.0]);
        assert_eq!(read.table.row(2)[..1], [7.0]);
        assert!(read.table.row(2)[1].is_nan());
        assert_eq!(read.table.row(3), [4.0, 4.0]);
        let excluded: Vec<(&str, DropReason)> =
            read_excluded.keys().map(|(id, reason)| (id.as_str(), *reason)).collect();
        assert_eq!(
            excluded,
            [
                ("10904", DropReason::NotEnsembl),
                ("ENSG00000182378_PAR_Y", DropReason::ParYCopy),
                ("gSpikein_ERCC-00002", DropReason::SpikeIn)
            ]
        );
        assert!(read_excluded.values().next().expect("one").ends_with("a.tsv, line 2"));
        let k562 = &read.replicates["K562"];
        assert_eq!((k562.files, k562.genes_not_in_all), (2, 2));
        // Two points are always collinear.
        assert!(k562.pairs[0].genes == 2 && k562.pairs[0].pearson.is_some_and(|r| (r - 1.0).abs() < 1e-12));
        assert_eq!((read.replicates["HepG2"].files, read.replicates["HepG2"].pairs.len()), (1, 0));
    }

    #[test]
    fn encode_read_symbols_are_genes() {
        let files = Files::new();
        let rows =
            [("ENSA", "1"), ("ERCC1", "2"), ("ERCC-00002", "90"), ("SIRV101", "9"), ("phiX174", "9"), ("10904", "3")];
        let (read, read_excluded) =
            read(&[sample("K562", vec![files.put("a.tsv", &quantification(&rows))])]).expect("symbols");
        // Without Ensembl identifiers a number is an identifier of NCBI Gene.
        assert_eq!(read.table.gene_ids, ["ENSA", "ERCC1", "10904"]);
        assert_eq!(read.table.tpm, [1.0, 2.0, 3.0]);
        assert!(read_excluded.keys().all(|(_, reason)| *reason == DropReason::SpikeIn) && read_excluded.len() == 3);
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
        assert!(message(&quantification(&[("ERCC-00002", "1")])).contains("no row is a gene"));
        let absent = [sample("K562", vec![files.0.path().join("none.tsv")])];
        assert!(read(&absent).expect_err("absent").to_string().contains("none.tsv: cannot be opened"));
    }
}
