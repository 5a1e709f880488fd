//! Noise ceiling: the correlation of measured expression with a replicate, which no model is expected to exceed by much.

mod format;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tatabox_dataset::{DatasetError, ExpressionTable, PredictionTable, Split, find_cell_type, tpm_to_log2};

use crate::error::EvalError;
use crate::metric::{self, EvaluateOptions, WeightedPairs, estimates};
use crate::stats::Estimate;

/// Correlation of the measurements with their replicate in one cell type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NoiseCeilingRow {
    /// Split of the compared genes.
    pub split: Split,
    /// Cell type.
    pub cell_type: String,
    /// Name of the matching column in the replicate table.
    pub replicate: String,
    /// Number of genes measured in both.
    pub n: usize,
    /// Number of scored genes without a replicate value.
    pub n_without_replicate: usize,
    /// Pearson correlation of log2(TPM + 1).
    pub pearson: Estimate,
    /// Spearman correlation of log2(TPM + 1).
    pub spearman: Estimate,
}

/// Noise ceiling of every cell type that has a replicate.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct NoiseCeiling {
    /// Source of the replicates, as named by the user.
    pub source: String,
    /// Number of resamples per bootstrap interval.
    pub bootstrap_resamples: usize,
    /// Seed of the resampling.
    pub bootstrap_seed: u64,
    /// Rows by split, in the order of the cell types.
    pub rows: Vec<NoiseCeilingRow>,
    /// Scored cell types without a replicate.
    pub without_replicate: Vec<String>,
}

/// Correlates measured log2(TPM + 1) of the scored genes with log2(TPM + 1) of a replicate measurement.
///
/// The genes of a cell type are those that any model of the table predicts in the split. A replicate column belongs to a cell type
/// if [`find_cell_type`] matches their names in either direction (`hepg2` is HepG2, `HeLa` is HeLa-S3). Genes match by
/// identifier, then by symbol. `source` names the
/// replicates in messages and captions.
///
/// # Errors
///
/// [`EvalError::NoRows`] if the splits have no rows; [`EvalError::NoReplicate`] if no replicate belongs to a scored cell type;
/// [`EvalError::Table`] if the table is invalid or two replicates match one name.
///
/// # Examples
///
/// ```
/// use tatabox_dataset::{ExpressionTable, PredictionRow, PredictionTable, Split};
/// use tatabox_eval::{EvaluateOptions, noise_ceiling};
///
/// let rows = (0..20u8).map(|gene| PredictionRow {
///     gene_id: format!("G{gene}"),
///     gene_name: None,
///     cell_type: "HepG2".to_owned(),
///     split: Split::Test,
///     measured: f64::from(gene),
///     predicted: 0.0,
///     model: "cnn".to_owned(),
/// });
/// let replicates = ExpressionTable {
///     gene_ids: (0..20).map(|gene| format!("G{gene}")).collect(),
///     gene_names: None,
///     cell_types: vec!["hepg2".to_owned()],
///     tpm: (0..20u8).map(|gene| f32::from(gene).exp2() - 1.0).collect(),
/// };
/// let table = PredictionTable { rows: rows.collect() };
///
/// let ceiling = noise_ceiling(&table, &replicates, "a second laboratory", &EvaluateOptions::default())?;
/// assert_eq!((ceiling.rows[0].replicate.as_str(), ceiling.rows[0].n), ("hepg2", 20));
/// assert!(ceiling.rows[0].pearson.value.is_some_and(|r| r > 0.999));
/// # Ok::<(), tatabox_eval::EvalError>(())
/// ```
pub fn noise_ceiling(
    table: &PredictionTable,
    replicates: &ExpressionTable,
    source: &str,
    options: &EvaluateOptions,
) -> Result<NoiseCeiling, EvalError> {
    table.validate()?;
    let in_splits = PredictionTable {
        rows: table.rows.iter().filter(|row| options.splits.contains(&row.split)).cloned().collect(),
    };
    if in_splits.rows.is_empty() {
        return Err(EvalError::no_rows(table, &options.splits));
    }
    let cell_types = in_splits.cell_types();
    let mut columns = Vec::with_capacity(cell_types.len());
    for index in 0..cell_types.len() {
        columns.push(replicate_of(&cell_types, index, &replicates.cell_types)?);
    }
    if columns.iter().all(Option::is_none) {
        return Err(EvalError::NoReplicate {
            cell_types: cell_types.join(", "),
            origin: source.to_owned(),
            replicates: replicates.cell_types.join(", "),
        });
    }
    let mut ceiling = NoiseCeiling {
        source: source.to_owned(),
        bootstrap_resamples: options.resamples,
        bootstrap_seed: options.seed,
        ..NoiseCeiling::default()
    };
    let genes: BTreeMap<&str, Option<&str>> =
        table.rows.iter().map(|row| (row.gene_id.as_str(), row.gene_name.as_deref())).collect();
    let genes: Vec<(&str, Option<&str>)> = genes.into_iter().collect();
    let gene_rows: BTreeMap<&str, usize> =
        genes.iter().zip(replicates.rows_of(&genes)).filter_map(|(&(gene_id, _), row)| Some((gene_id, row?))).collect();
    for &split in &options.splits {
        for (cell_type, column) in cell_types.iter().zip(&columns) {
            let Some(column) = *column else { continue };
            let measured = measured_in(&in_splits, split, cell_type);
            if measured.is_empty() {
                continue;
            }
            let second = |gene: &str| {
                let tpm = replicates.row(*gene_rows.get(gene)?)[column];
                (!tpm.is_nan()).then(|| tpm_to_log2(f64::from(tpm)))
            };
            let both: Vec<(&str, f64, f64)> =
                measured.iter().filter_map(|(gene, first)| Some((*gene, *first, second(gene)?))).collect();
            let [pearson, spearman] = agreement(&both, options);
            ceiling.rows.push(NoiseCeilingRow {
                split,
                cell_type: cell_type.clone(),
                replicate: replicates.cell_types[column].clone(),
                n: both.len(),
                n_without_replicate: measured.len() - both.len(),
                pearson,
                spearman,
            });
        }
    }
    let lacking = cell_types.iter().zip(&columns).filter(|(_, column)| column.is_none());
    ceiling.without_replicate = lacking.map(|(name, _)| name.clone()).collect();
    Ok(ceiling)
}

/// Column of the replicate of a cell type, matched by either name.
fn replicate_of(cell_types: &[String], index: usize, replicates: &[String]) -> Result<Option<usize>, EvalError> {
    match find_cell_type(replicates, &cell_types[index]) {
        Ok(column) => Ok(Some(column)),
        Err(DatasetError::UnknownCellType { .. }) => {
            let finds = |name: &String| find_cell_type(cell_types, name).is_ok_and(|found| found == index);
            let found: Vec<usize> = (0..replicates.len()).filter(|&column| finds(&replicates[column])).collect();
            Ok(if let [column] = found[..] { Some(column) } else { None })
        }
        Err(error) => Err(error.into()),
    }
}

/// Measured value of each gene that any model predicts, ascending by gene.
fn measured_in<'a>(table: &'a PredictionTable, split: Split, cell_type: &str) -> BTreeMap<&'a str, f64> {
    let rows = table.rows.iter().filter(|row| row.split == split && row.cell_type == cell_type);
    rows.map(|row| (row.gene_id.as_str(), row.measured)).collect()
}

/// Pearson and Spearman correlation with their intervals.
fn agreement(both: &[(&str, f64, f64)], options: &EvaluateOptions) -> [Estimate; 2] {
    let first: Vec<f64> = both.iter().map(|pair| pair.1).collect();
    let second: Vec<f64> = both.iter().map(|pair| pair.2).collect();
    let genes: Vec<usize> = (0..both.len()).collect();
    let pairs = WeightedPairs::new(&genes, &first, &second);
    let names: Vec<String> = both.iter().map(|pair| pair.0.to_owned()).collect();
    let values = [metric::pearson(&first, &second), metric::spearman(&first, &second)];
    let both = estimates(&values, &names, options, |weights| pairs.correlations(weights).to_vec());
    [both[0], both[1]]
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::metric::row;

    /// Twenty genes in three cell types and two models; the second model lacks one gene.
    pub(crate) fn table() -> PredictionTable {
        let mut rows = Vec::new();
        for gene in 0..20 {
            for cell_type in ["K562", "HeLa-S3", "MCF7"] {
                let level = f64::from((gene * 7) % 20) / 4.0;
                rows.push(row(&format!("G{gene:02}"), cell_type, "cnn", level, 1.0));
                if gene > 0 {
                    rows.push(row(&format!("G{gene:02}"), cell_type, "ridge", level, 2.0));
                }
            }
        }
        PredictionTable { rows }
    }

    /// The values of [`table`] as TPM in K562, reversed in HeLa; gene 3 has no value in K562, gene 19 in neither.
    pub(crate) fn replicates(cell_types: [&str; 2]) -> ExpressionTable {
        let gene = |gene: i32| {
            let level = f64::from((gene * 7) % 20) / 4.0;
            let tpm = |log2: f64| (log2.exp2() - 1.0) as f32;
            [if gene == 3 { f32::NAN } else { tpm(level) }, tpm(5.0 - level)]
        };
        ExpressionTable {
            gene_ids: (0..19).map(|gene| format!("G{gene:02}")).collect(),
            gene_names: None,
            cell_types: cell_types.map(str::to_owned).to_vec(),
            tpm: (0..19).flat_map(gene).collect(),
        }
    }

    pub(crate) fn options() -> EvaluateOptions {
        EvaluateOptions { resamples: 200, ..EvaluateOptions::default() }
    }

    #[test]
    fn noise_ceiling_matches_cell_types_by_name_and_counts_missing_genes() {
        let ceiling =
            noise_ceiling(&table(), &replicates(["k-562", "HeLa"]), "Roadmap", &options()).expect("two match");
        let rows: Vec<_> = ceiling
            .rows
            .iter()
            .map(|row| (row.cell_type.as_str(), row.replicate.as_str(), row.n, row.n_without_replicate))
            .collect();
        assert_eq!(rows, [("K562", "k-562", 18, 2), ("HeLa-S3", "HeLa", 19, 1)]);
        assert_eq!(ceiling.without_replicate, ["MCF7"]);
        let correlations: Vec<f64> = ceiling.rows.iter().filter_map(|row| row.pearson.value).collect();
        assert!((correlations[0] - 1.0).abs() < 1e-6 && (correlations[1] + 1.0).abs() < 1e-6, "{correlations:?}");
        assert!(ceiling.rows.iter().all(|row| row.spearman.interval.is_some()));
    }

    #[test]
    fn noise_ceiling_with_chromosomes_has_a_second_interval() {
        let chromosomes = (0..20).map(|gene| (format!("G{gene:02}"), format!("chr{}", gene % 6))).collect();
        let options = EvaluateOptions { chromosomes: Some(chromosomes), ..options() };
        let ceiling = noise_ceiling(&table(), &replicates(["K562", "A549"]), "x", &options).expect("one matches");
        assert!(ceiling.rows[0].pearson.chromosome_interval.is_some());
    }

    #[test]
    fn replicate_of_ambiguous_name_prefers_the_exact_cell_type() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let cell_types = names(&["MCF-7", "MCF-7 treated"]);
        assert_eq!(replicate_of(&cell_types, 0, &names(&["mcf7"])).expect("not ambiguous"), Some(0));
        assert_eq!(replicate_of(&cell_types, 1, &names(&["mcf7"])).expect("not ambiguous"), None);
        assert!(replicate_of(&cell_types, 0, &names(&["mcf7", "MCF 7"])).is_err(), "two fit");
    }

    #[test]
    fn noise_ceiling_without_match_names_cell_types_and_replicates() {
        let message = noise_ceiling(&table(), &replicates(["A549", "Jurkat"]), "Roadmap", &options())
            .expect_err("no such cell type")
            .to_string();
        assert!(message.contains("K562, HeLa-S3, MCF7") && message.contains("Roadmap has: A549, Jurkat"), "{message}");
        let options = EvaluateOptions { splits: vec![Split::Train], ..options() };
        assert!(noise_ceiling(&table(), &replicates(["K562", "HeLa"]), "x", &options).is_err());
    }
}
