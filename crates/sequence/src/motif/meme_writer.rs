//! Writer of the MEME motif format, <https://meme-suite.org/meme/doc/meme-format.html>.

use std::fmt::Write;

use super::PositionWeightMatrix;

const LETTERS: [&str; 4] = ["A", "C", "G", "T"];

/// Motifs in minimal MEME format, version 4.
///
/// # Examples
///
/// ```
/// use tatabox_sequence::{PositionWeightMatrix, UNIFORM_BACKGROUND, to_meme};
///
/// let motif = PositionWeightMatrix::from_consensus("TATA", "TATAAA")?;
/// let text = to_meme(&[motif], UNIFORM_BACKGROUND);
/// assert!(text.contains("MOTIF TATA\nletter-probability matrix: alength= 4 w= 6 nsites= 20 E= 0\n"));
/// # Ok::<(), tatabox_sequence::InvalidMotif>(())
/// ```
pub fn to_meme(motifs: &[PositionWeightMatrix], background: [f64; 4]) -> String {
    let mut text = "MEME version 4\n\nALPHABET= ACGT\n\nstrands: + -\n\nBackground letter frequencies\n".to_owned();
    let frequencies: Vec<String> =
        LETTERS.iter().zip(background).map(|(letter, frequency)| format!("{letter} {frequency:.6}")).collect();
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{}", frequencies.join(" "));
    for motif in motifs {
        let names: Vec<String> =
            [Some(motif.name()), motif.alternative_name()].into_iter().flatten().map(without_spaces).collect();
        let _ = writeln!(text, "\nMOTIF {}", names.join(" "));
        let _ =
            writeln!(text, "letter-probability matrix: alength= 4 w= {} nsites= {} E= 0", motif.len(), motif.sites());
        for [a, c, g, t] in motif.columns() {
            let _ = writeln!(text, " {a:.6} {c:.6} {g:.6} {t:.6}");
        }
    }
    text
}

/// Name with white space replaced by `_`, since MEME names contain none.
fn without_spaces(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join("_")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::motif::file::tests::read;

    #[test]
    fn to_meme_round_trip_preserves_motif() {
        let background = [0.2, 0.3, 0.3, 0.2];
        let motif = PositionWeightMatrix::from_counts(
            "m1 f03",
            &[[3.0, 1.0, 0.0, 8.0], [0.0, 12.0, 0.0, 0.0]],
            1.0,
            background,
        )
        .unwrap()
        .with_alternative_name("TATA");
        let file = read(to_meme(std::slice::from_ref(&motif), background).as_bytes()).unwrap();
        assert_eq!(file.background, Some(background));
        let back = &file.motifs[0];
        assert_eq!((back.name(), back.alternative_name()), ("m1_f03", Some("TATA")));
        assert!((back.sites() - 12.0).abs() < 1e-12);
        for (found, expected) in back.columns().iter().flatten().zip(motif.columns().iter().flatten()) {
            assert!((found - expected).abs() < 1e-6);
        }
    }
}
