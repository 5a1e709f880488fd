//! Description of a data set.

use std::path::PathBuf;

use tatabox_dataset::{Extent, InputFile, PreparedDataset, Split};
use tatabox_model::{DEFAULT_EXTENT_COVERAGE, default_extent};

/// Name, windows, splits, cell types and origin of a data set.
///
/// # Examples
///
/// ```no_run
/// use tatabox::inputs::DatasetSummary;
/// use tatabox_dataset::PreparedDataset;
///
/// let dataset = PreparedDataset::open("data/human".as_ref())?;
/// let summary = DatasetSummary::of_dataset(&dataset);
/// println!("{}: {} genes, windows of {}", summary.name, summary.genes, summary.windows);
/// # Ok::<(), tatabox::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DatasetSummary {
    /// Name.
    pub name: String,
    /// Folder.
    pub folder: PathBuf,
    /// Bases of every window around the TSS.
    pub windows: Extent,
    /// Bases around the TSS that models read by default: known in `coverage` of the train genes.
    pub default_extent: Extent,
    /// Fraction of train genes that are known over `default_extent`.
    pub coverage: f64,
    /// Names of the cell types.
    pub cell_types: Vec<String>,
    /// Number of genes.
    pub genes: usize,
    /// The splits, in the order train, validation, test.
    pub splits: Vec<SplitGenes>,
    /// Files that the data set was prepared from.
    pub inputs: Vec<InputFile>,
    /// Whether the data are simulated.
    pub simulated: bool,
    /// Version of tatabox that prepared it.
    pub tatabox_version: String,
}

/// Genes and chromosomes of a split.
///
/// # Examples
///
/// ```
/// use tatabox::inputs::SplitGenes;
///
/// fn line(split: &SplitGenes) -> String {
///     format!("{}: {} genes on {}", split.split, split.genes, split.chromosomes.join(" "))
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SplitGenes {
    /// The split.
    pub split: Split,
    /// Number of genes.
    pub genes: usize,
    /// Chromosomes that are held out for the split; empty where genes were split one by one.
    pub chromosomes: Vec<String>,
}

impl DatasetSummary {
    /// Description of a data set.
    pub fn of_dataset(dataset: &PreparedDataset) -> Self {
        let manifest = dataset.manifest();
        let split_genes = |split| {
            let part = manifest.split.part(split);
            SplitGenes { split, genes: part.genes, chromosomes: part.chromosomes.clone() }
        };
        Self {
            name: dataset.name().to_owned(),
            folder: dataset.directory().to_owned(),
            windows: Extent::of_window(dataset.geometry()),
            default_extent: default_extent(dataset, DEFAULT_EXTENT_COVERAGE),
            coverage: DEFAULT_EXTENT_COVERAGE,
            cell_types: dataset.cell_types().to_vec(),
            genes: dataset.len(),
            splits: Split::ALL.into_iter().map(split_genes).collect(),
            inputs: manifest.inputs.clone(),
            simulated: manifest.simulated.is_some(),
            tatabox_version: manifest.tatabox_version.clone(),
        }
    }
}
