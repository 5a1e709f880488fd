//! `tatabox predict`: expression of any promoter.

use std::collections::HashSet;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::io::{self, IsTerminal};
use std::time::Instant;

use anyhow::{Result, bail};

use crate::args::{Format, PredictArgs, PromoterInput};
use crate::console::Console;
use crate::failure::usage;
use crate::interrupt::Interrupt;
use crate::model_choice::ChosenModel;
use crate::output::{self, Layout, PredictedPromoter, Sink};
use crate::progress::{Progress, Unit};
use crate::promoters::{self, Promoter, Promoters};

/// Promoters in memory at a time.
const CHUNK: usize = 64;

pub(crate) fn run(args: &PredictArgs, console: &Console) -> Result<()> {
    let (input, format) = (args.input()?, args.format()?);
    if format == Format::Parquet && args.output.is_none() && io::stdout().is_terminal() {
        return Err(usage("--format parquet: a terminal cannot show it; write to a file with --output"));
    }
    let mut sink = Sink::create(args.output.as_deref())?;
    let destination = sink.name().to_owned();
    // What stands in a pipe cannot be taken back, so only a file is worth ending well for.
    let interrupt = if args.output.is_some() { Interrupt::watch(console)? } else { Interrupt::default() };
    let model = ChosenModel::load(args.model.as_deref(), args.device, console)?;
    let mut promoters = promoters::open(&input, &model.predictor, console)?;
    let layout = Layout {
        cell_types: model.predictor.cell_types().to_vec(),
        wide: args.wide,
        measured: matches!(input, PromoterInput::Genes { .. }),
    };

    let started = Instant::now();
    let mut tally = Tally::default();
    let mut progress = Progress::start(console, "predicting", None, Unit::Windows);
    // The first promoters are read before anything is written, so that a bad start leaves no header behind.
    let mut chunk = next_chunk(&mut promoters)?;
    let mut writer = output::row_writer(format, &layout, &mut sink)?;
    while !chunk.is_empty() {
        let predicted = predict(chunk, &model, &mut tally);
        writer.write(predicted.iter().flat_map(|promoter| layout.rows(promoter)).collect())?;
        progress.set(tally.promoters);
        if interrupt.is_wanted() {
            bail!("interrupted after {} promoters; {} was not written", tally.promoters, destination);
        }
        chunk = next_chunk(&mut promoters)?;
    }
    writer.finish()?;
    progress.clear();
    sink.commit()?;

    tally.warn(&model, console);
    console.note(format!(
        "{} promoters, {:.0} windows/s, model {} on {}, written to {destination}",
        tally.promoters,
        tally.promoters as f64 / started.elapsed().as_secs_f64().max(1e-9),
        model.name,
        model.device.name,
    ));
    Ok(())
}

fn next_chunk(promoters: &mut Promoters) -> Result<Vec<Promoter>> {
    promoters.by_ref().take(CHUNK).collect()
}

fn predict(promoters: Vec<Promoter>, model: &ChosenModel, tally: &mut Tally) -> Vec<PredictedPromoter> {
    let has_bases = |promoter: &&Promoter| promoter.known_bp() > 0;
    let windows: Vec<Vec<u8>> = promoters.iter().filter(has_bases).map(|promoter| promoter.window.clone()).collect();
    let mut predictions = model.predictor.predict(&windows).into_iter();
    let extent = model.predictor.extent();
    promoters
        .into_iter()
        .map(|promoter| {
            let (known_bp, shortfall) = (promoter.known_bp(), promoter.shortfall(extent));
            tally.count(&promoter.id, known_bp, shortfall.is_some());
            let mut notes = promoter.notes;
            match shortfall {
                _ if known_bp == 0 => notes.push("no known base".to_owned()),
                Some(known) => notes.push(format!("known over {known} of {extent}")),
                None => {}
            }
            if model.is_simulated() {
                notes.push("model trained on simulated data".to_owned());
            }
            PredictedPromoter {
                id: promoter.id,
                log2_tpm: (known_bp > 0).then(|| predictions.next()).flatten().map(|prediction| prediction.log2_tpm),
                measured_log2_tpm: promoter.measured_log2_tpm,
                known_bp,
                note: notes.join("; "),
            }
        })
        .collect()
}

/// What to tell at the end.
#[derive(Default)]
struct Tally {
    promoters: u64,
    padded: u64,
    empty: u64,
    repeated: u64,
    /// Hashes rather than names, which in a large file take more memory than anything else here.
    seen: HashSet<u64>,
}

impl Tally {
    fn count(&mut self, id: &str, known_bp: usize, is_short: bool) {
        let mut hasher = DefaultHasher::new();
        id.hash(&mut hasher);
        self.promoters += 1;
        self.padded += u64::from(is_short && known_bp > 0);
        self.empty += u64::from(known_bp == 0);
        self.repeated += u64::from(!self.seen.insert(hasher.finish()));
    }

    fn warn(&self, model: &ChosenModel, console: &Console) {
        let all = self.promoters;
        if self.padded > 0 {
            console.warn(format!(
                "{} of {all} promoters reach less far than the model's {} and were padded with N (see known_bp and note)",
                self.padded,
                model.predictor.extent()
            ));
        }
        if self.empty > 0 {
            console.warn(format!("{} of {all} promoters have no known base and no prediction (see note)", self.empty));
        }
        if self.repeated > 0 {
            console.warn(format!(
                "{} of {all} ids stand there more than once; rows are in the order of the input",
                self.repeated
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tally_tells_padded_empty_and_repeated_apart() {
        let mut tally = Tally::default();
        tally.count("A", 300, false);
        tally.count("B", 100, true);
        tally.count("A", 0, true);
        assert_eq!((tally.promoters, tally.padded, tally.empty, tally.repeated), (3, 1, 1, 1));
    }
}
