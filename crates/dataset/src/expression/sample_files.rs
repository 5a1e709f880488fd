//! Samples: files that hold the expression of one cell type each, and their combination.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use super::{ExpressionTable, ReplicatePair, ReplicateRecord, pearson, tpm_to_log2};
use crate::drop_reason::DropReason;

/// Pearson correlation of log2(TPM + 1) below which replicates agree poorly. Those of one laboratory correlate above 0.9, and one
/// cell line in two laboratories at 0.8 to 0.95.
pub const LOW_AGREEMENT: f64 = 0.5;
/// Fewest genes of a correlation that is judged.
const MIN_GENES: usize = 20;

/// Files of one cell type, one per replicate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleFiles {
    /// Name of the cell type.
    pub cell_type: String,
    /// Files of one sample each, one per replicate.
    pub files: Vec<PathBuf>,
}

/// Excluded rows of tables: gene and reason with the first location.
pub(crate) type ExcludedGenes = BTreeMap<(String, DropReason), String>;

/// Combined samples.
#[derive(Debug)]
pub(crate) struct CombinedSamples {
    pub table: ExpressionTable,
    pub replicates: BTreeMap<String, ReplicateRecord>,
}

/// Combines samples by gene; a cell type is the mean TPM of the replicates that measure the gene. `read` returns a table of
/// one column.
///
/// # Errors
///
/// Those of `read`.
pub(crate) fn combine<E>(
    samples: &[SampleFiles],
    mut read: impl FnMut(&Path) -> Result<ExpressionTable, E>,
) -> Result<CombinedSamples, E> {
    let mut replicates = BTreeMap::new();
    let (mut gene_ids, mut gene_names): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let mut rows: HashMap<String, usize> = HashMap::new();
    let mut columns: Vec<Vec<f32>> = Vec::new();
    for sample in samples {
        let mut files = Vec::with_capacity(sample.files.len());
        for path in &sample.files {
            let table = read(path)?;
            let mut column = vec![f32::NAN; gene_ids.len()];
            for (gene, (gene_id, &tpm)) in table.gene_ids.iter().zip(&table.tpm).enumerate() {
                let row = *rows.entry(gene_id.clone()).or_insert_with(|| {
                    gene_ids.push(gene_id.clone());
                    gene_names.push(String::new());
                    gene_ids.len() - 1
                });
                if let Some(names) = table.gene_names.as_ref().filter(|_| gene_names[row].is_empty()) {
                    gene_names[row].clone_from(&names[gene]);
                }
                column.resize(column.len().max(row + 1), f32::NAN);
                column[row] = tpm;
            }
            files.push(column);
        }
        for column in &mut files {
            column.resize(gene_ids.len(), f32::NAN);
        }
        columns.push(mean_of(&files));
        let record = agreement(&files);
        warn_of_low_agreement(sample, &record);
        replicates.insert(sample.cell_type.clone(), record);
    }
    let value = |row: usize, column: &Vec<f32>| column.get(row).copied().unwrap_or(f32::NAN);
    let tpm = (0..gene_ids.len()).flat_map(|row| columns.iter().map(move |column| value(row, column))).collect();
    let cell_types = samples.iter().map(|sample| sample.cell_type.clone()).collect();
    let gene_names = gene_names.iter().any(|name| !name.is_empty()).then_some(gene_names);
    Ok(CombinedSamples { table: ExpressionTable { gene_ids, gene_names, cell_types, tpm }, replicates })
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

/// Warns of replicates that are too different to be samples of one cell type.
fn warn_of_low_agreement(sample: &SampleFiles, record: &ReplicateRecord) {
    let is_low = |pair: &&ReplicatePair| pair.genes >= MIN_GENES && pair.pearson.is_some_and(|r| r < LOW_AGREEMENT);
    for pair in record.pairs.iter().filter(is_low) {
        let [first, second] = [pair.first, pair.second].map(|number| sample.files[number - 1].display());
        tracing::warn!(
            "{first} and {second} agree poorly, Pearson {:.2} of log2(TPM + 1) over {} genes; check that both are of {}",
            pair.pearson.unwrap_or(f64::NAN),
            pair.genes,
            sample.cell_type
        );
    }
}

/// Files of all samples.
pub(crate) fn files_of(samples: &[SampleFiles]) -> impl Iterator<Item = &PathBuf> {
    samples.iter().flat_map(|sample| &sample.files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agreement_correlates_log_tpm() {
        // log2(TPM + 1) is 0, 1, 2 against 1, 0, 3: r = 2 / sqrt(2 x 42/9) = 0.654654.
        let files = [vec![0.0, 1.0, 3.0], vec![1.0, 0.0, 7.0]];
        let pair = agreement(&files).pairs.remove(0);
        assert!((pair.pearson.expect("both vary") - 0.654_653_670_707_977_2).abs() < 1e-12, "{pair:?}");
    }
}
