//! Predictions of sequences in memory.

use numpy::ndarray::Array2;
use numpy::{IntoPyArray, PyArray2};
use pyo3::prelude::*;
use tatabox::Model;
use tatabox::predict::{self, Prediction};
use tatabox::tables::{PredictedPromoter, PredictionLayout, data_frame};

use crate::error::{IntoPython, raised};
use crate::table::Table;

/// Name, log2(TPM + 1), standard deviation, number of known bases and note of a promoter.
type RowState = (String, Option<Vec<f64>>, Option<Vec<f64>>, usize, String);
/// Outputs, whether each is of an assay, whether there are standard deviations, and the promoters.
type State = (Vec<String>, Vec<bool>, bool, Vec<RowState>);

/// Predictions of promoters, in the order of the sequences.
#[pyclass(frozen, module = "tatabox._native")]
pub(crate) struct Predictions {
    rows: Vec<PredictedPromoter>,
    layout: PredictionLayout,
}

impl Predictions {
    pub(crate) fn new(model: &Model, predictions: Vec<Prediction>) -> Self {
        let rows = predictions.into_iter().map(|prediction| predict::table_row(model, prediction)).collect();
        Self { rows, layout: predict::table_layout(model, false) }
    }

    /// An array `(promoters, outputs)`; NaN where a promoter has no values.
    fn array<'py>(
        &self,
        py: Python<'py>,
        values: impl Fn(&PredictedPromoter) -> Option<&Vec<f64>>,
    ) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let outputs = self.layout.cell_types.len();
        let mut all = vec![f64::NAN; self.rows.len() * outputs];
        for (place, row) in all.chunks_exact_mut(outputs.max(1)).zip(&self.rows) {
            if let Some(values) = values(row) {
                place.copy_from_slice(values);
            }
        }
        let array = Array2::from_shape_vec((self.rows.len(), outputs), all);
        let failed = |error| raised(py, "TataboxError", &format!("predictions do not fit an array: {error}"), None);
        Ok(array.map_err(failed)?.into_pyarray(py))
    }
}

#[pymethods]
impl Predictions {
    fn __len__(&self) -> usize {
        self.rows.len()
    }

    #[getter]
    fn ids(&self) -> Vec<&str> {
        self.rows.iter().map(|row| row.id.as_str()).collect()
    }

    #[getter]
    fn cell_types(&self) -> Vec<String> {
        self.layout.cell_types.clone()
    }

    /// log2(TPM + 1), `(promoters, outputs)`.
    #[getter]
    fn log2_tpm<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        self.array(py, |row| row.log2_tpm.as_ref())
    }

    /// Standard deviation over the members of an ensemble; `None` for a single network.
    #[getter]
    fn log2_tpm_sd<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyArray2<f64>>>> {
        self.layout.spread.then(|| self.array(py, |row| row.log2_tpm_sd.as_ref())).transpose()
    }

    /// Numbers of known bases.
    #[getter]
    fn n_acgt(&self) -> Vec<usize> {
        self.rows.iter().map(|row| row.n_acgt).collect()
    }

    #[getter]
    fn notes(&self) -> Vec<&str> {
        self.rows.iter().map(|row| row.note.as_str()).collect()
    }

    /// Everything, for pickles.
    fn state(&self) -> State {
        let row = |row: &PredictedPromoter| {
            (row.id.clone(), row.log2_tpm.clone(), row.log2_tpm_sd.clone(), row.n_acgt, row.note.clone())
        };
        let PredictionLayout { cell_types, assays, spread, .. } = self.layout.clone();
        (cell_types, assays, spread, self.rows.iter().map(row).collect())
    }

    /// The table of the command line: one row per promoter (`wide`), or one per promoter and output.
    fn table(&self, py: Python<'_>, wide: bool) -> PyResult<Table> {
        let frame = py.detach(|| {
            let layout = PredictionLayout { wide, ..self.layout.clone() };
            let rows: Vec<_> = self.rows.iter().flat_map(|row| layout.rows(row)).collect();
            data_frame(&layout.columns(), &rows)
        });
        Ok(Table::new(frame.into_python(py)?))
    }
}

/// Predictions from their state.
#[pyfunction]
pub(crate) fn predictions_of_state(state: State) -> Predictions {
    let (cell_types, assays, spread, rows) = state;
    let row = |(id, log2_tpm, log2_tpm_sd, n_acgt, note)| PredictedPromoter {
        id,
        log2_tpm,
        log2_tpm_sd,
        measured_log2_tpm: None,
        n_acgt,
        note,
    };
    let layout = PredictionLayout { cell_types, assays, wide: false, spread, measured: false };
    Predictions { rows: rows.into_iter().map(row).collect(), layout }
}
