//! Index of a FASTA genome: read from the genome's folder or from a cache folder, or built.

mod build;
mod check;
mod contig_scanner;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};

use noodles::bgzf::gzi;
use noodles::fasta::fai;

use build::build_index;
pub(super) use check::byte_offset;
use check::matches_file;

use super::fasta_text::FastaText;
use super::genome_progress::GenomeProgress;
use super::reference_genome::genome_read_error;
use crate::SequenceError;
use crate::text_file::open_file;

/// Size of a text whose index is built anew and compared, in bytes; this takes less than a tenth of a second.
pub(super) const CHECKED_BYTES: u64 = 64 << 20;

/// Compression by bgzip, about.
const BGZIP_RATIO: u64 = 4;

/// Offsets of the contigs of a FASTA file (`.fai`) and, for bgzip, of its compressed blocks (`.gzi`).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FastaIndex {
    pub(crate) fai: fai::Index,
    pub(crate) gzi: Option<gzi::Index>,
}

impl FastaIndex {
    /// Reads an index that matches the text, from the folder of its file or from `cache_dir`; otherwise builds an index
    /// and, if `stores`, stores it there. `path` is the file as the user gave it, for messages.
    ///
    /// The content decides whether an index matches, not its date, because copies and downloads change dates: the index
    /// of a text of up to `checked_bytes` is built anew and compared, larger texts are checked by [`matches_file`].
    pub(super) fn find_or_build(
        path: &Path,
        text: &FastaText,
        cache_dir: Option<&Path>,
        stores: bool,
        checked_bytes: u64,
        progress: &mut dyn FnMut(GenomeProgress),
    ) -> Result<Self, SequenceError> {
        let Some(file) = text.file() else { return build_index(path, text, progress) };
        let file_bytes = open_file(file)?.metadata().map_err(|error| genome_read_error(path, None, &error))?.len();
        let is_small = file_bytes <= if text.is_bgzip() { checked_bytes / BGZIP_RATIO } else { checked_bytes };
        let built = if is_small { Some(build_index(path, text, progress)?) } else { None };
        let mut stems = vec![file.to_owned()];
        stems.extend(cache_dir.map(|folder| cache_stem(file, folder)));
        for stem in &stems {
            let index = fai_path(stem);
            match Self::read(stem, text.is_bgzip()) {
                Ok(found)
                    if built.as_ref().map_or_else(|| matches_file(&found, text), |built| Ok(*built == found))? =>
                {
                    return Ok(found);
                }
                Ok(_) => {
                    tracing::warn!(index = %index.display(), "the index does not match the genome; building a new one");
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => {
                    tracing::warn!(index = %index.display(), %error, "the index cannot be read; building a new one");
                }
            }
        }
        let index = built.map_or_else(|| build_index(path, text, progress), Ok)?;
        if stores && !stems.iter().any(|stem| index.store(stem)) && !is_small {
            tracing::warn!(genome = %path.display(), "the index could not be stored and is built again each time; set a writable cache folder");
        }
        Ok(index)
    }

    fn read(stem: &Path, is_bgzip: bool) -> io::Result<Self> {
        let gzi = if is_bgzip { Some(gzi::fs::read(gzi_path(stem))?) } else { None };
        // noodles subtracts offsets without a check of their order.
        if gzi.as_ref().is_some_and(|gzi| !gzi.as_ref().is_sorted_by_key(|&(_, decompressed)| decompressed)) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the block offsets are not in ascending order"));
        }
        Ok(Self { fai: fai::fs::read(fai_path(stem))?, gzi })
    }

    /// Writes the index files; `false` if the folder is not writable.
    fn store(&self, stem: &Path) -> bool {
        let written = (|| {
            if let Some(folder) = stem.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                std::fs::create_dir_all(folder)?;
            }
            if let Some(gzi) = &self.gzi {
                atomic_write(&gzi_path(stem), |partial| gzi::fs::write(partial, gzi))?;
            }
            atomic_write(&fai_path(stem), |partial| fai::fs::write(partial, &self.fai))
        })();
        match written {
            Ok(()) => tracing::info!(index = %fai_path(stem).display(), "stored the index of the genome"),
            Err(ref error) => {
                tracing::debug!(index = %fai_path(stem).display(), %error, "the index could not be stored here");
            }
        }
        written.is_ok()
    }
}

/// Atomic write: writes to a partial file, of which each process has its own, and renames it.
fn atomic_write(path: &Path, write: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
    let partial = path.with_added_extension(format!("{}.partial", std::process::id()));
    write(&partial)?;
    std::fs::rename(&partial, path)
}

fn fai_path(stem: &Path) -> PathBuf {
    stem.with_added_extension("fai")
}

fn gzi_path(stem: &Path) -> PathBuf {
    stem.with_added_extension("gzi")
}

/// Path stem in the cache folder, distinct for genomes of the same file name.
fn cache_stem(path: &Path, folder: &Path) -> PathBuf {
    let mut hasher = DefaultHasher::new();
    path.canonicalize().unwrap_or_else(|_| path.to_owned()).hash(&mut hasher);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    folder.join(format!("{:016x}-{name}", hasher.finish()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coord::Interval;
    use crate::genome::{GenomeStage, open_genome, open_genome_with};
    use crate::text_file::tests::file_of;

    /// Index of a large file: it is checked, not built anew. The second value counts how often it was built.
    fn index_of_large_file(path: &Path, cache_dir: Option<&Path>) -> (FastaIndex, usize) {
        let mut built = 0;
        let text = FastaText::Plain(path.to_owned());
        let index = FastaIndex::find_or_build(path, &text, cache_dir, true, 0, &mut |progress| {
            built += usize::from(progress.bytes_done == progress.bytes_total);
        });
        (index.unwrap(), built.min(1))
    }

    #[test]
    fn open_missing_index_is_built_next_to_the_file() {
        let (_folder, path) = file_of("x.fa", b">chr1\nACGT\nAC\n>chr2\nTT\n");
        let mut reports = Vec::new();
        open_genome_with(&path, None, &mut |progress| reports.push(progress)).unwrap();
        // chr1: 6 bases from byte 6 in lines of 4 (5 with the line break); chr2: 2 bases from byte 20.
        assert_eq!(std::fs::read_to_string(fai_path(&path)).unwrap(), "chr1\t6\t6\t4\t5\nchr2\t2\t20\t2\t3\n");
        let complete = GenomeProgress { stage: GenomeStage::Index, bytes_done: 23, bytes_total: 23 };
        assert_eq!(reports.last(), Some(&complete));
        // The second time, the index exists.
        assert_eq!(index_of_large_file(&path, None).1, 0);
    }

    #[test]
    fn open_index_of_another_file_is_rebuilt() {
        for checked_bytes in [0, u64::MAX] {
            let (_folder, path) = file_of("x.fa", b">chr1\nACGT\n>chr2\nTT\n");
            open_genome(&path).unwrap();
            std::fs::write(&path, b">chr1\nACGTTT\n>chr2\nGG\n").unwrap();
            let text = FastaText::Plain(path.clone());
            let index = FastaIndex::find_or_build(&path, &text, None, true, checked_bytes, &mut |_| {}).unwrap();
            assert_eq!(index.fai.as_ref()[0].length(), 6);
            let genome = open_genome(&path).unwrap();
            assert_eq!(genome.fetch(&Interval::new("chr2", 0, 2)).unwrap().to_ascii(), "GG");
            assert_eq!(genome.contigs()[0].length, 6);
        }
    }

    #[test]
    fn open_unwritable_folder_stores_index_in_cache() {
        let (_folder, path) = file_of("x.fa", b">chr1\nACGT\n");
        // A folder with the name of the index cannot be replaced by a file, whoever runs this test.
        std::fs::create_dir(fai_path(&path)).unwrap();
        let cache = tempfile::tempdir().unwrap();
        let cache_dir = cache.path().join("genomes");
        assert_eq!(index_of_large_file(&path, Some(&cache_dir)).1, 1);
        assert_eq!(std::fs::read_dir(&cache_dir).unwrap().count(), 1);
        assert_eq!(index_of_large_file(&path, Some(&cache_dir)).1, 0);
        // Without a cache folder, the genome still opens.
        assert_eq!(open_genome(&path).unwrap().contigs()[0].length, 4);
    }

    #[test]
    fn open_gzi_out_of_order_is_rebuilt() {
        let text = crate::text_file::tests::bgzip(b">chr1\nACGT\nACGT\nAC\n");
        let (_folder, path) = file_of("x.fa.gz", &text);
        open_genome(&path).unwrap();
        let built = std::fs::read(gzi_path(&path)).unwrap();
        // A count, then pairs of offsets: the last two pairs change places.
        let (head, pairs) = built.split_at(built.len() - 32);
        std::fs::write(gzi_path(&path), [head, &pairs[16..], &pairs[..16]].concat()).unwrap();
        let genome = open_genome(&path).unwrap();
        assert_eq!(genome.fetch(&Interval::new("chr1", 3, 9)).unwrap().to_ascii(), "TACGTA");
        assert_eq!(std::fs::read(gzi_path(&path)).unwrap(), built);
    }

    #[test]
    fn cache_stem_same_file_name_differs_by_folder() {
        let folder = Path::new("/cache");
        assert_ne!(cache_stem(Path::new("/a/hg38.fa"), folder), cache_stem(Path::new("/b/hg38.fa"), folder));
    }
}
