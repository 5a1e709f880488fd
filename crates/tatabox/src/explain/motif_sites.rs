//! Sites of known motifs in a promoter.

use std::path::{Path, PathBuf};

use tatabox_sequence::{
    DEFAULT_HIT_P_VALUE, MotifFile, MotifHit, MotifScanner, PositionWeightMatrix, Strand, UNIFORM_BACKGROUND,
};

use crate::error::{Error, Result};

/// Known motifs to locate, and the largest p-value of a site.
///
/// # Examples
///
/// ```
/// use tatabox::explain::MotifSearch;
/// use tatabox_sequence::PositionWeightMatrix;
///
/// let tata = PositionWeightMatrix::from_consensus("TATA", "TATAWA").unwrap();
/// let search = MotifSearch::new(vec![tata]);
/// assert_eq!(search.p_value, 1e-4);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct MotifSearch {
    /// The motifs.
    pub motifs: Vec<PositionWeightMatrix>,
    /// Frequencies of A, C, G and T in background sequence, all above 0.
    pub background: [f64; 4],
    /// Largest p-value of a site.
    pub p_value: f64,
    /// File of the motifs, where they were read from one.
    pub file: Option<PathBuf>,
}

impl MotifSearch {
    /// A search with a uniform background and the default p-value.
    pub fn new(motifs: Vec<PositionWeightMatrix>) -> Self {
        Self { motifs, background: UNIFORM_BACKGROUND, p_value: DEFAULT_HIT_P_VALUE, file: None }
    }

    /// Motifs of a file, and its background if it states one, as MEME files do.
    ///
    /// # Errors
    /// The file cannot be read, or holds no motif.
    pub fn read(path: &Path) -> Result<Self> {
        let file = MotifFile::read(path)?;
        Ok(Self {
            background: file.background.unwrap_or(UNIFORM_BACKGROUND),
            file: Some(path.to_owned()),
            ..Self::new(file.motifs)
        })
    }
}

/// Site of a known motif.
///
/// # Examples
///
/// ```
/// use tatabox::explain::MotifSite;
/// use tatabox_sequence::Strand;
///
/// let site = MotifSite {
///     motif: "TATA".to_owned(),
///     start_bp: -31,
///     end_bp: -25,
///     strand: Strand::Forward,
///     score_bits: 9.5,
///     p_value: 5e-5,
/// };
/// assert_eq!(site.end_bp - site.start_bp, 6);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct MotifSite {
    /// Name of the motif.
    pub motif: String,
    /// First position, relative to the TSS base.
    pub start_bp: i64,
    /// One past the last position.
    pub end_bp: i64,
    /// Orientation relative to the gene: forward where the motif reads in the direction of transcription.
    pub strand: Strand,
    /// Log-odds score.
    pub score_bits: f64,
    /// Probability of a score as high in background sequence.
    pub p_value: f64,
}

/// Scanner for the motifs of a search.
pub(super) struct MotifLocator {
    names: Vec<String>,
    scanner: MotifScanner,
}

impl MotifLocator {
    /// # Errors
    /// A value of the search is out of range.
    pub(super) fn new(search: &MotifSearch) -> Result<Self> {
        if !(search.p_value > 0.0 && search.p_value <= 1.0) {
            return Err(Error::request(
                "motif_p",
                format!("{}; expected a number above 0 and up to 1", search.p_value),
            ));
        }
        if !search.background.iter().all(|frequency| frequency.is_finite() && *frequency > 0.0) {
            return Err(Error::request("motifs", "background: expected four frequencies above 0"));
        }
        let name = |motif: &PositionWeightMatrix| motif.alternative_name().unwrap_or_else(|| motif.name()).to_owned();
        Ok(Self {
            names: search.motifs.iter().map(name).collect(),
            scanner: MotifScanner::new(&search.motifs, search.background, search.p_value),
        })
    }

    /// Sites in `bases`, of which the first is at `start_bp`.
    pub(super) fn locate(&self, bases: &[u8], start_bp: i64) -> Vec<MotifSite> {
        let site = |hit: MotifHit| MotifSite {
            motif: self.names[hit.motif].clone(),
            start_bp: start_bp + hit.start as i64,
            end_bp: start_bp + hit.end as i64,
            strand: hit.strand,
            score_bits: hit.score_bits,
            p_value: hit.p_value,
        };
        self.scanner.scan(bases).into_iter().map(site).collect()
    }
}

#[cfg(test)]
mod tests {
    use tatabox_sequence::Sequence;

    use super::*;

    #[test]
    fn motif_locator_finds_both_orientations() {
        let motif =
            PositionWeightMatrix::from_consensus("MA1", "GGGCGGAA").expect("letters").with_alternative_name("SP");
        let locator = MotifLocator::new(&MotifSearch::new(vec![motif])).expect("valid");
        let bases = Sequence::from_ascii(b"ACACGGGCGGAACACATTCCGCCCTCAC").expect("letters");
        let sites = locator.locate(bases.codes(), -10);
        let found: Vec<(&str, i64, i64, Strand)> =
            sites.iter().map(|site| (site.motif.as_str(), site.start_bp, site.end_bp, site.strand)).collect();
        assert_eq!(found, [("SP", -6, 2, Strand::Forward), ("SP", 6, 14, Strand::Reverse)]);
    }

    #[test]
    fn motif_locator_p_value_out_of_range_is_refused() {
        for p_value in [0.0, -1.0, 1.5, f64::NAN] {
            let error = MotifLocator::new(&MotifSearch { p_value, ..MotifSearch::new(Vec::new()) });
            assert!(error.err().expect("refused").to_string().starts_with("motif_p: "), "{p_value}");
        }
    }
}
