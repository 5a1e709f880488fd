//! Transfer learning: the initial network of a run that starts from a trained model.

mod transferred_network;

pub(crate) use transferred_network::transferred_network;
