//! Windows cut from a reference genome around annotated TSSs.

use std::collections::BTreeMap;
use std::path::Path;

use rayon::prelude::*;
use tatabox_sequence::{
    AnnotationDetail, ContigNames, ReferenceGenome, Tss, WindowGeometry, fetch_window, open_genome_with,
    read_annotation, read_tss_bed,
};

use super::candidate::GenePlace;
use super::collector::Collector;
use super::progress::{PrepareProgress, PrepareStage, REPORT_EVERY};
use super::qc::DropReason;
use crate::error::{DatasetError, Result};

/// A gene and its TSS, as annotation has them.
#[derive(Debug, Clone)]
pub(super) struct NamedPlace {
    gene_id: String,
    gene_name: Option<String>,
    tss: Tss,
}

/// TSSs of the genes in a GTF.
pub(super) fn places_of_annotation(path: &Path) -> Result<Vec<NamedPlace>> {
    let genes = read_annotation(path, AnnotationDetail::Sites)?.genes;
    Ok(genes
        .into_iter()
        .map(|gene| NamedPlace { tss: gene.tss(), gene_id: gene.gene_id, gene_name: gene.gene_name })
        .collect())
}

/// TSSs in a BED file.
pub(super) fn places_of_bed(path: &Path) -> Result<Vec<NamedPlace>> {
    let sites = read_tss_bed(path)?;
    Ok(sites
        .into_iter()
        .map(|site| NamedPlace { gene_id: site.gene_id, gene_name: site.gene_name, tss: site.tss })
        .collect())
}

/// Where windows come from.
pub(super) struct GenomeSource<'a> {
    pub genome: &'a Path,
    pub index_cache: Option<&'a Path>,
    /// Role of the input that `places` come from.
    pub role: &'static str,
    pub geometry: WindowGeometry,
}

/// Offers a window for every gene in `places` that is measured; returns the contigs that the genome lacks, with the
/// genes on each.
///
/// # Errors
///
/// [`DatasetError::NothingMatches`] where the genome has none of the contigs.
pub(super) fn collect(
    source: &GenomeSource<'_>,
    places: Vec<NamedPlace>,
    collector: &mut Collector<'_>,
    progress: &mut dyn FnMut(PrepareProgress),
) -> Result<BTreeMap<String, usize>> {
    let genome = open_genome_with(source.genome, source.index_cache, &mut |index| {
        progress(PrepareProgress::new(PrepareStage::IndexGenome, index.bytes_done, Some(index.bytes_total)));
    })?;
    let names = ContigNames::new(genome.contigs());
    let unmatched = check_contigs(&names, genome.as_ref(), source, &places)?;

    let lengths: BTreeMap<String, (usize, u64)> =
        genome.contigs().iter().enumerate().map(|(at, contig)| (contig.name.clone(), (at, contig.length))).collect();
    let mut wanted = Vec::new();
    for mut place in places {
        let gene_id = place.gene_id.as_str();
        if !collector.wants(gene_id, source.role, &place.tss.to_string()) {
            continue;
        }
        let Some(contig) = names.resolve(&place.tss.chrom) else {
            collector.qc.drop(gene_id, source.role, DropReason::ContigNotInGenome, &place.tss.chrom);
            continue;
        };
        contig.clone_into(&mut place.tss.chrom);
        let known = GenePlace {
            gene_name: place.gene_name.clone(),
            chrom: Some(contig.to_owned()),
            tss: Some(place.tss.position),
            strand: Some(place.tss.strand),
        };
        let (at, length) = lengths[contig];
        if place.tss.position >= length {
            let detail = format!("{}, but the contig has {length} bases", place.tss);
            collector.qc.drop(gene_id, source.role, DropReason::TssOutsideContig, detail);
            continue;
        }
        collector.places.insert(place.gene_id.clone(), known);
        wanted.push((at, place));
    }

    // In the order of the file, which keeps what is read once in the cache.
    wanted.sort_by(|(at, place), (other_at, other)| {
        (at, place.tss.position, &place.gene_id).cmp(&(other_at, other.tss.position, &other.gene_id))
    });
    let total = Some(wanted.len() as u64);
    for (done, part) in wanted.chunks(REPORT_EVERY as usize).enumerate() {
        progress(PrepareProgress::new(PrepareStage::GenomeWindows, done as u64 * REPORT_EVERY, total));
        let fetch = |(_, place): &(usize, NamedPlace)| fetch_window(genome.as_ref(), &place.tss, source.geometry);
        let windows: Vec<_> = part.par_iter().map(fetch).collect();
        // Offered in their order, so that nothing depends on the number of threads.
        for ((_, place), window) in part.iter().zip(windows) {
            let known = collector.places[&place.gene_id].clone();
            collector.store.offer(&place.gene_id, known, source.role, &window?, &mut collector.qc)?;
        }
    }
    progress(PrepareProgress::new(PrepareStage::GenomeWindows, wanted.len() as u64, total));
    Ok(unmatched)
}

/// Contigs of `places` that the genome lacks, with the genes on each.
fn check_contigs(
    names: &ContigNames,
    genome: &dyn ReferenceGenome,
    source: &GenomeSource<'_>,
    places: &[NamedPlace],
) -> Result<BTreeMap<String, usize>> {
    let mut unmatched = BTreeMap::new();
    for place in places.iter().filter(|place| names.resolve(&place.tss.chrom).is_none()) {
        *unmatched.entry(place.tss.chrom.clone()).or_default() += 1;
    }
    if unmatched.values().sum::<usize>() == places.len() {
        return Err(DatasetError::NothingMatches {
            what: "contig",
            left: source.role.to_owned(),
            left_examples: unmatched.into_keys().take(4).collect(),
            right: format!("genome {}", source.genome.display()),
            right_examples: genome.contigs().iter().take(4).map(|contig| contig.name.clone()).collect(),
        });
    }
    if !unmatched.is_empty() {
        tracing::warn!(?unmatched, "contigs that the genome does not have");
    }
    Ok(unmatched)
}
