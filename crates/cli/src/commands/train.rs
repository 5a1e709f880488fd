//! `tatabox train`: from a data set to a trained model.

mod summary;

use anyhow::{Result, bail};
use tatabox_model::{ModelError, RunDirectory, train};

use crate::args::TrainArgs;
use crate::console::Console;
use crate::epoch_display::EpochDisplay;
use crate::interrupt::Interrupt;
use crate::training_setup::TrainingSetup;
use crate::{data_choice, output, run_record};
use summary::Summary;

pub(crate) fn run(args: TrainArgs, console: &Console) -> Result<()> {
    let options = args.into_options()?;
    let training = &options.training;
    let dataset = data_choice::open(training.data.as_deref(), console)?;
    let device = training.select_device()?;
    console.note(format!("device: {device}"));

    let setup = TrainingSetup::new(training, &dataset)?;
    let name = options.name.clone().unwrap_or_else(|| setup.model_name(&dataset));
    let architecture = setup.architecture;
    console.note(format!(
        "model: {name} ({architecture}) for {}, reading {} around the TSS",
        setup.cell_types.join(", "),
        setup.extent
    ));

    let run = RunDirectory::new(&options.models_dir, &name);
    let config = setup.config(training, &dataset)?;
    let record = run_record::start(&dataset, &device, config.seed);

    let interrupt = Interrupt::watch(console)?;
    let mut display = EpochDisplay::new(console, interrupt, config.epochs, options.stop_after_epoch);
    let trained = train(&dataset, &config, &run, options.start, &device, record, &mut |event| display.show(event));
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
    if options.json {
        output::print_json(&summary)?;
    } else {
        output::print(&summary.to_text()?)?;
    }
    console.note(format!("score it on genes it has not seen: tatabox evaluate --model {}", run.path().display()));
    Ok(())
}
