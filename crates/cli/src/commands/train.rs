//! `tatabox train`: from a data set to a trained model.

mod epoch_display;
mod summary;

use anyhow::{Result, anyhow, bail};
use tatabox_dataset::{Extent, PreparedDataset, Split};
use tatabox_model::{ModelError, RunDirectory, TrainingData, default_extent, train};

use crate::args::{ExtentChoice, TrainArgs};
use crate::console::Console;
use crate::interrupt::Interrupt;
use crate::{data_choice, output, run_record};
use epoch_display::EpochDisplay;
use summary::Summary;

/// Cell types named in a model's name before they are only counted.
const CELL_TYPES_IN_NAME: usize = 3;

pub(crate) fn run(args: TrainArgs, console: &Console) -> Result<()> {
    let options = args.into_options()?;
    let dataset = data_choice::open(options.data.as_deref(), console)?;
    let device = options.device.select()?;
    console.note(format!("device: {} ({})", device.name, device.reason));

    let cell_types = resolve_cell_types(options.cell_types.as_deref(), &dataset)?;
    let extent = resolve_extent(options.extent, &dataset)?;
    let name = options.name.clone().unwrap_or_else(|| model_name(&cell_types, &dataset));
    console.note(format!("model: {name} for {}, reading {extent} around the TSS", cell_types.join(", ")));

    let run = RunDirectory::new(&options.models_dir, &name);
    let (start, json, stop_after_epoch) = (options.start, options.json, options.stop_after_epoch);
    let config = options.into_config(cell_types, training_data(&dataset, extent))?;
    let record = run_record::start(&dataset, &device, config.seed);

    let interrupt = Interrupt::watch(console)?;
    let mut display = EpochDisplay::new(console, interrupt, config.epochs, stop_after_epoch);
    let trained = train(&dataset, &config, &run, start, &device, record, &mut |event| display.show(event));
    display.close();
    let summary = match trained {
        Ok(summary) => summary,
        Err(ModelError::Interrupted { epoch }) => {
            let command = run_record::resume_command(&run_record::command());
            bail!("interrupted after epoch {epoch}; go on with: {command}");
        }
        Err(error) => return Err(error.into()),
    };

    let summary = Summary::new(&run, &name, &config, &summary, &device);
    if json {
        output::print_json(&summary)?;
    } else {
        output::print(&summary.to_text()?)?;
    }
    console.note(format!("score it on genes it has not seen: tatabox evaluate --model {}", run.path().display()));
    Ok(())
}

/// Names as the data set spells them, each once.
fn resolve_cell_types(names: Option<&[String]>, dataset: &PreparedDataset) -> Result<Vec<String>> {
    let Some(names) = names else {
        return Ok(dataset.cell_types().to_vec());
    };
    let mut cell_types = Vec::new();
    for name in names {
        let cell_type = &dataset.cell_types()[dataset.cell_type_index(name)?];
        if !cell_types.contains(cell_type) {
            cell_types.push(cell_type.clone());
        }
    }
    Ok(cell_types)
}

fn resolve_extent(choice: ExtentChoice, dataset: &PreparedDataset) -> Result<Extent> {
    let windows = Extent::of_window(dataset.geometry());
    let extent = match choice {
        ExtentChoice::Given(extent) => extent,
        ExtentChoice::Coverage(coverage) => default_extent(dataset, coverage),
    };
    if !windows.covers(extent) {
        return Err(anyhow!(
            "--extent {extent} reaches beyond the windows of {}, which hold {windows}; choose a shorter one, or \
             prepare the data with --upstream {} --downstream {}",
            dataset.name(),
            extent.upstream_bp.max(windows.upstream_bp),
            extent.downstream_bp.max(windows.downstream_bp)
        ));
    }
    if extent.total_bp() < SHORTEST_EXTENT_BP {
        let train = dataset.genes_in(Split::Train).len();
        return Err(anyhow!(
            "the extent {extent} has {} bp, at least {SHORTEST_EXTENT_BP} are needed; give a longer --extent, or a \
             lower --extent-coverage to leave out more of the {train} train genes",
            extent.total_bp()
        ));
    }
    Ok(extent)
}

/// The shortest window there is.
const SHORTEST_EXTENT_BP: u32 = 60;

fn training_data(dataset: &PreparedDataset, extent: Extent) -> TrainingData {
    TrainingData {
        name: dataset.name().to_owned(),
        checksum: dataset.checksum().to_owned(),
        geometry: dataset.geometry(),
        extent,
        simulated: data_choice::is_simulated(dataset),
    }
}

/// `k562-human300`.
fn model_name(cell_types: &[String], dataset: &PreparedDataset) -> String {
    let cells = if cell_types.len() > 1 && cell_types.len() == dataset.cell_types().len() {
        "all".to_owned()
    } else if cell_types.len() <= CELL_TYPES_IN_NAME {
        cell_types.iter().map(|name| plain(name)).collect::<Vec<_>>().join("-")
    } else {
        format!("{}-cell-types", cell_types.len())
    };
    format!("{cells}-{}", plain(dataset.name()))
}

/// A name that is fit for a folder: lower case, everything but letters and digits a single hyphen.
fn plain(name: &str) -> String {
    let words = name.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_fit_for_folders() {
        assert_eq!(plain("HeLa-S3"), "hela-s3");
        assert_eq!(plain("CD4+ T cell/blood "), "cd4-t-cell-blood");
    }
}
