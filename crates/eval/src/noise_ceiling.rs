//! How well a second laboratory agrees with the first: what no model can be expected to pass by much.

mod format;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tatabox_dataset::{DatasetError, ExpressionTable, PredictionTable, Split, find_cell_type, tpm_to_log2};

use crate::error::EvalError;
use crate::metric::{self, EvaluateOptions, WeightedPairs, estimates};
use crate::stats::Estimate;

/// Agreement of the measurements with their replicate in one cell type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NoiseCeilingRow {
    /// The split whose genes are compared.
    pub split: Split,
    /// Cell type.
    pub cell_type: String,
    /// Its name in the table of replicates.
    pub replicate: String,
    /// Genes measured in both.
    pub n: usize,
    /// Scored genes that have no replicate.
    pub n_without_replicate: usize,
    /// Pearson correlation of log2(TPM + 1).
    pub pearson: Estimate,
    /// Spearman correlation.
    pub spearman: Estimate,
}

/// Agreement in every cell type that has a replicate.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct NoiseCeiling {
    /// Where the replicates come from, as the user named it.
    pub source: String,
    /// Draws of each bootstrap interval.
    pub bootstrap_resamples: usize,
    /// Seed of the draws.
    pub bootstrap_seed: u64,
    /// Rows by split, in the order of the cell types.
    pub rows: Vec<NoiseCeilingRow>,
    /// Scored cell types that have no replicate.
    pub without_replicate: Vec<String>,
}

/// Correlates measured log2(TPM + 1) of the scored genes with log2(value + 1) of a second measurement.
///
/// The genes of a cell type are those that any model of the table predicts in the split. A replicate belongs to a cell type if one
/// of their names is found by the other as [`find_cell_type`] does (`hepg2` is HepG2, `HeLa` is HeLa-S3).
///
/// # Errors
///
/// [`EvalError::NoRows`] when the splits have no rows; [`EvalError::NoReplicate`], with the names there are, when no replicate belongs
/// to a scored cell type; [`EvalError::Table`] for an invalid table or a name that two replicates match.
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
    let gene_rows: BTreeMap<&str, usize> =
        replicates.gene_ids.iter().enumerate().map(|(row, gene)| (gene.as_str(), row)).collect();
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

/// The replicate of a cell type: found by its name, or finding it by its own.
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

/// Measured value of each gene that some model predicts, ascending by gene.
fn measured_in<'a>(table: &'a PredictionTable, split: Split, cell_type: &str) -> BTreeMap<&'a str, f64> {
    let rows = table.rows.iter().filter(|row| row.split == split && row.cell_type == cell_type);
    rows.map(|row| (row.gene_id.as_str(), row.measured)).collect()
}

/// Pearson and Spearman with their intervals.
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

    /// Twenty genes in three cell types, two models of which the second lacks one gene.
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

    /// The same values as TPM in K562, their order reversed in HeLa; gene 3 is not measured in K562, gene 19 nowhere.
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
    fn cell_types_are_matched_by_name_and_what_is_absent_is_counted() {
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
    fn chromosomes_give_a_second_interval() {
        let chromosomes = (0..20).map(|gene| (format!("G{gene:02}"), format!("chr{}", gene % 6))).collect();
        let options = EvaluateOptions { chromosomes: Some(chromosomes), ..options() };
        let ceiling = noise_ceiling(&table(), &replicates(["K562", "A549"]), "x", &options).expect("one matches");
        assert!(ceiling.rows[0].pearson.chromosome_interval.is_some());
    }

    #[test]
    fn a_name_belongs_to_the_cell_type_it_fits_best() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let cell_types = names(&["MCF-7", "MCF-7 treated"]);
        assert_eq!(replicate_of(&cell_types, 0, &names(&["mcf7"])).expect("not ambiguous"), Some(0));
        assert_eq!(replicate_of(&cell_types, 1, &names(&["mcf7"])).expect("not ambiguous"), None);
        assert!(replicate_of(&cell_types, 0, &names(&["mcf7", "MCF 7"])).is_err(), "two fit");
    }

    #[test]
    fn no_match_is_an_error_with_the_names() {
        let message = noise_ceiling(&table(), &replicates(["A549", "Jurkat"]), "Roadmap", &options())
            .expect_err("no such cell type")
            .to_string();
        assert!(message.contains("K562, HeLa-S3, MCF7") && message.contains("Roadmap has: A549, Jurkat"), "{message}");
        let options = EvaluateOptions { splits: vec![Split::Train], ..options() };
        assert!(noise_ceiling(&table(), &replicates(["K562", "HeLa"]), "x", &options).is_err());
    }
}
