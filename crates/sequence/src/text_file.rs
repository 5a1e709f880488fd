//! Text files, plain or gzip, from a path or standard input.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use crate::SequenceError;
use crate::gzip::{GZIP_MAGIC, GzipReader, IncompleteGzip};

/// Path that denotes standard input.
const STDIN: &str = "-";

/// UTF-8 byte order mark.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Size of the read buffer, in bytes.
const BUFFER_BYTES: usize = 1 << 17;

/// Opens a text file and decompresses gzip, which it recognises by content; `-` is standard input.
pub(crate) fn open_text(path: &Path) -> Result<Box<dyn BufRead + Send>, SequenceError> {
    let mut text = open_decompressed(path)?;
    let start = text.fill_buf().map_err(|error| read_error(path, error))?;
    if start.is_empty() {
        return Err(SequenceError::EmptyFile { path: display_path(path) });
    }
    if start.starts_with(BYTE_ORDER_MARK) {
        text.consume(BYTE_ORDER_MARK.len());
    }
    Ok(text)
}

/// Opens a file without decompression; a missing file and a folder are errors.
pub(crate) fn open_file(path: &Path) -> Result<File, SequenceError> {
    let file = File::open(path).map_err(|source| match source.kind() {
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

/// Path of an input as shown in messages.
pub(crate) fn display_path(path: &Path) -> PathBuf {
    if path.as_os_str() == STDIN { PathBuf::from("standard input") } else { path.to_owned() }
}

/// Error of a failed read. An unexpected end of file can only come from a compressed stream.
pub(crate) fn read_error(path: &Path, source: io::Error) -> SequenceError {
    let path = display_path(path);
    match (IncompleteGzip::of(&source), source.kind()) {
        (Some(IncompleteGzip::NoEndBlock), _) => SequenceError::NoBgzipEnd { path },
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
        let mut raw = BufReader::with_capacity(BUFFER_BYTES, io::stdin());
        if raw.fill_buf().map_err(failed)?.starts_with(&GZIP_MAGIC) {
            return Ok(Box::new(BufReader::with_capacity(BUFFER_BYTES, GzipReader::new(raw))));
        }
        return Ok(Box::new(raw));
    }
    let mut raw = BufReader::with_capacity(BUFFER_BYTES, open_file(path)?);
    if raw.fill_buf().map_err(failed)?.starts_with(&GZIP_MAGIC) {
        let text = GzipReader::open(raw).map_err(failed)?;
        return Ok(Box::new(BufReader::with_capacity(BUFFER_BYTES, text)));
    }
    Ok(Box::new(raw))
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::{Read, Write};

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
