//! Multilayer perceptron on k-mer frequencies.

use burn::config::Config;
use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor};

use super::dropout::DropoutMask;
use crate::nn::head::regress;

/// Number of k-mers of 1 to 5 bases: 4 + 16 + 64 + 256 + 1,024.
pub const KMER_FEATURES: usize = 1_364;

/// Configuration of a [`KmerMlp`].
#[derive(Config, Debug, PartialEq)]
pub struct KmerMlpConfig {
    /// Units of the first hidden layer.
    pub first: usize,
    /// Units of the second hidden layer.
    pub hidden: usize,
    /// Number of cell types.
    pub outputs: usize,
    /// Dropout on the frequencies.
    pub input_dropout: f64,
    /// Dropout after each hidden layer.
    pub dropout: f64,
    /// Gene features that are concatenated with the first hidden layer before the second.
    #[config(default = 0)]
    pub gene_features: usize,
}

impl KmerMlpConfig {
    /// Builds the perceptron on `device`.
    pub fn init(&self, device: &Device) -> KmerMlp {
        KmerMlp {
            first: LinearConfig::new(KMER_FEATURES, self.first).init(device),
            hidden: LinearConfig::new(self.first + self.gene_features, self.hidden).init(device),
            output: LinearConfig::new(self.hidden, self.outputs).init(device),
            input_dropout: self.input_dropout,
            dropout: self.dropout,
        }
    }
}

/// Two hidden layers on the frequencies of k-mers of 1 to 5 bases: nonlinear in composition, independent of position.
#[derive(Module, Debug)]
pub struct KmerMlp {
    first: Linear,
    hidden: Linear,
    output: Linear,
    input_dropout: f64,
    dropout: f64,
}

impl KmerMlp {
    /// Number of gene features that the second hidden layer reads.
    pub(crate) fn gene_features(&self) -> usize {
        self.hidden.weight.dims()[0] - self.first.weight.dims()[1]
    }

    /// Predicts every cell type.
    ///
    /// # Shapes
    /// - `kmers`: `[batch, 1364]`, as [`kmer_features`](fn@crate::kmer_features) makes them
    /// - `gene_features`: `[batch, features]`
    /// - output: `[batch, outputs]`
    pub fn forward(&self, kmers: Tensor<2>, gene_features: Option<Tensor<2>>, dropout: &mut DropoutMask) -> Tensor<2> {
        let kmers = dropout.apply(kmers, self.input_dropout);
        let features = relu(self.first.forward(kmers));
        regress(features, gene_features, &self.hidden, &self.output, self.dropout, dropout)
    }
}
