//! Text on an ensemble.

use std::fmt::Write;

use anyhow::Result;
use tatabox::train::TrainedEnsemble;
use tatabox_sequence::counted;

use crate::cell_type_score::{self, shown};

/// Folder, members and validation scores of an ensemble.
pub(super) fn text(ensemble: &TrainedEnsemble) -> Result<String> {
    let mut text = String::new();
    let (directory, count) = (ensemble.directory.display(), ensemble.members.len());
    writeln!(text, "model {} in {directory}, an ensemble of {count}", ensemble.name)?;
    writeln!(text, "trained in {:.1} minutes", ensemble.elapsed_s / 60.0)?;
    writeln!(text, "{:>6}  {:>10}  {:>10}  validation Pearson", "member", "seed", "best epoch")?;
    for (number, member) in (1..).zip(&ensemble.members) {
        let epoch = member.best_epoch.map_or_else(|| "-".to_owned(), |epoch| epoch.to_string());
        writeln!(text, "{number:>6}  {:>10}  {epoch:>10}  {}", member.seed, shown(member.validation_pearson))?;
    }
    let (Some(pearson), Some(genes)) = (ensemble.validation_pearson, ensemble.validation_genes) else {
        writeln!(text, "the mean was not scored: pass --data with the data set that all members were trained on")?;
        return Ok(text);
    };
    writeln!(text, "validation Pearson of their mean prediction over {}:", counted(genes, "gene"))?;
    text += &cell_type_score::text(&ensemble.validation_pearson_by_cell_type, pearson)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use tatabox::train::{CellTypeScore, TrainedMember};

    use super::*;

    #[test]
    fn ensemble_text_has_members_and_the_score_of_their_mean() {
        let score = |cell_type: &str, pearson| CellTypeScore { cell_type: cell_type.to_owned(), pearson };
        let mut ensemble = TrainedEnsemble {
            name: "both".to_owned(),
            directory: "models/both".into(),
            members: vec![
                TrainedMember { seed: 42, best_epoch: Some(7), validation_pearson: Some(0.5) },
                TrainedMember { seed: 4_294_967_295, best_epoch: None, validation_pearson: None },
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
        assert_eq!(text(&ensemble).expect("text"), format!("{members}{scores}"));
        (ensemble.validation_pearson, ensemble.validation_pearson_by_cell_type) = (None, Vec::new());
        assert!(text(&ensemble).expect("text").starts_with(&format!("{members}the mean was not scored")));
    }
}
