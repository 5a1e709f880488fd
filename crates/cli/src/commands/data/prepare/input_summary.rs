//! Summary of TSSs, gene features and signal tracks.

use tatabox_dataset::{GeneFeatureRecord, PromoterChoiceRecord, TrackRecord, TssRecord};
use tatabox_sequence::counted;

/// Lines on the inputs that the data set has.
pub(super) fn text(
    tss: Option<&TssRecord>,
    promoters: Option<&PromoterChoiceRecord>,
    gene_features: Option<&GeneFeatureRecord>,
    tracks: &[TrackRecord],
) -> String {
    let mut lines = Vec::new();
    if let Some(tss) = tss {
        lines.push("TSSs by source".to_owned());
        let of_source = tss.sources.iter().map(|(source, genes)| (source.as_str().replace('_', " "), genes));
        lines.extend(of_source.map(|(source, genes)| format!("  {source:<24}{genes:>7}")));
        if tss.alternative_tss > 0 {
            lines.push(format!(
                "  {:<24}{:>7}  separate rows, excluded from training and scores",
                "alternative TSSs", tss.alternative_tss
            ));
        }
    }
    if let Some(PromoterChoiceRecord { table, columns, choices, changed }) = promoters {
        lines.push(format!("promoters by activity ({} of {table}), {changed} changed by it", columns.join(" + ")));
        let of_choice = choices.iter().map(|(choice, genes)| (choice.as_str().replace('_', " "), genes));
        lines.extend(of_choice.map(|(choice, genes)| format!("  {choice:<24}{genes:>7}")));
    }
    if let Some(features) = gene_features {
        let set = features.feature_set.as_ref().map(|set| format!(" ({set})")).unwrap_or_default();
        let (count, genes, source) = (features.names.len(), features.genes, &features.source);
        lines.push(format!("{} for {}, from {source}{set}", counted(count, "gene feature"), counted(genes, "gene")));
        let missing = features.missing.iter().map(|(reason, genes)| (reason.replace('_', " "), genes));
        lines.extend(missing.map(|(reason, genes)| format!("  without: {reason:<15}{genes:>7}")));
    }
    for TrackRecord { name, file, covered, mean } in tracks {
        lines.push(format!(
            "track {name} from {file}: values for {:.1}% of the bases, mean asinh {mean:.3}",
            100.0 * covered
        ));
    }
    lines.into_iter().fold(String::new(), |text, line| text + &line + "\n")
}

#[cfg(test)]
mod tests {
    use tatabox_dataset::PromoterChoice;

    use super::*;

    #[test]
    fn input_summary_describes_tss_sources_features_and_tracks() {
        let tss: TssRecord = serde_json::from_str(
            r#"{"choice": "canonical", "sources": {"mane_select": 38, "cage_peak": 2}, "alternative_tss": 5}"#,
        )
        .expect("a record");
        let features = GeneFeatureRecord {
            names: vec!["a".to_owned(), "b".to_owned()],
            genes: 36,
            source: "annotation".to_owned(),
            feature_set: None,
            missing: [("non_coding".to_owned(), 4)].into(),
        };
        let track = TrackRecord { name: "dnase".to_owned(), file: "x.bw".to_owned(), covered: 0.25, mean: 1.5 };
        let promoters = PromoterChoiceRecord {
            table: "cage.tsv".to_owned(),
            columns: vec!["K562".to_owned(), "H1".to_owned()],
            choices: [(PromoterChoice::MostActive, 30), (PromoterChoice::NoActivity, 10)].into(),
            changed: 7,
        };
        let expected = "TSSs by source\n  mane select                  38\n  cage peak                     2\n  \
            alternative TSSs              5  separate rows, excluded from training and scores\n\
            promoters by activity (K562 + H1 of cage.tsv), 7 changed by it\n  most active                  30\n  \
            no activity                  10\n\
            2 gene features for 36 genes, from annotation\n  without: non coding           4\n\
            track dnase from x.bw: values for 25.0% of the bases, mean asinh 1.500\n";
        assert_eq!(text(Some(&tss), Some(&promoters), Some(&features), &[track]), expected);
        assert_eq!(text(None, None, None, &[]), "");
    }
}
