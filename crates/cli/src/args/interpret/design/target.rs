//! Targets as they are typed: `K562=high:2`.

use std::fmt;
use std::str::FromStr;

use anyhow::Result;
use tatabox_dataset::find_cell_type;
use tatabox_model::{DesignGoal, DesignObjective, CellTypeObjective};

use crate::terminal::failure::usage;

/// Stands for every cell type of the model.
const ALL: &str = "all";

/// What is wanted in the cell type of a name.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Target {
    cell_type: String,
    wish: CellTypeObjective,
    weight: f64,
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = || "expected NAME=high, NAME=low or NAME=LEVEL, with a weight K562=high:2".to_owned();
        let (cell_type, wanted) = text.rsplit_once('=').ok_or_else(expected)?;
        let (wish, weight) = wanted.split_once(':').unwrap_or((wanted, "1"));
        let wish = match wish {
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
        Ok(Self { cell_type: cell_type.to_owned(), wish, weight })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wish = match self.wish {
            CellTypeObjective::Maximize => "high".to_owned(),
            CellTypeObjective::Minimize => "low".to_owned(),
            CellTypeObjective::Target(level) => level.to_string(),
        };
        write!(formatter, "{}={wish}:{}", self.cell_type, self.weight)
    }
}

impl Target {
    /// The objective of targets among the cell types of a model.
    pub(crate) fn objective(targets: &[Self], cell_types: &[String]) -> Result<DesignObjective> {
        let mut goals: Vec<DesignGoal> = Vec::new();
        for target in targets {
            let named = if target.cell_type == ALL {
                0..cell_types.len()
            } else {
                let index = find_cell_type(cell_types, &target.cell_type)?;
                index..index + 1
            };
            for cell_type in named {
                if goals.iter().any(|goal: &DesignGoal| goal.cell_type == cell_type) {
                    return Err(usage(format!("--target: {} has two wishes", cell_types[cell_type])));
                }
                goals.push(DesignGoal { cell_type, wish: target.wish, weight: target.weight });
            }
        }
        Ok(DesignObjective { goals })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_read_as_they_are_shown() {
        for (text, shown) in
            [("K562=high", "K562=high:1"), ("HepG2=6.5:0.5", "HepG2=6.5:0.5"), ("a=b=low:2", "a=b=low:2")]
        {
            assert_eq!(text.parse::<Target>().expect("valid").to_string(), shown);
        }
        for text in ["K562", "K562=up", "K562=high:0", "K562=high:x", "K562=-1", "K562=NaN", "=high", "K562="] {
            assert!(text.parse::<Target>().is_err(), "{text}");
        }
    }

    #[test]
    fn cell_types_are_found_and_have_one_wish() {
        let names = ["K562", "HepG2"].map(str::to_owned);
        let objective = |text: &str| {
            let targets: Vec<Target> = text.split(',').map(|target| target.parse().expect("valid")).collect();
            Target::objective(&targets, &names)
        };
        assert_eq!(objective("hepg2=low,K562=high:2").expect("known").goals[0].cell_type, 1);
        assert_eq!(objective("all=low").expect("known").goals.len(), 2);
        assert!(objective("K526=high").expect_err("unknown").to_string().contains("K562"));
        assert!(objective("K562=high,all=low").expect_err("twice").to_string().contains("K562 has two wishes"));
    }
}
