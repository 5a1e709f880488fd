//! Promoters to predict, one after the other, from where the user has them.

mod bed;
mod fasta;
mod genes;

use anyhow::Result;
use tatabox_dataset::Extent;
use tatabox_model::{Predictor, PromoterWindow};
use tatabox_sequence::{Sequence, Tss};

use crate::args::{GivenInputs, PromoterInput, Shard};
use crate::beside_bases::BesideBases;
use crate::console::Console;

/// A promoter as the model reads it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Promoter {
    pub(crate) id: String,
    /// What the model reads: nucleotide codes of its extent, all unknown where there is no sequence, and what it reads
    /// beside them.
    pub(crate) window: PromoterWindow,
    /// Whether something is lacking that the model reads beside the bases; the notes say what.
    pub(crate) lacks_input: bool,
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

/// Opens the input; what the model reads beside the bases comes from `given`, or from the data set.
pub(crate) fn open(
    input: &PromoterInput,
    given: &GivenInputs,
    predictor: &Predictor,
    console: &Console,
) -> Result<Promoters> {
    open_part(input, given, None, predictor, console)
}

/// Opens one part of a file, or all of it. Genes of a data set are named one by one and come in no parts.
pub(crate) fn open_part(
    input: &PromoterInput,
    given: &GivenInputs,
    shard: Option<Shard>,
    predictor: &Predictor,
    console: &Console,
) -> Result<Promoters> {
    let extent = predictor.extent();
    match input {
        PromoterInput::Fasta { path, tss_offset } => {
            let beside = BesideBases::open(given, predictor, false, console)?;
            fasta::open(path, *tss_offset, shard, extent, beside)
        }
        PromoterInput::Bed { path, genome } => {
            let beside = BesideBases::open(given, predictor, true, console)?;
            bed::open(path, genome, shard, extent, beside, console)
        }
        PromoterInput::Genes { names, data } => {
            if given.gene_features.is_some() {
                console.warn("--gene-features: genes of a data set have the features that stand there");
            }
            genes::open(names, data.as_deref(), predictor, console)
        }
    }
}

impl Promoter {
    /// A promoter of a window that holds `extent`.
    pub(crate) fn new(id: String, window: impl Into<PromoterWindow>, extent: Extent) -> Self {
        let mut window = window.into();
        let bases = Sequence::from_codes(std::mem::take(&mut window.bases));
        let known_bp = bases.known_count();
        let reach = || Extent::of_known_bases(bases.codes(), extent.upstream_bp as usize);
        // Most windows lack nothing, and need not be looked through base by base.
        let shortfall = (known_bp < bases.len()).then(reach).filter(|known| !known.covers(extent));
        window.bases = bases.into_codes();
        Self {
            id,
            window,
            lacks_input: false,
            known_bp,
            shortfall,
            measured_log2_tpm: None,
            tss: None,
            name: None,
            notes: Vec::new(),
        }
    }
}

impl Promoter {
    /// A promoter with what the model reads beside `bases`, where that can be had.
    fn with_beside(id: String, bases: Vec<u8>, tss: Option<Tss>, extent: Extent, beside: &BesideBases) -> Result<Self> {
        Ok(match beside.window(&id, bases.clone(), tss.as_ref())? {
            Ok(window) => Self { tss, ..Self::new(id, window, extent) },
            Err(lacking) => Self { tss, lacks_input: true, notes: vec![lacking], ..Self::new(id, bases, extent) },
        })
    }

    /// Whether there is all that the model needs for a prediction.
    pub(crate) fn is_predictable(&self) -> bool {
        self.known_bp > 0 && !self.lacks_input
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
