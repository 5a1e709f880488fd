//! Attention in an evaluation: enriched k-mers, and the attention tracks of three example genes.

use rayon::prelude::*;
use tatabox_dataset::{AttentionExamples, GeneTrack, PreparedDataset};
use tatabox_sequence::{Sequence, UNKNOWN};

use super::enriched_kmers::{AttentionWindow, KmerSearch, attention_enriched_kmers};
use crate::error::ModelError;
use crate::input::measured_columns;
use crate::predict::{Predictor, WindowPrediction};

/// Fraction of the genes, those with the smallest prediction error, from which examples are selected.
const BEST_PREDICTED_FRACTION: f64 = 0.25;

/// Number of example genes.
const TRACKS: usize = 3;

/// Attention-enriched k-mers of genes, and the attention tracks of three of them. `windows` are their predictions.
///
/// The examples are the genes with the highest, median and lowest measured expression among the quarter with the
/// smallest prediction error, both as means over cell types. They show attention for accurate predictions, but they are
/// no evidence that the predictions are accurate because of it. The result is empty for a model without attention.
///
/// # Errors
/// A cell type that the data set lacks; [`ModelError::UnknownGene`]; errors of [`attention_enriched_kmers`].
pub fn attention_examples(
    predictor: &Predictor,
    dataset: &PreparedDataset,
    genes: &[usize],
    windows: &[WindowPrediction],
    search: &KmerSearch,
) -> Result<AttentionExamples, ModelError> {
    if windows.iter().all(|window| window.attention.is_empty()) {
        return Ok(AttentionExamples::default());
    }
    let columns = measured_columns(dataset, predictor.cell_types())?;
    let codes: Vec<Vec<u8>> = genes
        .par_iter()
        .map(|&gene| Ok(predictor.gene_window(dataset, gene)?.bases))
        .collect::<Result<_, ModelError>>()?;
    let attended: Vec<AttentionWindow> =
        codes.iter().zip(windows).map(|(codes, prediction)| AttentionWindow { codes, prediction }).collect();
    let (upstream_bp, bin_bp) = (predictor.extent().upstream_bp, predictor.bin_bp());

    let levels: Vec<Option<Level>> =
        genes.iter().zip(windows).map(|(&gene, window)| Level::of(dataset, gene, &columns, window)).collect();
    let track = |(index, level): (usize, Level)| {
        let entry = &dataset.genes()[genes[index]];
        let prediction = &windows[index];
        let first_base = prediction.attention_start_bp + i64::from(upstream_bp);
        GeneTrack {
            gene_id: entry.gene_id.clone(),
            gene_name: entry.gene_name.clone(),
            start_bp: prediction.attention_start_bp as i32,
            bin_bp: bin_bp as u32,
            weights: prediction.attention.clone(),
            sequence: bases(&codes[index], first_base, prediction.attention.len() * bin_bp),
            measured: level.measured,
            predicted: level.predicted,
        }
    };
    Ok(AttentionExamples {
        motifs: attention_enriched_kmers(&attended, upstream_bp, bin_bp, search)?,
        tracks: examples(&levels).into_iter().map(track).collect(),
    })
}

/// Mean log2(TPM + 1) over the cell types in which a gene is measured.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Level {
    measured: f64,
    predicted: f64,
}

impl Level {
    /// `None` if the gene is not measured in any cell type.
    fn of(
        dataset: &PreparedDataset,
        gene: usize,
        columns: &[Option<usize>],
        window: &WindowPrediction,
    ) -> Option<Self> {
        let measured = |column: &Option<usize>| column.map_or(f64::NAN, |column| dataset.target(gene, column).into());
        let values = columns.iter().map(measured);
        let pairs: Vec<(f64, f64)> =
            values.zip(window.log2_tpm.iter().copied()).filter(|(measured, _)| measured.is_finite()).collect();
        let mean = |value: fn(&(f64, f64)) -> f64| pairs.iter().map(value).sum::<f64>() / pairs.len() as f64;
        (!pairs.is_empty()).then(|| Self { measured: mean(|pair| pair.0), predicted: mean(|pair| pair.1) })
    }

    fn error(self) -> f64 {
        (self.predicted - self.measured).abs()
    }
}

/// Genes with the highest, median and lowest measured level among those predicted best; the first one among ties.
fn examples(levels: &[Option<Level>]) -> Vec<(usize, Level)> {
    let mut genes: Vec<(usize, Level)> =
        levels.iter().enumerate().filter_map(|(index, level)| Some((index, (*level)?))).collect();
    genes.sort_by(|a, b| a.1.error().total_cmp(&b.1.error()));
    genes.truncate(((genes.len() as f64 * BEST_PREDICTED_FRACTION).ceil() as usize).max(TRACKS));
    genes.sort_by(|a, b| b.1.measured.total_cmp(&a.1.measured).then(a.0.cmp(&b.0)));
    if genes.len() > TRACKS {
        genes = [0, genes.len() / 2, genes.len() - 1].map(|rank| genes[rank]).to_vec();
    }
    genes
}

/// `length` letters from index `first` of a window, N outside the window.
fn bases(codes: &[u8], first: i64, length: usize) -> String {
    let code = |index: i64| usize::try_from(index).ok().and_then(|index| codes.get(index)).copied().unwrap_or(UNKNOWN);
    Sequence::from_codes((first..first + length as i64).map(code).collect()).to_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_are_highest_median_and_lowest_of_best_predicted() {
        let level = |measured: f64, error: f64| Some(Level { measured, predicted: measured + error });
        // Genes 0 to 19 have levels 0 to 19; genes 4, 8, 11, 15 and 16 have the smallest errors and are the best
        // quarter.
        let mut levels: Vec<Option<Level>> = (0..20).map(|gene| level(f64::from(gene), 2.0)).collect();
        for gene in [4, 8, 11, 15, 16] {
            levels[gene] = level(gene as f64, -0.1);
        }
        levels.push(None);
        let chosen: Vec<usize> = examples(&levels).into_iter().map(|(gene, _)| gene).collect();
        assert_eq!(chosen, [16, 11, 4]);
        assert_eq!(examples(&levels[..2]).len(), 2);
        assert!(examples(&[None]).is_empty());
    }

    #[test]
    fn bases_outside_window_are_n() {
        assert_eq!(bases(&[0, 1, 2, UNKNOWN], -2, 7), "NNACGNN");
    }
}
