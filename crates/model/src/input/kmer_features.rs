//! k-mer frequencies of a window, on a scale that does not depend on the data.

use tatabox_sequence::{KmerCounter, UNKNOWN};

use crate::nn::KMER_FEATURES;

/// Longest k; the shortest is 1.
const LONGEST: usize = 5;

/// k-mer features of a window, in the order of [`KmerCounter::names`]. For a k-mer with frequency f among the L
/// positions at which a k-mer of that length is known:
///
/// ```text
/// 2 sqrt(L) (asin(sqrt(f)) - asin(sqrt(4^-k)))
/// ```
///
/// In random sequence each feature has mean 0 and variance 1, whatever the length of the window. Nothing is fitted, so
/// no information on held-out genes can leak, and padding with N changes nothing. Repeats, which occur far more often
/// than expected by chance, keep moderate values, unlike with z-scores.
///
/// # Source
/// Angular transformation: Anscombe 1948, <https://doi.org/10.1093/biomet/35.3-4.246>, without his corrections for
/// small counts.
///
/// # Examples
/// ```
/// use tatabox_model::{KMER_FEATURES, kmer_features};
///
/// // ACGT: each base once, as expected by chance.
/// let features = kmer_features(&[0, 1, 2, 3]);
/// assert_eq!(features.len(), KMER_FEATURES);
/// assert!(features[..4].iter().all(|feature| feature.abs() < 1e-6));
/// ```
pub fn kmer_features(codes: &[u8]) -> Vec<f32> {
    let frequencies = KmerCounter::new(1, LONGEST).frequencies(codes);
    let mut rest = frequencies.as_slice();
    let mut features = Vec::with_capacity(KMER_FEATURES);
    for (k, places) in (1..).zip(known_places(codes)) {
        let words = 1 << (2 * k);
        let (of_length, longer) = rest.split_at(words);
        let scale = 2.0 * (places as f64).sqrt();
        let chance = (1.0 / words as f64).sqrt().asin();
        features.extend(of_length.iter().map(|&f| (scale * (f64::from(f).sqrt().asin() - chance)) as f32));
        rest = longer;
    }
    features
}

/// Number of known k-mers for k = 1, 2, ...
fn known_places(codes: &[u8]) -> [usize; LONGEST] {
    let mut places = [0; LONGEST];
    let mut known_run = 0;
    for &code in codes {
        known_run = if code < UNKNOWN { known_run + 1 } else { 0 };
        for places in places.iter_mut().take(known_run) {
            *places += 1;
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};

    use super::*;

    fn random(length: usize, seed: u64) -> Vec<u8> {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
        (0..length).map(|_| rng.random_range(0..4)).collect()
    }

    #[test]
    fn kmer_features_of_four_bases_match_hand_calculation() {
        // AANC: three known bases, f(A) = 2/3, f(C) = 1/3; one known 2-mer, AA.
        let features = kmer_features(&[0, 0, UNKNOWN, 1]);
        assert_eq!(features.len(), KMER_FEATURES);
        assert_eq!(known_places(&[0, 0, UNKNOWN, 1]), [3, 1, 0, 0, 0]);
        // 2 sqrt(3) (asin(sqrt(2/3)) - pi/6) and 2 (pi/2 - asin(1/4)).
        assert!((features[0] - 1.495_51).abs() < 1e-4, "{}", features[0]);
        assert!((features[4] - 2.636_23).abs() < 1e-4, "{}", features[4]);
        assert!(features[20..].iter().all(|feature| feature.abs() < 1e-6), "no longer k-mer is known");
    }

    #[test]
    fn kmer_features_of_random_sequence_have_mean_zero_and_variance_one() {
        let mut moments = [0.0; 2];
        let windows = 50;
        for seed in 0..windows {
            for feature in &kmer_features(&random(3_000, seed))[..340] {
                moments[0] += f64::from(*feature);
                moments[1] += f64::from(*feature).powi(2);
            }
        }
        let [mean, variance] = moments.map(|moment| moment / (340.0 * windows as f64));
        assert!(mean.abs() < 0.1, "{mean}");
        assert!((variance - 1.0).abs() < 0.1, "{variance}");
    }

    #[test]
    fn kmer_features_ignore_padding() {
        let window = random(300, 1);
        let mut padded = vec![UNKNOWN; 40];
        padded.extend(&window);
        padded.push(UNKNOWN);
        assert_eq!(kmer_features(&window), kmer_features(&padded));
    }
}
