//! Outputs of a model, grouped by expression and assays.

use std::fmt;

use serde::Serialize;

use crate::model_store::Model;

/// Outputs of a model that measure the same: expression in cell types, or one assay.
///
/// # Examples
///
/// ```
/// use tatabox::Model;
/// use tatabox::info::OutputGroup;
///
/// let groups = OutputGroup::of_model(&Model::bundled()?);
/// assert!(groups.iter().any(|group| group.assay.is_none() && group.outputs.contains(&"K562".to_owned())));
/// # Ok::<(), tatabox::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OutputGroup {
    /// Name of the assay; `None` for expression.
    pub assay: Option<String>,
    /// Scale of the measured values; predictions are logarithms to base 2.
    pub scale: String,
    /// Names of the outputs.
    pub outputs: Vec<String>,
    /// Outputs among them that variant effects are reported for by default.
    pub effect_outputs: Vec<String>,
    /// Number of networks that have these outputs.
    pub networks: usize,
}

impl OutputGroup {
    /// Groups of outputs of a model: expression, then assays.
    pub fn of_model(model: &Model) -> Vec<Self> {
        let predictor = model.predictor();
        let of_effects = model.effect_outputs();
        let mut groups: Vec<Self> = Vec::new();
        for (index, name) in model.cell_types().iter().enumerate() {
            let assay = predictor.assay_of_output(index);
            let own = assay.map(|assay| assay.name.clone());
            let position = groups.iter().position(|group| group.assay == own).unwrap_or_else(|| {
                let has_output = |member: &&tatabox_model::TrainedModel| member.config.cell_types.contains(name);
                groups.push(Self {
                    assay: own,
                    scale: assay.map_or("tpm", |assay| assay.scale.as_str()).to_owned(),
                    outputs: Vec::new(),
                    effect_outputs: Vec::new(),
                    networks: predictor.members().iter().filter(has_output).count(),
                });
                groups.len() - 1
            });
            groups[position].outputs.push(name.clone());
            if of_effects.contains(name) {
                groups[position].effect_outputs.push(name.clone());
            }
        }
        groups
    }
}

impl fmt::Display for OutputGroup {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let name = self.assay.as_deref().unwrap_or("expression");
        let networks =
            if self.networks == 1 { "one network".to_owned() } else { format!("{} networks", self.networks) };
        write!(f, "{name} ({}, {networks}): {}", self.scale, self.outputs.join(", "))?;
        match self.effect_outputs.len() {
            0 => Ok(()),
            count if count == self.outputs.len() => f.write_str("; default for variant effects"),
            _ => write!(f, "; default for variant effects: {}", self.effect_outputs.join(", ")),
        }
    }
}
