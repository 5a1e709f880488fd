//! An ensemble of networks.

use std::fmt::Write;

use anyhow::Result;
use tatabox::info::EnsembleDescription;
use tatabox_model::ValidationMetrics;

use super::model::pearson_rows;

/// Folder, members, training and scores of an ensemble.
pub(super) fn text(ensemble: &EnsembleDescription) -> Result<String> {
    let EnsembleDescription { metrics, run, configs, .. } = ensemble;
    let first = configs[0];
    let mut text = String::new();
    match ensemble.directory {
        Some(directory) => writeln!(text, "folder      {}", directory.display())?,
        None => writeln!(text, "folder      bundled with the program")?,
    }
    writeln!(text, "reads       {} around the TSS", first.data.extent)?;
    let rows = configs.iter().zip(&ensemble.record.members).zip(&metrics.members);
    for (number, ((config, member), metrics)) in (1..).zip(rows) {
        let origin = if config.data.simulated { "SIMULATED" } else { "measured" };
        write!(text, "member {number:<5}seed {}, {} ({origin})", member.seed, config.data.name)?;
        match metrics {
            Some(ValidationMetrics { best_epoch, validation_pearson, .. }) => {
                writeln!(text, ", best epoch {best_epoch}, validation Pearson {validation_pearson:.4}")?;
            }
            None => writeln!(text, ", trained elsewhere")?,
        }
        writeln!(text, "  data      sha256 {}", config.data.checksum)?;
        writeln!(text, "  weights   sha256 {}", member.weights_sha256)?;
    }
    writeln!(text, "trained     {:.1} minutes on {}, {} threads", run.elapsed_s / 60.0, run.device, run.threads)?;
    writeln!(text, "  by        tatabox {}: {}", run.tatabox_version, run.command.join(" "))?;
    match &metrics.mean {
        None => writeln!(text, "validation  the mean prediction has no validation genes or was not scored")?,
        Some(mean) => {
            let genes = mean.validation_genes;
            let pearson = mean.validation_pearson;
            writeln!(text, "validation  mean Pearson {pearson:.4} of the mean prediction over {genes} genes")?;
            text += &pearson_rows(&first.cell_types, &mean.validation_pearson_by_cell_type)?;
        }
    }
    Ok(text)
}
