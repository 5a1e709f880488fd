//! `tatabox verify`: whether a model is what its folder says.

mod comparison;
mod files;
mod folders;
mod report;
mod scores;
mod training_data;

use anyhow::{Context, Result, anyhow, bail};
use tatabox_model::{LoadedModel, Predictor, SelectedDevice};

use crate::args::VerifyArgs;
use crate::resolve::dataset as data_choice;
use crate::resolve::locations as locate;
use crate::terminal::console::Console;
use crate::terminal::stdout;
use folders::ModelFolder;
use report::{Check, Report};
use training_data::VerifiedData;

pub(crate) fn run(args: &VerifyArgs, console: &Console) -> Result<()> {
    let directory = match &args.model {
        Some(directory) => directory.clone(),
        None => locate::beside_program(locate::SHIPPED_MODEL)
            .ok_or_else(|| anyhow!("no model: there is no {}; name one", locate::SHIPPED_MODEL))?,
    };
    let folders = ModelFolder::walk(&directory)?;
    let device = args.device.select()?;
    let dataset = args.data.as_deref().map(|data| data_choice::open(Some(data), console)).transpose()?;
    let data = dataset.as_ref().map(VerifiedData::new);
    let mut report = Report::default();
    for folder in &folders {
        if args.write {
            files::write(folder, &device, console)?;
        }
        report.add(folder, checks(folder, &device, data.as_ref(), console)?);
    }
    if args.json {
        stdout::print_json(&report)?;
    } else {
        stdout::print(&report.to_text()?)?;
    }
    let failed = report.failed();
    if failed.is_empty() {
        return Ok(());
    }
    bail!("{} does not verify: {}", directory.display(), failed.join(", "))
}

/// Every check of one folder. What a model cannot be loaded for is a finding and no end.
fn checks(
    folder: &ModelFolder,
    device: &SelectedDevice,
    data: Option<&VerifiedData>,
    console: &Console,
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
    let Some(data) = data else { return Ok(checks) };
    let dataset = data.dataset;
    let check = data.check(&predictor);
    let is_the_same = check.passed();
    checks.push(check);
    if !is_the_same {
        return Ok(checks);
    }
    // Scores are those of the number format that the model was trained in.
    let predictor = if precision == device.precision {
        predictor
    } else {
        let device = device.clone().with_precision(precision)?;
        Predictor::new(LoadedModel::load(&folder.path, &device.device)?, &device)
    };
    checks.push(scores::validation(&predictor, dataset, console)?);
    let test = scores::test(folder, &predictor, dataset, console);
    checks.extend(test.with_context(|| format!("cannot check {}", scores::TEST_METRICS))?);
    Ok(checks)
}
