//! Random generators that depend on their purpose and item, and not on previously sampled values.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// Purpose of a generator; each purpose has a separate stream.
#[derive(Clone, Copy, Debug)]
pub enum Purpose {
    /// Order of the genes in an epoch.
    Shuffle = 1,
    /// Shift of a gene's window in an epoch.
    Shift = 2,
    /// Extent shared by the windows of a batch.
    Extent = 3,
    /// Dropout masks of a batch.
    Dropout = 4,
    /// Replaced bases of a gene's window in an epoch.
    Mutation = 5,
    /// Sequences of the check predictions.
    CheckSequence = 6,
    /// Seed of an ensemble member.
    Member = 7,
    /// Rank of a gene in random subsets of the genes.
    Subset = 8,
    /// Value of a setting in a trial of a hyperparameter search.
    Setting = 9,
    /// Shuffled baseline of an attribution.
    Baseline = 10,
    /// Individuals of one generation of a design.
    Design = 11,
    /// Random start sequence of a design.
    DesignStart = 12,
    /// Gene features and tracks of the sequences of the check predictions.
    CheckInput = 13,
    /// Random variants of the effect background.
    BackgroundVariant = 14,
    /// Rows of an assay that an epoch shows.
    AssayRows = 15,
    /// Orientation of an insert in an epoch.
    Orientation = 16,
}

/// Generator of `purpose` for one item of one epoch.
///
/// A run that is resumed at any epoch samples exactly the values of the uninterrupted run.
pub fn random_stream(seed: u64, purpose: Purpose, epoch: usize, item: usize) -> ChaCha8Rng {
    let mut key = [0; 32];
    for (bytes, value) in key.chunks_exact_mut(8).zip([seed, purpose as u64, epoch as u64, item as u64]) {
        bytes.copy_from_slice(&value.to_le_bytes());
    }
    ChaCha8Rng::from_seed(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::RngExt;

    #[test]
    fn random_stream_depends_on_every_part_of_its_key() {
        let draw = |seed, purpose, epoch, item| -> u64 { random_stream(seed, purpose, epoch, item).random() };
        let first = draw(42, Purpose::Shift, 1, 7);
        assert_eq!(first, draw(42, Purpose::Shift, 1, 7));
        assert_ne!(first, draw(43, Purpose::Shift, 1, 7));
        assert_ne!(first, draw(42, Purpose::Extent, 1, 7));
        assert_ne!(first, draw(42, Purpose::Shift, 2, 7));
        assert_ne!(first, draw(42, Purpose::Shift, 1, 8));
    }
}
