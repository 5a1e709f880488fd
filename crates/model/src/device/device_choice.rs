//! Selection of a device. This is the only file that names a backend, apart from the GRU kernels.

use std::str::FromStr;
use std::{fmt, iter};

use burn::tensor::Device;

use super::precision::Precision;
use crate::error::ModelError;

const CPU: &str = "cpu";

/// Requested device.
///
/// # Examples
/// ```
/// use tatabox_model::DeviceChoice;
///
/// assert_eq!("cuda:1".parse(), Ok(DeviceChoice::Cuda(1)));
/// let device = DeviceChoice::Cpu.select()?;
/// assert_eq!((device.name.as_str(), device.is_queued()), ("cpu", false));
/// # Ok::<(), tatabox_model::ModelError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DeviceChoice {
    /// A GPU where one can be used, otherwise the CPU.
    #[default]
    Auto,
    /// The CPU.
    Cpu,
    /// The CUDA device with this index; an error where it is missing.
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

/// Selected device, with the reason for the choice.
#[derive(Clone, Debug)]
pub struct SelectedDevice {
    /// The device, or the first of several.
    pub device: Device,
    /// Name: `cpu`, `cuda:N`, or several names joined by commas.
    pub name: String,
    /// Reason for the choice, as a text for the user.
    pub reason: String,
    /// Further devices of the same kind that share the training.
    pub others: Vec<Device>,
    /// Number format of convolutions and large products.
    pub precision: Precision,
}

impl SelectedDevice {
    fn new(device: Device, name: String, reason: String) -> Self {
        Self { device, name, reason, others: Vec::new(), precision: Precision::F32 }
    }

    /// Whether the device executes a queue of operations, so that reading a value waits for all previous ones.
    pub fn is_queued(&self) -> bool {
        self.name != CPU
    }

    /// The same device, computing in `precision`.
    ///
    /// # Errors
    /// [`ModelError::PrecisionUnsupported`]
    pub fn with_precision(self, precision: Precision) -> Result<Self, ModelError> {
        self.check_precision(precision)?;
        Ok(Self { precision, ..self })
    }

    pub(crate) fn check_precision(&self, precision: Precision) -> Result<(), ModelError> {
        let mut devices = iter::once(&self.device).chain(&self.others);
        if devices.all(|device| device.supports_dtype(precision.dtype())) {
            return Ok(());
        }
        Err(ModelError::PrecisionUnsupported { device: self.name.clone(), precision: precision.to_string() })
    }
}

impl fmt::Display for SelectedDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name, self.reason)?;
        match self.precision {
            Precision::F32 => Ok(()),
            precision => write!(f, ", products in {precision}"),
        }
    }
}

impl DeviceChoice {
    /// Selects the device.
    ///
    /// # Errors
    /// [`ModelError::DeviceUnavailable`] where a CUDA device is requested by name and cannot be used.
    pub fn select(self) -> Result<SelectedDevice, ModelError> {
        match self {
            Self::Cpu => Ok(on_cpu("requested")),
            Self::Cuda(index) => {
                cuda(index).map_err(|reason| ModelError::DeviceUnavailable { device: self.to_string(), reason })
            }
            Self::Auto => Ok(cuda(0).unwrap_or_else(|reason| on_cpu(&reason))),
        }
    }

    /// Selects devices that share the training; the first one holds the weights.
    ///
    /// # Errors
    /// Those of [`select`](Self::select); [`ModelError::InvalidConfig`] where several devices are named that are not
    /// different CUDA devices.
    pub fn select_all(choices: &[Self]) -> Result<SelectedDevice, ModelError> {
        let names = choices.iter().map(Self::to_string).collect::<Vec<_>>().join(",");
        let is_repeated = |place: usize| choices[..place].contains(&choices[place]);
        let is_cuda = |choice: &Self| matches!(choice, Self::Cuda(_));
        let several = choices.iter().all(is_cuda) && !(0..choices.len()).any(is_repeated);
        match choices {
            [only] => return only.select(),
            [_, _, ..] if several => {}
            _ => {
                return Err(ModelError::InvalidConfig {
                    field: "devices",
                    value: names,
                    expected: "one device, or different CUDA devices such as cuda:0,cuda:1".to_owned(),
                });
            }
        }
        let mut found = choices.iter().map(|choice| choice.select()).collect::<Result<Vec<_>, _>>()?.into_iter();
        let mut first = found.next().expect("at least two are named");
        first.others = found.map(|other| other.device).collect();
        first.name = names;
        Ok(first)
    }
}

fn on_cpu(reason: &str) -> SelectedDevice {
    SelectedDevice::new(cpu(), CPU.to_owned(), reason.to_owned())
}

/// The CPU, with the fastest backend of this build.
pub fn cpu() -> Device {
    #[cfg(feature = "flex")]
    return Device::flex();
    #[cfg(all(feature = "ndarray", not(feature = "flex")))]
    return Device::ndarray();
    #[cfg(not(any(feature = "flex", feature = "ndarray")))]
    compile_error!("a CPU backend is required: enable the feature `flex` (the default) or `ndarray`");
}

/// CPU backends of this build, by name.
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
    // burn panics where the driver library is missing, so it is loaded first.
    #[cfg(windows)]
    const DRIVER: &str = "nvcuda.dll";
    #[cfg(not(windows))]
    const DRIVER: &str = "libcuda.so.1";
    // SAFETY: loading the NVIDIA driver runs its initialisers, as any use of the GPU does.
    #[allow(unsafe_code)]
    let driver = unsafe { libloading::Library::new(DRIVER) };
    driver.map_err(|_| format!("no NVIDIA driver was found ({DRIVER} cannot be loaded)"))?;
    let count = Device::enumerate(burn::tensor::DeviceType::Cuda).into_vec().len();
    if index >= count {
        return Err(format!("the driver reports {count} CUDA devices"));
    }
    let reason = format!("the driver reports {count} CUDA devices");
    Ok(SelectedDevice::new(Device::cuda(index), format!("cuda:{index}"), reason))
}

#[cfg(not(feature = "cuda"))]
fn cuda(_index: usize) -> Result<SelectedDevice, String> {
    Err("this program was built without CUDA (the feature `cuda`)".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn device_choice_parse_inverts_display() {
        for name in ["auto", "cpu", "cuda:3"] {
            assert_eq!(name.parse::<DeviceChoice>().expect("valid").to_string(), name);
        }
        assert!("gpu".parse::<DeviceChoice>().is_err());
        assert!("cuda:x".parse::<DeviceChoice>().is_err());
    }

    #[test]
    fn select_all_requires_different_gpus() {
        let refused = |choices: &[DeviceChoice]| DeviceChoice::select_all(choices).expect_err("refused").to_string();
        assert_eq!(DeviceChoice::select_all(&[DeviceChoice::Cpu]).expect("one device").name, "cpu");
        let expected = "expected one device, or different CUDA devices such as cuda:0,cuda:1";
        let twice = [DeviceChoice::Cuda(1), DeviceChoice::Cuda(1)];
        assert_eq!(refused(&twice), format!("devices is cuda:1,cuda:1; {expected}"));
        assert!(refused(&[DeviceChoice::Cpu, DeviceChoice::Cuda(0)]).ends_with(expected));
        assert!(refused(&[]).ends_with(expected));
    }

    #[test]
    fn cpu_supports_every_precision() {
        for precision in Precision::ALL {
            let selected = DeviceChoice::Cpu.select().expect("the CPU").with_precision(precision).expect("supported");
            assert_eq!(selected.precision, precision);
            assert_eq!(selected.to_string().ends_with(&precision.to_string()), precision != Precision::F32);
        }
    }

    #[cfg(not(feature = "cuda"))]
    #[test]
    fn select_without_cuda_falls_back_to_cpu() {
        let message = DeviceChoice::Cuda(0).select().expect_err("no CUDA").to_string();
        assert!(message.contains("feature `cuda`"), "{message}");
        let selected = DeviceChoice::Auto.select().expect("the CPU is always available");
        assert_eq!(selected.name, "cpu");
        assert!(selected.reason.contains("without CUDA"));
    }
}
