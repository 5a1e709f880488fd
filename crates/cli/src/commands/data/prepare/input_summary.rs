//! What `prepare` tells of TSSs, features of genes and signals.

use tatabox_dataset::{GeneFeatureRecord, TrackRecord, TssRecord};

/// Lines on each of them that there is.
pub(super) fn text(
    tss: Option<&TssRecord>,
    gene_features: Option<&GeneFeatureRecord>,
    tracks: &[TrackRecord],
) -> String {
    let mut lines = Vec::new();
    if let Some(tss) = tss {
        lines.push("TSSs taken from".to_owned());
        let of_source = tss.sources.iter().map(|(source, genes)| (source.as_str().replace('_', " "), genes));
        lines.extend(of_source.map(|(source, genes)| format!("  {source:<24}{genes:>7}")));
        if tss.further > 0 {
            lines.push(format!(
                "  {:<24}{:>7}  rows of their own, neither trained nor scored on",
                "further TSSs", tss.further
            ));
        }
    }
    if let Some(features) = gene_features {
        lines.push(format!("{} features of {} genes, from {}", features.names.len(), features.genes, features.source));
        let missing = features.missing.iter().map(|(reason, genes)| (reason.replace('_', " "), genes));
        lines.extend(missing.map(|(reason, genes)| format!("  without: {reason:<15}{genes:>7}")));
    }
    for TrackRecord { name, file, covered, mean } in tracks {
        lines.push(format!(
            "track {name} from {file}: a value for {:.1}% of the bases, mean of asinh {mean:.3}",
            100.0 * covered
        ));
    }
    lines.into_iter().fold(String::new(), |text, line| text + &line + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_there_is_is_told() {
        let tss: TssRecord = serde_json::from_str(
            r#"{"choice": "canonical", "sources": {"mane_select": 38, "cage_peak": 2}, "further": 5}"#,
        )
        .expect("a record");
        let features = GeneFeatureRecord {
            names: vec!["a".to_owned(), "b".to_owned()],
            genes: 36,
            source: "annotation".to_owned(),
            missing: [("non_coding".to_owned(), 4)].into(),
        };
        let track = TrackRecord { name: "dnase".to_owned(), file: "x.bw".to_owned(), covered: 0.25, mean: 1.5 };
        let expected = "TSSs taken from\n  mane select                  38\n  cage peak                     2\n  \
            further TSSs                  5  rows of their own, neither trained nor scored on\n\
            2 features of 36 genes, from annotation\n  without: non coding           4\n\
            track dnase from x.bw: a value for 25.0% of the bases, mean of asinh 1.500\n";
        assert_eq!(text(Some(&tss), Some(&features), &[track]), expected);
        assert_eq!(text(None, None, &[]), "");
    }
}
