//! What it does to the prediction to take out a few neighbouring bases, stretch by stretch.

use std::ops::Range;

use tatabox_sequence::UNKNOWN;

use crate::error::ModelError;
use crate::input::{ModelWindow, PromoterWindow};
use crate::predict::Predictor;

/// The change of the prediction by one deletion.
#[derive(Clone, Debug, PartialEq)]
pub struct DeletionEffect {
    /// The deleted bases, indices in the window.
    pub deleted: Range<usize>,
    /// log2(TPM + 1) without the bases minus log2(TPM + 1) with them, one a cell type.
    pub effect: Vec<f64>,
}

impl Predictor {
    /// Deletes `length` bases at every `step`-th position of a stretch of the window. The sequence closes up: what lies on
    /// the side of the TSS stays where it is, what lies beyond moves towards it, and N enters at the window's end. A
    /// deletion over the TSS base closes up from upstream. Stretches that hold N are left out.
    ///
    /// # Errors
    /// [`ModelError::NotWithTracks`]: the signal that was measured along the bases is not that of the promoter without some of
    /// them.
    /// [`ModelError::InvalidConfig`] where `length` or `step` is 0; [`ModelError::OutsideWindow`] where `stretch` reaches beyond
    /// the window; those of [`Predictor::predict`].
    pub fn deletion_scan<W: ModelWindow + ?Sized>(
        &self,
        window: &W,
        stretch: Range<usize>,
        length: usize,
        step: usize,
        progress: &mut dyn FnMut(usize),
    ) -> Result<Vec<DeletionEffect>, ModelError> {
        self.refuse_tracks(
            "a deletion",
            "the signal along the bases is not known for the promoter without some of them",
        )?;
        let bases = window.bases();
        for (field, value) in [("length", length), ("step", step)] {
            if value == 0 {
                let expected = "at least 1".to_owned();
                return Err(ModelError::InvalidConfig { field, value: "0".to_owned(), expected });
            }
        }
        check_range(&stretch, bases.len())?;
        let tss_index = self.extent().upstream_bp as usize;
        let last = (stretch.end + 1).saturating_sub(length);
        let deletions: Vec<Range<usize>> = (stretch.start..last)
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

/// Checks that a range is part of a window of this length.
pub(super) fn check_range(range: &Range<usize>, length: usize) -> Result<(), ModelError> {
    if range.start <= range.end && range.end <= length {
        return Ok(());
    }
    Err(ModelError::OutsideWindow { start: range.start, end: range.end, length })
}

/// The window without some of its bases, as long as before.
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
    fn the_side_of_the_tss_stays() {
        let window = [0, 1, 2, 3, 0, 1];
        // TSS base at index 3: the bases upstream of the deletion move; downstream of it those beyond do.
        assert_eq!(without(&window, &(1..3), 3), [UNKNOWN, UNKNOWN, 0, 3, 0, 1]);
        assert_eq!(without(&window, &(4..5), 3), [0, 1, 2, 3, 1, UNKNOWN]);
    }

    #[test]
    fn the_signal_of_a_promoter_without_some_bases_is_not_known() {
        let predictor = untrained_with(Architecture::Cnn, Preset::Small, (250, 50), (0, 2));
        let scan = predictor.deletion_scan(&vec![0; 300], 100..130, 5, 10, &mut |_| ());
        let message = scan.expect_err("tracks").to_string();
        assert!(
            message.starts_with("a deletion is not defined for a model that reads signal tracks (track 1, track 2)")
        );
    }

    #[test]
    fn a_scan_says_what_a_prediction_says() {
        let predictor = untrained(Architecture::Hybrid, Preset::Small, 250, 50);
        let mut window: Vec<u8> = (0..300).map(|base| ((base * 7 + base / 5) % 4) as u8).collect();
        window[112] = UNKNOWN;
        let mut done = 0;
        let effects = predictor.deletion_scan(&window, 100..130, 5, 10, &mut |more| done += more).expect("no tracks");
        // 100..105, 120..125; the stretch in between holds N.
        let deleted: Vec<Range<usize>> = effects.iter().map(|effect| effect.deleted.clone()).collect();
        assert_eq!((deleted, done), (vec![100..105, 120..125], 2));
        let expected = predictor.predict_one(&without(&window, &(120..125), 250)).expect("predicts").log2_tpm[1]
            - predictor.predict_one(&window).expect("predicts").log2_tpm[1];
        assert!((effects[1].effect[1] - expected).abs() < 1e-6);
    }
}
