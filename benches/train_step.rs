//! Training steps on the CPU, in windows/s.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

mod network;

fn train_step(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("train_step");
    group.sample_size(10);
    for (preset, name) in network::PRESETS {
        for (window_bp, batch) in [(300, 64), (11_000, 16)] {
            let mut benchmark = network::benchmark(preset, window_bp);
            let windows = benchmark.windows(batch);
            group.throughput(Throughput::Elements(batch as u64));
            group.bench_function(BenchmarkId::new(name, format!("{batch}x{window_bp}bp")), |bencher| {
                bencher.iter(|| benchmark.train_step(black_box(&windows)));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, train_step);
criterion_main!(benches);
