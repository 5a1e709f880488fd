//! FASTA genome, plain or bgzip, with random access through its index.

use std::io;
use std::path::{Path, PathBuf};

use noodles::fasta::fai;

use super::fasta_index::FastaIndex;
use super::fasta_index_check::byte_offset;
use super::genome_bytes::GenomeBytes;
use super::reference_genome::{check_interval, genome_read_error};
use super::{IndexProgress, ReferenceGenome};
use crate::SequenceError;
use crate::coord::{Contig, Interval};
use crate::dna::Sequence;

/// FASTA genome with its index.
pub(crate) struct IndexedFasta {
    path: PathBuf,
    contigs: Vec<Contig>,
    index: fai::Index,
    bytes: GenomeBytes,
}

impl IndexedFasta {
    /// Opens the file and reads or builds its index.
    pub(crate) fn open(
        path: &Path,
        is_bgzip: bool,
        cache_dir: Option<&Path>,
        progress: &mut dyn FnMut(IndexProgress),
    ) -> Result<Self, SequenceError> {
        let index = FastaIndex::find_or_build(path, is_bgzip, cache_dir, progress)?;
        let contigs = index
            .fai
            .as_ref()
            .iter()
            .map(|record| Contig { name: record.name().to_string(), length: record.length() })
            .collect();
        let bytes = GenomeBytes::open(path, index.gzi)?;
        Ok(Self { path: path.to_owned(), contigs, index: index.fai, bytes })
    }

    /// Letters of a non-empty interval within its contig.
    fn letters(&self, interval: &Interval) -> io::Result<Vec<u8>> {
        let record = self.index.as_ref().iter().find(|record| record.name() == interval.chrom.as_bytes());
        let record = record.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        let first = byte_offset(record, interval.start)?;
        let last = byte_offset(record, interval.end - 1)?;
        let bytes = self.bytes.read(first..last + 1)?;
        let mut letters = Vec::with_capacity(bytes.len());
        for line in bytes.split(|&byte| byte == b'\n') {
            letters.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
        }
        if letters.len() as u64 == interval.len() {
            Ok(letters)
        } else {
            Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                format!("the file has only {} of {} bases", letters.len(), interval.len()),
            ))
        }
    }
}

impl ReferenceGenome for IndexedFasta {
    fn contigs(&self) -> &[Contig] {
        &self.contigs
    }

    fn fetch(&self, interval: &Interval) -> Result<Sequence, SequenceError> {
        check_interval(self, interval)?;
        if interval.is_empty() {
            return Ok(Sequence::default());
        }
        let letters = self.letters(interval).map_err(|error| genome_read_error(&self.path, Some(interval), &error))?;
        Sequence::from_ascii(&letters).map_err(|source| SequenceError::InvalidGenomeBase {
            path: self.path.clone(),
            interval: interval.clone(),
            source,
        })
    }

    fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::Write;

    use noodles::bgzf;

    use super::*;
    use crate::genome::open_genome;
    use crate::text_file::tests::file_of;

    const TWO_CONTIGS: &[u8] = b">chr1 first\nACGTA\nCGTNN\nac\n>chr2\nTTTGG\nGGC\n";

    /// bgzip-compressed text, one block per line so that reads cross blocks.
    pub(crate) fn bgzip(text: &[u8]) -> Vec<u8> {
        let mut writer = bgzf::io::Writer::new(Vec::new());
        for line in text.split_inclusive(|&byte| byte == b'\n') {
            writer.write_all(line).unwrap();
            writer.flush().unwrap();
        }
        writer.finish().unwrap()
    }

    fn letters(genome: &dyn ReferenceGenome, chrom: &str, start: u64, end: u64) -> String {
        genome.fetch(&Interval::new(chrom, start, end)).unwrap().to_ascii()
    }

    #[test]
    fn fetch_plain_and_bgzip_give_same_bases() {
        for (name, content) in [("x.fa", TWO_CONTIGS.to_vec()), ("x.fa.gz", bgzip(TWO_CONTIGS))] {
            let (_folder, path) = file_of(name, &content);
            let genome = open_genome(&path).unwrap();
            let lengths: Vec<_> = genome.contigs().iter().map(|c| (c.name.as_str(), c.length)).collect();
            assert_eq!(lengths, [("chr1", 12), ("chr2", 8)]);
            assert_eq!(letters(&*genome, "chr1", 0, 12), "ACGTACGTNNAC");
            assert_eq!(letters(&*genome, "chr1", 4, 11), "ACGTNNA");
            assert_eq!(letters(&*genome, "chr2", 7, 8), "C");
            assert_eq!(letters(&*genome, "chr2", 3, 3), "");
            assert!(genome.fetch(&Interval::new("chr2", 0, 9)).is_err());
            assert!(genome.fetch(&Interval::new("2", 0, 1)).is_err());
        }
    }

    #[test]
    fn fetch_concurrent_threads_are_independent() {
        let bases: String = (0..4_000u32).map(|at| char::from(b"ACGT"[(at * at / 7 % 4) as usize])).collect();
        let lines: Vec<&str> = bases.as_bytes().chunks(50).map(|line| std::str::from_utf8(line).unwrap()).collect();
        let text = format!(">chr1\n{}\n", lines.join("\n"));
        for (name, content) in [("x.fa", text.clone().into_bytes()), ("x.fa.gz", bgzip(text.as_bytes()))] {
            let (_folder, path) = file_of(name, &content);
            let genome = open_genome(&path).unwrap();
            let check = |first: usize| {
                for start in (first..3_900).step_by(7) {
                    assert_eq!(letters(&*genome, "chr1", start as u64, start as u64 + 100), bases[start..start + 100]);
                }
            };
            std::thread::scope(|scope| (0..4).for_each(|first| drop(scope.spawn(move || check(first)))));
        }
    }

    #[test]
    fn fetch_invalid_base_names_interval() {
        let (_folder, path) = file_of("x.fa", b">chr1\nACG\nT-A\n");
        let genome = open_genome(&path).unwrap();
        let message = genome.fetch(&Interval::new("chr1", 2, 6)).unwrap_err().to_string();
        assert!(message.contains("chr1:2-6: '-' at position 2"), "{message}");
    }

    #[test]
    fn fetch_damaged_block_is_an_error() {
        let mut content = bgzip(TWO_CONTIGS);
        let (_folder, path) = file_of("x.fa.gz", &content);
        let _builds_the_index = open_genome(&path).unwrap();
        // The second block holds the first line of bases; compressed data starts at its byte 18.
        let second = content.windows(4).skip(1).position(|bytes| bytes == [0x1f, 0x8b, 8, 4]).unwrap() + 1;
        content[second + 20] ^= 0xff;
        std::fs::write(&path, &content).unwrap();
        let outcome = open_genome(&path).and_then(|genome| genome.fetch(&Interval::new("chr1", 0, 3)));
        assert!(matches!(outcome, Err(SequenceError::DamagedGenome { .. })), "{outcome:?}");
    }
}
