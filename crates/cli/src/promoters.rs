//! Promoters to predict, one after the other, from where the user has them.

mod bed;
mod fasta;
mod genes;

use anyhow::Result;
use tatabox_dataset::Extent;
use tatabox_model::Predictor;
use tatabox_sequence::UNKNOWN;

use crate::args::PromoterInput;
use crate::console::Console;

/// A promoter as the model reads it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Promoter {
    pub(crate) id: String,
    /// Nucleotide codes of the model's extent; all unknown where there is no sequence.
    pub(crate) window: Vec<u8>,
    /// Measured log2(TPM + 1) in each cell type of the model.
    pub(crate) measured_log2_tpm: Option<Vec<Option<f64>>>,
    /// What to know of it.
    pub(crate) notes: Vec<String>,
}

/// Promoters, or why the next one cannot be had.
pub(crate) type Promoters<'a> = Box<dyn Iterator<Item = Result<Promoter>> + 'a>;

/// Opens the input.
pub(crate) fn open<'a>(input: &PromoterInput, predictor: &'a Predictor, console: &Console) -> Result<Promoters<'a>> {
    match input {
        PromoterInput::Fasta { path, tss_offset } => fasta::open(path, *tss_offset, predictor),
        PromoterInput::Bed { path, genome } => bed::open(path, genome, predictor, console),
        PromoterInput::Genes { names, data } => genes::open(names, data.as_deref(), predictor, console),
    }
}

impl Promoter {
    /// Bases other than N that the model reads.
    pub(crate) fn known_bp(&self) -> usize {
        self.window.iter().filter(|&&base| base != UNKNOWN).count()
    }

    /// How far known sequence reaches, where that is less than the model reads.
    pub(crate) fn shortfall(&self, extent: Extent) -> Option<Extent> {
        let known = Extent::of_known_bases(&self.window, extent.upstream_bp as usize);
        (!known.covers(extent)).then_some(known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_is_told_by_how_far_the_sequence_reaches() {
        let extent = Extent { upstream_bp: 40, downstream_bp: 30 };
        let mut window = vec![UNKNOWN; 70];
        window[20..60].fill(0);
        let mut promoter = Promoter { id: "P".to_owned(), window, measured_log2_tpm: None, notes: Vec::new() };
        // Known from 20 to 60 with the TSS at 40: 20 bases before it, 20 from it on.
        assert_eq!(promoter.shortfall(extent), Some(Extent { upstream_bp: 20, downstream_bp: 20 }));
        assert_eq!(promoter.known_bp(), 40);
        promoter.window.fill(1);
        assert_eq!(promoter.shortfall(extent), None);
    }
}
