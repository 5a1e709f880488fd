//! Opening of genomes, which may require an index or an unpacked copy first.

use std::path::{Path, PathBuf};

use tatabox_sequence::{GenomeStage, ReferenceGenome, open_genome_with, unpacked_genomes_folder};

use crate::error::Result;
use crate::observer::Observer;
use crate::progress::{Progress, Unit};

/// A genome file, and a folder for its index and unpacked copy.
///
/// ```
/// use tatabox::inputs::GenomeSource;
///
/// let genome = GenomeSource::new("hg38.fa.gz");
/// assert!(genome.cache.is_none());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GenomeSource {
    /// FASTA (plain, bgzip or gzip) or 2bit.
    pub path: PathBuf,
    /// Folder for indexes of genomes whose own folder is read-only, and for unpacked copies of large genomes compressed
    /// with plain gzip; `None` keeps indexes next to the genome only, and large genomes must not be plain gzip.
    pub cache: Option<PathBuf>,
}

impl GenomeSource {
    /// A genome without a cache folder.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), cache: None }
    }
}

/// Opens a genome; an index or an unpacked copy is made first where it is missing.
///
/// # Errors
/// The file cannot be read, or is neither FASTA nor 2bit; the cache folder cannot hold an unpacked copy.
pub fn open_genome(genome: &GenomeSource, observer: &dyn Observer) -> Result<Box<dyn ReferenceGenome>> {
    let cache = genome.cache.as_deref();
    let mut current: Option<(GenomeStage, Progress)> = None;
    let opened = open_genome_with(&genome.path, cache, &mut |opening| {
        if current.as_ref().is_none_or(|(stage, _)| *stage != opening.stage) {
            if let Some((_, progress)) = current.take() {
                progress.finish();
            }
            note_unpacking(opening.stage, &genome.path, cache, observer);
            let label = opening.stage.to_string();
            current = Some((opening.stage, Progress::start(observer, label, Some(opening.bytes_total), Unit::Bytes)));
        }
        if let Some((_, progress)) = &mut current {
            progress.set(opening.bytes_done);
        }
    })?;
    if let Some((_, progress)) = current {
        progress.finish();
    }
    Ok(opened)
}

/// Notes where a genome is unpacked, when that begins.
pub(crate) fn note_unpacking(stage: GenomeStage, genome: &Path, cache: Option<&Path>, observer: &dyn Observer) {
    if let (GenomeStage::Unpack, Some(cache)) = (stage, cache) {
        let folder = unpacked_genomes_folder(cache);
        observer.note(&format!("{} is unpacked once, into {}", genome.display(), folder.display()));
    }
}
