//! Contradictions between a file of positions and a genome.

use std::fmt;

use super::known_assembly::KnownAssembly;
use crate::counted::{is_or_are, of_plural};

/// Contradiction between a file and the genome that its positions should refer to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssemblyMismatch {
    /// Name of the file: `cage.bed`, `track dnase (x.bw)`.
    pub source: String,
    /// The file it was compared with.
    pub genome: String,
    /// The contradiction.
    pub finding: MismatchFinding,
    /// Known assemblies of the file and of the genome.
    pub(crate) assemblies: [Option<&'static str>; 2],
}

/// Kind of contradiction.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MismatchFinding {
    /// No contig of the file is in the genome.
    NoSharedContig {
        /// First contig names of the file.
        contigs: String,
        /// First contig names of the genome.
        genome_contigs: String,
    },
    /// Contigs have Arabic numerals on one side and Roman ones on the other, so equal names denote different chromosomes.
    OtherNumerals {
        /// First contig names of the file.
        contigs: String,
        /// First contig names of the genome.
        genome_contigs: String,
    },
    /// A contig has another length in the file.
    ContigLength {
        /// Name in the file.
        contig: String,
        /// Length in the file, in bp.
        length: u64,
        /// Name in the genome.
        genome_contig: String,
        /// Length in the genome, in bp.
        genome_length: u64,
    },
    /// Many positions are past the end of their contig.
    PastContigEnds {
        /// Kind of the located objects, in plural: "TSSs", "CAGE peaks".
        what: &'static str,
        /// Number past the end of their contig.
        outside: u64,
        /// Number on contigs of the genome.
        located: u64,
        /// One of them, with the length of its contig.
        example: String,
    },
    /// The file names its assembly, which is not that of the genome.
    Declared {
        /// Text of the file.
        text: String,
    },
}

impl AssemblyMismatch {
    /// A contradiction between files of these assemblies, as far as known.
    pub(crate) fn new(
        source: &str,
        genome: &str,
        finding: MismatchFinding,
        assemblies: [Option<&'static KnownAssembly>; 2],
    ) -> Self {
        let assemblies = assemblies.map(|assembly| assembly.map(|assembly| assembly.name));
        Self { source: source.to_owned(), genome: genome.to_owned(), finding, assemblies }
    }

    /// The assemblies of both sides, where they are known.
    fn likely_assemblies(&self) -> String {
        match self.assemblies {
            [Some(file), Some(genome)] if file == genome => String::new(),
            [Some(file), Some(genome)] => {
                format!(" ({} looks like {file}, {} like {genome})", self.source, self.genome)
            }
            [Some(file), None] => format!(" ({} looks like {file})", self.source),
            [None, Some(genome)] => format!(" ({} looks like {genome})", self.genome),
            [None, None] => String::new(),
        }
    }
}

impl fmt::Display for AssemblyMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { source, genome, finding, .. } = self;
        match finding {
            MismatchFinding::NoSharedContig { contigs, genome_contigs } => write!(
                f,
                "{source}: no contig of it is in {genome}: it has {contigs}, {genome} has {genome_contigs}{}; use files \
                 of one assembly, with the same names of contigs",
                self.likely_assemblies()
            ),
            MismatchFinding::OtherNumerals { contigs, genome_contigs } => write!(
                f,
                "{source}: its contigs have other numerals than in {genome}: it has {contigs}, {genome} has \
                 {genome_contigs}, so that a name such as X denotes another chromosome; use files of one species and \
                 assembly"
            ),
            MismatchFinding::ContigLength { contig, length, genome_contig, genome_length } => write!(
                f,
                "{source}: contig {contig} has a length of {length} bp, but {genome_contig} in {genome} has \
                 {genome_length} bp, so they are of different assemblies{}; use files of one assembly",
                self.likely_assemblies()
            ),
            MismatchFinding::PastContigEnds { what, outside, located, example } => write!(
                f,
                "{source}: {outside} of {located} {} {} past the end of the contig in {genome}, such as {example}, so they are \
                 of different assemblies{}; use files of one assembly",
                of_plural(*located, what),
                is_or_are(*outside),
                self.likely_assemblies()
            ),
            MismatchFinding::Declared { text } => write!(
                f,
                "{source}: '{text}' is another assembly than that of {genome}{}; use files of one assembly",
                self.likely_assemblies()
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assembly_mismatch_names_both_sides_and_likely_assemblies() {
        let finding = MismatchFinding::ContigLength {
            contig: "22".to_owned(),
            length: 51_304_566,
            genome_contig: "chr22".to_owned(),
            genome_length: 50_818_468,
        };
        let known = ["hg19", "hg38"].map(KnownAssembly::of_text);
        let message = AssemblyMismatch::new("x.bw", "g.fa", finding.clone(), known).to_string();
        assert_eq!(
            message,
            "x.bw: contig 22 has a length of 51304566 bp, but chr22 in g.fa has 50818468 bp, so they are of different \
             assemblies (x.bw looks like GRCh37 (hg19), g.fa like GRCh38 (hg38)); use files of one assembly"
        );
        let message = AssemblyMismatch::new("x.bw", "g.fa", finding, [None, None]).to_string();
        assert!(message.contains("of different assemblies; use files"), "{message}");
    }
}
