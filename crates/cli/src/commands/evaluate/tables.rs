//! Scoring the prediction tables of other people's models.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use tatabox_dataset::{PredictionTable, PreparedDataset};

use crate::args::EvaluateArgs;
use crate::resolve::dataset as data_choice;
use crate::terminal::console::Console;
use tatabox::OutputFolder;
use tatabox::evaluate::{
    DatasetSource, Evaluation, EvaluationRecord, NoiseCeilingSource, Scoring, chromosomes_by_gene,
};

pub(super) fn run(args: &EvaluateArgs, console: &Console) -> Result<()> {
    let table = read(&args.predictions)?;
    let models = table.models();
    let reference = match &args.reference {
        Some(name) if models.contains(name) => name.clone(),
        Some(name) => bail!("no model {name} in the tables; they have: {}", models.join(", ")),
        None => models.first().cloned().context("the tables have no rows")?,
    };
    let dataset = args.data.as_deref().map(|folder| data_choice::open(Some(folder), console)).transpose()?;
    let out_dir = args.out.clone().unwrap_or_else(|| PathBuf::from(format!("evaluation-{}", args.split)));
    let out = OutputFolder::open(&out_dir)?;

    let mut record = EvaluationRecord::new(reference.clone(), vec![args.split], crate::run_record::command());
    record.dataset = dataset.as_ref().map(DatasetSource::of_dataset);
    let scoring = Scoring {
        splits: vec![args.split],
        resamples: args.bootstrap.resamples(),
        seed: args.seed,
        reference: &reference,
        chromosomes: dataset.as_ref().map(chromosomes_by_gene),
        folds: None,
        ceiling: NoiseCeilingSource::choose(args.replicates.as_deref(), dataset.as_ref()),
        similarity: None,
    };
    if let Some(dataset) = &dataset {
        check_genes(&table, dataset)?;
    }
    let scored = scoring.score(&table, console)?;
    let evaluation = Evaluation::new(table, scored, None, record);
    super::finish(&evaluation, args, &out, console)?;
    out.keep();
    Ok(())
}

/// One table of all of them.
fn read(paths: &[PathBuf]) -> Result<PredictionTable> {
    let mut rows = Vec::new();
    for path in paths {
        rows.extend(PredictionTable::read(path)?.rows);
    }
    PredictionTable::new(rows).context("the tables do not fit together; give each model a name of its own")
}

/// Chromosomes are looked up in the data set, so the genes must be there.
fn check_genes(table: &PredictionTable, dataset: &PreparedDataset) -> Result<()> {
    let known: std::collections::BTreeSet<&str> = dataset.genes().iter().map(|gene| gene.gene_id.as_str()).collect();
    let unknown = table.rows.iter().find(|row| !known.contains(row.gene_id.as_str()));
    match unknown {
        Some(row) => {
            bail!("gene {} of the tables is not in data set {}; leave --data out", row.gene_id, dataset.name())
        }
        None => Ok(()),
    }
}
