//! Quantifications of one sample by salmon, kallisto, `StringTie`, RSEM and Cufflinks: genes or transcripts with TPM or FPKM.
//!
//! # Source
//!
//! The manuals of salmon (`quant.sf`, `quant.genes.sf`), kallisto (`abundance.tsv`), `StringTie` (`-A`, `t_data.ctab`), RSEM
//! (`isoforms.results`) and Cufflinks (`genes.fpkm_tracking`).

use std::collections::HashMap;
use std::path::Path;

use tatabox_sequence::counted;

use super::gene_label::{is_ensembl_gene, is_ensembl_transcript};
use super::table_builder::{MISSING_REMEDY, TEXT_REMEDY};
use crate::drop_reason::DropReason;
use crate::expression::gene_model::GeneModel;
use crate::expression::sample_files::ExcludedGenes;
use crate::expression::scale::scale_to_million;
use crate::expression::{ExpressionFormat, ExpressionTable, Scale};
use crate::io::number::parse_number;
use crate::io::table_error::{TableError, TableLocation, TableProblem};
use crate::io::text_table::TextTable;

/// Columns of a quantification.
#[derive(Debug)]
pub(crate) struct Quantification {
    pub(crate) format: ExpressionFormat,
    /// Column of genes or transcripts.
    id: &'static str,
    /// Column with the gene of each row; without one, `id` holds genes, or transcripts whose genes the annotation has.
    gene: Option<&'static str>,
    gene_name: Option<&'static str>,
    tpm: Option<&'static str>,
    fpkm: Option<&'static str>,
    /// Read counts with the lengths by which they are divided.
    counts: Option<[&'static str; 2]>,
    /// Column that states whether the value is valid.
    status: Option<&'static str>,
}

/// Layouts, each of which is recognised by all of its columns.
static LAYOUTS: [Quantification; 6] = [
    Quantification {
        format: ExpressionFormat::Salmon,
        id: "Name",
        gene: None,
        gene_name: None,
        tpm: Some("TPM"),
        fpkm: None,
        counts: Some(["NumReads", "EffectiveLength"]),
        status: None,
    },
    Quantification {
        format: ExpressionFormat::Kallisto,
        id: "target_id",
        gene: None,
        gene_name: None,
        tpm: Some("tpm"),
        fpkm: None,
        counts: Some(["est_counts", "eff_length"]),
        status: None,
    },
    Quantification {
        format: ExpressionFormat::StringTie,
        id: "Gene ID",
        gene: Some("Gene ID"),
        gene_name: Some("Gene Name"),
        tpm: Some("TPM"),
        fpkm: Some("FPKM"),
        counts: None,
        status: None,
    },
    Quantification {
        format: ExpressionFormat::StringTie,
        id: "t_name",
        gene: Some("gene_id"),
        gene_name: Some("gene_name"),
        tpm: None,
        fpkm: Some("FPKM"),
        counts: None,
        status: None,
    },
    Quantification {
        format: ExpressionFormat::Rsem,
        id: "transcript_id",
        gene: Some("gene_id"),
        gene_name: None,
        tpm: Some("TPM"),
        fpkm: Some("FPKM"),
        counts: Some(["expected_count", "effective_length"]),
        status: None,
    },
    Quantification {
        format: ExpressionFormat::Cufflinks,
        id: "tracking_id",
        gene: Some("gene_id"),
        gene_name: Some("gene_short_name"),
        tpm: None,
        fpkm: Some("FPKM"),
        counts: None,
        status: Some("FPKM_status"),
    },
];

/// Values of a status column of Cufflinks for genes that it did not quantify.
const FAILED: [&str; 2] = ["FAIL", "HIDATA"];

/// One column of TPM by gene, with its origin.
#[derive(Debug)]
pub(crate) struct SampleTable {
    pub(crate) table: ExpressionTable,
    /// Column of the file that holds the values.
    pub(crate) column: String,
    /// Scale of that column.
    pub(crate) scale: Scale,
}

impl Quantification {
    /// Layout of a header.
    pub(crate) fn of(header: &[String]) -> Option<&'static Self> {
        let has = |name: &&str| header.iter().any(|column| column == name);
        LAYOUTS.iter().find(|layout| layout.columns().iter().all(has))
    }

    fn columns(&self) -> Vec<&'static str> {
        let optional = [self.gene, self.gene_name, self.tpm, self.fpkm, self.status];
        std::iter::once(self.id)
            .chain(optional.into_iter().flatten())
            .chain(self.counts.into_iter().flatten())
            .collect()
    }

    /// Reads TPM by gene. TPM of transcripts, and of several rows of a gene, are summed; FPKM and read counts are converted
    /// to TPM after that.
    ///
    /// # Errors
    ///
    /// A scale that the file does not have, transcripts without genes, an invalid value.
    pub(crate) fn read(
        &self,
        path: &Path,
        scale: Option<Scale>,
        model: Option<&GeneModel>,
        excluded: &mut ExcludedGenes,
    ) -> Result<SampleTable, TableError> {
        let in_file = |problem| TableError::in_file(path, problem);
        let scale = scale.unwrap_or(if self.tpm.is_some() { Scale::Tpm } else { Scale::Fpkm });
        let (value, length) = match (scale, self.counts) {
            (Scale::Tpm, _) => (self.tpm, None),
            (Scale::Fpkm, _) => (self.fpkm, None),
            (Scale::Counts, Some([counts, length])) => (Some(counts), Some(length)),
            _ => (None, None),
        };
        let Some(value) = value else {
            let found = if self.tpm.is_some() { "TPM" } else { "FPKM" };
            let format = self.format.title().to_owned();
            return Err(in_file(TableProblem::ScaleNotInFormat { scale: scale.as_str(), format, found }));
        };
        let mut rows = TextTable::open(path)?;
        let expected = self.columns();
        let position = |rows: &TextTable, name: &str| rows.column(name, &expected);
        let (id, value_column) = (position(&rows, self.id)?, position(&rows, value)?);
        let optional = |name: Option<&'static str>| name.map(|name| position(&rows, name)).transpose();
        let (gene, gene_name) = (optional(self.gene)?, optional(self.gene_name)?);
        let (length, status) = (optional(length)?, optional(self.status)?);

        let mut genes = SummedGenes::default();
        let mut first_seen: HashMap<String, TableLocation> = HashMap::new();
        while let Some((location, cells)) = rows.next_row()? {
            let at = |problem| TableError::at(path, location, problem);
            let label = cells[id].trim();
            if label.is_empty() {
                return Err(at(TableProblem::EmptyCell { column: self.id.to_owned() }));
            }
            // Only rows with a gene of their own, as of loci of one gene, may repeat it.
            if self.gene.is_none()
                && let Some(first) = first_seen.insert(label.to_owned(), location)
            {
                return Err(at(TableProblem::DuplicateGene { gene_id: label.to_owned(), first }));
            }
            let name = gene_name.map_or("", |column| cells[column].trim());
            let number = |column: usize, name: &str| parse_value(&cells[column], label, name).map_err(at);
            let mut number_of_row = number(value_column, value)?;
            if let Some(column) = length {
                let length = number(column, "length")?.filter(|&length| length > 0.0);
                // A transcript without an effective length has no reads either.
                number_of_row = number_of_row.map(|counts| length.map_or(0.0, |length| counts / length));
            }
            if status.is_some_and(|column| FAILED.contains(&cells[column].trim())) {
                number_of_row = None;
            }
            let gene = match gene {
                Some(column) => Some((cells[column].trim(), name)),
                None => gene_of_label(label, model),
            };
            match gene {
                Some(("" | ".", _)) => return Err(at(TableProblem::EmptyCell { column: "gene".to_owned() })),
                Some((gene, name)) => genes.add(gene, name, number_of_row),
                None if model.is_some() => {
                    genes.unknown_tpm += number_of_row.unwrap_or_default();
                    genes.unknown.get_or_insert_with(|| label.to_owned());
                    let key = (label.to_owned(), DropReason::TranscriptNotInAnnotation);
                    excluded.entry(key).or_insert_with(|| format!("{}, {location}", path.display()));
                    genes.unknown_count += 1;
                }
                None => {
                    return Err(in_file(TableProblem::TranscriptsWithoutGenes {
                        format: self.format.title().to_owned(),
                    }));
                }
            }
        }
        let mut table = genes.into_table(path, self.format, value)?;
        if scale != Scale::Tpm {
            scale_to_million(&mut table);
        }
        Ok(SampleTable { table, column: value.to_owned(), scale })
    }
}

/// Gene of a row: of the transcript in the annotation, of a GENCODE name with fields separated by `|`, or the label itself if
/// it is not a transcript.
fn gene_of_label<'a>(label: &'a str, model: Option<&'a GeneModel>) -> Option<(&'a str, &'a str)> {
    let mut fields = label.split('|');
    let first = fields.next().unwrap_or(label);
    if let Some(gene) = model.and_then(|model| model.gene_of(first)) {
        return Some((gene, ""));
    }
    // Fields of GENCODE: transcript, gene, two of HAVANA, transcript name, gene name.
    if let Some(gene) = fields.next().filter(|gene| is_ensembl_gene(gene)) {
        return Some((gene, fields.nth(3).unwrap_or_default()));
    }
    let is_transcript = is_ensembl_transcript(first) || is_refseq_transcript(first);
    let is_known = model.is_none_or(|model| model.length_of(&tatabox_sequence::strip_version(label)).is_some());
    (!is_transcript && (is_known || is_ensembl_gene(label))).then_some((label, ""))
}

/// Whether an identifier is that of a RefSeq transcript, such as `NM_000546.6`.
fn is_refseq_transcript(label: &str) -> bool {
    let rest = ["NM_", "NR_", "XM_", "XR_"].into_iter().find_map(|prefix| label.strip_prefix(prefix));
    rest.is_some_and(|rest| rest.starts_with(|letter: char| letter.is_ascii_digit()))
}

fn parse_value(cell: &str, gene_id: &str, column: &str) -> Result<Option<f64>, TableProblem> {
    let (text, gene_id, column) = (cell.trim().to_owned(), gene_id.to_owned(), column.to_owned());
    match parse_number(cell) {
        Ok(Some(value)) if !(value as f32).is_finite() => {
            Err(TableProblem::NotFinite { gene_id, column, text, remedy: MISSING_REMEDY })
        }
        Ok(Some(value)) if value < 0.0 => Err(TableProblem::NegativeTpm { gene_id, column, value: text }),
        Ok(value) => Ok(value),
        Err(_) => Err(TableProblem::NotANumber { gene_id, column, text, remedy: TEXT_REMEDY }),
    }
}

/// Values summed by gene, in the order of the file.
#[derive(Default)]
struct SummedGenes {
    gene_ids: Vec<String>,
    gene_names: Vec<String>,
    values: Vec<Option<f64>>,
    rows: HashMap<String, usize>,
    /// First label without a gene.
    unknown: Option<String>,
    unknown_count: usize,
    unknown_tpm: f64,
}

impl SummedGenes {
    fn add(&mut self, gene_id: &str, gene_name: &str, value: Option<f64>) {
        let gene_id = tatabox_sequence::strip_version(gene_id).into_owned();
        let name = if matches!(gene_name, "-" | "." | "NA") { "" } else { gene_name };
        if let Some(&row) = self.rows.get(&gene_id) {
            if let Some(value) = value {
                *self.values[row].get_or_insert(0.0) += value;
            }
            return;
        }
        self.rows.insert(gene_id.clone(), self.gene_ids.len());
        self.gene_ids.push(gene_id);
        self.gene_names.push(name.to_owned());
        self.values.push(value);
    }

    fn into_table(self, path: &Path, format: ExpressionFormat, column: &str) -> Result<ExpressionTable, TableError> {
        if self.gene_ids.is_empty() {
            return Err(TableError::in_file(
                path,
                match self.unknown {
                    Some(transcript) => {
                        TableProblem::TranscriptsNotInAnnotation { transcript, format: format.title().to_owned() }
                    }
                    None => TableProblem::NoRows,
                },
            ));
        }
        if self.unknown_count > 0 {
            let known: f64 = self.values.iter().flatten().sum();
            let percentage = 100.0 * self.unknown_tpm / (known + self.unknown_tpm).max(f64::MIN_POSITIVE);
            tracing::warn!(
                "{}: excluded are {} with {percentage:.1} % of the {column}, which the annotation lacks (such as {}); use the annotation from which the index was built",
                path.display(),
                counted(self.unknown_count, "transcript"),
                self.unknown.unwrap_or_default()
            );
        }
        let gene_names = self.gene_names.iter().any(|name| !name.is_empty()).then_some(self.gene_names);
        let tpm = self.values.into_iter().map(|value| value.map_or(f32::NAN, |value| value as f32)).collect();
        Ok(ExpressionTable { gene_ids: self.gene_ids, gene_names, cell_types: vec![column.to_owned()], tpm })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, scale: Option<Scale>, model: Option<&GeneModel>) -> Result<SampleTable, TableError> {
        let file = tempfile::NamedTempFile::new().expect("temporary file");
        std::fs::write(file.path(), text).expect("written");
        let header = TextTable::open(file.path()).expect("a table").header;
        let layout = Quantification::of(&header).expect("a known layout");
        layout.read(file.path(), scale, model, &mut ExcludedGenes::new())
    }

    fn genes(text: &str, scale: Option<Scale>) -> Vec<(String, f32)> {
        let table = read(text, scale, None).expect("a good table").table;
        table.gene_ids.into_iter().zip(table.tpm).collect()
    }

    const SALMON: &str = "Name\tLength\tEffectiveLength\tTPM\tNumReads\n";

    #[test]
    fn quantification_read_salmon_genes_takes_tpm() {
        let text = format!("{SALMON}ENSG00000000003.15\t937\t738.5\t14.711\t45.6\nTP53\t937\t700\t1\t70\n");
        assert_eq!(genes(&text, None), [("ENSG00000000003".into(), 14.711), ("TP53".into(), 1.0)]);
        // Reads per base: 45.6 / 738.5 = 0.06175 and 70 / 700 = 0.1, of 0.16175.
        let of_counts = genes(&text, Some(Scale::Counts));
        assert!((of_counts[1].1 - 618_250.3).abs() < 1.0, "{of_counts:?}");
        let error = read(&text, Some(Scale::Fpkm), None).expect_err("no FPKM").to_string();
        assert!(error.contains("salmon") && error.contains("fpkm"), "{error}");
    }

    #[test]
    fn quantification_read_sums_transcripts_of_gencode_names() {
        let text = format!(
            "{SALMON}ENST00000000001.1|ENSG00000000003.15|-|-|A-201|A|9|x|\t9\t9\t1\t1\n\
             ENST00000000002.1|ENSG00000000003.15|-|-|A-202|A|9|x|\t9\t9\t2.5\t1\n"
        );
        let table = read(&text, None, None).expect("a good table").table;
        assert_eq!((table.gene_ids, table.tpm), (vec!["ENSG00000000003".to_owned()], vec![3.5]));
        assert_eq!(table.gene_names, Some(vec!["A".to_owned()]));
        let bare = "target_id\tlength\teff_length\test_counts\ttpm\nENST00000000001.1\t9\t9\t1\t2\n";
        let error = read(bare, None, None).expect_err("no genes").to_string();
        assert!(error.contains("holds transcripts (kallisto)"), "{error}");
    }

    #[test]
    fn quantification_read_other_programs_takes_tpm_or_converts_fpkm() {
        let stringtie = "Gene ID\tGene Name\tReference\tStrand\tStart\tEnd\tCoverage\tFPKM\tTPM\n\
            G1\tA\tchr1\t+\t1\t9\t5.5\t3\t2\nG1\tA\tchr1\t+\t20\t29\t5.5\t3\t4\nG2\t-\tchr1\t+\t1\t9\t5.5\t6\t8\n";
        assert_eq!(genes(stringtie, None), [("G1".into(), 6.0), ("G2".into(), 8.0)]);
        assert!((genes(stringtie, Some(Scale::Fpkm))[0].1 - 500_000.0).abs() < 1e-3);
        let isoforms = "transcript_id\tgene_id\tlength\teffective_length\texpected_count\tTPM\tFPKM\tIsoPct\n\
            T1\tG1\t9\t8\t7\t1\t2\t50\nT2\tG1\t9\t8\t7\t3\t2\t50\n";
        assert_eq!(genes(isoforms, None), [("G1".into(), 4.0)]);
        let cufflinks = "tracking_id\tclass_code\tgene_id\tgene_short_name\tFPKM\tFPKM_status\n\
            G1\t-\tG1\tA\t1\tOK\nG2\t-\tG2\tB\t3\tOK\nG3\t-\tG3\tC\t0\tFAIL\n";
        let converted = genes(cufflinks, None);
        assert!((converted[0].1 - 250_000.0).abs() < 1e-3);
        assert!(converted[2].1.is_nan(), "a failed gene has no value");
    }

    #[test]
    fn quantification_read_invalid_rows_return_error() {
        let message = |rows: &str| read(&format!("{SALMON}{rows}"), None, None).expect_err("a bad table").to_string();
        assert!(message("G1\t9\t9\tx\t1\n").contains("line 2: gene G1, column TPM: `x` is not a number"));
        assert!(message("G1\t9\t9\t-1\t1\n").contains("TPM -1 is negative"));
        assert!(
            message("G1\t9\t9\t1\t1\nG1\t9\t9\t1\t1\n").contains("line 3: duplicate gene G1, first seen at line 2")
        );
        assert!(message("").contains("has a header but no rows"));
    }
}
