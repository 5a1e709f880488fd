//! A genome as FASTA, plain or bgzip, read through its index.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use noodles::bgzf;
use noodles::core::{Position, Region};
use noodles::fasta;

use crate::fasta_index::FastaIndex;
use crate::genome::{check_interval, damaged};
use crate::input::open_file;
use crate::{Contig, IndexProgress, Interval, ReferenceGenome, Sequence, SequenceError};

/// The bases of an indexed FASTA file, before line breaks are taken out.
pub(crate) type FastaBytes = fasta::io::BufReader<File>;

/// A FASTA genome with its index.
pub(crate) struct IndexedFasta {
    path: PathBuf,
    contigs: Vec<Contig>,
    reader: fasta::io::IndexedReader<FastaBytes>,
}

impl IndexedFasta {
    /// Opens the file, finding or making its index.
    pub(crate) fn open(
        path: &Path,
        is_bgzip: bool,
        cache_dir: Option<&Path>,
        progress: &mut dyn FnMut(IndexProgress),
    ) -> Result<Self, SequenceError> {
        let index = FastaIndex::find_or_make(path, is_bgzip, cache_dir, progress)?;
        let contigs = index
            .fai
            .as_ref()
            .iter()
            .map(|record| Contig { name: record.name().to_string(), length: record.length() })
            .collect();
        let bytes = open_bytes(path, index.gzi)?;
        Ok(Self { path: path.to_owned(), contigs, reader: fasta::io::IndexedReader::new(bytes, index.fai) })
    }

    fn letters(&mut self, interval: &Interval) -> io::Result<Vec<u8>> {
        // noodles counts from 1 and includes the end.
        let position = |base: u64| Position::try_from(base as usize).map_err(io::Error::other);
        let region = Region::new(&*interval.chrom, position(interval.start + 1)?..=position(interval.end)?);
        let record = self.reader.query(&region)?;
        let letters = record.sequence().as_ref().to_vec();
        if letters.len() as u64 == interval.len() {
            Ok(letters)
        } else {
            Err(io::Error::new(io::ErrorKind::UnexpectedEof, format!("only {} bases are there", letters.len())))
        }
    }
}

impl ReferenceGenome for IndexedFasta {
    fn contigs(&self) -> &[Contig] {
        &self.contigs
    }

    fn fetch(&mut self, interval: &Interval) -> Result<Sequence, SequenceError> {
        check_interval(self, interval)?;
        if interval.is_empty() {
            return Ok(Sequence::default());
        }
        let letters = self.letters(interval).map_err(|error| damaged(&self.path, Some(interval), &error))?;
        Sequence::from_ascii(&letters).map_err(|source| SequenceError::BadGenomeBase {
            path: self.path.clone(),
            interval: interval.clone(),
            source,
        })
    }

    fn path(&self) -> &Path {
        &self.path
    }
}

/// Opens the file for reading by position of its decompressed bytes.
pub(crate) fn open_bytes(path: &Path, gzi: Option<bgzf::gzi::Index>) -> Result<FastaBytes, SequenceError> {
    let file = open_file(path)?;
    Ok(match gzi {
        Some(gzi) => FastaBytes::Bgzf(bgzf::io::IndexedReader::new(file, gzi)),
        None => FastaBytes::Uncompressed(BufReader::new(file)),
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::Write;

    use super::*;
    use crate::input::tests::file_of;
    use crate::open_genome;

    const TWO_CONTIGS: &[u8] = b">chr1 first\nACGTA\nCGTNN\nac\n>chr2\nTTTGG\nGGC\n";

    /// Compresses the way bgzip does, one block a line so that reads cross blocks.
    pub(crate) fn bgzip(text: &[u8]) -> Vec<u8> {
        let mut writer = bgzf::io::Writer::new(Vec::new());
        for line in text.split_inclusive(|&byte| byte == b'\n') {
            writer.write_all(line).unwrap();
            writer.flush().unwrap();
        }
        writer.finish().unwrap()
    }

    fn letters(genome: &mut dyn ReferenceGenome, chrom: &str, start: u64, end: u64) -> String {
        genome.fetch(&Interval::new(chrom, start, end)).unwrap().to_ascii()
    }

    #[test]
    fn plain_and_bgzip_give_the_same_bases() {
        for (name, content) in [("x.fa", TWO_CONTIGS.to_vec()), ("x.fa.gz", bgzip(TWO_CONTIGS))] {
            let (_folder, path) = file_of(name, &content);
            let mut genome = open_genome(&path).unwrap();
            let lengths: Vec<_> = genome.contigs().iter().map(|c| (c.name.as_str(), c.length)).collect();
            assert_eq!(lengths, [("chr1", 12), ("chr2", 8)]);
            assert_eq!(letters(&mut *genome, "chr1", 0, 12), "ACGTACGTNNAC");
            assert_eq!(letters(&mut *genome, "chr1", 4, 11), "ACGTNNA");
            assert_eq!(letters(&mut *genome, "chr2", 7, 8), "C");
            assert_eq!(letters(&mut *genome, "chr2", 3, 3), "");
            assert!(genome.fetch(&Interval::new("chr2", 0, 9)).is_err());
            assert!(genome.fetch(&Interval::new("2", 0, 1)).is_err());
        }
    }

    #[test]
    fn bad_bases_are_told_with_their_interval() {
        let (_folder, path) = file_of("x.fa", b">chr1\nACG\nT-A\n");
        let mut genome = open_genome(&path).unwrap();
        let message = genome.fetch(&Interval::new("chr1", 2, 6)).unwrap_err().to_string();
        assert!(message.contains("chr1:2-6: '-' at position 2"), "{message}");
    }

    #[test]
    fn a_block_that_was_damaged_is_told() {
        let mut content = bgzip(TWO_CONTIGS);
        let (_folder, path) = file_of("x.fa.gz", &content);
        let _makes_the_index = open_genome(&path).unwrap();
        // The second block holds the first line of bases; its bytes 18.. are compressed data.
        let second = content.windows(4).skip(1).position(|bytes| bytes == [0x1f, 0x8b, 8, 4]).unwrap() + 1;
        content[second + 20] ^= 0xff;
        std::fs::write(&path, &content).unwrap();
        let outcome = open_genome(&path).and_then(|mut genome| genome.fetch(&Interval::new("chr1", 0, 3)));
        assert!(matches!(outcome, Err(SequenceError::DamagedGenome { .. })), "{outcome:?}");
    }
}
