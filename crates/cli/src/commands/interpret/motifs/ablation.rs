//! The sites of a filter taken out of promoters, and what the model says then.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use rayon::prelude::*;
use tatabox_dataset::PreparedDataset;
use tatabox_eval::{Resampling, mean};
use tatabox_model::{GeneSelection, ModelWindow, Predictor, PromoterWindow};
use tatabox_sequence::Shuffle;

use super::ReadPromoters;
use super::filter::{Filter, FilterEffect, MeanChange};
use crate::args::MotifsArgs;
use crate::terminal::console::Console;
use crate::terminal::interrupt::Interrupt;
use tatabox::{Progress, Unit};

/// The change of a prediction, in each cell type and then in the mean over them.
type Change = Vec<f64>;

/// What is replaced in a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Replaced {
    /// The sites of the filter.
    Sites,
    /// As many bases in the same pattern, moved around the window by a random distance.
    Elsewhere,
}

/// What the effects are measured with.
pub(super) struct Ablation<'a> {
    pub(super) args: &'a MotifsArgs,
    pub(super) predictor: &'a Predictor,
    pub(super) dataset: &'a PreparedDataset,
    pub(super) promoters: &'a ReadPromoters,
}

impl Ablation<'_> {
    /// Measures the effect of every filter that has a site.
    pub(super) fn measure(&self, filters: &mut [Filter], interrupt: &Interrupt, console: &Console) -> Result<()> {
        let order = self.drawn_order();
        let chosen: Vec<Vec<usize>> = filters.iter().map(|filter| self.chosen(filter, &order)).collect();
        let intact = self.intact(&chosen);
        let predictions_each = 2 * self.args.shuffles as usize;
        let total: usize = chosen.iter().map(|windows| windows.len() * predictions_each).sum();
        let mut progress = Progress::start(console, "ablating sites", Some(total as u64), Unit::Windows);
        let mut done = 0;
        for (filter, windows) in filters.iter_mut().zip(&chosen) {
            let (mut changes, mut controls): (Vec<Change>, Vec<Change>) = (Vec::new(), Vec::new());
            let a_batch = (self.predictor.preferred_batch_size() / self.args.shuffles as usize).max(1);
            for batch in windows.chunks(a_batch) {
                if interrupt.is_wanted() {
                    bail!("interrupted; nothing was written");
                }
                changes.extend(self.changes(filter, batch, Replaced::Sites, &intact));
                controls.extend(self.changes(filter, batch, Replaced::Elsewhere, &intact));
                done += batch.len() * predictions_each;
                progress.set(done as u64);
            }
            filter.effect = (!changes.is_empty()).then(|| self.effect(&changes, &controls));
        }
        progress.finish();
        Ok(())
    }

    /// Windows in the order in which they are drawn, for every filter the same.
    fn drawn_order(&self) -> Vec<usize> {
        let genes = &self.promoters.genes;
        let all = GeneSelection { genes: genes.clone(), shorter_than_extent: Vec::new(), without_features: Vec::new() };
        let place: BTreeMap<usize, usize> = genes.iter().enumerate().map(|(window, &gene)| (gene, window)).collect();
        all.drawn(genes.len(), self.args.seed).into_iter().map(|gene| place[&gene]).collect()
    }

    /// The first windows that have a site.
    fn chosen(&self, filter: &Filter, order: &[usize]) -> Vec<usize> {
        let counts = filter.sites.per_window(self.promoters.windows.len());
        let with_site = order.iter().copied().filter(|&window| counts[window] > 0);
        with_site.take(self.args.effect_genes as usize).collect()
    }

    /// Predictions of the windows as they are.
    fn intact(&self, chosen: &[Vec<usize>]) -> BTreeMap<usize, Vec<f64>> {
        let mut windows: Vec<usize> = chosen.iter().flatten().copied().collect();
        windows.sort_unstable();
        windows.dedup();
        let mut predictions = BTreeMap::new();
        for batch in windows.chunks(self.predictor.preferred_batch_size()) {
            let gene_window = |&window: &usize| self.gene_window(window);
            let windows: Vec<PromoterWindow> = batch.par_iter().map(gene_window).collect();
            let predicted = self.predictor.predict(&windows).into_iter().map(|prediction| prediction.log2_tpm);
            predictions.extend(batch.iter().copied().zip(predicted));
        }
        predictions
    }

    /// Change of the prediction of each window, the mean over the shuffles.
    fn changes(
        &self,
        filter: &Filter,
        windows: &[usize],
        replaced: Replaced,
        intact: &BTreeMap<usize, Vec<f64>>,
    ) -> Vec<Change> {
        let shuffles = self.args.shuffles;
        let draws: Vec<(usize, u32)> =
            windows.iter().flat_map(|&window| (0..shuffles).map(move |draw| (window, draw))).collect();
        let ablated: Vec<PromoterWindow> =
            draws.par_iter().map(|&(window, draw)| self.ablated(filter, window, draw, replaced)).collect();
        let predictions = self.predictor.predict(&ablated);
        let of_window = |(&window, predictions): (&usize, &[tatabox_model::WindowPrediction])| {
            let mut change: Change = intact[&window].iter().map(|log2_tpm| -log2_tpm).collect();
            for prediction in predictions {
                let ablated = change.iter_mut().zip(&prediction.log2_tpm);
                ablated.for_each(|(change, log2_tpm)| *change += log2_tpm / f64::from(shuffles));
            }
            let over_cell_types = change.iter().sum::<f64>() / change.len() as f64;
            change.push(over_cell_types);
            change
        };
        windows.iter().zip(predictions.chunks(shuffles as usize)).map(of_window).collect()
    }

    /// What the model reads of the gene of a window.
    fn gene_window(&self, window: usize) -> PromoterWindow {
        self.predictor.gene_window(self.dataset, self.promoters.genes[window])
    }

    /// A window of which some stretches are replaced by what a shuffle of it has in their place.
    fn ablated(&self, filter: &Filter, window: usize, draw: u32, replaced: Replaced) -> PromoterWindow {
        let mut codes = self.promoters.windows[window].clone();
        let mut shuffled = codes.clone();
        let gene = self.promoters.genes[window];
        let seed = self.args.seed.wrapping_add(u64::from(draw));
        Shuffle::Dinucleotide.apply(&mut shuffled, seed, &self.dataset.genes()[gene].gene_id);
        let moved = match replaced {
            Replaced::Sites => 0,
            Replaced::Elsewhere => (mixed(seed ^ mixed(gene as u64)) % codes.len() as u64) as usize,
        };
        for start in filter.sites.in_window(window) {
            for place in start..start + filter.kernel {
                let place = (place + moved) % codes.len();
                codes[place] = shuffled[place];
            }
        }
        self.gene_window(window).with_bases(codes)
    }

    fn effect(&self, changes: &[Change], controls: &[Change]) -> FilterEffect {
        let means = |changes| MeanChange::of(changes, self.args.bootstrap as usize, self.args.seed);
        let (mean, by_cell_type) = split_last(means(changes));
        let (control, control_by_cell_type) = split_last(means(controls));
        FilterEffect { genes: changes.len(), mean, by_cell_type, control, control_by_cell_type }
    }
}

/// The mean over the cell types, which stands last, and the cell types.
fn split_last(mut means: Vec<MeanChange>) -> (MeanChange, Vec<MeanChange>) {
    let last = means.pop().expect("the mean over the cell types stands last");
    (last, means)
}

/// A number that looks random, whatever the number it is made of (the finaliser of `SplitMix64`, Steele et al. 2014,
/// <https://doi.org/10.1145/2660193.2660195>).
fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ number >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ number >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ number >> 31
}

impl MeanChange {
    /// The mean of each column of `changes` over its rows, with its interval.
    pub(super) fn of(changes: &[Change], draws: usize, seed: u64) -> Vec<Self> {
        let columns = changes[0].len();
        let column = |index: usize| changes.iter().map(|change| change[index]).collect::<Vec<f64>>();
        let means = (0..columns).map(|index| mean(&column(index)).expect("one promoter at least"));
        let resampled = |weights: &[f64]| {
            let total: f64 = weights.iter().sum();
            let of_column = |index: usize| {
                let sum: f64 = changes.iter().zip(weights).map(|(change, weight)| change[index] * weight).sum();
                Some(sum / total)
            };
            (0..columns).map(of_column).collect()
        };
        let intervals = if changes.len() > 1 {
            Resampling::genes(changes.len()).intervals(draws, seed, resampled)
        } else {
            vec![None; columns]
        };
        means.zip(intervals).map(|(log2_tpm, interval)| Self { log2_tpm, interval }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixed_numbers_are_those_of_splitmix() {
        // The first number of the reference implementation from state 0.
        assert_eq!(mixed(0), 0xe220_a839_7b1d_cdaf);
    }

    #[test]
    fn means_have_an_interval_from_two_promoters_on() {
        let means = MeanChange::of(&[vec![1.0, -2.0], vec![3.0, -2.0]], 200, 42);
        assert!((means[0].log2_tpm - 2.0).abs() < 1e-12);
        let interval = means[0].interval.expect("two promoters");
        assert!(interval.low < 1.5 && interval.high > 2.5, "{interval:?}");
        let interval = means[1].interval.expect("two promoters");
        assert!((interval.low + 2.0).abs() < 1e-12 && (interval.high + 2.0).abs() < 1e-12);
        assert_eq!(MeanChange::of(&[vec![1.0]], 200, 42)[0].interval, None);
    }
}
