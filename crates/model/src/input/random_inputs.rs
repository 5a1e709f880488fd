//! Random auxiliary inputs.

use std::sync::Arc;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::auxiliary_inputs::AuxiliaryInputs;
use super::promoter_window::PromoterWindow;
use crate::random_stream::{Purpose, random_stream};

/// Number of bases that share a value of a track; signal changes slowly along a promoter.
const TRACK_STEP_BP: usize = 32;

/// Adds random gene features and tracks to `bases`: normal deviates around the typical values in the scaling of `inputs`, which
/// depend on `seed` and the number of the window.
pub(crate) fn with_random_inputs(bases: Vec<u8>, inputs: &AuxiliaryInputs, seed: u64, window: usize) -> PromoterWindow {
    let mut rng = random_stream(seed, Purpose::CheckInput, 0, window);
    let gene_features = inputs.gene_features.as_ref().map(|features| {
        let typical = (0..features.names.len()).map(|feature| features.typical(feature));
        typical.map(|(value, spread)| (value + spread * deviate(&mut rng)) as f32).collect::<Vec<f32>>()
    });
    let mut tracks = Vec::with_capacity(inputs.tracks.len() * bases.len());
    for track in &inputs.tracks {
        for step in bases.chunks(TRACK_STEP_BP) {
            let value = (track.mean + track.sd * deviate(&mut rng)) as f32;
            tracks.extend(std::iter::repeat_n(value, step.len()));
        }
    }
    PromoterWindow {
        bases,
        gene_features: gene_features.map(Arc::from),
        tracks: (!tracks.is_empty()).then(|| Arc::from(tracks)),
    }
}

/// Approximately normal deviate: the sum of twelve uniform deviates minus 6, with mean 0 and variance 1 and the same
/// bits on every machine.
fn deviate(rng: &mut ChaCha8Rng) -> f64 {
    (0..12).map(|_| rng.random::<f64>()).sum::<f64>() - 6.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::auxiliary_inputs::TrackScaling;
    use crate::input::feature_scaling::FeatureScaling;

    #[test]
    fn random_inputs_have_their_moments_and_are_reproducible() {
        let names = ["a", "b"].map(str::to_owned).to_vec();
        let inputs = AuxiliaryInputs {
            gene_features: Some(FeatureScaling {
                names,
                intervals: Vec::new(),
                mean: vec![10.0, 0.0],
                sd: vec![1.0, 0.1],
            }),
            tracks: vec![TrackScaling { name: "t".to_owned(), mean: 2.0, sd: 0.5 }],
        };
        let windows: Vec<PromoterWindow> =
            (0..500).map(|window| with_random_inputs(vec![0; 40], &inputs, 42, window)).collect();
        assert_eq!(windows[3], with_random_inputs(vec![0; 40], &inputs, 42, 3));
        assert_ne!(windows[3].gene_features, windows[4].gene_features);
        let tracks = windows[0].tracks.as_deref().expect("one track");
        assert!(tracks.len() == 40 && tracks[..32].iter().all(|&value| value.to_bits() == tracks[0].to_bits()));
        let feature = |index: usize| {
            windows.iter().map(move |window| f64::from(window.gene_features.as_ref().expect("two")[index]))
        };
        let mean = feature(0).sum::<f64>() / 500.0;
        let sd = (feature(0).map(|value| (value - mean).powi(2)).sum::<f64>() / 500.0).sqrt();
        // Standard errors of 0.045 and 0.032.
        assert!((mean - 10.0).abs() < 0.2 && (sd - 1.0).abs() < 0.15, "{mean}, {sd}");
        assert_eq!(with_random_inputs(vec![1], &AuxiliaryInputs::NONE, 42, 0), PromoterWindow::from(vec![1]));
    }
}
