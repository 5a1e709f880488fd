//! Models to compare a network with, on the same genes and bases: baselines, simpler networks and negative controls.

mod cache;
mod choice;
mod comparator;
mod comparison;
mod network;

pub use choice::{AvailableInputs, ComparatorChoice};
pub use comparator::Comparator;
pub(crate) use comparison::{ComparatorPredictions, Comparison};
