//! CAGE peaks, which locate transcription start sites to the base.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::bed_line::{BedLine, for_each_bed_line};
use super::{ChosenTss, TssSource};
use crate::SequenceError;
use crate::coord::{AssemblyCheck, AssemblyReport, ContigNames, Strand, Tss, contig_key};
use crate::genome::ReferenceGenome;
use crate::text_file::display_path;

/// CAGE peaks by contig and strand, such as those of FANTOM5.
///
/// # Source
///
/// FANTOM Consortium, Nature 2014, <https://doi.org/10.1038/nature13182>. Agarwal and Shendure
/// (<https://doi.org/10.1016/j.celrep.2020.107663>) also move each TSS to the peak `p1@GENE`.
#[derive(Clone, Debug, Default)]
pub struct CagePeaks {
    path: PathBuf,
    /// First spelling of each contig in the file, by its normalised one.
    contigs: BTreeMap<String, String>,
    /// Peaks sorted by position, under the normalised spelling of their contig.
    by_strand: BTreeMap<(String, Strand), Vec<Peak>>,
}

#[derive(Clone, Debug)]
struct Peak {
    position: u64,
    score: f64,
    name: String,
}

impl CagePeaks {
    /// Default of the largest distance between a peak and the annotated TSS, in bp.
    pub const DEFAULT_MAX_DISTANCE_BP: u64 = 500;

    /// Reads a BED file of peaks, plain or gzip: chrom, start, end, name, score, strand and, as in FANTOM5, thickStart,
    /// thickEnd, colour.
    ///
    /// The TSS of a peak is the 5' end of its thick part, the base where most tags start. Without a thick part (BED6)
    /// it is the 5' end of the peak, as in [`crate::read_tss_bed`], which is a few bases upstream.
    ///
    /// # Errors
    ///
    /// [`SequenceError::MalformedLine`] with the line number, [`SequenceError::NoTss`], or a read error of the file.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, SequenceError> {
        let path = path.as_ref();
        let mut peaks = Self { path: display_path(path), ..Self::default() };
        for_each_bed_line(path, "name", |line| peaks.add(line))?;
        if peaks.is_empty() {
            return Err(SequenceError::NoTss { path: display_path(path) });
        }
        for sorted in peaks.by_strand.values_mut() {
            sorted.sort_by_key(|peak| peak.position);
        }
        Ok(peaks)
    }

    fn add(&mut self, line: &BedLine<'_>) -> Result<(), String> {
        let representative = line.thick()?.unwrap_or_else(|| line.extent());
        let Tss { chrom, position, strand } = line.five_prime_of(&representative);
        let peak = Peak { position, score: line.score()?, name: line.name().to_owned() };
        let key = contig_key(&chrom);
        self.contigs.entry(key.clone()).or_insert(chrom);
        self.by_strand.entry((key, strand)).or_default().push(peak);
        Ok(())
    }

    /// Compares the peaks with the contigs of a genome.
    ///
    /// # Errors
    ///
    /// [`SequenceError::AssemblyMismatch`]: no peak is on a contig of the genome, or many are past the ends.
    pub fn check_genome(
        &self,
        genome: &dyn ReferenceGenome,
        names: &ContigNames,
    ) -> Result<AssemblyReport, SequenceError> {
        let (source, genome_path) = (self.path.display().to_string(), genome.path().display().to_string());
        let mut check = AssemblyCheck::new(source, "CAGE peaks", genome_path, genome.contigs(), names);
        for ((key, _), peaks) in &self.by_strand {
            for peak in peaks {
                check.add(&self.contigs[key], peak.position);
            }
        }
        check.finish()
    }

    /// Number of peaks.
    pub fn len(&self) -> usize {
        self.by_strand.values().map(Vec::len).sum()
    }

    /// Whether there are no peaks.
    pub fn is_empty(&self) -> bool {
        self.by_strand.is_empty()
    }

    /// Peak for the TSS of a gene: on the same strand and contig, in any spelling of its name, at most
    /// `max_distance_bp` away.
    ///
    /// Preference goes to the first promoter of the gene by name (`p1@GENE`, which may be one of several names of a
    /// peak), then to the highest score, the smallest distance and the lower position. The result keeps the contig name
    /// of `tss`.
    pub fn peak_near(&self, tss: &Tss, gene_name: Option<&str>, max_distance_bp: u64) -> Option<ChosenTss> {
        let sorted = self.by_strand.get(&(contig_key(&tss.chrom), tss.strand))?;
        let (lowest, highest) =
            (tss.position.saturating_sub(max_distance_bp), tss.position.saturating_add(max_distance_bp));
        let first = sorted.partition_point(|peak| peak.position < lowest);
        let within = sorted[first..].iter().take_while(|peak| peak.position <= highest);
        let best = within.max_by(|one, other| {
            let is_first = |peak: &Peak| gene_name.is_some_and(|gene| peak.is_first_promoter_of(gene));
            let nearness = |peak: &Peak| Reverse((peak.position.abs_diff(tss.position), peak.position));
            is_first(one)
                .cmp(&is_first(other))
                .then(one.score.total_cmp(&other.score))
                .then(nearness(one).cmp(&nearness(other)))
        })?;
        Some(ChosenTss {
            tss: Tss { position: best.position, ..tss.clone() },
            source: TssSource::CagePeak,
            transcript_id: None,
            cage_peak: Some(best.name.clone()),
        })
    }

    /// TSS moved to its peak, if there is one [nearby](Self::peak_near); the transcript of the original choice is kept.
    pub fn refine(&self, chosen: ChosenTss, gene_name: Option<&str>, max_distance_bp: u64) -> ChosenTss {
        match self.peak_near(&chosen.tss, gene_name, max_distance_bp) {
            Some(peak) => ChosenTss { transcript_id: chosen.transcript_id, ..peak },
            None => chosen,
        }
    }
}

impl Peak {
    fn is_first_promoter_of(&self, gene: &str) -> bool {
        self.name.split(',').any(|name| name.strip_prefix("p1@") == Some(gene))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::genome::in_memory::tests::genome;
    use crate::text_file::tests::{file_of, gzip};

    const FANTOM: &str = "#chrom\tstart\tend\n\
        chrX\t990\t1010\tp1@GATA1\t50\t+\t1000\t1001\t255,0,0\n\
        chrX\t1100\t1120\tp2@GATA1,p1@OTHER\t900\t+\t1110\t1111\t255,0,0\n\
        chrX\t1200\t1210\thg_195054.1\t900\t+\t1205\t1206\t255,0,0\n\
        chrX\t1000\t1020\tp1@GATA1\t999\t-\t1003\t1004\t0,0,255\n\
        chr1\t1000\t1020\tp1@GATA1\t999\t+\t1003\t1004\t0,0,255\n";

    fn read(content: impl AsRef<[u8]>) -> Result<CagePeaks, SequenceError> {
        let (_folder, path) = file_of("peaks.bed", content.as_ref());
        CagePeaks::read(path)
    }

    fn tss(chrom: &str, position: u64, strand: Strand) -> Tss {
        Tss { chrom: chrom.to_owned(), position, strand }
    }

    #[test]
    fn peak_near_first_promoter_wins_over_highest_peak() {
        for peaks in [read(FANTOM).unwrap(), read(gzip(FANTOM.as_bytes())).unwrap()] {
            assert_eq!(peaks.len(), 5);
            let near = |gene, distance| peaks.peak_near(&tss("X", 1_160, Strand::Forward), gene, distance);
            let chosen = near(Some("GATA1"), 160).unwrap();
            assert_eq!(chosen.tss.to_string(), "X:1000(+)");
            assert_eq!((chosen.source, chosen.cage_peak.as_deref()), (TssSource::CagePeak, Some("p1@GATA1")));
            assert_eq!(near(Some("OTHER"), 500).unwrap().tss.position, 1_110);
            // 1,000 is 160 bp away; of two peaks with the same score, 1,205 is nearer than 1,110.
            assert_eq!(near(Some("GATA1"), 159).unwrap().tss.position, 1_205);
            assert_eq!(near(None, 500).unwrap().cage_peak.as_deref(), Some("hg_195054.1"));
            assert_eq!(near(None, 44), None);
        }
    }

    #[test]
    fn check_genome_compares_contigs_and_positions() {
        let genome = genome(&[("chrX", &"A".repeat(1_150)), ("chr1", &"A".repeat(2_000))]);
        let names = ContigNames::new(genome.contigs());
        let warnings = read(FANTOM).unwrap().check_genome(&*genome, &names).unwrap().warnings();
        assert_eq!(warnings.len(), 1);
        assert!(warnings[0].contains("1 of 5 CAGE peaks is past the end") && warnings[0].contains("chrX:1206"));
        let message = read("scaffold_1\t1\t2\ta\t0\t+\n").unwrap().check_genome(&*genome, &names).unwrap_err();
        assert!(message.to_string().contains("it has scaffold_1"), "{message}");
    }

    #[test]
    fn peak_near_ties_use_distance_then_position() {
        let peaks = read("1\t100\t101\ta\t5\t+\n1\t120\t121\tb\t5\t+\n1\t121\t122\tc\t4\t+\n").unwrap();
        let near = |position| peaks.peak_near(&tss("chr1", position, Strand::Forward), None, 500).unwrap().tss.position;
        assert_eq!([near(109), near(110), near(111), near(121)], [100, 100, 120, 120]);
    }

    #[test]
    fn peak_near_matches_strand_and_contig() {
        let peaks = read(FANTOM).unwrap();
        let near = |chrom, strand| peaks.peak_near(&tss(chrom, 1_002, strand), Some("GATA1"), 500);
        assert_eq!(near("chrX", Strand::Reverse).unwrap().tss.to_string(), "chrX:1003(-)");
        assert_eq!(near("NC_000001.11", Strand::Forward).unwrap().tss.to_string(), "NC_000001.11:1003(+)");
        assert_eq!(near("chr1", Strand::Reverse), None);
        assert_eq!(near("chr2", Strand::Forward), None);
    }

    #[test]
    fn peak_near_without_thick_part_uses_five_prime_end() {
        let peaks = read("chr1\t10\t20\ta\t0\t+\nchr1\t10\t20\tb\t.\t-\nchr2\t10\t20\tc\t1\t-\t12\t15\t0\n").unwrap();
        let near = |chrom, strand| peaks.peak_near(&tss(chrom, 15, strand), None, 500).unwrap().tss.position;
        assert_eq!(near("chr1", Strand::Forward), 10);
        assert_eq!(near("chr1", Strand::Reverse), 19);
        assert_eq!(near("chr2", Strand::Reverse), 14);
    }

    #[test]
    fn cage_peaks_read_malformed_line_is_numbered() {
        for (line, expected) in [
            ("chr1\t10\t11\tp1@A\t0", "found 5; without a strand"),
            ("chr1\t10\t11\tp1@A\tmany\t+", "score 'many'"),
            ("chr1\t10\t20\tp1@A\t0\t+\t30\t31", "thickStart 30"),
            ("chr1\t10\t10\tp1@A\t0\t+", "end 10 is not past start 10"),
        ] {
            let message = read(format!("# x\n{line}\n")).unwrap_err().to_string();
            assert!(message.contains("peaks.bed, line 2: ") && message.contains(expected), "{message}");
        }
        assert!(matches!(read(b"# nothing\n"), Err(SequenceError::NoTss { .. })));
        assert!(matches!(read(b""), Err(SequenceError::EmptyFile { .. })));
        assert!(matches!(CagePeaks::read("/no/such.bed"), Err(SequenceError::FileNotFound { .. })));
    }
}
