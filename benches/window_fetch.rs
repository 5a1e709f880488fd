//! Fetching of 11 kb TSS windows, in windows/s, from FASTA, bgzip FASTA and 2bit.

use std::fs;
use std::hint::black_box;
use std::io::Write;
use std::path::{Path, PathBuf};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use noodles::bgzf;
use tatabox_sequence::{Strand, Tss, WindowGeometry, fetch_window, open_genome};

const CONTIG: &str = "chr1";
/// Much larger than any buffer, small enough to be written quickly.
const CONTIG_BP: u64 = 8_000_000;
/// Line length of the FASTA files, close to that of UCSC and Ensembl.
const LINE_BP: usize = 60;
const WINDOWS: u64 = 64;

/// Random bases; a regular sequence would be decompressed too fast.
fn contig() -> Vec<u8> {
    (0..CONTIG_BP).map(|base| b"TCAG"[scattered(base, 4) as usize]).collect()
}

/// Pseudorandom number below `range` for each index, the same in every run.
///
/// # Source
/// SplitMix64: Steele et al. 2014, <https://doi.org/10.1145/2714064.2660195>.
fn scattered(index: u64, range: u64) -> u64 {
    let mut mixed = (index + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((u128::from(mixed ^ (mixed >> 31)) * u128::from(range)) >> 64) as u64
}

/// Pseudorandom TSS on the contig; strands alternate.
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
    writer.write_all(text).expect("writing to memory is infallible");
    writer.finish().expect("writing to memory is infallible")
}

/// 2bit file of one contig without unknown or masked bases: T 0, C 1, A 2, G 3; four bases per byte, the first in the high bits.
///
/// # Source
/// <https://genome.ucsc.edu/FAQ/FAQformat.html#format7>
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
    fs::write(&path, bytes).expect("the temporary folder is writable");
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
    let geometry = WindowGeometry::new(10_000, 1_000).expect("a valid length");
    let sites: Vec<Tss> = (0..WINDOWS).map(tss_of).collect();
    let mut group = criterion.benchmark_group("window_fetch");
    group.throughput(Throughput::Elements(WINDOWS));
    for (format, path) in genomes {
        let genome = open_genome(&path).expect("a valid genome file");
        group.bench_function(BenchmarkId::new(format, "11kb"), |bencher| {
            bencher.iter(|| {
                for tss in &sites {
                    black_box(fetch_window(&*genome, tss, geometry).expect("within the contig"));
                }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, window_fetch);
criterion_main!(benches);
