//! Checksum lists that publishers provide alongside their files.

use crate::{Checksum, DownloadError, HttpUrl};

/// Maximum number of characters of a malformed line in a message.
const SHOWN_CHARS: usize = 40;

/// File names and checksums, in the format of `md5sum`, `sha256sum` or the BSD `md5`.
///
/// # Examples
///
/// ```
/// use tatabox_download::ChecksumList;
///
/// let url = "https://example.org/MD5SUMS".parse()?;
/// let list = ChecksumList::parse("900150983cd24fb0d6963f7d28e17f72  ./abc.txt\n", &url)?;
/// assert_eq!(list.find("abc.txt")?.hex(), "900150983cd24fb0d6963f7d28e17f72");
/// assert!(list.find("other.txt").is_err());
/// # Ok::<(), tatabox_download::DownloadError>(())
/// ```
#[derive(Debug)]
pub struct ChecksumList {
    url: HttpUrl,
    entries: Vec<(String, Checksum)>,
}

impl ChecksumList {
    /// List from its text; empty lines and lines that start with `#` are skipped.
    ///
    /// # Errors
    ///
    /// [`DownloadError::InvalidChecksumList`] if a line is malformed or the list is empty.
    pub fn parse(text: &str, url: &HttpUrl) -> Result<Self, DownloadError> {
        let rejected = |problem: String| DownloadError::InvalidChecksumList { url: url.clone(), problem };
        let mut entries = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let entry = gnu_line(line).or_else(|| bsd_line(line)).ok_or_else(|| {
                let shown: String = line.chars().take(SHOWN_CHARS).collect();
                rejected(format!("line {number} is {shown:?}"))
            })?;
            entries.push(entry);
        }
        if entries.is_empty() {
            return Err(rejected("it is empty".to_owned()));
        }
        Ok(Self { url: url.clone(), entries })
    }

    /// Checksum of the file `name`. If `name` is not listed, entries in subfolders with this file name match.
    ///
    /// # Errors
    ///
    /// [`DownloadError::NotListed`] if no entry matches, [`DownloadError::InvalidChecksumList`] if entries with different
    /// checksums match.
    pub fn find(&self, name: &str) -> Result<Checksum, DownloadError> {
        let exact: Vec<_> = self.entries.iter().filter(|(listed, _)| listed == name).collect();
        let in_subfolders =
            || self.entries.iter().filter(|(listed, _)| listed.rsplit('/').next() == Some(name)).collect();
        let found = if exact.is_empty() { in_subfolders() } else { exact };
        let Some((_, first)) = found.first() else {
            let (url, entries) = (self.url.clone(), self.entries.len());
            return Err(DownloadError::NotListed { url, name: name.to_owned(), entries });
        };
        if let Some((_, other)) = found.iter().find(|(_, checksum)| checksum != first) {
            let problem = format!("{name} is listed with the checksums {} and {}", first.hex(), other.hex());
            return Err(DownloadError::InvalidChecksumList { url: self.url.clone(), problem });
        }
        Ok(first.clone())
    }
}

/// `DIGITS  name`, `DIGITS *name`, `DIGITS  ./name`.
fn gnu_line(line: &str) -> Option<(String, Checksum)> {
    let (digits, name) = line.split_once(char::is_whitespace)?;
    let name = name.trim_start();
    let name = name.strip_prefix('*').unwrap_or(name);
    let name = name.strip_prefix("./").unwrap_or(name);
    (!name.is_empty()).then_some(())?;
    Some((name.to_owned(), Checksum::from_hex(digits)?))
}

/// `MD5 (name) = DIGITS`.
fn bsd_line(line: &str) -> Option<(String, Checksum)> {
    let (_, rest) = line.split_once(" (")?;
    let (name, digits) = rest.rsplit_once(") = ")?;
    Some((name.to_owned(), Checksum::from_hex(digits)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> Result<ChecksumList, DownloadError> {
        ChecksumList::parse(text, &"https://h/md5sum.txt".parse().unwrap())
    }

    #[test]
    fn parse_gnu_and_bsd_lines_are_read() {
        let (a, b, c) = ("a".repeat(32), "b".repeat(64), "c".repeat(32));
        let text = format!("# sums\n{a}  a.gz\n\n{b} *sub/b.gz\nMD5 (c (1).gz) = {c}\n{a}  ./d.gz\r\n");
        let list = list(&text).unwrap();
        assert_eq!(list.find("a.gz").unwrap().hex(), a);
        assert_eq!(list.find("b.gz").unwrap().hex(), b);
        assert_eq!(list.find("c (1).gz").unwrap().hex(), c);
        assert_eq!(list.find("d.gz").unwrap().hex(), a);
        assert!(list.find("e.gz").unwrap_err().to_string().contains("among the 4 entries"));
    }

    #[test]
    fn parse_web_page_or_empty_text_is_rejected() {
        let message = list("<!DOCTYPE html>\n<html>").unwrap_err().to_string();
        assert!(message.contains("line 1 is \"<!DOCTYPE html>\""), "{message}");
        assert!(list("").unwrap_err().to_string().contains("it is empty"));
    }

    #[test]
    fn find_name_with_two_checksums_is_rejected() {
        let text = format!("{}  x/a\n{}  y/a\n", "a".repeat(32), "b".repeat(32));
        assert!(list(&text).unwrap().find("a").unwrap_err().to_string().contains("is listed with the checksums"));
    }
}
