//! Prepared data sets.

use std::path::{Path, PathBuf};

use numpy::ndarray::{Array2, Array3};
use numpy::{IntoPyArray, PyArray2, PyArray3};
use pyo3::prelude::*;
use tatabox::tables::{Cell, Column, ColumnKind, data_frame};
use tatabox_dataset::{Extent, PreparedDataset};

use crate::error::{IntoPython, raised, request_error};
use crate::table::Table;

/// Nucleotides of a one-hot encoding.
const NUCLEOTIDES: usize = 4;

/// Data set of promoter windows and expression.
#[pyclass(frozen, module = "tatabox._native")]
pub(crate) struct Dataset {
    prepared: PreparedDataset,
}

impl Dataset {
    pub(crate) fn prepared(&self) -> &PreparedDataset {
        &self.prepared
    }
}

#[pymethods]
impl Dataset {
    #[new]
    fn new(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        let prepared = py.detach(|| PreparedDataset::open(&path)).into_python(py)?;
        Ok(Self { prepared })
    }

    #[getter]
    fn path(&self) -> &Path {
        self.prepared.directory()
    }

    #[getter]
    fn name(&self) -> &str {
        self.prepared.name()
    }

    #[getter]
    fn checksum(&self) -> &str {
        self.prepared.checksum()
    }

    #[getter]
    fn cell_types(&self) -> Vec<String> {
        self.prepared.cell_types().to_vec()
    }

    /// Bases before the TSS base, and from it on.
    #[getter]
    fn extent(&self) -> (u32, u32) {
        let extent = Extent::of_window(self.prepared.geometry());
        (extent.upstream_bp, extent.downstream_bp)
    }

    #[getter]
    fn feature_names(&self) -> Vec<String> {
        self.prepared.gene_feature_names().to_vec()
    }

    #[getter]
    fn is_simulated(&self) -> bool {
        self.prepared.manifest().simulated.is_some()
    }

    fn __len__(&self) -> usize {
        self.prepared.len()
    }

    /// Genes with their TSS, split and number of known bases, one row per window.
    fn genes(&self, py: Python<'_>) -> PyResult<Table> {
        use ColumnKind::{Count, Integer, Text};
        let columns = [
            (Text, "gene_id"),
            (Text, "gene_name"),
            (Text, "chrom"),
            (Integer, "tss"),
            (Text, "strand"),
            (Text, "split"),
            (Count, "known_upstream_bp"),
            (Count, "known_downstream_bp"),
        ];
        let columns: Vec<Column> = columns.into_iter().map(|(kind, name)| Column::new(kind, name)).collect();
        let text = |text: Option<String>| text.map_or(Cell::Absent, Cell::Text);
        let rows = self.prepared.genes().iter().map(|gene| {
            vec![
                Cell::text(&gene.gene_id),
                text(gene.gene_name.clone()),
                text(gene.chrom.clone()),
                Cell::integer(gene.tss.map(|tss| tss as i64)),
                text(gene.strand.map(|strand| strand.to_string())),
                // Alternative TSSs are in no split.
                text(gene.alternative_of.is_none().then(|| gene.split.to_string())),
                Cell::Count(u64::from(gene.known_upstream_bp)),
                Cell::Count(u64::from(gene.known_downstream_bp)),
            ]
        });
        let frame = data_frame(&columns, &rows.collect::<Vec<_>>());
        Ok(Table::new(frame.into_python(py)?))
    }

    /// Measured log2(TPM + 1), `(genes, cell types)`; NaN where missing.
    fn expression<'py>(&self, py: Python<'py>, rows: Vec<usize>) -> PyResult<Bound<'py, PyArray2<f32>>> {
        self.check_rows(py, &rows)?;
        let columns = self.prepared.cell_types().len();
        let values: Vec<f32> = rows.iter().flat_map(|&row| self.prepared.log2_tpm_row(row)).copied().collect();
        let array = Array2::from_shape_vec((rows.len(), columns), values);
        array.map(|array| array.into_pyarray(py)).map_err(|error| shape_error(py, &error))
    }

    /// Nucleotide codes of windows, `(windows, bases)`: A 0, C 1, G 2, T 3, N 4.
    fn codes<'py>(
        &self,
        py: Python<'py>,
        rows: Vec<usize>,
        extent: Option<(u32, u32)>,
    ) -> PyResult<Bound<'py, PyArray2<u8>>> {
        let (codes, length) = self.windows(py, &rows, extent)?;
        let array = Array2::from_shape_vec((rows.len(), length), codes);
        array.map(|array| array.into_pyarray(py)).map_err(|error| shape_error(py, &error))
    }

    /// One-hot windows, `(windows, 4, bases)`; N is all zeros.
    fn one_hot<'py>(
        &self,
        py: Python<'py>,
        rows: Vec<usize>,
        extent: Option<(u32, u32)>,
    ) -> PyResult<Bound<'py, PyArray3<f32>>> {
        let (codes, length) = self.windows(py, &rows, extent)?;
        let mut values = vec![0.0f32; rows.len() * NUCLEOTIDES * length];
        for (window, codes) in codes.chunks_exact(length).enumerate() {
            for (base, &code) in codes.iter().enumerate() {
                if usize::from(code) < NUCLEOTIDES {
                    values[(window * NUCLEOTIDES + usize::from(code)) * length + base] = 1.0;
                }
            }
        }
        let array = Array3::from_shape_vec((rows.len(), NUCLEOTIDES, length), values);
        array.map(|array| array.into_pyarray(py)).map_err(|error| shape_error(py, &error))
    }

    /// Gene features, `(genes, features)`; NaN for genes without them.
    fn gene_features<'py>(&self, py: Python<'py>, rows: Vec<usize>) -> PyResult<Bound<'py, PyArray2<f32>>> {
        self.check_rows(py, &rows)?;
        let columns = self.prepared.gene_feature_names().len();
        let missing = vec![f32::NAN; columns];
        let values: Vec<f32> =
            rows.iter().flat_map(|&row| self.prepared.gene_features(row).unwrap_or(&missing)).copied().collect();
        let array = Array2::from_shape_vec((rows.len(), columns), values);
        array.map(|array| array.into_pyarray(py)).map_err(|error| shape_error(py, &error))
    }

    /// Row of a gene, by identifier or name.
    fn find(&self, py: Python<'_>, gene: &str) -> PyResult<usize> {
        self.prepared.find_gene(gene).into_python(py)
    }
}

impl Dataset {
    fn check_rows(&self, py: Python<'_>, rows: &[usize]) -> PyResult<()> {
        match rows.iter().find(|&&row| row >= self.prepared.len()) {
            Some(row) => {
                Err(request_error(py, "rows", format!("{row}; the data set has {} windows", self.prepared.len())))
            }
            None => Ok(()),
        }
    }

    /// Codes of all windows one after the other, and the length of a window.
    fn windows(&self, py: Python<'_>, rows: &[usize], extent: Option<(u32, u32)>) -> PyResult<(Vec<u8>, usize)> {
        self.check_rows(py, rows)?;
        let geometry = self.prepared.geometry();
        let whole = Extent::of_window(geometry);
        let extent = extent.map_or(whole, crate::arguments::names::extent);
        if !whole.covers(extent) || extent.total_bp() == 0 {
            let problem = format!("{extent}; expected one base or more of the windows of the data set, {whole}");
            return Err(request_error(py, "window", problem));
        }
        let range = extent.window_range(geometry);
        Ok(py.detach(|| {
            let (mut all, mut codes) = (Vec::with_capacity(rows.len() * range.len()), Vec::new());
            for &row in rows {
                codes.clear();
                self.prepared.window_codes(row, range.clone(), &mut codes);
                all.extend_from_slice(&codes);
            }
            (all, range.len())
        }))
    }
}

fn shape_error(py: Python<'_>, error: &numpy::ndarray::ShapeError) -> PyErr {
    raised(py, "TataboxError", &format!("the data set does not fit an array: {error}"), None)
}
