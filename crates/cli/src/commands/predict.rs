//! `tatabox predict`: expression of any promoter.

mod prediction_writer;
mod tally;

use std::io::{self, IsTerminal};
use std::mem;

use anyhow::{Result, bail};
use tatabox_model::{Predictor, PromoterWindow};

use crate::args::{Format, PredictArgs, PromoterInput};
use crate::console::Console;
use crate::failure::usage;
use crate::interrupt::Interrupt;
use crate::model_choice::ChosenModel;
use crate::output::{Layout, Sink};
use crate::pipeline;
use crate::progress::{Progress, Unit};
use crate::promoters::{self, Promoter};
use prediction_writer::{Prediction, PredictionWriter};

pub(crate) fn run(args: &PredictArgs, console: &Console) -> Result<()> {
    let (input, format) = (args.input()?, args.format()?);
    if format == Format::Parquet && args.output.is_none() && io::stdout().is_terminal() {
        return Err(usage("--format parquet: a terminal cannot show it; write to a file with --output"));
    }
    let sink = Sink::create(args.output.as_deref())?;
    let destination = sink.name().to_owned();
    // What stands in a pipe cannot be taken back, so only a file is worth ending well for.
    let interrupt = if args.output.is_some() { Interrupt::watch(console)? } else { Interrupt::default() };
    let device = args.model.device.select()?.with_precision(args.precision)?;
    let model = ChosenModel::load(args.model.model.as_deref(), device, console)?;
    let extent = model.predictor.extent();
    let promoters = promoters::open_part(&input, &args.promoters.beside, args.shard, &model.predictor, console)?;
    let layout = Layout {
        cell_types: model.predictor.cell_types().to_vec(),
        wide: args.wide,
        spread: model.predictor.members().len() > 1,
        measured: matches!(input, PromoterInput::Genes { .. }),
    };
    let writer = PredictionWriter { sink, format, layout, extent, simulated: model.is_simulated() };

    let mut progress = Progress::start(console, "predicting", None, Unit::Windows);
    let mut done = 0;
    let compute = |chunk: Vec<Promoter>| {
        if interrupt.is_wanted() {
            bail!("interrupted after {done} promoters; {destination} was not written");
        }
        done += chunk.len();
        let predictions = predict(chunk, &model.predictor);
        progress.set(done as u64);
        Ok(predictions)
    };
    let ((sink, tally), timing) = pipeline::run(promoters, compute, move |chunks| writer.write(chunks))?;
    progress.clear();
    sink.commit()?;

    tally.warn(extent, console);
    let total_s = timing.total.as_secs_f64().max(1e-9);
    tracing::info!("network {:.0}% of {total_s:.1} s", 100.0 * timing.computing.as_secs_f64() / total_s);
    console.note(format!(
        "{} promoters, {:.0} windows/s, model {} on {}, written to {destination}",
        tally.promoters,
        tally.promoters as f64 / total_s,
        model.name,
        model.device.name,
    ));
    Ok(())
}

/// Predicts the promoters that can be; their windows are used up.
fn predict(mut promoters: Vec<Promoter>, predictor: &Predictor) -> Vec<Prediction> {
    let predictable = promoters.iter_mut().filter(|promoter| promoter.is_predictable());
    let windows: Vec<PromoterWindow> = predictable.map(|promoter| mem::take(&mut promoter.window)).collect();
    // Evenly, so that a promoter is told alike in a part of a file and in the whole.
    let mut predictions = predictor.predict_evenly(&windows).into_iter();
    promoters
        .into_iter()
        .map(|promoter| {
            let prediction = promoter.is_predictable().then(|| predictions.next()).flatten();
            (promoter, prediction)
        })
        .collect()
}
