//! Ridge regression on k-mer frequencies: the score of sequence composition.

use tatabox_dataset::Split;
use tatabox_sequence::{KmerCounter, Shuffle};

use super::ridge::{Examples, Ridge, RidgeGrid};
use crate::error::BaselineError;
use crate::features::KmerFeatures;
use crate::prediction::BaselineNote;
use crate::task::{BaselineTask, FitContext, FitOutput};

/// Largest k for real promoters: 5,460 features in total.
pub(super) const MAX_K: usize = 6;
/// Largest k for shuffled promoters; longer k-mers than the preserved ones carry only noise.
const MAX_K_SHUFFLED: usize = 5;
/// Maximum number of k-mers per train gene; with more, most k-mers occur in too few genes.
const MAX_KMERS_PER_GENE: usize = 4;

/// Penalty grid, as multiples of the number of train genes. Standardised k-mers share the signal, so the best penalty grows
/// with the number of features.
const PENALTIES: [f64; 7] = [0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0];

/// Ridge regression on unchanged promoters.
pub(crate) fn fit(context: &mut FitContext<'_>) -> Result<FitOutput, BaselineError> {
    fit_kmers(context, MAX_K, None)
}

/// Ridge regression on promoters that preserve only their base composition.
///
/// It scores slightly above a ridge regression on single bases, since frequencies of longer k-mers are nonlinear functions of
/// the base composition.
pub(crate) fn fit_mononucleotide_shuffled(context: &mut FitContext<'_>) -> Result<FitOutput, BaselineError> {
    fit_kmers(context, MAX_K_SHUFFLED, Some(Shuffle::Mononucleotide))
}

/// Ridge regression on promoters that preserve only their dinucleotide composition.
pub(crate) fn fit_dinucleotide_shuffled(context: &mut FitContext<'_>) -> Result<FitOutput, BaselineError> {
    fit_kmers(context, MAX_K_SHUFFLED, Some(Shuffle::Dinucleotide))
}

/// Ridge regression on gene features, such as half-life features, and on unchanged promoters.
///
/// Every fit includes the gene features, with a reduced penalty: they are few and not redundant.
///
/// # Errors
///
/// [`BaselineError::NoGeneFeatures`] if a usable gene has none.
pub(crate) fn fit_with_gene_features(context: &mut FitContext<'_>) -> Result<FitOutput, BaselineError> {
    context.require_gene_features()?;
    fit_columns(context, MAX_K, |task, max_k| KmerFeatures::new(task, 1, max_k, None).with_gene_features())
}

fn fit_kmers(context: &mut FitContext<'_>, max_k: usize, shuffle: Option<Shuffle>) -> Result<FitOutput, BaselineError> {
    fit_columns(context, max_k, |task, max_k| KmerFeatures::new(task, 1, max_k, shuffle))
}

/// Ridge fit of log2(TPM + 1) on the features that `columns` returns, per cell type.
///
/// The largest k, up to `max_k`, and the penalty are selected together on the validation genes.
fn fit_columns<'a>(
    context: &mut FitContext<'a>,
    max_k: usize,
    columns: impl Fn(&'a BaselineTask<'a>, usize) -> KmerFeatures<'a>,
) -> Result<FitOutput, BaselineError> {
    let (ridge, columns, feature_counts) = fit_ridge(context, max_k, columns)?;
    let mut notes = Vec::new();
    for (position, choice) in ridge.choices.iter().enumerate() {
        let cell_type = context.task.cell_type_name(position);
        let k = 1 + feature_counts.iter().position(|&count| count == choice.size).expect("a size of the grid");
        notes.push(BaselineNote::for_cell_type(cell_type, "largest k", k));
        notes.push(BaselineNote::for_cell_type(
            cell_type,
            "ridge penalty (multiple of the number of train genes)",
            choice.penalty,
        ));
    }
    Ok(FitOutput { predicted: ridge.predict(columns.matrix(&context.task.requested_genes())), notes })
}

/// The fitted ridge, the features it reads and their numbers for each k of the grid.
pub(super) fn fit_ridge<'a>(
    context: &mut FitContext<'a>,
    max_k: usize,
    columns: impl Fn(&'a BaselineTask<'a>, usize) -> KmerFeatures<'a>,
) -> Result<(Ridge, KmerFeatures<'a>, Vec<usize>), BaselineError> {
    let (train, validation) = (context.measured_genes(Split::Train)?, context.measured_genes(Split::Validation)?);
    let kmer_counts = cumulative_kmer_counts(max_k, train.genes.len());
    let columns = columns(context.task, kmer_counts.len());
    let gene_features = columns.gene_features();
    let feature_counts: Vec<usize> = kmer_counts.iter().map(|kmers| gene_features + kmers).collect();
    let ridge = Ridge::fit(
        Examples { features: columns.matrix(&train.genes), targets: &train.targets },
        Examples { features: columns.matrix(&validation.genes), targets: &validation.targets },
        RidgeGrid { penalties: &PENALTIES, feature_counts: &feature_counts, reduced_penalty: gene_features },
        &mut |done, total| context.report("ridge penalties", done, total),
    )?;
    Ok((ridge, columns, feature_counts))
}

/// Number of 1-mers to k-mers, for each k of the grid.
fn cumulative_kmer_counts(max_k: usize, train_genes: usize) -> Vec<usize> {
    let kmers = |k| KmerCounter::new(1, k).len();
    (1..=max_k).map(kmers).take_while(|&kmers| kmers <= (MAX_KMERS_PER_GENE * train_genes).max(4)).collect()
}

#[cfg(test)]
mod tests {
    use nalgebra::DMatrix;
    use tatabox_dataset::{PrepareConfig, PreparedDataset, SimulateConfig, prepare, simulate};
    use tatabox_sequence::WindowGeometry;

    use super::*;

    fn correlation(x: &DMatrix<f64>, y: &DMatrix<f64>) -> f64 {
        let (x, y) = (x.add_scalar(-x.mean()), y.add_scalar(-y.mean()));
        x.dot(&y) / (x.norm() * y.norm())
    }

    #[test]
    fn fit_kmers_shuffled_promoters_match_unshuffled_short_kmers() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let geometry = WindowGeometry::new(500, 100).expect("600 bp");
        let config = SimulateConfig { genes: 800, geometry, ..SimulateConfig::default() };
        simulate(&config, folder.path()).expect("simulated");
        let mut prepared =
            PrepareConfig::new(folder.path().join("expression.tsv"), folder.path().join("set"), config.geometry);
        prepared.promoters = Some(folder.path().join("promoters.fa"));
        prepare(&prepared, &mut |_| {}).expect("prepared");
        let dataset = PreparedDataset::open(&prepared.out_dir).expect("opened");
        let genes: Vec<usize> = (0..dataset.len()).collect();
        let extent = 0..dataset.geometry().len();
        let task = BaselineTask {
            dataset: &dataset,
            cell_types: &[0],
            extent,
            genes: &genes,
            splits: &[Split::Test],
            seed: 1,
        };
        let predict = |max_k, shuffle| {
            let mut context = FitContext { baseline: "kmer-ridge", task: &task, progress: &mut |_| {} };
            fit_kmers(&mut context, max_k, shuffle).expect("fitted").predicted
        };
        // Shuffling preserves the counts of these k-mers exactly, and so the fit.
        assert_eq!(predict(1, Some(Shuffle::Mononucleotide)), predict(1, None));
        assert_eq!(predict(2, Some(Shuffle::Dinucleotide)), predict(2, None));
        // Longer k-mers of shuffled promoters are random and contain no motif.
        let by_bases = correlation(&predict(5, Some(Shuffle::Mononucleotide)), &predict(1, None));
        let by_pairs = correlation(&predict(5, Some(Shuffle::Dinucleotide)), &predict(2, None));
        assert!(by_bases > 0.7 && by_pairs > 0.9, "{by_bases} {by_pairs}");
    }

    #[test]
    fn cumulative_kmer_counts_few_genes_limit_k() {
        assert_eq!(cumulative_kmer_counts(6, 9_000), [4, 20, 84, 340, 1_364, 5_460]);
        assert_eq!(cumulative_kmer_counts(5, 9_000).len(), 5);
        // 5,460 / 4 = 1,365 genes.
        assert_eq!(cumulative_kmer_counts(6, 1_364).len(), 5);
        assert_eq!(cumulative_kmer_counts(6, 0), [4]);
    }
}
