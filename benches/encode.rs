//! Encoding of promoters: one-hot encoding of 11 kb windows and k-mer frequencies of 300 bp windows.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use tatabox_sequence::{KmerCounter, encode_one_hot};

/// Aperiodic window, so that the branch predictor cannot learn it.
fn window(length: usize) -> Vec<u8> {
    (0..length as u64).map(|base| ((base.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 61) % 4) as u8).collect()
}

fn one_hot(criterion: &mut Criterion) {
    let codes = window(11_000);
    let mut encoded = vec![0.0; 4 * codes.len()];
    let mut group = criterion.benchmark_group("encode");
    group.throughput(Throughput::Elements(codes.len() as u64));
    group.bench_function("one_hot_11kb", |bencher| bencher.iter(|| encode_one_hot(black_box(&codes), &mut encoded)));
    group.finish();
}

fn kmers(criterion: &mut Criterion) {
    let codes = window(300);
    let counter = KmerCounter::new(1, 5);
    let mut group = criterion.benchmark_group("encode");
    group.throughput(Throughput::Elements(codes.len() as u64));
    group.bench_function("kmers_1_to_5_300bp", |bencher| bencher.iter(|| counter.frequencies(black_box(&codes))));
    group.finish();
}

criterion_group!(benches, one_hot, kmers);
criterion_main!(benches);
