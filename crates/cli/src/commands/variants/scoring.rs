//! Effects of alleles: windows predicted once each, many at a time.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use tatabox_model::{Predictor, PromoterWindow};
use tatabox_sequence::PromoterHaplotypes;

use super::effect::{Effect, LengthControl, MemberPredictions, PredictedShifts};

/// Promoters whose predictions are kept; a sorted file comes back to none that it has left.
const PROMOTERS_KEPT: usize = 2_048;

/// Predicts windows with and without alleles.
pub(super) struct Scorer<'a> {
    predictor: &'a Predictor,
    /// By site the features of its gene; empty where the model reads none.
    features: Vec<Arc<[f32]>>,
    /// Bases that the window is moved by.
    shifts: Vec<i64>,
    /// Indices of the cell types to tell.
    cell_types: Vec<usize>,
    /// Predictions of the promoters as they are, by site and shift.
    kept: HashMap<usize, Vec<MemberPredictions>>,
}

/// Where the prediction of a window is.
#[derive(Clone, Copy)]
enum Place {
    /// With the promoter as it is, at the same shift.
    Reference,
    /// In what is predicted now.
    Predicted(usize),
}

/// Windows to predict now, each once.
#[derive(Default)]
struct Waiting<'w> {
    windows: Vec<SiteWindow<'w>>,
    index: HashMap<SiteWindow<'w>, usize>,
}

/// Bases, and the site whose gene's features are read beside them; none where the model reads bases alone.
type SiteWindow<'w> = (Option<usize>, &'w [u8]);

impl<'w> Waiting<'w> {
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
    pub(super) fn new(
        predictor: &'a Predictor,
        features: Vec<Arc<[f32]>>,
        shifts: Vec<i64>,
        cell_types: Vec<usize>,
    ) -> Self {
        Self { predictor, features, shifts, cell_types, kept: HashMap::new() }
    }

    /// Alleles in windows that keep every thread busy when they are predicted together.
    pub(super) fn batch_haplotypes(&self) -> usize {
        const BATCHES: usize = 16;
        (BATCHES * self.predictor.best_batch() / self.shifts.len()).max(1)
    }

    /// The effects of alleles, given by site and windows, in each cell type.
    pub(super) fn score(&mut self, haplotypes: &[(usize, PromoterHaplotypes)]) -> Vec<Vec<Effect>> {
        if self.kept.len() > PROMOTERS_KEPT {
            self.kept.clear();
        }
        let mut waiting = Waiting::default();
        let mut new_sites: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        let mut places = Vec::with_capacity(haplotypes.len());
        for (site, windows) in haplotypes {
            let gene = (!self.features.is_empty()).then_some(*site);
            let ranges: Vec<_> = self.shifts.iter().map(|&shift| self.range(shift, windows)).collect();
            if !self.kept.contains_key(site) {
                new_sites.entry(*site).or_insert_with(|| {
                    ranges.iter().map(|range| waiting.add((gene, &windows.reference[range.clone()]))).collect()
                });
            }
            let reference = &windows.reference;
            let mut place = |codes| place(gene, codes, reference, &ranges, &mut waiting);
            let alternate = place(&windows.alternate);
            let control = windows.length_control.as_ref();
            places.push((alternate, control.map(|control| place(control))));
        }
        let predicted = self.predict(&waiting.windows);
        for (site, added) in new_sites {
            self.kept.insert(site, added.into_iter().map(|index| predicted[index].clone()).collect());
        }
        let all = haplotypes.iter().zip(&places);
        all.map(|((site, windows), (alternate, control))| {
            let reference = &self.kept[site];
            let find = |places: &[Place]| -> Vec<&MemberPredictions> {
                let find = |(shift, place): (usize, &Place)| match place {
                    Place::Reference => &reference[shift],
                    Place::Predicted(index) => &predicted[*index],
                };
                places.iter().enumerate().map(find).collect()
            };
            let length =
                control.as_ref().map(|control| LengthControl { control: find(control), is_longer: windows.is_longer });
            let shifts = PredictedShifts { reference: reference.iter().collect(), alternate: find(alternate), length };
            self.cell_types.iter().map(|&cell_type| Effect::of(&shifts, cell_type)).collect()
        })
        .collect()
    }

    /// Where the window moved by `shift` lies.
    fn range(&self, shift: i64, windows: &PromoterHaplotypes) -> Range<usize> {
        let length = self.predictor.extent().total_bp() as usize;
        let moved = (windows.reference.len() - length) / 2;
        let start = (moved as i64 + shift) as usize;
        start..start + length
    }

    fn predict(&self, windows: &[SiteWindow<'_>]) -> Vec<MemberPredictions> {
        let window = |&(site, bases): &SiteWindow<'_>| {
            let gene_features = site.map(|site| Arc::clone(&self.features[site]));
            PromoterWindow { gene_features, ..PromoterWindow::from(bases.to_vec()) }
        };
        self.predictor.predict_members(&windows.iter().map(window).collect::<Vec<_>>())
    }
}

/// Where the predictions of the windows at `ranges` of `codes` are or will be. A window that is the promoter's own is
/// not predicted again, so that its effect is exactly 0.
fn place<'w>(
    gene: Option<usize>,
    codes: &'w [u8],
    reference: &[u8],
    ranges: &[Range<usize>],
    waiting: &mut Waiting<'w>,
) -> Vec<Place> {
    let place = |range: &Range<usize>| {
        let window = &codes[range.clone()];
        if window == &reference[range.clone()] {
            Place::Reference
        } else {
            Place::Predicted(waiting.add((gene, window)))
        }
    };
    ranges.iter().map(place).collect()
}
