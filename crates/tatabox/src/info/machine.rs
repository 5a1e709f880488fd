//! Version, processor and devices.

use serde::Serialize;
use tatabox_model::{DeviceChoice, SelectedDevice, cpu_backends};

/// Version, built-in backends, processor and devices.
///
/// # Examples
///
/// ```
/// let machine = tatabox::info::Machine::detect();
/// assert!(machine.devices[0].usable && machine.cores >= 1);
/// ```
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Machine {
    /// Version of tatabox.
    pub version: &'static str,
    /// Built-in CPU backends, the default first, and GPU support.
    pub features: Vec<&'static str>,
    /// Operating system and architecture.
    pub platform: String,
    /// Number of threads that compute.
    pub threads: usize,
    /// Number of CPU cores.
    pub cores: usize,
    /// Vector instructions of the processor that speed networks up.
    pub vector_instructions: Vec<&'static str>,
    /// The CPU and the GPUs.
    pub devices: Vec<FoundDevice>,
}

/// Device, and why it can or cannot be used.
///
/// # Examples
///
/// ```
/// let machine = tatabox::info::Machine::detect();
/// assert_eq!(machine.devices[0].name, "cpu");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FoundDevice {
    /// Name: `cpu` or `cuda:N`.
    pub name: String,
    /// Whether it can compute.
    pub usable: bool,
    /// Why it can or cannot.
    pub reason: String,
}

impl Machine {
    /// Detects processor and devices.
    pub fn detect() -> Self {
        let mut features: Vec<&str> = cpu_backends().into_iter().map(|(name, _)| name).collect();
        if cfg!(feature = "cuda") {
            features.push("cuda");
        }
        Self {
            version: env!("CARGO_PKG_VERSION"),
            features,
            platform: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            threads: rayon::current_num_threads(),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            vector_instructions: vector_instructions(),
            devices: devices(),
        }
    }
}

/// The CPU and every usable GPU; where no GPU is usable, the first one and the reason.
fn devices() -> Vec<FoundDevice> {
    let usable = |device: SelectedDevice| FoundDevice { name: device.name, usable: true, reason: device.reason };
    let backend = cpu_backends().first().map_or("no", |(name, _)| *name);
    let cpu = FoundDevice { name: "cpu".to_owned(), usable: true, reason: format!("through the {backend} backend") };
    let gpus: Vec<FoundDevice> = (0..).map_while(|index| DeviceChoice::Cuda(index).select().ok()).map(usable).collect();
    let missing = match DeviceChoice::Auto.select() {
        // The reason of the fallback states why no GPU is usable.
        Ok(device) if gpus.is_empty() => {
            Some(FoundDevice { name: DeviceChoice::Cuda(0).to_string(), usable: false, reason: device.reason })
        }
        _ => None,
    };
    [cpu].into_iter().chain(gpus).chain(missing).collect()
}

fn vector_instructions() -> Vec<&'static str> {
    #[cfg(target_arch = "x86_64")]
    let found = [
        ("AVX2", std::is_x86_feature_detected!("avx2")),
        ("FMA", std::is_x86_feature_detected!("fma")),
        ("AVX-512", std::is_x86_feature_detected!("avx512f")),
    ];
    #[cfg(target_arch = "aarch64")]
    let found = [("NEON", std::arch::is_aarch64_feature_detected!("neon"))];
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    let found: [(&str, bool); 0] = [];
    found.into_iter().filter_map(|(name, is_present)| is_present.then_some(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machine_cpu_is_usable_and_a_missing_gpu_has_a_reason() {
        let machine = Machine::detect();
        assert!(machine.devices[0].usable && machine.threads >= 1 && !machine.features.is_empty());
        let gpu = machine.devices.iter().find(|device| device.name == "cuda:0").expect("listed in any case");
        assert!(!gpu.reason.is_empty());
    }
}
