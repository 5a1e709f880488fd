//! Prediction on the CPU: windows a second, one window at a time and in batches.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

mod trial;

fn forward(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("forward");
    group.sample_size(20);
    for (preset, name) in trial::PRESETS {
        for window_bp in [300, 11_000] {
            let trial = trial::trial(preset, window_bp);
            for batch in [1, 32] {
                let windows = trial.windows(batch);
                group.throughput(Throughput::Elements(batch as u64));
                group.bench_function(BenchmarkId::new(name, format!("{batch}x{window_bp}bp")), |bencher| {
                    bencher.iter(|| trial.predict(black_box(&windows)));
                });
            }
        }
    }
    group.finish();
}

criterion_group!(benches, forward);
criterion_main!(benches);
