//! TSSs whose promoters are scored.

use std::path::Path;

use tatabox_dataset::TssSettings;
use tatabox_sequence::{
    AssemblyReport, ContigNames, Gene, GeneTss, ReferenceGenome, TssIndex, check_sites, counted, is_or_are,
    read_annotation, read_promoter_bed,
};

use super::request::TssSource;
use crate::error::{Result, bail};
use crate::inputs::GeneFeatureTable;
use crate::observer::Observer;

/// Reads the TSSs; warns of those that are not on the genome, and of genes without the features that the model reads.
///
/// # Errors
/// A file cannot be read, or is of another assembly than the genome; no TSS is left.
pub(crate) fn open(
    source: &TssSource,
    genome: &dyn ReferenceGenome,
    features: Option<&GeneFeatureTable>,
    observer: &dyn Observer,
) -> Result<TssIndex> {
    let mut names = ContigNames::new(genome.contigs());
    let (path, mut sites) = match source {
        TssSource::Bed(path) => {
            let sites = read_promoter_bed(path)?;
            warn(&check_sites(path, sites.iter().map(|site| &site.tss), genome, &names)?, observer);
            (path, sites)
        }
        TssSource::Annotation(path, settings) => (path, of_annotation(path, settings, genome, &mut names, observer)?),
    };
    if let Some(features) = features {
        let all = sites.len();
        sites.retain(|site| features.of(&site.gene_id, site.gene_name.as_deref()).is_some());
        let without = all - sites.len();
        if sites.is_empty() {
            bail!("no gene of {} has features in {}", path.display(), features.path().display());
        }
        if without > 0 {
            observer.warn(&format!(
                "{without} of {} {} of genes without features in {}; variants in their promoters are not scored",
                counted(all, "TSS"),
                is_or_are(without),
                features.path().display()
            ));
        }
    }
    let index = TssIndex::with_names(sites, genome, &names);
    if index.sites().is_empty() {
        bail!("no TSS of {} is within a contig of {}", path.display(), genome.path().display());
    }
    Ok(index)
}

/// TSSs of an annotation; `names` learns the accessions that it defines.
fn of_annotation(
    path: &Path,
    settings: &TssSettings,
    genome: &dyn ReferenceGenome,
    names: &mut ContigNames,
    observer: &dyn Observer,
) -> Result<Vec<GeneTss>> {
    let annotation = read_annotation(path, settings.annotation_detail())?;
    *names = names.clone().with_accessions(&annotation.chromosome_accessions);
    warn(&annotation.check_genome(path, genome, names)?, observer);
    let peaks = settings.peaks()?;
    if let Some(peaks) = &peaks {
        warn(&peaks.check_genome(genome, names)?, observer);
    }
    let site = |gene: Gene| GeneTss {
        tss: settings.tss_of(&gene, peaks.as_ref()).tss,
        gene_id: gene.gene_id,
        gene_name: gene.gene_name,
    };
    Ok(annotation.genes.into_iter().map(site).collect())
}

fn warn(report: &AssemblyReport, observer: &dyn Observer) {
    for warning in report.warnings() {
        observer.warn(&warning);
    }
}
