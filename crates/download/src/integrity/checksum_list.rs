//! Lists of checksums, as publishers put them beside their files.

use crate::{Checksum, DownloadError, HttpUrl};

/// How much of a line is shown that cannot be read.
const SHOWN_CHARS: usize = 40;

/// Names and checksums, as `md5sum`, `sha256sum` or their BSD kin write them.
#[derive(Debug)]
pub struct ChecksumList {
    url: HttpUrl,
    entries: Vec<(String, Checksum)>,
}

impl ChecksumList {
    /// Reads a list. Lines that start with `#` and empty ones are passed over.
    ///
    /// # Errors
    ///
    /// A line of another shape, or no line at all.
    pub fn parse(text: &str, url: &HttpUrl) -> Result<Self, DownloadError> {
        let refused = |problem: String| DownloadError::InvalidChecksumList { url: url.clone(), problem };
        let mut entries = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let entry = gnu_line(line).or_else(|| bsd_line(line)).ok_or_else(|| {
                let shown: String = line.chars().take(SHOWN_CHARS).collect();
                refused(format!("line {number} is {shown:?}"))
            })?;
            entries.push(entry);
        }
        if entries.is_empty() {
            return Err(refused("it is empty".to_owned()));
        }
        Ok(Self { url: url.clone(), entries })
    }

    /// The checksum of the file of that name. Names with a folder before them are found as well, if only one fits.
    ///
    /// # Errors
    ///
    /// The name is missing, or stands there with different checksums.
    pub fn find(&self, name: &str) -> Result<Checksum, DownloadError> {
        let exact: Vec<_> = self.entries.iter().filter(|(listed, _)| listed == name).collect();
        let on_mirror = || self.entries.iter().filter(|(listed, _)| listed.rsplit('/').next() == Some(name)).collect();
        let found = if exact.is_empty() { on_mirror() } else { exact };
        let Some((_, first)) = found.first() else {
            let (url, entries) = (self.url.clone(), self.entries.len());
            return Err(DownloadError::NotListed { url, name: name.to_owned(), entries });
        };
        if let Some((_, other)) = found.iter().find(|(_, checksum)| checksum != first) {
            let problem = format!("{name} stands there as {} and as {}", first.hex(), other.hex());
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
    fn every_usual_shape_of_a_line_is_read() {
        let (a, b, c) = ("a".repeat(32), "b".repeat(64), "c".repeat(32));
        let text = format!("# sums\n{a}  a.gz\n\n{b} *sub/b.gz\nMD5 (c (1).gz) = {c}\n{a}  ./d.gz\r\n");
        let list = list(&text).unwrap();
        assert_eq!(list.find("a.gz").unwrap().hex(), a);
        assert_eq!(list.find("b.gz").unwrap().hex(), b);
        assert_eq!(list.find("c (1).gz").unwrap().hex(), c);
        assert_eq!(list.find("d.gz").unwrap().hex(), a);
        assert!(list.find("e.gz").unwrap_err().to_string().contains("list of 4 checksums"));
    }

    #[test]
    fn a_web_page_is_no_list() {
        let message = list("<!DOCTYPE html>\n<html>").unwrap_err().to_string();
        assert!(message.contains("line 1 is \"<!DOCTYPE html>\""), "{message}");
        assert!(list("").unwrap_err().to_string().contains("it is empty"));
    }

    #[test]
    fn a_name_with_two_checksums_is_refused() {
        let text = format!("{}  x/a\n{}  y/a\n", "a".repeat(32), "b".repeat(32));
        assert!(list(&text).unwrap().find("a").unwrap_err().to_string().contains("stands there as"));
    }
}
