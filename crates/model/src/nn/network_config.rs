//! Configuration of a network.

use serde::{Deserialize, Serialize};

use super::architecture::Architecture;
use super::motif_conv::MotifConvConfig;
use super::window_batch::NUCLEOTIDES;
use crate::device::{Precision, SelectedDevice};
use crate::error::ModelError;

/// Epsilon of the layer normalisation in the presets. It scored higher than the usual 1e-5 on human promoters, and even
/// more so on simulated ones.
const NORM_EPSILON: f64 = 0.1;

/// Named network sizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// About a quarter of the operations of `Base`; suited to training on a CPU.
    Small,
    /// 64, 96 and 128 filters and 64 hidden units per direction.
    Base,
}

/// Configuration of a network. Components that the architecture does not have are empty or 0.
///
/// # Examples
/// ```
/// use tatabox_model::{Architecture, NetworkConfig, Preset};
///
/// let config = NetworkConfig::preset(Preset::Base, 11_000, 8);
/// assert_eq!((config.total_pool(), config.gru_hidden), (64, 64));
/// let ablation = config.with_architecture(Architecture::Cnn);
/// assert_eq!((ablation.gru_hidden, ablation.attention_heads), (0, 0));
/// assert!(ablation.validate().is_ok());
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NetworkConfig {
    /// Architecture. Configurations without this field are hybrids.
    #[serde(default)]
    pub architecture: Architecture,
    /// The convolutional stages, first to last.
    pub stages: Vec<MotifConvConfig>,
    /// Hidden units of the GRU per direction.
    pub gru_hidden: usize,
    /// Number of attention heads.
    pub attention_heads: usize,
    /// Units of the last hidden layer.
    pub head_hidden: usize,
    /// Number of outputs: cell types, then outputs of assays.
    pub outputs: usize,
    /// Outputs per pooling head, which add up to `outputs`; empty for a single head with all outputs. Each head has its
    /// own attention and hidden layer on the shared encoder.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub heads: Vec<usize>,
    /// Dropout on the features of each convolutional stage, or on the k-mer frequencies.
    pub trunk_dropout: f64,
    /// Dropout in the head.
    pub head_dropout: f64,
    /// Gene features, concatenated with the pooled promoter before the hidden layer of the first head.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub gene_features: usize,
    /// Signal tracks, one value per base each, as channels in addition to A, C, G and T.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub tracks: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

impl NetworkConfig {
    /// Hybrid network of this size for windows of `window_bp` bases and `outputs` cell types.
    ///
    /// Only the pooling depends on the window: it reduces the window to at most about 200 positions, since the GRU
    /// takes time per position, and keeps the resolution of short promoters.
    pub fn preset(preset: Preset, window_bp: usize, outputs: usize) -> Self {
        let pools = match window_bp {
            0..=128 => [2, 2, 1],
            129..=1024 => [4, 2, 1],
            1025..=4096 => [4, 4, 2],
            _ => [8, 4, 2],
        };
        let (filters, gru_hidden, head_hidden) = match preset {
            Preset::Small => ([32, 48, 64], 32, 64),
            Preset::Base => ([64, 96, 128], 64, 128),
        };
        let kernels = [15, 7, 5];
        let stage = |stage| {
            MotifConvConfig::new(filters[stage], kernels[stage], pools[stage]).with_norm_epsilon(Some(NORM_EPSILON))
        };
        let stages = (0..3).map(stage).collect();
        Self {
            architecture: Architecture::Hybrid,
            stages,
            gru_hidden,
            attention_heads: 4,
            head_hidden,
            outputs,
            heads: Vec::new(),
            trunk_dropout: 0.2,
            head_dropout: 0.5,
            gene_features: 0,
            tracks: 0,
        }
    }

    /// The same configuration with these numbers of gene features and signal tracks.
    pub fn with_auxiliary_inputs(self, gene_features: usize, tracks: usize) -> Self {
        Self { gene_features, tracks, ..self }
    }

    /// The same configuration with one pooling head per entry of `heads`, its number of outputs.
    pub fn with_heads(self, heads: Vec<usize>) -> Self {
        let outputs = heads.iter().sum();
        let heads = if heads.len() > 1 { heads } else { Vec::new() };
        Self { outputs, heads, ..self }
    }

    /// Outputs of each pooling head, at least one head.
    pub(crate) fn outputs_per_head(&self) -> Vec<usize> {
        if self.heads.is_empty() { vec![self.outputs] } else { self.heads.clone() }
    }

    /// Channels per base: A, C, G, T and the tracks.
    pub(crate) fn base_channels(&self) -> usize {
        NUCLEOTIDES + self.tracks
    }

    /// The same configuration without the components that `architecture` does not have; the remaining ones keep their
    /// size.
    pub fn with_architecture(mut self, architecture: Architecture) -> Self {
        self.architecture = architecture;
        if !architecture.has_convolutions() {
            self.stages.clear();
        }
        if !architecture.has_gru() {
            self.gru_hidden = 0;
        }
        if !architecture.has_attention() {
            self.attention_heads = 0;
        }
        if !architecture.reads_bases() {
            self.tracks = 0;
            self.heads.clear();
        }
        self
    }

    /// Bases per pooled position.
    pub fn total_pool(&self) -> usize {
        self.stages.iter().map(|stage| stage.pool).product()
    }

    /// Whether the network runs on the [CPU kernels](crate::cpu), rather than on the layers of the tensor library.
    pub(crate) fn runs_on_cpu_kernels(&self, device: &SelectedDevice, precision: Precision) -> bool {
        let one_cpu = !device.is_queued() && device.others.is_empty();
        self.architecture.has_convolutions() && one_cpu && precision == Precision::F32
    }

    /// Checks every field.
    ///
    /// # Errors
    /// [`ModelError::InvalidConfig`] names the field, its value and the range.
    pub fn validate(&self) -> Result<(), ModelError> {
        let positive = |field, value: usize| {
            if value == 0 {
                return Err(invalid(field, &value, "at least 1"));
            }
            Ok(())
        };
        let probability = |field, value: f64| {
            if !(0.0..1.0).contains(&value) {
                return Err(invalid(field, &value, "at least 0 and below 1"));
            }
            Ok(())
        };
        if self.architecture.has_convolutions() {
            positive("stages", self.stages.len())?;
        }
        for stage in &self.stages {
            positive("stages.filters", stage.filters)?;
            positive("stages.pool", stage.pool)?;
            let epsilon = stage.norm_epsilon();
            if !(epsilon > 0.0 && epsilon.is_finite()) {
                return Err(invalid("stages.norm_epsilon", &epsilon, "above 0"));
            }
            if stage.detectors() > stage.filters {
                return Err(invalid("stages.detectors", &stage.detectors(), "at most the number of filters"));
            }
            if stage.kernel % 2 == 0 {
                return Err(invalid("stages.kernel", &stage.kernel, "an odd number"));
            }
        }
        if self.tracks > 0 && !self.architecture.reads_bases() {
            let expected = format!("0, since {} reads no bases", self.architecture);
            return Err(invalid("tracks", &self.tracks, &expected));
        }
        if self.architecture.has_gru() {
            positive("gru_hidden", self.gru_hidden)?;
        }
        if self.architecture.has_attention() {
            positive("attention_heads", self.attention_heads)?;
        }
        positive("head_hidden", self.head_hidden)?;
        positive("outputs", self.outputs)?;
        for &outputs in &self.heads {
            positive("heads", outputs)?;
        }
        if !self.heads.is_empty() && self.heads.iter().sum::<usize>() != self.outputs {
            let expected = format!("{} outputs in total", self.outputs);
            return Err(invalid("heads", &self.heads.iter().sum::<usize>(), &expected));
        }
        if self.heads.len() > 1 && !self.architecture.reads_bases() {
            let expected = format!("1 head, since {} has no encoder to share", self.architecture);
            return Err(invalid("heads", &self.heads.len(), &expected));
        }
        probability("trunk_dropout", self.trunk_dropout)?;
        probability("head_dropout", self.head_dropout)
    }
}

fn invalid(field: &'static str, value: &impl ToString, expected: &str) -> ModelError {
    ModelError::InvalidConfig { field, value: value.to_string(), expected: expected.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn validate_even_kernel_names_field_and_value() {
        let mut config = NetworkConfig::preset(Preset::Base, 11_000, 8);
        assert!(config.validate().is_ok());
        config.stages[1].kernel = 4;
        let message = config.validate().expect_err("even kernel").to_string();
        assert_eq!(message, "stages.kernel is 4; expected an odd number");
    }

    #[test]
    fn with_architecture_keeps_only_its_components() {
        let hybrid = NetworkConfig::preset(Preset::Small, 300, 2);
        assert_eq!(hybrid.clone().with_architecture(Architecture::Hybrid), hybrid);
        for architecture in Architecture::ALL {
            assert!(hybrid.clone().with_architecture(architecture).validate().is_ok(), "{architecture}");
        }
        let mut config = hybrid.clone().with_architecture(Architecture::Cnn);
        assert_eq!((config.gru_hidden, config.attention_heads, config.stages.len()), (0, 0, 3));
        config.architecture = Architecture::CnnGru;
        assert_eq!(config.validate().expect_err("no GRU").to_string(), "gru_hidden is 0; expected at least 1");
    }

    #[test]
    fn network_config_json_omits_absent_auxiliary_inputs() {
        let plain = NetworkConfig::preset(Preset::Small, 300, 2);
        let json = serde_json::to_string(&plain).expect("JSON");
        assert!(!json.contains("gene_features") && !json.contains("tracks"), "{json}");
        let more = plain.clone().with_auxiliary_inputs(8, 2);
        assert_eq!((more.base_channels(), plain.base_channels()), (6, 4));
        let json = serde_json::to_string(&more).expect("JSON");
        assert!(json.ends_with(r#""gene_features":8,"tracks":2}"#), "{json}");
        assert_eq!(serde_json::from_str::<NetworkConfig>(&json).expect("readable"), more);
    }

    #[test]
    fn validate_kmer_mlp_with_tracks_returns_error() {
        let mut config = NetworkConfig::preset(Preset::Small, 300, 2).with_auxiliary_inputs(8, 2);
        config = config.with_architecture(Architecture::KmerMlp);
        assert_eq!((config.gene_features, config.tracks), (8, 0));
        config.tracks = 2;
        let message = config.validate().expect_err("no bases").to_string();
        assert_eq!(message, "tracks is 2; expected 0, since kmer-mlp reads no bases");
    }

    #[test]
    fn network_config_json_without_architecture_is_hybrid() {
        let hybrid = NetworkConfig::preset(Preset::Small, 300, 2);
        let mut json = serde_json::to_value(&hybrid).expect("JSON");
        json.as_object_mut().expect("an object").remove("architecture").expect("written");
        assert_eq!(serde_json::from_value::<NetworkConfig>(json).expect("readable"), hybrid);
    }
}
