//! What can be checked without data: checksums, and predictions for sequences that are kept with them.

use anyhow::{Context, Result, bail};
use tatabox_model::{CheckPredictions, ChecksumDifferences, FolderChecksums, LoadedModel, Predictor, SelectedDevice};

use super::comparison::Comparison;
use super::folders::ModelFolder;
use super::report::Check;
use crate::terminal::console::Console;

/// How far a prediction may lie from the one kept, log2(TPM + 1): what the vector instructions of another processor change.
const TOLERANCE: f64 = 1e-5;

const WRITE: &str = "if you trust the folder as it is, make it with `tatabox verify --write`";

/// Compares the files with their checksums.
pub(super) fn checksums(folder: &ModelFolder) -> Result<Check> {
    const NAME: &str = "checksums";
    let kept = match FolderChecksums::read(&folder.path) {
        Ok(Some(kept)) => kept,
        Ok(None) => return Ok(Check::failed(NAME, format!("there is no {}; {WRITE}", FolderChecksums::FILE))),
        Err(error) => return Ok(Check::failed(NAME, error.to_string())),
    };
    let now = FolderChecksums::of_folder(&folder.path)?;
    let ChecksumDifferences { missing, changed, added } = kept.differences(&now);
    let changed = changed.iter().map(|name| format!("{name} is not the file that was kept"));
    let differences = missing.iter().map(|name| format!("{name} is missing")).chain(changed).collect();
    let check = Check::new(NAME, format!("{} files", kept.len()), differences);
    Ok(check.without(added.iter().map(|name| format!("{name} has no checksum"))))
}

/// Predicts the kept sequences again.
pub(super) fn predictions(folder: &ModelFolder, predictor: &Predictor) -> Check {
    const NAME: &str = "predictions";
    match CheckPredictions::read(&folder.path, predictor) {
        Ok(Some(kept)) => {
            let comparison = compared(&kept, predictor);
            Check::new(NAME, comparison.finding(TOLERANCE), comparison.into_differences())
        }
        Ok(None) => Check::failed(NAME, format!("there is no {}; {WRITE}", CheckPredictions::FILE)),
        Err(error) => Check::failed(NAME, error.to_string()),
    }
}

fn compared(kept: &CheckPredictions, predictor: &Predictor) -> Comparison {
    let mut comparison = Comparison::default();
    for difference in kept.differences(&kept.again(predictor)) {
        let what = format!("{} of sequence {}", difference.cell_type, difference.sequence);
        comparison.number(&what, Some(difference.kept), Some(difference.now), TOLERANCE);
    }
    comparison
}

/// Keeps checksums, and predictions where there are none; says what is new. Predictions that do not hold are not replaced.
pub(super) fn write(folder: &ModelFolder, device: &SelectedDevice, console: &Console) -> Result<()> {
    let path = &folder.path;
    let model =
        LoadedModel::load(path, &device.device).with_context(|| format!("cannot vouch for {}", path.display()))?;
    let predictor = Predictor::new(model, device);
    match CheckPredictions::read(path, &predictor)? {
        None => {
            CheckPredictions::draw(&predictor).write(path)?;
            console.note(format!("{} is new", path.join(CheckPredictions::FILE).display()));
        }
        Some(kept) => {
            if let Some(first) = compared(&kept, &predictor).into_differences().first() {
                let file = path.join(CheckPredictions::FILE);
                bail!(
                    "{} holds other predictions than the weights give ({first}); remove it to keep new ones",
                    file.display()
                );
            }
        }
    }
    let now = FolderChecksums::of_folder(path)?;
    let before = FolderChecksums::read(path)?;
    let sums = path.join(FolderChecksums::FILE);
    let Some(before) = before else {
        now.write(path)?;
        console.note(format!("{} is new, {} files", sums.display(), now.len()));
        return Ok(());
    };
    let ChecksumDifferences { missing, changed, added } = before.differences(&now);
    for (names, what) in [(missing, "is no longer listed"), (changed, "has another checksum"), (added, "is listed now")]
    {
        for name in names {
            console.note(format!("{}: {name} {what}", sums.display()));
        }
    }
    if before != now {
        now.write(path)?;
    }
    Ok(())
}
