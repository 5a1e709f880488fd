//! TSS of each gene, from annotation, CAGE peaks or a BED file.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use tatabox_sequence::{
    Annotation, AnnotationDetail, CagePeaks, ChosenTss, Gene, Tss, TssChoice, TssSource, read_tss_bed,
};

use crate::error::Result;
use crate::prepare::candidate::Candidate;
use crate::prepared::{TssOrigin, TssRecord};

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
        let chosen = gene.choose_tss(self.choice);
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

/// TSSs of the genes of an annotation.
///
/// # Errors
///
/// The errors of the CAGE peak file.
pub(crate) fn tss_from_annotation(annotation: &Annotation, settings: &TssSettings) -> Result<Vec<GeneTss>> {
    let peaks = settings.peaks()?;
    let site = |gene: &Gene| {
        let chosen = settings.tss_of(gene, peaks.as_ref());
        let alternatives =
            settings.alternative_distance_bp.map(|least| gene.alternative_tss(&chosen, least)).unwrap_or_default();
        GeneTss {
            gene_id: gene.gene_id.clone(),
            gene_name: gene.gene_name.clone(),
            origin: TssOrigin::from(&chosen),
            tss: chosen.tss,
            alternatives,
        }
    };
    Ok(annotation.genes.iter().map(site).collect())
}

/// TSSs of a BED file.
pub(crate) fn tss_from_bed(path: &Path) -> Result<Vec<GeneTss>> {
    let sites = read_tss_bed(path)?.into_iter().map(|site| GeneTss {
        gene_id: site.gene_id,
        gene_name: site.gene_name,
        tss: site.tss,
        origin: TssOrigin::of(TssSource::Bed),
        alternatives: Vec::new(),
    });
    Ok(sites.collect())
}

/// Replaces gene identifiers by those of the expression table if the table has none of the gene identifiers.
///
/// RefSeq identifies genes by symbol, whereas most tables have Ensembl identifiers and a column of symbols. Symbols on
/// several rows are not matched. Returns the number of replaced identifiers.
pub(crate) fn match_measured_ids(sites: &mut [GeneTss], gene_ids: &[String], gene_names: Option<&[String]>) -> usize {
    let known: HashSet<&str> = gene_ids.iter().map(String::as_str).collect();
    let Some(gene_names) = gene_names.filter(|_| !sites.iter().any(|site| known.contains(site.gene_id.as_str())))
    else {
        return 0;
    };
    let mut by_name: HashMap<&str, Option<&str>> = HashMap::new();
    for (gene_id, name) in gene_ids.iter().zip(gene_names).filter(|(_, name)| !name.is_empty()) {
        by_name.entry(name).and_modify(|gene_id| *gene_id = None).or_insert(Some(gene_id));
    }
    let mut renamed = 0;
    for site in sites {
        let name = site.gene_name.as_deref().unwrap_or(&site.gene_id);
        if let Some(Some(gene_id)) = by_name.get(name) {
            (*gene_id).clone_into(&mut site.gene_id);
            renamed += 1;
        }
    }
    renamed
}

#[cfg(test)]
mod tests {
    use tatabox_sequence::Strand;

    use super::*;

    fn site(gene_id: &str, name: Option<&str>) -> GeneTss {
        GeneTss {
            gene_id: gene_id.to_owned(),
            gene_name: name.map(str::to_owned),
            tss: Tss { chrom: "chr1".to_owned(), position: 7, strand: Strand::Forward },
            origin: TssOrigin::of(TssSource::GeneStart),
            alternatives: Vec::new(),
        }
    }

    fn renamed(sites: &mut [GeneTss], rows: &[(&str, &str)]) -> usize {
        let (ids, names): (Vec<String>, Vec<String>) =
            rows.iter().map(|(id, name)| ((*id).to_owned(), (*name).to_owned())).unzip();
        match_measured_ids(sites, &ids, Some(&names))
    }

    #[test]
    fn match_measured_ids_replaces_symbols_by_identifiers() {
        let mut sites = [site("GATA1", None), site("LOC1", Some("ALB")), site("TWO", None), site("NEW", None)];
        let rows = [("ENSG1", "GATA1"), ("ENSG2", "ALB"), ("ENSG3", "TWO"), ("ENSG4", "TWO"), ("ENSG5", "")];
        assert_eq!(renamed(&mut sites, &rows), 2);
        let ids: Vec<&str> = sites.iter().map(|site| site.gene_id.as_str()).collect();
        assert_eq!(ids, ["ENSG1", "ENSG2", "TWO", "NEW"]);
        assert_eq!(sites[0].alternative_id(0), "ENSG1@2");
    }

    #[test]
    fn match_measured_ids_keeps_measured_identifiers() {
        let mut sites = [site("ENSG1", Some("GATA1")), site("X", Some("ALB"))];
        assert_eq!(renamed(&mut sites, &[("ENSG1", "OLD"), ("ENSG2", "ALB")]), 0);
        assert_eq!(sites[1].gene_id, "X");
    }
}
