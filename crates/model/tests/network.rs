//! Networks of every architecture on encoded batches.

use std::sync::Arc;

use burn::optim::{AdamWConfig, GradientsParams};
use burn::tensor::Tensor;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tatabox_model::{
    Architecture, DropoutMask, Loss, NetworkConfig, Precision, Preset, PromoterWindow, WindowBatcher, cpu,
};

/// Window with three random gene features and two random signal tracks.
fn window_with_inputs(index: usize) -> PromoterWindow {
    let mut random = ChaCha8Rng::seed_from_u64(index as u64);
    let mut values = |count: usize| -> Arc<[f32]> { (0..count).map(|_| random.random_range(-1.7..1.7)).collect() };
    PromoterWindow { bases: codes(300), gene_features: Some(values(3)), tracks: Some(values(2 * 300)) }
}

fn of(architecture: Architecture, window_bp: usize, outputs: usize) -> NetworkConfig {
    NetworkConfig::preset(Preset::Small, window_bp, outputs).with_architecture(architecture)
}

fn codes(length: usize) -> Vec<u8> {
    (0..length).map(|base| ((base * 7 + base / 5) % 4) as u8).collect()
}

fn predict(config: &NetworkConfig, window: &[u8], tss_index: i64) -> Vec<f32> {
    let device = cpu();
    let network = config.init(42, &device).expect("valid");
    let batch = WindowBatcher::new(config, device).batch(&[window], tss_index).expect("valid windows");
    network
        .forward(&batch, &mut DropoutMask::none())
        .expect("the batch of this network")
        .predictions
        .into_data()
        .try_to_vec()
        .expect("f32")
}

#[test]
fn network_windows_from_60_bp_to_20_kb_give_finite_predictions() {
    for architecture in Architecture::ALL {
        for window_bp in [60, 61, 300, 1000, 3000, 11_000, 20_000] {
            let config = of(architecture, window_bp, 3);
            let predictions = predict(&config, &codes(window_bp), window_bp as i64 / 2);
            assert_eq!(predictions.len(), 3);
            assert!(predictions.iter().all(|value| value.is_finite()), "{architecture}, {window_bp} bp");
        }
    }
}

#[test]
fn network_padding_with_n_has_no_effect() {
    let window = codes(304);
    // N over 10 positions of 8 bp upstream and 3 downstream.
    let mut padded = vec![4; 80];
    padded.extend(&window);
    padded.extend([4; 24]);
    for architecture in Architecture::ALL {
        let config = of(architecture, 300, 2);
        let (plain, padded) = (predict(&config, &window, 250), predict(&config, &padded, 330));
        for (plain, padded) in plain.iter().zip(&padded) {
            assert!((plain - padded).abs() < 1e-5, "{architecture}: {plain} against {padded}");
        }
    }
}

#[test]
fn network_prediction_is_independent_of_the_batch() {
    let (first, mut second) = (codes(300), codes(300));
    second.reverse();
    for architecture in Architecture::ALL {
        let config = of(architecture, 300, 2);
        let device = cpu();
        let network = config.init(42, &device).expect("valid");
        let batch = WindowBatcher::new(&config, device).batch(&[&first, &second], 250).expect("valid windows");
        let together: Vec<f32> = network
            .forward(&batch, &mut DropoutMask::none())
            .expect("the batch of this network")
            .predictions
            .into_data()
            .try_to_vec()
            .expect("f32");
        let alone = predict(&config, &second, 250);
        for (together, alone) in together[2..].iter().zip(&alone) {
            assert!((together - alone).abs() < 1e-5, "{architecture}");
        }
    }
}

#[test]
fn network_auxiliary_inputs_affect_only_their_window() {
    let device = cpu();
    for architecture in Architecture::ALL {
        let config =
            NetworkConfig::preset(Preset::Small, 300, 2).with_auxiliary_inputs(3, 2).with_architecture(architecture);
        let network = config.init(42, &device).expect("valid");
        let windows: Vec<PromoterWindow> = (0..3).map(window_with_inputs).collect();
        let batcher = WindowBatcher::new(&config, device.clone());
        let predict = |windows: &[PromoterWindow]| -> Vec<f32> {
            let output = network
                .forward(&batcher.batch(windows, 250).expect("valid windows"), &mut DropoutMask::none())
                .expect("the batch of this network");
            output.predictions.into_data().try_to_vec().expect("f32")
        };
        let together = predict(&windows);
        assert!((together[0] - together[2]).abs() > 1e-4, "{architecture}: the same bases, other inputs");
        for (window, together) in windows.iter().zip(together.chunks_exact(2)) {
            let alone = predict(std::slice::from_ref(window));
            assert!(alone.iter().zip(together).all(|(one, other)| (one - other).abs() < 1e-5), "{architecture}");
        }
    }
}

#[test]
fn network_precisions_agree_within_rounding() {
    let (device, window) = (cpu(), codes(300));
    for architecture in Architecture::ALL {
        let config = of(architecture, 300, 2);
        let network = config.init(42, &device).expect("valid");
        let full = predict(&config, &window, 250);
        for (precision, tolerance) in [(Precision::F32, 1e-7), (Precision::F16, 2e-3), (Precision::Bf16, 1e-2)] {
            let batcher = WindowBatcher::new(&config, device.clone()).with_precision(precision);
            let output = network
                .forward(&batcher.batch(&[&window], 250).expect("valid windows"), &mut DropoutMask::none())
                .expect("the batch of this network");
            let reduced: Vec<f32> = output.predictions.into_data().try_to_vec().expect("f32");
            for (reduced, full) in reduced.iter().zip(&full) {
                assert!((reduced - full).abs() < tolerance, "{architecture}, {precision}: {reduced} and {full}");
            }
        }
    }
}

#[test]
fn network_overfits_eight_windows() {
    let device = cpu().autodiff();
    let mut bases = ChaCha8Rng::seed_from_u64(42);
    let windows: Vec<Vec<u8>> = (0..8).map(|_| (0..120).map(|_| bases.random_range(0..4)).collect()).collect();
    let windows: Vec<&[u8]> = windows.iter().map(Vec::as_slice).collect();
    let targets = Tensor::<2>::from_floats([[-1.5], [-1.0], [-0.5], [0.0], [0.3], [0.7], [1.0], [1.5]], &device);
    for architecture in Architecture::ALL {
        let config = of(architecture, 120, 1);
        let batch = WindowBatcher::new(&config, device.clone()).batch(&windows, 100).expect("valid windows");
        let mut network = config.init(42, &device).expect("valid");
        let mut optimizer = AdamWConfig::new().init();
        let mut loss_of_step = Vec::new();
        for _ in 0..200 {
            let output = network.forward(&batch, &mut DropoutMask::none()).expect("the batch of this network");
            let loss = Loss::Mse.masked(output.predictions, targets.clone(), targets.ones_like());
            let gradients = GradientsParams::from_grads(loss.backward(), &network);
            network = optimizer.step(3e-3, network, gradients);
            loss_of_step.push(loss.into_scalar::<f32>());
        }
        // Predicting the mean has a loss of 0.98, the variance of the targets.
        assert!(loss_of_step[0] > 0.5, "{architecture}: {}", loss_of_step[0]);
        assert!(loss_of_step[199] < 0.01, "{architecture}: {}", loss_of_step[199]);
    }
}

#[cfg(all(feature = "flex", feature = "ndarray"))]
#[test]
fn network_cpu_backends_agree() {
    let config = NetworkConfig::preset(Preset::Small, 300, 2);
    let window = codes(300);
    let weights = config.init(42, &cpu()).expect("valid").into_record();
    let predictions: Vec<Vec<f32>> = cpu_backends()
        .into_iter()
        .map(|(_, device)| {
            let network = config.init(1, &device).expect("valid").load_record(weights.clone());
            let batch = WindowBatcher::new(&config, device).batch(&[&window], 250).expect("valid windows");
            let output = network.forward(&batch, &mut DropoutMask::none()).expect("the batch of this network");
            output.predictions.into_data().try_to_vec().expect("f32")
        })
        .collect();
    for (one, other) in predictions[0].iter().zip(&predictions[1]) {
        assert!((one - other).abs() < 1e-5, "{one} against {other}");
    }
}
