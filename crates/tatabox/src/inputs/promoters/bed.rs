//! Promoters of TSSs on a genome.

use std::iter;
use std::path::Path;

use rayon::prelude::*;
use tatabox_dataset::Extent;
use tatabox_sequence::{
    ContigNames, GeneTss, ReferenceGenome, SequenceError, Tss, UNKNOWN, WindowGeometry, fetch_window, read_tss_bed,
};

use super::{AuxiliaryReaders, GenomeSource, Promoter, Promoters, Shard};
use crate::error::{Context, Result, bail};
use crate::inputs::open_genome;
use crate::observer::Observer;

/// Contig names shown of each side in an error.
const EXAMPLES: usize = 3;

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
    let sites = read_tss_bed(path)?;
    let geometry = WindowGeometry::new(extent.upstream_bp, extent.downstream_bp).context("the model's extent")?;
    let genome = open_genome(genome, observer)?;
    let names = ContigNames::new(genome.contigs());
    check_contigs(&sites, &names, genome.as_ref(), path)?;
    let promoter = move |site: GeneTss| {
        let (window, notes) = match fetch(genome.as_ref(), &names, &site.tss, geometry)? {
            Ok(window) => (window, Vec::new()),
            Err(reason) => (vec![UNKNOWN; geometry.len()], vec![reason]),
        };
        let mut promoter = Promoter::with_auxiliary(site.gene_id, window, Some(site.tss), extent, &auxiliary)?;
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

fn check_contigs(sites: &[GeneTss], names: &ContigNames, genome: &dyn ReferenceGenome, bed: &Path) -> Result<()> {
    if sites.iter().any(|site| names.resolve(&site.tss.chrom).is_some()) {
        return Ok(());
    }
    let first = |all: &mut dyn Iterator<Item = &str>| all.take(EXAMPLES).collect::<Vec<_>>().join(", ");
    bail!(
        "no contig of {} is in {}: the first has {}, the second {}; check that both are of the same assembly",
        bed.display(),
        genome.path().display(),
        first(&mut sites.iter().map(|site| site.tss.chrom.as_str())),
        first(&mut genome.contigs().iter().map(|contig| contig.name.as_str()))
    )
}
