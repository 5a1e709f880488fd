//! Options of a training run, before they are resolved against a data set.

mod assays;

use tatabox_dataset::Extent;
use tatabox_model::{
    Architecture, AssayTraining, DEFAULT_EXTENT_COVERAGE, DEFAULT_SEED, DeviceChoice, ModelError, NetworkConfig,
    Precision, Preset, SelectedDevice, TrainingConfig, TrainingData,
};
use tatabox_sequence::WindowGeometry;

use super::SettingsFile;
use crate::error::{Error, Result};

pub use assays::AssayOptions;
pub(in crate::train) use assays::resolve_assays;

/// Largest shift of training windows, in bases; a larger one moves the TSS out of most windows.
pub(super) const MAX_SHIFT_BP: usize = 1_000;

/// Network, training and data of a run.
///
/// # Examples
///
/// ```
/// use tatabox::train::{NameSelection, TrainingOptions};
///
/// let options = TrainingOptions {
///     cell_types: NameSelection::Only(vec!["K562".to_owned()]),
///     epochs: 30,
///     ..TrainingOptions::default()
/// };
/// options.validate()?;
/// # Ok::<(), tatabox::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct TrainingOptions {
    /// Cell types to predict.
    pub cell_types: NameSelection,
    /// Assays of the data set to train on in addition; their outputs follow the cell types.
    pub assays: Vec<AssayOptions>,
    /// Bases that the network reads around the TSS.
    pub extent: ExtentChoice,
    /// Whether the network reads the gene features of the data set; genes without them are excluded.
    pub gene_features: bool,
    /// Signal tracks of the data set that the network reads.
    pub tracks: NameSelection,
    /// Layers of the network.
    pub architecture: Architecture,
    /// Size of the network.
    pub preset: Preset,
    /// Largest number of epochs; early stopping usually ends training sooner.
    pub epochs: usize,
    /// Windows per step.
    pub batch_size: usize,
    /// Peak learning rate of AdamW, above 0 to 1; `None` for the default, which is lower for a transfer.
    pub learning_rate: Option<f64>,
    /// Decoupled weight decay of AdamW, 0 to 1.
    pub weight_decay: f64,
    /// Weight of the differences between cell types in the loss, 0 to 100; 0 for the loss of values alone.
    pub difference_weight: f64,
    /// Epochs without a better validation Pearson correlation before training stops.
    pub patience: usize,
    /// Largest number of first-layer filters that are initialised with k-mers whose presence correlates with expression.
    pub enriched_kmers: usize,
    /// Largest shift of a training window in either direction, in bases; resampled in each epoch.
    pub max_shift_bp: usize,
    /// Seed of weights, gene order, shifts and dropout.
    pub seed: u64,
    /// Devices that share the work of each step; several only where all are different GPUs.
    pub devices: Vec<DeviceChoice>,
    /// Number format of convolutions and large matrix products.
    pub precision: Precision,
    /// Settings that replace the values above.
    pub settings: Option<SettingsFile>,
}

/// Selection of cell types or tracks of a data set.
///
/// ```
/// use tatabox::train::NameSelection;
///
/// assert_eq!(NameSelection::default(), NameSelection::All);
/// assert!(NameSelection::Only(Vec::new()).is_empty());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum NameSelection {
    /// All that the data set has.
    #[default]
    All,
    /// These, by name.
    Only(Vec<String>),
}

/// Choice of the bases that a network reads.
///
/// ```
/// use tatabox::train::ExtentChoice;
///
/// assert_eq!(ExtentChoice::default(), ExtentChoice::Coverage(0.8));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ExtentChoice {
    /// This extent.
    Exact(Extent),
    /// The longest extent over which this fraction of the train genes has known sequence, above 0 to 1.
    Coverage(f64),
}

impl Default for ExtentChoice {
    fn default() -> Self {
        Self::Coverage(DEFAULT_EXTENT_COVERAGE)
    }
}

impl NameSelection {
    /// Whether nothing is selected.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Only(names) if names.is_empty())
    }
}

impl Default for TrainingOptions {
    fn default() -> Self {
        let config = default_config();
        Self {
            cell_types: NameSelection::All,
            assays: Vec::new(),
            extent: ExtentChoice::default(),
            gene_features: false,
            tracks: NameSelection::Only(Vec::new()),
            architecture: Architecture::default(),
            preset: Preset::Small,
            epochs: config.epochs,
            batch_size: config.batch_size,
            learning_rate: None,
            weight_decay: config.weight_decay,
            difference_weight: config.difference_weight,
            patience: config.patience,
            enriched_kmers: config.enriched_kmers.unwrap_or(0),
            max_shift_bp: config.max_shift_bp,
            seed: DEFAULT_SEED,
            devices: vec![DeviceChoice::Auto],
            precision: Precision::F32,
            settings: None,
        }
    }
}

impl TrainingOptions {
    /// Checks the options without a data set.
    ///
    /// # Errors
    /// A value is outside its range.
    pub fn validate(&self) -> Result<()> {
        if let ExtentChoice::Coverage(coverage) = self.extent
            && !(coverage > 0.0 && coverage <= 1.0)
        {
            let problem = format!("{coverage} is not valid; expected a fraction above 0 and at most 1");
            return Err(Error::request("extent_coverage", problem));
        }
        if self.max_shift_bp > MAX_SHIFT_BP {
            let problem = format!("{} is not valid; expected at most {MAX_SHIFT_BP} bp", self.max_shift_bp);
            return Err(Error::request("max_shift_bp", problem));
        }
        Ok(())
    }

    /// Layers of the network, those of the settings where these have them.
    pub(crate) fn architecture(&self) -> Architecture {
        let of_settings = self.settings.as_ref().and_then(|settings| settings.settings.architecture());
        of_settings.unwrap_or(self.architecture)
    }

    /// The devices, if they are available.
    pub(crate) fn select_device(&self) -> Result<SelectedDevice> {
        let selected = DeviceChoice::select_all(&self.devices).map_err(request_error)?;
        Ok(selected.with_precision(self.precision)?)
    }

    /// Whether the network reads auxiliary inputs.
    pub(crate) fn reads_auxiliary_inputs(&self) -> bool {
        self.gene_features || !self.tracks.is_empty()
    }

    /// Names of the tracks to read, of those that the data set has.
    pub(super) fn track_names(&self, known: &[&str]) -> Vec<String> {
        match &self.tracks {
            NameSelection::All => known.iter().map(|&name| name.to_owned()).collect(),
            NameSelection::Only(names) => names.clone(),
        }
    }

    /// The configuration for these cell types, assays with their outputs, and data, without auxiliary inputs.
    pub(super) fn config(
        &self,
        cell_types: Vec<String>,
        assays: &[(AssayTraining, Vec<String>)],
        data: TrainingData,
    ) -> Result<TrainingConfig> {
        let network = NetworkConfig::preset(self.preset, data.extent.total_bp() as usize, cell_types.len())
            .with_architecture(self.architecture());
        let mut config = TrainingConfig::new(network, cell_types, data);
        if !assays.is_empty() {
            let (assays, outputs): (Vec<_>, Vec<_>) = assays.iter().cloned().unzip();
            config = config.with_assays(assays, outputs.into_iter().flatten());
        }
        config.seed = self.seed;
        config.epochs = self.epochs;
        config.batch_size = self.batch_size;
        config.learning_rate = self.learning_rate.unwrap_or(config.learning_rate);
        config.weight_decay = self.weight_decay;
        config.difference_weight = self.difference_weight;
        config.patience = self.patience;
        config.max_shift_bp = self.max_shift_bp;
        config.enriched_kmers = Some(self.enriched_kmers);
        config.precision = Some(self.precision).filter(|precision| *precision != Precision::F32);
        let config = validated(config)?;
        match self.settings.as_ref().filter(|settings| !settings.settings.is_empty()) {
            Some(settings) => settings.apply(&config),
            None => Ok(config),
        }
    }
}

/// Configuration with the default options on windows of 300 bp; the window affects nothing but pooling.
pub(crate) fn default_config() -> TrainingConfig {
    let extent = Extent { upstream_bp: 250, downstream_bp: 50 };
    let geometry = WindowGeometry::new(extent.upstream_bp, extent.downstream_bp).expect("300 bp is a valid length");
    let data = TrainingData { name: String::new(), checksum: String::new(), geometry, extent, simulated: false };
    TrainingConfig::new(NetworkConfig::preset(Preset::Small, geometry.len(), 0), Vec::new(), data)
}

/// The configuration, if it is valid.
pub(crate) fn validated(config: TrainingConfig) -> Result<TrainingConfig> {
    config.validate().map_err(request_error)?;
    Ok(config)
}

/// An invalid value of a configuration as an error about the field of a request.
pub(crate) fn request_error(error: ModelError) -> Error {
    match error {
        ModelError::InvalidConfig { field, value, expected } => {
            Error::request(field, format!("{value} is not valid; expected {expected}"))
        }
        error => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(options: &TrainingOptions) -> Result<TrainingConfig> {
        options.validate()?;
        let data = TrainingData {
            name: "toy".to_owned(),
            checksum: String::new(),
            geometry: WindowGeometry::new(250, 50).expect("valid"),
            extent: Extent { upstream_bp: 249, downstream_bp: 50 },
            simulated: true,
        };
        options.config(vec!["K562".to_owned()], &[], data)
    }

    #[test]
    fn training_options_defaults_are_those_of_the_model_crate() {
        let config = config(&TrainingOptions::default()).expect("valid");
        let plain = TrainingConfig::new(config.network.clone(), config.cell_types.clone(), config.data.clone());
        assert_eq!(format!("{config:?}"), format!("{plain:?}"));
    }

    #[test]
    fn training_options_value_outside_its_range_is_named() {
        let refused = |options: TrainingOptions| config(&options).expect_err("refused").to_string();
        let default = TrainingOptions::default;
        assert_eq!(
            refused(TrainingOptions { learning_rate: Some(5.0), ..default() }),
            "learning_rate: 5 is not valid; expected above 0 and at most 1"
        );
        assert_eq!(
            refused(TrainingOptions { batch_size: 0, ..default() }),
            "batch_size: 0 is not valid; expected at least 1"
        );
        assert_eq!(
            refused(TrainingOptions { extent: ExtentChoice::Coverage(0.0), ..default() }),
            "extent_coverage: 0 is not valid; expected a fraction above 0 and at most 1"
        );
        assert_eq!(
            refused(TrainingOptions { precision: Precision::Bf16, architecture: Architecture::KmerMlp, ..default() }),
            "precision: bf16 is not valid; expected f32, the only one of kmer-mlp"
        );
        let devices = TrainingOptions { devices: vec![DeviceChoice::Cuda(0); 2], ..default() };
        let message = devices.select_device().expect_err("twice").to_string();
        assert!(message.starts_with("devices: cuda:0,cuda:0 is not valid; expected one device"), "{message}");
    }

    #[test]
    fn training_options_settings_of_a_file_replace_options() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("best.json");
        let json =
            r#"{"batch_size": 128, "max_shift_bp": 4, "gru_hidden": 16, "architecture": "cnn-gru", "epochs": 7}"#;
        std::fs::write(&path, json).expect("written");
        let with = |settings: SettingsFile, options: TrainingOptions| {
            config(&TrainingOptions { settings: Some(settings), ..options })
        };
        let read = || SettingsFile::read(&path).expect("valid");
        let all = with(read(), TrainingOptions::default()).expect("valid");
        assert_eq!((all.batch_size, all.max_shift_bp, all.epochs, all.network.gru_hidden), (128, 4, 7, 16));
        assert_eq!(all.network.architecture, Architecture::CnnGru);
        let some = read().without(&["batch_size", "max_shift_bp", "gru_hidden"]);
        let some = with(some, TrainingOptions { preset: Preset::Base, max_shift_bp: 0, ..TrainingOptions::default() })
            .expect("valid");
        assert_eq!((some.batch_size, some.max_shift_bp, some.epochs, some.network.gru_hidden), (64, 0, 7, 64));
        let cnn = TrainingOptions { architecture: Architecture::Cnn, ..TrainingOptions::default() };
        assert_eq!(with(read().without(&["architecture"]), cnn).expect("valid").network.gru_hidden, 0);

        std::fs::write(&path, r#"{"mutation_rate": 2}"#).expect("written");
        let error = with(read(), TrainingOptions::default()).expect_err("refused");
        let cause = std::error::Error::source(&error).expect("a cause").to_string();
        assert!(error.to_string().ends_with("best.json"), "{error}");
        assert_eq!(cause, "mutation_rate is 2; expected at least 0 and below 1");
    }
}
