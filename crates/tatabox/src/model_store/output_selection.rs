//! Selection of the outputs of a model.

use std::convert::Infallible;
use std::str::FromStr;

use super::Model;
use crate::error::{Error, Result};

/// Outputs of a model to compute. A model may have outputs of assays, such as reporter activity, in addition to expression in
/// cell types.
///
/// As text: `expression`, `all`, or names separated by commas.
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
    /// All outputs.
    All,
    /// These outputs, in this order.
    Names(Vec<String>),
}

impl OutputSelection {
    /// These outputs, or expression for an empty list.
    pub fn of_names(names: &[String]) -> Self {
        if names.is_empty() { Self::Expression } else { Self::Names(names.to_vec()) }
    }
}

impl FromStr for OutputSelection {
    type Err = Infallible;

    fn from_str(text: &str) -> std::result::Result<Self, Infallible> {
        Ok(match text.trim() {
            word if word.eq_ignore_ascii_case("expression") => Self::Expression,
            word if word.eq_ignore_ascii_case("all") => Self::All,
            names => Self::Names(names.split(',').map(|name| name.trim().to_owned()).collect()),
        })
    }
}

impl Model {
    /// The same model with some of its outputs. Networks without any of them are not run.
    ///
    /// # Errors
    /// The model lacks an output.
    pub fn with_outputs(self, selection: &OutputSelection) -> Result<Self> {
        let known = self.cell_types();
        let outputs = match selection {
            OutputSelection::All => known.to_vec(),
            OutputSelection::Expression => {
                let expression = self.predictor().expression_outputs();
                if expression.is_empty() { known.to_vec() } else { expression }
            }
            OutputSelection::Names(names) => {
                self.select_cell_types(names)?;
                if names.is_empty() {
                    return Err(Error::request("outputs", "no output is selected; select one or more"));
                }
                names.clone()
            }
        };
        if outputs == known {
            return Ok(self);
        }
        self.map_predictor(|predictor| Ok(predictor.with_outputs(&outputs)?))
    }
}
