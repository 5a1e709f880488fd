//! Genome in the 2bit format of UCSC.

use std::collections::HashMap;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use twobit::TwoBitPhysicalFile;

use super::ReferenceGenome;
use super::reference_genome::{check_interval, genome_read_error};
use crate::SequenceError;
use crate::coord::{Contig, Interval};
use crate::dna::Sequence;
use crate::text_file::{catch_panic, open_file};

/// Magic number of 2bit in a little-endian file.
const LITTLE_ENDIAN_MAGIC: [u8; 4] = [0x43, 0x27, 0x41, 0x1a];

/// Number of bases in a byte.
const BASES_PER_BYTE: u64 = 4;

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
        check_names(path, &contigs)?;
        for contig in &contigs {
            check_n_blocks(path, contig, &mut file)?;
        }
        check_ends(path)?;
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

/// Checks that no contig occurs twice.
fn check_names(path: &Path, contigs: &[Contig]) -> Result<(), SequenceError> {
    let mut numbers = HashMap::new();
    for (contig, number) in contigs.iter().zip(1..) {
        if let Some(first) = numbers.insert(contig.name.as_str(), number) {
            let (path, contig) = (path.to_owned(), contig.name.clone());
            return Err(SequenceError::DuplicateContig {
                path,
                contig,
                places: format!("contigs {first} and {number}"),
            });
        }
    }
    Ok(())
}

/// Checks that the bases of every contig are within the file. The `twobit` crate finds their end only when it reads them.
fn check_ends(path: &Path) -> Result<(), SequenceError> {
    let read_error = |error| two_bit_error(path, None, twobit::Error::IO(error));
    let file = open_file(path)?;
    let file_bytes = file.metadata().map_err(read_error)?.len();
    let mut header = TwoBitHeader::new(BufReader::new(file)).map_err(read_error)?;
    let contigs = header.contig_offsets().map_err(read_error)?;
    for (name, offset) in contigs {
        let end = header.contig_end(offset).map_err(read_error)?;
        if end > file_bytes {
            let detail = format!("contig '{name}' ends at byte {end}, but the file has {file_bytes} bytes");
            return Err(SequenceError::DamagedGenome { path: path.to_owned(), detail });
        }
    }
    Ok(())
}

/// Reader of the numbers of a 2bit file, which are in either byte order.
struct TwoBitHeader<R> {
    input: R,
    is_little_endian: bool,
}

impl<R: Read + Seek> TwoBitHeader<R> {
    fn new(mut input: R) -> io::Result<Self> {
        let mut magic = [0; 4];
        input.read_exact(&mut magic)?;
        Ok(Self { input, is_little_endian: magic == LITTLE_ENDIAN_MAGIC })
    }

    /// Names of the contigs and offsets of their records.
    fn contig_offsets(&mut self) -> io::Result<Vec<(String, u64)>> {
        let [_version, count, _reserved] = [self.number()?, self.number()?, self.number()?];
        let mut contigs = Vec::new();
        for _ in 0..count {
            let mut length = [0];
            self.input.read_exact(&mut length)?;
            let mut name = vec![0; usize::from(length[0])];
            self.input.read_exact(&mut name)?;
            contigs.push((String::from_utf8_lossy(&name).into_owned(), self.number()?));
        }
        Ok(contigs)
    }

    /// Offset after the bases of a contig. Its record is the number of bases, the blocks of N and the masked blocks,
    /// each as a number, starts and sizes, a reserved number, and the bases.
    fn contig_end(&mut self, offset: u64) -> io::Result<u64> {
        self.input.seek(SeekFrom::Start(offset))?;
        let bases = self.number()?;
        let n_blocks = self.number()?;
        let masked_at = offset + 8 + 8 * n_blocks;
        self.input.seek(SeekFrom::Start(masked_at))?;
        let masked_blocks = self.number()?;
        Ok(masked_at + 4 + 8 * masked_blocks + 4 + bases.div_ceil(BASES_PER_BYTE))
    }

    fn number(&mut self) -> io::Result<u64> {
        let mut bytes = [0; 4];
        self.input.read_exact(&mut bytes)?;
        Ok(u64::from(if self.is_little_endian { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) }))
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
        let mut bytes = LITTLE_ENDIAN_MAGIC.to_vec();
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
        // From byte 24 on, the list of contigs is complete.
        for kept in 5..whole.len() {
            let (_folder, path) = file_of("x.2bit", &whole[..kept]);
            let error = open_genome(&path).map(|_| ()).unwrap_err();
            assert!(matches!(error, SequenceError::DamagedGenome { .. }), "{kept}: {error}");
        }
        let (_folder, path) = file_of("x.2bit", &two_bit(1));
        assert!(matches!(open_genome(&path).map(|_| ()), Err(SequenceError::UnknownGenomeFormat { .. })));
    }

    #[test]
    fn open_contig_twice_is_an_error() {
        let mut bytes = LITTLE_ENDIAN_MAGIC.to_vec();
        for field in [0u32, 2, 0] {
            bytes.extend(field.to_le_bytes());
        }
        for start in [34u32, 51] {
            bytes.extend(b"\x04chr1");
            bytes.extend(start.to_le_bytes());
        }
        for _ in 0..2 {
            for field in [4u32, 0, 0, 0] {
                bytes.extend(field.to_le_bytes());
            }
            bytes.push(0b1001_1100);
        }
        let (_folder, path) = file_of("x.2bit", &bytes);
        let message = open_genome(&path).map(|_| ()).unwrap_err().to_string();
        assert!(message.contains("contig 'chr1' occurs twice (contigs 1 and 2)"), "{message}");
    }
}
