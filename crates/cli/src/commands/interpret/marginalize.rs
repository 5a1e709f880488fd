//! `tatabox insert`: the marginal effect of a motif at each position.

mod background;
mod inserted_motif;

use anyhow::{Result, bail};
use rayon::prelude::*;
use tatabox_eval::{Resampling, mean};
use tatabox_model::{Predictor, PromoterWindow};

use crate::args::{MarginalizeArgs, Orientation};
use crate::resolve::model as model_choice;
use crate::terminal::console::Console;
use crate::terminal::failure::usage;
use crate::terminal::interrupt::Interrupt;
use inserted_motif::InsertedMotif;
use tatabox::tables::{Cell, Column, ColumnKind, RowWriter, Sink, row_writer};
use tatabox::{Progress, Unit};

/// Where a motif is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    /// Index into the motifs.
    motif: usize,
    /// First base relative to the TSS.
    position_bp: i64,
    is_reverse: bool,
}

/// The change of the prediction in one cell type.
#[derive(Clone, Copy, Debug)]
struct Effect {
    log2_tpm: f64,
    /// 95% bootstrap interval; none with one background.
    low: Option<f64>,
    high: Option<f64>,
}

pub(crate) fn run(args: &MarginalizeArgs, console: &Console) -> Result<()> {
    let format = args.format()?;
    let motifs = inserted_motif::motifs(args)?;
    let sink = Sink::create(args.output.as_deref())?;
    let destination = sink.name().to_owned();
    let interrupt = if args.output.is_some() { Interrupt::watch(console)? } else { Interrupt::default() };
    let model = model_choice::open(&args.model, console)?;
    let predictor = model.predictor();
    let places = places(args, &motifs, predictor)?;
    let backgrounds = background::windows(args, predictor, console)?;
    let cell_types = model.select_cell_types(args.cell_types.names())?;
    let insertion = Insertion { args, predictor, motifs: &motifs, backgrounds: &backgrounds, cell_types: &cell_types };
    let without = insertion.predict(&backgrounds);

    let mut sink = sink;
    let total = places.len() * backgrounds.len();
    let mut progress = Progress::start(console, "inserting", Some(total as u64), Unit::Windows);
    let mut rows = row_writer(format, columns(), &mut sink)?;
    let mut strongest: Vec<Option<(f64, Place)>> = vec![None; motifs.len()];
    // Several places together keep every thread busy.
    let places_together = predictor.preferred_batch_size().div_ceil(backgrounds.len());
    let mut done = 0;
    for batch in places.chunks(places_together) {
        if interrupt.is_wanted() {
            bail!("interrupted after {done} of {} places; {destination} was not written", places.len());
        }
        for (&place, effects) in batch.iter().zip(insertion.effects(batch, &without)) {
            insertion.write(place, &effects, rows.as_mut())?;
            let over_cell_types = effects.iter().map(|effect| effect.log2_tpm).sum::<f64>() / effects.len() as f64;
            let most = &mut strongest[place.motif];
            if most.is_none_or(|(most, _)| over_cell_types.abs() > most.abs()) {
                *most = Some((over_cell_types, place));
            }
        }
        done += batch.len();
        progress.set((done * backgrounds.len()) as u64);
    }
    rows.finish()?;
    progress.clear();
    sink.commit()?;
    for (effect, place) in strongest.into_iter().flatten() {
        console.note(format!(
            "{}: most at {} {}, {effect:+.3} log2(TPM + 1) in the mean over {} cell types",
            motifs[place.motif].name,
            place.position_bp,
            place.orientation(),
            cell_types.len()
        ));
    }
    console.note(format!(
        "{} places in {} backgrounds, model {} on {}, written to {destination}",
        places.len(),
        backgrounds.len(),
        model.name(),
        model.device().name
    ));
    Ok(())
}

impl Place {
    fn orientation(self) -> &'static str {
        if self.is_reverse { "reverse" } else { "forward" }
    }
}

/// Every place that is asked for, all of them within what the model reads.
fn places(args: &MarginalizeArgs, motifs: &[InsertedMotif], predictor: &Predictor) -> Result<Vec<Place>> {
    let extent = predictor.extent();
    let strands: &[bool] = match args.orientation {
        Orientation::Forward => &[false],
        Orientation::Reverse => &[true],
        Orientation::Both => &[false, true],
    };
    let mut places = Vec::new();
    for (index, motif) in motifs.iter().enumerate() {
        let first = -i64::from(extent.upstream_bp);
        let end = i64::from(extent.downstream_bp) - motif.len() as i64 + 1;
        if end <= first {
            return Err(usage(format!(
                "{} has {} bp, the model reads {} bp",
                motif.name,
                motif.len(),
                extent.total_bp()
            )));
        }
        let asked = args.positions.map_or(first..end, |positions| positions.from_bp..positions.to_bp);
        let outside = asked.clone().step_by(args.step as usize).find(|position| !(first..end).contains(position));
        if let Some(outside) = outside {
            return Err(usage(format!(
                "--positions: {} ({} bp) at {outside} is not within the {extent} around the TSS that the model reads; its \
                 first base can be at {first} to {}",
                motif.name,
                motif.len(),
                end - 1
            )));
        }
        for &is_reverse in strands {
            let positions = asked.clone().step_by(args.step as usize);
            places.extend(positions.map(|position_bp| Place { motif: index, position_bp, is_reverse }));
        }
    }
    Ok(places)
}

fn columns() -> Vec<Column> {
    use ColumnKind::{Count, Integer, Real, Text};
    let named = [
        (Text, "motif"),
        (Integer, "position_bp"),
        (Text, "orientation"),
        (Text, "cell_type"),
        (Real, "effect_log2_tpm"),
        (Real, "low"),
        (Real, "high"),
        (Count, "backgrounds"),
    ];
    named.into_iter().map(|(kind, name)| Column::new(kind, name)).collect()
}

/// What motifs are written into, and what predicts.
struct Insertion<'a> {
    args: &'a MarginalizeArgs,
    predictor: &'a Predictor,
    motifs: &'a [InsertedMotif],
    backgrounds: &'a [PromoterWindow],
    /// Indices of the cell types that are told.
    cell_types: &'a [usize],
}

impl Insertion<'_> {
    /// log2(TPM + 1) of each window in each cell type that is told.
    fn predict(&self, windows: &[PromoterWindow]) -> Vec<Vec<f64>> {
        let batches = windows.chunks(self.predictor.preferred_batch_size());
        let predictions = batches.flat_map(|batch| self.predictor.predict(batch));
        let told = |log2_tpm: Vec<f64>| self.cell_types.iter().map(|&cell_type| log2_tpm[cell_type]).collect();
        predictions.map(|prediction| told(prediction.log2_tpm)).collect()
    }

    /// The effects at some places, in each cell type.
    fn effects(&self, places: &[Place], without: &[Vec<f64>]) -> Vec<Vec<Effect>> {
        let upstream = i64::from(self.predictor.extent().upstream_bp);
        let written = |&place: &Place| {
            let start = (upstream + place.position_bp) as usize;
            let motif = &self.motifs[place.motif];
            self.backgrounds.iter().enumerate().map(move |(index, background)| {
                let mut window = background.clone();
                motif.write(&mut window.bases, start, place.is_reverse, index);
                window
            })
        };
        let windows: Vec<PromoterWindow> = places.iter().flat_map(written).collect();
        let with = self.predict(&windows);
        let of_place = |with: &[Vec<f64>]| self.effects_of(with, without);
        with.par_chunks(self.backgrounds.len()).map(of_place).collect()
    }

    fn effects_of(&self, with: &[Vec<f64>], without: &[Vec<f64>]) -> Vec<Effect> {
        let backgrounds = with.len();
        let of_cell_type = |cell_type: usize| {
            let pairs = with.iter().zip(without);
            pairs.map(|(with, without)| with[cell_type] - without[cell_type]).collect::<Vec<f64>>()
        };
        let changes: Vec<Vec<f64>> = (0..self.cell_types.len()).map(of_cell_type).collect();
        let weighted = |changes: &Vec<f64>, weights: &[f64], total: f64| {
            changes.iter().zip(weights).map(|(change, weight)| change * weight).sum::<f64>() / total
        };
        let resampled = |weights: &[f64]| {
            let total: f64 = weights.iter().sum();
            changes.iter().map(|changes| Some(weighted(changes, weights, total))).collect()
        };
        let intervals = if backgrounds > 1 {
            Resampling::genes(backgrounds).intervals(self.args.bootstrap as usize, self.args.seed, resampled)
        } else {
            vec![None; changes.len()]
        };
        let effect = |(changes, interval): (&Vec<f64>, Option<tatabox_eval::Interval>)| Effect {
            log2_tpm: mean(changes).expect("one background at least"),
            low: interval.map(|interval| interval.low),
            high: interval.map(|interval| interval.high),
        };
        changes.iter().zip(intervals).map(effect).collect()
    }

    fn write(&self, place: Place, effects: &[Effect], rows: &mut dyn RowWriter) -> Result<()> {
        let row = |(&cell_type, effect): (&usize, &Effect)| {
            vec![
                Cell::text(&self.motifs[place.motif].name),
                Cell::Integer(place.position_bp),
                Cell::text(place.orientation()),
                Cell::text(&self.predictor.cell_types()[cell_type]),
                Cell::real(effect.log2_tpm),
                Cell::real(effect.low),
                Cell::real(effect.high),
                Cell::Count(self.backgrounds.len() as u64),
            ]
        };
        Ok(rows.write(self.cell_types.iter().zip(effects).map(row).collect())?)
    }
}
