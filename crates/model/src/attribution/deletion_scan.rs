//! Deletion scan: the effect of deleting a few adjacent bases at every position of a range.

use std::ops::Range;

use tatabox_sequence::UNKNOWN;

use crate::error::ModelError;
use crate::input::{ModelWindow, PromoterWindow};
use crate::predict::Predictor;

/// Effect of one deletion on the prediction.
#[derive(Clone, Debug, PartialEq)]
pub struct DeletionEffect {
    /// Indices of the deleted bases in the window.
    pub deleted: Range<usize>,
    /// log2(TPM + 1) without the bases minus log2(TPM + 1) with them, per cell type.
    pub effect: Vec<f64>,
}

impl Predictor {
    /// Effects of deleting `length` bases at every `step`-th position of the range `positions`.
    ///
    /// The bases between a deletion and the TSS keep their position. Those beyond move towards the TSS, and the end of
    /// the window is padded with N. If the TSS base itself is deleted, the upstream bases move. Deletions that would
    /// include N are skipped. `progress` receives the number of deletions predicted since its last call.
    ///
    /// # Examples
    /// ```
    /// # use tatabox_dataset::{Extent, TargetTransform};
    /// # use tatabox_model::{DeviceChoice, NetworkConfig, Preset, RunRecord, TrainedModel, TrainingConfig};
    /// # use tatabox_model::{Predictor, TrainingData};
    /// # use tatabox_sequence::WindowGeometry;
    /// # let extent = Extent { upstream_bp: 50, downstream_bp: 10 };
    /// # let (name, geometry) = ("example".to_owned(), WindowGeometry::new(50, 10)?);
    /// # let data = TrainingData { name, checksum: String::new(), geometry, extent, simulated: true };
    /// # let network = NetworkConfig::preset(Preset::Small, 60, 1);
    /// # let config = TrainingConfig::new(network, vec!["K562".to_owned()], data);
    /// # let device = DeviceChoice::Cpu.select()?;
    /// # let network = config.network.init(config.seed, &device.device)?;
    /// # let transform = TargetTransform { cell_types: config.cell_types.clone(), mean: vec![0.0], sd: vec![1.0] };
    /// # let model = TrainedModel { config, transform, metrics: None, record: RunRecord::default(), network };
    /// let predictor = Predictor::new(model, &device);
    /// let window: Vec<u8> = (0..60).map(|base| base % 4).collect();
    /// let effects = predictor.deletion_scan(&window, 20..40, 5, 5, &mut |_| ())?;
    /// let deleted: Vec<_> = effects.iter().map(|effect| effect.deleted.clone()).collect();
    /// assert_eq!(deleted, [20..25, 25..30, 30..35, 35..40]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ModelError::NotWithTracks`], because the signal along the shortened promoter is unknown;
    /// [`ModelError::InvalidConfig`] if `length` or `step` is 0; [`ModelError::OutsideWindow`]; errors of
    /// [`Predictor::predict`].
    pub fn deletion_scan<W: ModelWindow + ?Sized>(
        &self,
        window: &W,
        positions: Range<usize>,
        length: usize,
        step: usize,
        progress: &mut dyn FnMut(usize),
    ) -> Result<Vec<DeletionEffect>, ModelError> {
        self.refuse_tracks("a deletion scan", "the signal along the shortened promoter is unknown")?;
        let bases = window.bases();
        for (field, value) in [("length", length), ("step", step)] {
            if value == 0 {
                let expected = "at least 1".to_owned();
                return Err(ModelError::InvalidConfig { field, value: "0".to_owned(), expected });
            }
        }
        check_range(&positions, bases.len())?;
        let tss_index = self.extent().upstream_bp as usize;
        let last = (positions.end + 1).saturating_sub(length);
        let deletions: Vec<Range<usize>> = (positions.start..last)
            .step_by(step)
            .map(|start| start..start + length)
            .filter(|deleted| !bases[deleted.clone()].contains(&UNKNOWN))
            .collect();
        let reference = self.predict_one(window)?.log2_tpm;
        let mut effects = Vec::with_capacity(deletions.len());
        for deletions in deletions.chunks(self.preferred_batch_size()) {
            let mutant = |deleted: &Range<usize>| window.with_bases(without(bases, deleted, tss_index));
            let mutants: Vec<PromoterWindow> = deletions.iter().map(mutant).collect();
            for (deleted, prediction) in deletions.iter().zip(self.predict(&mutants)?) {
                let effect = prediction.log2_tpm.iter().zip(&reference).map(|(without, with)| without - with).collect();
                effects.push(DeletionEffect { deleted: deleted.clone(), effect });
            }
            progress(deletions.len());
        }
        Ok(effects)
    }
}

/// Checks that a range is within a window of this length.
pub(super) fn check_range(range: &Range<usize>, length: usize) -> Result<(), ModelError> {
    if range.start <= range.end && range.end <= length {
        return Ok(());
    }
    Err(ModelError::OutsideWindow { start: range.start, end: range.end, length })
}

/// Window without the deleted bases, padded with N to its original length.
fn without(window: &[u8], deleted: &Range<usize>, tss_index: usize) -> Vec<u8> {
    let padding = vec![UNKNOWN; deleted.len()];
    let (before, after) = (&window[..deleted.start], &window[deleted.end..]);
    if deleted.start <= tss_index { [&padding, before, after].concat() } else { [before, after, &padding].concat() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::{Architecture, Preset};
    use crate::predict::tests::{untrained, untrained_with};

    #[test]
    fn deletion_keeps_position_of_bases_next_to_tss() {
        let window = [0, 1, 2, 3, 0, 1];
        // TSS base at index 3. Bases upstream of an upstream deletion move, and bases downstream of a downstream one.
        assert_eq!(without(&window, &(1..3), 3), [UNKNOWN, UNKNOWN, 0, 3, 0, 1]);
        assert_eq!(without(&window, &(4..5), 3), [0, 1, 2, 3, 1, UNKNOWN]);
    }

    #[test]
    fn deletion_scan_model_with_tracks_is_rejected() {
        let predictor = untrained_with(Architecture::Cnn, Preset::Small, (250, 50), (0, 2));
        let scan = predictor.deletion_scan(&vec![0; 300], 100..130, 5, 10, &mut |_| ());
        let message = scan.expect_err("tracks").to_string();
        assert!(
            message
                .starts_with("a deletion scan is not defined for a model that reads signal tracks (track 1, track 2)")
        );
    }

    #[test]
    fn deletion_scan_matches_prediction_of_mutant() {
        let predictor = untrained(Architecture::Hybrid, Preset::Small, 250, 50);
        let mut window: Vec<u8> = (0..300).map(|base| ((base * 7 + base / 5) % 4) as u8).collect();
        window[112] = UNKNOWN;
        let mut done = 0;
        let effects = predictor.deletion_scan(&window, 100..130, 5, 10, &mut |more| done += more).expect("no tracks");
        // 100..105 and 120..125; the range in between contains N.
        let deleted: Vec<Range<usize>> = effects.iter().map(|effect| effect.deleted.clone()).collect();
        assert_eq!((deleted, done), (vec![100..105, 120..125], 2));
        let expected = predictor.predict_one(&without(&window, &(120..125), 250)).expect("predicts").log2_tpm[1]
            - predictor.predict_one(&window).expect("predicts").log2_tpm[1];
        assert!((effects[1].effect[1] - expected).abs() < 1e-6);
    }
}
