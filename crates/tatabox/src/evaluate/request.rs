//! Requests to evaluate a model or prediction tables.

use std::path::{Path, PathBuf};

use tatabox_dataset::{ExpressionConfig, PreparedDataset, Split};

use super::Drawing;
use crate::comparators::{AvailableInputs, Comparator, ComparatorChoice};
use crate::model_store::Model;

/// Split, bootstrap, figures and output of an evaluation.
///
/// # Examples
///
/// ```
/// use std::path::Path;
/// use tatabox::evaluate::EvaluationSettings;
///
/// let settings = EvaluationSettings::default();
/// assert_eq!(settings.folder(Path::new("models/human")), Path::new("models/human/evaluation-test"));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct EvaluationSettings {
    /// Split whose genes are scored.
    pub split: Split,
    /// Expression of the same cell types from another laboratory, for the noise ceiling.
    pub replicates: Option<ExpressionConfig>,
    /// Bootstrap resamples per interval.
    pub resamples: u32,
    /// Seed of the bootstrap.
    pub seed: u64,
    /// Figures and report.
    pub drawing: Drawing,
    /// Output folder; `None` for `evaluation-SPLIT` in the model folder, or in the working folder for prediction tables.
    pub out_dir: Option<PathBuf>,
    /// Whether the results of an earlier run in the folder are replaced.
    pub overwrite: bool,
    /// Tables whose measurements replaced those of the data set.
    pub expression: Vec<PathBuf>,
    /// The command as typed, for the record; empty where there is none.
    pub command: Vec<String>,
}

impl Default for EvaluationSettings {
    fn default() -> Self {
        Self {
            split: Split::Test,
            replicates: None,
            resamples: 2_000,
            seed: 42,
            drawing: Drawing::default(),
            out_dir: None,
            overwrite: false,
            expression: Vec::new(),
            command: Vec::new(),
        }
    }
}

impl EvaluationSettings {
    /// Output folder; the default is in `parent`.
    pub fn folder(&self, parent: &Path) -> PathBuf {
        self.out_dir.clone().unwrap_or_else(|| parent.join(format!("evaluation-{}", self.split)))
    }
}

/// Evaluation of a model: its settings, and the comparators.
///
/// # Examples
///
/// ```no_run
/// use tatabox::evaluate::{self, EvaluateRequest};
/// use tatabox_eval::TableExport;
/// use tatabox::{Model, Silent};
/// use tatabox_dataset::PreparedDataset;
///
/// let (model, dataset) = (Model::open("models/human")?, PreparedDataset::open("data/human".as_ref())?);
/// let evaluation = evaluate::run(model, &dataset, &EvaluateRequest::default(), &Silent)?;
/// println!("{}", evaluation.metrics.to_text());
/// # Ok::<(), tatabox::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct EvaluateRequest {
    /// Settings.
    pub settings: EvaluationSettings,
    /// Baselines, simpler networks and controls to compare with.
    pub comparators: Vec<ComparatorChoice>,
    /// Folder of comparators fitted earlier; `None` fits baselines anew, and excludes networks.
    pub cache: Option<PathBuf>,
}

impl Default for EvaluateRequest {
    /// Default settings and the comparators that take seconds.
    fn default() -> Self {
        Self { settings: EvaluationSettings::default(), comparators: vec![ComparatorChoice::Fast], cache: None }
    }
}

impl EvaluateRequest {
    /// Output folder; in the working directory for the bundled model, which has no folder.
    pub fn folder(&self, model: &Model) -> PathBuf {
        self.settings.folder(model.folder().unwrap_or_else(|| Path::new(model.name())))
    }

    /// Chosen comparators whose inputs are available.
    pub fn resolve_comparators(&self, model: &Model, dataset: &PreparedDataset) -> Vec<Comparator> {
        let inputs = model.predictor().auxiliary_inputs();
        let available = AvailableInputs {
            assays: model.predictor().trains_on_more_than_expression(),
            ..AvailableInputs::new(dataset, !inputs.feature_names().is_empty(), !inputs.is_empty())
        };
        ComparatorChoice::resolve(&self.comparators, available)
    }
}

/// Evaluation of prediction tables: the tables, the reference and the settings.
///
/// # Examples
///
/// ```no_run
/// use tatabox::Silent;
/// use tatabox::evaluate::{self, TablesRequest};
/// use tatabox_eval::TableExport;
///
/// let request = TablesRequest::new(vec!["mine.tsv".into(), "theirs.tsv".into()]);
/// let evaluation = evaluate::run_on_tables(None, &request, &Silent)?;
/// println!("{}", evaluation.metrics.to_text());
/// # Ok::<(), tatabox::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct TablesRequest {
    /// Prediction tables; each model has one name in all of them.
    pub predictions: Vec<PathBuf>,
    /// Model that the others are compared with; `None` for the first one.
    pub reference: Option<String>,
    /// Settings.
    pub settings: EvaluationSettings,
}

impl TablesRequest {
    /// Default settings.
    pub fn new(predictions: Vec<PathBuf>) -> Self {
        Self { predictions, reference: None, settings: EvaluationSettings::default() }
    }

    /// Output folder.
    pub fn folder(&self) -> PathBuf {
        self.settings.folder(Path::new(""))
    }
}
