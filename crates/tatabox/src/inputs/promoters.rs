//! Streams of promoters from FASTA, BED or a data set.

mod bed;
mod fasta;
mod genes;

use std::path::PathBuf;

use tatabox_dataset::PreparedDataset;
use tatabox_model::Predictor;

use super::{AuxiliaryReaders, AuxiliarySources, GenomeSource, Promoter, Shard};
use crate::error::Result;
use crate::observer::Observer;
use crate::variants::MalformedRecordPolicy;

use fasta::RecordCut;

#[cfg(feature = "train")]
pub(crate) use fasta::tss_index;
pub(super) use fasta::tss_index_of_length;

/// Source of promoters.
///
/// ```
/// use tatabox::inputs::PromoterSource;
///
/// let source = PromoterSource::fasta("promoters.fa");
/// assert!(matches!(source, PromoterSource::Fasta { tss_offset: None, .. }));
/// ```
pub enum PromoterSource {
    /// Promoter records in sense direction.
    Fasta {
        /// FASTA (plain or gzip); `-` for standard input.
        path: PathBuf,
        /// 0-based index of the TSS base in records whose header has no `tss_offset=`.
        tss_offset: Option<usize>,
        /// What happens to records without a name, sequence or TSS, and with letters that are not bases. A skipped
        /// record is a promoter without a base.
        malformed: MalformedRecordPolicy,
    },
    /// TSSs on a genome.
    Bed {
        /// BED6, 0-based.
        path: PathBuf,
        /// The genome.
        genome: GenomeSource,
    },
    /// Genes of a data set.
    Genes {
        /// Identifiers or names.
        names: Vec<String>,
        /// The data set.
        dataset: Box<PreparedDataset>,
    },
}

impl PromoterSource {
    /// A FASTA file.
    pub fn fasta(path: impl Into<PathBuf>) -> Self {
        Self::Fasta { path: path.into(), tss_offset: None, malformed: MalformedRecordPolicy::Error }
    }
}

/// Stream of promoters, which can be read on a thread of its own.
///
/// ```
/// use tatabox::inputs::{AuxiliarySources, PromoterSource, Promoters, open_promoters};
/// use tatabox::{Model, Silent};
///
/// let model = Model::bundled()?;
/// let source = PromoterSource::fasta("no-such-file.fa");
/// let opened: tatabox::Result<Promoters> =
///     open_promoters(source, &AuxiliarySources::default(), None, model.predictor(), &Silent);
/// assert!(opened.is_err());
/// # Ok::<(), tatabox::Error>(())
/// ```
pub type Promoters = Box<dyn Iterator<Item = Result<Promoter>> + Send>;

/// Opens a source, or one part of it. Genes of a data set are not divided into parts.
///
/// # Errors
/// A file cannot be read, or an auxiliary input of the model is missing.
pub fn open_promoters(
    source: PromoterSource,
    auxiliary: &AuxiliarySources,
    shard: Option<Shard>,
    predictor: &Predictor,
    observer: &dyn Observer,
) -> Result<Promoters> {
    let extent = predictor.extent();
    match source {
        PromoterSource::Fasta { path, tss_offset, malformed } => {
            let auxiliary = AuxiliaryReaders::open(auxiliary, predictor, false, observer)?;
            let cut = RecordCut { tss_offset, malformed, extent };
            fasta::open(&path, cut, shard, auxiliary)
        }
        PromoterSource::Bed { path, genome } => {
            let auxiliary = AuxiliaryReaders::open(auxiliary, predictor, true, observer)?;
            bed::open(&path, &genome, shard, extent, auxiliary, observer)
        }
        PromoterSource::Genes { names, dataset } => {
            if let Some(table) = &auxiliary.gene_features {
                observer.warn(&format!(
                    "{}: not used, since genes of a data set have the gene features stored in it",
                    table.display()
                ));
            }
            genes::open(&names, *dataset, predictor)
        }
    }
}
