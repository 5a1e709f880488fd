//! Genomes compressed with plain gzip, as Ensembl, NCBI and UCSC publish them (samtools/samtools#237).

use std::io::Write as _;

use super::*;
use crate::sha256_bytes;

/// Forty genes on four contigs, in a genome with the text `genome`, which is a file of the name `name`.
fn config(folder: &Path, name: &str, genome: &[u8]) -> PrepareConfig {
    let mut table = LINES.to_owned();
    let mut bed = String::new();
    for gene in 0..40 {
        writeln!(table, "G{gene}\tNAME{gene}\t{gene}\t{}", 2 * gene + 1).expect("text");
        writeln!(bed, "chr{}\t{}\t{}\tG{gene}\t0\t+", gene % 4 + 1, 100 + gene, 101 + gene).expect("text");
    }
    fs::write(folder.join(name), genome).expect("written");
    PrepareConfig {
        genome: Some(folder.join(name)),
        tss_bed: Some(put(folder, "tss.bed", &bed)),
        ..PrepareConfig::new(put(folder, "tpm.tsv", &table), folder.join("set"), geometry())
    }
}

fn genome() -> String {
    let contig = |number: usize| format!(">chr{number}\n{}\n{}\n", bases(number).repeat(3), bases(number + 9));
    (1..=4).map(contig).collect()
}

#[test]
fn prepare_gzip_genome_gives_the_windows_of_its_text() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(genome().as_bytes()).expect("in memory");
    let packed = encoder.finish().expect("in memory");
    let [plain_folder, gzip_folder] = [(); 2].map(|()| tempfile::tempdir().expect("folder"));
    let plain = config(plain_folder.path(), "genome.fa", genome().as_bytes());
    let gzip = config(gzip_folder.path(), "genome.fa.gz", &packed);
    run(&plain).expect("prepared");
    let (report, dataset) = run(&gzip).expect("prepared");
    assert_eq!(report.kept, 40);
    for file in [GENES_FILE, WINDOWS_FILE, QC_FILE] {
        let bytes = |config: &PrepareConfig| fs::read(config.out_dir.join(file)).expect("read");
        assert_eq!(bytes(&plain), bytes(&gzip), "{file}");
    }
    // The checksum is that of the user's file, not of its unpacked copy.
    let input = dataset.manifest().inputs.iter().find(|input| input.role == "genome").expect("listed");
    assert_eq!((input.sha256.clone(), input.bytes), (sha256_bytes(&packed), packed.len() as u64));
}

#[test]
fn prepare_unreadable_genome_is_found_before_the_sites_are_read() {
    let folder = tempfile::tempdir().expect("folder");
    let mut config = config(folder.path(), "genome.fa", b">chr1\nACGT\n>chr1\nACGT\n");
    config.tss_bed = Some(put(folder.path(), "tss.bed", "not a BED file\n"));
    let message = run(&config).expect_err("refused").to_string();
    assert!(message.contains("contig 'chr1' occurs twice (lines 1 and 3)"), "{message}");
}
