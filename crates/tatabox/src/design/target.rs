//! Target expression of designs.

use std::fmt;
use std::str::FromStr;

use tatabox_dataset::find_cell_type;
use tatabox_model::{CellTypeObjective, DesignGoal, DesignObjective};

use crate::error::{Error, Result};

/// Name that denotes every cell type of a model.
const ALL: &str = "all";

/// Target expression in one cell type or in all, written as `K562=high:2`: cell type, target and, optionally, weight.
///
/// The objective of a design is the sum over its targets: weight x log2(TPM + 1) for `high`, the negative of this for `low`, and
/// -weight x (log2(TPM + 1) - level)^2 for a level.
///
/// # Examples
///
/// ```
/// use tatabox::design::DesignTarget;
///
/// let target: DesignTarget = "HepG2=6.5:0.5".parse()?;
/// assert_eq!((target.cell_type.as_deref(), target.weight), (Some("HepG2"), 0.5));
/// assert_eq!("all=low".parse::<DesignTarget>()?.cell_type, None);
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct DesignTarget {
    /// Name of the cell type; `None` for every cell type of the model.
    pub cell_type: Option<String>,
    /// High, low, or a level in log2(TPM + 1).
    pub objective: CellTypeObjective,
    /// Weight in the sum over all targets; above 0.
    pub weight: f64,
}

impl FromStr for DesignTarget {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected =
            || "expected NAME=high, NAME=low or NAME=LEVEL, optionally with a weight: K562=high:2".to_owned();
        let (cell_type, target) = text.rsplit_once('=').ok_or_else(expected)?;
        let (objective, weight) = target.split_once(':').unwrap_or((target, "1"));
        let objective = match objective {
            "high" => CellTypeObjective::Maximize,
            "low" => CellTypeObjective::Minimize,
            level => {
                let level: f64 = level.parse().map_err(|_| expected())?;
                if !(level.is_finite() && level >= 0.0) {
                    return Err("a level is log2(TPM + 1), 0 or more".to_owned());
                }
                CellTypeObjective::Target(level)
            }
        };
        let weight: f64 = weight.parse().map_err(|_| expected())?;
        if !(weight.is_finite() && weight > 0.0) {
            return Err("a weight is a number above 0".to_owned());
        }
        if cell_type.is_empty() {
            return Err(expected());
        }
        Ok(Self { cell_type: (cell_type != ALL).then(|| cell_type.to_owned()), objective, weight })
    }
}

impl fmt::Display for DesignTarget {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let objective = match self.objective {
            CellTypeObjective::Maximize => "high".to_owned(),
            CellTypeObjective::Minimize => "low".to_owned(),
            CellTypeObjective::Target(level) => level.to_string(),
        };
        let cell_type = self.cell_type.as_deref().unwrap_or(ALL);
        write!(formatter, "{cell_type}={objective}:{}", self.weight)
    }
}

impl DesignTarget {
    /// Objective over the outputs of a model with these cell types.
    ///
    /// # Errors
    /// A cell type is unknown or has two targets, or a weight is not above 0.
    pub(super) fn objective(targets: &[Self], cell_types: &[String]) -> Result<DesignObjective> {
        let mut goals: Vec<DesignGoal> = Vec::new();
        for target in targets {
            if !(target.weight.is_finite() && target.weight > 0.0) {
                return Err(Error::request("target", format!("{target}: a weight is a number above 0")));
            }
            let outputs = match &target.cell_type {
                None => 0..cell_types.len(),
                Some(name) => {
                    let index = find_cell_type(cell_types, name)?;
                    index..index + 1
                }
            };
            for cell_type in outputs {
                if goals.iter().any(|goal: &DesignGoal| goal.cell_type == cell_type) {
                    return Err(Error::request("target", format!("{} has two targets", cell_types[cell_type])));
                }
                goals.push(DesignGoal { cell_type, objective: target.objective, weight: target.weight });
            }
        }
        Ok(DesignObjective { goals })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn design_target_text_round_trips() {
        for (text, shown) in [
            ("K562=high", "K562=high:1"),
            ("HepG2=6.5:0.5", "HepG2=6.5:0.5"),
            ("a=b=low:2", "a=b=low:2"),
            ("all=low", "all=low:1"),
        ] {
            assert_eq!(text.parse::<DesignTarget>().expect("valid").to_string(), shown);
        }
        for text in ["K562", "K562=up", "K562=high:0", "K562=high:x", "K562=-1", "K562=NaN", "=high", "K562="] {
            assert!(text.parse::<DesignTarget>().is_err(), "{text}");
        }
    }

    #[test]
    fn design_target_cell_types_are_resolved_once_each() {
        let names = ["K562", "HepG2"].map(str::to_owned);
        let objective = |text: &str| {
            let targets: Vec<DesignTarget> = text.split(',').map(|target| target.parse().expect("valid")).collect();
            DesignTarget::objective(&targets, &names)
        };
        assert_eq!(objective("hepg2=low,K562=high:2").expect("known").goals[0].cell_type, 1);
        assert_eq!(objective("all=low").expect("known").goals.len(), 2);
        assert!(objective("K526=high").expect_err("unknown").to_string().contains("K562"));
        assert!(objective("K562=high,all=low").expect_err("twice").to_string().contains("K562 has two targets"));
    }
}
