//! Comparison of TSSs with the contigs of a genome.

use std::path::Path;

use crate::SequenceError;
use crate::coord::{AssemblyCheck, AssemblyReport, ContigNames, Tss};
use crate::genome::ReferenceGenome;
use crate::text_file::display_path;

/// Compares the TSSs of a file with the contigs of a genome, whose names `names` resolves.
///
/// # Errors
///
/// [`SequenceError::AssemblyMismatch`]: no TSS is on a contig of the genome, or many are past the ends.
///
/// # Examples
///
/// ```
/// use std::path::Path;
/// use tatabox_sequence::{ContigNames, InMemoryGenome, ReferenceGenome, Strand, Tss, check_sites};
///
/// let genome = InMemoryGenome::new([("chr1", "ACGTACGT")])?;
/// let names = ContigNames::new(genome.contigs());
/// let site = |chrom: &str| Tss { chrom: chrom.to_owned(), position: 3, strand: Strand::Forward };
/// let sites = [site("1"), site("chr2")];
/// let report = check_sites(Path::new("tss.bed"), sites.iter(), &genome, &names)?;
/// assert_eq!(report.missing["chr2"], 1);
/// assert!(check_sites(Path::new("tss.bed"), sites[1..].iter(), &genome, &names).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn check_sites<'t>(
    path: &Path,
    sites: impl Iterator<Item = &'t Tss>,
    genome: &dyn ReferenceGenome,
    names: &ContigNames,
) -> Result<AssemblyReport, SequenceError> {
    let (source, genome_path) = (display_path(path).display().to_string(), genome.path().display().to_string());
    let mut check = AssemblyCheck::new(source, "TSSs", genome_path, genome.contigs(), names);
    for site in sites {
        check.add(&site.chrom, site.position);
    }
    check.finish()
}
