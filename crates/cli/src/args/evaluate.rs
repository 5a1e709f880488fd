//! `tatabox evaluate`.

pub(super) mod bootstrap;
pub(super) mod comparators;
pub(super) mod crossval;
pub(super) mod drawing;
pub(super) mod figures;
pub(super) mod variants;
pub(super) mod verify;

use std::path::PathBuf;

use clap::{ArgGroup, Args};
use tatabox::comparators::ComparatorChoice;
use tatabox::evaluate::{EvaluateRequest, EvaluationSettings, TablesRequest};
use tatabox_dataset::Split;
use tatabox_model::{DeviceChoice, Precision};

use crate::args::data::measurements::replicate_tables;
use crate::args::{BootstrapArgs, DrawingArgs, MeasurementArgs};
use crate::resolve::locations as locate;
use crate::run_record;

/// Score a model on held-out genes.
///
/// Predicts the genes of a split with the model and, from the same sequences, with baselines and negative controls. Prints
/// correlations and errors with 95% bootstrap intervals and tests between the models, and writes predictions, metrics, five
/// figures and an HTML report. --predictions scores prediction tables of other models instead.
#[derive(Debug, Args)]
#[command(after_long_help = "\
EXAMPLES
  tatabox evaluate --split test
  tatabox evaluate --model models/k562-human --baselines all --replicates replicates.tsv
  tatabox evaluate --split validation --baselines none --no-figures --no-report --json
  tatabox evaluate --predictions mine.tsv,theirs.tsv --reference mine -o comparison

FILES
  report.html, report.json     everything below on one page, and for programs
  predictions.tsv              measured and predicted log2(TPM + 1) of every model
  metrics.tsv, .json           scores with intervals
  comparisons.tsv, .json       tests between the models
  anova.tsv                    analyses of variance over all models
  similarity_strata.tsv        scores by similarity to the train genes
  attention.tsv, gene_tracks.tsv, attention_enriched_kmers.tsv
                               attention by distance from the TSS
  fig1 to fig5                 SVG, PNG and the table behind each
  files.txt                    the files of the run, which --force removes")]
#[command(group(ArgGroup::new("measured").args(["expression", "replicates"]).multiple(true)))]
pub(crate) struct EvaluateArgs {
    /// Genes to score: train, validation or test
    #[arg(long, help_heading = "Data", default_value_t = Split::Test)]
    split: Split,
    /// Prepared data set [default: the active one, else data/demo; with --predictions none]
    #[arg(long, value_name = "DIR", help_heading = "Data")]
    pub(crate) data: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) measurements: MeasurementArgs,
    /// Expression of the same cell types from another laboratory, for the noise ceiling
    #[arg(long, value_name = "TABLE", help_heading = "Data")]
    replicates: Option<PathBuf>,

    /// Folder of a trained model [default: models/human]
    #[arg(long, value_name = "DIR", help_heading = "Models")]
    pub(crate) model: Option<PathBuf>,
    /// Prediction tables to score instead of a model; comma-separated
    #[arg(long, value_name = "TABLE", help_heading = "Models", value_delimiter = ',')]
    #[arg(conflicts_with_all = ["model", "baselines", "device", "precision", "expression"])]
    pub(crate) predictions: Vec<PathBuf>,
    /// Model that the others are compared with [default: the model, or the first one of the tables]
    #[arg(long, value_name = "NAME", help_heading = "Models", requires = "predictions")]
    reference: Option<String>,
    /// Baselines and controls to compare with, fitted on the train genes; comma-separated
    #[arg(long, value_name = "NAME", help_heading = "Models", value_delimiter = ',', default_value = "fast")]
    #[arg(value_parser = comparators::parser(), hide_possible_values = false)]
    baselines: Vec<ComparatorChoice>,
    /// Device that computes: auto, cpu or cuda:N
    #[arg(long, help_heading = "Models", default_value_t = DeviceChoice::Auto)]
    pub(crate) device: DeviceChoice,
    /// Number format of convolutions and large products: f32, bf16 or f16
    #[arg(long, value_name = "FORMAT", help_heading = "Models", default_value_t = Precision::F32)]
    pub(crate) precision: Precision,

    #[command(flatten)]
    bootstrap: BootstrapArgs,
    /// Seed of the bootstrap
    #[arg(long, value_name = "N", help_heading = "Scores", default_value_t = 42)]
    seed: u64,

    /// Output folder [default: evaluation-SPLIT in the model folder; with --predictions evaluation-SPLIT]
    #[arg(short, long, value_name = "DIR", help_heading = "Output")]
    out: Option<PathBuf>,
    /// Replace the results of an earlier run in the folder; other files in it are kept
    #[arg(long, help_heading = "Output")]
    force: bool,
    #[command(flatten)]
    drawing: DrawingArgs,
    /// Print metrics and tests as JSON
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
}

impl EvaluateArgs {
    /// The request to evaluate a model.
    pub(crate) fn request(&self) -> EvaluateRequest {
        EvaluateRequest {
            settings: self.settings(),
            comparators: self.baselines.clone(),
            cache: locate::comparator_cache(),
        }
    }

    /// The request to evaluate prediction tables.
    pub(crate) fn tables_request(&self) -> TablesRequest {
        TablesRequest {
            predictions: self.predictions.clone(),
            reference: self.reference.clone(),
            settings: self.settings(),
        }
    }

    fn settings(&self) -> EvaluationSettings {
        EvaluationSettings {
            split: self.split,
            replicates: replicate_tables(self.replicates.as_deref(), self.measurements.annotation.as_deref()),
            resamples: self.bootstrap.resamples(),
            seed: self.seed,
            drawing: (&self.drawing).into(),
            out_dir: self.out.clone(),
            overwrite: self.force,
            expression: self.measurements.paths(),
            command: run_record::command(),
        }
    }
}
