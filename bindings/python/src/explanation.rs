//! Explanations of predictions.

use numpy::ndarray::{Array2, Array3};
use numpy::{IntoPyArray, PyArray1, PyArray2};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use tatabox::explain::{self, DeletionScan, ExplainRequest, Explainer, Method, MotifSearch, figure_svg};
use tatabox_model::IntegratedGradients;
use tatabox_sequence::letter;

use crate::arguments::names::{chosen, range};
use crate::arguments::promoters::NamedSequences;
use crate::error::{IntoPython, request_error};
use crate::model::Model;
use crate::task;

/// Settings of explanations.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct ExplainOptions {
    methods: Vec<String>,
    cell_types: Vec<String>,
    region: Option<(i64, i64)>,
    steps: Option<usize>,
    shuffles: Option<usize>,
    deletions: Option<(usize, usize)>,
    motifs: Option<std::path::PathBuf>,
    seed: Option<u64>,
}

const METHODS: [(&str, Method); 4] = [
    ("ism", Method::Ism),
    ("gradient-input", Method::GradientInput),
    ("integrated-gradients", Method::IntegratedGradients),
    ("attention", Method::Attention),
];

impl ExplainOptions {
    fn request(self, py: Python<'_>) -> PyResult<ExplainRequest> {
        let defaults = ExplainRequest::default();
        let method = |name: &String| chosen(py, "method", name, &METHODS);
        let gradients = defaults.integrated_gradients.clone();
        Ok(ExplainRequest {
            methods: self.methods.iter().map(method).collect::<PyResult<_>>()?,
            cell_types: self.cell_types,
            region: self.region.map(|region| range(py, "region", region)).transpose()?,
            integrated_gradients: IntegratedGradients {
                steps: self.steps.unwrap_or(gradients.steps),
                shuffles: self.shuffles.unwrap_or(gradients.shuffles),
                seed: self.seed.unwrap_or(gradients.seed),
                ..gradients
            },
            deletions: self.deletions.map(|(width_bp, step_bp)| DeletionScan { width_bp, step_bp }),
            motifs: self.motifs.as_deref().map(MotifSearch::read).transpose().into_python(py)?,
        })
    }
}

/// Explanation of one promoter.
#[pyclass(frozen, module = "tatabox._native")]
pub(crate) struct Explanation {
    explanation: explain::Explanation,
    model: Py<Model>,
}

impl Explanation {
    /// Contributions in a cell type by a method.
    fn contributions(&self, py: Python<'_>, method: &str, cell_type: &str) -> PyResult<&explain::Contributions> {
        let found = self.explanation.contributions_by(chosen(py, "method", method, &METHODS)?, cell_type);
        found.ok_or_else(|| {
            request_error(py, "cell_type", format!("{cell_type} by {method} is not part of the explanation"))
        })
    }

    fn cell_type_index(&self, py: Python<'_>, name: &str) -> PyResult<usize> {
        let names = &self.explanation.cell_types;
        names.iter().position(|known| known == name).ok_or_else(|| {
            request_error(py, "cell_type", format!("{name} is not among those of the model: {}", names.join(", ")))
        })
    }
}

#[pymethods]
impl Explanation {
    #[getter]
    fn id(&self) -> &str {
        &self.explanation.promoter.id
    }

    /// Letters of the explained bases.
    #[getter]
    fn sequence(&self) -> String {
        self.explanation.bases.iter().map(|&code| letter(code) as char).collect()
    }

    /// Position of the first explained base, relative to the TSS.
    #[getter]
    fn start_bp(&self) -> i64 {
        self.explanation.start_bp
    }

    #[getter]
    fn note(&self) -> String {
        self.explanation.note()
    }

    /// Prediction by output, log2(TPM + 1); `None` where there is none.
    #[getter]
    fn prediction<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        let Some(prediction) = &self.explanation.prediction else { return Ok(None) };
        let values = PyDict::new(py);
        for (cell_type, value) in self.explanation.cell_types.iter().zip(&prediction.log2_tpm) {
            values.set_item(cell_type, value)?;
        }
        Ok(Some(values))
    }

    /// Contribution of each base, `(bases,)`.
    fn contribution<'py>(&self, py: Python<'py>, method: &str, cell_type: &str) -> PyResult<Bound<'py, PyArray1<f64>>> {
        Ok(self.contributions(py, method, cell_type)?.values.clone().into_pyarray(py))
    }

    /// Contribution that each nucleotide has or would have, `(4, bases)`.
    fn hypothetical<'py>(&self, py: Python<'py>, method: &str, cell_type: &str) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let rows = &self.contributions(py, method, cell_type)?.hypothetical;
        let array = Array2::from_shape_fn((4, rows.len()), |(nucleotide, base)| rows[base][nucleotide]);
        Ok(array.into_pyarray(py))
    }

    /// Sum of the contributions and the difference that they explain, for integrated gradients.
    fn completeness_delta(&self, py: Python<'_>, method: &str, cell_type: &str) -> PyResult<Option<f64>> {
        Ok(self.contributions(py, method, cell_type)?.completeness.map(|completeness| completeness.delta()))
    }

    /// Effects of substitutions, `(4, bases)`: 0 for the base itself, NaN at N; `None` without mutagenesis.
    fn substitutions<'py>(&self, py: Python<'py>, cell_type: &str) -> PyResult<Option<Bound<'py, PyArray2<f64>>>> {
        let index = self.cell_type_index(py, cell_type)?;
        Ok(self.explanation.substitutions.as_ref().map(|effects| {
            let values: Vec<[f64; 4]> = (0..effects.positions()).map(|position| effects.at(position, index)).collect();
            Array2::from_shape_fn((4, values.len()), |(nucleotide, base)| values[base][nucleotide]).into_pyarray(py)
        }))
    }

    /// Effects of substitutions by each member of an ensemble, `(members, 4, bases)`.
    fn substitutions_by_member<'py>(
        &self,
        py: Python<'py>,
        cell_type: &str,
    ) -> PyResult<Option<Bound<'py, numpy::PyArray3<f64>>>> {
        let index = self.cell_type_index(py, cell_type)?;
        Ok(self.explanation.substitutions.as_ref().map(|effects| {
            let shape = (effects.members(), 4, effects.positions());
            let value = |(member, nucleotide, base)| effects.of_member(member, base, index)[nucleotide];
            Array3::from_shape_fn(shape, value).into_pyarray(py)
        }))
    }

    /// Attention weights as first position, one past the last, weight.
    #[getter]
    fn attention(&self) -> Vec<(i64, i64, f64)> {
        self.explanation.attention.iter().map(|bin| (bin.start_bp, bin.end_bp, bin.weight)).collect()
    }

    /// Effects of deletions in a cell type as first position, one past the last, effect.
    fn deletions(&self, py: Python<'_>, cell_type: &str) -> PyResult<Vec<(i64, i64, f64)>> {
        let index = self.cell_type_index(py, cell_type)?;
        let deletions = self.explanation.deletions.iter();
        Ok(deletions.map(|deletion| (deletion.start_bp, deletion.end_bp, deletion.effects[index])).collect())
    }

    /// Sites of known motifs as name, first position, one past the last, strand, score in bits, p-value.
    #[getter]
    fn motif_sites(&self) -> Vec<(String, i64, i64, String, f64, f64)> {
        let sites = self.explanation.motif_sites.iter();
        sites
            .map(|site| {
                (site.motif.clone(), site.start_bp, site.end_bp, site.strand.to_string(), site.score_bits, site.p_value)
            })
            .collect()
    }

    /// Figure in a cell type as SVG; `None` where there is nothing to draw.
    fn svg(&self, py: Python<'_>, cell_type: &str) -> PyResult<Option<String>> {
        figure_svg(&self.explanation, cell_type, self.model.get().library()).into_python(py)
    }
}

/// Explains sequences one after the other.
pub(crate) fn explain(
    model: &Bound<'_, Model>,
    listener: &Bound<'_, PyAny>,
    sequences: &NamedSequences<'_>,
    options: ExplainOptions,
    threads: Option<usize>,
) -> PyResult<Vec<Explanation>> {
    let py = listener.py();
    let library = model.get().library();
    let promoters = sequences.promoters(py, library)?;
    let request = options.request(py)?;
    let explanations = task::run(listener, threads, |observer| {
        let explainer = Explainer::new(library, &request)?;
        promoters.into_iter().map(|promoter| explainer.explain(promoter, observer)).collect::<tatabox::Result<Vec<_>>>()
    })?;
    let wrap = |explanation| Explanation { explanation, model: model.clone().unbind() };
    Ok(explanations.into_iter().map(wrap).collect())
}
