//! A training run as it was asked for, fitted to a data set.

use anyhow::{Result, anyhow};
use tatabox_dataset::{Extent, PreparedDataset, Split};
use tatabox_model::{Architecture, AuxiliaryInputs, TrainingConfig, TrainingData, default_extent};

use crate::args::{ExtentChoice, TrainingOptions};
use crate::resolve::dataset as data_choice;
use crate::transfer_source::TransferSource;

/// Cell types named in a model's name before they are only counted.
const CELL_TYPES_IN_NAME: usize = 3;
/// The shortest window there is.
const SHORTEST_EXTENT_BP: u32 = 60;

/// What is learned, and from which bases.
pub(crate) struct TrainingSetup {
    pub(crate) cell_types: Vec<String>,
    pub(crate) extent: Extent,
    pub(crate) architecture: Architecture,
    /// Of the model's name, what is read beside the bases.
    beside: &'static str,
}

impl TrainingSetup {
    /// Looks up cell types and the extent in the data set.
    pub(crate) fn new(options: &TrainingOptions, dataset: &PreparedDataset) -> Result<Self> {
        Ok(Self {
            cell_types: resolve_cell_types(options.cell_types.as_deref(), dataset)?,
            extent: resolve_extent(options.extent, dataset)?,
            architecture: options.architecture(),
            beside: beside_in_name(options),
        })
    }

    /// Looks up the cell types in the data set; the rest is that of the model to begin from.
    pub(crate) fn transferred(
        options: &TrainingOptions,
        dataset: &PreparedDataset,
        source: &TransferSource,
    ) -> Result<Self> {
        Ok(Self {
            cell_types: resolve_cell_types(options.cell_types.as_deref(), dataset)?,
            extent: source.extent_in(dataset)?,
            architecture: source.architecture(),
            beside: beside_in_name(options),
        })
    }

    /// The configuration on `dataset`, which is the one looked up or a fold of it: what is read beside the bases is scaled
    /// on its train genes.
    pub(crate) fn config(&self, options: &TrainingOptions, dataset: &PreparedDataset) -> Result<TrainingConfig> {
        let config = options.config(self.cell_types.clone(), training_data(dataset, self.extent))?;
        Ok(config.with_auxiliary_inputs(self.inputs(options, dataset)?))
    }

    /// What is read beside the bases.
    fn inputs(&self, options: &TrainingOptions, dataset: &PreparedDataset) -> Result<Option<AuxiliaryInputs>> {
        let tracks = options.tracks(&dataset.track_names());
        if options.gene_features() && dataset.gene_feature_names().is_empty() {
            return Err(anyhow!(
                "--gene-features: {} has no features of genes; prepare it with --half-life or --gene-features",
                dataset.name()
            ));
        }
        if let Some(unknown) = tracks.iter().find(|name| !dataset.track_names().contains(&name.as_str())) {
            let known = dataset.track_names().join(", ");
            let known = if known.is_empty() { "none; prepare it with --track".to_owned() } else { known };
            return Err(anyhow!("--tracks {unknown}: {} has {known}", dataset.name()));
        }
        let train = dataset.genes_in(Split::Train);
        let inputs = AuxiliaryInputs::fit(dataset, &train, self.extent, options.gene_features(), &tracks)?;
        if let (true, Some(inputs)) = (options.gene_features(), &inputs) {
            let is_left_out = |name: &&String| !inputs.feature_names().contains(*name);
            for name in dataset.gene_feature_names().iter().filter(is_left_out) {
                tracing::warn!("gene feature {name} is left out: it is the same in all train genes");
            }
        }
        Ok(inputs)
    }

    /// A name for the model, such as `k562-human300`, or `k562-human300-ensemble5` of five networks.
    pub(crate) fn model_name(&self, dataset: &PreparedDataset, members: Option<usize>) -> String {
        let name = model_name(&self.cell_types, dataset, self.architecture) + self.beside;
        members.map_or_else(|| name.clone(), |members| format!("{name}-ensemble{members}"))
    }
}

/// What a configuration says of its data.
pub(crate) fn training_data(dataset: &PreparedDataset, extent: Extent) -> TrainingData {
    TrainingData {
        name: dataset.name().to_owned(),
        checksum: dataset.checksum().to_owned(),
        geometry: dataset.geometry(),
        extent,
        simulated: data_choice::is_simulated(dataset),
    }
}

/// Names as the data set spells them, each once.
fn resolve_cell_types(names: Option<&[String]>, dataset: &PreparedDataset) -> Result<Vec<String>> {
    let Some(names) = names else {
        return Ok(dataset.cell_types().to_vec());
    };
    let mut cell_types = Vec::new();
    for name in names {
        let cell_type = &dataset.cell_types()[dataset.cell_type_index(name)?];
        if !cell_types.contains(cell_type) {
            cell_types.push(cell_type.clone());
        }
    }
    Ok(cell_types)
}

fn resolve_extent(choice: ExtentChoice, dataset: &PreparedDataset) -> Result<Extent> {
    let windows = Extent::of_window(dataset.geometry());
    let extent = match choice {
        ExtentChoice::Given(extent) => extent,
        ExtentChoice::Coverage(coverage) => default_extent(dataset, coverage),
    };
    if !windows.covers(extent) {
        return Err(anyhow!(
            "--extent {extent} reaches beyond the windows of {}, which hold {windows}; choose a shorter one, or \
             prepare the data with --upstream {} --downstream {}",
            dataset.name(),
            extent.upstream_bp.max(windows.upstream_bp),
            extent.downstream_bp.max(windows.downstream_bp)
        ));
    }
    if extent.total_bp() < SHORTEST_EXTENT_BP {
        let train = dataset.genes_in(Split::Train).len();
        return Err(anyhow!(
            "the extent {extent} has {} bp, at least {SHORTEST_EXTENT_BP} are needed; give a longer --extent, or a \
             lower --extent-coverage to leave out more of the {train} train genes",
            extent.total_bp()
        ));
    }
    Ok(extent)
}

fn beside_in_name(options: &TrainingOptions) -> &'static str {
    match (options.gene_features(), options.reads_tracks()) {
        (false, false) => "",
        (true, false) => "-features",
        (false, true) => "-tracks",
        (true, true) => "-features-tracks",
    }
}

/// `k562-human300`, or `k562-human300-cnn` where the network is not the hybrid.
fn model_name(cell_types: &[String], dataset: &PreparedDataset, architecture: Architecture) -> String {
    let cells = if cell_types.len() > 1 && cell_types.len() == dataset.cell_types().len() {
        "all".to_owned()
    } else if cell_types.len() <= CELL_TYPES_IN_NAME {
        cell_types.iter().map(|name| plain(name)).collect::<Vec<_>>().join("-")
    } else {
        format!("{}-cell-types", cell_types.len())
    };
    let name = format!("{cells}-{}", plain(dataset.name()));
    if architecture == Architecture::default() { name } else { format!("{name}-{architecture}") }
}

/// A name that is fit for a folder: lower case, everything but letters and digits a single hyphen.
pub(crate) fn plain(name: &str) -> String {
    let words = name.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_fit_for_folders() {
        assert_eq!(plain("HeLa-S3"), "hela-s3");
        assert_eq!(plain("CD4+ T cell/blood "), "cd4-t-cell-blood");
    }
}
