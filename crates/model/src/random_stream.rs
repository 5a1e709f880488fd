//! Random generators that depend on where they are used, not on what was drawn before.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// What a generator is for; each purpose has a stream of its own.
#[derive(Clone, Copy, Debug)]
pub enum Purpose {
    /// The order of the genes in an epoch.
    Shuffle = 1,
    /// The shift of one gene's window in an epoch.
    Shift = 2,
    /// The extent shared by the windows of a batch.
    Extent = 3,
    /// The dropout masks of a batch.
    Dropout = 4,
    /// The bases replaced in one gene's window in an epoch.
    Mutation = 5,
    /// The sequences that a model is checked by.
    CheckSequence = 6,
    /// The seed of a member of an ensemble.
    Member = 7,
    /// The place of one gene in the order in which a share of the genes is taken.
    Subset = 8,
    /// The value of one setting in a trial of a search.
    Setting = 9,
    /// The shuffled window that an attribution is measured against.
    Baseline = 10,
    /// The individuals of one generation of a design.
    Design = 11,
    /// A random sequence that a design begins from.
    DesignStart = 12,
    /// The gene features and tracks of the sequences that a model is checked by.
    CheckInput = 13,
}

/// The generator of `purpose` for one item of one epoch.
///
/// A run that is resumed at any epoch draws exactly what the uninterrupted run would have drawn.
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
    fn a_stream_depends_on_every_part_of_its_key() {
        let draw = |seed, purpose, epoch, item| -> u64 { random_stream(seed, purpose, epoch, item).random() };
        let first = draw(42, Purpose::Shift, 1, 7);
        assert_eq!(first, draw(42, Purpose::Shift, 1, 7));
        assert_ne!(first, draw(43, Purpose::Shift, 1, 7));
        assert_ne!(first, draw(42, Purpose::Extent, 1, 7));
        assert_ne!(first, draw(42, Purpose::Shift, 2, 7));
        assert_ne!(first, draw(42, Purpose::Shift, 1, 8));
    }
}
