//! Lengths of contigs, from a `chrom.sizes` file.

use std::collections::HashMap;
use std::path::Path;

use tatabox_sequence::read_text;

use crate::error::{Result, bail};

/// Reads the name and length of each contig, separated by white space, one contig per line.
///
/// # Errors
/// The file cannot be read, a line has no length, or two lines of a contig differ.
pub(super) fn read_contig_lengths(path: &Path) -> Result<HashMap<String, u32>> {
    let text = read_text(path)?;
    let mut lengths = HashMap::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let mut columns = line.split_whitespace();
        let replaced = match (columns.next(), columns.next().and_then(|length| length.parse().ok())) {
            (Some(name), Some(length)) => lengths.insert(name.to_owned(), length).map(|before| (name, before, length)),
            _ => bail!("{}, line {}: expected a contig and its length, found \"{line}\"", path.display(), index + 1),
        };
        if let Some((name, before, length)) = replaced.filter(|(_, before, length)| before != length) {
            let (path, line) = (path.display(), index + 1);
            bail!(
                "{path}, line {line}: contig {name} has {length} bases, but {before} on a line before; keep one line"
            );
        }
    }
    Ok(lengths)
}

#[cfg(test)]
mod tests {
    use std::fs;

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
        fs::write(&path, "chr1\t100\nchr1\t100\nchr1\t90\n").expect("written");
        let message = read_contig_lengths(&path).expect_err("two lengths").to_string();
        assert!(message.contains("line 3: contig chr1 has 90 bases, but 100 on a line before"), "{message}");
    }
}
