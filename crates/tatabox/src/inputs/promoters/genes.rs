//! Genes of a prepared data set.

use crate::error::Result;
use tatabox_dataset::{Extent, PreparedDataset};
use tatabox_model::{Predictor, PromoterWindow};

use super::{Promoter, Promoters};

pub(super) fn open(names: &[String], dataset: PreparedDataset, predictor: &Predictor) -> Result<Promoters> {
    predictor.check_geometry(&dataset)?;
    let genes = names.iter().map(|name| dataset.find_gene(name)).collect::<Result<Vec<_>, _>>()?;
    // The data set may have other cell types than the model.
    let targets = dataset.target_names();
    let find = |output: &String| targets.iter().position(|known| known == output);
    let columns: Vec<Option<usize>> = predictor.cell_types().iter().map(find).collect();
    let has_split_of_training = predictor.has_split_of(&dataset);
    let extent = predictor.extent();
    let windows: Vec<PromoterWindow> =
        genes.iter().map(|&gene| predictor.gene_window(&dataset, gene)).collect::<Result<_, _>>()?;
    let needs_features = !predictor.auxiliary_inputs().feature_names().is_empty();
    let promoters = genes.into_iter().zip(windows).map(move |(gene, window)| {
        let mut promoter = promoter(&dataset, gene, window, &columns, has_split_of_training, extent);
        if needs_features && promoter.window.gene_features.is_none() {
            promoter.lacks_input = true;
            promoter.notes.push(format!("no gene features in {}", dataset.name()));
        }
        Ok(promoter)
    });
    Ok(Box::new(promoters))
}

fn promoter(
    dataset: &PreparedDataset,
    gene: usize,
    window: PromoterWindow,
    columns: &[Option<usize>],
    has_split_of_training: bool,
    extent: Extent,
) -> Promoter {
    let entry = &dataset.genes()[gene];
    let measured = |column: &Option<usize>| {
        let value = f64::from(dataset.target(gene, (*column)?));
        value.is_finite().then_some(value)
    };
    let mut notes: Vec<String> = entry.gene_name.iter().cloned().collect();
    if has_split_of_training {
        notes.push(format!("{} gene", entry.split));
    }
    if let Some(gene_id) = &entry.alternative_of {
        notes.push(format!("alternative TSS of {gene_id}"));
    }
    Promoter {
        measured_log2_tpm: Some(columns.iter().map(measured).collect()),
        notes,
        tss: entry.tss_location(),
        name: entry.gene_name.clone(),
        ..Promoter::new(entry.gene_id.clone(), window, extent)
    }
}
