//! Where the transcription of each gene starts, as annotation, CAGE or a BED file have it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use tatabox_sequence::{
    Annotation, AnnotationDetail, CagePeaks, ChosenTss, Gene, Tss, TssChoice, TssSource, read_tss_bed,
};

use crate::error::Result;
use crate::prepare::candidate::Candidate;
use crate::prepared::{TssOrigin, TssRecord};

/// Role of a file of CAGE peaks among the inputs.
pub(crate) const CAGE: &str = "cage";

/// How the TSS of a gene is chosen from annotation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TssSettings {
    /// Which of the transcripts counts.
    pub choice: TssChoice,
    /// CAGE peaks (BED), the nearest of which the TSS is moved to.
    pub cage: Option<PathBuf>,
    /// How far a CAGE peak may be.
    pub cage_distance_bp: u64,
    /// Keeps further TSSs of a gene that are at least so far from each other, as rows of their own.
    pub further_bp: Option<u64>,
}

impl TssSettings {
    /// How far from the annotated TSS a peak is looked for.
    pub const DEFAULT_CAGE_DISTANCE_BP: u64 = CagePeaks::DEFAULT_MAX_DISTANCE_BP;

    /// How much of an annotation has to be read.
    pub fn annotation_detail(&self) -> AnnotationDetail {
        if self.choice == TssChoice::LongestCds { AnnotationDetail::Structure } else { AnnotationDetail::Sites }
    }

    /// The CAGE peaks, if there are any.
    ///
    /// # Errors
    ///
    /// Those of [`CagePeaks::read`].
    pub fn peaks(&self) -> Result<Option<CagePeaks>> {
        Ok(self.cage.as_deref().map(CagePeaks::read).transpose()?)
    }

    /// The TSS of a gene.
    pub fn tss_of(&self, gene: &Gene, peaks: Option<&CagePeaks>) -> ChosenTss {
        let chosen = gene.choose_tss(self.choice);
        match peaks {
            Some(peaks) => peaks.moved(chosen, gene.gene_name.as_deref(), self.cage_distance_bp),
            None => chosen,
        }
    }
}

impl Default for TssSettings {
    fn default() -> Self {
        let cage_distance_bp = Self::DEFAULT_CAGE_DISTANCE_BP;
        Self { choice: TssChoice::default(), cage: None, cage_distance_bp, further_bp: None }
    }
}

/// What the TSSs of the genes of a data set were taken from.
pub(crate) fn tss_record(settings: &TssSettings, genes: &[(String, Candidate)]) -> TssRecord {
    let mut record = TssRecord {
        choice: settings.choice,
        cage_distance_bp: settings.cage.as_ref().map(|_| settings.cage_distance_bp),
        further_bp: settings.further_bp,
        sources: BTreeMap::new(),
        further: 0,
    };
    for (_, gene) in genes {
        match (&gene.place.alternative_of, &gene.place.tss_origin) {
            (Some(_), _) => record.further += 1,
            (None, Some(origin)) => *record.sources.entry(origin.source).or_default() += 1,
            (None, None) => {}
        }
    }
    record
}

/// A gene and its TSS.
#[derive(Debug, Clone)]
pub(crate) struct NamedPlace {
    pub gene_id: String,
    pub gene_name: Option<String>,
    pub tss: Tss,
    pub origin: TssOrigin,
    /// Further TSSs of the gene.
    pub further: Vec<ChosenTss>,
}

impl NamedPlace {
    /// Identifier of further TSS `index`: the gene's own is the first.
    pub(crate) fn further_id(&self, index: usize) -> String {
        format!("{}@{}", self.gene_id, index + 2)
    }
}

/// TSSs of the genes of an annotation.
///
/// # Errors
///
/// Those of the file of CAGE peaks.
pub(crate) fn places_of_annotation(annotation: &Annotation, settings: &TssSettings) -> Result<Vec<NamedPlace>> {
    let peaks = settings.peaks()?;
    let place = |gene: &Gene| {
        let chosen = settings.tss_of(gene, peaks.as_ref());
        let further = settings.further_bp.map(|least| gene.alternative_tss(&chosen, least)).unwrap_or_default();
        NamedPlace {
            gene_id: gene.gene_id.clone(),
            gene_name: gene.gene_name.clone(),
            origin: TssOrigin::from(&chosen),
            tss: chosen.tss,
            further,
        }
    };
    Ok(annotation.genes.iter().map(place).collect())
}

/// TSSs in a BED file.
pub(crate) fn places_of_bed(path: &Path) -> Result<Vec<NamedPlace>> {
    let sites = read_tss_bed(path)?.into_iter().map(|site| NamedPlace {
        gene_id: site.gene_id,
        gene_name: site.gene_name,
        tss: site.tss,
        origin: TssOrigin::of(TssSource::Bed),
        further: Vec::new(),
    });
    Ok(sites.collect())
}

/// Gives genes the identifiers under which a table measures them, where it measures none under their own: RefSeq calls
/// a gene by its symbol, most tables by its Ensembl identifier beside the symbol. A symbol that several rows have is
/// left alone. Returns how many genes were renamed.
pub(crate) fn rename_as_measured(
    places: &mut [NamedPlace],
    gene_ids: &[String],
    gene_names: Option<&[String]>,
) -> usize {
    let known: HashSet<&str> = gene_ids.iter().map(String::as_str).collect();
    let Some(gene_names) = gene_names.filter(|_| !places.iter().any(|place| known.contains(place.gene_id.as_str())))
    else {
        return 0;
    };
    let mut by_name: HashMap<&str, Option<&str>> = HashMap::new();
    for (gene_id, name) in gene_ids.iter().zip(gene_names).filter(|(_, name)| !name.is_empty()) {
        by_name.entry(name).and_modify(|gene_id| *gene_id = None).or_insert(Some(gene_id));
    }
    let mut renamed = 0;
    for place in places {
        let name = place.gene_name.as_deref().unwrap_or(&place.gene_id);
        if let Some(Some(gene_id)) = by_name.get(name) {
            (*gene_id).clone_into(&mut place.gene_id);
            renamed += 1;
        }
    }
    renamed
}

#[cfg(test)]
mod tests {
    use tatabox_sequence::Strand;

    use super::*;

    fn place(gene_id: &str, name: Option<&str>) -> NamedPlace {
        NamedPlace {
            gene_id: gene_id.to_owned(),
            gene_name: name.map(str::to_owned),
            tss: Tss { chrom: "chr1".to_owned(), position: 7, strand: Strand::Forward },
            origin: TssOrigin::of(TssSource::GeneStart),
            further: Vec::new(),
        }
    }

    fn renamed(places: &mut [NamedPlace], rows: &[(&str, &str)]) -> usize {
        let (ids, names): (Vec<String>, Vec<String>) =
            rows.iter().map(|(id, name)| ((*id).to_owned(), (*name).to_owned())).unzip();
        rename_as_measured(places, &ids, Some(&names))
    }

    #[test]
    fn symbols_become_the_identifiers_of_the_table() {
        let mut places = [place("GATA1", None), place("LOC1", Some("ALB")), place("TWO", None), place("NEW", None)];
        let rows = [("ENSG1", "GATA1"), ("ENSG2", "ALB"), ("ENSG3", "TWO"), ("ENSG4", "TWO"), ("ENSG5", "")];
        assert_eq!(renamed(&mut places, &rows), 2);
        let ids: Vec<&str> = places.iter().map(|place| place.gene_id.as_str()).collect();
        assert_eq!(ids, ["ENSG1", "ENSG2", "TWO", "NEW"]);
        assert_eq!(places[0].further_id(0), "ENSG1@2");
    }

    #[test]
    fn identifiers_that_are_measured_are_left_alone() {
        let mut places = [place("ENSG1", Some("GATA1")), place("X", Some("ALB"))];
        assert_eq!(renamed(&mut places, &[("ENSG1", "OLD"), ("ENSG2", "ALB")]), 0);
        assert_eq!(places[1].gene_id, "X");
    }
}
