//! Summary of the matching of expression rows and genes.

use tatabox_dataset::GeneMatchSummary;

/// Lines on matched, ambiguous and unmatched rows.
pub(super) fn text(matching: &GeneMatchSummary) -> String {
    let mut text =
        format!("expression rows matched: {} by identifier, {} by symbol\n", matching.by_id, matching.by_symbol);
    for (count, examples, what) in [
        (matching.ambiguous, &matching.ambiguous_examples, "ambiguous symbols"),
        (matching.not_found, &matching.not_found_examples, "without a gene"),
    ] {
        if count > 0 {
            let more = if count > examples.len() { ", ..." } else { "" };
            text.extend([format!("  {what:<22}{count:>7}  {}{more}\n", examples.join(", "))]);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gene_match_summary_lists_routes_and_examples() {
        let matching = GeneMatchSummary {
            by_id: 12_345,
            by_symbol: 310,
            not_found: 3,
            not_found_examples: vec!["A".to_owned(), "B".to_owned()],
            ..GeneMatchSummary::default()
        };
        let expected = "expression rows matched: 12345 by identifier, 310 by symbol\n  \
            without a gene              3  A, B, ...\n";
        assert_eq!(text(&matching), expected);
        assert_eq!(text(&GeneMatchSummary::default()), "expression rows matched: 0 by identifier, 0 by symbol\n");
    }
}
