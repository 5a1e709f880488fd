//! Promoters from sequences and arrays of Python.

use std::path::PathBuf;
use std::sync::Arc;

use numpy::{PyReadonlyArray2, PyUntypedArrayMethods};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use tatabox::Model;
use tatabox::inputs::{AuxiliarySources, GenomeSource, Promoter, PromoterSource};
use tatabox::variants::MalformedRecordPolicy;
use tatabox_dataset::{PreparedDataset, TrackSource};

use crate::arguments::names::chosen;
use crate::dataset::Dataset;
use crate::error::{IntoPython, request_error};

/// Sequences as letters, or as nucleotide codes `(promoters, bases)` with A 0, C 1, G 2, T 3, N 4.
#[derive(FromPyObject)]
pub(crate) enum Sequences<'py> {
    Codes(PyReadonlyArray2<'py, u8>),
    Letters(Vec<PyBackedStr>),
}

/// Sequences with their names, and gene features `(promoters, features)` where the model reads them.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct NamedSequences<'py> {
    names: Vec<String>,
    sequences: Sequences<'py>,
    tss_offset: Option<usize>,
    gene_features: Option<PyReadonlyArray2<'py, f32>>,
}

impl NamedSequences<'_> {
    /// Windows of the model.
    ///
    /// # Errors
    /// Counts differ, a sequence has a letter that is no nucleotide, or its TSS is unknown.
    pub(crate) fn promoters(&self, py: Python<'_>, model: &Model) -> PyResult<Vec<Promoter>> {
        let extent = model.extent();
        let mut promoters = match &self.sequences {
            Sequences::Codes(codes) => {
                let (rows, columns) = (codes.shape()[0], codes.shape()[1]);
                self.check_count(py, "sequences", rows)?;
                let codes = codes.as_array();
                if let Some(code) = codes.iter().find(|&&code| code > 4) {
                    return Err(request_error(py, "sequences", format!("nucleotide code {code}; expected 0 to 4")));
                }
                let index = match self.tss_offset {
                    Some(index) if index < columns => index,
                    None if columns == extent.total_bp() as usize => extent.upstream_bp as usize,
                    Some(index) => {
                        return Err(request_error(
                            py,
                            "tss_offset",
                            format!("{index}; the sequences have {columns} bp, and indices count from 0"),
                        ));
                    }
                    None => {
                        let problem = format!(
                            "{columns} bp each, and the model reads {extent} ({} bp); pass tss_offset= with the 0-based \
                             index of the TSS base",
                            extent.total_bp()
                        );
                        return Err(request_error(py, "sequences", problem));
                    }
                };
                let rows = codes.outer_iter().zip(&self.names);
                rows.map(|(row, name)| Promoter::new(name.clone(), extent.cut(&row.to_vec(), index), extent)).collect()
            }
            Sequences::Letters(letters) => {
                self.check_count(py, "sequences", letters.len())?;
                let records = letters.iter().zip(&self.names);
                let promoter = |(letters, name): (&PyBackedStr, &String)| {
                    Promoter::from_sequence(name, letters.as_bytes(), self.tss_offset, extent)
                };
                records.map(promoter).collect::<tatabox::Result<Vec<_>>>().into_python(py)?
            }
        };
        self.add_features(py, &mut promoters, model)?;
        Ok(promoters)
    }

    fn check_count(&self, py: Python<'_>, field: &str, count: usize) -> PyResult<()> {
        if count == self.names.len() {
            return Ok(());
        }
        Err(request_error(py, field, format!("{count} for {} names; expected one each", self.names.len())))
    }

    fn add_features(&self, py: Python<'_>, promoters: &mut [Promoter], model: &Model) -> PyResult<()> {
        let inputs = model.predictor().auxiliary_inputs();
        if !inputs.track_names().is_empty() {
            let problem = format!("the model reads signal tracks ({}); predict genes of a data set, or a BED file", {
                inputs.track_names().join(", ")
            });
            return Err(request_error(py, "sequences", problem));
        }
        let names = inputs.feature_names();
        let Some(features) = &self.gene_features else {
            if names.is_empty() {
                return Ok(());
            }
            let problem = format!("none; the model reads {}, one row per promoter", names.join(", "));
            return Err(request_error(py, "gene_features", problem));
        };
        if features.shape() != [promoters.len(), names.len()] {
            let found = features.shape();
            let problem = format!(
                "shape ({}, {}); expected ({}, {}): one row per promoter, and the columns {}",
                found[0],
                found[1],
                promoters.len(),
                names.len(),
                if names.is_empty() { "none".to_owned() } else { names.join(", ") }
            );
            return Err(request_error(py, "gene_features", problem));
        }
        for (promoter, row) in promoters.iter_mut().zip(features.as_array().outer_iter()) {
            if let Some(value) = row.iter().find(|value| !value.is_finite()) {
                return Err(request_error(py, "gene_features", format!("{value} for {}", promoter.id)));
            }
            promoter.window.gene_features = Some(Arc::from(row.to_vec()));
        }
        Ok(())
    }
}

/// Files with promoters, or genes of a data set.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct PromoterFiles {
    fasta: Option<PathBuf>,
    tss_offset: Option<usize>,
    on_malformed: String,
    bed: Option<PathBuf>,
    genome: Option<PathBuf>,
    genome_cache: Option<PathBuf>,
    genes: Option<Vec<String>>,
    dataset: Option<Py<Dataset>>,
    gene_features: Option<PathBuf>,
    tracks: Vec<(String, PathBuf)>,
}

impl PromoterFiles {
    /// The source, and the files with auxiliary inputs.
    pub(crate) fn source(&self, py: Python<'_>) -> PyResult<(PromoterSource, AuxiliarySources)> {
        let auxiliary = AuxiliarySources {
            gene_features: self.gene_features.clone(),
            tracks: self
                .tracks
                .iter()
                .map(|(name, path)| TrackSource { name: name.clone(), path: path.clone() })
                .collect(),
        };
        let source = match (&self.fasta, &self.bed, &self.dataset) {
            (Some(path), None, None) => PromoterSource::Fasta {
                path: path.clone(),
                tss_offset: self.tss_offset,
                malformed: malformed(py, &self.on_malformed)?,
            },
            (None, Some(path), None) => {
                let genome = self.genome.clone().ok_or_else(|| request_error(py, "genome", "none"))?;
                PromoterSource::Bed {
                    path: path.clone(),
                    genome: GenomeSource { path: genome, cache: self.genome_cache.clone() },
                }
            }
            (None, None, Some(dataset)) => PromoterSource::Genes {
                names: self.genes.clone().unwrap_or_default(),
                dataset: Box::new(reopened(py, dataset.get())?),
            },
            _ => return Err(request_error(py, "promoters", "expected one of FASTA, BED and genes")),
        };
        Ok((source, auxiliary))
    }
}

/// A second handle on a data set.
pub(crate) fn reopened(py: Python<'_>, dataset: &Dataset) -> PyResult<PreparedDataset> {
    PreparedDataset::open(dataset.prepared().directory()).into_python(py)
}

/// What happens to malformed records.
pub(crate) fn malformed(py: Python<'_>, name: &str) -> PyResult<MalformedRecordPolicy> {
    let choices = [("raise", MalformedRecordPolicy::Error), ("skip", MalformedRecordPolicy::Skip)];
    chosen(py, "on_malformed", name, &choices)
}
