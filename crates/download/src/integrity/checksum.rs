//! Checksums of files.

use std::fmt::{self, Write};
use std::fs::File;
use std::io::Read;
use std::path::Path;

use md5::Md5;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use sha2::digest::Digest;

use crate::DownloadError;

/// Bytes per read.
const CHUNK_BYTES: usize = 1 << 18;

/// Checksum algorithm.
///
/// # Examples
///
/// ```
/// use tatabox_download::Algorithm;
///
/// assert_eq!(Algorithm::Sha256.digits(), 64);
/// assert_eq!(Algorithm::Sha256.to_string(), "SHA-256");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Algorithm {
    /// MD5: detects corruption, not tampering.
    Md5,
    /// SHA-256.
    Sha256,
}

impl Algorithm {
    /// Number of hexadecimal digits of a checksum.
    pub fn digits(self) -> usize {
        match self {
            Self::Md5 => 32,
            Self::Sha256 => 64,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Md5 => "MD5",
            Self::Sha256 => "SHA-256",
        })
    }
}

/// Checksum of a file, in lower-case hexadecimal digits.
///
/// # Examples
///
/// ```
/// use tatabox_download::{Algorithm, Checksum};
///
/// let checksum = Checksum::new(Algorithm::Md5, "900150983CD24FB0D6963F7D28E17F72").expect("32 digits");
/// assert_eq!(checksum.hex(), "900150983cd24fb0d6963f7d28e17f72");
/// assert!(Checksum::new(Algorithm::Sha256, "9001").is_none());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checksum {
    algorithm: Algorithm,
    hex: String,
}

impl Checksum {
    /// Checksum from its digits; `None` if their number is wrong or one is not hexadecimal.
    pub fn new(algorithm: Algorithm, hex: &str) -> Option<Self> {
        let is_valid = hex.len() == algorithm.digits() && hex.bytes().all(|digit| digit.is_ascii_hexdigit());
        is_valid.then(|| Self { algorithm, hex: hex.to_ascii_lowercase() })
    }

    /// Checksum from its digits, whose number determines the algorithm.
    ///
    /// # Examples
    ///
    /// ```
    /// use tatabox_download::{Algorithm, Checksum};
    ///
    /// let checksum = Checksum::from_hex(&"0".repeat(64)).expect("64 digits");
    /// assert_eq!(checksum.algorithm(), Algorithm::Sha256);
    /// ```
    pub fn from_hex(hex: &str) -> Option<Self> {
        Self::new(Algorithm::Md5, hex).or_else(|| Self::new(Algorithm::Sha256, hex))
    }

    /// Checksum from `sha256=DIGITS` or `md5=DIGITS`.
    pub(crate) fn from_fragment(text: &str) -> Option<Self> {
        match text.split_once('=')? {
            ("sha256", hex) => Self::new(Algorithm::Sha256, hex),
            ("md5", hex) => Self::new(Algorithm::Md5, hex),
            _ => None,
        }
    }

    /// Algorithm of the checksum.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Hexadecimal digits, in lower case.
    pub fn hex(&self) -> &str {
        &self.hex
    }
}

/// Size and checksums of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Checksums {
    pub(crate) sha256: Checksum,
    pub(crate) md5: Option<Checksum>,
    pub(crate) bytes: u64,
}

impl Checksums {
    /// Size and checksums of the file at `path`; `with_md5` doubles the time. `progress` receives the number of bytes read.
    pub(crate) fn of_file(path: &Path, with_md5: bool, progress: &mut dyn FnMut(u64)) -> Result<Self, DownloadError> {
        let failed = |source| DownloadError::Io { path: path.to_owned(), source };
        let mut file = File::open(path).map_err(failed)?;
        let (mut sha256, mut md5) = (Sha256::new(), with_md5.then(Md5::new));
        let mut chunk = vec![0; CHUNK_BYTES];
        let mut bytes = 0;
        loop {
            let read = file.read(&mut chunk).map_err(failed)?;
            if read == 0 {
                break;
            }
            sha256.update(&chunk[..read]);
            if let Some(md5) = &mut md5 {
                md5.update(&chunk[..read]);
            }
            bytes += read as u64;
            progress(bytes);
        }
        Ok(Self {
            sha256: Checksum { algorithm: Algorithm::Sha256, hex: hex(&sha256.finalize()) },
            md5: md5.map(|md5| Checksum { algorithm: Algorithm::Md5, hex: hex(&md5.finalize()) }),
            bytes,
        })
    }

    /// Checksum by `algorithm`, if computed.
    pub(crate) fn by(&self, algorithm: Algorithm) -> Option<&Checksum> {
        match algorithm {
            Algorithm::Sha256 => Some(&self.sha256),
            Algorithm::Md5 => self.md5.as_ref(),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string is infallible.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_file_checksums_match_published_test_vectors() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("abc");
        std::fs::write(&path, "abc").unwrap();
        let mut reported = 0;
        let found = Checksums::of_file(&path, true, &mut |bytes| reported = bytes).unwrap();
        // RFC 1321 appendix A.5 and FIPS 180-2 appendix B.1.
        assert_eq!(found.md5.unwrap().hex(), "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(found.sha256.hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!((found.bytes, reported), (3, 3));
    }

    #[test]
    fn from_hex_number_of_digits_selects_algorithm() {
        assert_eq!(Checksum::from_hex(&"A".repeat(32)).unwrap().hex(), "a".repeat(32));
        assert_eq!(Checksum::from_hex(&"0".repeat(64)).unwrap().algorithm(), Algorithm::Sha256);
        assert!(Checksum::from_hex(&"0".repeat(40)).is_none());
        assert!(Checksum::from_hex(&"g".repeat(32)).is_none());
        assert!(Checksum::from_fragment("sha1=00").is_none());
    }
}
