//! Text on a trained network.

use std::fmt::Write;

use anyhow::Result;
use tatabox::train::TrainedNetwork;
use tatabox_sequence::counted;

use crate::cell_type_score;

/// Folder, training and validation scores of a network.
pub(super) fn text(network: &TrainedNetwork) -> Result<String> {
    let mut text = String::new();
    let simulated = if network.simulated { " (SIMULATED data)" } else { "" };
    writeln!(text, "model {} in {}{simulated}", network.name, network.directory.display())?;
    writeln!(
        text,
        "best epoch {} of {}, {:.1} minutes, {:.0} windows/s on {}",
        network.best_epoch,
        network.epochs,
        network.elapsed_s / 60.0,
        network.windows_per_s,
        network.device
    )?;
    if network.genes_shorter_than_extent > 0 {
        let (excluded, extent) = (network.genes_shorter_than_extent, network.extent);
        writeln!(
            text,
            "excluded: {}, of which the known sequence is shorter than {extent}",
            counted(excluded, "gene")
        )?;
    }
    if let Some(excluded) = network.genes_without_features {
        writeln!(text, "excluded: {}, of which the data set lacks the gene features", counted(excluded, "gene"))?;
    }
    let assays = network
        .validation_assay_rows
        .map(|rows| format!(" and {} of assays", counted(rows, "row")))
        .unwrap_or_default();
    writeln!(text, "validation Pearson over {}{assays}:", counted(network.validation_genes, "gene"))?;
    text += &cell_type_score::text(&network.validation_pearson_by_cell_type, network.validation_pearson)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use tatabox::train::CellTypeScore;
    use tatabox_dataset::Extent;
    use tatabox_model::Architecture;

    use super::*;

    #[test]
    fn network_text_has_folder_training_and_scores() {
        let score = |cell_type: &str, pearson| CellTypeScore { cell_type: cell_type.to_owned(), pearson };
        let network = TrainedNetwork {
            name: "k562-toy".to_owned(),
            directory: "models/k562-toy".into(),
            architecture: Architecture::Hybrid,
            dataset: "toy".to_owned(),
            simulated: true,
            extent: Extent { upstream_bp: 250, downstream_bp: 50 },
            device: "cpu".to_owned(),
            parameters: 10,
            train_genes: 100,
            validation_genes: 20,
            validation_assay_rows: None,
            genes_shorter_than_extent: 3,
            genes_without_features: Some(2),
            epochs: 5,
            best_epoch: 2,
            validation_pearson: 0.5,
            validation_pearson_by_cell_type: vec![score("K562", Some(0.5)), score("HepG2", None)],
            elapsed_s: 90.0,
            windows_per_s: 5.56,
        };
        let expected = "model k562-toy in models/k562-toy (SIMULATED data)\n\
                        best epoch 2 of 5, 1.5 minutes, 6 windows/s on cpu\n\
                        excluded: 3 genes, of which the known sequence is shorter than -250..+50\n\
                        excluded: 2 genes, of which the data set lacks the gene features\n\
                        validation Pearson over 20 genes:\n  K562   0.5000\n  HepG2  -\n  mean   0.5000\n";
        assert_eq!(text(&network).expect("text"), expected);
    }
}
