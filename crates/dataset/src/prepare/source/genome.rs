//! Windows extracted from a reference genome around annotated TSSs.

use std::collections::BTreeMap;

use rayon::prelude::*;
use tatabox_sequence::{ContigNames, ReferenceGenome, Tss, WindowGeometry, fetch_window};

use super::gene_tss::GeneTss;
use crate::drop_reason::DropReason;
use crate::error::Result;
use crate::prepare::candidate::GeneMetadata;
use crate::prepare::collector::Collector;
use crate::prepare::progress::{PrepareProgress, PrepareStage, REPORT_EVERY};
use crate::prepare::row_match::SourceGene;
use crate::prepared::TssOrigin;

/// Source of the windows.
pub(crate) struct GenomeSource<'a> {
    pub genome: &'a dyn ReferenceGenome,
    /// Genome's names of the contigs in the annotation.
    pub names: ContigNames,
    /// Role of the input that provides the TSSs.
    pub role: &'static str,
    pub geometry: WindowGeometry,
}

/// Contigs with TSSs, compared with those of the genome.
pub(crate) struct ContigMatch {
    /// Number of contigs that the genome has.
    pub matched: usize,
    /// Contigs that it lacks, with their numbers of genes.
    pub unmatched: BTreeMap<String, usize>,
}

/// Window to extract.
struct WindowRequest {
    gene_id: String,
    /// Index of the contig in the genome file.
    contig: usize,
    tss: Tss,
    metadata: GeneMetadata,
}

/// Offers a window for every measured gene in `sites`, whose matches are `genes`, and for its alternative TSSs. Returns
/// how the contigs match.
///
/// # Errors
///
/// The errors of reading the genome.
pub(crate) fn collect(
    source: &GenomeSource<'_>,
    sites: Vec<GeneTss>,
    genes: &[SourceGene],
    collector: &mut Collector<'_>,
    progress: &mut dyn FnMut(PrepareProgress),
) -> Result<ContigMatch> {
    let genome = source.genome;
    let names = &source.names;
    let contig_match = ContigMatch::new(names, &sites);
    collector.contigs.extend(genome.contigs().iter().map(|contig| contig.name.clone()));
    collector.contigs.extend(contig_match.unmatched.keys().cloned());

    let contigs: BTreeMap<&str, (usize, u64)> =
        genome.contigs().iter().enumerate().map(|(at, contig)| (contig.name.as_str(), (at, contig.length))).collect();
    let mut requests = Vec::new();
    for (mut named, gene) in sites.into_iter().zip(genes) {
        let gene_id = named.gene_id.as_str();
        if !collector.accepts(gene, source.role, &named.tss.to_string()) {
            continue;
        }
        let Some(contig) = names.resolve(&named.tss.chrom) else {
            collector.qc.drop(gene_id, source.role, DropReason::ContigNotInGenome, &named.tss.chrom);
            continue;
        };
        let (at, length) = contigs[contig];
        if named.tss.position >= length {
            let detail = format!("{}, but the contig has {length} bases", named.tss);
            collector.qc.drop(gene_id, source.role, DropReason::TssOutsideContig, detail);
            continue;
        }
        let alternatives: Vec<_> = named.alternatives.drain(..).filter(|chosen| chosen.tss.position < length).collect();
        let window = |gene_id: String, tss: &Tss, origin: TssOrigin| {
            let tss = Tss { chrom: contig.to_owned(), ..tss.clone() };
            let metadata = GeneMetadata {
                gene_name: named.gene_name.clone(),
                chrom: Some(tss.chrom.clone()),
                tss: Some(tss.position),
                strand: Some(tss.strand),
                tss_origin: Some(origin),
                promoter: named.promoter.clone().filter(|_| gene_id == named.gene_id),
                alternative_of: (gene_id != named.gene_id).then(|| named.gene_id.clone()),
            };
            WindowRequest { gene_id, contig: at, tss, metadata }
        };
        let own = window(named.gene_id.clone(), &named.tss, named.origin.clone());
        collector.annotated.insert(own.gene_id.clone(), own.metadata.clone());
        requests.push(own);
        let alternatives = alternatives.iter().enumerate();
        requests.extend(
            alternatives
                .map(|(index, chosen)| window(named.alternative_id(index), &chosen.tss, TssOrigin::from(chosen))),
        );
    }

    // File order makes good use of the read cache.
    requests.sort_by(|one, other| {
        (one.contig, one.tss.position, &one.gene_id).cmp(&(other.contig, other.tss.position, &other.gene_id))
    });
    let total = Some(requests.len() as u64);
    for (done, part) in requests.chunks(REPORT_EVERY as usize).enumerate() {
        progress(PrepareProgress::new(PrepareStage::GenomeWindows, done as u64 * REPORT_EVERY, total));
        let fetch = |request: &WindowRequest| fetch_window(genome, &request.tss, source.geometry);
        let windows: Vec<_> = part.par_iter().map(fetch).collect();
        // Windows are offered in request order, so the result does not depend on the number of threads.
        for (request, window) in part.iter().zip(windows) {
            let metadata = request.metadata.clone();
            collector.store.offer(&request.gene_id, metadata, source.role, &window?, &mut collector.qc)?;
        }
    }
    progress(PrepareProgress::new(PrepareStage::GenomeWindows, requests.len() as u64, total));
    Ok(contig_match)
}

impl ContigMatch {
    fn new(names: &ContigNames, sites: &[GeneTss]) -> Self {
        let mut genes: BTreeMap<String, usize> = BTreeMap::new();
        for site in sites {
            *genes.entry(site.tss.chrom.clone()).or_default() += 1;
        }
        let total = genes.len();
        let unmatched: BTreeMap<_, _> = genes.into_iter().filter(|(name, _)| names.resolve(name).is_none()).collect();
        Self { matched: total - unmatched.len(), unmatched }
    }
}
