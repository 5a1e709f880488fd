//! Auxiliary inputs as a network reads them.

use super::auxiliary_inputs::{AuxiliaryInputs, unscaled_inputs};
use super::feature_scaling::FeatureScaling;
use super::window_view::WindowView;
use crate::nn::NetworkConfig;
use tatabox_sequence::UNKNOWN;

/// Scaling of the auxiliary inputs of one network.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct InputScaler {
    features: Option<FeatureScaling>,
    tracks: Vec<Scale>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Scale {
    mean: f64,
    sd: f64,
}

impl Scale {
    fn z_score(self, value: f32) -> f32 {
        ((f64::from(value) - self.mean) / self.sd) as f32
    }
}

impl InputScaler {
    /// Scaling for networks of this configuration whose inputs are z-scores already.
    pub fn unscaled(config: &NetworkConfig) -> Self {
        unscaled_inputs(config).as_ref().map(Self::of).unwrap_or_default()
    }

    /// Scaling of a model.
    pub fn of(inputs: &AuxiliaryInputs) -> Self {
        Self {
            features: inputs.gene_features.clone(),
            tracks: inputs.tracks.iter().map(|track| Scale { mean: track.mean, sd: track.sd }).collect(),
        }
    }

    /// Numbers of gene features and tracks of a window.
    pub fn counts(&self) -> (usize, usize) {
        (self.features.as_ref().map_or(0, |features| features.names.len()), self.tracks.len())
    }

    /// `[windows, inputs]`; `None` for a network without gene features.
    ///
    /// # Panics
    /// If a window has another number of features.
    pub fn features(&self, windows: &[WindowView]) -> Option<Vec<f32>> {
        let scaling = self.features.as_ref()?;
        let mut inputs = Vec::with_capacity(windows.len() * scaling.inputs());
        for window in windows {
            let features = window.gene_features.unwrap_or_default();
            assert_eq!(features.len(), scaling.names.len(), "the window lacks gene features of the model");
            scaling.encode(features, &mut inputs);
        }
        Some(inputs)
    }

    /// `[windows, padding + bases, tracks]`; `None` for a network without tracks.
    ///
    /// The signal is 0 in the padding before a window and beyond its first and last known base, so that N at the ends
    /// of a window has no effect. Unknown bases in between keep their signal.
    ///
    /// # Panics
    /// If a window has another number of tracks.
    pub fn tracks(&self, windows: &[WindowView], padding: usize) -> Option<Vec<f32>> {
        let tracks = self.tracks.len();
        if tracks == 0 {
            return None;
        }
        let length = padding + windows.first().map_or(0, |window| window.bases.len());
        let mut scaled = vec![0.0; windows.len() * length * tracks];
        for (window, scaled) in windows.iter().zip(scaled.chunks_exact_mut(length * tracks)) {
            assert_eq!(window.track_count(), Some(tracks), "the window lacks tracks of the model");
            let is_known = |&base: &u8| base != UNKNOWN;
            let first = window.bases.iter().position(is_known).unwrap_or(0);
            let end = window.bases.iter().rposition(is_known).map_or(0, |last| last + 1);
            let scaled = &mut scaled[(padding + first) * tracks..];
            for (track, scale) in self.tracks.iter().enumerate() {
                let known = &window.track(track)[first..end.max(first)];
                let places = scaled[track..].iter_mut().step_by(tracks);
                places.zip(known).for_each(|(place, &value)| *place = scale.z_score(value));
            }
        }
        Some(scaled)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::input::auxiliary_inputs::TrackScaling;
    use crate::input::promoter_window::PromoterWindow;

    fn scaler() -> InputScaler {
        let names = ["a", "b"].map(str::to_owned).to_vec();
        let track = |name: &str, mean, sd| TrackScaling { name: name.to_owned(), mean, sd };
        InputScaler::of(&AuxiliaryInputs {
            gene_features: Some(FeatureScaling {
                names,
                intervals: Vec::new(),
                mean: vec![1.0, -2.0],
                sd: vec![0.5, 4.0],
            }),
            tracks: vec![track("x", 2.0, 2.0), track("y", 0.0, 0.5)],
        })
    }

    #[test]
    fn input_scaler_gives_z_scores_between_known_bases() {
        let window = PromoterWindow {
            bases: vec![UNKNOWN, 0, UNKNOWN, 3, UNKNOWN],
            gene_features: Some(Arc::from([2.0, 2.0])),
            tracks: Some(Arc::from([9.0, 2.0, 4.0, 0.0, 9.0, 9.0, 1.0, 0.0, 0.5, 9.0])),
        };
        let views = [WindowView::of(&window)];
        // (2 - 1) / 0.5 and (2 + 2) / 4.
        assert_eq!(scaler().features(&views), Some(vec![2.0, 1.0]));
        // One base of padding; the first and the last base are unknown; the N in between has (4 - 2) / 2 and 0.
        let expected = vec![0.0, 0.0, 0.0, 0.0, 0.0, 2.0, 1.0, 0.0, -1.0, 1.0, 0.0, 0.0];
        assert_eq!(scaler().tracks(&views, 1), Some(expected));
        let unscaled = InputScaler::default();
        assert_eq!((unscaled.features(&views), unscaled.tracks(&views, 1)), (None, None));
    }

    #[test]
    #[should_panic(expected = "lacks gene features of the model")]
    fn input_scaler_missing_features_panics() {
        scaler().features(&[WindowView::of(&vec![0, 1])]);
    }

    #[test]
    #[should_panic(expected = "lacks tracks of the model")]
    fn input_scaler_missing_tracks_panics() {
        scaler().tracks(&[WindowView::of(&vec![0, 1])], 0);
    }
}
