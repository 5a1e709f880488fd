//! Options of a training run, resolved against a data set.

use tatabox_dataset::{Extent, PreparedDataset, Split};
use tatabox_model::{Architecture, AssayTraining, AuxiliaryInputs, TrainingConfig, TrainingData, default_extent};

use super::options::resolve_assays;
use super::transfer_source::TransferSource;
use super::{ExtentChoice, NameSelection, TrainingOptions, folder_name};
use crate::error::{Error, Result};
use crate::remedy::Remedy;

/// Largest number of cell types listed in the name of a model; more are counted.
const CELL_TYPES_IN_NAME: usize = 3;
/// Shortest extent.
const MIN_EXTENT_BP: u32 = 60;

/// Cell types, extent and network of a run.
pub(crate) struct TrainingSetup {
    /// Names as the data set spells them.
    pub(crate) cell_types: Vec<String>,
    /// Assays with their outputs.
    assays: Vec<(AssayTraining, Vec<String>)>,
    /// Bases that the network reads around the TSS.
    pub(crate) extent: Extent,
    /// Layers of the network.
    pub(crate) architecture: Architecture,
    /// Part of the model's name that states its auxiliary inputs.
    auxiliary_in_name: &'static str,
}

impl TrainingSetup {
    /// Looks up cell types and extent in the data set.
    ///
    /// # Errors
    /// The options are invalid, or the data set lacks a cell type or the bases of the extent.
    pub(crate) fn new(options: &TrainingOptions, dataset: &PreparedDataset) -> Result<Self> {
        options.validate()?;
        Ok(Self {
            cell_types: resolve_cell_types(options, dataset)?,
            assays: resolve_assays(&options.assays, dataset)?,
            extent: resolve_extent(options.extent, dataset)?,
            architecture: options.architecture(),
            auxiliary_in_name: auxiliary_in_name(options),
        })
    }

    /// Looks up the cell types in the data set; extent and network are those of the model to begin from.
    pub(super) fn transferred(
        options: &TrainingOptions,
        dataset: &PreparedDataset,
        source: &TransferSource,
    ) -> Result<Self> {
        Ok(Self {
            cell_types: resolve_cell_types(options, dataset)?,
            assays: resolve_assays(&options.assays, dataset)?,
            extent: source.extent_in(dataset)?,
            architecture: source.architecture(),
            auxiliary_in_name: auxiliary_in_name(options),
        })
    }

    /// The configuration on `dataset`, which is the one looked up or a fold of it; auxiliary inputs are scaled on its train
    /// genes.
    ///
    /// # Errors
    /// An option is outside its range, or the data set lacks an auxiliary input.
    pub(crate) fn config(&self, options: &TrainingOptions, dataset: &PreparedDataset) -> Result<TrainingConfig> {
        let config = options.config(self.cell_types.clone(), &self.assays, training_data(dataset, self.extent))?;
        Ok(config.with_auxiliary_inputs(self.auxiliary_inputs(options, dataset)?))
    }

    fn auxiliary_inputs(
        &self,
        options: &TrainingOptions,
        dataset: &PreparedDataset,
    ) -> Result<Option<AuxiliaryInputs>> {
        let known = dataset.track_names();
        let tracks = options.track_names(&known);
        if options.gene_features && dataset.gene_feature_names().is_empty() {
            let message = format!("data set {} has no gene features", dataset.name());
            return Err(Error::input_with(Remedy::PrepareGeneFeatures, message));
        }
        if let Some(unknown) = tracks.iter().find(|name| !known.contains(&name.as_str())) {
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            let message = format!("data set {} has no track {unknown}; its tracks: {known}", dataset.name());
            return Err(Error::input_with(Remedy::PrepareTracks, message));
        }
        let train = dataset.genes_in(Split::Train);
        let inputs = AuxiliaryInputs::fit(dataset, &train, self.extent, options.gene_features, &tracks)?;
        if let (true, Some(inputs)) = (options.gene_features, &inputs) {
            let is_excluded = |name: &&String| !inputs.feature_names().contains(*name);
            for name in dataset.gene_feature_names().iter().filter(is_excluded) {
                tracing::warn!("gene feature {name} is excluded: it has the same value in all train genes");
            }
        }
        Ok(inputs)
    }

    /// Name of a model, such as `k562-human300`, or `k562-human300-ensemble5` for an ensemble of five networks.
    pub(crate) fn model_name(&self, dataset: &PreparedDataset, members: Option<usize>) -> String {
        let names: Vec<String> =
            self.cell_types.iter().chain(self.assays.iter().map(|(assay, _)| &assay.name)).cloned().collect();
        let names = if self.assays.is_empty() { &self.cell_types } else { &names };
        let name = model_name(names, dataset, self.architecture) + self.auxiliary_in_name;
        members.map_or_else(|| name.clone(), |members| format!("{name}-ensemble{members}"))
    }
}

/// The part of a configuration that describes its data.
pub(crate) fn training_data(dataset: &PreparedDataset, extent: Extent) -> TrainingData {
    TrainingData {
        name: dataset.name().to_owned(),
        checksum: dataset.checksum().to_owned(),
        geometry: dataset.geometry(),
        extent,
        simulated: dataset.manifest().simulated.is_some(),
    }
}

/// Names as the data set spells them, without repetitions.
fn resolve_cell_types(options: &TrainingOptions, dataset: &PreparedDataset) -> Result<Vec<String>> {
    let NameSelection::Only(names) = &options.cell_types else {
        return Ok(dataset.cell_types().to_vec());
    };
    if names.is_empty() && options.assays.is_empty() {
        return Err(Error::request("cell_types", "no cell type and no assay is selected; select one or more"));
    }
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
        ExtentChoice::Exact(extent) => extent,
        ExtentChoice::Coverage(coverage) => default_extent(dataset, coverage),
    };
    if !windows.covers(extent) {
        let message =
            format!("the extent {extent} exceeds the windows of data set {}, which hold {windows}", dataset.name());
        let remedy = Remedy::ShortenExtent {
            upstream_bp: extent.upstream_bp.max(windows.upstream_bp),
            downstream_bp: extent.downstream_bp.max(windows.downstream_bp),
        };
        return Err(Error::input_with(remedy, message));
    }
    if extent.total_bp() < MIN_EXTENT_BP {
        let message =
            format!("the extent {extent} has {} bp; at least {MIN_EXTENT_BP} are required", extent.total_bp());
        return Err(Error::input_with(Remedy::LengthenExtent, message));
    }
    Ok(extent)
}

fn auxiliary_in_name(options: &TrainingOptions) -> &'static str {
    match (options.gene_features, !options.tracks.is_empty()) {
        (false, false) => "",
        (true, false) => "-features",
        (false, true) => "-tracks",
        (true, true) => "-features-tracks",
    }
}

/// `k562-human300`, or `k562-human300-cnn` where the network is not the default one.
fn model_name(cell_types: &[String], dataset: &PreparedDataset, architecture: Architecture) -> String {
    let cells = if cell_types.len() > 1 && cell_types.len() == dataset.cell_types().len() {
        "all".to_owned()
    } else if cell_types.len() <= CELL_TYPES_IN_NAME {
        cell_types.iter().map(|name| folder_name(name)).collect::<Vec<_>>().join("-")
    } else {
        format!("{}-cell-types", cell_types.len())
    };
    let name = format!("{cells}-{}", folder_name(dataset.name()));
    if architecture == Architecture::default() { name } else { format!("{name}-{architecture}") }
}
