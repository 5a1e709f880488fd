//! Initial network of a transfer.

use burn::module::Param;
use burn::nn::Linear;
use burn::tensor::{Device, Tensor, TensorData};

use crate::bundle::{TrainedModel, TrainingConfig, TransferConfig};
use crate::error::ModelError;
use crate::nn::{Network, NetworkConfig, PoolingHead};

/// Network of the source model of `transfer`, with outputs for the cell types of `config`.
///
/// Outputs for cell types of the source model keep their weights; outputs for new cell types start as the mean of all.
/// Since cell types are similar, this is a better start than random weights. New gene features start with weight 0 in known
/// hidden units, and new hidden units with output weight 0, so that the initial predictions do not change. Assays of the
/// source model keep their pooling head, and new ones start with random weights; so does expression where the source model
/// was trained on assays alone.
///
/// # Errors
/// Those of [`TrainedModel::load`]; [`ModelError::TransferSourceChanged`]; [`ModelError::Mismatch`] where the source
/// model has another network.
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
    let source = &model.config.network;
    let as_before = NetworkConfig {
        outputs: source.outputs,
        gene_features: source.gene_features,
        heads: source.heads.clone(),
        head_hidden: source.head_hidden,
        ..config.network.clone()
    };
    // Hidden units are added for new gene features alone.
    let more_units = config.network.head_hidden.checked_sub(source.head_hidden);
    let more_units = more_units.filter(|&units| units == 0 || config.network.gene_features > source.gene_features);
    let Some(more_units) = more_units.filter(|_| as_before == *source) else {
        return Err(ModelError::Mismatch(format!("the network configuration of this run differs from that of {from}")));
    };
    let (Network::Convolutional(mut network), Network::Convolutional(fresh)) =
        (model.network, config.network.build(config.seed, device))
    else {
        return Err(ModelError::Mismatch(format!("the network of {from} reads no bases")));
    };
    let known: Vec<PoolingHead> = network.heads().cloned().collect();
    let known_groups = named_groups(&model.config);
    let mut heads = Vec::new();
    for ((assay, names), fresh) in named_groups(config).into_iter().zip(fresh.heads()) {
        let Some(index) = known_groups.iter().position(|(known, _)| *known == assay) else {
            heads.push(fresh.clone());
            continue;
        };
        let mut head = known[index].clone();
        if assay.is_none() {
            let hidden = head.hidden_mut();
            *hidden = with_more_inputs(hidden, config.network.gene_features - source.gene_features, device);
            head.set_gene_features(config.network.gene_features);
        }
        let hidden = head.hidden_mut();
        *hidden = with_more_units(hidden, fresh.hidden(), device);
        let output = head.output_mut();
        *output = with_more_inputs(&output_for(output, known_groups[index].1, names, device), more_units, device);
        heads.push(head);
    }
    network.assay_heads = heads.split_off(1);
    network.head = heads.swap_remove(0);
    Ok(Network::Convolutional(network))
}

/// Names of the outputs of each pooling head, with the assay that it belongs to; `None` for cell types.
fn named_groups(config: &TrainingConfig) -> Vec<(Option<&str>, &[String])> {
    let groups = config.outputs_by_assay().into_iter();
    groups.map(|(assay, group)| (assay.map(|assay| assay.name.as_str()), &config.cell_types[group])).collect()
}

/// Layer with `more` further inputs of weight 0.
fn with_more_inputs(layer: &Linear, more: usize, device: &Device) -> Linear {
    let [inputs, units] = layer.weight.dims();
    let mut weight = values(&layer.weight);
    weight.resize((inputs + more) * units, 0.0);
    let weight = Param::from_data(TensorData::new(weight, [inputs + more, units]), device);
    Linear { weight, bias: layer.bias.clone() }
}

/// Layer with the units of `known`, and further ones of `fresh`, which has more of them.
fn with_more_units(known: &Linear, fresh: &Linear, device: &Device) -> Linear {
    let ([inputs, units], [_, all]) = (known.weight.dims(), fresh.weight.dims());
    if units == all {
        return known.clone();
    }
    let joined = |known: &[f32], fresh: &[f32]| [known, &fresh[units..]].concat();
    let (known_weight, fresh_weight) = (values(&known.weight), values(&fresh.weight));
    let rows = known_weight.chunks_exact(units).zip(fresh_weight.chunks_exact(all));
    let weight: Vec<f32> = rows.flat_map(|(known, fresh)| joined(known, fresh)).collect();
    let bias = known.bias.as_ref().zip(fresh.bias.as_ref()).map(|(known, fresh)| {
        let bias = joined(&values(known), &values(fresh));
        Param::from_data(TensorData::new(bias, [all]), device)
    });
    Linear { weight: Param::from_data(TensorData::new(weight, [inputs, all]), device), bias }
}

/// Layer with the outputs `requested`, from the layer `known` with the outputs `cell_types`.
fn output_for(known: &Linear, cell_types: &[String], requested: &[String], device: &Device) -> Linear {
    let weight = values(&known.weight);
    let rows = weight.chunks_exact(cell_types.len());
    let units = rows.len();
    let weight: Vec<f32> = rows.flat_map(|row| outputs_of(row, cell_types, requested)).collect();
    let bias = known.bias.as_ref().map(|bias| {
        let bias = outputs_of(&values(bias), cell_types, requested);
        Param::from_data(TensorData::new(bias, [requested.len()]), device)
    });
    Linear { weight: Param::from_data(TensorData::new(weight, [units, requested.len()]), device), bias }
}

/// One value per name in `requested`, from one value per name in `cell_types`.
fn outputs_of(values: &[f32], cell_types: &[String], requested: &[String]) -> Vec<f32> {
    let mean = values.iter().sum::<f32>() / values.len() as f32;
    let known = |name: &String| cell_types.iter().position(|known| known == name);
    requested.iter().map(|name| known(name).map_or(mean, |index| values[index])).collect()
}

/// Values of a parameter in row-major order.
fn values<const D: usize>(parameter: &Param<Tensor<D>>) -> Vec<f32> {
    parameter.val().into_data().iter::<f32>().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device;

    #[test]
    fn with_more_inputs_new_inputs_have_weight_zero() {
        let device = device::cpu();
        let layer = Linear {
            weight: Param::from_data(TensorData::new(vec![1.0_f32, 3.0, -2.0, 6.0], [2, 2]), &device),
            bias: Some(Param::from_data(TensorData::new(vec![0.5_f32, 1.5], [2]), &device)),
        };
        let wider = with_more_inputs(&layer, 1, &device);
        let weight: Vec<f32> = wider.weight.val().into_data().iter::<f32>().collect();
        assert_eq!((wider.weight.dims(), weight), ([3, 2], vec![1.0, 3.0, -2.0, 6.0, 0.0, 0.0]));
        let bias: Vec<f32> = wider.bias.expect("kept").val().into_data().iter::<f32>().collect();
        assert_eq!(bias, [0.5, 1.5]);
    }

    #[test]
    fn with_more_units_keeps_known_units_and_takes_the_others() {
        let device = device::cpu();
        let layer = |weight: &[f32], bias: &[f32]| Linear {
            weight: Param::from_data(TensorData::new(weight.to_vec(), [2, bias.len()]), &device),
            bias: Some(Param::from_data(TensorData::new(bias.to_vec(), [bias.len()]), &device)),
        };
        let (known, fresh) = (layer(&[1.0, 2.0], &[3.0]), layer(&[7.0, 8.0, 9.0, 10.0], &[11.0, 12.0]));
        let joined = with_more_units(&known, &fresh, &device);
        let weight: Vec<f32> = joined.weight.val().into_data().iter::<f32>().collect();
        assert_eq!((joined.weight.dims(), weight), ([2, 2], vec![1.0, 8.0, 2.0, 10.0]));
        let bias: Vec<f32> = joined.bias.expect("kept").val().into_data().iter::<f32>().collect();
        assert_eq!(bias, [3.0, 12.0]);
    }

    #[test]
    fn output_for_new_cell_type_is_the_mean() {
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
