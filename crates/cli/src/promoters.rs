//! Promoters to predict, one after the other, from where the user has them.

mod bed;
mod fasta;
mod genes;

use anyhow::Result;
use tatabox_dataset::Extent;
use tatabox_model::Predictor;
use tatabox_sequence::{Sequence, Tss};

use crate::args::{PromoterInput, Shard};
use crate::console::Console;

/// A promoter as the model reads it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Promoter {
    pub(crate) id: String,
    /// Nucleotide codes of the model's extent; all unknown where there is no sequence.
    pub(crate) window: Vec<u8>,
    /// Bases other than N among them.
    pub(crate) known_bp: usize,
    /// How far known sequence reaches, where that is less than the model reads.
    pub(crate) shortfall: Option<Extent>,
    /// Measured log2(TPM + 1) in each cell type of the model.
    pub(crate) measured_log2_tpm: Option<Vec<Option<f64>>>,
    /// Where its TSS lies on a genome, where that is known.
    pub(crate) tss: Option<Tss>,
    /// Name that people know it by, where there is another than the identifier.
    pub(crate) name: Option<String>,
    /// What to know of it.
    pub(crate) notes: Vec<String>,
}

/// Promoters, or why the next one cannot be had; read on a thread of their own.
pub(crate) type Promoters = Box<dyn Iterator<Item = Result<Promoter>> + Send>;

/// Opens the input.
pub(crate) fn open(input: &PromoterInput, predictor: &Predictor, console: &Console) -> Result<Promoters> {
    open_part(input, None, predictor, console)
}

/// Opens one part of a file, or all of it. Genes of a data set are named one by one and come in no parts.
pub(crate) fn open_part(
    input: &PromoterInput,
    shard: Option<Shard>,
    predictor: &Predictor,
    console: &Console,
) -> Result<Promoters> {
    match input {
        PromoterInput::Fasta { path, tss_offset } => fasta::open(path, *tss_offset, shard, predictor.extent()),
        PromoterInput::Bed { path, genome } => bed::open(path, genome, shard, predictor.extent(), console),
        PromoterInput::Genes { names, data } => genes::open(names, data.as_deref(), predictor, console),
    }
}

impl Promoter {
    /// A promoter of a window that holds `extent`.
    pub(crate) fn new(id: String, window: Vec<u8>, extent: Extent) -> Self {
        let window = Sequence::from_codes(window);
        let known_bp = window.known_count();
        let reach = || Extent::of_known_bases(window.codes(), extent.upstream_bp as usize);
        // Most windows lack nothing, and need not be looked through base by base.
        let shortfall = (known_bp < window.len()).then(reach).filter(|known| !known.covers(extent));
        Self {
            id,
            window: window.into_codes(),
            known_bp,
            shortfall,
            measured_log2_tpm: None,
            tss: None,
            name: None,
            notes: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use tatabox_sequence::UNKNOWN;

    use super::*;

    #[test]
    fn padding_is_told_by_how_far_the_sequence_reaches() {
        let extent = Extent { upstream_bp: 40, downstream_bp: 30 };
        let mut window = vec![UNKNOWN; 70];
        window[20..60].fill(0);
        let promoter = Promoter::new("P".to_owned(), window, extent);
        // Known from 20 to 60 with the TSS at 40: 20 bases before it, 20 from it on.
        assert_eq!(promoter.shortfall, Some(Extent { upstream_bp: 20, downstream_bp: 20 }));
        assert_eq!(promoter.known_bp, 40);
        let promoter = Promoter::new("P".to_owned(), vec![1; 70], extent);
        assert_eq!((promoter.shortfall, promoter.known_bp), (None, 70));
    }
}
