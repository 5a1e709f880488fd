//! Promoters of TSSs on a genome.

use std::iter;
use std::path::Path;

use rayon::prelude::*;
use tatabox_dataset::Extent;
use tatabox_sequence::{
    ContigNames, GeneTss, ReferenceGenome, SequenceError, Tss, UNKNOWN, WindowGeometry, check_sites, fetch_window,
    read_promoter_bed,
};

use super::{AuxiliaryReaders, GenomeSource, Promoter, Promoters, Shard};
use crate::error::{Context, Result};
use crate::inputs::open_genome;
use crate::observer::Observer;

/// Windows fetched in parallel.
const FETCHED_TOGETHER: usize = 64;

pub(super) fn open(
    path: &Path,
    genome: &GenomeSource,
    shard: Option<Shard>,
    extent: Extent,
    auxiliary: AuxiliaryReaders,
    observer: &dyn Observer,
) -> Result<Promoters> {
    let sites = read_promoter_bed(path)?;
    let geometry = WindowGeometry::new(extent.upstream_bp, extent.downstream_bp).context("the model's extent")?;
    let genome = open_genome(genome, observer)?;
    let names = ContigNames::new(genome.contigs());
    check_assembly(&sites, path, &names, genome.as_ref(), &auxiliary, observer)?;
    let promoter = move |site: GeneTss| {
        let (window, notes) = match fetch(genome.as_ref(), &names, &site.tss, geometry)? {
            Ok(window) => (window, Vec::new()),
            Err(reason) => (vec![UNKNOWN; geometry.len()], vec![reason]),
        };
        let mut promoter = Promoter::with_auxiliary(
            site.gene_id,
            site.gene_name.as_deref(),
            window,
            Some(site.tss),
            extent,
            &auxiliary,
        )?;
        promoter.notes.splice(0..0, notes);
        Ok(promoter)
    };
    // The contigs of all sites are checked above, also for a part of them.
    let (first, count) = shard.map_or((0, u64::MAX), |shard| shard.part_of(sites.len() as u64));
    let mut sites = sites.into_iter().skip(first as usize).take(count as usize);
    let groups = iter::from_fn(move || {
        let group: Vec<GeneTss> = sites.by_ref().take(FETCHED_TOGETHER).collect();
        let fetched: Vec<Result<Promoter>> = group.into_par_iter().map(&promoter).collect();
        (!fetched.is_empty()).then_some(fetched)
    });
    Ok(Box::new(groups.flatten()))
}

/// Compares the TSSs and the signal tracks with the genome; warns of TSSs that it lacks.
fn check_assembly(
    sites: &[GeneTss],
    bed: &Path,
    names: &ContigNames,
    genome: &dyn ReferenceGenome,
    auxiliary: &AuxiliaryReaders,
    observer: &dyn Observer,
) -> Result<()> {
    for warning in check_sites(bed, sites.iter().map(|site| &site.tss), genome, names)?.warnings() {
        observer.warn(&warning);
    }
    auxiliary.check_genome(sites, names, genome, observer)
}

/// The window of a TSS, or why it has none.
fn fetch(
    genome: &dyn ReferenceGenome,
    names: &ContigNames,
    tss: &Tss,
    geometry: WindowGeometry,
) -> Result<Result<Vec<u8>, String>> {
    let Some(contig) = names.resolve(&tss.chrom) else {
        return Ok(Err(format!("{} is not in the genome", tss.chrom)));
    };
    match fetch_window(genome, &Tss { chrom: contig.to_owned(), ..tss.clone() }, geometry) {
        Ok(window) => Ok(Ok(window.into_codes())),
        Err(SequenceError::TssOutsideContig { length, .. }) => {
            Ok(Err(format!("{contig} ends at {length}, before the TSS")))
        }
        Err(error) => Err(error.into()),
    }
}
