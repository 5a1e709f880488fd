//! The network that a transfer begins with.

use burn::module::Param;
use burn::nn::Linear;
use burn::tensor::{Device, TensorData};

use crate::bundle::{TrainedModel, TrainingConfig, TransferConfig};
use crate::error::ModelError;
use crate::nn::{Network, NetworkConfig};

/// The network of the model that `transfer` names, with outputs for the cell types of `config`.
///
/// An output that the model has begins as it was; that of a new cell type begins as the mean of all. A new cell type is
/// thus predicted from the start as the average known one, which, as cell types are alike, is a long way from nothing.
/// Gene features that the model does not read begin without weight, so that it predicts from the start as it did.
///
/// # Errors
/// Those of [`TrainedModel::load`]; [`ModelError::Mismatch`] where the model is no longer the one that was named, or
/// has another network.
pub(crate) fn transferred_network(
    config: &TrainingConfig,
    transfer: &TransferConfig,
    device: &Device,
) -> Result<Network, ModelError> {
    let model = TrainedModel::load(&transfer.from, device)?;
    let from = transfer.from.display();
    if model.record.weights_sha256 != transfer.weights_sha256 {
        return Err(ModelError::TransferSourceChanged { path: transfer.from.clone() });
    }
    model.config.auxiliary_inputs().check_transfer(config.auxiliary_inputs())?;
    let NetworkConfig { outputs, gene_features, .. } = model.config.network;
    let as_before = NetworkConfig { outputs, gene_features, ..config.network.clone() };
    if as_before != model.config.network {
        return Err(ModelError::Mismatch(format!("the network of this run is not the one of {from}")));
    }
    let Network::Convolutional(mut network) = model.network else {
        return Err(ModelError::Mismatch(format!("the network of {from} has no trunk to keep")));
    };
    let new_features = config.network.gene_features - gene_features;
    let hidden = network.head.hidden_mut();
    *hidden = with_auxiliary_inputs(hidden, new_features, device);
    network.head.set_gene_features(config.network.gene_features);
    let output = network.head.output_mut();
    *output = output_for(output, &model.config.cell_types, &config.cell_types, device);
    Ok(Network::Convolutional(network))
}

/// The layer with so many more inputs, which have no weight.
fn with_auxiliary_inputs(layer: &Linear, more: usize, device: &Device) -> Linear {
    let [inputs, units] = layer.weight.dims();
    let mut weight: Vec<f32> = layer.weight.val().into_data().iter::<f32>().collect();
    weight.resize((inputs + more) * units, 0.0);
    let weight = Param::from_data(TensorData::new(weight, [inputs + more, units]), device);
    Linear { weight, bias: layer.bias.clone() }
}

/// The layer `known`, whose outputs are `cell_types`, made over to the outputs `wanted`.
fn output_for(known: &Linear, cell_types: &[String], wanted: &[String], device: &Device) -> Linear {
    let weight: Vec<f32> = known.weight.val().into_data().iter::<f32>().collect();
    let rows = weight.chunks_exact(cell_types.len());
    let units = rows.len();
    let weight: Vec<f32> = rows.flat_map(|row| outputs_of(row, cell_types, wanted)).collect();
    let bias = known.bias.as_ref().map(|bias| {
        let bias: Vec<f32> = bias.val().into_data().iter::<f32>().collect();
        let bias = outputs_of(&bias, cell_types, wanted);
        Param::from_data(TensorData::new(bias, [wanted.len()]), device)
    });
    Linear { weight: Param::from_data(TensorData::new(weight, [units, wanted.len()]), device), bias }
}

/// One value for each of `wanted`, from one for each of `cell_types`.
fn outputs_of(values: &[f32], cell_types: &[String], wanted: &[String]) -> Vec<f32> {
    let mean = values.iter().sum::<f32>() / values.len() as f32;
    let known = |name: &String| cell_types.iter().position(|known| known == name);
    wanted.iter().map(|name| known(name).map_or(mean, |index| values[index])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device;

    #[test]
    fn new_inputs_of_a_layer_have_no_weight() {
        let device = device::cpu();
        let layer = Linear {
            weight: Param::from_data(TensorData::new(vec![1.0_f32, 3.0, -2.0, 6.0], [2, 2]), &device),
            bias: Some(Param::from_data(TensorData::new(vec![0.5_f32, 1.5], [2]), &device)),
        };
        let wider = with_auxiliary_inputs(&layer, 1, &device);
        let weight: Vec<f32> = wider.weight.val().into_data().iter::<f32>().collect();
        assert_eq!((wider.weight.dims(), weight), ([3, 2], vec![1.0, 3.0, -2.0, 6.0, 0.0, 0.0]));
        let bias: Vec<f32> = wider.bias.expect("kept").val().into_data().iter::<f32>().collect();
        assert_eq!(bias, [0.5, 1.5]);
    }

    #[test]
    fn a_known_output_stays_and_a_new_one_is_the_mean() {
        let device = device::cpu();
        // Two units, outputs A and B.
        let known = Linear {
            weight: Param::from_data(TensorData::new(vec![1.0_f32, 3.0, -2.0, 6.0], [2, 2]), &device),
            bias: Some(Param::from_data(TensorData::new(vec![0.5_f32, 1.5], [2]), &device)),
        };
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        let output = output_for(&known, &names(&["A", "B"]), &names(&["NEW", "B", "A"]), &device);
        let weight: Vec<f32> = output.weight.val().into_data().iter::<f32>().collect();
        assert_eq!(output.weight.dims(), [2, 3]);
        assert_eq!(weight, [2.0, 3.0, 1.0, 2.0, 6.0, -2.0]);
        let bias: Vec<f32> = output.bias.expect("kept").val().into_data().iter::<f32>().collect();
        assert_eq!(bias, [1.0, 1.5, 0.5]);
    }
}
