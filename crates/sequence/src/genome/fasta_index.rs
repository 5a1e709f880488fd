//! The index of a FASTA genome: found beside the file or in a cache folder, checked, or made.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};

use noodles::bgzf::gzi;
use noodles::fasta::fai;

use super::IndexProgress;
use super::fasta_index_build::build_index;
use super::fasta_index_check::matches_file;
use crate::SequenceError;

/// Where the contigs of a FASTA file begin (`.fai`), and where its compressed blocks do (`.gzi`, only for bgzip).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FastaIndex {
    pub(crate) fai: fai::Index,
    pub(crate) gzi: Option<gzi::Index>,
}

impl FastaIndex {
    /// Finds an index that fits the file, beside it or in `cache_dir`; failing that makes one and stores it there.
    ///
    /// Whether an index fits is judged by the file's content and not by its date, since copies and downloads shuffle
    /// dates: see [`matches_file`].
    pub(crate) fn find_or_build(
        path: &Path,
        is_bgzip: bool,
        cache_dir: Option<&Path>,
        progress: &mut dyn FnMut(IndexProgress),
    ) -> Result<Self, SequenceError> {
        let mut places = vec![path.to_owned()];
        places.extend(cache_dir.map(|folder| cache_stem(path, folder)));
        for stem in &places {
            match Self::read(stem, is_bgzip) {
                Ok(index) if matches_file(&index, path)? => return Ok(index),
                Ok(_) => {
                    tracing::warn!(index = %fai_path(stem).display(), "index does not fit the genome; making a new one");
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => {
                    tracing::warn!(index = %fai_path(stem).display(), %error, "index cannot be read; making a new one");
                }
            }
        }
        let index = build_index(path, is_bgzip, progress)?;
        if !places.iter().any(|stem| index.store(stem)) {
            tracing::warn!(genome = %path.display(), "the index could not be stored, so it is made anew each time; give a cache folder");
        }
        Ok(index)
    }

    fn read(stem: &Path, is_bgzip: bool) -> io::Result<Self> {
        let gzi = if is_bgzip { Some(gzi::fs::read(gzi_path(stem))?) } else { None };
        Ok(Self { fai: fai::fs::read(fai_path(stem))?, gzi })
    }

    /// Writes the index files; `false` where the folder does not let us.
    fn store(&self, stem: &Path) -> bool {
        let written = (|| {
            if let Some(folder) = stem.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                std::fs::create_dir_all(folder)?;
            }
            if let Some(gzi) = &self.gzi {
                replace(&gzi_path(stem), |partial| gzi::fs::write(partial, gzi))?;
            }
            replace(&fai_path(stem), |partial| fai::fs::write(partial, &self.fai))
        })();
        match written {
            Ok(()) => tracing::info!(index = %fai_path(stem).display(), "stored the genome's index"),
            Err(ref error) => tracing::debug!(index = %fai_path(stem).display(), %error, "index not stored here"),
        }
        written.is_ok()
    }
}

/// Writes beside the file and renames, so that no half-written file bears its name.
fn replace(path: &Path, write: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
    let partial = path.with_added_extension("partial");
    write(&partial)?;
    std::fs::rename(&partial, path)
}

fn fai_path(stem: &Path) -> PathBuf {
    stem.with_added_extension("fai")
}

fn gzi_path(stem: &Path) -> PathBuf {
    stem.with_added_extension("gzi")
}

/// A name in the cache folder that two genomes of the same file name do not share.
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
    use crate::genome::{open_genome, open_genome_with};
    use crate::text_file::tests::file_of;

    #[test]
    fn a_missing_index_is_made_beside_the_file() {
        let (_folder, path) = file_of("x.fa", b">chr1\nACGT\nAC\n>chr2\nTT\n");
        let mut told = Vec::new();
        open_genome_with(&path, None, &mut |progress| told.push(progress)).unwrap();
        // chr1: 6 bases from byte 6 in lines of 4 (5 with the break); chr2: 2 bases from byte 20.
        assert_eq!(std::fs::read_to_string(fai_path(&path)).unwrap(), "chr1\t6\t6\t4\t5\nchr2\t2\t20\t2\t3\n");
        assert_eq!(told.last(), Some(&IndexProgress { bytes_done: 23, bytes_total: 23 }));
        // The second time there is nothing to do.
        open_genome_with(&path, None, &mut |_| panic!("made again")).unwrap();
    }

    #[test]
    fn an_index_of_another_file_is_made_anew() {
        let (_folder, path) = file_of("x.fa", b">chr1\nACGT\n>chr2\nTT\n");
        open_genome(&path).unwrap();
        std::fs::write(&path, b">chr1\nACGTTT\n>chr2\nGG\n").unwrap();
        let genome = open_genome(&path).unwrap();
        assert_eq!(genome.fetch(&Interval::new("chr2", 0, 2)).unwrap().to_ascii(), "GG");
        assert_eq!(genome.contigs()[0].length, 6);
    }

    #[test]
    fn the_cache_folder_serves_where_the_genomes_own_cannot() {
        let (_folder, path) = file_of("x.fa", b">chr1\nACGT\n");
        // A folder that bears the index's name cannot be replaced by a file, whoever runs this test.
        std::fs::create_dir(fai_path(&path)).unwrap();
        let cache = tempfile::tempdir().unwrap();
        let cache_dir = cache.path().join("genomes");
        open_genome_with(&path, Some(&cache_dir), &mut |_| {}).unwrap();
        assert_eq!(std::fs::read_dir(&cache_dir).unwrap().count(), 1);
        open_genome_with(&path, Some(&cache_dir), &mut |_| panic!("made again")).unwrap();
        // Without a cache it still opens.
        assert_eq!(open_genome(&path).unwrap().contigs()[0].length, 4);
    }

    #[test]
    fn genomes_of_one_name_do_not_share_a_cache_entry() {
        let folder = Path::new("/cache");
        assert_ne!(cache_stem(Path::new("/a/hg38.fa"), folder), cache_stem(Path::new("/b/hg38.fa"), folder));
    }
}
