//! Fetching TSS windows of 11 kb from a genome: windows a second from plain FASTA, bgzip FASTA and 2bit.

use std::fs;
use std::hint::black_box;
use std::io::Write;
use std::path::{Path, PathBuf};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use noodles::bgzf;
use tatabox_sequence::{Strand, Tss, WindowGeometry, fetch_window, open_genome};

const CONTIG: &str = "chr1";
/// Far more than a buffer, little enough to be written in a moment.
const CONTIG_BP: u64 = 8_000_000;
/// Letters of a line, as UCSC and Ensembl have it.
const LINE_BP: usize = 60;
const WINDOWS: u64 = 64;

/// Random letters: a regular sequence would be decompressed far too fast.
fn contig() -> Vec<u8> {
    (0..CONTIG_BP).map(|base| b"TCAG"[scattered(base, 4) as usize]).collect()
}

/// A number below `range` for each index, the same in every run.
///
/// # Source
/// SplitMix64: Steele et al. 2014, <https://doi.org/10.1145/2714064.2660195>.
fn scattered(index: u64, range: u64) -> u64 {
    let mut mixed = (index + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((u128::from(mixed ^ (mixed >> 31)) * u128::from(range)) >> 64) as u64
}

/// TSSs all over the contig, on both strands.
fn tss_of(index: u64) -> Tss {
    let strand = if index.is_multiple_of(2) { Strand::Forward } else { Strand::Reverse };
    Tss { chrom: CONTIG.to_owned(), position: scattered(index, CONTIG_BP), strand }
}

fn fasta(letters: &[u8]) -> Vec<u8> {
    let mut text = format!(">{CONTIG}\n").into_bytes();
    for line in letters.chunks(LINE_BP) {
        text.extend(line);
        text.push(b'\n');
    }
    text
}

fn bgzip(text: &[u8]) -> Vec<u8> {
    let mut writer = bgzf::io::Writer::new(Vec::new());
    writer.write_all(text).expect("memory");
    writer.finish().expect("memory")
}

/// One contig without unknown or masked bases, as <https://genome.ucsc.edu/FAQ/FAQformat.html#format7> lays it out:
/// T 0, C 1, A 2, G 3, four bases a byte, the first in the high bits.
fn two_bit(letters: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let push = |bytes: &mut Vec<u8>, field: u32| bytes.extend(field.to_le_bytes());
    for field in [0x1A41_2743, 0, 1, 0] {
        push(&mut bytes, field);
    }
    bytes.push(CONTIG.len() as u8);
    bytes.extend(CONTIG.as_bytes());
    let record = bytes.len() as u32 + 4;
    for field in [record, letters.len() as u32, 0, 0, 0] {
        push(&mut bytes, field);
    }
    let code = |letter: &u8| b"TCAG".iter().position(|known| known == letter).unwrap_or(0) as u8;
    bytes.extend(letters.chunks(4).map(|four| four.iter().fold(0, |byte, letter| byte << 2 | code(letter))));
    bytes
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, bytes).expect("a temporary folder can be written");
    path
}

fn window_fetch(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let letters = contig();
    let text = fasta(&letters);
    let genomes = [
        ("fasta", write(folder.path(), "genome.fa", &text)),
        ("bgzip", write(folder.path(), "genome.fa.gz", &bgzip(&text))),
        ("2bit", write(folder.path(), "genome.2bit", &two_bit(&letters))),
    ];
    let geometry = WindowGeometry::new(10_000, 1_000).expect("a length allowed");
    let places: Vec<Tss> = (0..WINDOWS).map(tss_of).collect();
    let mut group = criterion.benchmark_group("window_fetch");
    group.throughput(Throughput::Elements(WINDOWS));
    for (format, path) in genomes {
        let genome = open_genome(&path).expect("a genome just written");
        group.bench_function(BenchmarkId::new(format, "11kb"), |bencher| {
            bencher.iter(|| {
                for tss in &places {
                    black_box(fetch_window(&*genome, tss, geometry).expect("within the contig"));
                }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, window_fetch);
criterion_main!(benches);
