//! Request to explain promoters into a folder.

use std::path::PathBuf;

use super::request::ExplainRequest;
use crate::inputs::{AuxiliarySources, PromoterSource};
use crate::tables::TableFormat;
use crate::tracks::ArrayAxes;

/// Figures drawn unless requested otherwise.
const DEFAULT_FIGURES: usize = 24;

/// Promoters to explain, and the folder of the results.
///
/// # Examples
///
/// ```
/// use tatabox::explain::{ExplainFolderRequest, Method};
/// use tatabox::inputs::PromoterSource;
///
/// let mut request = ExplainFolderRequest::new(PromoterSource::fasta("promoters.fa"), "explained");
/// request.explain.methods = vec![Method::IntegratedGradients];
/// request.output.max_figures = 0;
/// ```
pub struct ExplainFolderRequest {
    /// Promoters.
    pub promoters: PromoterSource,
    /// Files with auxiliary inputs that the model reads.
    pub auxiliary: AuxiliarySources,
    /// Methods, cell types and bases to explain.
    pub explain: ExplainRequest,
    /// The folder.
    pub output: ExplanationOutput,
    /// Command line or call to store in `run.json`.
    pub command: Vec<String>,
}

impl ExplainFolderRequest {
    /// In-silico mutagenesis of promoters into a folder of TSV tables, tracks, arrays and figures.
    pub fn new(promoters: PromoterSource, folder: impl Into<PathBuf>) -> Self {
        Self {
            promoters,
            auxiliary: AuxiliarySources::default(),
            explain: ExplainRequest::default(),
            output: ExplanationOutput::new(folder),
            command: Vec::new(),
        }
    }
}

/// Folder of explanations and the formats of its files.
///
/// # Examples
///
/// ```
/// use tatabox::explain::ExplanationOutput;
/// use tatabox::tables::TableFormat;
///
/// let output = ExplanationOutput { format: TableFormat::Parquet, ..ExplanationOutput::new("explained") };
/// assert_eq!(output.max_figures, 24);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplanationOutput {
    /// The folder.
    pub folder: PathBuf,
    /// Format of the tables.
    pub format: TableFormat,
    /// File with the name and length of each contig, for bigWig. Contigs without a length end at their last value.
    pub chrom_sizes: Option<PathBuf>,
    /// Order of the axes of arrays.
    pub array_axes: ArrayAxes,
    /// Largest number of figures, which are one per promoter and cell type.
    pub max_figures: usize,
    /// Whether the results of an earlier run in the folder are replaced.
    pub overwrite: bool,
}

impl ExplanationOutput {
    /// TSV tables and up to 24 figures in a folder.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            format: TableFormat::default(),
            chrom_sizes: None,
            array_axes: ArrayAxes::default(),
            max_figures: DEFAULT_FIGURES,
            overwrite: false,
        }
    }
}
