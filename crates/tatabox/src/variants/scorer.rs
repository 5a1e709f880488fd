//! Scorer of alleles: each distinct window is predicted once, in batches.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use tatabox_model::{MemberPredictions, Predictor, PromoterWindow};
use tatabox_sequence::AlleleWindows;

use super::effect::{Effect, LengthControl, PredictedShifts};
use crate::error::Result;

/// Promoters whose reference predictions are cached; a sorted file returns to none that it has left.
const CACHED_PROMOTERS: usize = 2_048;

/// Predicts windows without and with alleles.
pub(crate) struct Scorer<'a> {
    predictor: &'a Predictor,
    /// Gene features per TSS; empty if the model reads none.
    features: Vec<Arc<[f32]>>,
    /// Shifts of the window, in bases.
    shifts: Vec<i64>,
    /// Indices of the reported cell types.
    cell_types: Vec<usize>,
    /// Reference predictions by TSS and shift.
    reference_cache: HashMap<usize, Vec<MemberPredictions>>,
}

/// Source of the prediction of a window.
#[derive(Clone, Copy)]
enum PredictionSlot {
    /// The reference prediction of the same shift.
    Reference,
    /// A window of the current batch.
    Predicted(usize),
}

/// Distinct windows of the current batch.
#[derive(Default)]
struct PendingWindows<'w> {
    windows: Vec<SiteWindow<'w>>,
    index: HashMap<SiteWindow<'w>, usize>,
}

/// Bases, and the TSS whose gene features are read; `None` if the model reads no gene features.
type SiteWindow<'w> = (Option<usize>, &'w [u8]);

impl<'w> PendingWindows<'w> {
    fn add(&mut self, window: SiteWindow<'w>) -> usize {
        let next = self.windows.len();
        let index = *self.index.entry(window).or_insert(next);
        if index == next {
            self.windows.push(window);
        }
        index
    }
}

impl<'a> Scorer<'a> {
    pub(crate) fn new(
        predictor: &'a Predictor,
        features: Vec<Arc<[f32]>>,
        shifts: Vec<i64>,
        cell_types: Vec<usize>,
    ) -> Self {
        Self { predictor, features, shifts, cell_types, reference_cache: HashMap::new() }
    }

    /// Number of alleles in windows that keeps all threads busy.
    pub(crate) fn batch_alleles(&self) -> usize {
        const BATCHES: usize = 16;
        (BATCHES * self.predictor.preferred_batch_size() / self.shifts.len()).max(1)
    }

    /// Effects of alleles, given by TSS and windows, in each reported cell type.
    pub(crate) fn score(&mut self, alleles: &[(usize, AlleleWindows)]) -> Result<Vec<Vec<Effect>>> {
        if self.reference_cache.len() > CACHED_PROMOTERS {
            self.reference_cache.clear();
        }
        let mut pending = PendingWindows::default();
        let mut new_sites: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        let mut slots = Vec::with_capacity(alleles.len());
        for (site, windows) in alleles {
            let gene = (!self.features.is_empty()).then_some(*site);
            let ranges: Vec<_> = self.shifts.iter().map(|&shift| self.range(shift, windows)).collect();
            if !self.reference_cache.contains_key(site) {
                new_sites.entry(*site).or_insert_with(|| {
                    ranges.iter().map(|range| pending.add((gene, &windows.reference[range.clone()]))).collect()
                });
            }
            let reference = &windows.reference;
            let mut slot = |codes| slot(gene, codes, reference, &ranges, &mut pending);
            let alternate = slot(&windows.alternate);
            let control = windows.length_control.as_ref();
            slots.push((alternate, control.map(|control| slot(control))));
        }
        let predicted = self.predict(&pending.windows)?;
        for (site, added) in new_sites {
            self.reference_cache.insert(site, added.into_iter().map(|index| predicted[index].clone()).collect());
        }
        let all = alleles.iter().zip(&slots);
        let effects = all.map(|((site, windows), (alternate, control))| {
            let reference = &self.reference_cache[site];
            let find = |slots: &[PredictionSlot]| -> Vec<&MemberPredictions> {
                let find = |(shift, slot): (usize, &PredictionSlot)| match slot {
                    PredictionSlot::Reference => &reference[shift],
                    PredictionSlot::Predicted(index) => &predicted[*index],
                };
                slots.iter().enumerate().map(find).collect()
            };
            let length =
                control.as_ref().map(|control| LengthControl { control: find(control), is_longer: windows.is_longer });
            let shifts = PredictedShifts { reference: reference.iter().collect(), alternate: find(alternate), length };
            self.cell_types.iter().map(|&cell_type| Effect::of(&shifts, cell_type)).collect()
        });
        Ok(effects.collect())
    }

    /// Range of the window shifted by `shift`.
    fn range(&self, shift: i64, windows: &AlleleWindows) -> Range<usize> {
        let length = self.predictor.extent().total_bp() as usize;
        let margin = (windows.reference.len() - length) / 2;
        let start = (margin as i64 + shift) as usize;
        start..start + length
    }

    fn predict(&self, windows: &[SiteWindow<'_>]) -> Result<Vec<MemberPredictions>> {
        let window = |&(site, bases): &SiteWindow<'_>| {
            let gene_features = site.map(|site| Arc::clone(&self.features[site]));
            PromoterWindow { gene_features, ..PromoterWindow::from(bases.to_vec()) }
        };
        Ok(self.predictor.predict_members(&windows.iter().map(window).collect::<Vec<_>>())?)
    }
}

/// Sources of the predictions of the windows at `ranges` of `codes`. A window equal to the reference is not predicted again,
/// so that its effect is exactly 0.
fn slot<'w>(
    gene: Option<usize>,
    codes: &'w [u8],
    reference: &[u8],
    ranges: &[Range<usize>],
    pending: &mut PendingWindows<'w>,
) -> Vec<PredictionSlot> {
    let slot = |range: &Range<usize>| {
        let window = &codes[range.clone()];
        if window == &reference[range.clone()] {
            PredictionSlot::Reference
        } else {
            PredictionSlot::Predicted(pending.add((gene, window)))
        }
    };
    ranges.iter().map(slot).collect()
}
