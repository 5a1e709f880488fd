//! Dropout masks of a training batch.

use rand_chacha::ChaCha8Rng;

use crate::nn::draw_mask;

/// Layer output to which dropout is applied.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DropoutSite {
    /// Values per window.
    pub values: usize,
    /// Probability of dropping a value.
    pub probability: f64,
}

/// Dropout masks of a whole batch, available per window.
///
/// A batch uses one random word per value: all windows at the first site, then all windows at the next. The generator
/// can be positioned at any word, so windows can be processed separately, on any thread, with the same masks.
#[derive(Clone, Debug)]
pub(crate) struct StepDropout {
    rng: ChaCha8Rng,
    windows: usize,
    sites: Vec<DropoutSite>,
}

impl StepDropout {
    /// Masks of a batch of `windows`, from an unused generator.
    pub fn new(rng: ChaCha8Rng, windows: usize, sites: Vec<DropoutSite>) -> Self {
        Self { rng, windows, sites }
    }

    /// Mask of some windows of the batch at a site, `[windows, values]`: 0, or the scale of the remaining values.
    /// `None` where nothing is dropped.
    pub fn mask(&self, site: usize, first_window: usize, windows: usize) -> Option<Vec<f32>> {
        let words = |site: &DropoutSite| if site.probability > 0.0 { site.values } else { 0 };
        let DropoutSite { values, probability } = self.sites[site];
        if probability <= 0.0 {
            return None;
        }
        let words_before = self.windows * self.sites[..site].iter().map(words).sum::<usize>() + first_window * values;
        let mut rng = self.rng.clone();
        rng.set_word_pos(words_before as u128);
        Some(draw_mask(&mut rng, probability, windows * values))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random_stream::{Purpose, random_stream};

    #[test]
    fn step_dropout_masks_of_windows_equal_those_of_the_batch() {
        let rng = random_stream(42, Purpose::Dropout, 1, 3);
        let sites =
            [(70, 0.2), (9, 0.0), (130, 0.5)].map(|(values, probability)| DropoutSite { values, probability }).to_vec();
        let whole = |rng: &mut ChaCha8Rng| (draw_mask(rng, 0.2, 5 * 70), draw_mask(rng, 0.5, 5 * 130));
        let (first, last) = whole(&mut rng.clone());
        let dropout = StepDropout::new(rng, 5, sites);
        assert_eq!(dropout.mask(0, 3, 2).expect("drops"), first[3 * 70..]);
        assert!(dropout.mask(1, 0, 5).is_none());
        assert_eq!(dropout.mask(2, 1, 3).expect("drops"), last[130..4 * 130]);
    }
}
