//! Sequences that designs begin from.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::{Result, bail, ensure};
use tatabox_model::{Predictor, PromoterWindow, random_start};
use tatabox_sequence::Shuffle;

use crate::args::{AuxiliaryArgs, DesignPlan, PromoterInput, StartChoice};
use crate::resolve::promoters as promoter_choice;
use crate::terminal::console::Console;
use tatabox::inputs::open_promoters;

/// A window to edit.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Start {
    pub(super) id: String,
    /// Nucleotide codes of the model's extent.
    pub(super) window: Vec<u8>,
    /// The features of its gene, for models that read them.
    pub(super) gene_features: Option<Arc<[f32]>>,
}

/// The starts in their order, with a word on those that lack bases or are outside the limits.
pub(super) fn collect(plan: &DesignPlan, predictor: &Predictor, console: &Console) -> Result<Vec<Start>> {
    let starts = match &plan.starts {
        StartChoice::Promoters(input) => read(input, &plan.auxiliary, predictor, console)?,
        StartChoice::Shuffled(input, count) => {
            let promoters = read(input, &plan.auxiliary, predictor, console)?;
            promoters.iter().flat_map(|start| (1..=*count).map(|number| shuffled(start, number, plan.seed))).collect()
        }
        StartChoice::Random(count, gc) => {
            let features = predictor.auxiliary_inputs().feature_names();
            ensure!(
                features.is_empty(),
                "the model reads features of genes ({}), and a random sequence is of none; begin with --start or --gene",
                features.join(", ")
            );
            let length = predictor.extent().total_bp() as usize;
            let start = |number: usize| Start {
                id: format!("random{number}"),
                window: random_start(length, *gc, &plan.limits, plan.seed, number),
                gene_features: None,
            };
            (1..=*count).map(start).collect()
        }
    };
    ensure!(!starts.is_empty(), "there is no promoter to edit");
    let mut names = BTreeSet::new();
    for start in &starts {
        ensure!(names.insert(&start.id), "two starts are named {}; give each a name of its own", start.id);
        if !plan.limits.hold(&start.window) {
            console.warn(format!("{}: outside the limits already; edits will not take it further out", start.id));
        }
    }
    Ok(starts)
}

fn read(
    input: &PromoterInput,
    auxiliary: &AuxiliaryArgs,
    predictor: &Predictor,
    console: &Console,
) -> Result<Vec<Start>> {
    let mut starts = Vec::new();
    for promoter in
        open_promoters(promoter_choice::source(input, console)?, &auxiliary.sources(), None, predictor, console)?
    {
        let promoter = promoter?;
        if promoter.lacks_input {
            bail!("{}: {}", promoter.id, promoter.notes.join("; "));
        }
        if promoter.n_acgt == 0 {
            bail!("{}: no known base among those that the model reads, {}", promoter.id, predictor.extent());
        }
        if let Some(known) = promoter.shortfall {
            console.warn(format!(
                "{}: known over {known} only, of {} that the model reads; the rest stays N",
                promoter.id,
                predictor.extent()
            ));
        }
        let PromoterWindow { bases, gene_features, .. } = promoter.window;
        starts.push(Start { id: promoter.id, window: bases, gene_features });
    }
    Ok(starts)
}

fn shuffled(start: &Start, number: usize, seed: u64) -> Start {
    let id = format!("{}_shuffle{number}", start.id);
    let mut window = start.window.clone();
    Shuffle::Dinucleotide.apply(&mut window, seed, &id);
    Start { id, window, gene_features: start.gene_features.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shuffles_are_named_numbered_and_keep_the_composition() {
        let start = Start { id: "P".to_owned(), window: [0, 1, 2, 3, 0, 2, 1, 3].repeat(20), gene_features: None };
        let [first, second] = [1, 2].map(|number| shuffled(&start, number, 42));
        assert_eq!(first.id, "P_shuffle1");
        assert_ne!(first.window, second.window);
        assert_eq!(first, shuffled(&start, 1, 42));
        let count = |window: &[u8]| window.windows(2).filter(|pair| pair == &[1, 2]).count();
        assert_eq!(count(&first.window), count(&start.window));
    }
}
