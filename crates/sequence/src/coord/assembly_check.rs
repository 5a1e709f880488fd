//! Comparison of the positions in a file with the contigs of a genome.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write;

use super::assembly_mismatch::{AssemblyMismatch, MismatchFinding};
use super::known_assembly::KnownAssembly;
use super::numerals::Numerals;
use super::{Contig, ContigNames, describe_contigs};
use crate::SequenceError;
use crate::counted::{is_or_are, of_plural};

/// Fraction of positions past the end of their contig that shows another assembly.
const MANY_OUTSIDE: f64 = 0.1;
/// Smallest number of such positions, unless it is all of them: a few are errors in a file.
const MIN_OUTSIDE: u64 = 5;
/// Largest number of contigs listed in a warning.
const MAX_CONTIGS_SHOWN: usize = 5;

/// Tally of the positions of one file, by whether a genome has them.
///
/// Contigs may have any spelling that [`ContigNames`] resolves.
///
/// # Examples
///
/// ```
/// use tatabox_sequence::{AssemblyCheck, Contig, ContigNames};
///
/// let contigs = ["chr1", "chr2"].map(|name| Contig { name: name.to_owned(), length: 1_000 });
/// let names = ContigNames::new(&contigs);
/// let mut check = AssemblyCheck::new("peaks.bed", "CAGE peaks", "genome.fa", &contigs, &names);
/// check.add("1", 500);
/// check.add("scaffold_7", 10);
/// let report = check.finish()?;
/// assert_eq!(report.warnings(), ["peaks.bed: 1 of 2 CAGE peaks is on contigs that genome.fa lacks: scaffold_7 (1)"]);
///
/// let mut check = AssemblyCheck::new("peaks.bed", "CAGE peaks", "genome.fa", &contigs, &names);
/// check.add("scaffold_7", 10);
/// assert!(check.finish().is_err());
/// # Ok::<(), tatabox_sequence::SequenceError>(())
/// ```
pub struct AssemblyCheck<'a> {
    source: String,
    what: &'static str,
    genome: String,
    contigs: &'a [Contig],
    names: &'a ContigNames,
    lengths: HashMap<&'a str, u64>,
    /// Contigs of the file with positions.
    found: BTreeSet<String>,
    /// The same, in the order of the file; their lengths are unknown.
    first: Vec<Contig>,
    /// Contigs of the file that the genome lacks.
    missing: BTreeMap<String, u64>,
    total: u64,
    outside: u64,
    example: Option<String>,
    /// Lengths that the file declares for its contigs.
    declared: Vec<Contig>,
    /// First contig whose declared length differs, as text.
    other_length: Option<String>,
}

/// Positions of a file that a genome lacks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AssemblyReport {
    source: String,
    what: &'static str,
    genome: String,
    /// Number of positions.
    pub total: u64,
    /// Positions on contigs that the genome lacks, by contig.
    pub missing: BTreeMap<String, u64>,
    /// Number of positions past the end of their contig.
    pub outside: u64,
    example: String,
    other_length: Option<String>,
}

impl<'a> AssemblyCheck<'a> {
    /// Tally of `source`, a file of `what` (in plural), compared with the contigs of the file `genome`.
    pub fn new(
        source: impl Into<String>,
        what: &'static str,
        genome: impl Into<String>,
        contigs: &'a [Contig],
        names: &'a ContigNames,
    ) -> Self {
        Self {
            source: source.into(),
            what,
            genome: genome.into(),
            contigs,
            names,
            lengths: contigs.iter().map(|contig| (contig.name.as_str(), contig.length)).collect(),
            found: BTreeSet::new(),
            first: Vec::new(),
            missing: BTreeMap::new(),
            total: 0,
            outside: 0,
            example: None,
            declared: Vec::new(),
            other_length: None,
        }
    }

    /// Declares lengths of contigs that the file states.
    #[must_use]
    pub fn with_declared_lengths(mut self, contigs: &[Contig]) -> Self {
        self.declared = contigs.to_vec();
        self
    }

    /// Adds a position, 0-based: for an interval, its last base.
    pub fn add(&mut self, contig: &str, position: u64) {
        self.add_many(contig, position, 1);
    }

    /// Adds `count` positions of a contig, of which `position` is an example: all are within the contig, or none.
    pub fn add_many(&mut self, contig: &str, position: u64, count: u64) {
        self.total += count;
        if !self.found.contains(contig) {
            self.found.insert(contig.to_owned());
            self.first.push(Contig { name: contig.to_owned(), length: 0 });
        }
        match self.names.resolve(contig).and_then(|name| self.lengths.get(name)) {
            None => *self.missing.entry(contig.to_owned()).or_default() += count,
            Some(&length) if position >= length => {
                self.outside += count;
                self.example.get_or_insert_with(|| format!("{contig}:{} of {length} bp", position.saturating_add(1)));
            }
            Some(_) => {}
        }
    }

    /// Compares the length that the file declares for a contig with that in the genome.
    ///
    /// # Errors
    ///
    /// [`SequenceError::AssemblyMismatch`] if the lengths differ.
    pub fn check_length(&self, contig: &str, length: u64) -> Result<(), SequenceError> {
        let known = self.names.resolve(contig).and_then(|name| Some((name, *self.lengths.get(name)?)));
        match known {
            Some((name, genome_length)) if genome_length != length => {
                Err(self.mismatch(MismatchFinding::ContigLength {
                    contig: contig.to_owned(),
                    length,
                    genome_contig: name.to_owned(),
                    genome_length,
                }))
            }
            _ => Ok(()),
        }
    }

    /// Compares a contig whose declared length may be that of a part: another length is an error if both assemblies are
    /// known and differ, and else a warning of the report.
    ///
    /// # Errors
    ///
    /// [`SequenceError::AssemblyMismatch`].
    pub(crate) fn compare_length(&mut self, contig: &Contig) -> Result<(), SequenceError> {
        if self.other_length.is_some() {
            return Ok(());
        }
        let Err(mismatch) = self.check_length(&contig.name, contig.length) else { return Ok(()) };
        if let (Some(file), Some(genome)) = (KnownAssembly::of_contigs(self.declared.iter()), self.names.assembly())
            && file.name != genome.name
        {
            return Err(mismatch);
        }
        let in_genome = self.names.resolve(&contig.name).and_then(|name| self.lengths.get(name));
        if let Some(length) = in_genome {
            let Contig { name, length: declared } = contig;
            self.other_length
                .get_or_insert_with(|| format!("{name} is declared with {declared} bp and has {length} bp"));
        }
        Ok(())
    }

    /// Compares the assembly that a text of the file names, such as `GRCh37.p13`, with that of the genome.
    ///
    /// # Errors
    ///
    /// [`SequenceError::AssemblyMismatch`] if both are known and differ.
    pub fn check_declared_assembly(&self, text: &str) -> Result<(), SequenceError> {
        let file = KnownAssembly::of_accession(text).or_else(|| KnownAssembly::of_text(text));
        match (file, self.names.assembly()) {
            (Some(file), Some(genome)) if file.name != genome.name => {
                let finding = MismatchFinding::Declared { text: text.to_owned() };
                let known = [Some(file), Some(genome)];
                Err(AssemblyMismatch::new(&self.source, &self.genome, finding, known).into())
            }
            _ => Ok(()),
        }
    }

    /// Positions that the genome lacks.
    ///
    /// # Errors
    ///
    /// [`SequenceError::AssemblyMismatch`] if no position is on a contig of the genome, if the chromosomes have Arabic
    /// numerals on one side and Roman ones on the other, or if many positions are past the end of their contig.
    pub fn finish(self) -> Result<AssemblyReport, SequenceError> {
        let located = self.total - self.missing.values().sum::<u64>();
        let numerals = Numerals::of(self.found.iter().map(String::as_str));
        let sides = || (describe_contigs(&self.first), describe_contigs(self.contigs));
        if self.total > 0 && located == 0 {
            let (contigs, genome_contigs) = sides();
            return Err(self.mismatch(MismatchFinding::NoSharedContig { contigs, genome_contigs }));
        }
        if numerals.differ(self.names.numerals()) {
            let (contigs, genome_contigs) = sides();
            return Err(self.mismatch(MismatchFinding::OtherNumerals { contigs, genome_contigs }));
        }
        let is_many = self.outside as f64 >= MANY_OUTSIDE * located as f64 && self.outside >= MIN_OUTSIDE;
        if self.outside > 0 && (is_many || self.outside == located) {
            return Err(self.mismatch(MismatchFinding::PastContigEnds {
                what: self.what,
                outside: self.outside,
                located,
                example: self.example.clone().unwrap_or_default(),
            }));
        }
        let Self { source, what, genome, missing, total, outside, example, other_length, .. } = self;
        let example = example.unwrap_or_default();
        Ok(AssemblyReport { source, what, genome, total, missing, outside, example, other_length })
    }

    fn mismatch(&self, finding: MismatchFinding) -> SequenceError {
        let by_name = || self.found.iter().find_map(|name| KnownAssembly::of_accession(name));
        let file = KnownAssembly::of_contigs(self.declared.iter()).or_else(by_name);
        AssemblyMismatch::new(&self.source, &self.genome, finding, [file, self.names.assembly()]).into()
    }
}

impl AssemblyReport {
    /// Warnings, each in one line; none if the genome has all positions.
    pub fn warnings(&self) -> Vec<String> {
        let Self { source, what, genome, total, missing, outside, example, other_length } = self;
        let mut warnings = Vec::new();
        if let Some(contig) = other_length {
            warnings.push(format!("{source}: contig {contig} in {genome}; check that both are of one assembly"));
        }
        if !missing.is_empty() {
            let count: u64 = missing.values().sum();
            let list = list_contigs(missing);
            let (what, verb) = (of_plural(*total, what), is_or_are(count));
            warnings.push(format!("{source}: {count} of {total} {what} {verb} on contigs that {genome} lacks: {list}"));
        }
        if *outside > 0 {
            let (what, verb) = (of_plural(*total, what), is_or_are(*outside));
            warnings.push(format!(
                "{source}: {outside} of {total} {what} {verb} past the end of the contig in {genome}, such as {example}; \
                 check that both are of one assembly"
            ));
        }
        warnings
    }
}

/// The contigs with most positions first, with their numbers.
fn list_contigs(counts: &BTreeMap<String, u64>) -> String {
    let mut sorted: Vec<(&String, &u64)> = counts.iter().collect();
    sorted.sort_by_key(|&(name, &count)| (std::cmp::Reverse(count), name));
    let shown: Vec<String> =
        sorted.iter().take(MAX_CONTIGS_SHOWN).map(|(name, count)| format!("{name} ({count})")).collect();
    let mut text = shown.join(", ");
    let more = sorted.len().saturating_sub(MAX_CONTIGS_SHOWN);
    if more > 0 {
        // Writing to a string does not fail.
        let _ = write!(text, " and {more} more");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contigs(list: &[(&str, u64)]) -> Vec<Contig> {
        list.iter().map(|&(name, length)| Contig { name: name.to_owned(), length }).collect()
    }

    fn checked(genome: &[(&str, u64)], positions: &[(&str, u64)]) -> Result<Vec<String>, String> {
        let contigs = contigs(genome);
        let names = ContigNames::new(&contigs);
        let mut check = AssemblyCheck::new("x.bed", "TSSs", "g.fa", &contigs, &names);
        for &(contig, position) in positions {
            check.add(contig, position);
        }
        check.finish().map(|report| report.warnings()).map_err(|error| error.to_string())
    }

    const GENOME: [(&str, u64); 3] = [("chr1", 100), ("chr2", 100), ("chrM", 20)];

    #[test]
    fn assembly_check_matching_positions_have_no_warning() {
        assert_eq!(checked(&GENOME, &[("1", 99), ("chr2", 0), ("MT", 19)]), Ok(vec![]));
        assert_eq!(checked(&GENOME, &[]), Ok(vec![]));
    }

    #[test]
    fn assembly_check_no_shared_contig_is_an_error_with_names_of_both() {
        let message = checked(&GENOME, &[("scaffold_2", 5), ("scaffold_1", 5)]).unwrap_err();
        assert!(message.contains("it has scaffold_2, scaffold_1, g.fa has chr1, chr2, chrM"), "{message}");
        let hg38 = [("chr1", 248_956_422), ("chr2", 242_193_529)];
        let message = checked(&hg38, &[("NC_000001.10", 5)]).unwrap_err();
        assert!(message.contains("x.bed looks like GRCh37 (hg19), g.fa like GRCh38 (hg38)"), "{message}");
    }

    #[test]
    fn assembly_check_partial_overlap_is_a_counted_warning() {
        let positions: Vec<(&str, u64)> = [("chr1", 5), ("KI1", 1), ("KI2", 1), ("KI2", 9), ("chr2", 100)].to_vec();
        let warnings = checked(&GENOME, &positions).unwrap();
        assert_eq!(warnings[0], "x.bed: 3 of 5 TSSs are on contigs that g.fa lacks: KI2 (2), KI1 (1)");
        assert!(warnings[1].contains("1 of 5 TSSs is past the end") && warnings[1].contains("chr2:101 of 100 bp"));
    }

    #[test]
    fn assembly_check_many_positions_past_ends_is_an_error() {
        let positions =
            |outside: usize, inside: usize| [vec![("chr1", 100); outside], vec![("chr1", 99); inside]].concat();
        assert!(checked(&GENOME, &positions(4, 1)).is_ok(), "four may be errors of the file");
        assert!(checked(&GENOME, &positions(5, 46)).is_ok());
        for many in [positions(5, 45), positions(1, 0)] {
            assert!(checked(&GENOME, &many).unwrap_err().contains("past the end of the contig in g.fa"));
        }
    }

    #[test]
    fn assembly_check_arabic_and_roman_numerals_do_not_match() {
        let roman = [("I", 1_000), ("II", 1_000), ("X", 1_000)];
        let message = checked(&roman, &[("1", 5), ("2", 5), ("X", 5)]).unwrap_err();
        assert!(message.contains("other numerals than in g.fa: it has 1, 2, X, g.fa has I, II, X"), "{message}");
        assert_eq!(checked(&roman, &[("chrX", 5), ("chrII", 5)]), Ok(vec![]));
        assert!(checked(&GENOME, &[("II", 5), ("IV", 5), ("M", 5)]).is_err());
    }

    #[test]
    fn check_length_and_declared_assembly_name_both_sides() {
        let contigs = contigs(&[("chr22", 50_818_468), ("chr21", 46_709_983)]);
        let names = ContigNames::new(&contigs);
        let declared = [Contig { name: "22".to_owned(), length: 51_304_566 }];
        let check = AssemblyCheck::new("x.vcf", "records", "g.fa", &contigs, &names).with_declared_lengths(&declared);
        assert!(check.check_length("22", 50_818_468).is_ok() && check.check_length("5", 7).is_ok());
        let message = check.check_length("22", 51_304_566).unwrap_err().to_string();
        for part in ["51304566", "50818468", "GRCh37 (hg19)", "GRCh38 (hg38)"] {
            assert!(message.contains(part), "{message}");
        }
        assert!(check.check_declared_assembly("GRCh38.p14").is_ok());
        assert!(check.check_declared_assembly("my assembly").is_ok());
        let message = check.check_declared_assembly("GRCh37.p13").unwrap_err().to_string();
        assert!(message.contains("'GRCh37.p13' is another assembly"), "{message}");
    }
}
