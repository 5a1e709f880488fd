//! In-silico mutagenesis (ISM) around the TSS of one promoter: complete predictions of all mutants, compared with the
//! incremental computation, which recomputes only the positions that a substitution can affect.

use std::hint::black_box;
use std::ops::Range;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

mod network;

const WINDOW_BP: u32 = 11_000;
const POSITIONS: usize = 100;
const NUCLEOTIDES: u8 = 4;

/// Mutated positions around the TSS.
fn positions(window: &[u8]) -> Range<usize> {
    let tss = window.len() - window.len() / 11;
    tss - POSITIONS / 2..tss + POSITIONS / 2
}

/// All single-base substitutions of the window at the mutated positions.
fn mutants(window: &[u8]) -> Vec<Vec<u8>> {
    let substitutions = positions(window).flat_map(|position| (1..NUCLEOTIDES).map(move |step| (position, step)));
    substitutions
        .map(|(position, step)| {
            let mut mutant = window.to_vec();
            mutant[position] = (mutant[position] + step) % NUCLEOTIDES;
            mutant
        })
        .collect()
}

fn ism(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("ism");
    group.sample_size(10);
    for (preset, name) in network::PRESETS {
        let benchmark = network::benchmark(preset, WINDOW_BP);
        let window = benchmark.windows(1).swap_remove(0).bases;
        let mutants = mutants(&window);
        group.throughput(Throughput::Elements(mutants.len() as u64));
        group.bench_function(BenchmarkId::new(name, format!("{}x{WINDOW_BP}bp", mutants.len())), |bencher| {
            bencher.iter(|| benchmark.predict(black_box(&mutants)));
        });
        group.bench_function(BenchmarkId::new(format!("{name}-incremental"), mutants.len()), |bencher| {
            bencher
                .iter(|| benchmark.predictor().substitution_effects(black_box(&window), positions(&window), &|_| ()));
        });
    }
    group.finish();
}

criterion_group!(benches, ism);
criterion_main!(benches);
