//! Where tensors live. The only file that names a backend.

use std::fmt;
use std::str::FromStr;

use burn::tensor::Device;

use crate::error::ModelError;

/// What the user asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DeviceChoice {
    /// A GPU where one can be used, else the CPU.
    #[default]
    Auto,
    /// The CPU.
    Cpu,
    /// The CUDA device of this index; an error where it is missing.
    Cuda(usize),
}

impl FromStr for DeviceChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            "cpu" => Ok(Self::Cpu),
            "cuda" => Ok(Self::Cuda(0)),
            _ => text
                .strip_prefix("cuda:")
                .and_then(|index| index.parse().ok())
                .map(Self::Cuda)
                .ok_or_else(|| format!("unknown device '{text}': expected auto, cpu or cuda:N")),
        }
    }
}

impl fmt::Display for DeviceChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => write!(f, "auto"),
            Self::Cpu => write!(f, "cpu"),
            Self::Cuda(index) => write!(f, "cuda:{index}"),
        }
    }
}

/// A device, and why it was taken.
#[derive(Clone, Debug)]
pub struct SelectedDevice {
    /// The device.
    pub device: Device,
    /// Its name: `cpu` or `cuda:N`.
    pub name: String,
    /// Why it was chosen, for the user to read.
    pub reason: String,
}

impl DeviceChoice {
    /// Finds the device.
    ///
    /// # Errors
    /// [`ModelError::DeviceUnavailable`] if a CUDA device is asked for by name and cannot be used.
    pub fn select(self) -> Result<SelectedDevice, ModelError> {
        match self {
            Self::Cpu => Ok(on_cpu("asked for")),
            Self::Cuda(index) => cuda(index).map_err(|reason| ModelError::DeviceUnavailable {
                device: self.to_string(),
                reason: format!("{reason}; use --device cpu or --device auto"),
            }),
            Self::Auto => Ok(cuda(0).unwrap_or_else(|reason| on_cpu(&reason))),
        }
    }
}

fn on_cpu(reason: &str) -> SelectedDevice {
    SelectedDevice { device: cpu(), name: "cpu".to_owned(), reason: reason.to_owned() }
}

/// The CPU, through the fastest backend that was built in.
pub fn cpu() -> Device {
    #[cfg(feature = "flex")]
    return Device::flex();
    #[cfg(all(feature = "ndarray", not(feature = "flex")))]
    return Device::ndarray();
    #[cfg(not(any(feature = "flex", feature = "ndarray")))]
    compile_error!("build with the feature `flex` (the default) or `ndarray`: each is a CPU backend");
}

/// The CPU backends of this build, by name.
pub fn cpu_backends() -> Vec<(&'static str, Device)> {
    vec![
        #[cfg(feature = "flex")]
        ("flex", Device::flex()),
        #[cfg(feature = "ndarray")]
        ("ndarray", Device::ndarray()),
    ]
}

#[cfg(feature = "cuda")]
fn cuda(index: usize) -> Result<SelectedDevice, String> {
    // burn panics where the driver library is missing, so it is looked for first.
    #[cfg(windows)]
    const DRIVER: &str = "nvcuda.dll";
    #[cfg(not(windows))]
    const DRIVER: &str = "libcuda.so.1";
    // SAFETY: loading the NVIDIA driver runs its initialisers, which is what using the GPU does anyway.
    #[allow(unsafe_code)]
    let driver = unsafe { libloading::Library::new(DRIVER) };
    driver.map_err(|_| format!("no NVIDIA driver was found ({DRIVER} cannot be loaded)"))?;
    let count = Device::enumerate(burn::tensor::DeviceType::Cuda).into_vec().len();
    if index >= count {
        return Err(format!("the driver reports {count} CUDA devices"));
    }
    Ok(SelectedDevice {
        device: Device::cuda(index),
        name: format!("cuda:{index}"),
        reason: format!("the driver reports {count} CUDA devices"),
    })
}

#[cfg(not(feature = "cuda"))]
fn cuda(_index: usize) -> Result<SelectedDevice, String> {
    Err("this binary was built without CUDA; for a GPU build with --features cuda".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn device_names_are_read_and_written_alike() {
        for name in ["auto", "cpu", "cuda:3"] {
            assert_eq!(name.parse::<DeviceChoice>().expect("valid").to_string(), name);
        }
        assert!("gpu".parse::<DeviceChoice>().is_err());
        assert!("cuda:x".parse::<DeviceChoice>().is_err());
    }

    #[cfg(not(feature = "cuda"))]
    #[test]
    fn a_build_without_cuda_says_so_and_auto_falls_back() {
        let message = DeviceChoice::Cuda(0).select().expect_err("no CUDA").to_string();
        assert!(message.contains("--features cuda"), "{message}");
        let selected = DeviceChoice::Auto.select().expect("the CPU is always there");
        assert_eq!(selected.name, "cpu");
        assert!(selected.reason.contains("without CUDA"));
    }
}
