//! Text files, plain or gzip, from a path or standard input.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use crate::SequenceError;
use crate::file_kind::{BYTE_ORDER_MARK, FileKind};
use crate::gzip::{GZIP_MAGIC, GzipReader, IncompleteGzip};
pub(crate) use crate::read_once::display_path;
use crate::read_once::{STDIN, copy_or_consume, open_input};
use crate::text_reader::TextReader;

/// Size of the read buffer, in bytes.
const BUFFER_BYTES: usize = 1 << 17;

/// Opens a text file and decompresses gzip, which it recognises by content; `-` is standard input.
///
/// Other compression, archives, binary data and NUL bytes are errors.
pub(crate) fn open_text(path: &Path) -> Result<Box<dyn BufRead + Send>, SequenceError> {
    open_text_or(path, &[])
}

/// Opens a text file, or a file of one of the kinds `accepted`.
pub(crate) fn open_text_or(path: &Path, accepted: &[FileKind]) -> Result<Box<dyn BufRead + Send>, SequenceError> {
    let (kind, content) = open_content(path, accepted)?;
    Ok(if kind.is_some() { content } else { Box::new(TextReader::new(content)) })
}

/// Opens a file as [`open_text`] does, for a reader that names the place of a NUL byte itself.
pub(crate) fn open_sequences(path: &Path) -> Result<Box<dyn BufRead + Send>, SequenceError> {
    Ok(open_content(path, &[])?.1)
}

/// Kind of the file, if it is one of `accepted`, and its decompressed content without a byte order mark.
fn open_content(
    path: &Path,
    accepted: &[FileKind],
) -> Result<(Option<FileKind>, Box<dyn BufRead + Send>), SequenceError> {
    let mut content = open_decompressed(path)?;
    let mut start = Vec::new();
    content.by_ref().take(FileKind::START_BYTES).read_to_end(&mut start).map_err(|error| read_error(path, error))?;
    if start.is_empty() {
        return Err(SequenceError::EmptyFile { path: display_path(path) });
    }
    let kind = FileKind::of(&start);
    if let Some(kind) = kind.filter(|kind| !accepted.contains(kind)) {
        return Err(SequenceError::UnsupportedFile { path: display_path(path), kind });
    }
    if start.starts_with(BYTE_ORDER_MARK) {
        start.drain(..BYTE_ORDER_MARK.len());
    }
    Ok((kind, Box::new(io::Cursor::new(start).chain(content))))
}

/// Text of a small file, plain or gzip; `-` is standard input.
///
/// # Errors
///
/// A file that is missing, empty, not UTF-8, or compressed, packed or binary, by the name of its kind.
///
/// # Examples
///
/// ```
/// use tatabox_sequence::{SequenceError, read_text};
///
/// # let folder = std::env::temp_dir().join(format!("tatabox-text-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let path = folder.join("hg38.chrom.sizes");
/// std::fs::write(&path, "chr1\t248956422\n")?;
/// assert_eq!(read_text(&path)?, "chr1\t248956422\n");
/// std::fs::write(&path, "<!DOCTYPE html>")?;
/// assert!(matches!(read_text(&path), Err(SequenceError::UnsupportedFile { .. })));
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read_text(path: impl AsRef<Path>) -> Result<String, SequenceError> {
    let path = path.as_ref();
    let mut text = String::new();
    open_text(path)?.read_to_string(&mut text).map_err(|error| read_error(path, error))?;
    Ok(text)
}

/// Opens a file without decompression; a missing file and a folder are errors.
pub(crate) fn open_file(path: &Path) -> Result<File, SequenceError> {
    let file = open_input(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => SequenceError::FileNotFound { path: path.to_owned() },
        _ => SequenceError::Io { path: path.to_owned(), source },
    })?;
    let metadata = file.metadata().map_err(|source| SequenceError::Io { path: path.to_owned(), source })?;
    if metadata.is_dir() {
        let source = io::Error::new(io::ErrorKind::IsADirectory, "is a folder; expected a file");
        return Err(SequenceError::Io { path: path.to_owned(), source });
    }
    Ok(file)
}

/// Error of a failed read. An unexpected end of file can only come from a compressed stream.
pub(crate) fn read_error(path: &Path, source: io::Error) -> SequenceError {
    let path = display_path(path);
    match (IncompleteGzip::of(&source), source.kind()) {
        (Some(IncompleteGzip::NoEndBlock), _) => SequenceError::NoBgzipEnd { path },
        (Some(IncompleteGzip::TrailingData), _) => SequenceError::TrailingData { path },
        (Some(IncompleteGzip::EndsEarly), _) | (None, io::ErrorKind::UnexpectedEof) => {
            SequenceError::TruncatedGzip { path }
        }
        (None, _) => SequenceError::Io { path, source },
    }
}

/// Result of a read by a library that panics on damaged files; `None` after a panic.
///
/// The library's reader may be left half-way through a record, so callers do not read on.
pub(crate) fn catch_panic<T>(read: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(read)).ok()
}

/// Description of the first byte of an unexpected format, with the likely format.
pub(crate) fn describe_first_byte(byte: u8) -> String {
    match byte {
        b'@' => "'@', as in FASTQ; convert it to FASTA".to_owned(),
        b'#' => "'#', as in a table, BED or GTF file".to_owned(),
        _ => format!("'{}'", byte.escape_ascii()),
    }
}

fn open_decompressed(path: &Path) -> Result<Box<dyn BufRead + Send>, SequenceError> {
    let failed = |error| read_error(path, error);
    if path.as_os_str() == STDIN {
        if let Some(copy) = copy_or_consume(path).map_err(failed)? {
            return open_decompressed_file(path, copy);
        }
        let mut raw = BufReader::with_capacity(BUFFER_BYTES, io::stdin());
        if raw.fill_buf().map_err(failed)?.starts_with(&GZIP_MAGIC) {
            return Ok(Box::new(BufReader::with_capacity(BUFFER_BYTES, GzipReader::new(raw))));
        }
        return Ok(Box::new(raw));
    }
    open_decompressed_file(path, open_file(path)?)
}

fn open_decompressed_file(path: &Path, file: File) -> Result<Box<dyn BufRead + Send>, SequenceError> {
    let failed = |error| read_error(path, error);
    let mut raw = BufReader::with_capacity(BUFFER_BYTES, file);
    if raw.fill_buf().map_err(failed)?.starts_with(&GZIP_MAGIC) {
        let text = GzipReader::open(raw).map_err(failed)?;
        return Ok(Box::new(BufReader::with_capacity(BUFFER_BYTES, text)));
    }
    Ok(Box::new(raw))
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::{Read, Write};
    use std::path::PathBuf;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    /// Gzip-compressed text.
    pub(crate) fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    /// bgzip-compressed text, one block per line so that reads cross blocks.
    pub(crate) fn bgzip(text: &[u8]) -> Vec<u8> {
        let mut writer = noodles::bgzf::io::Writer::new(Vec::new());
        for line in text.split_inclusive(|&byte| byte == b'\n') {
            writer.write_all(line).unwrap();
            writer.flush().unwrap();
        }
        writer.finish().unwrap()
    }

    /// File with the given content in a temporary folder.
    pub(crate) fn file_of(name: &str, content: &[u8]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        (folder, path)
    }

    fn text_of(content: &[u8]) -> String {
        let (_folder, path) = file_of("x", content);
        let mut text = String::new();
        open_text(&path).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn open_text_plain_and_gzip_give_same_text() {
        assert_eq!(text_of(b"abc\n"), "abc\n");
        assert_eq!(text_of(&gzip(b"abc\n")), "abc\n");
        // Several gzip members, as bgzip writes them.
        assert_eq!(text_of(&[gzip(b"abc\n"), gzip(b"def\n")].concat()), "abc\ndef\n");
        assert_eq!(text_of(b"\xef\xbb\xbfabc"), "abc");
    }

    #[test]
    fn open_text_missing_empty_or_folder_is_an_error() {
        let open = |path: &Path| open_text(path).map(|_| ()).unwrap_err();
        assert!(matches!(open(Path::new("/no/such/file")), SequenceError::FileNotFound { .. }));
        for content in [vec![], gzip(b"")] {
            let (folder, path) = file_of("x", &content);
            assert!(matches!(open(&path), SequenceError::EmptyFile { .. }));
            assert!(open(folder.path()).to_string().contains("a folder"));
        }
    }
}
