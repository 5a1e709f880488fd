//! Trained models.

use std::path::{Path, PathBuf};

use pyo3::prelude::*;
use tatabox::inputs::Promoter;
use tatabox::predict::{self, PredictRequest, Prediction};
use tatabox::tables::{TableFormat, TableOutput};
use tatabox::verify::{VerifyRequest, run as run_verification};
use tatabox::{Error, Model as LibraryModel, OutputSelection};

use crate::arguments::names;
use crate::arguments::promoters::{NamedSequences, PromoterFiles};
use crate::dataset::Dataset;
use crate::error::IntoPython;
use crate::explanation::{ExplainOptions, Explanation, explain};
use crate::predictions::Predictions;
use crate::table::Table;
use crate::task;

/// Promoters that are predicted between two looks at signals.
const CHUNK: usize = 4_096;

/// Trained network or ensemble.
#[pyclass(frozen, module = "tatabox._native")]
pub(crate) struct Model {
    library: LibraryModel,
    /// Folder as requested; `None` for the bundled model.
    path: Option<PathBuf>,
    device: String,
}

impl Model {
    pub(crate) fn library(&self) -> &LibraryModel {
        &self.library
    }

    fn open(py: Python<'_>, path: Option<PathBuf>, outputs: &[String], device: &str) -> PyResult<Self> {
        let selected = names::device(py, device)?;
        let selection = OutputSelection::of_names(outputs);
        let model = py.detach(|| {
            let model = match &path {
                Some(path) => LibraryModel::open_on(path, selected),
                None => LibraryModel::bundled_on(selected),
            };
            model?.with_outputs(&selection).map_err(|error| match error {
                Error::InvalidRequest { field: "cell_types", problem } => {
                    Error::InvalidRequest { field: "outputs", problem }
                }
                error => error,
            })
        });
        Ok(Self { library: model.into_python(py)?, path, device: device.to_owned() })
    }
}

#[pymethods]
impl Model {
    /// Loads a folder, or the bundled model for `None`; `outputs` are names, or one of "expression", "effects" and "all".
    #[new]
    fn new(py: Python<'_>, path: Option<PathBuf>, outputs: Vec<String>, device: &str) -> PyResult<Self> {
        Self::open(py, path, &outputs, device)
    }

    /// The same model with other outputs.
    fn with_outputs(&self, py: Python<'_>, outputs: Vec<String>) -> PyResult<Self> {
        Self::open(py, self.path.clone(), &outputs, &self.device)
    }

    #[getter]
    fn name(&self) -> &str {
        self.library.name()
    }

    #[getter]
    fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    #[getter]
    fn device(&self) -> &str {
        &self.device
    }

    #[getter]
    fn cell_types(&self) -> Vec<String> {
        self.library.cell_types().to_vec()
    }

    /// Bases before the TSS base, and from it on.
    #[getter]
    fn extent(&self) -> (u32, u32) {
        let extent = self.library.extent();
        (extent.upstream_bp, extent.downstream_bp)
    }

    #[getter]
    fn members(&self) -> usize {
        self.library.members()
    }

    #[getter]
    fn is_simulated(&self) -> bool {
        self.library.is_simulated()
    }

    #[getter]
    fn feature_names(&self) -> Vec<String> {
        self.library.predictor().auxiliary_inputs().feature_names().iter().map(ToString::to_string).collect()
    }

    #[getter]
    fn track_names(&self) -> Vec<String> {
        self.library.predictor().auxiliary_inputs().track_names().iter().map(ToString::to_string).collect()
    }

    #[getter]
    fn checksum(&self) -> Option<String> {
        self.library.checksum()
    }

    fn summary(&self) -> String {
        self.library.summary()
    }

    /// Predictions of sequences in memory; with `batch_invariant`, each is independent of the others to the last bit.
    fn predict(
        &self,
        py: Python<'_>,
        sequences: NamedSequences<'_>,
        batch_invariant: bool,
        threads: Option<usize>,
    ) -> PyResult<Predictions> {
        let mut left = sequences.promoters(py, &self.library)?.into_iter();
        let mut predictions = Vec::with_capacity(left.len());
        loop {
            let chunk: Vec<Promoter> = left.by_ref().take(CHUNK).collect();
            if chunk.is_empty() {
                return Ok(Predictions::new(&self.library, predictions));
            }
            predictions.extend(task::run_short(py, threads, || {
                if batch_invariant {
                    predict::predict_promoters(&self.library, chunk)
                } else {
                    predict_fast(&self.library, chunk)
                }
            })?);
            py.check_signals()?;
        }
    }

    /// Explains sequences in memory.
    fn explain(
        slf: &Bound<'_, Self>,
        listener: &Bound<'_, PyAny>,
        sequences: NamedSequences<'_>,
        options: ExplainOptions,
        threads: Option<usize>,
    ) -> PyResult<Vec<Explanation>> {
        explain(slf, listener, &sequences, options, threads)
    }

    /// Predictions of promoters in files or of genes: a table, or `None` where `output` is a file that receives it.
    fn predict_files(
        &self,
        listener: &Bound<'_, PyAny>,
        promoters: PromoterFiles,
        wide: bool,
        output: Option<PathBuf>,
        threads: Option<usize>,
    ) -> PyResult<Option<Table>> {
        let py = listener.py();
        let (source, auxiliary) = promoters.source(py)?;
        to_table(listener, threads, output, |output, observer| {
            let request = PredictRequest { auxiliary, wide, output, ..PredictRequest::new(source) };
            predict::run(&self.library, request, observer).map(drop)
        })
    }
}

/// As [`predict::predict_promoters`], without batch invariance, which is faster for few promoters.
fn predict_fast(model: &LibraryModel, mut promoters: Vec<Promoter>) -> tatabox::Result<Vec<Prediction>> {
    let predictable = promoters.iter_mut().filter(|promoter| promoter.is_predictable());
    let windows: Vec<_> = predictable.map(|promoter| std::mem::take(&mut promoter.window)).collect();
    let mut predictions = match &windows[..] {
        [only] => vec![model.predictor().predict_one(only)?],
        windows => model.predictor().predict(windows)?,
    }
    .into_iter();
    let predicted = promoters.into_iter().map(|promoter| {
        let prediction = promoter.is_predictable().then(|| predictions.next()).flatten();
        (promoter, prediction)
    });
    Ok(predicted.collect())
}

/// Runs a task that writes a table: to `output`, or to a temporary file that is read into memory.
pub(crate) fn to_table(
    listener: &Bound<'_, PyAny>,
    threads: Option<usize>,
    output: Option<PathBuf>,
    work: impl FnOnce(TableOutput, &dyn tatabox::Observer) -> tatabox::Result<()> + Send,
) -> PyResult<Option<Table>> {
    let py = listener.py();
    if let Some(output) = output {
        if TableFormat::of_path(&output).is_none() {
            let problem = format!("{}; expected the ending .tsv, .csv, .jsonl or .parquet", output.display());
            return Err(crate::error::request_error(py, "output", problem));
        }
        task::run(listener, threads, |observer| work(TableOutput::to_file(output), observer))?;
        return Ok(None);
    }
    let folder = tempfile::tempdir().map_err(Error::from).into_python(py)?;
    let path = folder.path().join("table.parquet");
    task::run(listener, threads, |observer| work(TableOutput::to_file(&path), observer))?;
    py.detach(|| Table::of_parquet(&path)).into_python(py).map(Some)
}

/// Folder with the files of the model that `path` names; the bundled model is unpacked into the cache folder.
#[pyfunction]
pub(crate) fn model_folder(py: Python<'_>, path: PathBuf, cache: Option<PathBuf>) -> PyResult<PathBuf> {
    LibraryModel::folder_of(&path, cache.as_deref()).into_python(py)
}

/// Check of a folder: the folder, name, outcome (`None` if skipped) and finding.
type FolderCheck = (PathBuf, String, Option<bool>, String);

/// Verifies a model folder; returns whether it passed, and its checks.
#[pyfunction]
pub(crate) fn verify(
    listener: &Bound<'_, PyAny>,
    folder: PathBuf,
    dataset: Option<&Bound<'_, Dataset>>,
    cache: Option<PathBuf>,
) -> PyResult<(bool, Vec<FolderCheck>)> {
    let py = listener.py();
    let device = names::device(py, "cpu")?;
    let folder = LibraryModel::folder_of(&folder, cache.as_deref()).into_python(py)?;
    let dataset = dataset.map(|dataset| dataset.get().prepared());
    let verification =
        task::run(listener, None, |observer| run_verification(&VerifyRequest { folder, device }, dataset, observer))?;
    let checks = verification.folders.iter().flat_map(|folder| {
        folder.checks.iter().map(|check| {
            let outcome = (!check.is_skipped()).then_some(check.passed());
            (folder.folder.clone(), check.name.to_owned(), outcome, check.finding.clone())
        })
    });
    Ok((verification.passed(), checks.collect()))
}
