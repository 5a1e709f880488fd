//! Computation of the background: prediction of promoters with and without random SNVs.

use std::collections::BTreeSet;

use tatabox_dataset::{PreparedDataset, Split};
use tatabox_sequence::UNKNOWN;

use super::background::EffectBackground;
use super::distance_bin::DistanceBin;
use super::distribution::{EffectDistribution, Moments};
use super::random_snvs::RandomSnv;
use crate::error::ModelError;
use crate::input::{GeneSelection, PromoterWindow};
use crate::predict::{MemberPredictions, Predictor};

/// Smallest number of SNVs per distance bin.
const MIN_SNVS_PER_BIN: usize = 20;

/// Number of batches of windows per call of the predictor, which keeps all threads busy.
const BATCHES_PER_CALL: usize = 16;

/// Settings of the SNVs that a background is computed from.
///
/// # Examples
/// ```
/// use tatabox_model::BackgroundSettings;
///
/// let settings = BackgroundSettings::new(&[-2, -1, 0, 1, 2]);
/// assert_eq!((settings.snvs, settings.seed), (20_000, 42));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackgroundSettings {
    /// Number of SNVs, spread evenly over the distance bins.
    pub snvs: usize,
    /// Seed of promoters, positions and alternate bases.
    pub seed: u64,
    /// Shifts of the window, in bases, over which effects are averaged.
    pub shifts_bp: Vec<i64>,
}

impl BackgroundSettings {
    /// 20,000 SNVs.
    pub fn new(shifts_bp: &[i64]) -> Self {
        Self { snvs: 20_000, seed: 42, shifts_bp: shifts_bp.to_vec() }
    }

    /// The settings that a background was computed with.
    pub fn of(background: &EffectBackground) -> Self {
        Self { snvs: background.snvs, seed: background.seed, shifts_bp: background.shifts_bp.clone() }
    }
}

/// An SNV, and the indices of the windows with it by shift; `None` where the shifted window does not contain it.
struct PlacedSnv {
    snv: RandomSnv,
    reference: usize,
    alternates: Vec<Option<usize>>,
}

impl EffectBackground {
    /// Computes the effects of random SNVs in promoters of the train genes of `dataset`, the data set that the model was
    /// trained on. `progress` receives the number of scored SNVs and the total.
    ///
    /// A shifted window is padded with N where the data set has no bases.
    ///
    /// # Errors
    /// Errors of [`Predictor::check_geometry`]; [`ModelError::TooFewGenes`]; [`ModelError::InvalidConfig`] if there are too
    /// few SNVs for a distribution in each distance bin, or no shifts.
    pub fn compute(
        predictor: &Predictor,
        dataset: &PreparedDataset,
        settings: &BackgroundSettings,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<Self, ModelError> {
        predictor.check_geometry(dataset)?;
        let invalid = |field, value: String, expected: String| ModelError::InvalidConfig { field, value, expected };
        if settings.shifts_bp.is_empty() {
            return Err(invalid("shifts_bp", "empty".to_owned(), "at least one shift".to_owned()));
        }
        let extent = predictor.extent();
        let genes = GeneSelection::try_of_split(dataset, Split::Train, extent, predictor.auxiliary_inputs())?.genes;
        let snvs = RandomSnv::sample(settings.snvs, settings.seed, &genes, extent);
        let bins = DistanceBin::of_extent(extent);
        let cell_types = predictor.cell_types();
        let mut effects = vec![vec![Vec::new(); cell_types.len()]; bins.len()];
        let mut promoters = BTreeSet::new();
        let mut done = 0;
        for batch in snvs.chunks(Self::snvs_per_call(predictor, settings)) {
            let (windows, placed) = place(batch, predictor, dataset, &settings.shifts_bp)?;
            let predicted: Vec<Vec<f64>> = predictor.predict_members(&windows)?.iter().map(mean_over_members).collect();
            for PlacedSnv { snv, reference, alternates } in &placed {
                promoters.insert(snv.gene);
                for (cell_type, effects) in effects[snv.bin].iter_mut().enumerate() {
                    let of_shift = |(shift, alternate): (usize, &Option<usize>)| {
                        alternate.map_or(0.0, |alternate| {
                            predicted[alternate][cell_type] - predicted[reference + shift][cell_type]
                        })
                    };
                    let sum: f64 = alternates.iter().enumerate().map(of_shift).sum();
                    effects.push(sum / alternates.len() as f64);
                }
            }
            done += batch.len();
            progress(done, snvs.len());
        }
        if effects.iter().any(|bin| bin[0].len() < MIN_SNVS_PER_BIN) {
            let expected =
                format!("at least {MIN_SNVS_PER_BIN} at known bases in each of {} distance bins", bins.len());
            return Err(invalid("snvs", settings.snvs.to_string(), expected));
        }
        let mut background = Self::empty(predictor, settings, dataset.name(), dataset.checksum());
        background.promoters = promoters.len();
        for (bin, effects) in bins.iter().zip(effects) {
            for (cell_type, effects) in cell_types.iter().zip(effects) {
                let snvs = effects.len();
                let Moments { mean, sd, quantiles } = Moments::of(effects, &background.probabilities);
                let (start_bp, end_bp, cell_type) = (bin.start_bp, bin.end_bp, cell_type.clone());
                background.distributions.push(EffectDistribution {
                    start_bp,
                    end_bp,
                    cell_type,
                    snvs,
                    mean,
                    sd,
                    quantiles,
                });
            }
        }
        Ok(background)
    }

    /// Number of SNVs whose windows are predicted together.
    fn snvs_per_call(predictor: &Predictor, settings: &BackgroundSettings) -> usize {
        // One window without and one with the SNV per shift, at most.
        (BATCHES_PER_CALL * predictor.preferred_batch_size() / (2 * settings.shifts_bp.len())).max(1)
    }
}

/// Windows of SNVs that are sorted by gene: for each gene and shift the window without them, for each SNV and shift the
/// window with it. SNVs at unknown bases are omitted.
fn place(
    snvs: &[RandomSnv],
    predictor: &Predictor,
    dataset: &PreparedDataset,
    shifts_bp: &[i64],
) -> Result<(Vec<PromoterWindow>, Vec<PlacedSnv>), ModelError> {
    let mut windows: Vec<PromoterWindow> = Vec::new();
    let mut placed: Vec<PlacedSnv> = Vec::new();
    for of_gene in snvs.chunk_by(|one, other| one.gene == other.gene) {
        let gene = of_gene[0].gene;
        let own = predictor.gene_window(dataset, gene)?;
        let reference = windows.len();
        for &shift_bp in shifts_bp {
            windows.push(predictor.shifted_gene_window(dataset, gene, shift_bp)?);
        }
        for &snv in of_gene {
            let base = own.bases[snv.index];
            if base == UNKNOWN {
                continue;
            }
            let mut alternates = Vec::with_capacity(shifts_bp.len());
            for (shift, &shift_bp) in shifts_bp.iter().enumerate() {
                let index = usize::try_from(snv.index as i64 - shift_bp).ok().filter(|&index| index < own.len());
                alternates.push(index.map(|index| {
                    let mut window = windows[reference + shift].clone();
                    window.bases[index] = snv.alternate(base);
                    windows.push(window);
                    windows.len() - 1
                }));
            }
            placed.push(PlacedSnv { snv, reference, alternates });
        }
    }
    Ok((windows, placed))
}

/// Mean over the members, per cell type.
fn mean_over_members(predictions: &MemberPredictions) -> Vec<f64> {
    let mean = |cell_type| predictions.of_cell_type(cell_type).iter().sum::<f64>() / predictions.members() as f64;
    (0..predictions.cell_types()).map(mean).collect()
}
