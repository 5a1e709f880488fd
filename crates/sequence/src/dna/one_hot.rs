//! One-hot encoding in channel-major order.

use super::UNKNOWN;

/// Number of channels: A, C, G, T.
const CHANNELS: usize = 4;

/// Writes the one-hot encoding of a sequence in the channel order A, C, G, T. The column of an ambiguous base is all
/// zeros.
///
/// # Shapes
///
/// `codes` is `[length]`; `out` is `[4, length]`, channel-major. Every element of `out` is written.
///
/// # Panics
///
/// If the length of `out` is not four times that of `codes`.
///
/// # Examples
///
/// ```
/// use tatabox_sequence::{Sequence, encode_one_hot};
///
/// let sequence = Sequence::from_ascii(b"GAN")?;
/// let mut out = [0.0; 12];
/// encode_one_hot(sequence.codes(), &mut out);
/// #[rustfmt::skip]
/// assert_eq!(out, [
///     0.0, 1.0, 0.0, // A
///     0.0, 0.0, 0.0, // C
///     1.0, 0.0, 0.0, // G
///     0.0, 0.0, 0.0, // T
/// ]);
/// # Ok::<(), tatabox_sequence::InvalidByte>(())
/// ```
pub fn encode_one_hot(codes: &[u8], out: &mut [f32]) {
    assert_eq!(out.len(), CHANNELS * codes.len(), "one-hot output must be [4, length]");
    if codes.is_empty() {
        return;
    }
    for (channel, row) in (0u8..).zip(out.chunks_exact_mut(codes.len())) {
        for (value, &code) in row.iter_mut().zip(codes) {
            *value = f32::from(u8::from(code == channel));
        }
    }
}

/// Nucleotide codes of a `[4, length]` array: the channel with the largest positive value, the first of ties, and
/// [`UNKNOWN`] where no value is positive.
///
/// # Panics
///
/// If the number of values is not a multiple of four.
///
/// # Examples
///
/// ```
/// use tatabox_sequence::{A, G, UNKNOWN, decode_one_hot};
///
/// // Three positions; the rows are the channels A, C, G and T.
/// let values = [0.9, 0.1, 0.0, 0.0, 0.2, 0.0, 0.1, 0.7, 0.0, 0.0, 0.0, 0.0];
/// assert_eq!(decode_one_hot(&values), [A, G, UNKNOWN]);
/// ```
pub fn decode_one_hot(values: &[f32]) -> Vec<u8> {
    assert_eq!(values.len() % CHANNELS, 0, "one-hot input must be [4, length]");
    let length = values.len() / CHANNELS;
    let base_at = |position: usize| {
        let mut best = (UNKNOWN, 0.0);
        for channel in 0..CHANNELS {
            let value = values[channel * length + position];
            if value > best.1 {
                best = (channel as u8, value);
            }
        }
        best.0
    };
    (0..length).map(base_at).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn encode_one_hot_rows_are_channels() {
        let mut out = [7.0; 20];
        encode_one_hot(&[0, 1, 2, 3, 4], &mut out);
        #[rustfmt::skip]
        let expected = [
            1.0, 0.0, 0.0, 0.0, 0.0,
            0.0, 1.0, 0.0, 0.0, 0.0,
            0.0, 0.0, 1.0, 0.0, 0.0,
            0.0, 0.0, 0.0, 1.0, 0.0,
        ];
        assert!(out.iter().zip(expected).all(|(&value, expected): (&f32, f32)| value.to_bits() == expected.to_bits()));
    }

    #[test]
    fn decode_one_hot_soft_column_gives_largest_channel() {
        // Columns: (0.2, 0.5, 0.3, 0.0) -> C, all zeros -> ambiguous.
        assert_eq!(decode_one_hot(&[0.2, 0.0, 0.5, 0.0, 0.3, 0.0, 0.0, 0.0]), [1, 4]);
        assert!(decode_one_hot(&[]).is_empty());
    }

    #[test]
    #[should_panic(expected = "[4, length]")]
    fn encode_one_hot_wrong_output_length_panics() {
        encode_one_hot(&[0, 1], &mut [0.0; 7]);
    }

    proptest! {
        #[test]
        fn decode_one_hot_inverts_encode_one_hot(codes in prop::collection::vec(0u8..=4, 0..300)) {
            let mut out = vec![f32::NAN; 4 * codes.len()];
            encode_one_hot(&codes, &mut out);
            prop_assert_eq!(decode_one_hot(&out), codes);
        }
    }
}
