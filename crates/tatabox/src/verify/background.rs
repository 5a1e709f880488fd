//! Background of variant effects: its check, its recomputation from the training data, and its recording.

use std::path::Path;

use tatabox_model::{BackgroundSettings, EffectBackground, LoadedModel, ModelFiles, Predictor, SelectedDevice};

use super::check::Check;
use super::comparison::Comparison;
use super::files::RecordedChange;
use super::folders::ModelFolder;
use super::training_data::VerifiedData;
use crate::error::{Context, Result, bail};
use crate::number_format::grouped;
use crate::observer::Observer;
use crate::progress::{Progress, Unit};
use crate::variants::WindowShifts;

const NAME: &str = "background";

/// Tolerance of an effect, log2(TPM + 1), as of a prediction for an effect of two of them.
const TOLERANCE: f64 = 2e-5;

/// Checks the background against the model, and recomputes it from the training data where they are given; `None` if the
/// folder has none.
pub(super) fn check(
    folder: &ModelFolder,
    predictor: &Predictor,
    data: Option<&VerifiedData>,
    observer: &dyn Observer,
) -> Result<Option<Check>> {
    let recorded = match EffectBackground::read(&ModelFiles::folder(&folder.path), predictor) {
        Ok(Some(recorded)) => recorded,
        Ok(None) => return Ok(None),
        Err(error) => return Ok(Some(Check::failed(NAME, error.to_string()))),
    };
    let Some(data) = data else {
        let check = Check::new(NAME, summary(&recorded), Vec::new());
        return Ok(Some(check.without(["effects: recomputed only with the training data".to_owned()])));
    };
    let recomputed = compute(predictor, data, &BackgroundSettings::of(&recorded), observer)?;
    let mut comparison = Comparison::default();
    comparison.count("number of promoters", recorded.promoters(), recomputed.promoters());
    for (before, now) in recorded.distributions().iter().zip(recomputed.distributions()) {
        let place = format!("{} at {}..{} bp", before.cell_type, before.start_bp, before.end_bp);
        comparison.count(&format!("number of SNVs of {place}"), before.snvs, now.snvs);
        comparison.number(&format!("mean of {place}"), Some(before.mean), Some(now.mean), TOLERANCE);
        comparison.number(&format!("standard deviation of {place}"), Some(before.sd), Some(now.sd), TOLERANCE);
        let quantiles = recorded.probabilities().iter().zip(before.quantiles.iter().zip(&now.quantiles));
        for (probability, (&before, &now)) in quantiles {
            comparison.number(&format!("quantile {probability} of {place}"), Some(before), Some(now), TOLERANCE);
        }
    }
    comparison.count("number of distributions", recorded.distributions().len(), recomputed.distributions().len());
    let finding = format!("{}, {}", summary(&recorded), comparison.finding(TOLERANCE));
    Ok(Some(Check::new(NAME, finding, comparison.into_differences())))
}

/// Computes and writes the background of the model in a folder, unless it has one.
pub(super) fn record(
    folder: &Path,
    device: &SelectedDevice,
    data: &VerifiedData,
    observer: &dyn Observer,
) -> Result<Option<RecordedChange>> {
    let model = LoadedModel::load(folder, &device.device)
        .with_context(|| format!("cannot record the files of {}", folder.display()))?;
    let predictor = Predictor::new(model, device);
    if EffectBackground::read(&ModelFiles::folder(folder), &predictor)?.is_some() {
        return Ok(None);
    }
    let check = data.check(&predictor);
    if !check.passed() {
        bail!("{} cannot be computed: {}", EffectBackground::FILE, check.finding);
    }
    let settings = BackgroundSettings::new(&WindowShifts::default());
    let background = compute(&predictor, data, &settings, observer)?;
    background.write(folder)?;
    let change = format!("created, {}", summary(&background));
    Ok(Some(RecordedChange { file: folder.join(EffectBackground::FILE), change }))
}

fn compute(
    predictor: &Predictor,
    data: &VerifiedData,
    settings: &BackgroundSettings,
    observer: &dyn Observer,
) -> Result<EffectBackground> {
    let mut progress = Progress::start(observer, "scoring random SNVs", Some(settings.snvs as u64), Unit::Windows);
    let background =
        EffectBackground::compute(predictor, data.dataset, settings, &mut |done, _| progress.set(done as u64))?;
    progress.finish();
    Ok(background)
}

fn summary(background: &EffectBackground) -> String {
    let (snvs, promoters) = (grouped(background.snvs() as u64), grouped(background.promoters() as u64));
    format!("{snvs} random SNVs in {promoters} train promoters of {}", background.dataset())
}
