//! Ridge regression on the frequencies of short words: what sequence composition alone explains.

use tatabox_dataset::Split;
use tatabox_sequence::{KmerCounter, Shuffle};

use super::ridge::{Examples, Ridge, RidgeGrid};
use crate::error::BaselineError;
use crate::features::KmerFeatures;
use crate::prediction::BaselineNote;
use crate::task::{BaselineTask, FitContext, FitOutput};

/// Longest words of real promoters: 5,460 features in all.
const MAX_K: usize = 6;
/// Longest words of shuffled promoters, where longer ones than those kept hold nothing but chance.
const MAX_K_SHUFFLED: usize = 5;
/// Words are not tried if there were more of them for each train gene: most would be seen in too few genes.
const MAX_KMERS_PER_GENE: usize = 4;

/// Penalties tried, as a multiple of the number of train genes. Standardised words share the signal, so that the best grows with
/// the number of features.
const PENALTIES: [f64; 7] = [0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0];

/// Ridge on promoters as they are.
pub(crate) fn fit(context: &mut FitContext<'_>) -> Result<FitOutput, BaselineError> {
    fit_kmers(context, MAX_K, None)
}

/// Ridge on promoters that keep nothing but their base composition. Longer words still echo it, so that it scores a little above
/// a ridge on single bases: their frequencies are curved functions of the composition.
pub(crate) fn fit_mononucleotide_shuffled(context: &mut FitContext<'_>) -> Result<FitOutput, BaselineError> {
    fit_kmers(context, MAX_K_SHUFFLED, Some(Shuffle::Mononucleotide))
}

/// Ridge on promoters that keep nothing but their dinucleotide composition.
pub(crate) fn fit_dinucleotide_shuffled(context: &mut FitContext<'_>) -> Result<FitOutput, BaselineError> {
    fit_kmers(context, MAX_K_SHUFFLED, Some(Shuffle::Dinucleotide))
}

/// Ridge on the features of genes, such as half-life features, and on promoters as they are.
///
/// The features are few and stand for themselves: they are in every fit and are spared most of the penalty.
///
/// # Errors
///
/// [`BaselineError::NoGeneFeatures`] where a usable gene has none.
pub(crate) fn fit_with_gene_features(context: &mut FitContext<'_>) -> Result<FitOutput, BaselineError> {
    context.require_gene_features()?;
    fit_columns(context, MAX_K, |task, longest| KmerFeatures::new(task, 1, longest, None).with_gene_features())
}

fn fit_kmers(context: &mut FitContext<'_>, max_k: usize, shuffle: Option<Shuffle>) -> Result<FitOutput, BaselineError> {
    fit_columns(context, max_k, |task, longest| KmerFeatures::new(task, 1, longest, shuffle))
}

/// Fits log2(TPM + 1) of each cell type on what `columns` makes of genes, with all words of 1 to k bases; k up to `longest_word` and
/// the penalty are chosen together on the validation genes.
fn fit_columns<'a>(
    context: &mut FitContext<'a>,
    max_k: usize,
    columns: impl Fn(&'a BaselineTask<'a>, usize) -> KmerFeatures<'a>,
) -> Result<FitOutput, BaselineError> {
    let (train, validation) = (context.measured(Split::Train)?, context.measured(Split::Validation)?);
    let kmers = feature_counts(max_k, train.genes.len());
    let columns = columns(context.task, kmers.len());
    let gene_features = columns.gene_features();
    let feature_counts: Vec<usize> = kmers.iter().map(|kmers| gene_features + kmers).collect();
    let ridge = Ridge::fit(
        Examples { features: columns.of(&train.genes), targets: &train.targets },
        Examples { features: columns.of(&validation.genes), targets: &validation.targets },
        RidgeGrid { penalties: &PENALTIES, feature_counts: &feature_counts, reduced_penalty: gene_features },
        &mut |done, total| context.report("ridge penalties", done, total),
    )?;
    let mut notes = Vec::new();
    for (position, choice) in ridge.choices.iter().enumerate() {
        let cell_type = context.task.cell_type_name(position);
        let longest = 1 + feature_counts.iter().position(|&size| size == choice.size).expect("one of the sizes");
        notes.push(BaselineNote::for_cell_type(cell_type, "longest word (bp)", longest));
        notes.push(BaselineNote::for_cell_type(
            cell_type,
            "ridge penalty (multiple of the train genes)",
            choice.penalty,
        ));
    }
    Ok(FitOutput { predicted: ridge.predict(columns.of(&context.task.requested_genes())), notes })
}

/// Number of words of 1 to k bases, for each k that is tried.
fn feature_counts(max_k: usize, train_genes: usize) -> Vec<usize> {
    let kmers = |k| KmerCounter::new(1, k).len();
    (1..=max_k).map(kmers).take_while(|&kmers| kmers <= (MAX_KMERS_PER_GENE * train_genes).max(4)).collect()
}

#[cfg(test)]
mod tests {
    use nalgebra::DMatrix;
    use tatabox_dataset::{PrepareConfig, PreparedDataset, SimulateConfig, prepare, simulate};

    use super::*;

    fn correlation(x: &DMatrix<f64>, y: &DMatrix<f64>) -> f64 {
        let (x, y) = (x.add_scalar(-x.mean()), y.add_scalar(-y.mean()));
        x.dot(&y) / (x.norm() * y.norm())
    }

    #[test]
    fn shuffled_promoters_are_predicted_like_their_short_words() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let config = SimulateConfig { genes: 800, ..SimulateConfig::default() };
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
        let predict = |longest, shuffle| {
            let mut context = FitContext { baseline: "kmer-ridge", task: &task, progress: &mut |_| {} };
            fit_kmers(&mut context, longest, shuffle).expect("fitted").predicted
        };
        // Shuffling keeps the counts of these words exactly, and so the whole fit.
        assert_eq!(predict(1, Some(Shuffle::Mononucleotide)), predict(1, None));
        assert_eq!(predict(2, Some(Shuffle::Dinucleotide)), predict(2, None));
        // Longer words of shuffled promoters hold what chance put there, and no motif.
        let by_bases = correlation(&predict(5, Some(Shuffle::Mononucleotide)), &predict(1, None));
        let by_pairs = correlation(&predict(5, Some(Shuffle::Dinucleotide)), &predict(2, None));
        assert!(by_bases > 0.7 && by_pairs > 0.9, "{by_bases} {by_pairs}");
    }

    #[test]
    fn long_words_want_many_genes() {
        assert_eq!(feature_counts(6, 9_000), [4, 20, 84, 340, 1_364, 5_460]);
        assert_eq!(feature_counts(5, 9_000).len(), 5);
        // 5,460 / 4 = 1,365 genes.
        assert_eq!(feature_counts(6, 1_364).len(), 5);
        assert_eq!(feature_counts(6, 0), [4]);
    }
}
