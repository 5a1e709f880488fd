//! Designed promoters.

use tatabox_dataset::Extent;
use tatabox_model::{BaseEdit, Design, DesignObjective};
use tatabox_sequence::{counted, is_or_are};

use super::starts::DesignStart;
use super::{output_files, tables};
use crate::error::Result;
use crate::tables::Destination;

/// Ending of the identifier of a design, after that of its start.
pub(super) const DESIGN: &str = "_design";
/// Distance from the mean of the train genes, in standard deviations, beyond which a prediction is an extrapolation.
const MAX_USUAL_Z: f64 = 3.0;

/// Result of a design task.
///
/// # Examples
///
/// ```
/// use tatabox::design::Designs;
///
/// fn improved(designs: &Designs) -> usize {
///     designs.designs.iter().filter(|promoter| promoter.design.objective > promoter.design.start_objective).count()
/// }
/// # let _ = improved;
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Designs {
    /// One design per start.
    pub designs: Vec<DesignedPromoter>,
    /// Objective of the search; goals index into `cell_types`.
    pub objective: DesignObjective,
    /// Cell types of the model; predictions are in their order.
    pub cell_types: Vec<String>,
    /// Extent of the windows.
    pub extent: Extent,
    /// Windows that were predicted.
    pub windows: u64,
}

/// Designed promoter and its start.
///
/// # Examples
///
/// ```
/// use tatabox::design::DesignedPromoter;
///
/// fn describe(promoter: &DesignedPromoter) -> String {
///     format!("{}: {} edits", promoter.id(), promoter.edits().len())
/// }
/// # let _ = describe;
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct DesignedPromoter {
    /// The start.
    pub start: DesignStart,
    /// Designed window, its predictions and the path of the search.
    pub design: Design,
    /// Standard deviation of the design's log2(TPM + 1) over the members of an ensemble, per cell type.
    pub log2_tpm_sd: Option<Vec<f64>>,
    /// Prediction of the design in standard deviations from the mean of the train genes, per cell type.
    pub z: Vec<f64>,
    /// Whether the design keeps all limits.
    pub keeps_limits: bool,
}

/// Change of the prediction in the cell type without a target that changes most.
///
/// # Examples
///
/// ```
/// use tatabox::design::OffTargetChange;
///
/// let change = OffTargetChange { cell_type: 1, log2_tpm: 0.75 };
/// assert!(change.log2_tpm > 0.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OffTargetChange {
    /// Index of the cell type.
    pub cell_type: usize,
    /// log2(TPM + 1) of the design minus that of the start.
    pub log2_tpm: f64,
}

impl DesignedPromoter {
    /// Identifier of the design: that of its start with `_design`.
    pub fn id(&self) -> String {
        format!("{}{DESIGN}", self.start.id)
    }

    /// Substitutions between start and design, by index.
    pub fn edits(&self) -> Vec<BaseEdit> {
        BaseEdit::between(&self.start.window.bases, &self.design.window)
    }

    /// Largest change in a cell type without a goal; `None` if every cell type has one.
    pub fn off_target(&self, objective: &DesignObjective) -> Option<OffTargetChange> {
        let design = &self.design;
        let is_free = |cell_type: &usize| objective.goals.iter().all(|goal| goal.cell_type != *cell_type);
        let change = |cell_type: usize| OffTargetChange {
            cell_type,
            log2_tpm: design.log2_tpm[cell_type] - design.start_log2_tpm[cell_type],
        };
        let changes = (0..design.log2_tpm.len()).filter(is_free).map(change);
        changes.reduce(|most, next| if most.log2_tpm.abs() >= next.log2_tpm.abs() { most } else { next })
    }
}

impl Designs {
    /// Writes the table `designs.tsv`, one row per design.
    ///
    /// # Errors
    /// The destination cannot be written.
    pub fn write_table(&self, destination: &Destination) -> Result<()> {
        output_files::write_to(destination, |sink| tables::write_designs(self, sink))
    }

    /// Position of a base of a window relative to the TSS.
    pub fn position_bp(&self, index: usize) -> i64 {
        index as i64 - i64::from(self.extent.upstream_bp)
    }

    /// Warnings on designs that are no better than their start, break limits, miss a target or are extrapolations.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        for promoter in &self.designs {
            let id = &promoter.start.id;
            if promoter.design.steps.is_empty() {
                warnings.push(format!("{id}: no allowed edit improves the objective; the design is the start"));
            }
            if !promoter.keeps_limits {
                warnings.push(format!("{id}: the start is outside the limits, and so is its design"));
            }
        }
        let all = self.designs.len();
        let count =
            |is: &dyn Fn(&DesignedPromoter) -> bool| self.designs.iter().filter(|promoter| is(promoter)).count();
        for goal in &self.objective.goals {
            let cell_type = &self.cell_types[goal.cell_type];
            let worse =
                count(&|DesignedPromoter { design, .. }| goal.of(&design.log2_tpm) < goal.of(&design.start_log2_tpm));
            if worse > 0 {
                warnings.push(format!(
                    "{cell_type}: {worse} of {} {} further from the target than their start, since the search \
                     optimises the sum over all targets; give this target a larger weight, or a level",
                    counted(all, "design"),
                    is_or_are(worse)
                ));
            }
            let extrapolated = count(&|promoter| promoter.z[goal.cell_type].abs() > MAX_USUAL_Z);
            if extrapolated > 0 {
                warnings.push(format!(
                    "{cell_type}: {extrapolated} of {} {} predicted more than {MAX_USUAL_Z} standard deviations \
                     from the mean of the train genes (z in designs.tsv), where the network has little training data",
                    counted(all, "design"),
                    is_or_are(extrapolated)
                ));
            }
        }
        warnings
    }
}

#[cfg(test)]
pub(super) mod tests {
    use tatabox_model::{CellTypeObjective, DesignGoal};

    use super::*;

    /// A start of four A and a design with C at index 2, in two cell types of which the first has a goal.
    pub(in crate::design) fn designs() -> Designs {
        let design = Design {
            window: vec![0, 0, 1, 0],
            objective: 4.0,
            log2_tpm: vec![4.0, 1.0, 2.5],
            start_objective: 5.0,
            start_log2_tpm: vec![5.0, 1.5, 1.5],
            steps: Vec::new(),
            points: Vec::new(),
        };
        let promoter = DesignedPromoter {
            start: DesignStart::new("P", vec![0, 0, 0, 0]),
            design,
            log2_tpm_sd: None,
            z: vec![3.5, 0.0, 0.0],
            keeps_limits: false,
        };
        Designs {
            designs: vec![promoter],
            objective: DesignObjective {
                goals: vec![DesignGoal { cell_type: 0, objective: CellTypeObjective::Maximize, weight: 1.0 }],
            },
            cell_types: ["K562", "HepG2", "GM12878"].map(str::to_owned).to_vec(),
            extent: Extent { upstream_bp: 3, downstream_bp: 1 },
            windows: 12,
        }
    }

    #[test]
    fn designed_promoter_lists_edits_and_the_largest_off_target_change() {
        let designs = designs();
        let promoter = &designs.designs[0];
        assert_eq!(
            (promoter.id().as_str(), promoter.edits()),
            ("P_design", vec![BaseEdit { index: 2, from: 0, to: 1 }])
        );
        assert_eq!(designs.position_bp(2), -1);
        let off_target = promoter.off_target(&designs.objective);
        assert_eq!(off_target, Some(OffTargetChange { cell_type: 2, log2_tpm: 1.0 }));
    }

    #[test]
    fn designs_warnings_name_design_and_cell_type() {
        let warnings = designs().warnings();
        assert_eq!(warnings.len(), 4, "{warnings:?}");
        assert!(warnings[0].starts_with("P: no allowed edit") && warnings[1].contains("outside the limits"));
        assert!(warnings[2].starts_with("K562: 1 of 1 design is further from the target"));
        assert!(warnings[3].contains("more than 3 standard deviations"));
    }
}
