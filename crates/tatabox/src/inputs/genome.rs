//! Opening of genomes, which may require an index first.

use std::path::{Path, PathBuf};

use tatabox_sequence::{ReferenceGenome, open_genome_with};

use crate::error::Result;
use crate::observer::Observer;
use crate::progress::{Progress, Unit};

/// A genome file, and where an index may be kept.
///
/// ```
/// use tatabox::inputs::GenomeSource;
///
/// let genome = GenomeSource::new("hg38.fa.gz");
/// assert!(genome.index_cache.is_none());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GenomeSource {
    /// FASTA (plain or bgzip) or 2bit.
    pub path: PathBuf,
    /// Folder for indexes of genomes whose own folder is read-only; `None` keeps them next to the genome only.
    pub index_cache: Option<PathBuf>,
}

impl GenomeSource {
    /// A genome without a folder for indexes.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), index_cache: None }
    }
}

/// Opens a genome; an index is made first where it is missing.
///
/// # Errors
/// The file cannot be read, or is neither FASTA nor 2bit.
pub fn open_genome(genome: &GenomeSource, observer: &dyn Observer) -> Result<Box<dyn ReferenceGenome>> {
    let index_cache: Option<&Path> = genome.index_cache.as_deref();
    let mut indexing: Option<Progress> = None;
    let opened = open_genome_with(&genome.path, index_cache, &mut |progress| {
        let start = || Progress::start(observer, "indexing genome", Some(progress.bytes_total), Unit::Bytes);
        indexing.get_or_insert_with(start).set(progress.bytes_done);
    })?;
    if let Some(indexing) = indexing {
        indexing.finish();
    }
    Ok(opened)
}
