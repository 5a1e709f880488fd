//! Known motifs, and the comparison of filters with them.

use std::path::Path;

use tatabox_dataset::InputFile;
use tatabox_eval::benjamini_hochberg;
use tatabox_sequence::{InputCopies, MotifComparison, MotifFile, MotifMatch, PositionWeightMatrix};

use crate::error::Result;

/// Known motifs.
///
/// # Examples
///
/// ```
/// use tatabox::motifs::MotifDatabase;
/// use tatabox_sequence::PositionWeightMatrix;
///
/// let gata = PositionWeightMatrix::from_consensus("MA0035", "WGATAR").unwrap().with_alternative_name("GATA1");
/// let database = MotifDatabase { motifs: vec![gata], file: None };
/// assert_eq!(database.motifs.len(), 1);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct MotifDatabase {
    /// The motifs.
    pub motifs: Vec<PositionWeightMatrix>,
    /// The file that they are from, with its checksum, where it can be read again.
    pub file: Option<InputFile>,
}

impl MotifDatabase {
    /// Motifs of a motif file (plain or gzip); `-` for standard input.
    ///
    /// # Errors
    /// The file cannot be read, or holds no motif.
    pub fn read(path: &Path) -> Result<Self> {
        let is_stdin = path == Path::new("-");
        let _copies = InputCopies::of((!is_stdin).then_some(("motifs", path)))?;
        let motifs = MotifFile::read(path)?.motifs;
        // Standard input cannot be read again for a checksum.
        let file = (!is_stdin).then(|| InputFile::read("motifs", path)).transpose()?;
        Ok(Self { motifs, file })
    }

    pub(super) fn comparison(&self) -> MotifComparison<'_> {
        MotifComparison::new(&self.motifs)
    }
}

/// Alignment of a filter with a known motif.
///
/// # Examples
///
/// ```
/// use tatabox::motifs::DatabaseMatch;
///
/// fn is_significant(found: &DatabaseMatch) -> bool {
///     found.q_value < 0.05
/// }
/// # let _ = is_significant;
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct DatabaseMatch {
    /// Best alignment, with its p-value; `target` is an index into [`MotifDatabase::motifs`].
    pub alignment: MotifMatch,
    /// Benjamini-Hochberg q-value over the database.
    pub q_value: f64,
}

/// Matches of a motif with all known motifs, the smallest p-value first.
pub(super) fn matches(motif: &PositionWeightMatrix, comparison: &MotifComparison) -> Vec<DatabaseMatch> {
    let alignments = comparison.compare(motif);
    let q_values = benjamini_hochberg(&alignments.iter().map(|alignment| alignment.p_value).collect::<Vec<_>>());
    let pairs = alignments.into_iter().zip(q_values);
    let mut matches: Vec<DatabaseMatch> =
        pairs.map(|(alignment, q_value)| DatabaseMatch { alignment, q_value }).collect();
    matches.sort_by(|one, other| {
        let by_p = one.alignment.p_value.total_cmp(&other.alignment.p_value);
        by_p.then_with(|| one.alignment.target.cmp(&other.alignment.target))
    });
    matches
}
