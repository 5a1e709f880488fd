//! The two dense layers that every network ends with.

use burn::nn::Linear;
use burn::tensor::Tensor;
use burn::tensor::activation::relu;

use crate::nn::DropoutMask;

/// Dropout, hidden layer, ReLU, dropout, one output a cell type. The gene features, few and each unlike the others, go beside
/// the pooled promoter after its dropout, so that none is ever dropped.
///
/// A function and not a module of its own, since the names of a module's weights are those in the files of models.
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
