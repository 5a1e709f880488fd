//! Genome in the 2bit format of UCSC.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use twobit::TwoBitPhysicalFile;

use super::ReferenceGenome;
use super::reference_genome::{check_interval, genome_read_error};
use crate::SequenceError;
use crate::coord::{Contig, Interval};
use crate::dna::Sequence;
use crate::text_file::{catch_panic, open_file};

/// Magic number of 2bit, little-endian and big-endian.
pub(crate) const TWO_BIT_MAGIC: [[u8; 4]; 2] = [[0x43, 0x27, 0x41, 0x1a], [0x1a, 0x41, 0x27, 0x43]];

/// 2bit genome. Soft masking (lower case) is ignored.
pub(crate) struct TwoBitGenome {
    path: PathBuf,
    contigs: Vec<Contig>,
    /// Threads take turns. Reading a window takes about 20 us.
    file: Mutex<TwoBitPhysicalFile>,
}

impl TwoBitGenome {
    /// Opens the file and reads its list of contigs.
    pub(crate) fn open(path: &Path) -> Result<Self, SequenceError> {
        open_file(path)?;
        let opened = catch_panic(|| TwoBitPhysicalFile::open(path)).ok_or_else(|| SequenceError::DamagedGenome {
            path: path.to_owned(),
            detail: "a block of N ends past the largest position of 2bit".to_owned(),
        })?;
        let mut file = opened.map_err(|error| two_bit_error(path, None, error))?;
        let contigs: Vec<Contig> = file
            .chrom_names()
            .into_iter()
            .zip(file.chrom_sizes())
            .map(|(name, length)| Contig { name, length: length as u64 })
            .collect();
        for contig in &contigs {
            check_n_blocks(path, contig, &mut file)?;
        }
        Ok(Self { path: path.to_owned(), contigs, file: Mutex::new(file) })
    }
}

impl ReferenceGenome for TwoBitGenome {
    fn contigs(&self) -> &[Contig] {
        &self.contigs
    }

    fn fetch(&self, interval: &Interval) -> Result<Sequence, SequenceError> {
        check_interval(self, interval)?;
        // Each read seeks first, so a panic elsewhere does no harm.
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let letters = file
            .read_sequence(&interval.chrom, interval.start as usize..interval.end as usize)
            .map_err(|error| two_bit_error(&self.path, Some(interval), error))?;
        drop(file);
        Sequence::from_ascii(letters.as_bytes()).map_err(|source| SequenceError::InvalidGenomeBase {
            path: self.path.clone(),
            interval: interval.clone(),
            source,
        })
    }

    fn path(&self) -> &Path {
        &self.path
    }
}

/// Checks that the N blocks are sorted and within the contig. The `twobit` crate panics otherwise.
fn check_n_blocks(path: &Path, contig: &Contig, file: &mut TwoBitPhysicalFile) -> Result<(), SequenceError> {
    let blocks = file.hard_masked_blocks(&contig.name, ..).map_err(|error| two_bit_error(path, None, error))?;
    let mut previous_end = 0;
    let invalid = blocks.iter().find(|block| {
        let is_valid = previous_end <= block.start && block.start <= block.end && block.end as u64 <= contig.length;
        previous_end = block.end;
        !is_valid
    });
    match invalid {
        None => Ok(()),
        Some(block) => Err(SequenceError::DamagedGenome {
            path: path.to_owned(),
            detail: format!(
                "N block {}-{} overlaps the previous one or is not within contig '{}' of {} bases",
                block.start, block.end, contig.name, contig.length
            ),
        }),
    }
}

fn two_bit_error(path: &Path, interval: Option<&Interval>, error: twobit::Error) -> SequenceError {
    match error {
        twobit::Error::IO(error) => genome_read_error(path, interval, &error),
        twobit::Error::UnsupportedVersion(_) => SequenceError::UnknownGenomeFormat {
            path: path.to_owned(),
            found: "2bit of an unsupported version; convert it with twoBitToFa".to_owned(),
        },
        other => SequenceError::DamagedGenome { path: path.to_owned(), detail: other.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::genome::open_genome;
    use crate::text_file::tests::file_of;

    /// 2bit file with one contig, chr1 = ACGTNNac (lower case is masked), laid out by the format description.
    fn two_bit(version: u32) -> Vec<u8> {
        let mut bytes = TWO_BIT_MAGIC[0].to_vec();
        for field in [version, 1, 0] {
            bytes.extend(field.to_le_bytes());
        }
        bytes.push(4);
        bytes.extend(b"chr1");
        bytes.extend(25u32.to_le_bytes());
        // 8 bases; one N block of 2 at 4; one mask block of 2 at 6; reserved.
        for field in [8u32, 1, 4, 2, 1, 6, 2, 0] {
            bytes.extend(field.to_le_bytes());
        }
        // T 0, C 1, A 2, G 3, first base in the high bits: ACGT = 10 01 11 00; TTAC = 00 00 10 01.
        bytes.extend([0b1001_1100, 0b0000_1001]);
        bytes
    }

    #[test]
    fn fetch_reads_bases_n_blocks_and_masked_bases() {
        let (_folder, path) = file_of("x.2bit", &two_bit(0));
        let genome = open_genome(&path).unwrap();
        assert_eq!(genome.contigs(), [Contig { name: "chr1".to_owned(), length: 8 }]);
        assert_eq!(genome.fetch(&Interval::new("chr1", 0, 8)).unwrap().to_ascii(), "ACGTNNAC");
        assert_eq!(genome.fetch(&Interval::new("chr1", 3, 7)).unwrap().to_ascii(), "TNNA");
        assert!(genome.fetch(&Interval::new("chr1", 2, 2)).unwrap().is_empty());
        assert!(matches!(
            genome.fetch(&Interval::new("chr1", 0, 9)),
            Err(SequenceError::IntervalOutsideContig { length: 8, .. })
        ));
    }

    #[test]
    fn open_n_block_outside_contig_is_damage() {
        let mut bytes = two_bit(0);
        // The start of the N block is the third field of the contig, at byte 25 + 8.
        bytes[33..37].copy_from_slice(&9u32.to_le_bytes());
        let (_folder, path) = file_of("x.2bit", &bytes);
        let message = open_genome(&path).map(|_| ()).unwrap_err().to_string();
        assert!(
            message.contains("N block 9-11 overlaps the previous one or is not within contig 'chr1' of 8 bases"),
            "{message}"
        );
    }

    #[test]
    fn open_n_blocks_out_of_order_is_damage() {
        // chr1 = 8 bases with N blocks 5-6 and 0-1.
        let mut bytes = two_bit(0)[..25].to_vec();
        for field in [8u32, 2, 5, 0, 1, 1, 0, 0] {
            bytes.extend(field.to_le_bytes());
        }
        bytes.extend([0, 0]);
        let (_folder, path) = file_of("x.2bit", &bytes);
        let message = open_genome(&path).map(|_| ()).unwrap_err().to_string();
        assert!(message.contains("N block 0-1 overlaps the previous one"), "{message}");
    }

    #[test]
    fn open_truncated_or_later_version_is_an_error() {
        let whole = two_bit(0);
        let (_folder, path) = file_of("x.2bit", &whole[..30]);
        assert!(matches!(open_genome(&path).map(|_| ()), Err(SequenceError::DamagedGenome { .. })));
        // The list of contigs is complete, the bases are truncated.
        let (_folder, path) = file_of("x.2bit", &whole[..whole.len() - 1]);
        let genome = open_genome(&path).unwrap();
        assert!(matches!(genome.fetch(&Interval::new("chr1", 0, 8)), Err(SequenceError::DamagedGenome { .. })));
        let (_folder, path) = file_of("x.2bit", &two_bit(1));
        assert!(matches!(open_genome(&path).map(|_| ()), Err(SequenceError::UnknownGenomeFormat { .. })));
    }
}
