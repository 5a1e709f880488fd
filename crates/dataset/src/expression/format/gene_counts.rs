//! Read counts of one sample by htseq-count and STAR: genes with whole numbers, without a header.
//!
//! # Source
//!
//! htseq-count, <https://htseq.readthedocs.io>: gene, optionally its name, and reads; the last rows, such as `__no_feature`,
//! count reads of no gene. STAR, `ReadsPerGene.out.tab` of `--quantMode GeneCounts`: gene, reads of an unstranded library,
//! and reads on the strand of the gene and on the other one; the first four rows, such as `N_unmapped`, count reads of no
//! gene.

use std::path::Path;

use super::table_builder::{TEXT_REMEDY, TableBuilder};
use crate::drop_reason::DropReason;
use crate::expression::gene_model::GeneModel;
use crate::expression::sample_files::ExcludedGenes;
use crate::expression::scale::counts_to_tpm;
use crate::expression::{ExpressionFormat, ExpressionTable};
use crate::io::number::parse_number;
use crate::io::table_error::{TableError, TableProblem};
use crate::io::text_table::TextTable;

const STAR_COLUMNS: [&str; 4] = ["gene_id", "unstranded", "forward", "reverse"];
/// First row of STAR.
const STAR_FIRST_ROW: &str = "N_unmapped";
/// Rows that count reads of no gene: prefix of htseq-count, names of STAR.
const HTSEQ_PREFIX: &str = "__";
const STAR_SUMMARIES: [&str; 4] = ["N_unmapped", "N_multimapping", "N_noFeature", "N_ambiguous"];

/// Fraction of the stranded reads on the main strand from which a library is stranded.
const STRANDED: f64 = 0.8;
/// Largest distance of that fraction from one half in an unstranded library.
const UNSTRANDED_DISTANCE: f64 = 0.1;

/// Whether a row counts reads of no gene.
pub(crate) fn is_summary_row(label: &str) -> bool {
    let label = label.trim();
    label.starts_with(HTSEQ_PREFIX) || STAR_SUMMARIES.contains(&label)
}

/// Format of a file without a header, of which `first_row` is the first row.
pub(crate) fn format_of(path: &Path, first_row: &[String]) -> Option<ExpressionFormat> {
    let is_count = |text: &String| text.parse::<u64>().is_ok();
    if first_row.len() == STAR_COLUMNS.len() && first_row[0] == STAR_FIRST_ROW {
        return Some(ExpressionFormat::Star);
    }
    let may_be_htseq = (2..=3).contains(&first_row.len()) && first_row.last().is_some_and(is_count);
    (may_be_htseq && has_htseq_summary(path, first_row.len())).then_some(ExpressionFormat::Htseq)
}

/// Whether a row of htseq-count counts reads of no gene.
fn has_htseq_summary(path: &Path, columns: usize) -> bool {
    let names = ["gene_id", "gene_name", "reads"];
    let Ok(mut rows) = TextTable::open_headerless(path, &names[..columns]) else {
        return false;
    };
    while let Ok(Some((_, cells))) = rows.next_row() {
        if cells[0].starts_with(HTSEQ_PREFIX) {
            return true;
        }
    }
    false
}

/// Reads counts and converts them to TPM by the exon lengths of the annotation; also returns the name of the column.
///
/// # Errors
///
/// Counts without an annotation, a library whose strand is unclear, and the errors of a matrix.
pub(crate) fn read(
    path: &Path,
    format: ExpressionFormat,
    model: Option<&GeneModel>,
    excluded: &mut ExcludedGenes,
) -> Result<(ExpressionTable, String), TableError> {
    let in_file = |problem| TableError::in_file(path, problem);
    let model = model.ok_or_else(|| in_file(TableProblem::CountsWithoutLengths))?;
    let columns = TextTable::open(path)?.header.len();
    let names: Vec<&str> = match (format, columns) {
        (ExpressionFormat::Star, _) => STAR_COLUMNS.to_vec(),
        (_, 3) => vec!["gene_id", "gene_name", "reads"],
        _ => vec!["gene_id", "reads"],
    };
    let column = if format == ExpressionFormat::Star { strand_column(path)? } else { names.len() - 1 };
    let has_names = format == ExpressionFormat::Htseq && names.len() == 3;
    let mut rows = TextTable::open_headerless(path, &names)?;
    let mut table = TableBuilder::new(path, vec![names[column].to_owned()], has_names);
    while let Some((location, cells)) = rows.next_row()? {
        let label = cells[0].trim();
        if is_summary_row(label) {
            let key = (label.to_owned(), DropReason::SummaryRow);
            excluded.entry(key).or_insert_with(|| format!("{}, {location}", path.display()));
            continue;
        }
        table.start_row(location, label, if has_names { &cells[1] } else { "" })?;
        let text = cells[column].trim();
        let Ok(value) = parse_number(text) else {
            let (gene_id, column) = table.current_cell();
            let problem = TableProblem::NotANumber { gene_id, column, text: text.to_owned(), remedy: TEXT_REMEDY };
            return Err(TableError::at(path, location, problem));
        };
        table.push(location, value, || text.to_owned())?;
    }
    let mut table = table.finish()?;
    let gene_ids = table.gene_ids.clone();
    let without_length = counts_to_tpm(&mut table, |gene| model.length_of(&gene_ids[gene]));
    exclude_without_length(path, &table, &without_length, excluded)?;
    Ok((table, names[column].to_owned()))
}

/// Records the genes without a length, whose values are missing.
///
/// # Errors
///
/// [`TableProblem::CountsWithoutLengths`] if no gene has a length, [`TableProblem::FewLengths`] if most have none.
pub(crate) fn exclude_without_length(
    path: &Path,
    table: &ExpressionTable,
    genes: &[usize],
    excluded: &mut ExcludedGenes,
) -> Result<(), TableError> {
    if genes.len() == table.gene_ids.len() {
        return Err(TableError::in_file(path, TableProblem::CountsWithoutLengths));
    }
    // TPM are fractions of the reads of all genes.
    if 2 * genes.len() > table.gene_ids.len() {
        let (without, total) = (genes.len(), table.gene_ids.len());
        return Err(TableError::in_file(path, TableProblem::FewLengths { without, total }));
    }
    if let Some(&first) = genes.first() {
        tracing::warn!(
            "{}: {} of {} genes, such as {}, have no length in the annotation and no TPM; use the annotation that the reads \
             were counted with",
            path.display(),
            genes.len(),
            table.gene_ids.len(),
            table.gene_ids[first]
        );
    }
    for &gene in genes {
        let key = (table.gene_ids[gene].clone(), DropReason::NoGeneLength);
        excluded.entry(key).or_insert_with(|| path.display().to_string());
    }
    Ok(())
}

/// Column of STAR that fits the library: the strand with most reads, or all reads if both strands have equally many.
fn strand_column(path: &Path) -> Result<usize, TableError> {
    let mut rows = TextTable::open_headerless(path, &STAR_COLUMNS)?;
    let (mut forward, mut reverse) = (0_u64, 0_u64);
    while let Some((_, cells)) = rows.next_row()? {
        if !is_summary_row(&cells[0]) {
            forward += cells[2].trim().parse::<u64>().unwrap_or_default();
            reverse += cells[3].trim().parse::<u64>().unwrap_or_default();
        }
    }
    let fraction = forward as f64 / (forward + reverse).max(1) as f64;
    let column = if forward + reverse == 0 || (fraction - 0.5).abs() <= UNSTRANDED_DISTANCE {
        1
    } else if fraction >= STRANDED {
        2
    } else if fraction <= 1.0 - STRANDED {
        3
    } else {
        return Err(TableError::in_file(path, TableProblem::UnclearStrand { forward, reverse }));
    };
    tracing::warn!(
        "{}: {:.0} % of the stranded reads are on the strand of their gene; the counts of the column {} are used",
        path.display(),
        100.0 * fraction,
        STAR_COLUMNS[column]
    );
    Ok(column)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(folder: &Path) -> GeneModel {
        let gtf: String = [("A", 100), ("B", 200)]
            .map(|(gene, end)| {
                ["gene", "transcript", "exon"]
                    .map(|kind| {
                        format!("chr1\tx\t{kind}\t1\t{end}\t.\t+\t.\tgene_id \"{gene}\"; transcript_id \"{gene}.t\";\n")
                    })
                    .concat()
            })
            .concat();
        std::fs::write(folder.join("a.gtf"), gtf).expect("written");
        GeneModel::read(&folder.join("a.gtf")).expect("a good annotation")
    }

    fn converted(text: &str) -> Result<(Vec<f32>, String, Vec<String>), String> {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("counts.txt");
        std::fs::write(&path, text).expect("written");
        let first: Vec<String> = text.lines().next().expect("a line").split('\t').map(str::to_owned).collect();
        let format = format_of(&path, &first).ok_or("no format")?;
        let mut excluded = ExcludedGenes::new();
        let read = read(&path, format, Some(&model(folder.path())), &mut excluded);
        let (table, column) = read.map_err(|error| error.to_string())?;
        Ok((table.tpm, column, excluded.into_keys().map(|(gene, _)| gene).collect()))
    }

    #[test]
    fn gene_counts_of_htseq_are_converted_by_exon_length() {
        // Reads per base: 10 / 100 and 60 / 200.
        let (tpm, column, excluded) = converted("A\t10\nB\t60\n__no_feature\t7\n__ambiguous\t1\n").expect("counts");
        assert_eq!((tpm, column.as_str()), (vec![250_000.0, 750_000.0], "reads"));
        assert_eq!(excluded, ["__ambiguous", "__no_feature"]);
        let (tpm, _, _) = converted("A\tone\t10\nB\ttwo\t60\n__no_feature\t\t7\n").expect("counts with names");
        assert_eq!(tpm, [250_000.0, 750_000.0]);
        assert!(converted("A\t10\nB\t60\n").is_err(), "without its summary rows the format is unknown");
    }

    #[test]
    fn gene_counts_of_star_use_the_column_of_the_library() {
        let summary = "N_unmapped\t1\t1\t1\nN_multimapping\t1\t1\t1\nN_noFeature\t1\t1\t1\nN_ambiguous\t1\t1\t1\n";
        for (rows, expected) in [
            ("A\t20\t1\t10\nB\t80\t2\t60\n", Ok("reverse")),
            ("A\t20\t10\t0\nB\t80\t60\t1\n", Ok("forward")),
            ("A\t20\t10\t10\nB\t80\t30\t32\n", Ok("unstranded")),
            ("A\t20\t10\t5\nB\t80\t30\t15\n", Err("neither clearly unstranded nor stranded")),
        ] {
            match (converted(&format!("{summary}{rows}")), expected) {
                (Ok((_, column, excluded)), Ok(expected)) => {
                    assert_eq!((column.as_str(), excluded.len()), (expected, 4), "{rows}");
                }
                (Err(error), Err(expected)) => assert!(error.contains(expected), "{error}"),
                (found, _) => panic!("{rows}: {found:?}"),
            }
        }
    }
}
