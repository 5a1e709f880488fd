//! What and how to train, as `tatabox train` and `tatabox crossval` take it.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use tatabox_dataset::Extent;
use tatabox_model::{
    Architecture, DEFAULT_EXTENT_COVERAGE, DEFAULT_SEED, DeviceChoice, ModelError, NetworkConfig, Precision, Preset,
    SelectedDevice, TrainingConfig, TrainingData, TrainingSettings,
};
use tatabox_sequence::WindowGeometry;

use crate::args::ExplicitOptions;
use crate::args::train::extent::parse_extent;
use crate::args::train::network_names::{ArchitectureName, PresetName};
use crate::terminal::failure::usage;

/// Asks for every cell type of the data set.
const ALL: &str = "all";
/// Shifts beyond this would move the TSS out of most windows.
const MOST_SHIFT_BP: usize = 1_000;
/// Flag of the network's size.
const PRESET: &str = "preset";
/// The setting of the network that is no matter of size.
const ARCHITECTURE: &str = "architecture";

/// Options of a training run.
#[derive(Debug, Clone, Args)]
pub(crate) struct TrainingArgs {
    // First, since what is read after it is gone from what was typed.
    #[command(flatten)]
    given: ExplicitOptions,
    /// Cell types to predict: names, comma-separated or repeated, or all
    #[arg(long, value_name = "NAME", help_heading = "Data", value_delimiter = ',', default_value = ALL)]
    cell_type: Vec<String>,
    /// A prepared data set [default: the active one, else data/demo]
    #[arg(long, value_name = "DIR", help_heading = "Data")]
    data: Option<PathBuf>,
    /// Bases the network reads around the TSS, half-open, such as -249..+50 [default: as --extent-coverage gives]
    #[arg(long, value_name = "-UP..+DOWN", help_heading = "Data", allow_hyphen_values = true)]
    #[arg(value_parser = parse_extent)]
    extent: Option<Extent>,
    /// Without --extent: the longest extent over which this share of the train genes is known, above 0 to 1
    #[arg(long, value_name = "SHARE", help_heading = "Data", default_value_t = DEFAULT_EXTENT_COVERAGE)]
    extent_coverage: f64,

    /// Read the data set's features of genes, such as half-life features, beside the bases; genes without are left out
    #[arg(long, help_heading = "Data")]
    gene_features: bool,
    /// Signals of the data set to read along the bases: names, comma-separated or repeated, or all
    #[arg(long, value_name = "NAME", help_heading = "Data", value_delimiter = ',')]
    tracks: Vec<String>,

    /// Settings to start from, as `tatabox tune` writes them; options that are typed as well win
    #[arg(long, value_name = "FILE", help_heading = "Training")]
    settings: Option<PathBuf>,
    /// Parts of the network
    #[arg(long, value_name = "NAME", help_heading = "Training", default_value = "hybrid")]
    architecture: ArchitectureName,
    /// Size of the network
    #[arg(long, value_name = "SIZE", help_heading = "Training", default_value = "small")]
    preset: PresetName,
    /// Most epochs; early stopping usually ends sooner
    #[arg(long, value_name = "N", help_heading = "Training", default_value_t = defaults().epochs)]
    epochs: usize,
    /// Windows a step
    #[arg(long, value_name = "N", help_heading = "Training", default_value_t = defaults().batch_size)]
    batch_size: usize,
    /// Highest learning rate of AdamW, above 0 to 1 [default: 0.001, lower after --from]
    #[arg(long, value_name = "RATE", help_heading = "Training")]
    learning_rate: Option<f64>,
    /// Decoupled weight decay of AdamW, 0 to 1
    #[arg(long, value_name = "RATE", help_heading = "Training", default_value_t = defaults().weight_decay)]
    weight_decay: f64,
    /// Epochs without a better validation Pearson before training stops
    #[arg(long, value_name = "N", help_heading = "Training", default_value_t = defaults().patience)]
    patience: usize,
    /// First-layer filters, at most, that begin as words whose presence goes with expression in the train genes; the others
    /// begin at random
    #[arg(long, value_name = "N", help_heading = "Training", default_value_t = defaults().enriched_words.unwrap_or(0))]
    enriched_words: usize,
    /// Windows are shifted by up to this many bases either way, anew in each epoch
    #[arg(long, value_name = "BP", help_heading = "Training", default_value_t = defaults().max_shift_bp)]
    max_shift: usize,
    /// Seed of weights, order, shifts and dropout
    #[arg(long, value_name = "N", help_heading = "Training", default_value_t = DEFAULT_SEED)]
    seed: u64,
    /// Where to compute: auto, cpu or cuda:N
    #[arg(long, help_heading = "Training", default_value_t = DeviceChoice::Auto)]
    device: DeviceChoice,
    /// GPUs that share the work of each step, such as cuda:0,cuda:1
    #[arg(long, value_name = "LIST", help_heading = "Training", value_delimiter = ',', conflicts_with = "device")]
    devices: Vec<DeviceChoice>,
    /// Number format of convolutions and large products: f32, bf16 or f16
    #[arg(long, value_name = "FORMAT", help_heading = "Training", default_value_t = Precision::F32)]
    precision: Precision,
}

/// Training as it was asked for, checked as far as that goes without the data set.
#[derive(Debug, Clone)]
pub(crate) struct TrainingOptions {
    /// Cell types by name; none for all.
    pub(crate) cell_types: Option<Vec<String>>,
    pub(crate) data: Option<PathBuf>,
    pub(crate) extent: ExtentChoice,
    /// Those of the file, without what was typed beside it.
    settings: TrainingSettings,
    args: TrainingArgs,
}

/// The bases that the network shall read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum ExtentChoice {
    Given(Extent),
    /// The longest over which this share of the train genes is known.
    Coverage(f64),
}

impl TrainingArgs {
    /// Checks what can be checked before the data set is open.
    pub(crate) fn into_options(self) -> Result<TrainingOptions> {
        let coverage = self.extent_coverage;
        if !(coverage > 0.0 && coverage <= 1.0) {
            return Err(usage(format!("--extent-coverage {coverage}: expected a share above 0 and up to 1")));
        }
        if self.max_shift > MOST_SHIFT_BP {
            return Err(usage(format!("--max-shift {}: expected at most {MOST_SHIFT_BP} bp", self.max_shift)));
        }
        let names: Vec<String> = self.cell_type.iter().map(|name| name.trim().to_owned()).collect();
        let is_all = |name: &String| name.eq_ignore_ascii_case(ALL);
        let tracks: Vec<String> = self.tracks.iter().map(|name| name.trim().to_owned()).collect();
        if tracks.iter().any(is_all) && tracks.len() > 1 {
            return Err(usage("--tracks: all stands alone; name the tracks, or give all and nothing else"));
        }
        if names.iter().any(is_all) && names.len() > 1 {
            return Err(usage("--cell-type: all stands alone; name the cell types, or give all and nothing else"));
        }
        let typed = self.typed_settings();
        let settings = self.settings.as_deref().map(TrainingSettings::read).transpose()?.unwrap_or_default();
        Ok(TrainingOptions {
            settings: settings.without(&typed),
            cell_types: if names.iter().any(is_all) { None } else { Some(names) },
            data: self.data.clone(),
            extent: self.extent.map_or(ExtentChoice::Coverage(coverage), ExtentChoice::Given),
            args: self,
        })
    }

    /// Settings of which an option was typed; a preset sets everything about the network but its architecture.
    fn typed_settings(&self) -> Vec<&'static str> {
        let of_preset = |name: &str| TrainingSettings::shapes_network(name) && name != ARCHITECTURE;
        let is_typed = |name: &&str| {
            // An option is named as the setting, without its unit.
            let flag = name.strip_suffix("_bp").unwrap_or(name).replace('_', "-");
            self.given.has(&flag) || (self.given.has(PRESET) && of_preset(name))
        };
        TrainingSettings::names().filter(is_typed).collect()
    }
}

impl TrainingOptions {
    /// Seed of everything.
    pub(crate) fn seed(&self) -> u64 {
        self.args.seed
    }

    /// The devices asked for, if they are there.
    pub(crate) fn select_device(&self) -> Result<SelectedDevice> {
        let devices = if self.args.devices.is_empty() { vec![self.args.device] } else { self.args.devices.clone() };
        let selected = DeviceChoice::select_all(&devices).map_err(|error| match error {
            ModelError::InvalidConfig { .. } => usage(format!("--{error}")),
            error => error.into(),
        })?;
        Ok(selected.with_precision(self.args.precision)?)
    }

    /// The learning rate asked for, if one was.
    pub(crate) fn learning_rate(&self) -> Option<f64> {
        self.args.learning_rate
    }

    /// Whether features of genes are read.
    pub(crate) fn gene_features(&self) -> bool {
        self.args.gene_features
    }

    /// The tracks that are read, of those that the data set has.
    pub(crate) fn tracks(&self, known: &[&str]) -> Vec<String> {
        let names = self.args.tracks.iter().map(|name| name.trim());
        if names.clone().any(|name| name.eq_ignore_ascii_case(ALL)) {
            return known.iter().map(|&name| name.to_owned()).collect();
        }
        names.map(str::to_owned).collect()
    }

    /// Whether anything is read beside the bases.
    pub(crate) fn reads_beside_bases(&self) -> bool {
        self.gene_features() || self.reads_tracks()
    }

    /// Whether tracks are read.
    pub(crate) fn reads_tracks(&self) -> bool {
        !self.args.tracks.is_empty()
    }

    /// The parts of the network.
    pub(crate) fn architecture(&self) -> Architecture {
        self.settings.architecture().unwrap_or(self.args.architecture.into())
    }

    /// Settings that are no longer open, since an option was typed.
    pub(crate) fn typed_settings(&self) -> Vec<&'static str> {
        self.args.typed_settings()
    }

    /// The training options typed, to be typed again beside another file of settings.
    pub(crate) fn words_without_settings(&self) -> Vec<String> {
        self.args.given.words_without("settings")
    }

    /// The configuration for these cell types and data.
    pub(crate) fn config(&self, cell_types: Vec<String>, data: TrainingData) -> Result<TrainingConfig> {
        let args = &self.args;
        let network = NetworkConfig::preset(args.preset.into(), data.extent.total_bp() as usize, cell_types.len())
            .with_architecture(self.architecture());
        let mut config = TrainingConfig::new(network, cell_types, data);
        config.seed = args.seed;
        config.epochs = args.epochs;
        config.batch_size = args.batch_size;
        config.learning_rate = args.learning_rate.unwrap_or(config.learning_rate);
        config.weight_decay = args.weight_decay;
        config.patience = args.patience;
        config.max_shift_bp = args.max_shift;
        config.enriched_words = Some(args.enriched_words);
        config.precision = Some(args.precision).filter(|precision| *precision != Precision::F32);
        let config = validated(config)?;
        self.with_settings(config)
    }

    fn with_settings(&self, config: TrainingConfig) -> Result<TrainingConfig> {
        let Some(path) = self.args.settings.as_deref().filter(|_| !self.settings.is_empty()) else {
            return Ok(config);
        };
        let unusable = || format!("cannot train with the settings of {}", path.display());
        let config = self.settings.apply(&config).with_context(unusable)?;
        if config.max_shift_bp > MOST_SHIFT_BP {
            bail!("{}: max_shift_bp is {}; expected at most {MOST_SHIFT_BP}", path.display(), config.max_shift_bp);
        }
        Ok(config)
    }
}

/// The configuration, if it is valid.
pub(crate) fn validated(config: TrainingConfig) -> Result<TrainingConfig> {
    let in_option = |message: String| {
        let (field, rest) = message.split_once(' ').unwrap_or((&message, ""));
        usage(format!("--{} {rest}", field.replace('_', "-")))
    };
    config.validate().map_err(|error| in_option(error.to_string()))?;
    Ok(config)
}

/// The model's own defaults on windows of 300 bp, so that there is one place for them.
pub(crate) fn defaults() -> TrainingConfig {
    let extent = Extent { upstream_bp: 250, downstream_bp: 50 };
    let geometry = WindowGeometry::new(extent.upstream_bp, extent.downstream_bp).expect("300 bp is a length allowed");
    let data = TrainingData { name: String::new(), checksum: String::new(), geometry, extent, simulated: false };
    TrainingConfig::new(NetworkConfig::preset(Preset::Small, geometry.len(), 0), Vec::new(), data)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: TrainingArgs,
    }

    fn options(line: &str) -> Result<TrainingOptions> {
        Line::try_parse_from(format!("train {line}").split_whitespace())?.args.into_options()
    }

    fn config(line: &str) -> Result<TrainingConfig> {
        let data = TrainingData {
            name: "toy".to_owned(),
            checksum: String::new(),
            geometry: WindowGeometry::new(250, 50)?,
            extent: Extent { upstream_bp: 249, downstream_bp: 50 },
            simulated: true,
        };
        options(line)?.config(vec!["K562".to_owned()], data)
    }

    #[test]
    fn defaults_are_those_of_the_model() {
        let config = config("").expect("nothing is required");
        let plain = TrainingConfig::new(config.network.clone(), config.cell_types.clone(), config.data.clone());
        assert_eq!(format!("{config:?}"), format!("{plain:?}"));
        assert!((plain.learning_rate - 0.001).abs() < 1e-12, "as the help says");
    }

    #[test]
    fn an_architecture_is_named_as_in_the_configuration() {
        for architecture in Architecture::ALL {
            let config = config(&format!("--architecture {architecture}")).expect("valid");
            assert_eq!(config.network.architecture, architecture);
        }
        assert!(options("--architecture transformer").is_err());
    }

    #[test]
    fn cell_types_are_repeated_or_separated_by_commas() {
        let names = |line: &str| options(line).expect("valid").cell_types;
        assert_eq!(names(""), None);
        assert_eq!(names("--cell-type ALL"), None);
        let both = Some(vec!["K562".to_owned(), "HepG2".to_owned()]);
        assert_eq!(names("--cell-type K562,HepG2"), both);
        assert_eq!(names("--cell-type K562 --cell-type HepG2"), both);
        assert!(options("--cell-type K562,all").is_err());
    }

    #[test]
    fn values_out_of_range_are_named() {
        let refused = |line: &str| config(line).expect_err("refused").to_string();
        assert_eq!(refused("--learning-rate 5"), "--learning-rate is 5; expected above 0 and at most 1");
        assert_eq!(refused("--batch-size 0"), "--batch-size is 0; expected at least 1");
        assert!(refused("--extent-coverage 0").starts_with("--extent-coverage 0: expected"));
        assert!(refused("--extent 300").contains("-249..+50"));
        let refused_format = refused("--precision bf16 --architecture kmer-mlp");
        assert_eq!(refused_format, "--precision is bf16; expected f32, the only one of kmer-mlp");
    }

    #[test]
    fn options_typed_win_over_settings_of_a_file() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("best.json");
        let json =
            r#"{"batch_size": 128, "max_shift_bp": 4, "gru_hidden": 16, "architecture": "cnn-gru", "epochs": 7}"#;
        std::fs::write(&path, json).expect("written");
        let with = |line: &str| config(&format!("--settings {} {line}", path.display())).expect("valid");
        let all = with("");
        assert_eq!((all.batch_size, all.max_shift_bp, all.epochs, all.network.gru_hidden), (128, 4, 7, 16));
        assert_eq!(all.network.architecture, Architecture::CnnGru);
        // 64 is the default, but it was typed.
        let some = with("--batch-size 64 --max-shift 0 --preset base");
        assert_eq!((some.batch_size, some.max_shift_bp, some.epochs, some.network.gru_hidden), (64, 0, 7, 64));
        assert_eq!(some.network.architecture, Architecture::CnnGru);
        assert_eq!(with("--architecture cnn").network.gru_hidden, 0);
        std::fs::write(&path, r#"{"mutation_rate": 2}"#).expect("written");
        let message = format!("{:#}", config(&format!("--settings {}", path.display())).expect_err("refused"));
        assert!(message.ends_with("best.json: mutation_rate is 2; expected at least 0 and below 1"), "{message}");
    }

    #[test]
    fn what_was_typed_can_be_typed_again() {
        let typed = options("--extent -249..+50 --seed 7 --cell-type K562,HepG2").expect("valid");
        let words = ["--cell-type", "K562", "--cell-type", "HepG2", "--extent", "-249..+50", "--seed", "7"];
        assert_eq!(typed.words_without_settings(), words);
        let inputs = options("--gene-features --tracks dnase,h3k27ac").expect("valid").words_without_settings();
        assert_eq!(inputs, ["--gene-features", "--tracks", "dnase", "--tracks", "h3k27ac"]);
        assert_eq!(options("").expect("valid").words_without_settings(), Vec::<String>::new());
        assert_eq!(options("--max-shift 2").expect("valid").typed_settings(), ["max_shift_bp"]);
    }

    #[test]
    fn devices_are_one_or_different_gpus() {
        let device = |line: &str| options(line).expect("valid").select_device();
        assert_eq!(device("--device cpu").expect("always there").name, "cpu");
        let message = device("--devices cuda:0,cuda:0").expect_err("twice").to_string();
        assert!(message.starts_with("--devices is cuda:0,cuda:0; expected one device"), "{message}");
        assert!(options("--device cpu --devices cuda:0,cuda:1").is_err());
        assert!(options("--precision f8").is_err());
    }

    #[test]
    fn an_extent_may_begin_with_its_sign() {
        let extent = Extent { upstream_bp: 500, downstream_bp: 100 };
        assert_eq!(options("--extent -500..+100").expect("valid").extent, ExtentChoice::Given(extent));
        assert_eq!(options("").expect("valid").extent, ExtentChoice::Coverage(DEFAULT_EXTENT_COVERAGE));
    }
}
