//! Files of the bundled model, embedded in the program.

use tatabox_model::EmbeddedFile;

/// Name of the bundled model.
pub(super) const NAME: &str = "human";

/// Embeds files of the model.
macro_rules! embed {
    ($($path:literal),+ $(,)?) => {
        &[$(($path, include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/bundled/", $path)))),+]
    };
}

/// Everything that prediction and its record require; scores and out-of-fold predictions stay in the repository.
pub(super) const FILES: &[EmbeddedFile] = embed![
    "SHA256SUMS",
    "ensemble.json",
    "metrics.json",
    "run.json",
    "check_predictions.tsv",
    "effect_background.json",
    "members/1/config.json",
    "members/1/metrics.json",
    "members/1/run.json",
    "members/1/transform.json",
    "members/1/weights.safetensors",
    "members/2/config.json",
    "members/2/metrics.json",
    "members/2/run.json",
    "members/2/transform.json",
    "members/2/weights.safetensors",
    "members/3/config.json",
    "members/3/metrics.json",
    "members/3/run.json",
    "members/3/transform.json",
    "members/3/weights.safetensors",
    "members/4/config.json",
    "members/4/metrics.json",
    "members/4/run.json",
    "members/4/transform.json",
    "members/4/weights.safetensors",
    "members/5/config.json",
    "members/5/metrics.json",
    "members/5/run.json",
    "members/5/transform.json",
    "members/5/weights.safetensors",
    "members/6/config.json",
    "members/6/metrics.json",
    "members/6/run.json",
    "members/6/transform.json",
    "members/6/weights.safetensors",
];
