//! Check that the indexes of a bigWig file point into the file.
//!
//! The library that reads bigWig allocates the sizes that a file states and follows its pointers, so that a damaged
//! file could end the program or keep it running for ever.

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use crate::SequenceError;
use crate::text_file::{open_file, read_error};

const HEADER_BYTES: usize = 64;
const CONTIG_TREE_HEADER_BYTES: usize = 32;
const INDEX_HEADER_BYTES: usize = 48;
/// Magic number of the index of data blocks.
const INDEX_MAGIC: u32 = 0x2468_ace0;
/// Length of a contig and its number, after its name.
const CONTIG_VALUE_BYTES: u64 = 8;
/// Longest name of a contig.
const MAX_NAME_BYTES: u64 = 4096;
/// Largest decompressed data block; writers use some 10 kB.
const MAX_BLOCK_BYTES: u64 = 1 << 28;
/// Most levels of a tree; five hold 256^5 items.
const MAX_LEVELS: usize = 32;

const DAMAGED: &str = "the file ends early, or its index points past its end";

/// Checks the list of contigs and the index of data blocks.
///
/// # Errors
///
/// [`SequenceError::InvalidBigWig`] for a damaged file.
pub(super) fn check_layout(path: &Path) -> Result<(), SequenceError> {
    let file = open_file(path)?;
    let length = file.metadata().map_err(|error| read_error(path, error))?.len();
    let mut bytes = FileBytes { file: BufReader::new(file), position: 0, length, is_big_endian: false };
    check(&mut bytes)
        .map_err(|detail| SequenceError::InvalidBigWig { path: path.to_owned(), detail: detail.to_owned() })
}

fn check(bytes: &mut FileBytes) -> Result<(), &'static str> {
    let header = bytes.read(0, HEADER_BYTES)?;
    bytes.is_big_endian = header[0] == 0x88;
    if bytes.u32(&header, 52) > MAX_BLOCK_BYTES {
        return Err("it states data blocks of more than 256 MB");
    }
    let contigs = bytes.u64(&header, 8);
    let tree = bytes.read(contigs, CONTIG_TREE_HEADER_BYTES)?;
    let (name_bytes, value_bytes) = (bytes.u32(&tree, 8), bytes.u32(&tree, 12));
    let contig_count = bytes.u64(&tree, 16);
    let contig_bytes = name_bytes + CONTIG_VALUE_BYTES;
    if name_bytes > MAX_NAME_BYTES
        || value_bytes != CONTIG_VALUE_BYTES
        || contig_count.checked_mul(contig_bytes).is_none_or(|size| size > bytes.length)
    {
        return Err("its list of contigs is damaged");
    }
    let entry = Entry { leaf_bytes: contig_bytes, inner_bytes: contig_bytes, child_at: name_bytes as usize };
    check_tree(bytes, contigs + CONTIG_TREE_HEADER_BYTES as u64, &entry, |_, _| Ok(()))?;

    let index = bytes.u64(&header, 24);
    // Files without values may have no index.
    match bytes.read(index, INDEX_HEADER_BYTES) {
        Ok(start) if bytes.u32(&start, 0) == u64::from(INDEX_MAGIC) => {}
        _ => return Ok(()),
    }
    let entry = Entry { leaf_bytes: 32, inner_bytes: 24, child_at: 16 };
    check_tree(bytes, index + INDEX_HEADER_BYTES as u64, &entry, |bytes, leaf| {
        let end = bytes.u64(leaf, 16).checked_add(bytes.u64(leaf, 24));
        if end.is_some_and(|end| end <= bytes.length) { Ok(()) } else { Err(DAMAGED) }
    })
}

/// Sizes of the entries of a tree.
struct Entry {
    leaf_bytes: u64,
    inner_bytes: u64,
    /// Offset of the child's position in an entry of an inner node.
    child_at: usize,
}

/// Checks that every node of a tree is within the file and is reached once, level by level.
fn check_tree(
    bytes: &mut FileBytes,
    root: u64,
    entry: &Entry,
    check_leaf: impl Fn(&FileBytes, &[u8]) -> Result<(), &'static str>,
) -> Result<(), &'static str> {
    let mut seen = HashSet::from([root]);
    let mut level = vec![root];
    for _ in 0..MAX_LEVELS {
        let mut next = Vec::new();
        for node in level {
            let start = bytes.read(node, 4)?;
            let (is_leaf, count) = (start[0] == 1, bytes.u16(&start, 2));
            let size = if is_leaf { entry.leaf_bytes } else { entry.inner_bytes };
            let entries = bytes.read(node.saturating_add(4), (size * count) as usize)?;
            for item in entries.chunks_exact(size as usize) {
                if is_leaf {
                    check_leaf(bytes, item)?;
                    continue;
                }
                let child = bytes.u64(item, entry.child_at);
                if !seen.insert(child) {
                    return Err("two entries of its index point to one place");
                }
                next.push(child);
            }
        }
        if next.is_empty() {
            return Ok(());
        }
        level = next;
    }
    Err("its index has too many levels")
}

/// Bytes of the file at any position, and the numbers in them.
struct FileBytes {
    file: BufReader<File>,
    position: u64,
    length: u64,
    is_big_endian: bool,
}

impl FileBytes {
    fn read(&mut self, start: u64, count: usize) -> Result<Vec<u8>, &'static str> {
        let end = start.checked_add(count as u64).filter(|&end| end <= self.length).ok_or(DAMAGED)?;
        let mut content = vec![0; count];
        // A move within the buffer keeps it, unlike an absolute one.
        let distance = start.wrapping_sub(self.position).cast_signed();
        self.file.seek_relative(distance).and_then(|()| self.file.read_exact(&mut content)).map_err(|_| DAMAGED)?;
        self.position = end;
        Ok(content)
    }

    fn number(&self, content: &[u8], at: usize, size: usize) -> u64 {
        let digits = &content[at..at + size];
        let push = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        if self.is_big_endian { digits.iter().fold(0, push) } else { digits.iter().rev().fold(0, push) }
    }

    fn u16(&self, content: &[u8], at: usize) -> u64 {
        self.number(content, at, 2)
    }

    fn u32(&self, content: &[u8], at: usize) -> u64 {
        self.number(content, at, 4)
    }

    fn u64(&self, content: &[u8], at: usize) -> u64 {
        self.number(content, at, 8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text_file::tests::file_of;

    /// bigWig of one contig with one data block of 10 bytes, without the parts that are not checked.
    fn file() -> Vec<u8> {
        let mut bytes = vec![0; HEADER_BYTES];
        bytes[..4].copy_from_slice(&[0x26, 0xfc, 0x8f, 0x88]);
        bytes[8] = 64;
        bytes[24] = 116;
        // Contig tree: names of 4 bytes, one contig; a leaf.
        for number in [0x78ca_8c91_u32, 1, 4, 8, 1, 0, 0, 0, 0x0001_0001, 0x3172_6863, 0, 100] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend([0; 4]);
        // Index: a leaf with the block at 200.
        for number in [INDEX_MAGIC, 1, 1, 0, 0, 0, 0, 100, 222, 0, 1, 0, 0x0001_0001, 0, 0, 0, 100, 200, 0, 10, 0] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.resize(210, 0);
        bytes
    }

    #[test]
    fn check_layout_pointers_outside_file_are_errors() {
        let check = |bytes: &[u8]| {
            let (_folder, path) = file_of("x.bw", bytes);
            check_layout(&path).map_err(|error| error.to_string())
        };
        assert_eq!(check(&file()), Ok(()));
        assert!(check(&file()[..209]).unwrap_err().contains("x.bw: not a readable bigWig: the file ends early"));
        for (at, expected) in [
            (15, "points past its end"),
            (55, "more than 256 MB"),
            (75, "list of contigs is damaged"),
            (76, "list of contigs is damaged"),
            (87, "list of contigs is damaged"),
            (195, "points past its end"),
        ] {
            let mut bytes = file();
            bytes[at] = 0xff;
            let message = check(&bytes).unwrap_err();
            assert!(message.contains(expected), "{at}: {message}");
        }
        // An inner node whose only child is itself.
        let mut bytes = file();
        bytes[164..168].copy_from_slice(&[0, 0, 1, 0]);
        bytes[184..192].copy_from_slice(&164_u64.to_le_bytes());
        assert!(check(&bytes).unwrap_err().contains("point to one place"));
    }
}
