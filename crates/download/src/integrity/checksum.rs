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

/// Bytes read at once.
const CHUNK_BYTES: usize = 1 << 18;

/// How a checksum is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Algorithm {
    /// MD5: finds damage, not malice.
    Md5,
    /// SHA-256.
    Sha256,
}

impl Algorithm {
    /// Length of its checksums in hexadecimal digits.
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

/// The checksum of a file, in lower-case hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checksum {
    algorithm: Algorithm,
    hex: String,
}

impl Checksum {
    /// A checksum from its digits; none where they are too many, too few or not hexadecimal.
    pub fn new(algorithm: Algorithm, hex: &str) -> Option<Self> {
        let whole = hex.len() == algorithm.digits() && hex.bytes().all(|digit| digit.is_ascii_hexdigit());
        whole.then(|| Self { algorithm, hex: hex.to_ascii_lowercase() })
    }

    /// A checksum whose algorithm is told by its length.
    pub fn from_hex(hex: &str) -> Option<Self> {
        Self::new(Algorithm::Md5, hex).or_else(|| Self::new(Algorithm::Sha256, hex))
    }

    /// A checksum as `sha256=DIGITS` or `md5=DIGITS`.
    pub(crate) fn from_fragment(text: &str) -> Option<Self> {
        match text.split_once('=')? {
            ("sha256", hex) => Self::new(Algorithm::Sha256, hex),
            ("md5", hex) => Self::new(Algorithm::Md5, hex),
            _ => None,
        }
    }

    /// How it is computed.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Its digits.
    pub fn hex(&self) -> &str {
        &self.hex
    }
}

/// Both checksums of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Checksums {
    pub(crate) sha256: Checksum,
    pub(crate) md5: Option<Checksum>,
    pub(crate) bytes: u64,
}

impl Checksums {
    /// Reads a file to its end; `with_md5` costs as much again. Tells how far it is.
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

    /// The checksum by an algorithm, if it was computed.
    pub(crate) fn by(&self, algorithm: Algorithm) -> Option<&Checksum> {
        match algorithm {
            Algorithm::Sha256 => Some(&self.sha256),
            Algorithm::Md5 => self.md5.as_ref(),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_the_standards() {
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
    fn digits_are_counted() {
        assert_eq!(Checksum::from_hex(&"A".repeat(32)).unwrap().hex(), "a".repeat(32));
        assert_eq!(Checksum::from_hex(&"0".repeat(64)).unwrap().algorithm(), Algorithm::Sha256);
        assert!(Checksum::from_hex(&"0".repeat(40)).is_none());
        assert!(Checksum::from_hex(&"g".repeat(32)).is_none());
        assert!(Checksum::from_fragment("sha1=00").is_none());
    }
}
