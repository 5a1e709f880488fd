//! `tatabox evaluate`: scores and figures on held-out genes.

mod attention;
mod comparison;
mod output_folder;

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use tatabox_dataset::{PredictionTable, PreparedDataset};
use tatabox_eval::{EvaluateOptions, FigureInputs, draw_figures, evaluate};
use tatabox_model::SplitPredictions;
use tatabox_sequence::chromosome_of;

use crate::args::EvaluateArgs;
use crate::console::Console;
use crate::model_choice::ChosenModel;
use crate::progress::{Progress, Unit};
use crate::{data_choice, output};
use output_folder::OutputFolder;

pub(crate) fn run(args: &EvaluateArgs, console: &Console) -> Result<()> {
    let model = ChosenModel::load(args.model.as_deref(), args.device, console)?;
    let dataset = data_choice::open(args.data.as_deref(), console)?;
    model.predictor.check_geometry(&dataset)?;
    warn_of_other_data(&model, &dataset, console);
    let out_dir = args.out.clone().unwrap_or_else(|| model.directory.join(format!("evaluation-{}", args.split)));
    let out = OutputFolder::open(&out_dir)?;

    let predictions = predict_split(args, &model, &dataset, console)?;
    let attention = attention::table(&model, &dataset, &predictions);
    let mut rows = predictions.rows;
    rows.extend(comparison::predict(args, &model, &dataset, console)?);
    let table = PredictionTable::new(rows)?;

    console.note(format!("scoring with {} bootstrap draws over genes", args.bootstrap));
    let options = EvaluateOptions {
        splits: vec![args.split],
        draws: args.bootstrap as usize,
        chromosomes: Some(chromosomes(&dataset)),
        ..EvaluateOptions::default()
    };
    let metrics = evaluate(&table, &options)?;

    table.write(&out.file("predictions.tsv"))?;
    attention.write(&out.file("attention.tsv"))?;
    metrics.write_tsv(&out.file("metrics.tsv"))?;
    metrics.write_json(&out.file("metrics.json"))?;
    if args.draws_figures() {
        let inputs = FigureInputs {
            attention: Some(&attention),
            note: note(&model, &dataset),
            model: Some(model.name.clone()),
            ..FigureInputs::new(&table, &metrics)
        };
        console.note("drawing figures");
        draw_figures(&inputs, out.path(), &mut |_| {}).context("cannot draw the figures")?;
    }
    out.keep();
    console.note(format!("written to {}", out_dir.display()));
    output::print(&if args.json { metrics.to_json()? } else { metrics.to_text() })
}

fn predict_split(
    args: &EvaluateArgs,
    model: &ChosenModel,
    dataset: &PreparedDataset,
    console: &Console,
) -> Result<SplitPredictions> {
    let total = dataset.genes_in(args.split).len() as u64;
    let mut progress = Progress::start(console, format!("predicting {}", args.split), Some(total), Unit::Windows);
    let predictions =
        model.predictor.predict_split(dataset, args.split, &model.name, &mut |done, _| progress.set(done as u64))?;
    progress.finish();
    let (used, short) = (predictions.selection.genes.len(), predictions.selection.shorter_than_extent.len());
    console.note(format!("{used} {} genes predicted", args.split));
    if short > 0 {
        console.warn(format!(
            "{short} of {} {} genes are excluded: their known sequence does not reach over {}, which the model reads",
            used + short,
            args.split,
            model.predictor.extent()
        ));
    }
    Ok(predictions)
}

/// A split means nothing for a model that was trained under another one.
fn warn_of_other_data(model: &ChosenModel, dataset: &PreparedDataset, console: &Console) {
    let trained_on = &model.predictor.model().config.data;
    if trained_on.checksum != dataset.checksum() {
        console.warn(format!(
            "model {} was trained on another data set ({}); it may have been trained on genes that {} holds out",
            model.name,
            trained_on.name,
            dataset.name()
        ));
    }
}

/// Chromosome by gene, for intervals over whole chromosomes.
fn chromosomes(dataset: &PreparedDataset) -> BTreeMap<String, String> {
    let of_gene = |chrom: &String| chromosome_of(chrom);
    dataset.genes().iter().filter_map(|gene| Some((gene.gene_id.clone(), gene.chrom.as_ref().map(of_gene)?))).collect()
}

/// The remark under each figure.
fn note(model: &ChosenModel, dataset: &PreparedDataset) -> Option<String> {
    match (model.is_simulated(), data_choice::is_simulated(dataset)) {
        (_, true) => Some("Simulated data, not biology.".to_owned()),
        (true, false) => Some("The model was trained on simulated data.".to_owned()),
        (false, false) => None,
    }
}
