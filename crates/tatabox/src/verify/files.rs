//! Checks that need no data: checksums, and predictions of the sequences in the model folder.

use std::fmt;
use std::path::PathBuf;

use tatabox_model::{CheckPredictions, ChecksumDifferences, FolderChecksums, LoadedModel, Predictor, SelectedDevice};
use tatabox_sequence::counted;

use super::check::Check;
use super::comparison::Comparison;
use super::folders::ModelFolder;
use crate::error::{Context, Result, bail};
use crate::remedy::Remedy;

/// Tolerance of a prediction, log2(TPM + 1): rounding differs between vector instructions of processors.
const TOLERANCE: f64 = 1e-5;

/// Change of a recorded file of a model folder.
///
/// # Examples
///
/// ```no_run
/// use tatabox::verify::{self, VerifyRequest};
/// use tatabox_model::DeviceChoice;
///
/// let request = VerifyRequest { folder: "models/imported".into(), device: DeviceChoice::Cpu.select()? };
/// let created = verify::record(&request)?.iter().filter(|change| change.change.starts_with("created")).count();
/// # Ok::<(), tatabox::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordedChange {
    /// The file that was created or changed.
    pub file: PathBuf,
    /// The change, such as `created, 7 files` or `weights.safetensors changed`.
    pub change: String,
}

impl fmt::Display for RecordedChange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.file.display(), self.change)
    }
}

/// Compares the files with their checksums.
pub(super) fn checksums(folder: &ModelFolder) -> Result<Check> {
    const NAME: &str = "checksums";
    let recorded = match FolderChecksums::read(&folder.path) {
        Ok(Some(recorded)) => recorded,
        Ok(None) => return Ok(missing(NAME, FolderChecksums::FILE)),
        Err(error) => return Ok(Check::failed(NAME, error.to_string())),
    };
    if recorded.is_empty() {
        let finding = format!("{} lists no file, so nothing is checked", FolderChecksums::FILE);
        return Ok(Check::failed(NAME, finding).with_remedy(Remedy::RecordModelFiles));
    }
    let now = FolderChecksums::of_folder(&folder.path)?;
    let ChecksumDifferences { missing, changed, added } = recorded.differences(&now);
    let required = FolderChecksums::required(&folder.path);
    let (needed, other): (Vec<String>, Vec<String>) =
        added.into_iter().partition(|name| required.iter().any(|required| required == name));
    let changed = changed.iter().map(|name| format!("{name} differs from the recorded file"));
    let needed = needed.iter().map(|name| format!("{name} has no checksum, and the model needs it"));
    let differences = missing.iter().map(|name| format!("{name} is missing")).chain(changed).chain(needed).collect();
    let check = Check::new(NAME, counted(recorded.len(), "file"), differences);
    Ok(check.without(other.iter().map(|name| format!("{name} has no checksum"))))
}

/// Recomputes the recorded predictions.
pub(super) fn predictions(folder: &ModelFolder, predictor: &Predictor) -> Check {
    const NAME: &str = "predictions";
    match CheckPredictions::read(&folder.path, predictor) {
        Ok(Some(recorded)) => match compare(&recorded, predictor) {
            Ok(comparison) => Check::new(NAME, comparison.finding(TOLERANCE), comparison.into_differences()),
            Err(error) => Check::failed(NAME, error.to_string()),
        },
        Ok(None) => missing(NAME, CheckPredictions::FILE),
        Err(error) => Check::failed(NAME, error.to_string()),
    }
}

fn missing(name: &'static str, file: &str) -> Check {
    Check::failed(name, format!("{file} is missing")).with_remedy(Remedy::RecordModelFiles)
}

fn compare(recorded: &CheckPredictions, predictor: &Predictor) -> Result<Comparison> {
    let mut comparison = Comparison::default();
    for difference in recorded.differences(&recorded.recompute(predictor)?) {
        let what = format!("{} of sequence {}", difference.cell_type, difference.sequence);
        comparison.number(&what, Some(difference.stored), Some(difference.recomputed), TOLERANCE);
    }
    Ok(comparison)
}

/// Records checksums, and predictions where there are none.
pub(super) fn record(folder: &ModelFolder, device: &SelectedDevice) -> Result<Vec<RecordedChange>> {
    let path = &folder.path;
    let model = LoadedModel::load(path, &device.device)
        .with_context(|| format!("cannot record the files of {}", path.display()))?;
    let predictor = Predictor::new(model, device);
    let mut changes = Vec::new();
    let predictions = path.join(CheckPredictions::FILE);
    match CheckPredictions::read(path, &predictor)? {
        None => {
            CheckPredictions::generate(&predictor)?.write(path)?;
            changes.push(RecordedChange { file: predictions, change: "created".to_owned() });
        }
        Some(recorded) => {
            if let Some(first) = compare(&recorded, &predictor)?.into_differences().first() {
                bail!(
                    "{} differs from the predictions of the weights ({first}); remove it to record new ones",
                    predictions.display()
                );
            }
        }
    }
    changes.extend(record_checksums(folder)?);
    Ok(changes)
}

fn record_checksums(folder: &ModelFolder) -> Result<Vec<RecordedChange>> {
    let now = FolderChecksums::of_folder(&folder.path)?;
    let before = FolderChecksums::read(&folder.path)?;
    if before.as_ref() != Some(&now) {
        now.write(&folder.path)?;
    }
    let change = |change| RecordedChange { file: folder.path.join(FolderChecksums::FILE), change };
    let Some(before) = before else {
        return Ok(vec![change(format!("created, {}", counted(now.len(), "file")))]);
    };
    let ChecksumDifferences { missing, changed, added } = before.differences(&now);
    let kinds = [(missing, "removed"), (changed, "changed"), (added, "added")];
    let of_kind = |(names, kind): (Vec<String>, &str)| -> Vec<RecordedChange> {
        names.into_iter().map(|name| change(format!("{name} {kind}"))).collect()
    };
    Ok(kinds.into_iter().flat_map(of_kind).collect())
}
