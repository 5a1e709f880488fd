//! TSS of each gene, from annotation, CAGE peaks or a BED file.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use tatabox_sequence::{
    Annotation, AnnotationDetail, CagePeaks, ChosenTss, Gene, Strand, Transcript, Tss, TssChoice, TssSource,
    chromosome_of, is_ensembl_id, is_par_y_copy, read_tss_bed, strip_version,
};

use super::promoter_activity::{ActivityRow, PromoterActivity, choose};
use crate::error::{LISTED_NAMES, Result};
use crate::prepare::candidate::{Candidate, PromoterOrigin};
use crate::prepared::{ChosenPromoter, TssOrigin, TssRecord};

/// End of the first pseudoautosomal region of the human chromosomes X and Y in every assembly, rounded up.
const PAR1_END: u64 = 2_800_000;
/// Start of the second pseudoautosomal region on chrX and on chrY, over the assemblies, rounded down.
const PAR2_START_X: u64 = 154_900_000;
const PAR2_START_Y: u64 = 56_800_000;

/// Role of a CAGE peak file in the list of inputs.
pub(crate) const CAGE_ROLE: &str = "cage";

/// Rules that select the TSS of a gene from annotation.
///
/// # Examples
///
/// ```
/// use tatabox_dataset::TssSettings;
///
/// let settings = TssSettings { alternative_distance_bp: Some(500), ..TssSettings::default() };
/// assert!(settings.peaks()?.is_none(), "no CAGE peaks by default");
/// # Ok::<(), tatabox_dataset::DatasetError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TssSettings {
    /// Rule that selects a transcript.
    pub choice: TssChoice,
    /// CAGE peaks (BED); the TSS is moved to the nearest peak.
    pub cage: Option<PathBuf>,
    /// Maximum distance of a CAGE peak.
    pub cage_distance_bp: u64,
    /// Minimum distance between alternative TSSs, which become separate rows; `None` to omit alternative TSSs.
    pub alternative_distance_bp: Option<u64>,
}

impl TssSettings {
    /// Default maximum distance between an annotated TSS and a CAGE peak.
    pub const DEFAULT_CAGE_DISTANCE_BP: u64 = CagePeaks::DEFAULT_MAX_DISTANCE_BP;

    /// Level of detail required from the annotation.
    pub fn annotation_detail(&self) -> AnnotationDetail {
        if self.choice == TssChoice::LongestCds { AnnotationDetail::Structure } else { AnnotationDetail::Sites }
    }

    /// CAGE peaks, if configured.
    ///
    /// # Errors
    ///
    /// The errors of [`CagePeaks::read`].
    pub fn peaks(&self) -> Result<Option<CagePeaks>> {
        Ok(self.cage.as_deref().map(CagePeaks::read).transpose()?)
    }

    /// Selected TSS of a gene.
    pub fn tss_of(&self, gene: &Gene, peaks: Option<&CagePeaks>) -> ChosenTss {
        self.moved_to_peak(gene, gene.choose_tss(self.choice), peaks)
    }

    /// A TSS of a gene, at its CAGE peak if it has one.
    fn moved_to_peak(&self, gene: &Gene, chosen: ChosenTss, peaks: Option<&CagePeaks>) -> ChosenTss {
        match peaks {
            Some(peaks) => peaks.refine(chosen, gene.gene_name.as_deref(), self.cage_distance_bp),
            None => chosen,
        }
    }
}

impl Default for TssSettings {
    fn default() -> Self {
        let cage_distance_bp = Self::DEFAULT_CAGE_DISTANCE_BP;
        Self { choice: TssChoice::default(), cage: None, cage_distance_bp, alternative_distance_bp: None }
    }
}

/// Record of the evidence for the TSSs of the genes of a data set.
pub(crate) fn tss_record(settings: &TssSettings, genes: &[(String, Candidate)]) -> TssRecord {
    let mut record = TssRecord {
        choice: settings.choice,
        cage_distance_bp: settings.cage.as_ref().map(|_| settings.cage_distance_bp),
        alternative_distance_bp: settings.alternative_distance_bp,
        sources: BTreeMap::new(),
        alternative_tss: 0,
    };
    for (_, gene) in genes {
        match (&gene.metadata.alternative_of, &gene.metadata.tss_origin) {
            (Some(_), _) => record.alternative_tss += 1,
            (None, Some(origin)) => *record.sources.entry(origin.source).or_default() += 1,
            (None, None) => {}
        }
    }
    record
}

/// Gene with its TSS.
#[derive(Debug, Clone)]
pub(crate) struct GeneTss {
    pub gene_id: String,
    pub gene_name: Option<String>,
    pub tss: Tss,
    pub origin: TssOrigin,
    /// Choice of the promoter by activity, if activities were given.
    pub promoter: Option<PromoterOrigin>,
    /// Alternative TSSs of the gene.
    pub alternatives: Vec<ChosenTss>,
}

impl GeneTss {
    /// Identifier of the alternative TSS with this index; the suffix counts from 2, since the gene's own TSS is the
    /// first.
    pub(crate) fn alternative_id(&self, index: usize) -> String {
        format!("{}@{}", self.gene_id, index + 2)
    }
}

/// TSSs of the genes of an annotation, at CAGE peaks where there are any.
pub(crate) fn tss_from_annotation(
    annotation: &Annotation,
    settings: &TssSettings,
    peaks: Option<&CagePeaks>,
    activity: Option<&PromoterActivity>,
) -> Result<Vec<GeneTss>> {
    let site = |gene: &Gene| {
        let (chosen, promoter) = match activity {
            Some(activity) => {
                let (chosen, promoter) = most_active_tss(gene, gene.choose_tss(settings.choice), activity);
                (settings.moved_to_peak(gene, chosen, peaks), Some(promoter))
            }
            None => (settings.tss_of(gene, peaks), None),
        };
        let alternatives =
            settings.alternative_distance_bp.map(|least| gene.alternative_tss(&chosen, least)).unwrap_or_default();
        GeneTss {
            gene_id: gene.gene_id.clone(),
            gene_name: gene.gene_name.clone(),
            origin: TssOrigin::from(&chosen),
            tss: chosen.tss,
            promoter,
            alternatives,
        }
    };
    let sites: Vec<GeneTss> = annotation.genes.iter().map(site).collect();
    if let Some(activity) = activity {
        let transcripts = annotation.genes.iter().flat_map(|gene| &gene.transcripts);
        activity.check_used("annotation", sites.iter().filter_map(|site| site.promoter.as_ref()), || {
            transcripts.take(LISTED_NAMES).map(|transcript| transcript.transcript_id.clone()).collect()
        })?;
    }
    Ok(sites)
}

/// Most active transcript start of a gene; `default` where several are equally active or none is.
///
/// The activity of a start is that of the most active of its transcripts, by `transcript_id` or by position: were activities
/// added, genes with many transcripts would gain.
fn most_active_tss(gene: &Gene, default: ChosenTss, activity: &PromoterActivity) -> (ChosenTss, PromoterOrigin) {
    let mut starts = gene.alternative_tss(&default, 0);
    starts.insert(0, default);
    let five_prime = |transcript: &Transcript| match gene.strand {
        Strand::Forward => transcript.start,
        Strand::Reverse => transcript.end.saturating_sub(1),
    };
    let row_of = |start: &ChosenTss| {
        let at_start = gene.transcripts.iter().filter(|one| !one.is_implied && five_prime(one) == start.tss.position);
        let of_transcripts = at_start.map(|one| {
            let id = one.transcript_id.as_str();
            activity.of_name(id).or_else(|| activity.of_name(&strip_version(id)))
        });
        of_transcripts.fold(activity.of_site(&start.tss), ActivityRow::max)
    };
    let rows: Vec<Option<&ActivityRow>> = starts.iter().map(row_of).collect();
    let (choice, indices) = choose(&rows);
    let index = indices.first().copied().unwrap_or(0);
    let name = rows[index].and_then(ActivityRow::name).map(str::to_owned);
    let origin = PromoterOrigin { promoter: ChosenPromoter { name, choice }, is_default: index == 0 };
    (starts.swap_remove(index), origin)
}

/// TSSs of a BED file.
pub(crate) fn tss_from_bed(path: &Path) -> Result<Vec<GeneTss>> {
    let sites = read_tss_bed(path)?.into_iter().map(|site| GeneTss {
        gene_id: site.gene_id,
        gene_name: site.gene_name,
        tss: site.tss,
        origin: TssOrigin::of(TssSource::Bed),
        promoter: None,
        alternatives: Vec::new(),
    });
    Ok(sites.collect())
}

/// Sites of gene copies in the pseudoautosomal regions of chromosome Y: marked `_PAR_Y`, or an Ensembl gene at an end of
/// chrY with the symbol of a gene at an end of chrX, as GENCODE lists them since release 44.
pub(crate) fn par_y_copies(sites: &[GeneTss]) -> Vec<bool> {
    let is_at_end = |site: &GeneTss, chromosome: &str, last: u64| {
        let at = site.tss.position;
        is_ensembl_id(&site.gene_id) && (at < PAR1_END || at > last) && chromosome_of(&site.tss.chrom) == chromosome
    };
    let named = |site: &GeneTss| Some((site.gene_name.clone()?, site.tss.strand));
    let on_x: HashMap<(String, Strand), &str> = sites
        .iter()
        .filter(|site| is_at_end(site, "chrX", PAR2_START_X))
        .filter_map(|site| Some((named(site)?, site.gene_id.as_str())))
        .collect();
    let is_copy = |site: &GeneTss| {
        let has_twin = || named(site).and_then(|name| on_x.get(&name)).is_some_and(|&gene_id| gene_id != site.gene_id);
        is_par_y_copy(&site.gene_id) || (is_at_end(site, "chrY", PAR2_START_Y) && has_twin())
    };
    sites.iter().map(is_copy).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(gene_id: &str, name: &str, chrom: &str, position: u64) -> GeneTss {
        GeneTss {
            gene_id: gene_id.to_owned(),
            gene_name: Some(name.to_owned()),
            tss: Tss { chrom: chrom.to_owned(), position, strand: Strand::Forward },
            origin: TssOrigin::of(TssSource::GeneStart),
            promoter: None,
            alternatives: Vec::new(),
        }
    }

    #[test]
    fn par_y_copies_are_marked_or_share_a_symbol_with_chromosome_x() {
        let sites = [
            site("ENSG00000182378", "PLCXD1", "chrX", 281_000),
            site("ENSG00000182378_PAR_Y", "PLCXD1", "chrY", 281_000),
            site("ENSG00000292344", "PLCXD1", "Y", 281_000),
            site("ENSG00000124334", "IL9R", "chrX", 155_997_000),
            site("ENSG00000292373", "IL9R", "chrY", 57_184_000),
            site("ENSG00000184895", "SRY", "chrY", 2_787_000),
            // One gene on two contigs, and symbols outside these regions.
            site("ENSG00000182378", "PLCXD1", "chrY", 281_000),
            site("ENSG00000000001", "TWIN", "chrX", 50_000_000),
            site("ENSG00000000002", "TWIN", "chrY", 20_000_000),
        ];
        assert_eq!(par_y_copies(&sites), [false, true, true, false, true, false, false, false, false]);
    }
}
