//! What the program finds on this machine.

use std::fmt::Write;
use std::path::PathBuf;

use anyhow::Result;
use serde::Serialize;
use tatabox_model::{DeviceChoice, SelectedDevice, cpu_backends};

use crate::resolve::locations as locate;

/// Version, processor, devices and folders.
#[derive(Serialize)]
pub(super) struct Machine {
    version: &'static str,
    /// CPU backends and GPU support that were built in; the first backend is the one in use.
    features: Vec<&'static str>,
    platform: String,
    threads: usize,
    cores: usize,
    /// Vector instructions that the processor has, of those that speed the network up.
    vector_instructions: Vec<&'static str>,
    devices: Vec<FoundDevice>,
    /// The model that comes with the program.
    model: Option<PathBuf>,
    state_folder: Option<PathBuf>,
    cache_folder: Option<PathBuf>,
}

/// A device, and why it can or cannot be used.
#[derive(Serialize)]
struct FoundDevice {
    name: String,
    usable: bool,
    reason: String,
}

impl Machine {
    /// Looks around.
    pub(super) fn look() -> Self {
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
            model: locate::beside_program(locate::SHIPPED_MODEL),
            state_folder: locate::state_dir(),
            cache_folder: locate::cache_dir(),
        }
    }

    pub(super) fn to_text(&self) -> Result<String> {
        let mut text = String::new();
        let folder =
            |path: &Option<PathBuf>| path.as_ref().map_or("none".to_owned(), |path| path.display().to_string());
        let vectors = if self.vector_instructions.is_empty() {
            "no wide vector instructions".to_owned()
        } else {
            self.vector_instructions.join(", ")
        };
        writeln!(text, "tatabox     {}, built with {}", self.version, self.features.join(", "))?;
        writeln!(text, "platform    {}, {} cores, {vectors}", self.platform, self.cores)?;
        writeln!(text, "threads     {}", self.threads)?;
        for device in &self.devices {
            let usable = if device.usable { "usable" } else { "not usable" };
            writeln!(text, "{:<12}{usable}: {}", device.name, device.reason)?;
        }
        writeln!(text, "model       {}", folder(&self.model))?;
        writeln!(text, "state       {}", folder(&self.state_folder))?;
        writeln!(text, "cache       {}", folder(&self.cache_folder))?;
        Ok(text)
    }
}

/// The CPU, and every GPU that can be used; where none can, the first and why.
fn devices() -> Vec<FoundDevice> {
    let usable = |device: SelectedDevice| FoundDevice { name: device.name, usable: true, reason: device.reason };
    let backend = cpu_backends().first().map_or("no", |(name, _)| *name);
    let cpu = FoundDevice { name: "cpu".to_owned(), usable: true, reason: format!("through the {backend} backend") };
    let gpus: Vec<FoundDevice> = (0..).map_while(|index| DeviceChoice::Cuda(index).select().ok()).map(usable).collect();
    let missing = match DeviceChoice::Auto.select() {
        // What it falls back to says why.
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
    found.into_iter().filter_map(|(name, there)| there.then_some(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cpu_is_always_there_and_a_missing_gpu_is_explained() {
        let machine = Machine::look();
        assert!(machine.devices[0].usable);
        assert!(machine.threads >= 1 && machine.cores >= 1);
        let text = machine.to_text().expect("text");
        assert!(text.contains("cuda:0"), "{text}");
        assert!(!machine.features.is_empty());
    }
}
