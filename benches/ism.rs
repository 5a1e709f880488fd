//! In-silico mutagenesis: every substitution around the TSS of one promoter, predicted in batches.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

mod trial;

const WINDOW_BP: u32 = 11_000;
const POSITIONS: usize = 100;
const NUCLEOTIDES: u8 = 4;

/// The window with each of the three other bases at each of the positions around its TSS.
fn mutants(window: &[u8]) -> Vec<Vec<u8>> {
    let tss = window.len() - window.len() / 11;
    let positions = tss - POSITIONS / 2..tss + POSITIONS / 2;
    let substitutions = positions.flat_map(|position| (1..NUCLEOTIDES).map(move |step| (position, step)));
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
    for (preset, name) in trial::PRESETS {
        let trial = trial::trial(preset, WINDOW_BP);
        let mutants = mutants(&trial.windows(1)[0]);
        group.throughput(Throughput::Elements(mutants.len() as u64));
        group.bench_function(BenchmarkId::new(name, format!("{}x{WINDOW_BP}bp", mutants.len())), |bencher| {
            bencher.iter(|| trial.predict(black_box(&mutants)));
        });
    }
    group.finish();
}

criterion_group!(benches, ism);
criterion_main!(benches);
