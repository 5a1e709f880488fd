//! Assembly that the comments of an annotation declare, and its comparison with a genome.

use std::path::Path;

use super::Annotation;
use crate::SequenceError;
use crate::coord::{AssemblyCheck, AssemblyReport, Contig, ContigNames};
use crate::genome::ReferenceGenome;
use crate::text_file::display_path;

/// Start of the GFF3 line with the name, first and last base of a contig.
const SEQUENCE_REGION: &str = "##sequence-region";
/// Starts of the lines that name the assembly: Ensembl and RefSeq, GFF3, GENCODE.
const BUILD_LINES: [&str; 4] = ["#!genome-build ", "#!genome-version ", "##genome-build ", "##description: "];

/// Assembly that the comments of an annotation declare.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeclaredAssembly {
    /// Contigs with their lengths, from `##sequence-region`.
    pub contigs: Vec<Contig>,
    /// Texts that name the assembly, such as `GRCh38.p14`.
    pub builds: Vec<String>,
}

impl DeclaredAssembly {
    /// Adds a line that starts with `#`.
    pub(crate) fn add_comment(&mut self, line: &[u8]) {
        let Ok(line) = std::str::from_utf8(line) else { return };
        if let Some(region) = line.strip_prefix(SEQUENCE_REGION) {
            self.contigs.extend(contig_of(region));
        } else if let Some(build) = BUILD_LINES.iter().find_map(|start| line.strip_prefix(start)) {
            self.builds.push(build.trim().to_owned());
        }
    }
}

/// Contig of a region that starts at its first base.
fn contig_of(region: &str) -> Option<Contig> {
    let mut columns = region.split_ascii_whitespace();
    let (name, start, end) = (columns.next()?, columns.next()?, columns.next()?);
    (start == "1").then_some(Contig { name: name.to_owned(), length: end.parse().ok()? })
}

impl Annotation {
    /// Compares the genes with the contigs of a genome, whose names `names` resolves. `path` is the annotation.
    ///
    /// # Errors
    ///
    /// [`SequenceError::AssemblyMismatch`]: no gene is on a contig of the genome, many extend past the ends, or the
    /// annotation declares another known assembly than that of the genome.
    pub fn check_genome(
        &self,
        path: &Path,
        genome: &dyn ReferenceGenome,
        names: &ContigNames,
    ) -> Result<AssemblyReport, SequenceError> {
        let (source, genome_path) = (display_path(path).display().to_string(), genome.path().display().to_string());
        let mut check = AssemblyCheck::new(source, "genes", genome_path, genome.contigs(), names)
            .with_declared_lengths(&self.declared.contigs);
        for text in self.declared.builds.iter().chain(self.chromosome_accessions.values()) {
            check.check_declared_assembly(text)?;
        }
        for contig in &self.declared.contigs {
            check.compare_length(contig)?;
        }
        for gene in &self.genes {
            check.add(&gene.chrom, gene.end.saturating_sub(1));
        }
        check.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::annotation::reader::tests::read;
    use crate::coord::{Interval, describe_contigs};
    use crate::dna::Sequence;

    /// Contigs of a genome that has no bases.
    struct Contigs(Vec<Contig>);

    impl ReferenceGenome for Contigs {
        fn contigs(&self) -> &[Contig] {
            &self.0
        }

        fn fetch(&self, interval: &Interval) -> Result<Sequence, SequenceError> {
            let (contig, known) = (interval.chrom.clone(), describe_contigs(&self.0));
            Err(SequenceError::UnknownContig { path: self.path().to_owned(), contig, known })
        }
    }

    fn checked(header: &str, contig: &str, length: u64) -> Result<Vec<String>, String> {
        let gene = |number: u32| format!("1\tx\tgene\t{number}0\t{number}9\t.\t+\t.\tgene_id \"G{number}\";\n");
        let annotation = read(format!("{header}\n{}{}", gene(1), gene(2))).unwrap();
        let genome = Contigs(vec![Contig { name: contig.to_owned(), length }]);
        let names = ContigNames::new(genome.contigs());
        let report = annotation.check_genome(Path::new("x.gtf"), &genome, &names);
        report.map(|report| report.warnings()).map_err(|error| error.to_string())
    }

    #[test]
    fn check_genome_declared_assembly_must_be_that_of_the_genome() {
        let hg38 = 248_956_422;
        for right in ["#!genome-build GRCh38.p14", "##sequence-region 1 1 248956422", "##sequence-region 1 5 9", "# x"]
        {
            assert_eq!(checked(right, "chr1", hg38), Ok(vec![]), "{right}");
        }
        for wrong in [
            "#!genome-build GRCh37.p13",
            "##description: evidence-based annotation of the human genome (GRCh37), version 19 (Ensembl 74)",
            "##sequence-region 1 1 249250621",
        ] {
            let message = checked(wrong, "chr1", hg38).unwrap_err();
            assert!(message.contains("GRCh37") && message.contains("GRCh38 (hg38)"), "{message}");
        }
    }

    #[test]
    fn check_genome_unknown_assembly_with_other_length_is_a_warning() {
        let warnings = checked("##sequence-region 1 1 900", "1", 800).unwrap();
        assert!(warnings[0].contains("900") && warnings[0].contains("800"), "{warnings:?}");
        assert_eq!(checked("##sequence-region 1 1 800", "1", 800), Ok(vec![]));
        assert!(checked("# x", "1", 25).unwrap()[0].contains("1 of 2 genes is past the end"));
        assert!(checked("# x", "1", 5).unwrap_err().contains("2 of 2 genes are past the end"));
        assert!(checked("# x", "chr2", 800).unwrap_err().contains("it has 1, genome has chr2"));
    }
}
