//! Effect of an allele: the difference of predictions with and without it.

use tatabox_model::MemberPredictions;

/// Effect of an allele on a gene in a cell type. Values are log2(TPM + 1) or differences of it, averaged over the shifts of
/// the window and the members of the model.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Effect {
    pub(crate) ref_log2_tpm: f64,
    pub(crate) alt_log2_tpm: f64,
    /// Prediction with the allele minus prediction without it.
    pub(crate) mean: f64,
    /// Sample standard deviation (n - 1) over the shifts; `None` for a single shift.
    pub(crate) sd_shifts: Option<f64>,
    /// Sample standard deviation over the members.
    pub(crate) sd_members: Option<f64>,
    /// Whether all shifts and members agree in sign.
    pub(crate) sign_stable: bool,
    /// Effect of the change in length alone; 0 for a substitution.
    pub(crate) indel_shift: f64,
}

/// Predictions of the windows of an allele, one per shift.
pub(super) struct PredictedShifts<'a> {
    pub(super) reference: Vec<&'a MemberPredictions>,
    pub(super) alternate: Vec<&'a MemberPredictions>,
    pub(super) length: Option<LengthControl<'a>>,
}

/// Control predictions that isolate the effect of the change in length.
pub(super) struct LengthControl<'a> {
    pub(super) control: Vec<&'a MemberPredictions>,
    /// Whether the allele is an insertion: then the control is compared with the reference, otherwise the alternate with the
    /// control.
    pub(super) is_longer: bool,
}

impl Effect {
    /// The effect without that of the change in length.
    pub(crate) fn shift_corrected(&self) -> f64 {
        self.mean - self.indel_shift
    }

    /// The effect in one cell type.
    pub(super) fn of(predicted: &PredictedShifts<'_>, cell_type: usize) -> Self {
        let values = |shifts: &[&MemberPredictions]| -> Vec<Vec<f64>> {
            shifts.iter().map(|members| members.of_cell_type(cell_type)).collect()
        };
        let (reference, alternate) = (values(&predicted.reference), values(&predicted.alternate));
        let effects = differences(&alternate, &reference);
        let indel_shift = predicted.length.as_ref().map_or(0.0, |length| {
            let control = values(&length.control);
            let (with, without) = if length.is_longer { (&control, &reference) } else { (&alternate, &control) };
            mean_of_all(&differences(with, without))
        });
        let over_shifts: Vec<f64> = effects.iter().map(|members| mean(members)).collect();
        let members = effects[0].len();
        let of_member = |member: usize| mean(&effects.iter().map(|shift| shift[member]).collect::<Vec<_>>());
        let over_members: Vec<f64> = (0..members).map(of_member).collect();
        let sign = |value: f64| i8::from(value > 0.0) - i8::from(value < 0.0);
        let first = sign(effects[0][0]);
        Self {
            ref_log2_tpm: mean_of_all(&reference),
            alt_log2_tpm: mean_of_all(&alternate),
            mean: mean(&over_shifts),
            sd_shifts: standard_deviation(&over_shifts),
            sd_members: standard_deviation(&over_members),
            sign_stable: effects.iter().flatten().all(|&effect| sign(effect) == first),
            indel_shift,
        }
    }
}

/// By shift and member.
fn differences(with: &[Vec<f64>], without: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let pairs = with.iter().zip(without);
    pairs.map(|(with, without)| with.iter().zip(without).map(|(with, without)| with - without).collect()).collect()
}

fn mean_of_all(by_shift: &[Vec<f64>]) -> f64 {
    mean(&by_shift.iter().map(|members| mean(members)).collect::<Vec<_>>())
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn standard_deviation(values: &[f64]) -> Option<f64> {
    let center = mean(values);
    let squares: f64 = values.iter().map(|value| (value - center).powi(2)).sum();
    (values.len() > 1).then(|| (squares / (values.len() - 1) as f64).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn windows(values: &[[f64; 2]]) -> Vec<MemberPredictions> {
        let window = |members: &[f64; 2]| MemberPredictions::new(members.map(|value| vec![9.0, value]).to_vec());
        values.iter().map(window).collect()
    }

    fn near(found: f64, expected: f64) -> bool {
        (found - expected).abs() < 1e-12
    }

    #[test]
    fn effect_is_the_mean_over_shifts_and_members() {
        // Effects by shift and member: 1, 2; 3, 4; 2, 0.
        let reference = windows(&[[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]]);
        let alternate = windows(&[[2.0, 3.0], [5.0, 6.0], [5.0, 3.0]]);
        let effect = |alternate: &[MemberPredictions]| {
            let (reference, alternate) = (reference.iter().collect(), alternate.iter().collect());
            Effect::of(&PredictedShifts { reference, alternate, length: None }, 1)
        };
        let found = effect(&alternate);
        assert!(near(found.mean, 2.0) && near(found.ref_log2_tpm, 2.0) && near(found.alt_log2_tpm, 4.0));
        // Shifts 1.5, 3.5, 1: squares 0.25, 2.25, 1, by 2 is 1.75. Members 2, 2.
        assert!(near(found.sd_shifts.expect("three"), 1.75f64.sqrt()));
        assert!(near(found.sd_members.expect("two"), 0.0));
        assert!(!found.sign_stable, "one is 0");
        assert!(near(found.indel_shift, 0.0));
        assert!(effect(&windows(&[[2.0, 3.0], [5.0, 6.0], [5.0, 3.5]])).sign_stable);
        let same = effect(&reference);
        assert!(same.sign_stable && near(same.mean, 0.0));
    }

    #[test]
    fn effect_of_indel_shift_is_separated_by_the_control() {
        let (reference, alternate, control) = (windows(&[[1.0, 1.0]]), windows(&[[4.0, 4.0]]), windows(&[[1.5, 1.5]]));
        let effect = |is_longer| {
            let length = Some(LengthControl { control: control.iter().collect(), is_longer });
            let shifts = PredictedShifts {
                reference: reference.iter().collect(),
                alternate: alternate.iter().collect(),
                length,
            };
            Effect::of(&shifts, 1)
        };
        // Insertion: the control less the reference. Deletion: the alternate less the control.
        assert!(near(effect(true).indel_shift, 0.5) && near(effect(true).shift_corrected(), 2.5));
        assert!(near(effect(false).indel_shift, 2.5) && near(effect(false).shift_corrected(), 0.5));
        assert_eq!(effect(true).sd_shifts, None);
    }
}
