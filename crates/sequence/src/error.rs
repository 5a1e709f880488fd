//! Errors of reading genomes, annotation, variants and motifs.

use std::io;
use std::path::PathBuf;

use crate::coord::AssemblyMismatch;
use crate::{FileKind, Interval, InvalidByte, Tss};

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
    /// Temporary copy of a pipe that cannot be made.
    #[error(
        "{}: cannot be copied to a temporary file in {}: {source}; set TMPDIR to a folder with enough free space, or save the input to a file and give that file",
        path.display(),
        folder.display()
    )]
    InputCopy {
        /// The pipe.
        path: PathBuf,
        /// Folder for temporary files.
        folder: PathBuf,
        /// The underlying error.
        source: io::Error,
    },
    /// One pipe given for two inputs.
    #[error(
        "{role} and {other_role}: {} and {} are the same pipe, which can be read only once; save it to a file and give that file for both",
        path.display(),
        other.display()
    )]
    SameStream {
        /// Path of the second input.
        path: PathBuf,
        /// Role of the second input.
        role: String,
        /// Path of the first input.
        other: PathBuf,
        /// Role of the first input.
        other_role: String,
    },
    /// Pipe or device in place of a file that is read at many positions.
    #[error(
        "{}: is a pipe or device, which can be read only once, but genomes and signal tracks are read at many positions; save it to a regular file and give that file",
        path.display()
    )]
    NotRegularFile {
        /// The pipe.
        path: PathBuf,
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
    /// Gzip file with other data after its end.
    #[error(
        "{}: data other than gzip follow the end of the gzip stream, so the file is damaged; copy or download the file again",
        path.display()
    )]
    TrailingData {
        /// The file.
        path: PathBuf,
    },
    /// Compressed, packed or binary file in place of text or sequence.
    #[error("{}: is {kind}, which cannot be read here; {}", path.display(), kind.remedy(path))]
    UnsupportedFile {
        /// The file.
        path: PathBuf,
        /// Kind of the file.
        kind: FileKind,
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
    /// Genome compressed with plain gzip that is too large for memory, without a folder for its unpacked copy.
    #[error(
        "{}: compressed with plain gzip, which allows no random access, and there is no cache folder to unpack it into; decompress it with gunzip, or compress it with bgzip",
        path.display()
    )]
    NoGenomeCache {
        /// The genome file.
        path: PathBuf,
    },
    /// Folder for unpacked genomes that cannot be written.
    #[error(
        "{}: compressed with plain gzip, so it has to be unpacked, but the cache folder {} cannot be written ({source}); use another cache folder (XDG_CACHE_HOME), decompress the genome with gunzip, or compress it with bgzip",
        path.display(),
        folder.display()
    )]
    GenomeCache {
        /// The genome file.
        path: PathBuf,
        /// The folder.
        folder: PathBuf,
        /// The underlying error.
        source: io::Error,
    },
    /// Disk without the space for an unpacked genome.
    #[error(
        "{}: compressed with plain gzip, so it has to be unpacked, which {space} in the cache folder {}; free space, use another cache folder (XDG_CACHE_HOME), or compress the genome with bgzip, which is read without unpacking",
        path.display(),
        folder.display()
    )]
    NoSpaceForGenome {
        /// The genome file.
        path: PathBuf,
        /// The folder.
        folder: PathBuf,
        /// Comparison of the space that is needed and free.
        space: String,
    },
    /// Contig name that two sequences of a genome share.
    #[error("{}: contig '{contig}' occurs twice ({places}), so it is ambiguous; remove or rename one", path.display())]
    DuplicateContig {
        /// The genome file.
        path: PathBuf,
        /// Name of the contig.
        contig: String,
        /// Places of both.
        places: String,
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
    #[error("{}: not a genome: expected FASTA (plain, bgzip or gzip) or 2bit, found {found}", path.display())]
    UnknownGenomeFormat {
        /// The genome file.
        path: PathBuf,
        /// Description of the first byte.
        found: String,
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
    /// File in a format other than bigWig.
    #[error("{}: not bigWig: found {found}", path.display())]
    NotBigWig {
        /// The file.
        path: PathBuf,
        /// Description of the content, and how to convert it.
        found: String,
    },
    /// bigWig without a value.
    #[error("{}: the bigWig holds no value, so it would be a track of zeros; check how it was made", path.display())]
    EmptyBigWig {
        /// The file.
        path: PathBuf,
    },
    /// Binary file where text is expected.
    #[error("{}: {found}", path.display())]
    BinaryFile {
        /// The file.
        path: PathBuf,
        /// Description of the content, and how to convert it.
        found: String,
    },
    /// File of positions that contradicts the genome.
    #[error("{0}")]
    AssemblyMismatch(Box<AssemblyMismatch>),
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
    /// Annotation without genes.
    #[error("{}: no genes; found {seen}; use GTF or GFF3 with rows of genes, transcripts or exons, as from Ensembl, GENCODE or RefSeq", path.display())]
    NoGenes {
        /// The annotation file.
        path: PathBuf,
        /// The row types found, and the reasons for excluded rows.
        seen: String,
    },
    /// Motif file in a format that is not read.
    #[error(
        "{}: not a motif file: expected MEME (a line \"MEME version 4\"), JASPAR or HOMER (first line '>' and a name), \
         TRANSFAC, CIS-BP (a line \"Pos A C G T\") or UniPROBE (rows \"A: ...\"), found {found}",
        path.display()
    )]
    UnknownMotifFormat {
        /// The file.
        path: PathBuf,
        /// Description of the first line.
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
    #[error("{}: no motifs in the file; expected names, each followed by a matrix", path.display())]
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

impl From<AssemblyMismatch> for SequenceError {
    fn from(mismatch: AssemblyMismatch) -> Self {
        Self::AssemblyMismatch(Box::new(mismatch))
    }
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

        let error = SequenceError::NoGenomeCache { path: PathBuf::from("hg38.fa.gz") };
        assert!(error.to_string().contains("bgzip"));
    }
}
