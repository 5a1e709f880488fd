//! What is printed of an ensemble.

use std::fmt::Write;
use std::path::Path;

use anyhow::Result;
use serde::Serialize;
use tatabox_model::{EnsembleMetrics, EnsembleSummary};

use crate::cell_type_score::{CellTypeScore, shown};

/// An ensemble in a few numbers.
#[derive(Debug, Serialize)]
pub(crate) struct EnsembleTable {
    name: String,
    directory: String,
    members: Vec<MemberRow>,
    /// Mean over cell types of the Pearson of the mean prediction, over the validation genes.
    validation_pearson: Option<f64>,
    validation_genes: Option<usize>,
    validation_pearson_by_cell_type: Vec<CellTypeScore>,
    elapsed_s: f64,
}

/// A member.
#[derive(Debug, Serialize)]
struct MemberRow {
    seed: u64,
    /// None of weights that were made elsewhere.
    best_epoch: Option<usize>,
    /// Its own, on its own validation genes.
    validation_pearson: Option<f64>,
}

impl EnsembleTable {
    pub(crate) fn new(name: &str, directory: &Path, cell_types: &[String], summary: &EnsembleSummary) -> Self {
        let EnsembleMetrics { mean, members } = &summary.metrics;
        let rows = summary.record.members.iter().zip(members).map(|(member, metrics)| MemberRow {
            seed: member.seed,
            best_epoch: metrics.as_ref().map(|metrics| metrics.best_epoch),
            validation_pearson: metrics.as_ref().map(|metrics| metrics.validation_pearson),
        });
        Self {
            name: name.to_owned(),
            directory: directory.display().to_string(),
            members: rows.collect(),
            validation_pearson: mean.as_ref().map(|mean| mean.validation_pearson),
            validation_genes: mean.as_ref().map(|mean| mean.validation_genes),
            validation_pearson_by_cell_type: mean
                .as_ref()
                .map(|mean| CellTypeScore::of(cell_types, &mean.validation_pearson_by_cell_type))
                .unwrap_or_default(),
            elapsed_s: summary.run.elapsed_s,
        }
    }

    pub(crate) fn to_text(&self) -> Result<String> {
        let mut text = String::new();
        let count = self.members.len();
        writeln!(text, "model {} in {}, an ensemble of {count}", self.name, self.directory)?;
        writeln!(text, "trained in {:.1} minutes", self.elapsed_s / 60.0)?;
        writeln!(text, "{:>6}  {:>10}  {:>10}  validation Pearson", "member", "seed", "best epoch")?;
        for (number, row) in (1..).zip(&self.members) {
            let epoch = row.best_epoch.map_or_else(|| "-".to_owned(), |epoch| epoch.to_string());
            let pearson = shown(row.validation_pearson);
            writeln!(text, "{number:>6}  {:>10}  {epoch:>10}  {pearson}", row.seed)?;
        }
        let (Some(pearson), Some(genes)) = (self.validation_pearson, self.validation_genes) else {
            writeln!(text, "the mean was not scored: the members share no validation genes, or --data was not given")?;
            return Ok(text);
        };
        writeln!(text, "validation Pearson of their mean prediction over {genes} genes:")?;
        text += &CellTypeScore::to_text(&self.validation_pearson_by_cell_type, pearson)?;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_and_their_mean_stand_together() {
        let score = |cell_type: &str, pearson| CellTypeScore { cell_type: cell_type.to_owned(), pearson };
        let mut table = EnsembleTable {
            name: "both".to_owned(),
            directory: "models/both".to_owned(),
            members: vec![
                MemberRow { seed: 42, best_epoch: Some(7), validation_pearson: Some(0.5) },
                MemberRow { seed: 4_294_967_295, best_epoch: None, validation_pearson: None },
            ],
            validation_pearson: Some(0.5625),
            validation_genes: Some(30),
            validation_pearson_by_cell_type: vec![score("K562", Some(0.5625)), score("HepG2", None)],
            elapsed_s: 90.0,
        };
        let members = "model both in models/both, an ensemble of 2\n\
                       trained in 1.5 minutes\n\
                       member        seed  best epoch  validation Pearson\n     \
                       1          42           7  0.5000\n     \
                       2  4294967295           -  -\n";
        let scores = "validation Pearson of their mean prediction over 30 genes:\n  \
                      K562   0.5625\n  HepG2  -\n  mean   0.5625\n";
        assert_eq!(table.to_text().expect("text"), format!("{members}{scores}"));
        (table.validation_pearson, table.validation_pearson_by_cell_type) = (None, Vec::new());
        assert!(table.to_text().expect("text").starts_with(&format!("{members}the mean was not scored")));
    }
}
