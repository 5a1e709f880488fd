//! Prediction on the CPU, in windows/s: single windows and batches.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

mod network;

fn forward(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("forward");
    group.sample_size(20);
    for (preset, name) in network::PRESETS {
        for window_bp in [300, 11_000] {
            let benchmark = network::benchmark(preset, window_bp);
            for batch in [1, 32] {
                let windows = benchmark.windows(batch);
                group.throughput(Throughput::Elements(batch as u64));
                group.bench_function(BenchmarkId::new(name, format!("{batch}x{window_bp}bp")), |bencher| {
                    bencher.iter(|| benchmark.predict(black_box(&windows)));
                });
            }
        }
    }
    group.finish();
}

criterion_group!(benches, forward);
criterion_main!(benches);
