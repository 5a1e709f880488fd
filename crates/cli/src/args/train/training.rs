//! Network, training and data, as options of `tatabox train`, `crossval`, `tune` and `transfer-benchmark`.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;
use tatabox::train::{AssayOptions, ExtentChoice, NameSelection, SettingsFile, TrainingOptions};
use tatabox_dataset::Extent;
use tatabox_model::{DEFAULT_EXTENT_COVERAGE, DEFAULT_SEED, DeviceChoice, Precision, TrainingSettings};

use crate::args::ExplicitOptions;
use crate::args::train::extent::parse_extent;
use crate::args::train::network_names::{ArchitectureName, PresetName};
use crate::terminal::failure::usage;

/// Word that selects every cell type or track of the data set.
const ALL: &str = "all";
/// Word that selects none.
const NONE: &str = "none";
/// Flag of the network's size.
const PRESET: &str = "preset";
/// Setting of the network that its size does not determine.
const ARCHITECTURE: &str = "architecture";

/// Options of a training run.
#[derive(Debug, Clone, Args)]
pub(crate) struct TrainingArgs {
    // First, since clap takes the values of the fields below out of the matches.
    #[command(flatten)]
    explicit: ExplicitOptions,
    /// Cell types to predict: names, comma-separated or repeated, all, or none for assays alone
    #[arg(long, value_name = "NAME", help_heading = "Data", value_delimiter = ',', default_value = ALL)]
    cell_type: Vec<String>,
    /// Assay of the data set to train on as well: NAME or all, with :weight=W (loss), :share=F (fraction of the rows of an
    /// epoch) and :mutation-rate=F; repeatable
    #[arg(long, value_name = "NAME[:KEY=VALUE]", help_heading = "Data")]
    assay: Vec<AssayOptions>,
    /// Prepared data set [default: the active one, else data/demo]
    #[arg(long, value_name = "DIR", help_heading = "Data")]
    data: Option<PathBuf>,
    /// Bases that the network reads around the TSS, half-open, such as -249..+50 [default: by --extent-coverage]
    #[arg(long, value_name = "-UP..+DOWN", help_heading = "Data", allow_hyphen_values = true)]
    #[arg(value_parser = parse_extent)]
    extent: Option<Extent>,
    /// Without --extent: the longest extent over which this fraction of the train genes has sequence, above 0 to 1
    #[arg(long, value_name = "FRACTION", help_heading = "Data", default_value_t = DEFAULT_EXTENT_COVERAGE)]
    extent_coverage: f64,

    /// Read the gene features of the data set, such as half-life features, as auxiliary inputs; genes without them are
    /// excluded
    #[arg(long, help_heading = "Data")]
    gene_features: bool,
    /// Signal tracks of the data set to read as auxiliary inputs: names, comma-separated or repeated, or all
    #[arg(long, value_name = "NAME", help_heading = "Data", value_delimiter = ',')]
    tracks: Vec<String>,

    /// Settings to start from, as written by `tatabox tune`; explicit options override them
    #[arg(long, value_name = "FILE", help_heading = "Training")]
    settings: Option<PathBuf>,
    /// Architecture of the network
    #[arg(long, value_name = "NAME", help_heading = "Training", default_value = "hybrid")]
    architecture: ArchitectureName,
    /// Size of the network
    #[arg(long, value_name = "SIZE", help_heading = "Training", default_value = "small")]
    preset: PresetName,
    /// Maximum number of epochs; early stopping usually ends training sooner
    #[arg(long, value_name = "N", help_heading = "Training", default_value_t = TrainingOptions::default().epochs)]
    epochs: usize,
    /// Windows per step
    #[arg(long, value_name = "N", help_heading = "Training", default_value_t = TrainingOptions::default().batch_size)]
    batch_size: usize,
    /// Peak learning rate of AdamW, above 0 to 1 [default: 0.001, lower after --from]
    #[arg(long, value_name = "RATE", help_heading = "Training")]
    learning_rate: Option<f64>,
    /// Decoupled weight decay of AdamW, 0 to 1
    #[arg(
        long,
        value_name = "RATE",
        help_heading = "Training",
        default_value_t = TrainingOptions::default().weight_decay
    )]
    weight_decay: f64,
    /// Weight of the differences between cell types in the loss, 0 to 100, in addition to the values themselves; 3 raises
    /// cross-cell-type scores
    #[arg(
        long,
        value_name = "WEIGHT",
        help_heading = "Training",
        default_value_t = TrainingOptions::default().difference_weight
    )]
    difference_weight: f64,
    /// Epochs without a better validation Pearson before training stops
    #[arg(long, value_name = "N", help_heading = "Training", default_value_t = TrainingOptions::default().patience)]
    patience: usize,
    /// Maximum number of first-layer filters initialised with k-mers whose presence correlates with expression in the train
    /// genes; the others are initialised at random
    #[arg(
        long,
        value_name = "N",
        help_heading = "Training",
        default_value_t = TrainingOptions::default().enriched_kmers
    )]
    enriched_kmers: usize,
    /// Maximum shift of training windows in either direction, resampled in each epoch
    #[arg(long, value_name = "BP", help_heading = "Training", default_value_t = TrainingOptions::default().max_shift_bp)]
    max_shift: usize,
    /// Seed of weights, gene order, shifts and dropout
    #[arg(long, value_name = "N", help_heading = "Training", default_value_t = DEFAULT_SEED)]
    seed: u64,
    /// Device: auto, cpu or cuda:N
    #[arg(long, help_heading = "Training", default_value_t = DeviceChoice::Auto)]
    device: DeviceChoice,
    /// GPUs that share the work of each step, such as cuda:0,cuda:1
    #[arg(long, value_name = "LIST", help_heading = "Training", value_delimiter = ',', conflicts_with = "device")]
    devices: Vec<DeviceChoice>,
    /// Number format of convolutions and large products: f32, bf16 or f16
    #[arg(long, value_name = "FORMAT", help_heading = "Training", default_value_t = Precision::F32)]
    precision: Precision,
}

impl TrainingArgs {
    /// The data set, if one is named.
    pub(crate) fn data(&self) -> Option<&Path> {
        self.data.as_deref()
    }

    /// The options, checked without the data set.
    pub(crate) fn options(&self) -> Result<TrainingOptions> {
        let settings = self.settings.as_ref().map(SettingsFile::read).transpose()?;
        let options = TrainingOptions {
            cell_types: selection("--cell-type", &self.cell_type)?,
            assays: self.assay.clone(),
            extent: self.extent.map_or(ExtentChoice::Coverage(self.extent_coverage), ExtentChoice::Exact),
            gene_features: self.gene_features,
            tracks: selection("--tracks", &self.tracks)?,
            architecture: self.architecture.into(),
            preset: self.preset.into(),
            epochs: self.epochs,
            batch_size: self.batch_size,
            learning_rate: self.learning_rate,
            weight_decay: self.weight_decay,
            difference_weight: self.difference_weight,
            patience: self.patience,
            enriched_kmers: self.enriched_kmers,
            max_shift_bp: self.max_shift,
            seed: self.seed,
            devices: if self.devices.is_empty() { vec![self.device] } else { self.devices.clone() },
            precision: self.precision,
            settings: settings.map(|settings| settings.without(&self.explicit_settings())),
        };
        options.validate()?;
        Ok(options)
    }

    /// Settings whose option is set explicitly; a preset sets the whole network except its architecture.
    pub(crate) fn explicit_settings(&self) -> Vec<&'static str> {
        let is_in_preset = |name: &str| TrainingSettings::shapes_network(name) && name != ARCHITECTURE;
        let is_explicit = |name: &&str| {
            // An option has the name of the setting, without its unit.
            let flag = name.strip_suffix("_bp").unwrap_or(name).replace('_', "-");
            self.explicit.has(&flag) || (self.explicit.has(PRESET) && is_in_preset(name))
        };
        TrainingSettings::names().filter(is_explicit).collect()
    }

    /// The explicit options as words of a command line, without the settings file.
    pub(crate) fn words_without_settings(&self) -> Vec<String> {
        self.explicit.words_without("settings")
    }
}

/// Selection by names, or by the word `all` or `none` alone.
pub(crate) fn selection(option: &str, names: &[String]) -> Result<NameSelection> {
    let names: Vec<String> = names.iter().map(|name| name.trim().to_owned()).collect();
    let is_all = |name: &String| name.eq_ignore_ascii_case(ALL);
    if let [name] = names.as_slice()
        && name.eq_ignore_ascii_case(NONE)
    {
        return Ok(NameSelection::Only(Vec::new()));
    }
    match (names.iter().any(is_all), names.len()) {
        (true, 1) => Ok(NameSelection::All),
        (true, _) => Err(usage(format!("{option}: all cannot be combined with names; pass either"))),
        (false, _) => Ok(NameSelection::Only(names)),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use tatabox_model::Architecture;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: TrainingArgs,
    }

    fn args(line: &str) -> Result<TrainingArgs> {
        Ok(Line::try_parse_from(format!("train {line}").split_whitespace())?.args)
    }

    fn options(line: &str) -> Result<TrainingOptions> {
        args(line)?.options()
    }

    #[test]
    fn training_args_defaults_are_those_of_the_library() {
        assert_eq!(options("").expect("nothing is required"), TrainingOptions::default());
    }

    #[test]
    fn training_args_architecture_is_named_as_in_the_configuration() {
        for architecture in Architecture::ALL {
            let options = options(&format!("--architecture {architecture}")).expect("valid");
            assert_eq!(options.architecture, architecture);
        }
        assert!(options("--architecture transformer").is_err());
    }

    #[test]
    fn training_args_cell_types_are_repeated_or_comma_separated() {
        let names = |line: &str| options(line).expect("valid").cell_types;
        assert_eq!(names(""), NameSelection::All);
        assert_eq!(names("--cell-type ALL"), NameSelection::All);
        let both = NameSelection::Only(vec!["K562".to_owned(), "HepG2".to_owned()]);
        assert_eq!(names("--cell-type K562,HepG2"), both);
        assert_eq!(names("--cell-type K562 --cell-type HepG2"), both);
        assert!(options("--cell-type K562,all").is_err());
        assert_eq!(options("--tracks all").expect("valid").tracks, NameSelection::All);
        assert!(options("--tracks all,dnase").is_err());
    }

    #[test]
    fn training_args_invalid_values_are_refused() {
        let refused = |line: &str| options(line).expect_err("refused").to_string();
        assert!(refused("--extent-coverage 0").contains("expected a fraction above 0"));
        assert!(refused("--max-shift 2000").contains("expected at most 1000 bp"));
        assert!(refused("--extent 300").contains("-249..+50"));
        assert!(refused("--precision f8").contains("f8"));
        assert!(refused("--device cpu --devices cuda:0,cuda:1").contains("cannot be used with"));
    }

    #[test]
    fn training_args_explicit_options_override_settings() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("best.json");
        std::fs::write(&path, r#"{"batch_size": 128, "gru_hidden": 16, "architecture": "cnn-gru"}"#).expect("written");
        let settings = |line: &str| {
            let options = options(&format!("--settings {} {line}", path.display())).expect("valid");
            options.settings.expect("a file").settings
        };
        assert_eq!(settings("").shown("gru_hidden").as_deref(), Some("16"));
        // 64 is the default, but the option is explicit.
        let some = settings("--batch-size 64 --preset base");
        assert_eq!((some.shown("batch_size"), some.shown("gru_hidden")), (None, None));
        assert_eq!(some.architecture(), Some(Architecture::CnnGru));
        assert_eq!(settings("--architecture cnn").architecture(), None);
    }

    #[test]
    fn training_args_words_repeat_explicit_options() {
        let words = |line: &str| args(line).expect("valid").words_without_settings();
        let expected = ["--cell-type", "K562", "--cell-type", "HepG2", "--extent", "-249..+50", "--seed", "7"];
        assert_eq!(words("--extent -249..+50 --seed 7 --cell-type K562,HepG2"), expected);
        let inputs = ["--gene-features", "--tracks", "dnase", "--tracks", "h3k27ac"];
        assert_eq!(words("--gene-features --tracks dnase,h3k27ac"), inputs);
        assert_eq!(words(""), Vec::<String>::new());
        assert_eq!(args("--max-shift 2").expect("valid").explicit_settings(), ["max_shift_bp"]);
    }

    #[test]
    fn training_args_extent_begins_with_its_sign() {
        let extent = Extent { upstream_bp: 500, downstream_bp: 100 };
        assert_eq!(options("--extent -500..+100").expect("valid").extent, ExtentChoice::Exact(extent));
        assert_eq!(options("").expect("valid").extent, ExtentChoice::Coverage(DEFAULT_EXTENT_COVERAGE));
    }
}
