//! Predicted effects of resolved variants.

use tatabox_dataset::MeasuredVariants;

use super::outputs::OutputChoice;
use super::resolved::ResolvedVariants;
use crate::error::{Error, Result, ensure};
use crate::inputs::refuse_tracks;
use crate::model_store::Model;
use crate::observer::Observer;
use crate::progress::{Progress, Unit};
use crate::variants::{Effect, Scorer, WindowShifts};

/// Effect of a variant that a model predicts, as the mean over the selected outputs.
#[derive(Clone, Debug, PartialEq)]
pub struct PredictedEffect {
    /// Prediction without the variant, log2(TPM + 1) or the unit of the output.
    pub reference_log2: f64,
    /// Prediction with the variant.
    pub alternative_log2: f64,
    /// Difference of both.
    pub effect: f64,
    /// Standard deviation of the effect over the members of an ensemble; the mean of those of the outputs.
    pub sd_members: Option<f64>,
    /// Whether all outputs, shifts and members agree in sign.
    pub sign_stable: bool,
}

/// Effects of all rows of `resolved`, in their order, that a model predicts.
///
/// # Errors
/// The model reads auxiliary inputs, or the observer cancels.
pub(super) fn predict(
    model: &Model,
    number: usize,
    table: &MeasuredVariants,
    resolved: &ResolvedVariants,
    outputs: &OutputChoice,
    shifts: &WindowShifts,
    observer: &dyn Observer,
) -> Result<Vec<PredictedEffect>> {
    let predictor = model.predictor();
    refuse_tracks(predictor, "the effect of a variant on them is not known")?;
    ensure!(
        predictor.auxiliary_inputs().feature_names().is_empty(),
        "model {} reads gene features, which a table of variants does not have; choose a model that reads bases only",
        model.name()
    );
    let all: Vec<usize> = (0..model.cell_types().len()).collect();
    let mut scorer = Scorer::new(predictor, Vec::new(), shifts.to_vec(), all);
    let variants: Vec<usize> = (0..resolved.variants.len()).collect();
    let label = format!("predicting with {}", model.name());
    let mut progress = Progress::start(observer, label, Some(variants.len() as u64), Unit::Windows);
    let mut effects: Vec<Vec<Effect>> = Vec::with_capacity(variants.len());
    for batch in variants.chunks(scorer.batch_alleles()) {
        if observer.is_cancelled() {
            let done = effects.len();
            return Err(Error::Cancelled(format!("interrupted after {done} of {} variants", variants.len())));
        }
        effects.extend(scorer.score(&resolved.windows(batch, model.extent(), shifts.max_bp())?)?);
        progress.set(effects.len() as u64);
    }
    progress.clear();
    let of_row = |&(row, variant): &(usize, usize)| {
        let indices = outputs.indices(number, &table.rows[row]);
        PredictedEffect::mean(&indices.iter().map(|&index| &effects[variant][index]).collect::<Vec<_>>())
    };
    Ok(resolved.rows.iter().map(of_row).collect())
}

impl PredictedEffect {
    /// Mean over outputs, of which there is one or more.
    fn mean(outputs: &[&Effect]) -> Self {
        let mean = |value: &dyn Fn(&Effect) -> f64| {
            outputs.iter().map(|effect| value(effect)).sum::<f64>() / outputs.len() as f64
        };
        let sign = |effect: &Effect| effect.mean.partial_cmp(&0.0);
        let has_members = outputs.iter().all(|effect| effect.sd_members.is_some());
        Self {
            reference_log2: mean(&|effect| effect.ref_log2_tpm),
            alternative_log2: mean(&|effect| effect.alt_log2_tpm),
            effect: mean(&|effect| effect.mean),
            sd_members: has_members.then(|| mean(&|effect| effect.sd_members.unwrap_or(0.0))),
            sign_stable: outputs.iter().all(|effect| effect.sign_stable && sign(effect) == sign(outputs[0])),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn predicted_effect_is_the_mean_over_outputs() {
        let effect = |reference: f64, mean: f64, sign_stable| Effect {
            ref_log2_tpm: reference,
            alt_log2_tpm: reference + mean,
            mean,
            sd_shifts: None,
            sd_members: Some(mean.abs()),
            sign_stable,
            indel_shift: 0.0,
        };
        let (weak, strong, other) = (effect(1.0, 0.5, true), effect(2.0, 1.5, true), effect(3.0, -0.5, true));
        let both = PredictedEffect::mean(&[&weak, &strong]);
        assert_eq!((both.reference_log2, both.alternative_log2, both.effect), (1.5, 2.5, 1.0));
        assert_eq!((both.sd_members, both.sign_stable), (Some(1.0), true));
        assert!(!PredictedEffect::mean(&[&weak, &other]).sign_stable);
        assert!(!PredictedEffect::mean(&[&effect(1.0, 0.5, false)]).sign_stable);
    }
}
