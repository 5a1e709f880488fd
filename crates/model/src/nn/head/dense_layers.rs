//! Final two dense layers of every network.

use burn::nn::Linear;
use burn::tensor::Tensor;
use burn::tensor::activation::relu;

use crate::nn::DropoutMask;

/// Dropout, hidden layer, ReLU, dropout, output layer with one output per cell type.
///
/// Gene features are concatenated with the pooled promoter after its dropout and are never dropped, since they are few
/// and not redundant.
///
/// This is a function rather than a module, because a module would change the names of the weights in model files.
pub(crate) fn regress(
    features: Tensor<2>,
    gene_features: Option<Tensor<2>>,
    hidden: &Linear,
    output: &Linear,
    probability: f64,
    dropout: &mut DropoutMask,
) -> Tensor<2> {
    let features = dropout.apply(features, probability);
    let features = match gene_features {
        Some(gene_features) => Tensor::cat(vec![features, gene_features], 1),
        None => features,
    };
    let features = relu(hidden.forward(features));
    output.forward(dropout.apply(features, probability))
}
