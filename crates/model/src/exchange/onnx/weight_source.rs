//! Source of the weights of an export, which checks that every weight is used.

use super::not_exportable;
use crate::error::ModelError;
use crate::exchange::{WeightTable, WeightTensor};
use crate::nn::Network;

/// Weights of a network that the graph does not contain yet.
pub(super) struct WeightSource {
    remaining: WeightTable,
}

impl WeightSource {
    pub fn of(network: &Network) -> Result<Self, ModelError> {
        Ok(Self { remaining: WeightTable::of(network)? })
    }

    /// Takes a weight by name.
    pub fn take(&mut self, name: &str) -> Result<WeightTensor, ModelError> {
        let weight = self.remaining.tensors.remove(name);
        weight.ok_or_else(|| not_exportable(format!("the network has no weight {name}, which the export requires")))
    }

    /// Checks that every weight was used.
    pub fn finish(self) -> Result<(), ModelError> {
        if self.remaining.tensors.is_empty() {
            return Ok(());
        }
        let names: Vec<&str> = self.remaining.tensors.keys().map(String::as_str).collect();
        Err(not_exportable(format!("the export does not support the weights {}", names.join(", "))))
    }
}
