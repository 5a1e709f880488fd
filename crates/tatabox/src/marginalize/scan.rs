//! Predictions of background promoters with and without motifs.

use rayon::prelude::*;
use tatabox_eval::{Resampling, mean};
use tatabox_model::{Predictor, PromoterWindow};

use super::MarginalEffect;
use super::placement::{MotifPlacement, placements};
use super::request::MarginalizeRequest;
use super::summary::{MarginalizeSummary, StrongestPlacement};
use crate::error::{Error, Result};
use crate::model_store::Model;
use crate::observer::Observer;
use crate::progress::{Progress, Unit};

/// log2(TPM + 1) per reported cell type.
type Expression = Vec<f64>;

/// Placements of motifs in backgrounds, ready to be predicted.
pub(super) struct MarginalScan<'a> {
    request: &'a MarginalizeRequest,
    predictor: &'a Predictor,
    placements: Vec<MotifPlacement>,
    backgrounds: Vec<PromoterWindow>,
    /// Indices of the reported cell types.
    cell_types: Vec<usize>,
}

impl<'a> MarginalScan<'a> {
    /// # Errors
    /// The request does not fit the model, or a background cannot be read.
    pub(super) fn new(model: &'a Model, request: &'a MarginalizeRequest, observer: &dyn Observer) -> Result<Self> {
        request.validate()?;
        let predictor = model.predictor();
        Ok(Self {
            request,
            predictor,
            placements: placements(request, model.extent())?,
            cell_types: model.select_cell_types(&request.cell_types)?,
            backgrounds: request.backgrounds.windows(request, predictor, observer)?,
        })
    }

    /// Passes the effects of each placement to `write`, in order.
    ///
    /// # Errors
    /// The observer cancels, or an error of `write`.
    pub(super) fn run(
        &self,
        observer: &dyn Observer,
        mut write: impl FnMut(Vec<MarginalEffect>) -> Result<()>,
    ) -> Result<MarginalizeSummary> {
        let backgrounds = self.backgrounds.len();
        let without = self.predict(&self.backgrounds)?;
        let total = (self.placements.len() * backgrounds) as u64;
        let mut progress = Progress::start(observer, "marginalizing", Some(total), Unit::Windows);
        let mut strongest: Vec<Option<StrongestPlacement>> = vec![None; self.request.motifs.len()];
        // Several placements together keep every thread busy.
        let placements_per_batch = self.predictor.preferred_batch_size().div_ceil(backgrounds);
        let mut done = 0;
        for batch in self.placements.chunks(placements_per_batch) {
            if observer.is_cancelled() {
                let all = self.placements.len();
                return Err(Error::Cancelled(format!("interrupted after {done} of {all} placements")));
            }
            for (placement, effects) in batch.iter().zip(self.effects(batch, &without)?) {
                let sum: f64 = effects.iter().map(|effect| effect.effect_log2_tpm).sum();
                let mean = sum / effects.len() as f64;
                let most = &mut strongest[placement.motif];
                if most.as_ref().is_none_or(|most| mean.abs() > most.effect_log2_tpm.abs()) {
                    *most = Some(self.strongest_placement(*placement, mean));
                }
                write(effects)?;
            }
            done += batch.len();
            progress.set((done * backgrounds) as u64);
        }
        progress.clear();
        Ok(MarginalizeSummary {
            placements: self.placements.len(),
            backgrounds,
            cell_types: self.cell_types.len(),
            strongest: strongest.into_iter().flatten().collect(),
            destination: String::new(),
        })
    }

    /// Predictions of windows in the reported cell types.
    fn predict(&self, windows: &[PromoterWindow]) -> Result<Vec<Expression>> {
        let batches = windows.chunks(self.predictor.preferred_batch_size());
        let mut predictions = Vec::with_capacity(windows.len());
        for batch in batches {
            predictions.extend(self.predictor.predict(batch)?);
        }
        let reported = |log2_tpm: Vec<f64>| self.cell_types.iter().map(|&cell_type| log2_tpm[cell_type]).collect();
        Ok(predictions.into_iter().map(|prediction| reported(prediction.log2_tpm)).collect())
    }

    /// Effects of some placements, in each reported cell type.
    fn effects(&self, placements: &[MotifPlacement], without: &[Expression]) -> Result<Vec<Vec<MarginalEffect>>> {
        let upstream = i64::from(self.predictor.extent().upstream_bp);
        let with_motif = |&placement: &MotifPlacement| {
            let start = (upstream + placement.position_bp) as usize;
            let motif = &self.request.motifs[placement.motif];
            self.backgrounds.iter().enumerate().map(move |(index, background)| {
                let mut window = background.clone();
                motif.write(&mut window.bases, start, placement.strand, index);
                window
            })
        };
        let windows: Vec<PromoterWindow> = placements.iter().flat_map(with_motif).collect();
        let with = self.predict(&windows)?;
        let of_placement =
            |(placement, with): (&MotifPlacement, &[Expression])| self.effects_at(*placement, with, without);
        Ok(placements.par_iter().zip(with.par_chunks(self.backgrounds.len())).map(of_placement).collect())
    }

    fn effects_at(
        &self,
        placement: MotifPlacement,
        with: &[Expression],
        without: &[Expression],
    ) -> Vec<MarginalEffect> {
        let backgrounds = with.len();
        let changes_in = |index: usize| -> Vec<f64> {
            with.iter().zip(without).map(|(with, without)| with[index] - without[index]).collect()
        };
        let changes: Vec<Vec<f64>> = (0..self.cell_types.len()).map(changes_in).collect();
        let weighted_mean = |changes: &Vec<f64>, weights: &[f64], total: f64| {
            changes.iter().zip(weights).map(|(change, weight)| change * weight).sum::<f64>() / total
        };
        let resampled = |weights: &[f64]| {
            let total: f64 = weights.iter().sum();
            changes.iter().map(|changes| Some(weighted_mean(changes, weights, total))).collect()
        };
        let intervals = if backgrounds > 1 {
            Resampling::genes(backgrounds).intervals(self.request.resamples, self.request.seed, resampled)
        } else {
            vec![None; changes.len()]
        };
        let columns = self.cell_types.iter().zip(&changes).zip(intervals);
        let effect = |((&cell_type, changes), interval): ((&usize, &Vec<f64>), _)| MarginalEffect {
            motif: self.request.motifs[placement.motif].name().to_owned(),
            position_bp: placement.position_bp,
            strand: placement.strand,
            cell_type: self.predictor.cell_types()[cell_type].clone(),
            effect_log2_tpm: mean(changes).expect("a scan has one background or more"),
            interval,
            backgrounds,
        };
        columns.map(effect).collect()
    }

    fn strongest_placement(&self, placement: MotifPlacement, effect_log2_tpm: f64) -> StrongestPlacement {
        StrongestPlacement {
            motif: self.request.motifs[placement.motif].name().to_owned(),
            position_bp: placement.position_bp,
            strand: placement.strand,
            effect_log2_tpm,
        }
    }
}
