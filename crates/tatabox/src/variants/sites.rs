//! TSSs whose promoters are scored.

use std::path::Path;

use tatabox_dataset::TssSettings;
use tatabox_sequence::{Gene, GeneTss, ReferenceGenome, TssIndex, read_annotation, read_tss_bed};

use super::request::TssSource;
use crate::error::{Result, bail};
use crate::inputs::GeneFeatureTable;
use crate::observer::Observer;

/// Contig names shown of each side in an error.
const EXAMPLES: usize = 3;

/// Reads the TSSs; warns of those that are not on the genome, and of genes without the features that the model reads.
pub(super) fn open(
    source: &TssSource,
    genome: &dyn ReferenceGenome,
    features: Option<&GeneFeatureTable>,
    observer: &dyn Observer,
) -> Result<TssIndex> {
    let (path, mut sites) = match source {
        TssSource::Bed(path) => (path, read_tss_bed(path)?),
        TssSource::Annotation(path, settings) => (path, of_annotation(path, settings)?),
    };
    if let Some(features) = features {
        let all = sites.len();
        sites.retain(|site| features.of(&site.gene_id).is_some());
        let without = all - sites.len();
        if sites.is_empty() {
            bail!("no gene of {} has features in {}", path.display(), features.path().display());
        }
        if without > 0 {
            observer.warn(&format!(
                "{without} of {all} TSSs are of genes without features in {}; variants in their promoters are not scored",
                features.path().display()
            ));
        }
    }
    let names: Vec<String> = sites.iter().take(EXAMPLES).map(|site| site.tss.chrom.clone()).collect();
    let all = sites.len();
    let index = TssIndex::new(sites, genome);
    if index.contig_not_in_genome() == all {
        let contigs = genome.contigs().iter().take(EXAMPLES).map(|contig| contig.name.as_str());
        bail!(
            "no contig of {} is in {}: the first has {}, the second {}; check that both are of the same assembly",
            path.display(),
            genome.path().display(),
            names.join(", "),
            contigs.collect::<Vec<_>>().join(", ")
        );
    }
    for (count, why) in [
        (index.contig_not_in_genome(), "are on contigs that the genome does not have"),
        (index.outside_contig(), "are past the end of their contig; is the genome of another assembly?"),
    ] {
        if count > 0 {
            observer.warn(&format!("{count} of {all} TSSs {why}"));
        }
    }
    Ok(index)
}

fn of_annotation(path: &Path, settings: &TssSettings) -> Result<Vec<GeneTss>> {
    let genes = read_annotation(path, settings.annotation_detail())?.genes;
    let peaks = settings.peaks()?;
    let site = |gene: Gene| GeneTss {
        tss: settings.tss_of(&gene, peaks.as_ref()).tss,
        gene_id: gene.gene_id,
        gene_name: gene.gene_name,
    };
    Ok(genes.into_iter().map(site).collect())
}
