//! The promoters that motifs are written into.

use std::path::Path;

use anyhow::{Result, bail};
use tatabox_model::{GeneSelection, Predictor, PromoterWindow};
use tatabox_sequence::Shuffle;

use crate::args::{BackgroundChoice, MarginalizeArgs, PromoterInput};
use crate::resolve::dataset as data_choice;
use crate::resolve::promoters as promoter_choice;
use crate::terminal::console::Console;
use tatabox::inputs::{AuxiliarySources, open_promoters};

/// What the model reads of each background, at least one.
pub(super) fn windows(args: &MarginalizeArgs, predictor: &Predictor, console: &Console) -> Result<Vec<PromoterWindow>> {
    match &args.background {
        BackgroundChoice::Fasta(path) => of_fasta(path, args, predictor, console),
        BackgroundChoice::Shuffled => of_genes(args, predictor, console, true),
        BackgroundChoice::Promoters => of_genes(args, predictor, console, false),
    }
}

fn of_genes(
    args: &MarginalizeArgs,
    predictor: &Predictor,
    console: &Console,
    shuffled: bool,
) -> Result<Vec<PromoterWindow>> {
    let dataset = data_choice::open(args.data.as_deref(), console)?;
    predictor.check_geometry(&dataset)?;
    let selection = GeneSelection::of_split(&dataset, args.split, predictor.extent(), predictor.auxiliary_inputs());
    let genes = selection.drawn(args.backgrounds as usize, args.seed);
    if genes.is_empty() {
        bail!(
            "no {} gene of {} is known over {}; choose another --split, --data or --background",
            args.split,
            dataset.name(),
            predictor.extent()
        );
    }
    let how = if shuffled { ", dinucleotides shuffled" } else { "" };
    console.note(format!("backgrounds: {} of {} {} promoters{how}", genes.len(), selection.genes.len(), args.split));
    let window = |gene: usize| {
        let mut window = predictor.gene_window(&dataset, gene);
        if shuffled {
            Shuffle::Dinucleotide.apply(&mut window.bases, args.seed, &dataset.genes()[gene].gene_id);
        }
        window
    };
    Ok(genes.into_iter().map(window).collect())
}

/// The first records that are known over all that the model reads.
fn of_fasta(
    path: &Path,
    args: &MarginalizeArgs,
    predictor: &Predictor,
    console: &Console,
) -> Result<Vec<PromoterWindow>> {
    let input = PromoterInput::Fasta { path: path.to_owned(), tss_offset: args.tss_offset };
    let mut windows = Vec::new();
    let mut shorter = 0;
    for promoter in open_promoters(
        promoter_choice::source(&input, console)?,
        &AuxiliarySources::default(),
        None,
        predictor,
        console,
    )? {
        let promoter = promoter?;
        if promoter.shortfall.is_some() {
            shorter += 1;
        } else if windows.len() < args.backgrounds as usize {
            windows.push(promoter.window);
        } else {
            break;
        }
    }
    if shorter > 0 {
        console.warn(format!(
            "{shorter} records of {} are known over less than the {} that the model reads, and were left out",
            path.display(),
            predictor.extent()
        ));
    }
    if windows.is_empty() {
        bail!("{}: no record is known over the {} that the model reads", path.display(), predictor.extent());
    }
    console.note(format!("backgrounds: {} records of {}", windows.len(), path.display()));
    Ok(windows)
}
