//! Evaluation of prediction tables.

use std::collections::BTreeSet;
use std::path::PathBuf;

use tatabox_dataset::{PredictionTable, PreparedDataset};

use super::evaluation;
use super::{
    DatasetSource, Evaluation, EvaluationRecord, NoiseCeilingSource, Scoring, TablesRequest, chromosomes_by_gene,
};
use crate::error::{Context, Error, Result};
use crate::observer::Observer;
use crate::output_folder::OutputFolder;
use crate::output_paths::OutputPaths;
use crate::remedy::Remedy;

/// Scores prediction tables of any models, compares the models, and writes tables, figures and report.
///
/// With the data set of the genes, intervals are also computed over whole chromosomes.
///
/// # Errors
/// A table cannot be read, two tables have predictions of one model for the same gene, the reference is not in the tables, or
/// a gene is not in the data set.
pub fn run_on_tables(
    dataset: Option<&PreparedDataset>,
    request: &TablesRequest,
    observer: &dyn Observer,
) -> Result<Evaluation> {
    let settings = &request.settings;
    list_paths(dataset, request).check()?;
    let table = read_tables(&request.predictions)?;
    let reference = reference(&table, request.reference.as_deref())?;
    if let Some(dataset) = dataset {
        check_genes(&table, dataset)?;
    }
    let out = OutputFolder::create_with(&request.folder(), settings.overwrite, &evaluation::files())?;
    let mut record = EvaluationRecord::new(reference.clone(), vec![settings.split], settings.command.clone());
    record.dataset = dataset.map(DatasetSource::of_dataset);
    let scoring = Scoring {
        resamples: settings.resamples,
        seed: settings.seed,
        chromosomes: dataset.map(chromosomes_by_gene),
        ceiling: NoiseCeilingSource::choose(settings.replicates.as_ref(), dataset),
        ..Scoring::new(&reference, settings.split)
    };
    let scored = scoring.score(&table, observer)?;
    let evaluation = Evaluation::new(table, scored, None, record);
    evaluation.write(out.path())?;
    evaluation.draw(out.path(), settings.drawing, observer)?;
    out.keep()?;
    Ok(evaluation)
}

/// Inputs and output folder of the request.
fn list_paths(dataset: Option<&PreparedDataset>, request: &TablesRequest) -> OutputPaths {
    let mut paths = OutputPaths::default();
    for path in &request.predictions {
        paths.input("predictions", path);
    }
    if let Some(replicates) = &request.settings.replicates {
        paths.tables("replicates", replicates);
    }
    if let Some(dataset) = dataset {
        paths.dataset(dataset);
    }
    paths.output_folder("out", &request.folder(), &evaluation::files());
    paths
}

fn read_tables(paths: &[PathBuf]) -> Result<PredictionTable> {
    let mut rows = Vec::new();
    for path in paths {
        rows.extend(PredictionTable::read(path)?.rows);
    }
    PredictionTable::new(rows).context("the tables cannot be combined; each model needs its own name")
}

fn reference(table: &PredictionTable, requested: Option<&str>) -> Result<String> {
    let models = table.models();
    match requested {
        Some(name) if models.iter().any(|model| model == name) => Ok(name.to_owned()),
        Some(name) => {
            let problem = format!("no model {name} in the tables; they have: {}", models.join(", "));
            Err(Error::request("reference", problem))
        }
        None => models.first().cloned().context("the tables have no rows"),
    }
}

/// Checks that the data set, which provides the chromosomes, has every gene of the tables.
fn check_genes(table: &PredictionTable, dataset: &PreparedDataset) -> Result<()> {
    let known: BTreeSet<&str> = dataset.genes().iter().map(|gene| gene.gene_id.as_str()).collect();
    match table.rows.iter().find(|row| !known.contains(row.gene_id.as_str())) {
        Some(row) => {
            let message = format!("gene {} of the tables is not in data set {}", row.gene_id, dataset.name());
            Err(Error::input_with(Remedy::OmitDataset, message))
        }
        None => Ok(()),
    }
}
