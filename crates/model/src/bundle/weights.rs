//! Network weights in the safetensors format.

use std::path::Path;

use burn::store::{ModuleSnapshot, SafetensorsStore};

use crate::error::ModelError;
use crate::nn::Network;

/// Store of weights named by field. Enum variants are not part of the names, since the configuration defines the
/// components of a network.
fn weights_store(bytes: Option<Vec<u8>>) -> SafetensorsStore {
    // Metadata is written in hash order, but the same weights must give the same bytes.
    SafetensorsStore::from_bytes(bytes).clear_metadata().skip_enum_variants(true)
}

pub(crate) fn weights_to_bytes(network: &Network, path: &Path) -> Result<Vec<u8>, ModelError> {
    let mut store = weights_store(None);
    let invalid = |reason: String| ModelError::InvalidFile { path: path.to_owned(), reason };
    network.save_into(&mut store).map_err(|error| invalid(error.to_string()))?;
    store.get_bytes().map_err(|error| invalid(error.to_string()))
}

pub(crate) fn weights_from_bytes(mut network: Network, bytes: Vec<u8>, path: &Path) -> Result<Network, ModelError> {
    let mut store = weights_store(Some(bytes));
    let result = network
        .load_from(&mut store)
        .map_err(|error| ModelError::InvalidFile { path: path.to_owned(), reason: error.to_string() })?;
    if !result.unused.is_empty() {
        return Err(ModelError::InvalidFile {
            path: path.to_owned(),
            reason: format!("the configured network has no weights named {}", result.unused.join(", ")),
        });
    }
    Ok(network)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device;
    use crate::input::WindowBatcher;
    use crate::nn::{Architecture, DropoutMask, NetworkConfig, Preset};

    #[test]
    fn weights_round_trip_preserves_bytes_and_outputs() {
        let path = Path::new("weights.safetensors");
        for architecture in Architecture::ALL {
            let config = NetworkConfig::preset(Preset::Small, 300, 2).with_architecture(architecture);
            let network = config.build(42, &device::cpu());
            let first = weights_to_bytes(&network, path).expect("bytes");
            let again = weights_to_bytes(&config.build(42, &device::cpu()), path).expect("bytes");
            assert!(first == again, "{architecture}: the same seed gave different bytes");
            let other_seed = config.build(7, &device::cpu());
            let loaded = weights_from_bytes(other_seed, first.clone(), path).expect("loads");
            assert!(weights_to_bytes(&loaded, path).expect("bytes") == first, "{architecture}");

            let window: Vec<u8> = (0..300u32).map(|base| (base * base % 7 % 4) as u8).collect();
            let batch = WindowBatcher::new(&config, device::cpu()).batch(&[&window], 250).expect("valid windows");
            let outputs = |network: &Network| -> Vec<f32> {
                network.run(&batch, &mut DropoutMask::none()).predictions.into_data().try_to_vec().expect("f32")
            };
            assert_eq!(outputs(&network), outputs(&loaded), "{architecture}");
        }
    }

    #[test]
    fn weights_of_hybrid_keep_their_tensor_names() {
        let network = NetworkConfig::preset(Preset::Small, 300, 2).build(1, &device::cpu());
        let bytes = weights_to_bytes(&network, Path::new("weights.safetensors")).expect("bytes");
        let header = String::from_utf8_lossy(&bytes[..4096.min(bytes.len())]).into_owned();
        for name in ["stages.0.conv.weight", "gru.hidden_bias", "head.scoring.weight", "head.distance_slope"] {
            assert!(header.contains(&format!("\"{name}\"")), "{name}");
        }
    }

    #[test]
    fn weights_of_another_network_are_rejected() {
        let path = Path::new("weights.safetensors");
        let small = NetworkConfig::preset(Preset::Small, 300, 2);
        let bytes = weights_to_bytes(&small.build(1, &device::cpu()), path).expect("bytes");
        let others = [
            NetworkConfig::preset(Preset::Base, 300, 2),
            small.clone().with_architecture(Architecture::CnnGru),
            small.with_architecture(Architecture::KmerMlp),
        ];
        for other in others {
            let error = weights_from_bytes(other.build(1, &device::cpu()), bytes.clone(), path).expect_err("differs");
            assert!(matches!(error, ModelError::InvalidFile { .. }), "{error}");
        }
    }
}
