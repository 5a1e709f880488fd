//! Ablation: predictions of promoters without the sites of a filter.

use std::collections::BTreeMap;

use rayon::prelude::*;
use tatabox_dataset::PreparedDataset;
use tatabox_model::{GeneSelection, ModelWindow, Predictor, PromoterWindow, WindowPrediction};
use tatabox_sequence::Shuffle;

use super::ablation_effect::{AblationEffect, MeanChange};
use super::filter_motif::FilterMotif;
use super::promoters::ScannedPromoters;
use super::request::AblationOptions;
use crate::error::{Error, Result};
use crate::observer::Observer;
use crate::progress::{Progress, Unit};

/// Change of a prediction per cell type, followed by the mean over the cell types.
type Change = Vec<f64>;

/// Bases that are replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Replaced {
    /// The sites of the filter.
    Sites,
    /// Control: the same pattern, moved around the window by a random distance.
    Control,
}

/// Model, promoters and settings of an ablation.
pub(super) struct Ablation<'a> {
    pub(super) options: &'a AblationOptions,
    pub(super) seed: u64,
    pub(super) predictor: &'a Predictor,
    pub(super) dataset: &'a PreparedDataset,
    pub(super) promoters: &'a ScannedPromoters,
}

impl Ablation<'_> {
    /// Measures the effect of every filter that has a site.
    ///
    /// # Errors
    /// The observer cancels.
    pub(super) fn measure(&self, filters: &mut [FilterMotif], observer: &dyn Observer) -> Result<()> {
        let order = self.random_order();
        let selected: Vec<Vec<usize>> = filters.iter().map(|filter| self.select(filter, &order)).collect();
        let intact = self.intact(&selected)?;
        let windows_per_promoter = 2 * self.options.shuffles;
        let total: usize = selected.iter().map(|windows| windows.len() * windows_per_promoter).sum();
        let mut progress = Progress::start(observer, "ablating sites", Some(total as u64), Unit::Windows);
        let mut done = 0;
        let batch_promoters = (self.predictor.preferred_batch_size() / self.options.shuffles).max(1);
        for (filter, windows) in filters.iter_mut().zip(&selected) {
            let (mut changes, mut controls): (Vec<Change>, Vec<Change>) = (Vec::new(), Vec::new());
            for batch in windows.chunks(batch_promoters) {
                if observer.is_cancelled() {
                    return Err(Error::Cancelled("interrupted; nothing was written".to_owned()));
                }
                changes.extend(self.changes(filter, batch, Replaced::Sites, &intact)?);
                controls.extend(self.changes(filter, batch, Replaced::Control, &intact)?);
                done += batch.len() * windows_per_promoter;
                progress.set(done as u64);
            }
            filter.ablation = self.effect(&changes, &controls);
        }
        progress.finish();
        Ok(())
    }

    /// Windows in a random order, the same for every filter.
    fn random_order(&self) -> Vec<usize> {
        let genes = &self.promoters.genes;
        let all = GeneSelection { genes: genes.clone(), shorter_than_extent: Vec::new(), without_features: Vec::new() };
        let window: BTreeMap<usize, usize> = genes.iter().enumerate().map(|(window, &gene)| (gene, window)).collect();
        all.sample(genes.len(), self.seed).into_iter().map(|gene| window[&gene]).collect()
    }

    /// The first windows that have a site.
    fn select(&self, filter: &FilterMotif, order: &[usize]) -> Vec<usize> {
        let counts = filter.sites.per_window(self.promoters.windows.len());
        let with_site = order.iter().copied().filter(|&window| counts[window] > 0);
        with_site.take(self.options.max_genes).collect()
    }

    /// Predictions of the windows without a change.
    fn intact(&self, selected: &[Vec<usize>]) -> Result<BTreeMap<usize, Vec<f64>>> {
        let mut windows: Vec<usize> = selected.iter().flatten().copied().collect();
        windows.sort_unstable();
        windows.dedup();
        let mut predictions = BTreeMap::new();
        for batch in windows.chunks(self.predictor.preferred_batch_size()) {
            let gene_window = |&window: &usize| self.gene_window(window);
            let windows: Vec<PromoterWindow> = batch.par_iter().map(gene_window).collect::<Result<_>>()?;
            let predicted = self.predictor.predict(&windows)?.into_iter().map(|prediction| prediction.log2_tpm);
            predictions.extend(batch.iter().copied().zip(predicted));
        }
        Ok(predictions)
    }

    /// Change of the prediction of each window, mean over the shuffles.
    fn changes(
        &self,
        filter: &FilterMotif,
        windows: &[usize],
        replaced: Replaced,
        intact: &BTreeMap<usize, Vec<f64>>,
    ) -> Result<Vec<Change>> {
        let shuffles = self.options.shuffles;
        let pairs: Vec<(usize, usize)> =
            windows.iter().flat_map(|&window| (0..shuffles).map(move |shuffle| (window, shuffle))).collect();
        let ablated: Vec<PromoterWindow> = pairs
            .par_iter()
            .map(|&(window, shuffle)| self.ablated(filter, window, shuffle, replaced))
            .collect::<Result<_>>()?;
        let predictions = self.predictor.predict(&ablated)?;
        let of_window = |(&window, predictions): (&usize, &[WindowPrediction])| {
            let mut change: Change = intact[&window].iter().map(|log2_tpm| -log2_tpm).collect();
            for prediction in predictions {
                let ablated = change.iter_mut().zip(&prediction.log2_tpm);
                ablated.for_each(|(change, log2_tpm)| *change += log2_tpm / shuffles as f64);
            }
            let mean = change.iter().sum::<f64>() / change.len() as f64;
            change.push(mean);
            change
        };
        Ok(windows.iter().zip(predictions.chunks(shuffles)).map(of_window).collect())
    }

    fn gene_window(&self, window: usize) -> Result<PromoterWindow> {
        Ok(self.predictor.gene_window(self.dataset, self.promoters.genes[window])?)
    }

    /// A window in which bases are replaced by those of its shuffle at the same positions.
    fn ablated(
        &self,
        filter: &FilterMotif,
        window: usize,
        shuffle: usize,
        replaced: Replaced,
    ) -> Result<PromoterWindow> {
        let mut codes = self.promoters.windows[window].clone();
        let mut shuffled = codes.clone();
        let gene = self.promoters.genes[window];
        let seed = self.seed.wrapping_add(shuffle as u64);
        Shuffle::Dinucleotide.apply(&mut shuffled, seed, &self.dataset.genes()[gene].gene_id);
        let distance = match replaced {
            Replaced::Sites => 0,
            Replaced::Control => (mixed(seed ^ mixed(gene as u64)) % codes.len() as u64) as usize,
        };
        for start in filter.sites.in_window(window) {
            for index in start..start + filter.width_bp {
                let index = (index + distance) % codes.len();
                codes[index] = shuffled[index];
            }
        }
        Ok(self.gene_window(window)?.with_bases(codes))
    }

    /// The effect; `None` without a promoter.
    fn effect(&self, changes: &[Change], controls: &[Change]) -> Option<AblationEffect> {
        let split = |changes: &[Change]| {
            let mut means = MeanChange::of(changes, self.options.resamples, self.seed);
            means.pop().map(|over_cell_types| (over_cell_types, means))
        };
        let (mean, by_cell_type) = split(changes)?;
        let (control, control_by_cell_type) = split(controls)?;
        Some(AblationEffect { promoters: changes.len(), mean, by_cell_type, control, control_by_cell_type })
    }
}

/// Hash of a number, by the finaliser of `SplitMix64`.
///
/// # Source
/// Steele et al. 2014, <https://doi.org/10.1145/2660193.2660195>.
fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ number >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ number >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ number >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixed_matches_the_reference_implementation() {
        // First number of the reference implementation from state 0.
        assert_eq!(mixed(0), 0xe220_a839_7b1d_cdaf);
    }
}
