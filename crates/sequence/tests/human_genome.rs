//! Windows cut from a genome against promoter records of the same genes, on real human data.
//!
//! Without human data nothing is run.

#[path = "support/human_data.rs"]
mod human_data;

use std::collections::BTreeMap;

use tatabox_sequence::{
    AnnotationDetail, ContigNames, FastaRecords, IndexProgress, Sequence, SequenceError, Strand, WindowGeometry,
    chromosome_of, fetch_window, open_genome, open_genome_with, read_annotation, read_tss_bed, window_from_record,
};

use human_data::human_data;

/// Whether every base known in both is the same, of at least `least` such bases.
fn agree(a: &Sequence, b: &Sequence, least: usize) -> bool {
    let known = a.codes().iter().zip(b.codes()).filter(|&(&x, &y)| x < 4 && y < 4);
    let (mut compared, mut equal) = (0, 0);
    for (x, y) in known {
        compared += 1;
        equal += usize::from(x == y);
    }
    compared >= least && equal == compared
}

/// Most records agree with their window base for base. The rest are on another promoter, spell another allele or could
/// not be placed, so the counts below are floors set a little under those seen, and not a check of every gene.
///
/// Where the TSS is said to be differs by one base between sources. Read from the initiator (pyrimidine, then purine at
/// the TSS), the BED file is one base low for the LRG sites off chromosome 1, on both strands, and `tss_offset` one base
/// short for forward LRG records and reverse haplotype records. So a forward record is tried as it is, and a reverse
/// one as it is and moved by one base.
#[test]
fn genome_windows_equal_promoter_records_on_both_strands() {
    let Some(folder) = human_data() else { return };
    let genome = open_genome(folder.join("hg38_sparse.fa.gz")).unwrap();
    let names = ContigNames::new(genome.contigs());
    let geometry = WindowGeometry::new(4_000, 900).unwrap();
    let mut sites = BTreeMap::new();
    for site in read_tss_bed(folder.join("tss.bed")).unwrap() {
        assert_eq!(names.resolve(&site.tss.chrom), Some(site.tss.chrom.as_str()));
        sites.insert(site.gene_id, site.tss);
    }
    assert_eq!(sites.len(), 1_064);

    for (file, least_forward, least_reverse) in
        [("promoters_11kb.fa.gz", 190, 240), ("promoters_5900bp.fa.gz", 360, 420)]
    {
        let mut agreeing = BTreeMap::from([(Strand::Forward, 0), (Strand::Reverse, 0)]);
        for record in FastaRecords::open(folder.join(file)).unwrap() {
            let record = record.unwrap();
            let Some(tss) = sites.get(&record.id) else { continue };
            if record.header_field("strand") != Some(tss.strand.to_string().as_str()) {
                continue;
            }
            let tss_offset: usize = record.header_field("tss_offset").unwrap().parse().unwrap();
            let window = fetch_window(&*genome, tss, geometry).unwrap();
            let shifts = if tss.strand == Strand::Forward { 0..1 } else { 0..2 };
            let found = shifts.into_iter().any(|shift| {
                agree(&window_from_record(&record.sequence, tss_offset + shift, geometry), &window, 4_000)
            });
            *agreeing.get_mut(&tss.strand).unwrap() += i32::from(found);
        }
        assert!(agreeing[&Strand::Forward] >= least_forward, "{file}: {agreeing:?}");
        assert!(agreeing[&Strand::Reverse] >= least_reverse, "{file}: {agreeing:?}");
    }
}

#[test]
fn annotation_and_genome_fit_each_other() {
    let Some(folder) = human_data() else { return };
    let genome = open_genome(folder.join("hg38_sparse.fa.gz")).unwrap();
    let names = ContigNames::new(genome.contigs());
    let annotation = read_annotation(folder.join("annotation.gtf.gz"), AnnotationDetail::Sites).unwrap();
    assert_eq!(annotation.genes.len(), 515);
    assert!(annotation.orphan_transcripts.is_empty());
    let on_genome = annotation.genes.iter().filter(|gene| {
        names.resolve(&gene.chrom).is_some_and(|name| gene.tss().position < genome.contig_length(name).unwrap())
    });
    assert_eq!(on_genome.count(), 515);
    assert_eq!(annotation.genes[0].gene_name.as_deref(), Some("COL1A1"));
    // COL1A1 is on the reverse strand and ends at base 50,201,639 counted from 1.
    assert_eq!(annotation.genes[0].tss().to_string(), "chr17:50201638(-)");
    assert_eq!(chromosome_of(&genome.contigs()[28].name), "chr6");
}

#[test]
fn the_index_made_is_the_index_of_samtools_and_bgzip() {
    let Some(folder) = human_data() else { return };
    let scratch = tempfile::tempdir().unwrap();
    let genome = scratch.path().join("hg38_sparse.fa.gz");
    std::os::unix::fs::symlink(folder.join("hg38_sparse.fa.gz").canonicalize().unwrap(), &genome).unwrap();
    let mut last = None;
    open_genome_with(&genome, None, &mut |progress: IndexProgress| last = Some(progress)).unwrap();
    let last = last.unwrap();
    assert_eq!(last.bytes_done, last.bytes_total);
    for ending in ["fai", "gzi"] {
        let made = std::fs::read(genome.with_added_extension(ending)).unwrap();
        let given = std::fs::read(folder.join("hg38_sparse.fa.gz").with_added_extension(ending)).unwrap();
        assert!(made == given, "{ending} differs: {} and {} bytes", made.len(), given.len());
    }
}

#[test]
fn a_table_given_for_sequence_is_refused() {
    let Some(folder) = human_data() else { return };
    let error = FastaRecords::open(folder.join("expression.tsv.gz")).map(|_| ()).unwrap_err();
    assert!(matches!(error, SequenceError::NotFasta { .. }), "{error}");
    let error = open_genome(folder.join("promoters_300bp.fa.gz")).map(|_| ()).unwrap_err();
    assert!(matches!(error, SequenceError::NotBgzip { .. }), "{error}");
}
