//! Prediction on the CPU: windows a second, one window at a time and in batches.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use tatabox_model::{DropoutMask, NetworkConfig, Preset, WindowBatcher, cpu};

fn forward(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("forward");
    group.sample_size(20);
    for (preset, name) in [(Preset::Small, "small"), (Preset::Base, "base")] {
        for (window_bp, windows) in [(300, 1), (300, 32), (11_000, 1), (11_000, 8)] {
            let config = NetworkConfig::preset(preset, window_bp, 8);
            let network = config.init(42, &cpu());
            let batcher = WindowBatcher::new(&config, cpu());
            let window: Vec<u8> = (0..window_bp).map(|base| ((base * 7 + base / 5) % 4) as u8).collect();
            let batch: Vec<&[u8]> = vec![&window; windows];
            group.throughput(Throughput::Elements(windows as u64));
            group.bench_function(BenchmarkId::new(name, format!("{windows}x{window_bp}bp")), |bencher| {
                bencher.iter(|| {
                    let batch = batcher.batch(black_box(&batch), window_bp as i64 - 50);
                    network.forward(&batch, &mut DropoutMask::none()).predictions.into_data()
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, forward);
criterion_main!(benches);
