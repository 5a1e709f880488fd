//! Text input: plain, gzip, or the single table of a zip archive.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use flate2::bufread::DeflateDecoder;
use tatabox_sequence::{FileKind, GzipReader, TextReader, open_input};
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use crate::io::table_error::{TableError, TableProblem};
use crate::io::text_lines::has_utf16_mark;

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
const BUFFER_BYTES: usize = 1 << 16;
/// Part of every Excel workbook, which is a zip archive.
const EXCEL_WORKBOOK: &str = "xl/workbook.xml";
/// Folder that macOS adds to archives.
const MACOS_FOLDER: &str = "__MACOSX/";

/// Opens a text file and decompresses gzip and zip, recognised by their magic bytes.
///
/// # Errors
///
/// A file that cannot be opened; a bgzip file that is incomplete; an archive that is damaged, encrypted or contains more
/// than one file; other compression, workbooks and binary data, by the name of their kind.
pub(crate) fn open_text(path: &Path) -> Result<Box<dyn BufRead>, TableError> {
    let problem = |problem| TableError::in_file(path, problem);
    let open_error = |error| problem(TableProblem::Open(error));
    let mut file = BufReader::with_capacity(BUFFER_BYTES, open_input(path).map_err(open_error)?);
    let start = file.fill_buf().map_err(open_error)?;
    let is_zip = FileKind::of(start) == Some(FileKind::Zip);
    let mut text: Box<dyn BufRead> = if start.starts_with(&GZIP_MAGIC) {
        let damaged = |error: io::Error| problem(TableProblem::Damaged(error.to_string()));
        Box::new(BufReader::with_capacity(BUFFER_BYTES, GzipReader::open(file).map_err(damaged)?))
    } else if is_zip {
        open_zip(path, file)?
    } else {
        Box::new(file)
    };
    let mut start = Vec::new();
    let read = text.by_ref().take(FileKind::START_BYTES).read_to_end(&mut start);
    read.map_err(|error| problem(TableProblem::Damaged(error.to_string())))?;
    match FileKind::of(&start) {
        Some(FileKind::Hdf5) => Err(problem(TableProblem::Hdf5)),
        // The reader of lines decodes it.
        Some(FileKind::Utf16) if has_utf16_mark(&start) => Ok(Box::new(io::Cursor::new(start).chain(text))),
        // The reader of lines reports carriage returns.
        None | Some(FileKind::CarriageReturns) => Ok(Box::new(TextReader::new(io::Cursor::new(start).chain(text)))),
        Some(kind) if is_zip => Err(problem(TableProblem::ZipMethod { method: kind.to_string() })),
        Some(kind) => Err(problem(TableProblem::Unsupported { remedy: kind.remedy(path), kind })),
    }
}

/// Reader of the single file of an archive, decompressed on the fly.
fn open_zip(path: &Path, file: BufReader<File>) -> Result<Box<dyn BufRead>, TableError> {
    let problem = |problem| TableError::in_file(path, problem);
    let damaged = |error: ZipError| problem(TableProblem::Damaged(format!("zip: {error}")));
    let mut archive = ZipArchive::new(file).map_err(damaged)?;
    let files: Vec<(usize, String)> = archive
        .file_names()
        .enumerate()
        .filter(|(_, name)| !name.ends_with('/') && !name.starts_with(MACOS_FOLDER))
        .map(|(index, name)| (index, name.to_owned()))
        .collect();
    if files.iter().any(|(_, name)| name == EXCEL_WORKBOOK) {
        let kind = FileKind::Excel;
        return Err(problem(TableProblem::Unsupported { remedy: kind.remedy(path), kind }));
    }
    let [(index, _)] = files[..] else {
        let found = files.into_iter().map(|(_, name)| name).collect();
        return Err(problem(TableProblem::ZipMembers { found }));
    };
    let member = archive.by_index_raw(index).map_err(damaged)?;
    let (method, packed, size, crc) = (member.compression(), member.compressed_size(), member.size(), member.crc32());
    let start = member.data_start();
    if member.encrypted() || !matches!(method, CompressionMethod::Stored | CompressionMethod::Deflated) {
        let method = if member.encrypted() { "encrypted".to_owned() } else { format!("compressed by {method}") };
        return Err(problem(TableProblem::ZipMethod { method }));
    }
    drop(member);
    let Some(start) = start else {
        return Err(problem(TableProblem::Damaged("zip: the data offset is missing".to_owned())));
    };
    let mut file = archive.into_inner();
    file.seek(SeekFrom::Start(start)).map_err(|error| problem(TableProblem::Open(error)))?;
    let packed = file.take(packed);
    let unpacked: Box<dyn Read> = match method {
        CompressionMethod::Deflated => Box::new(DeflateDecoder::new(packed)),
        _ => Box::new(packed),
    };
    let checked = ChecksumReader { input: flate2::CrcReader::new(unpacked), size, crc };
    Ok(Box::new(BufReader::with_capacity(BUFFER_BYTES, checked)))
}

/// Reader that verifies size and checksum at the end; a deflate stream carries neither.
struct ChecksumReader {
    input: flate2::CrcReader<Box<dyn Read>>,
    size: u64,
    crc: u32,
}

impl Read for ChecksumReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        // Zip stores the size modulo 2^32.
        let is_whole = self.input.crc().sum() == self.crc && self.input.crc().amount() == self.size as u32;
        if read == 0 && !buffer.is_empty() && !is_whole {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "zip: the checksum does not match"));
        }
        Ok(read)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    /// Zip archive in memory.
    pub(crate) fn zipped(members: &[(&str, &str)], method: CompressionMethod) -> Vec<u8> {
        let mut writer = ZipWriter::new(io::Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(method);
        for (name, text) in members {
            if name.ends_with('/') {
                writer.add_directory(*name, options).expect("in memory");
            } else {
                writer.start_file(*name, options).expect("in memory");
                writer.write_all(text.as_bytes()).expect("in memory");
            }
        }
        writer.finish().expect("in memory").into_inner()
    }

    fn read(bytes: &[u8]) -> Result<String, String> {
        let file = tempfile::NamedTempFile::new().expect("temporary file");
        std::fs::write(file.path(), bytes).expect("written");
        let mut text = String::new();
        let mut input = open_text(file.path()).map_err(|error| error.to_string())?;
        input.read_to_string(&mut text).map_err(|error| error.to_string())?;
        Ok(text)
    }

    #[test]
    fn open_text_reads_single_file_of_archive() {
        let long = "Gene\tTPM\n".repeat(20_000);
        let members = [("folder/", ""), ("folder/t.tsv", long.as_str()), ("__MACOSX/._t.tsv", "x")];
        for method in [CompressionMethod::Deflated, CompressionMethod::Stored] {
            assert_eq!(read(&zipped(&members, method)).as_ref(), Ok(&long));
        }
    }

    #[test]
    fn open_text_archive_with_several_files_error_lists_them() {
        let error = read(&zipped(&[("a.tsv", "x"), ("b.tsv", "y")], CompressionMethod::Stored)).expect_err("two files");
        assert!(
            error.ends_with("contains `a.tsv`, `b.tsv`; expected one table; unpack the archive and use the table"),
            "{error}"
        );
        let error = read(&zipped(&[("only/", "")], CompressionMethod::Stored));
        assert!(error.is_err(), "{error:?}");
    }

    #[test]
    fn open_text_hdf5_returns_specific_error() {
        let error = read(b"\x89HDF\r\n\x1a\n\0\0").expect_err("no text");
        assert!(error.contains("is HDF5 (such as .h5ad"), "{error}");
    }

    /// Files that users have in place of text, as seen by their first bytes.
    #[test]
    fn open_text_packed_or_binary_file_is_named_with_remedy() {
        let workbook = [("[Content_Types].xml", "<x/>"), ("xl/workbook.xml", "<x/>")];
        let named_late = [("a.xml", "<x/>"), ("xl/workbook.xml", "<x/>")];
        let mut tar = vec![0; 1024];
        tar[..5].copy_from_slice(b"e.tsv");
        tar[257..262].copy_from_slice(b"ustar");
        for (bytes, expected) in [
            (zipped(&workbook, CompressionMethod::Stored), "an Excel workbook"),
            (zipped(&named_late, CompressionMethod::Deflated), "an Excel workbook"),
            (b"BZh91AY&SY\x01\x02".to_vec(), "bunzip2"),
            (b"\xfd7zXZ\0\0\x04".to_vec(), "unxz"),
            (b"\x28\xb5\x2f\xfd\x04".to_vec(), "unzstd"),
            (gzipped(&tar), "a tar archive"),
            (gzipped(&gzipped(b"gene\tK562\n")), "compressed with gzip twice"),
            (zipped(&[("t.tsv.xz", "\u{0}")], CompressionMethod::Stored), "the table is binary data"),
            (b"gene\tK562\nG1\t1.000\nG2\t\0\n".repeat(9), "line 3 contains a NUL byte"),
            (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n".to_vec(), "git lfs pull"),
            (b"<!DOCTYPE html><html><title>Log in</title>".to_vec(), "a web page"),
            (b"g\0e\0n\0e\0".to_vec(), "UTF-16"),
            (b"\xff\xfe\0\0g\0\0\0".to_vec(), "UTF-32"),
        ] {
            let error = read(&bytes).expect_err(expected);
            assert!(error.contains(expected), "{error}");
            assert!(!error.contains(char::is_control), "{error}");
        }
    }

    fn gzipped(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).expect("in memory");
        encoder.finish().expect("in memory")
    }

    #[test]
    fn open_text_corrupted_or_truncated_archive_returns_error() {
        let whole = zipped(&[("a.tsv", &"gene\t1\n".repeat(100))], CompressionMethod::Stored);
        let mut changed = whole.clone();
        changed[100] ^= 1;
        assert!(read(&changed).expect_err("changed").contains("checksum"));
        assert!(read(&whole[..whole.len() / 2]).expect_err("cut off").contains("damaged or truncated"));
    }
}
