//! Errors of reading genomes, annotation, variants and motifs.

use std::io;
use std::path::PathBuf;

use crate::{Interval, InvalidByte, Tss};

/// Error of reading sequence, annotation, variants or motifs, or of placing a window.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SequenceError {
    /// File that does not exist.
    #[error("{}: no such file; check the path", path.display())]
    FileNotFound {
        /// The path.
        path: PathBuf,
    },
    /// Failed read or write, or damaged compression.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file that was read or written.
        path: PathBuf,
        /// The underlying error.
        source: io::Error,
    },
    /// File without content.
    #[error("{}: the file is empty", path.display())]
    EmptyFile {
        /// The file.
        path: PathBuf,
    },
    /// Gzip file that ends early.
    #[error("{}: the gzip stream ends early, so the download or copy is incomplete; download the file again", path.display())]
    TruncatedGzip {
        /// The file.
        path: PathBuf,
    },
    /// Bgzip file without its end-of-file block.
    #[error(
        "{}: the end-of-file block of bgzip is missing, so the file is incomplete; copy or download the file again",
        path.display()
    )]
    NoBgzipEnd {
        /// The file.
        path: PathBuf,
    },
    /// File in a format other than FASTA.
    #[error("{}: not FASTA: expected '>' at the start of the file, found {found}", path.display())]
    NotFasta {
        /// The file.
        path: PathBuf,
        /// Description of the first byte.
        found: String,
    },
    /// FASTA record without a name.
    #[error("{}: record {record_number} has no name after '>'", path.display())]
    UnnamedRecord {
        /// The file.
        path: PathBuf,
        /// Number of the record, counted from 1.
        record_number: u64,
    },
    /// FASTA record without sequence.
    #[error("{}: record {record_number} ({id}) has no sequence", path.display())]
    EmptyRecord {
        /// The file.
        path: PathBuf,
        /// Number of the record, counted from 1.
        record_number: u64,
        /// Name of the record.
        id: String,
    },
    /// FASTA record of a protein.
    #[error(
        "{}: record {record_number} ({id}) looks like protein: '{letter}' at position {position} (counted from 0) is an amino acid; expected DNA",
        path.display()
    )]
    ProteinRecord {
        /// The file.
        path: PathBuf,
        /// Number of the record, counted from 1.
        record_number: u64,
        /// Name of the record.
        id: String,
        /// 0-based position of the amino acid in the record.
        position: usize,
        /// Letter of the amino acid.
        letter: char,
    },
    /// FASTA record with a byte that is not a nucleotide letter.
    #[error("{}: record {record_number} ({id}): {source}", path.display())]
    InvalidBase {
        /// The file.
        path: PathBuf,
        /// Number of the record, counted from 1.
        record_number: u64,
        /// Name of the record.
        id: String,
        /// The byte and its position.
        source: InvalidByte,
    },
    /// Genome interval with a byte that is not a nucleotide letter.
    #[error("{}: {interval}: {source}; positions count from the start of this interval", path.display())]
    InvalidGenomeBase {
        /// The genome file.
        path: PathBuf,
        /// The interval that was read.
        interval: Interval,
        /// The byte and its position within the interval.
        source: InvalidByte,
    },
    /// Genome compressed with plain gzip, which allows no random access.
    #[error(
        "{}: compressed with plain gzip, which allows no random access; decompress it with gunzip, or compress it with bgzip",
        path.display()
    )]
    NotBgzip {
        /// The genome file.
        path: PathBuf,
    },
    /// Genome of bgzip blocks and plain gzip members, which allows no random access.
    #[error(
        "{}: plain gzip data follow the bgzip blocks, which allows no random access; compress the whole file with bgzip",
        path.display()
    )]
    MixedGzip {
        /// The genome file.
        path: PathBuf,
    },
    /// File in a format other than FASTA or 2bit.
    #[error("{}: not a genome: expected FASTA (plain or bgzip) or 2bit, found {found}", path.display())]
    UnknownGenomeFormat {
        /// The genome file.
        path: PathBuf,
        /// Description of the first byte.
        found: String,
    },
    /// FASTA genome with irregular line lengths, which a `.fai` index cannot describe.
    #[error("{}: cannot be indexed: {detail}; rewrap it to lines of one length (for example `seqkit seq -w 60`)", path.display())]
    UnindexableFasta {
        /// The genome file.
        path: PathBuf,
        /// The contig and the problem of its layout.
        detail: String,
    },
    /// Damaged genome file.
    #[error("{}: damaged genome: {detail}; download the file again", path.display())]
    DamagedGenome {
        /// The genome file.
        path: PathBuf,
        /// The problem.
        detail: String,
    },
    /// File that is not bigWig, or a damaged bigWig.
    #[error("{}: not a readable bigWig: {detail}; create or download the file again", path.display())]
    InvalidBigWig {
        /// The file.
        path: PathBuf,
        /// The problem.
        detail: String,
    },
    /// Contig that is not in the genome.
    #[error("{}: no contig named '{contig}'; the genome has {known}", path.display())]
    UnknownContig {
        /// The genome file.
        path: PathBuf,
        /// The requested name.
        contig: String,
        /// The first names of contigs in the genome.
        known: String,
    },
    /// Interval that extends past its contig.
    #[error("{interval} is not within its contig, which has {length} bases")]
    IntervalOutsideContig {
        /// The requested interval.
        interval: Interval,
        /// Length of the contig, in bp.
        length: u64,
    },
    /// TSS past the end of its contig.
    #[error("TSS {tss} is outside its contig, which has {length} bases; is it from another genome assembly?")]
    TssOutsideContig {
        /// The requested TSS.
        tss: Tss,
        /// Length of the contig, in bp.
        length: u64,
    },
    /// Window of an invalid size.
    #[error("window -{upstream_bp}/+{downstream_bp}: {detail}")]
    InvalidGeometry {
        /// Bases upstream of the TSS.
        upstream_bp: u32,
        /// Bases from the TSS base downstream.
        downstream_bp: u32,
        /// The violated rule.
        detail: String,
    },
    /// Strand that is neither `+` nor `-`.
    #[error("strand '{text}' is neither '+' nor '-'")]
    InvalidStrand {
        /// The text found.
        text: String,
    },
    /// Name that is not one of a fixed set.
    #[error("{what} '{text}' is unknown; expected one of {expected}")]
    UnknownName {
        /// The kind of thing that is named.
        what: &'static str,
        /// The name found.
        text: String,
        /// The valid names.
        expected: String,
    },
    /// Malformed line of an annotation, BED or VCF file.
    #[error("{}, line {line}: {detail}", path.display())]
    MalformedLine {
        /// The file.
        path: PathBuf,
        /// Line number, counted from 1.
        line: u64,
        /// The expectation and the finding.
        detail: String,
    },
    /// Record of a binary file that cannot be read or written.
    #[error("{}, record {record}: {detail}", path.display())]
    MalformedRecord {
        /// The file.
        path: PathBuf,
        /// Number of the record, counted from 1.
        record: u64,
        /// The problem.
        detail: String,
    },
    /// File in a format other than VCF or BCF.
    #[error("{}: not VCF or BCF: expected '##fileformat=VCF' at the start of the file, found {found}", path.display())]
    NotVcf {
        /// The file.
        path: PathBuf,
        /// Description of the first bytes.
        found: String,
    },
    /// Malformed header of a VCF or BCF file.
    #[error("{}: header: {detail}", path.display())]
    InvalidVariantHeader {
        /// The file.
        path: PathBuf,
        /// The problem.
        detail: String,
    },
    /// Annotation without gene rows.
    #[error("{}: no gene rows; found {seen}; use GTF or GFF3 from Ensembl, GENCODE or RefSeq, which has rows of type 'gene'", path.display())]
    NoGenes {
        /// The annotation file.
        path: PathBuf,
        /// The row types found.
        seen: String,
    },
    /// Motif file in a format other than MEME or JASPAR.
    #[error(
        "{}: not a motif file: expected MEME (first line \"MEME version 4\") or JASPAR (first line '>' and a name), found {found}",
        path.display()
    )]
    UnknownMotifFormat {
        /// The file.
        path: PathBuf,
        /// The first line.
        found: String,
    },
    /// Malformed motif.
    #[error("{}, line {line} ({motif}): {detail}", path.display())]
    MalformedMotif {
        /// The file.
        path: PathBuf,
        /// Line number, counted from 1.
        line: u64,
        /// Name of the motif, or `before the first motif`.
        motif: String,
        /// The expectation and the finding.
        detail: String,
    },
    /// Motif file without motifs.
    #[error("{}: no motifs in the file; expected MOTIF lines, each followed by a letter-probability matrix", path.display())]
    NoMotifs {
        /// The file.
        path: PathBuf,
    },
    /// BED file without a TSS.
    #[error("{}: no TSS in the file, only comments or blank lines; expected BED with 6 columns", path.display())]
    NoTss {
        /// The BED file.
        path: PathBuf,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_error_names_place_and_remedy() {
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
