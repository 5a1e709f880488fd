//! One promoter, ready to be predicted.

use tatabox_dataset::Extent;
use tatabox_model::PromoterWindow;
use tatabox_sequence::{Sequence, Tss, UNKNOWN};

use super::AuxiliaryReaders;
use super::promoters::tss_index_of_length;
use crate::error::{Context, Error, Result};
use crate::remedy::Remedy;

/// A promoter as a model reads it, with what is known about it.
///
/// ```
/// use tatabox::inputs::Promoter;
/// use tatabox_dataset::Extent;
///
/// let extent = Extent { upstream_bp: 40, downstream_bp: 30 };
/// let promoter = Promoter::new("P1".to_owned(), vec![0; 70], extent);
/// assert_eq!((promoter.n_acgt, promoter.shortfall), (70, None));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Promoter {
    /// Identifier: name of the record, the BED name or the gene identifier.
    pub id: String,
    /// Nucleotide codes of the model's extent (all N where there is no sequence) and auxiliary inputs.
    pub window: PromoterWindow,
    /// Whether an auxiliary input of the model is missing; `notes` names it.
    pub lacks_input: bool,
    /// Whether the record cannot be read; `notes` says why, and all bases are N.
    pub is_malformed: bool,
    /// Bases other than N.
    pub n_acgt: usize,
    /// Extent of known sequence, where it is shorter than that of the model.
    pub shortfall: Option<Extent>,
    /// Measured log2(TPM + 1) per cell type of the model.
    pub measured_log2_tpm: Option<Vec<Option<f64>>>,
    /// Genome position of the TSS, where known.
    pub tss: Option<Tss>,
    /// Gene name, where it differs from the identifier.
    pub name: Option<String>,
    /// Conditions that affect its prediction.
    pub notes: Vec<String>,
}

impl Promoter {
    /// A promoter whose window has the extent `extent`.
    pub fn new(id: String, window: impl Into<PromoterWindow>, extent: Extent) -> Self {
        let window = window.into();
        let n_acgt = window.bases.iter().filter(|&&code| code != UNKNOWN).count();
        let reach = || Extent::of_known_bases(&window.bases, extent.upstream_bp as usize);
        // Most windows are complete and need no search base by base.
        let shortfall = (n_acgt < window.bases.len()).then(reach).filter(|known| !known.covers(extent));
        Self {
            id,
            window,
            lacks_input: false,
            is_malformed: false,
            n_acgt,
            shortfall,
            measured_log2_tpm: None,
            tss: None,
            name: None,
            notes: Vec::new(),
        }
    }

    /// A promoter whose window is cut out of a sequence in sense direction; bases beyond its ends are unknown. `tss_offset` is the
    /// 0-based index of the TSS base. A sequence of exactly the length of `extent` requires none.
    ///
    /// # Errors
    /// The sequence has a letter that is no IUPAC nucleotide, or the TSS is unknown or beyond the end of the sequence; the error
    /// names `id`.
    ///
    /// # Examples
    ///
    /// ```
    /// use tatabox::inputs::Promoter;
    /// use tatabox_dataset::Extent;
    ///
    /// let extent = Extent { upstream_bp: 4, downstream_bp: 3 };
    /// let promoter = Promoter::from_sequence("P1", b"CCGATTACAGG", Some(6), extent)?;
    /// assert_eq!(promoter.window.bases, [2, 0, 3, 3, 0, 1, 0]);
    /// assert!(Promoter::from_sequence("P1", b"CCGATTACAGG", None, extent).is_err());
    /// # Ok::<(), tatabox::Error>(())
    /// ```
    pub fn from_sequence(id: &str, letters: &[u8], tss_offset: Option<usize>, extent: Extent) -> Result<Self> {
        let sequence = Sequence::from_ascii(letters).map_err(|error| Error::input(format!("{id}: {error}")))?;
        let index = tss_index_of_length(sequence.len(), tss_offset, extent).with_context(|| id.to_owned())?;
        let unknown = || {
            let (length, total_bp) = (sequence.len(), extent.total_bp());
            let message = format!(
                "{id}: the position of the TSS is unknown: the sequence has {length} bp and the model reads {extent} ({total_bp} bp)"
            );
            Error::input_with(Remedy::GiveTssOffset, message)
        };
        let index = index.ok_or_else(unknown)?;
        Ok(Self::new(id.to_owned(), extent.cut(sequence.codes(), index), extent))
    }

    /// A promoter with auxiliary inputs, where they are available; gene features are found by `id` or `symbol`.
    pub(super) fn with_auxiliary(
        id: String,
        symbol: Option<&str>,
        bases: Vec<u8>,
        tss: Option<Tss>,
        extent: Extent,
        auxiliary: &AuxiliaryReaders,
    ) -> Result<Self> {
        Ok(match auxiliary.window(&id, symbol, bases.clone(), tss.as_ref())? {
            Ok(window) => Self { tss, ..Self::new(id, window, extent) },
            Err(missing) => Self { tss, lacks_input: true, notes: vec![missing], ..Self::new(id, bases, extent) },
        })
    }

    /// A record that cannot be read, for the reason `detail`.
    pub(super) fn malformed(id: String, detail: &str, extent: Extent) -> Self {
        let unknown = vec![UNKNOWN; extent.total_bp() as usize];
        let notes = vec![format!("malformed record: {detail}")];
        Self { is_malformed: true, notes, ..Self::new(id, unknown, extent) }
    }

    /// Whether the promoter has everything that a prediction requires.
    pub fn is_predictable(&self) -> bool {
        self.n_acgt > 0 && !self.lacks_input
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn promoter_padded_window_reports_known_extent() {
        let extent = Extent { upstream_bp: 40, downstream_bp: 30 };
        let mut window = vec![UNKNOWN; 70];
        window[20..60].fill(0);
        let promoter = Promoter::new("P".to_owned(), window, extent);
        // Known from 20 to 60 with the TSS at 40: 20 bases before it, 20 from it on.
        assert_eq!(promoter.shortfall, Some(Extent { upstream_bp: 20, downstream_bp: 20 }));
        assert_eq!(promoter.n_acgt, 40);
        let promoter = Promoter::new("P".to_owned(), vec![1; 70], extent);
        assert_eq!((promoter.shortfall, promoter.n_acgt), (None, 70));
    }
}
