//! FASTA genome, plain or bgzip, with random access through its index.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use noodles::fasta::fai;

use super::ReferenceGenome;
use super::fasta_index::{CHECKED_BYTES, FastaIndex, byte_offset};
use super::fasta_text::FastaText;
use super::genome_bytes::GenomeBytes;
use super::genome_progress::GenomeProgress;
use super::reference_genome::{check_interval, genome_read_error, unknown_contig};
use crate::SequenceError;
use crate::coord::{Contig, Interval};
use crate::dna::Sequence;

/// FASTA genome with its index.
pub(crate) struct IndexedFasta {
    path: PathBuf,
    contigs: Vec<Contig>,
    /// Position in the list of contigs by name.
    positions: HashMap<String, usize>,
    index: fai::Index,
    bytes: GenomeBytes,
}

impl IndexedFasta {
    /// Opens the text of the genome `path` and reads or builds its index.
    pub(super) fn open(
        path: &Path,
        text: &FastaText,
        cache_dir: Option<&Path>,
        stores_index: bool,
        progress: &mut dyn FnMut(GenomeProgress),
    ) -> Result<Self, SequenceError> {
        let index = FastaIndex::find_or_build(path, text, cache_dir, stores_index, CHECKED_BYTES, progress)?;
        let contigs: Vec<Contig> = index
            .fai
            .as_ref()
            .iter()
            .map(|record| Contig { name: record.name().to_string(), length: record.length() })
            .collect();
        let positions = contigs.iter().zip(0..).map(|(contig, at)| (contig.name.clone(), at)).collect();
        let bytes = GenomeBytes::open(text, index.gzi)?;
        Ok(Self { path: path.to_owned(), contigs, positions, index: index.fai, bytes })
    }

    /// Letters of a non-empty interval within its contig.
    fn letters(&self, interval: &Interval) -> io::Result<Vec<u8>> {
        let record = self.positions.get(&interval.chrom).map(|&at| &self.index.as_ref()[at]);
        let record = record.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        let first = byte_offset(record, interval.start)?;
        let last = byte_offset(record, interval.end - 1)?;
        let bytes = self.bytes.read(first..last + 1)?;
        let line_bases = record.line_base_count().get();
        let line_end = (record.line_width().get() - line_bases) as usize;
        let mut letters = Vec::with_capacity(bytes.len());
        let mut rest = &bytes[..];
        let mut in_line = line_bases - interval.start % line_bases;
        while !rest.is_empty() {
            let (line, after) = rest.split_at((in_line as usize).min(rest.len()));
            let (line_end, after) = after.split_at(line_end.min(after.len()));
            if line.iter().any(u8::is_ascii_whitespace) || !line_end.iter().all(u8::is_ascii_whitespace) {
                let problem =
                    "lines do not break where the index (.fai) says; delete the index if the file was changed";
                return Err(io::Error::new(io::ErrorKind::InvalidData, problem));
            }
            letters.extend_from_slice(line);
            (rest, in_line) = (after, line_bases);
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

    fn contig_length(&self, name: &str) -> Result<u64, SequenceError> {
        self.positions.get(name).map(|&at| self.contigs[at].length).ok_or_else(|| unknown_contig(self, name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::genome::open_genome;
    use crate::text_file::tests::{bgzip, file_of, gzip};

    const TWO_CONTIGS: &[u8] = b">chr1 first\nACGTA\nCGTNN\nac\n>chr2\nTTTGG\nGGC\n";

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

    /// samtools/bcftools#541, samtools/htslib#1880.
    #[test]
    fn open_bgzip_without_end_block_is_an_error() {
        let content = bgzip(TWO_CONTIGS);
        let (_folder, path) = file_of("x.fa.gz", &content);
        let _builds_the_index = open_genome(&path).unwrap();
        // Blocks start with this header; the last three hold two lines of chr2 and nothing.
        let header = b"\x1f\x8b\x08\x04";
        let starts: Vec<_> = (0..content.len()).filter(|&at| content[at..].starts_with(header)).collect();
        for kept in &starts[starts.len() - 3..] {
            std::fs::write(&path, &content[..*kept]).unwrap();
            let error = open_genome(&path).map(|_| ()).unwrap_err();
            assert!(matches!(error, SequenceError::NoBgzipEnd { .. }), "{error}");
            assert!(error.to_string().contains("x.fa.gz: the end-of-file block"), "{error}");
        }
    }

    /// samtools/samtools#237.
    #[test]
    fn open_joined_bgzip_files_reads_both() {
        let (first, second) = TWO_CONTIGS.split_at(TWO_CONTIGS.len() - 16);
        assert!(second.starts_with(b">chr2"));
        let (_folder, path) = file_of("x.fa.gz", &[bgzip(first), bgzip(second)].concat());
        assert_eq!(letters(&*open_genome(&path).unwrap(), "chr2", 0, 8), "TTTGGGGC");
    }

    /// nanoporetech/medaka#126.
    #[test]
    fn open_bgzip_with_plain_gzip_members_reads_all() {
        let (blocks, plain) = (bgzip(TWO_CONTIGS), gzip(b">chr3\nACGT\n"));
        let last = bgzip(b">chr4\nGG\n");
        for content in [[&*blocks, &plain].concat(), [&*blocks, &plain, &last].concat()] {
            let (_folder, path) = file_of("x.fa.gz", &content);
            let genome = open_genome(&path).unwrap();
            assert_eq!(letters(&*genome, "chr2", 0, 8), "TTTGGGGC");
            assert_eq!(letters(&*genome, "chr3", 0, 4), "ACGT");
        }
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
