//! Checks of the content of a file against the format of its name.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use crate::{DownloadError, HttpUrl};

/// Bytes at the start of a file that are examined.
pub(crate) const START_BYTES: usize = 512;
/// Maximum number of bytes or characters of the content in a message.
const SHOWN: usize = 60;

/// Rejects a web page in place of data, and content without the signature of its format.
///
/// A network with a login page answers every request with that page, and many servers return an error page with status 200.
pub(crate) fn check_start(start: &[u8], file: &str, url: &HttpUrl) -> Result<(), DownloadError> {
    if !matches!(extension(file), "html" | "htm") && is_web_page(start) {
        return Err(DownloadError::WebPage { url: url.clone(), title: title(start) });
    }
    let (format, signatures): (_, &[&[u8]]) = match extension(file) {
        "gz" | "bgz" => ("gzip", &[&[0x1f, 0x8b]]),
        "zip" => ("zip", &[b"PK\x03\x04"]),
        // 0x1A412743 in either byte order, https://genome.ucsc.edu/FAQ/FAQformat.html#format7.
        "2bit" => ("2bit", &[&[0x43, 0x27, 0x41, 0x1a], &[0x1a, 0x41, 0x27, 0x43]]),
        _ => ("data", &[b""]),
    };
    if !start.is_empty() && signatures.iter().any(|signature| start.starts_with(signature)) {
        return Ok(());
    }
    Err(DownloadError::WrongFormat { url: url.clone(), format, found: first_bytes(start) })
}

/// Decompresses a gzip file and discards the output, to verify its internal checksums. Other formats are accepted.
pub(crate) fn check_gzip(path: &Path, file: &str, url: &HttpUrl) -> Result<(), DownloadError> {
    if !matches!(extension(file), "gz" | "bgz") {
        return Ok(());
    }
    let packed = File::open(path).map_err(|source| DownloadError::Io { path: path.to_owned(), source })?;
    let mut unpacked = MultiGzDecoder::new(BufReader::with_capacity(1 << 18, packed));
    match io::copy(&mut unpacked, &mut io::sink()) {
        Ok(_) => Ok(()),
        Err(error) => Err(DownloadError::CorruptGzip { url: url.clone(), message: error.to_string() }),
    }
}

/// Whether the content starts like a web page.
pub(crate) fn is_web_page(start: &[u8]) -> bool {
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start();
    let begins = |word: &str| start.get(..word.len()).is_some_and(|bytes| bytes.eq_ignore_ascii_case(word.as_bytes()));
    ["<!doctype html", "<html", "<head", "<script"].into_iter().any(begins)
}

/// Title of a web page, or its first characters if it has none.
pub(crate) fn title(start: &[u8]) -> String {
    let text = String::from_utf8_lossy(start);
    let lower = text.to_ascii_lowercase();
    let titled = lower.find("<title>").map(|at| at + "<title>".len());
    let shown = match titled.and_then(|from| Some(&text[from..from + lower[from..].find("</title>")?])) {
        Some(title) => title.trim(),
        None => text.trim_start(),
    };
    shown.chars().take(SHOWN).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Text after the last dot of a file name.
fn extension(file: &str) -> &str {
    file.rsplit('.').next().unwrap_or_default()
}

/// First bytes for a message, as text if they are printable.
fn first_bytes(start: &[u8]) -> String {
    let shown = &start[..start.len().min(SHOWN / 3)];
    match std::str::from_utf8(shown) {
        _ if shown.is_empty() => "nothing: it is empty".to_owned(),
        Ok(text) if !text.contains(|c: char| c.is_control() && !c.is_whitespace()) => format!("{text:?}"),
        _ => shown.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(bytes: &[u8], file: &str) -> Result<(), String> {
        check_start(bytes, file, &"https://h/x".parse().unwrap()).map_err(|error| error.to_string())
    }

    #[test]
    fn check_start_signature_matches_extension() {
        assert_eq!(start(&[0x1f, 0x8b, 8], "a.gz"), Ok(()));
        assert_eq!(start(b"PK\x03\x04..", "a.zip"), Ok(()));
        assert_eq!(start(&[0x43, 0x27, 0x41, 0x1a, 0], "a.2bit"), Ok(()));
        assert_eq!(start(b"gene\tK562\n", "a.tsv"), Ok(()));
        assert!(
            start(b"gene\tK562\n", "a.gz").unwrap_err().contains("not a gzip file: it starts with \"gene\\tK562\\n\"")
        );
        assert!(start(&[0, 1, 0xff], "a.2bit").unwrap_err().contains("00 01 ff"));
        assert!(start(b"", "a.tsv").unwrap_err().contains("it is empty"));
    }

    #[test]
    fn check_start_web_page_is_rejected_with_title() {
        let page = b"\n<!DOCTYPE HTML><html><head><title> Please log in </title>";
        for file in ["a.gz", "a.tsv"] {
            assert!(start(page, file).unwrap_err().contains("a web page (Please log in)"), "{file}");
        }
        assert_eq!(start(page, "a.html"), Ok(()));
    }
}
