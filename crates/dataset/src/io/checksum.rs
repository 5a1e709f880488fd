//! Input files and their SHA-256 checksums.

use std::fmt::Write as _;
use std::io::Read;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tatabox_sequence::open_input;

use crate::error::{DatasetError, Result};

/// Size of a read.
const CHUNK_BYTES: usize = 1 << 20;

/// Input file of a data set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputFile {
    /// Purpose of the file, such as "expression", "genome", "annotation", "promoters" or "tss_bed".
    pub role: String,
    /// Path as given by the user.
    pub path: String,
    /// SHA-256 of the content, hexadecimal.
    pub sha256: String,
    /// Size in bytes.
    pub bytes: u64,
}

impl InputFile {
    /// Reads the file once and computes its checksum and size.
    pub fn read(role: &str, path: &Path) -> Result<Self> {
        Self::read_with(role, path, &mut |_| {})
    }

    /// Reads the file once; `progress` receives the number of bytes read so far.
    pub fn read_with(role: &str, path: &Path, progress: &mut dyn FnMut(u64)) -> Result<Self> {
        let (sha256, bytes) = sha256_and_size(path, progress)?;
        Ok(Self { role: role.to_owned(), path: path.display().to_string(), sha256, bytes })
    }
}

/// SHA-256 of a file, hexadecimal.
pub fn sha256_file(path: &Path) -> Result<String> {
    Ok(sha256_and_size(path, &mut |_| {})?.0)
}

/// SHA-256 of a byte slice, hexadecimal.
///
/// # Examples
///
/// ```
/// let digest = tatabox_dataset::sha256_bytes(b"abc");
/// assert!(digest.starts_with("ba7816bf"), "the test vector of FIPS 180-4");
/// ```
pub fn sha256_bytes(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// Number from 0 to below 1 that a text determines; different texts give independent, uniform numbers.
pub(crate) fn fraction_of_text(text: &str) -> f64 {
    let digest = Sha256::digest(text.as_bytes());
    let bits = u64::from_be_bytes(digest[..8].try_into().expect("eight bytes")) >> 11;
    // The 53 bits that an f64 holds.
    bits as f64 / (1_u64 << 53) as f64
}

/// SHA-256 (hexadecimal) and size of a file.
pub(crate) fn sha256_and_size(path: &Path, progress: &mut dyn FnMut(u64)) -> Result<(String, u64)> {
    let mut file = open_input(path).map_err(DatasetError::io(path, "open"))?;
    let mut hasher = Sha256::new();
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut bytes = 0;
    loop {
        let read = file.read(&mut chunk).map_err(DatasetError::io(path, "read"))?;
        if read == 0 {
            return Ok((hexadecimal(&hasher.finalize()), bytes));
        }
        hasher.update(&chunk[..read]);
        bytes += read as u64;
        progress(bytes);
    }
}

fn hexadecimal(digest: &[u8]) -> String {
    digest.iter().fold(String::with_capacity(2 * digest.len()), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a String cannot fail");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SHA-256 of "abc", the one-block test vector of FIPS 180-4.
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn sha256_matches_fips_test_vector() {
        let file = tempfile::NamedTempFile::new().expect("temporary file");
        std::fs::write(file.path(), "abc").expect("write");
        assert_eq!(sha256_bytes(b"abc"), ABC);
        let input = InputFile::read("expression", file.path()).expect("readable");
        assert_eq!((input.sha256.as_str(), input.bytes), (ABC, 3));
    }

    #[test]
    fn sha256_file_missing_file_error_names_path() {
        let error = sha256_file(Path::new("no/such.tsv")).expect_err("missing");
        assert!(error.to_string().starts_with("no/such.tsv: cannot open"), "{error}");
    }
}
