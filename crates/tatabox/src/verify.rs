//! Integrity of model folders: checksums, predictions and scores, recomputed and compared with the recorded ones.

mod background;
mod check;
mod comparison;
mod files;
mod folders;
mod scores;
mod training_data;

use std::path::PathBuf;

use tatabox_dataset::PreparedDataset;
use tatabox_model::{LoadedModel, Predictor, SelectedDevice};

use crate::error::{Context, Result};
use crate::observer::Observer;

pub use check::{Check, FolderVerification, Verification};
pub use files::RecordedChange;
use folders::ModelFolder;
use training_data::VerifiedData;

/// Model folder to verify, and the device that recomputes its predictions.
///
/// # Examples
///
/// ```no_run
/// use tatabox::Silent;
/// use tatabox::verify::{self, VerifyRequest};
/// use tatabox_model::DeviceChoice;
///
/// let request = VerifyRequest { folder: "models/human".into(), device: DeviceChoice::Cpu.select()? };
/// let verification = verify::run(&request, None, &Silent)?;
/// assert!(verification.passed(), "failed: {}", verification.failed().join(", "));
/// # Ok::<(), tatabox::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct VerifyRequest {
    /// Folder of a trained model or of an ensemble.
    pub folder: PathBuf,
    /// Device that computes.
    pub device: SelectedDevice,
}

/// Compares the files, predictions and scores of a model with those recorded in its folder.
///
/// Scores are compared only where the data set that the model was trained on is given. Each member of an ensemble is
/// verified as well. A failed check, such as a model that cannot be loaded, is part of the result and not an error.
///
/// # Errors
/// The folder or the data set cannot be read.
pub fn run(
    request: &VerifyRequest,
    dataset: Option<&PreparedDataset>,
    observer: &dyn Observer,
) -> Result<Verification> {
    let data = dataset.map(VerifiedData::new);
    let mut verification = Verification::default();
    for folder in ModelFolder::walk(&request.folder)? {
        verification.add(&folder.path, checks(&folder, &request.device, data.as_ref(), observer)?);
    }
    Ok(verification)
}

/// Records the checksums of a model folder as it is now, and check predictions where there are none, and returns what
/// changed. Recorded predictions are never replaced.
///
/// # Errors
/// The model cannot be loaded, its recorded predictions differ from those of its weights, or a file cannot be written.
///
/// # Examples
///
/// ```no_run
/// use tatabox::verify::{self, VerifyRequest};
/// use tatabox_model::DeviceChoice;
///
/// let request = VerifyRequest { folder: "models/imported".into(), device: DeviceChoice::Cpu.select()? };
/// for change in verify::record(&request)? {
///     println!("{change}");
/// }
/// # Ok::<(), tatabox::Error>(())
/// ```
pub fn record(request: &VerifyRequest) -> Result<Vec<RecordedChange>> {
    let mut changes = Vec::new();
    for folder in ModelFolder::walk(&request.folder)? {
        changes.extend(files::record(&folder, &request.device)?);
    }
    Ok(changes)
}

/// Records the effects of 20,000 random SNVs in promoters of the train genes of a model, with which
/// [`variants`](crate::variants) compares effects, and returns what changed. A recorded background is never replaced.
///
/// [`record`] must follow, because the file needs a checksum.
///
/// # Errors
/// The model cannot be loaded or was not trained on the data set, the recorded background belongs to another model, or the
/// file cannot be written.
///
/// # Examples
///
/// ```no_run
/// use tatabox::Silent;
/// use tatabox::verify::{self, VerifyRequest};
/// use tatabox_dataset::PreparedDataset;
/// use tatabox_model::DeviceChoice;
///
/// let request = VerifyRequest { folder: "models/k562".into(), device: DeviceChoice::Cpu.select()? };
/// let dataset = PreparedDataset::open("data/human".as_ref())?;
/// verify::record_effect_background(&request, &dataset, &Silent)?;
/// verify::record(&request)?;
/// # Ok::<(), tatabox::Error>(())
/// ```
pub fn record_effect_background(
    request: &VerifyRequest,
    dataset: &PreparedDataset,
    observer: &dyn Observer,
) -> Result<Option<RecordedChange>> {
    background::record(&request.folder, &request.device, &VerifiedData::new(dataset), observer)
}

/// Every check of one folder.
fn checks(
    folder: &ModelFolder,
    device: &SelectedDevice,
    data: Option<&VerifiedData>,
    observer: &dyn Observer,
) -> Result<Vec<Check>> {
    let mut checks = vec![files::checksums(folder)?];
    let model = match LoadedModel::load(&folder.path, &device.device) {
        Ok(model) => model,
        Err(error) => {
            checks.push(Check::failed("model", error.to_string()));
            return Ok(checks);
        }
    };
    let precision = model.first().config.precision();
    let predictor = Predictor::new(model, device);
    checks.push(files::predictions(folder, &predictor));
    let check_of_data = data.map(|data| data.check(&predictor));
    let training_data = data.filter(|_| check_of_data.as_ref().is_some_and(Check::passed));
    checks.extend(background::check(folder, &predictor, training_data, observer)?);
    checks.extend(check_of_data);
    let Some(data) = training_data else { return Ok(checks) };
    // Scores were computed in the number format of training.
    let predictor = if precision == device.precision {
        predictor
    } else {
        let device = device.clone().with_precision(precision)?;
        Predictor::new(LoadedModel::load(&folder.path, &device.device)?, &device)
    };
    checks.push(scores::validation(&predictor, data.dataset, observer)?);
    let test = scores::test(folder, &predictor, data.dataset, observer);
    checks.extend(test.with_context(|| format!("cannot check {}", scores::TEST_METRICS))?);
    Ok(checks)
}
