//! Selection of the outputs of a model.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use super::Model;
use crate::error::{Error, Result};

/// Outputs of a model to compute. A model may have outputs of assays, such as reporter activity, in addition to expression in
/// cell types.
///
/// As text: `expression`, `effects`, `all`, or names separated by commas.
///
/// # Examples
/// ```
/// use tatabox::{Model, OutputSelection};
///
/// let model = Model::bundled()?.with_outputs(&OutputSelection::Names(vec!["K562".to_owned()]))?;
/// assert_eq!(model.cell_types(), ["K562"]);
/// assert_eq!("all".parse(), Ok(OutputSelection::All));
/// # Ok::<(), tatabox::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum OutputSelection {
    /// Expression in all cell types of the model; all outputs of a model that has only outputs of assays.
    #[default]
    Expression,
    /// Outputs that the model designates for variant effects; expression where it designates none.
    Effects,
    /// All outputs.
    All,
    /// These outputs, in this order.
    Names(Vec<String>),
}

impl OutputSelection {
    /// These outputs, or expression for an empty list. The only name may also be `expression`, `effects` or `all`.
    pub fn of_names(names: &[String]) -> Self {
        Self::of_names_or(names, Self::Expression)
    }

    /// These outputs, or `default` for an empty list. The only name may also be `expression`, `effects` or `all`.
    pub fn of_names_or(names: &[String], default: Self) -> Self {
        match names {
            [] => default,
            [word] => Self::of_word(word).unwrap_or_else(|| Self::Names(names.to_vec())),
            _ => Self::Names(names.to_vec()),
        }
    }

    fn of_word(word: &str) -> Option<Self> {
        let words = [("expression", Self::Expression), ("effects", Self::Effects), ("all", Self::All)];
        words.into_iter().find(|(name, _)| word.trim().eq_ignore_ascii_case(name)).map(|(_, selection)| selection)
    }
}

impl fmt::Display for OutputSelection {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Expression => f.write_str("expression"),
            Self::Effects => f.write_str("effects"),
            Self::All => f.write_str("all"),
            Self::Names(names) => f.write_str(&names.join(",")),
        }
    }
}

impl FromStr for OutputSelection {
    type Err = Infallible;

    fn from_str(text: &str) -> std::result::Result<Self, Infallible> {
        let names = || Self::Names(text.split(',').map(|name| name.trim().to_owned()).collect());
        Ok(Self::of_word(text).unwrap_or_else(names))
    }
}

impl Model {
    /// Names of the outputs that are expression in cell types; all outputs of a model that has only outputs of assays.
    pub fn expression_outputs(&self) -> Vec<String> {
        let expression = self.predictor().expression_outputs();
        if expression.is_empty() { self.cell_types().to_vec() } else { expression }
    }

    /// Names of the outputs whose variant effects are reported by default: those that the model designates, or expression.
    pub fn effect_outputs(&self) -> Vec<String> {
        match self.predictor().effect_outputs() {
            [] => self.expression_outputs(),
            designated => designated.to_vec(),
        }
    }

    /// Names of the selected outputs.
    ///
    /// # Errors
    /// The model lacks an output.
    pub fn outputs_of(&self, selection: &OutputSelection) -> Result<Vec<String>> {
        Ok(match selection {
            OutputSelection::All => self.cell_types().to_vec(),
            OutputSelection::Effects => self.effect_outputs(),
            OutputSelection::Expression => self.expression_outputs(),
            OutputSelection::Names(names) => {
                self.select_cell_types(names)?;
                names.clone()
            }
        })
    }

    /// The same model with some of its outputs. Networks without any of them are not run.
    ///
    /// # Errors
    /// The model lacks an output, or none is selected.
    pub fn with_outputs(self, selection: &OutputSelection) -> Result<Self> {
        let outputs = self.outputs_of(selection)?;
        if outputs.is_empty() {
            return Err(Error::request("outputs", "no output is selected; select one or more"));
        }
        if outputs == self.cell_types() {
            return Ok(self);
        }
        self.map_predictor(|predictor| Ok(predictor.with_outputs(&outputs)?))
    }
}
