//! Weights that are taken one by one, so that none is forgotten.

use super::not_exportable;
use crate::error::ModelError;
use crate::exchange::{WeightTable, WeightTensor};
use crate::nn::Network;

/// The weights of a network that no node has taken yet.
pub(super) struct WeightSource {
    left: WeightTable,
}

impl WeightSource {
    pub fn of(network: &Network) -> Result<Self, ModelError> {
        Ok(Self { left: WeightTable::of(network)? })
    }

    /// Takes a weight.
    pub fn take(&mut self, name: &str) -> Result<WeightTensor, ModelError> {
        let taken = self.left.tensors.remove(name);
        taken.ok_or_else(|| not_exportable(format!("the network has no {name}, which this export counts on")))
    }

    /// Checks that every weight was taken.
    pub fn finish(self) -> Result<(), ModelError> {
        if self.left.tensors.is_empty() {
            return Ok(());
        }
        let names: Vec<&str> = self.left.tensors.keys().map(String::as_str).collect();
        Err(not_exportable(format!("this export does not know what to do with {}", names.join(", "))))
    }
}
