//! Weights of a network by name, independent of burn.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use safetensors::tensor::{Dtype, SafeTensors, TensorView};

use super::foreign_format::ForeignFormat;
use crate::bundle::{weights_from_bytes, weights_to_bytes};
use crate::error::ModelError;
use crate::nn::{Network, NetworkConfig};

/// Metadata key of the model description. There is only one key, because several would be written in hash order.
const METADATA_KEY: &str = "tatabox";

/// Format that is read, in messages on other formats.
const EXPECTED: &str = "expected weights in the format safetensors, float32";

/// Named `f32` tensors.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct WeightTable {
    pub tensors: BTreeMap<String, WeightTensor>,
}

/// Tensor in row-major order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct WeightTensor {
    pub shape: Vec<usize>,
    pub values: Vec<f32>,
}

impl WeightTable {
    /// Weights of a network, with the names in weights.safetensors.
    pub fn of(network: &Network) -> Result<Self, ModelError> {
        let path = Path::new("the network");
        Ok(Self::from_bytes(&weights_to_bytes(network, path)?, path)?.0)
    }

    /// Parses a safetensors file of `f32` tensors and the model description in its metadata, if any; `path` is for
    /// messages.
    ///
    /// # Errors
    /// [`ModelError::InvalidFile`] for other formats and data types; for pickled weights, with a command that converts
    /// them.
    pub fn from_bytes(bytes: &[u8], path: &Path) -> Result<(Self, Option<String>), ModelError> {
        let invalid = |reason: String| ModelError::InvalidFile { path: path.to_owned(), reason };
        match ForeignFormat::of(bytes, path) {
            Some(ForeignFormat::Torch) => return Err(invalid(pickle_advice(path))),
            Some(ForeignFormat::Other(found)) => return Err(invalid(format!("{found}; {EXPECTED}"))),
            None => {}
        }
        let not_safetensors =
            |error| invalid(format!("not a safetensors file, or only the beginning of one: {error}; {EXPECTED}"));
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(not_safetensors)?;
        let description = header.metadata().as_ref().and_then(|metadata| metadata.get(METADATA_KEY).cloned());
        let mut table = Self::default();
        for (name, tensor) in SafeTensors::deserialize(bytes).map_err(not_safetensors)?.tensors() {
            if tensor.dtype() != Dtype::F32 {
                let found = tensor.dtype();
                return Err(invalid(format!("{name} is {found}, expected F32; convert it with .float() first")));
            }
            let values: Vec<f32> = tensor.data().as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect();
            if let Some(value) = values.iter().find(|value| !value.is_finite()) {
                return Err(invalid(format!("{name} contains {value}; expected finite weights")));
            }
            table.tensors.insert(name, WeightTensor { shape: tensor.shape().to_vec(), values });
        }
        Ok((table, description))
    }

    /// Bytes of a safetensors file with a model description in its metadata.
    pub fn to_bytes(&self, description: Option<String>) -> Result<Vec<u8>, ModelError> {
        let unwritable = |error| ModelError::Weights(format!("cannot be written as safetensors: {error}"));
        let bytes_of = |tensor: &WeightTensor| tensor.values.iter().flat_map(|value| value.to_le_bytes()).collect();
        let bytes: Vec<Vec<u8>> = self.tensors.values().map(bytes_of).collect();
        let mut views = Vec::with_capacity(bytes.len());
        for ((name, tensor), bytes) in self.tensors.iter().zip(&bytes) {
            views.push((name, TensorView::new(Dtype::F32, tensor.shape.clone(), bytes).map_err(unwritable)?));
        }
        let metadata = description.map(|description| HashMap::from([(METADATA_KEY.to_owned(), description)]));
        safetensors::serialize(views, metadata).map_err(unwritable)
    }

    /// Network of this configuration with these weights, on the CPU; `path` is for messages.
    ///
    /// # Errors
    /// [`ModelError::InvalidFile`] with every tensor that is missing, unexpected or of another shape.
    pub fn into_network(self, config: &NetworkConfig, path: &Path) -> Result<Network, ModelError> {
        let network = config.build(0, &crate::device::cpu());
        let expected = Self::of(&network)?.shapes();
        self.check(&expected, path)?;
        weights_from_bytes(network, self.to_bytes(None)?, path)
    }

    /// Shapes by name.
    pub fn shapes(&self) -> BTreeMap<String, Vec<usize>> {
        self.tensors.iter().map(|(name, tensor)| (name.clone(), tensor.shape.clone())).collect()
    }

    /// Checks that the tensors have exactly the expected names and shapes.
    ///
    /// # Errors
    /// [`ModelError::InvalidFile`] with every tensor that is missing, unexpected or of another shape.
    pub fn check(&self, expected: &BTreeMap<String, Vec<usize>>, path: &Path) -> Result<(), ModelError> {
        let mut problems = Vec::new();
        for (name, shape) in expected {
            match self.tensors.get(name) {
                None => problems.push(format!("{name} {shape:?} is missing")),
                Some(found) if found.shape != *shape => {
                    problems.push(format!("{name} is {:?}, expected {shape:?}", found.shape));
                }
                Some(_) => {}
            }
        }
        let unexpected = self.tensors.iter().filter(|(name, _)| !expected.contains_key(*name));
        problems.extend(unexpected.map(|(name, found)| format!("{name} {:?} is unexpected", found.shape)));
        if problems.is_empty() {
            return Ok(());
        }
        let reason = format!("the tensors do not match the configuration: {}", problems.join("; "));
        Err(ModelError::InvalidFile { path: path.to_owned(), reason })
    }
}

/// Message with a conversion command. Pickles are never loaded, because loading can run arbitrary code.
fn pickle_advice(path: &Path) -> String {
    let (pickle, converted) = (path.display(), path.with_extension("safetensors"));
    format!(
        "pickled weights cannot be imported; convert them with python -c \"import torch; from safetensors.torch import save_file; \
         save_file({{k: v.float().contiguous() for k, v in torch.load('{pickle}', map_location='cpu', \
         weights_only=True).items()}}, '{}')\"",
        converted.display()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::{Architecture, Preset};

    fn config(architecture: Architecture) -> NetworkConfig {
        NetworkConfig::preset(Preset::Small, 300, 2).with_architecture(architecture)
    }

    fn table(architecture: Architecture) -> WeightTable {
        WeightTable::of(&config(architecture).build(1, &crate::device::cpu())).expect("a table")
    }

    #[test]
    fn weight_table_bytes_and_network_round_trip() {
        let path = Path::new("weights.safetensors");
        for architecture in Architecture::ALL {
            let table = table(architecture);
            let bytes = table.to_bytes(Some("{}".to_owned())).expect("bytes");
            let (back, description) = WeightTable::from_bytes(&bytes, path).expect("readable");
            assert_eq!((&back, description.as_deref()), (&table, Some("{}")), "{architecture}");
            let network = back.into_network(&config(architecture), path).expect("fits");
            assert_eq!(WeightTable::of(&network).expect("a table"), table, "{architecture}");
        }
    }

    #[test]
    fn weight_table_mismatched_tensors_are_all_listed() {
        let mut table = table(Architecture::Cnn);
        let bias = table.tensors.remove("head.hidden.bias").expect("present");
        table.tensors.insert("head.extra".to_owned(), bias);
        table.tensors.get_mut("head.output.bias").expect("present").shape = vec![1, 2];
        let network = table.into_network(&config(Architecture::Cnn), Path::new("w.safetensors"));
        let message = network.expect_err("three problems").to_string();
        assert_eq!(
            message,
            "w.safetensors: the tensors do not match the configuration: head.hidden.bias [64] is missing; \
             head.output.bias is [1, 2], expected [2]; head.extra [64] is unexpected"
        );
    }

    #[test]
    fn weight_table_pickle_is_rejected_with_conversion_command() {
        let error =
            |bytes: &[u8]| WeightTable::from_bytes(bytes, Path::new("net.pt")).expect_err("invalid").to_string();
        let message = error(b"PK\x03\x04net/data.pkl");
        assert!(message.contains("torch.load('net.pt'") && message.contains("'net.safetensors'"), "{message}");
        let text = WeightTable::from_bytes(b"hello world", Path::new("net.safetensors")).expect_err("text").to_string();
        assert!(text.contains("not a safetensors file"), "{text}");
        let keras = error(b"\x89HDF\r\n\x1a\n");
        assert!(
            keras.starts_with("net.pt: an HDF5 file") && keras.contains("expected weights in the format safetensors")
        );
    }
}
