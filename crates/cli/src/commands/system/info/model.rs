//! A trained network.

use std::fmt::Write;

use anyhow::Result;
use tatabox::info::NetworkDescription;

use crate::cell_type_score::shown;

/// Folder, inputs, training and scores of a network.
pub(super) fn text(network: &NetworkDescription) -> Result<String> {
    let NetworkDescription { config, run, .. } = network;
    let data = &config.data;
    let origin = if data.simulated { "SIMULATED" } else { "measured" };
    let mut text = String::new();
    match network.directory {
        Some(directory) => writeln!(text, "folder      {}", directory.display())?,
        None => writeln!(text, "folder      bundled with the program")?,
    }
    writeln!(text, "reads       {} around the TSS", data.extent)?;
    writeln!(text, "data        {} ({origin}), sha256 {}", data.name, data.checksum)?;
    for input in &run.dataset_inputs {
        writeln!(text, "  {:<12}{}, sha256 {}", input.role, input.path, input.sha256)?;
    }
    if let Some(file) = &run.imported {
        writeln!(text, "imported    from {}, sha256 {}", file.path, file.sha256)?;
    }
    write_training(network, &mut text)?;
    writeln!(text, "weights     sha256 {}", run.weights_sha256)?;
    write_scores(network, &mut text)?;
    Ok(text)
}

fn write_training(network: &NetworkDescription, text: &mut String) -> Result<()> {
    let NetworkDescription { config, run, .. } = network;
    match network.metrics {
        Some(metrics) => {
            writeln!(text, "trained     up to {} epochs, best epoch {}", config.epochs, metrics.best_epoch)?;
            let (train, validation) = (metrics.train_genes, metrics.validation_genes);
            writeln!(text, "  genes     {train} train, {validation} validation")?;
        }
        None => writeln!(text, "trained     elsewhere")?,
    }
    writeln!(text, "  seed      {}", config.seed)?;
    writeln!(text, "  on        {}, {} threads, {:.1} minutes", run.device, run.threads, run.elapsed_s / 60.0)?;
    let (tatabox, burn, command) = (&run.tatabox_version, &run.burn_version, run.command.join(" "));
    writeln!(text, "  by        tatabox {tatabox}, burn {burn}: {command}")?;
    Ok(())
}

fn write_scores(network: &NetworkDescription, text: &mut String) -> Result<()> {
    let Some(metrics) = network.metrics else {
        writeln!(text, "validation  unknown")?;
        return Ok(());
    };
    writeln!(text, "validation  mean Pearson {:.4}", metrics.validation_pearson)?;
    text.push_str(&pearson_rows(&network.config.cell_types, &metrics.validation_pearson_by_cell_type)?);
    Ok(())
}

/// One line per cell type.
pub(super) fn pearson_rows(cell_types: &[String], scores: &[Option<f64>]) -> Result<String> {
    let mut text = String::new();
    for (cell_type, pearson) in cell_types.iter().zip(scores) {
        writeln!(text, "  {cell_type:<10}{}", shown(*pearson))?;
    }
    Ok(text)
}
