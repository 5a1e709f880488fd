//! Number format of convolutions and large matrix products.

use std::fmt;
use std::str::FromStr;

use burn::tensor::FloatDType;
use serde::{Deserialize, Serialize};

/// Number format of convolutions and of the product of the GRU's input with its weights.
///
/// Weights, optimiser state, sums over positions, normalisation, the recurrent state, attention and the loss are always
/// `f32`, as in the automatic mixed precision of other libraries.
///
/// # Examples
/// ```
/// use tatabox_model::{DeviceChoice, Precision};
///
/// assert_eq!("bf16".parse(), Ok(Precision::Bf16));
/// let device = DeviceChoice::Cpu.select()?.with_precision(Precision::F16)?;
/// assert_eq!(device.to_string(), "cpu (requested), products in f16");
/// # Ok::<(), tatabox_model::ModelError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// 32-bit floating point.
    #[default]
    F32,
    /// bfloat16: 16 bits with the range of `f32` and an 8-bit mantissa.
    Bf16,
    /// Half precision: 16 bits with an 11-bit mantissa and a range from 6e-8 to 65,504.
    F16,
}

impl Precision {
    /// Every precision.
    pub const ALL: [Self; 3] = [Self::F32, Self::Bf16, Self::F16];

    pub(crate) fn dtype(self) -> FloatDType {
        match self {
            Self::F32 => FloatDType::F32,
            Self::Bf16 => FloatDType::BF16,
            Self::F16 => FloatDType::F16,
        }
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::F32 => "f32",
            Self::Bf16 => "bf16",
            Self::F16 => "f16",
        })
    }
}

impl FromStr for Precision {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let named = Self::ALL.into_iter().find(|precision| precision.to_string() == text);
        named.ok_or_else(|| format!("unknown precision '{text}': expected f32, bf16 or f16"))
    }
}
