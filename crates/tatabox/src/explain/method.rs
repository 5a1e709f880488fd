//! Attribution methods.

use std::fmt;

/// Method that attributes a prediction to bases.
///
/// # Examples
///
/// ```
/// use tatabox::explain::Method;
///
/// assert_eq!(Method::IntegratedGradients.name(), "integrated-gradients");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Method {
    /// In-silico mutagenesis: log2(TPM + 1) with each of the three other bases minus log2(TPM + 1) of the promoter. The
    /// contribution of a base is minus their mean.
    Ism,
    /// Gradient of the prediction times the one-hot input.
    GradientInput,
    /// Integrated gradients, from an all-zero baseline and from dinucleotide-shuffled promoters.
    IntegratedGradients,
    /// Attention weights. They are part of every explanation by a model with attention; requested alone, nothing else is computed.
    Attention,
}

impl Method {
    /// Name in files and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ism => "ism",
            Self::GradientInput => "gradient-input",
            Self::IntegratedGradients => "integrated-gradients",
            Self::Attention => "attention",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
