//! What can go wrong between a file of DNA and its numbers.

use std::io;
use std::path::PathBuf;

use crate::{Interval, InvalidByte, Tss};

/// Why sequence, annotation or a window could not be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SequenceError {
    /// There is no such file.
    #[error("{}: no such file; check the path", path.display())]
    FileNotFound {
        /// The path as given.
        path: PathBuf,
    },
    /// The operating system, or the decompressor, refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file being read or written.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file holds nothing.
    #[error("{}: the file is empty", path.display())]
    EmptyFile {
        /// The file.
        path: PathBuf,
    },
    /// A gzip file stops before its end.
    #[error("{}: the gzip stream ends in the middle, so the download or copy is incomplete; fetch the file again", path.display())]
    TruncatedGzip {
        /// The file.
        path: PathBuf,
    },
    /// The file is something else than FASTA.
    #[error("{}: not FASTA: expected '>' at the start of the file, found {found}", path.display())]
    NotFasta {
        /// The file.
        path: PathBuf,
        /// What stands there, in words.
        found: String,
    },
    /// A FASTA record without a name.
    #[error("{}: record {record_number} has no name after '>'", path.display())]
    UnnamedRecord {
        /// The file.
        path: PathBuf,
        /// Which record, counted from 1.
        record_number: u64,
    },
    /// A FASTA record without a base.
    #[error("{}: record {record_number} ({id}) has no sequence", path.display())]
    EmptyRecord {
        /// The file.
        path: PathBuf,
        /// Which record, counted from 1.
        record_number: u64,
        /// Name of the record.
        id: String,
    },
    /// A FASTA record spells a protein.
    #[error(
        "{}: record {record_number} ({id}) looks like protein: '{letter}' at position {position} (counted from 0) is an amino acid; expected DNA",
        path.display()
    )]
    ProteinRecord {
        /// The file.
        path: PathBuf,
        /// Which record, counted from 1.
        record_number: u64,
        /// Name of the record.
        id: String,
        /// Where the amino acid stands in the record, counted from 0.
        position: usize,
        /// The letter of the amino acid.
        letter: char,
    },
    /// A FASTA record holds a byte that is no nucleotide.
    #[error("{}: record {record_number} ({id}): {source}", path.display())]
    InvalidBase {
        /// The file.
        path: PathBuf,
        /// Which record, counted from 1.
        record_number: u64,
        /// Name of the record.
        id: String,
        /// The byte and its place.
        source: InvalidByte,
    },
    /// A byte of the genome is no nucleotide.
    #[error("{}: {interval}: {source}; positions count from the start of this interval", path.display())]
    InvalidGenomeBase {
        /// The genome file.
        path: PathBuf,
        /// What was being read.
        interval: Interval,
        /// The byte and its place within the interval.
        source: InvalidByte,
    },
    /// A genome compressed with gzip, which can only be read from its start.
    #[error(
        "{}: compressed with plain gzip, which cannot be read by position; decompress it (gunzip), or compress it with bgzip instead",
        path.display()
    )]
    NotBgzip {
        /// The genome file.
        path: PathBuf,
    },
    /// A genome in no format known here.
    #[error("{}: not a genome: expected FASTA (plain or bgzip) or 2bit, found {found}", path.display())]
    UnknownGenomeFormat {
        /// The genome file.
        path: PathBuf,
        /// What stands at its start, in words.
        found: String,
    },
    /// A FASTA that no index can describe.
    #[error("{}: cannot be indexed: {detail}; rewrap it to lines of one length (for example `seqkit seq -w 60`)", path.display())]
    UnindexableFasta {
        /// The genome file.
        path: PathBuf,
        /// What is wrong with its layout.
        detail: String,
    },
    /// A damaged genome file.
    #[error("{}: damaged genome: {detail}; fetch the file again", path.display())]
    DamagedGenome {
        /// The genome file.
        path: PathBuf,
        /// What was found.
        detail: String,
    },
    /// A file that is no bigWig, or a damaged one.
    #[error("{}: not a readable bigWig: {detail}; make or download the file again", path.display())]
    InvalidBigWig {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// A contig that the genome does not have.
    #[error("{}: no contig named '{contig}'; the genome has {known}", path.display())]
    UnknownContig {
        /// The genome file.
        path: PathBuf,
        /// The name asked for.
        contig: String,
        /// Some of the names that exist.
        known: String,
    },
    /// An interval that is not wholly on its contig.
    #[error("{interval} is not within its contig, which has {length} bases")]
    IntervalOutsideContig {
        /// The interval asked for.
        interval: Interval,
        /// Length of the contig.
        length: u64,
    },
    /// A TSS past the end of its contig.
    #[error("TSS {tss} is outside its contig, which has {length} bases; is it from another genome assembly?")]
    TssOutsideContig {
        /// The TSS asked for.
        tss: Tss,
        /// Length of the contig.
        length: u64,
    },
    /// A window that cannot be.
    #[error("window -{upstream_bp}/+{downstream_bp}: {detail}")]
    InvalidGeometry {
        /// Bases before the TSS.
        upstream_bp: u32,
        /// Bases from the TSS on.
        downstream_bp: u32,
        /// The rule that is broken.
        detail: String,
    },
    /// A strand that is neither `+` nor `-`.
    #[error("strand '{text}' is neither '+' nor '-'")]
    InvalidStrand {
        /// What stood there.
        text: String,
    },
    /// A name that stands for nothing here.
    #[error("{what} '{text}' is unknown; expected one of {expected}")]
    UnknownName {
        /// What is named.
        what: &'static str,
        /// What stood there.
        text: String,
        /// The names that are known.
        expected: String,
    },
    /// A line of an annotation or BED file that cannot be read.
    #[error("{}, line {line}: {detail}", path.display())]
    MalformedLine {
        /// The file.
        path: PathBuf,
        /// Which line, counted from 1.
        line: u64,
        /// What was expected and what was found.
        detail: String,
    },
    /// A record of a binary file that cannot be read or written.
    #[error("{}, record {record}: {detail}", path.display())]
    MalformedRecord {
        /// The file.
        path: PathBuf,
        /// Which record, counted from 1.
        record: u64,
        /// What is wrong with it.
        detail: String,
    },
    /// A file that is neither VCF nor BCF.
    #[error("{}: not VCF or BCF: expected '##fileformat=VCF' at the start of the file, found {found}", path.display())]
    NotVcf {
        /// The file.
        path: PathBuf,
        /// What stands there, in words.
        found: String,
    },
    /// The header of a VCF or BCF file that cannot be read.
    #[error("{}: header: {detail}", path.display())]
    InvalidVariantHeader {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// An annotation without gene rows.
    #[error("{}: no gene rows; found {seen}; give GTF or GFF3 of Ensembl, GENCODE or RefSeq, which has rows of type 'gene'", path.display())]
    NoGenes {
        /// The annotation file.
        path: PathBuf,
        /// What its rows are instead.
        seen: String,
    },
    /// A file of motifs in no format known here.
    #[error(
        "{}: not a file of motifs: expected MEME (first line \"MEME version 4\") or JASPAR (first line '>' and a name), found {found}",
        path.display()
    )]
    UnknownMotifFormat {
        /// The file.
        path: PathBuf,
        /// What stands at its start, in words.
        found: String,
    },
    /// A motif that cannot be read.
    #[error("{}, line {line} ({motif}): {detail}", path.display())]
    MalformedMotif {
        /// The file.
        path: PathBuf,
        /// Which line, counted from 1.
        line: u64,
        /// Name of the motif, or that the first is yet to come.
        motif: String,
        /// What was expected and what was found.
        detail: String,
    },
    /// A file of motifs without any.
    #[error("{}: no motif in the file; expected MOTIF lines with a letter-probability matrix each", path.display())]
    NoMotifs {
        /// The file.
        path: PathBuf,
    },
    /// A BED file without any TSS.
    #[error("{}: no TSS in the file, only comments or blank lines", path.display())]
    NoTss {
        /// The BED file.
        path: PathBuf,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_the_place_and_the_next_step() {
        let error = SequenceError::InvalidBase {
            path: PathBuf::from("x.fa"),
            record_number: 3,
            id: "GENE".to_owned(),
            source: InvalidByte { position: 5, byte: b'-' },
        };
        assert!(error.to_string().starts_with("x.fa: record 3 (GENE): '-' at position 5"));

        let error = SequenceError::NotBgzip { path: PathBuf::from("hg38.fa.gz") };
        assert!(error.to_string().contains("bgzip"));
    }
}
