//! Description and metadata of an ONNX file.

use super::messages::StringStringEntryProto;
use crate::bundle::TrainedModel;
use crate::predict::Predictor;

const LICENCE: &str = "The program that made this file is under the MIT licence. Weights carry the terms of the data they \
                       were trained on, which the model's MODEL_CARD.md names.";

/// Description and metadata of a model.
pub(super) struct Description<'a> {
    predictor: &'a Predictor,
}

impl<'a> Description<'a> {
    pub fn new(predictor: &'a Predictor) -> Self {
        Self { predictor }
    }

    /// Description of inputs and outputs for readers.
    pub fn text(&self) -> String {
        let config = &self.predictor.model().config;
        let data = &config.data;
        let (extent, cell_types) = (data.extent, config.cell_types.join(", "));
        let simulated = if data.simulated {
            " The model was trained on SIMULATED data; its predictions say nothing on real genes."
        } else {
            ""
        };
        format!(
            "Gene expression from promoter DNA. `sequence` [batch, 4, {window}] is the one-hot code, channels A, C, G, T, \
             of the bases {extent} around the TSS on the sense strand: the TSS base has index {tss}. An unknown base (N) \
             is 0 in all four channels, anywhere in the window, so that a shorter promoter is filled up with zeros in its \
             place; a window without any known base has no meaning.{auxiliary_inputs} `log2_tpm` is log2(TPM + 1) in {cell_types}.{simulated}",
            auxiliary_inputs = self.auxiliary_inputs(),
            window = extent.total_bp(),
            tss = extent.upstream_bp,
        )
    }

    /// Description of the auxiliary inputs.
    fn auxiliary_inputs(&self) -> String {
        let (network, inputs) = (&self.predictor.model().config.network, self.predictor.auxiliary_inputs());
        let tracks = (network.tracks > 0).then(|| {
            format!(
                " `tracks` [batch, {}, length] is the signal of {} along the same bases, asinh of the values of bigWig \
                 files, 0 where there are none.",
                network.tracks,
                inputs.track_names().join(", ")
            )
        });
        let features = (network.gene_features > 0).then(|| {
            let names = inputs.feature_names();
            format!(" `gene_features` [batch, {}] are {} of each gene, not scaled.", names.len(), names.join(", "))
        });
        tracks.into_iter().chain(features).collect()
    }

    /// Metadata for programs.
    pub fn entries(&self) -> Vec<StringStringEntryProto> {
        let (TrainedModel { config, .. }, record) = (self.predictor.model(), self.predictor.record());
        let extent = config.data.extent;
        // Lists of strings are always representable in JSON.
        let cell_types = serde_json::to_string(&config.cell_types).unwrap_or_default();
        let inputs = config.auxiliary_inputs();
        let list = |names: &[&str]| serde_json::to_string(names).unwrap_or_default();
        let features: Vec<&str> = inputs.feature_names().iter().map(String::as_str).collect();
        let auxiliary = [("tracks", inputs.track_names()), ("gene_features", features)];
        let auxiliary = auxiliary.iter().filter(|(_, names)| !names.is_empty()).map(|(key, names)| (*key, list(names)));
        let entries = [
            ("cell_types", cell_types),
            ("extent", extent.to_string()),
            ("window_bp", extent.total_bp().to_string()),
            ("tss_offset", extent.upstream_bp.to_string()),
            ("channels", "A,C,G,T".to_owned()),
            ("unknown_base", "0 in every channel".to_owned()),
            ("output", "log2(TPM + 1)".to_owned()),
            ("attention_bin_bp", config.network.total_pool().to_string()),
            ("architecture", config.network.architecture.to_string()),
            ("networks", self.predictor.members().len().to_string()),
            ("simulated", config.data.simulated.to_string()),
            ("tatabox_version", env!("CARGO_PKG_VERSION").to_owned()),
            ("weights_sha256", record.weights_sha256.clone()),
            ("dataset", config.data.name.clone()),
            ("dataset_sha256", config.data.checksum.clone()),
            ("licence", LICENCE.to_owned()),
        ];
        entries
            .into_iter()
            .chain(auxiliary)
            .map(|(key, value)| StringStringEntryProto { key: key.to_owned(), value })
            .collect()
    }
}
