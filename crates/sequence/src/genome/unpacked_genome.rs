//! Genomes compressed with plain gzip, which allows no random access: unpacked into memory, or once into a cache folder.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::fasta_text::FastaText;
use super::genome_progress::{GenomeProgress, GenomeStage, ProgressReader};
use super::reference_genome::gzip_read_error;
use crate::SequenceError;
use crate::gzip::GzipReader;
use crate::text_file::open_file;

/// Folder of unpacked genomes within a cache folder.
const FOLDER: &str = "genomes";

/// Largest unpacked genome that is kept in memory, in bytes; it is unpacked in less than half a second.
const MEMORY_BYTES: u64 = 64 << 20;

/// Size of a read, in bytes.
const CHUNK_BYTES: usize = 1 << 20;

/// Free space that remains after unpacking, in bytes.
const RESERVED_BYTES: u64 = 128 << 20;

/// Bytes written between two checks of the free space.
const SPACE_CHECK_BYTES: u64 = 64 << 20;

/// Time since the last write after which partial files of interrupted runs are removed.
const STALE_AFTER: Duration = Duration::from_hours(1);

/// Free bytes on the file system of a folder; `None` if unknown.
type FreeSpace = fn(&Path) -> Option<u64>;

/// Folder in which unpacked genomes are kept, within a cache folder.
///
/// # Examples
///
/// ```
/// use std::path::Path;
/// use tatabox_sequence::unpacked_genomes_folder;
///
/// assert_eq!(unpacked_genomes_folder(Path::new("/cache")), Path::new("/cache/genomes"));
/// ```
pub fn unpacked_genomes_folder(cache_dir: &Path) -> PathBuf {
    cache_dir.join(FOLDER)
}

/// Unpacks a genome compressed with gzip, small ones into memory and large ones into `cache_dir`, where a copy that was
/// made earlier is used again.
///
/// # Errors
///
/// Damaged or incomplete gzip, [`SequenceError::NoGenomeCache`], [`SequenceError::GenomeCache`],
/// [`SequenceError::NoSpaceForGenome`].
pub(super) fn unpack(
    path: &Path,
    cache_dir: Option<&Path>,
    progress: &mut dyn FnMut(GenomeProgress),
) -> Result<FastaText, SequenceError> {
    let free_space: FreeSpace = |folder| fs4::available_space(folder).ok();
    unpack_larger_than(path, cache_dir, MEMORY_BYTES, free_space, progress)
}

fn unpack_larger_than(
    path: &Path,
    cache_dir: Option<&Path>,
    memory_bytes: u64,
    free_space: FreeSpace,
    progress: &mut dyn FnMut(GenomeProgress),
) -> Result<FastaText, SequenceError> {
    let failed = |error| gzip_read_error(path, error);
    let packed_bytes = open_file(path)?.metadata().map_err(failed)?.len();
    if packed_bytes <= memory_bytes {
        let unpacked = GzipReader::open(BufReader::with_capacity(CHUNK_BYTES, open_file(path)?)).map_err(failed)?;
        let mut text = Vec::new();
        unpacked.take(memory_bytes + 1).read_to_end(&mut text).map_err(failed)?;
        if text.len() as u64 <= memory_bytes {
            return Ok(FastaText::Memory(Arc::new(text)));
        }
    }
    let Some(cache_dir) = cache_dir else {
        return Err(SequenceError::NoGenomeCache { path: path.to_owned() });
    };
    let copy = CachedCopy::of(path, &unpacked_genomes_folder(cache_dir), progress)?;
    if !copy.is_valid(progress) {
        copy.write(free_space, progress)?;
    }
    Ok(FastaText::Plain(copy.text))
}

/// Unpacked copy of a genome.
struct CachedCopy<'a> {
    /// The compressed genome.
    path: &'a Path,
    folder: PathBuf,
    text: PathBuf,
    /// Size and CRC-32 of the copy, written after it.
    record: PathBuf,
}

impl<'a> CachedCopy<'a> {
    /// Copy in `folder`, named by the genome and the SHA-256 of its file.
    fn of(path: &'a Path, folder: &Path, progress: &mut dyn FnMut(GenomeProgress)) -> Result<Self, SequenceError> {
        let checksum = sha256(open_file(path)?, progress).map_err(|error| gzip_read_error(path, error))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let stem = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".bgz")).unwrap_or(&name);
        let stem =
            ["fa", "fasta", "fna"].iter().find_map(|end| stem.strip_suffix(end)?.strip_suffix('.')).unwrap_or(stem);
        let stem: String = stem.chars().map(|letter| if letter.is_control() { '_' } else { letter }).collect();
        let text = folder.join(format!("{}.{checksum}.fa", first_bytes(&stem, 100)));
        let record = text.with_added_extension("crc32");
        Ok(Self { path, folder: folder.to_owned(), text, record })
    }

    /// Whether a complete copy exists whose size and CRC-32 are those of its record.
    fn is_valid(&self, progress: &mut dyn FnMut(GenomeProgress)) -> bool {
        let Ok(record) = fs::read_to_string(&self.record) else { return false };
        let size = fs::metadata(&self.text).map_or(0, |metadata| metadata.len());
        let starts_with_size = record.starts_with(&format!("{size}\t"));
        let mut checksum = || {
            let mut reader = ProgressReader::new(File::open(&self.text)?, GenomeStage::CheckUnpacked, progress)?;
            let mut crc = flate2::Crc::new();
            for_each_chunk(&mut reader, |chunk| {
                crc.update(chunk);
                Ok(())
            })?;
            Ok::<_, io::Error>(record_text(size, &crc))
        };
        let is_valid = starts_with_size && checksum().is_ok_and(|found| found == record);
        if !is_valid {
            tracing::warn!(copy = %self.text.display(), "the unpacked copy of the genome is damaged; unpacking it again");
        }
        is_valid
    }

    /// Unpacks the genome into a partial file, which gets its name once it is complete.
    fn write(&self, free_space: FreeSpace, progress: &mut dyn FnMut(GenomeProgress)) -> Result<(), SequenceError> {
        let cache_error = |source: io::Error| match source.kind() {
            io::ErrorKind::StorageFull => self.no_space(None, free_space(&self.folder).unwrap_or(0)),
            _ => SequenceError::GenomeCache { path: self.path.to_owned(), folder: self.folder.clone(), source },
        };
        fs::create_dir_all(&self.folder).map_err(cache_error)?;
        remove_stale_partial_files(&self.folder);
        let needed = unpacked_bytes(self.path).map_err(|error| gzip_read_error(self.path, error))?;
        self.check_space(needed, free_space)?;
        tracing::info!(genome = %self.path.display(), copy = %self.text.display(), "unpacking the genome");

        let (mut file, partial) = PartialFile::create(&self.text).map_err(cache_error)?;
        // The end of a bgzip file is checked at once, that of gzip at the end.
        GzipReader::open(BufReader::new(open_file(self.path)?)).map_err(|error| gzip_read_error(self.path, error))?;
        let packed = ProgressReader::new(open_file(self.path)?, GenomeStage::Unpack, progress)
            .map_err(|error| gzip_read_error(self.path, error))?;
        let mut unpacked = GzipReader::new(BufReader::with_capacity(CHUNK_BYTES, packed));
        let mut crc = flate2::Crc::new();
        let (mut size, mut checked) = (0, 0);
        for_each_chunk(&mut unpacked, |chunk| {
            crc.update(chunk);
            size += chunk.len() as u64;
            if size - checked >= SPACE_CHECK_BYTES {
                checked = size;
                self.check_space(0, free_space).map_err(io::Error::other)?;
            }
            file.write_all(chunk).map_err(|error| io::Error::other(cache_error(error)))
        })
        .map_err(|error| match error.downcast::<SequenceError>() {
            Ok(of_copy) => of_copy,
            Err(error) => gzip_read_error(self.path, error),
        })?;
        file.sync_all().map_err(cache_error)?;
        drop(file);
        partial.rename(&self.text).map_err(cache_error)?;

        let (mut file, partial) = PartialFile::create(&self.record).map_err(cache_error)?;
        file.write_all(record_text(size, &crc).as_bytes()).map_err(cache_error)?;
        partial.rename(&self.record).map_err(cache_error)
    }

    fn check_space(&self, needed: u64, free_space: FreeSpace) -> Result<(), SequenceError> {
        match free_space(&self.folder) {
            Some(free) if free < needed + RESERVED_BYTES => {
                Err(self.no_space(Some(needed).filter(|&needed| needed > 0), free))
            }
            _ => Ok(()),
        }
    }

    fn no_space(&self, needed: Option<u64>, free: u64) -> SequenceError {
        let gigabytes = |bytes: u64| format!("{:.1} GB", bytes as f64 / 1e9);
        let space = match needed {
            Some(needed) => format!("needs {}, but {} are free", gigabytes(needed + RESERVED_BYTES), gigabytes(free)),
            None => format!("fills the disk, of which {} are free", gigabytes(free)),
        };
        SequenceError::NoSpaceForGenome { path: self.path.to_owned(), folder: self.folder.clone(), space }
    }
}

/// Partial file that no other process or thread writes to; it is removed unless it is renamed.
struct PartialFile(PathBuf);

impl PartialFile {
    fn create(path: &Path) -> io::Result<(File, Self)> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        loop {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let partial = path.with_added_extension(format!("{}-{number}.partial", std::process::id()));
            match File::create_new(&partial) {
                // A process of this number on another computer or in another container.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                created => return Ok((created?, Self(partial))),
            }
        }
    }

    fn rename(self, path: &Path) -> io::Result<()> {
        fs::rename(&self.0, path)
    }
}

impl Drop for PartialFile {
    fn drop(&mut self) {
        // After a renaming it does not exist any more.
        let _ = fs::remove_file(&self.0);
    }
}

fn remove_stale_partial_files(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_partial = entry.path().extension().is_some_and(|extension| extension == "partial");
        let age = entry.metadata().and_then(|metadata| metadata.modified()).ok().and_then(|time| time.elapsed().ok());
        if is_partial && age.is_some_and(|age| age > STALE_AFTER) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Least size of the unpacked file: the size that gzip stores modulo 4 GiB, or three times the packed size, a common
/// ratio for DNA, where that is implausible.
fn unpacked_bytes(path: &Path) -> io::Result<u64> {
    use std::io::{Seek, SeekFrom};
    let mut file = File::open(path)?;
    let packed = file.metadata()?.len();
    let mut stored = [0; 4];
    file.seek(SeekFrom::End(-4))?;
    file.read_exact(&mut stored)?;
    let stored = u64::from(u32::from_le_bytes(stored));
    Ok(if stored >= packed { stored } else { 3 * packed })
}

fn sha256(file: File, progress: &mut dyn FnMut(GenomeProgress)) -> io::Result<String> {
    let mut hasher = Sha256::new();
    for_each_chunk(&mut ProgressReader::new(file, GenomeStage::Checksum, progress)?, |chunk| {
        hasher.update(chunk);
        Ok(())
    })?;
    Ok(hasher.finalize().iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a String cannot fail");
        text
    }))
}

fn for_each_chunk(reader: &mut impl Read, mut take: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let read = reader.read(&mut chunk)?;
        if read == 0 {
            return Ok(());
        }
        take(&chunk[..read])?;
    }
}

fn record_text(size: u64, crc: &flate2::Crc) -> String {
    format!("{size}\t{:08x}\n", crc.sum())
}

/// At most `bytes` bytes of a text, of whole letters.
fn first_bytes(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text_file::tests::{file_of, gzip};

    const TEXT: &[u8] = b">chr1\nACGT\nAC\n>chr2\nTT\n";

    const PLENTY: FreeSpace = |_| Some(u64::MAX);

    fn unpack_to_disk(path: &Path, cache_dir: &Path) -> Result<(PathBuf, Vec<GenomeStage>), SequenceError> {
        let mut stages = Vec::new();
        let mut report = |progress: GenomeProgress| stages.push(progress.stage);
        let text = unpack_larger_than(path, Some(cache_dir), 0, PLENTY, &mut report)?;
        stages.dedup();
        Ok((text.file().expect("a file").to_owned(), stages))
    }

    fn files(cache_dir: &Path) -> usize {
        fs::read_dir(unpacked_genomes_folder(cache_dir)).map_or(0, Iterator::count)
    }

    #[test]
    fn unpack_small_genome_stays_in_memory() {
        let (_folder, path) = file_of("x.fa.gz", &gzip(TEXT));
        let cache = tempfile::tempdir().unwrap();
        let text = unpack(&path, Some(cache.path()), &mut |_| {}).unwrap();
        let FastaText::Memory(text) = text else { panic!("{text:?}") };
        assert_eq!(&text[..], TEXT);
        assert_eq!(files(cache.path()), 0);
    }

    #[test]
    fn unpack_large_genome_is_kept_and_used_again() {
        let (_folder, path) = file_of("x.fa.gz", &gzip(TEXT));
        let cache = tempfile::tempdir().unwrap();
        let (copy, stages) = unpack_to_disk(&path, cache.path()).unwrap();
        assert_eq!(stages, [GenomeStage::Checksum, GenomeStage::Unpack]);
        assert_eq!(fs::read(&copy).unwrap(), TEXT);
        let name = copy.file_name().unwrap().to_str().unwrap().to_owned();
        assert!(name.starts_with("x.") && name.len() == "x..fa".len() + 64, "{name}");
        // The second time, the copy is checked.
        let again = unpack_to_disk(&path, cache.path()).unwrap();
        assert_eq!(again, (copy.clone(), vec![GenomeStage::Checksum, GenomeStage::CheckUnpacked]));
        assert_eq!(files(cache.path()), 2);
        // Another genome of the same name has another copy.
        fs::write(&path, gzip(b">chr1\nGGGG\n")).unwrap();
        assert_ne!(unpack_to_disk(&path, cache.path()).unwrap().0, copy);
    }

    #[test]
    fn unpack_damaged_copy_is_replaced() {
        let (_folder, path) = file_of("x.fa.gz", &gzip(TEXT));
        let cache = tempfile::tempdir().unwrap();
        let (copy, _) = unpack_to_disk(&path, cache.path()).unwrap();
        for damaged in [&TEXT[..TEXT.len() - 1], &TEXT.to_ascii_lowercase(), b""] {
            fs::write(&copy, damaged).unwrap();
            assert_eq!(unpack_to_disk(&path, cache.path()).unwrap().0, copy);
            assert_eq!(fs::read(&copy).unwrap(), TEXT);
        }
        // A copy without its record may be incomplete.
        fs::remove_file(copy.with_added_extension("crc32")).unwrap();
        fs::write(&copy, b">chr1\n").unwrap();
        unpack_to_disk(&path, cache.path()).unwrap();
        assert_eq!(fs::read(&copy).unwrap(), TEXT);
    }

    #[test]
    fn unpack_incomplete_gzip_leaves_no_file() {
        let whole = gzip(&TEXT.repeat(1_000));
        let cache = tempfile::tempdir().unwrap();
        for kept in [whole.len() - 1, whole.len() / 2, 20] {
            let (_folder, path) = file_of("x.fa.gz", &whole[..kept]);
            let error = unpack_to_disk(&path, cache.path()).unwrap_err();
            assert!(matches!(error, SequenceError::TruncatedGzip { .. }), "{error}");
        }
        let (_folder, path) = file_of("x.fa.gz", &[&whole[..], b"more"].concat());
        let error = unpack_to_disk(&path, cache.path()).unwrap_err();
        assert!(matches!(error, SequenceError::TrailingData { .. }), "{error}");
        assert_eq!(files(cache.path()), 0);
    }

    #[test]
    fn unpack_without_cache_or_space_is_an_error() {
        let (folder, path) = file_of("x.fa.gz", &gzip(TEXT));
        let unpack = |cache_dir: Option<&Path>, free_space: FreeSpace| {
            unpack_larger_than(&path, cache_dir, 0, free_space, &mut |_| {}).map(|_| ()).unwrap_err()
        };
        assert!(matches!(unpack(None, PLENTY), SequenceError::NoGenomeCache { .. }));
        let cache = tempfile::tempdir().unwrap();
        let message = unpack(Some(cache.path()), |_| Some(1_000_000)).to_string();
        assert!(message.contains("needs 0.1 GB, but 0.0 GB are free"), "{message}");
        assert_eq!(files(cache.path()), 0);
        // A file in place of the cache folder cannot hold files, whoever runs this test.
        let message = unpack(Some(&path), PLENTY).to_string();
        assert!(message.contains("x.fa.gz") && message.contains("cannot be written"), "{message}");
        drop(folder);
    }
}
