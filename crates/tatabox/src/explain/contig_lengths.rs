//! Lengths of contigs, from a `chrom.sizes` file.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use crate::error::{Error, Result, bail};

/// Reads the name and length of each contig, separated by white space, one contig per line.
///
/// # Errors
/// The file cannot be read, or a line has no length.
pub(super) fn read_contig_lengths(path: &Path) -> Result<HashMap<String, u32>> {
    let text =
        fs::read_to_string(path).map_err(|source| Error::Io { action: "read", path: path.to_owned(), source })?;
    let mut lengths = HashMap::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let mut columns = line.split_whitespace();
        match (columns.next(), columns.next().and_then(|length| length.parse().ok())) {
            (Some(name), Some(length)) => lengths.insert(name.to_owned(), length),
            _ => bail!("{}, line {}: expected a contig and its length, found \"{line}\"", path.display(), index + 1),
        };
    }
    Ok(lengths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contig_lengths_line_without_length_is_named() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("sizes");
        fs::write(&path, "chr1\t100\n\nchr2\n").expect("written");
        let message = read_contig_lengths(&path).expect_err("no length").to_string();
        assert!(message.contains("sizes, line 3: ") && message.contains("chr2"), "{message}");
        fs::write(&path, "chr1\t100\textra\nchr2 7\n").expect("written");
        assert_eq!(read_contig_lengths(&path).expect("valid")["chr2"], 7);
    }
}
