//! Rows of expression tables that do not represent a gene by its name.

use tatabox_sequence::{counted, is_par_y_copy, is_spreadsheet_date};

use super::ExpressionTable;
use super::sample_files::ExcludedGenes;
use crate::drop_reason::DropReason;
use crate::error::listed;

/// Removes the rows of copies on chromosome Y, and of names that a spreadsheet has turned into dates.
pub(super) fn without_unusable_rows(
    mut table: ExpressionTable,
    label: &str,
    excluded: &mut ExcludedGenes,
) -> ExpressionTable {
    let reason_of = |gene_id: &str| {
        if is_par_y_copy(gene_id) {
            Some(DropReason::ParYCopy)
        } else {
            is_spreadsheet_date(gene_id).then_some(DropReason::SpreadsheetDate)
        }
    };
    let mut dates: Vec<String> = Vec::new();
    for name in table.gene_names.iter_mut().flatten().filter(|name| is_spreadsheet_date(name)) {
        dates.push(std::mem::take(name));
    }
    let reasons: Vec<Option<DropReason>> = table.gene_ids.iter().map(|gene_id| reason_of(gene_id)).collect();
    for (gene_id, reason) in table.gene_ids.iter().zip(&reasons) {
        let Some(reason) = *reason else { continue };
        if reason == DropReason::SpreadsheetDate {
            dates.push(gene_id.clone());
        }
        excluded.entry((gene_id.clone(), reason)).or_insert_with(|| label.to_owned());
    }
    if !dates.is_empty() {
        tracing::warn!(
            "{label}: a spreadsheet has turned {} into dates or numbers, which match no gene: {}; take the original \
             table, or restore the names, such as SEPTIN2 for 2-Sep",
            counted(dates.len(), "gene name"),
            listed(&dates)
        );
    }
    if reasons.iter().all(Option::is_none) {
        return table;
    }
    let kept: Vec<usize> = (0..reasons.len()).filter(|&row| reasons[row].is_none()).collect();
    ExpressionTable {
        gene_ids: kept.iter().map(|&row| table.gene_ids[row].clone()).collect(),
        gene_names: table.gene_names.as_ref().map(|names| kept.iter().map(|&row| names[row].clone()).collect()),
        tpm: kept.iter().flat_map(|&row| table.row(row).iter().copied()).collect(),
        cell_types: table.cell_types,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_unusable_rows_excludes_copies_and_dates() {
        let owned = |names: [&str; 4]| names.map(str::to_owned).to_vec();
        let table = ExpressionTable {
            gene_ids: owned(["ENSG00000000001", "ENSG00000000001_PAR_Y", "2-Sep", "ENSG00000000002"]),
            gene_names: Some(owned(["A", "A", "", "1-Mar"])),
            cell_types: vec!["K562".to_owned()],
            tpm: vec![1.0, 0.0, 3.0, 4.0],
        };
        let mut excluded = ExcludedGenes::new();
        let table = without_unusable_rows(table, "m.tsv", &mut excluded);
        assert_eq!(table.gene_ids, ["ENSG00000000001", "ENSG00000000002"]);
        assert_eq!((table.gene_names, table.tpm), (Some(vec!["A".to_owned(), String::new()]), vec![1.0, 4.0]));
        let excluded: Vec<(&str, DropReason)> = excluded.keys().map(|(id, reason)| (id.as_str(), *reason)).collect();
        let expected = [("2-Sep", DropReason::SpreadsheetDate), ("ENSG00000000001_PAR_Y", DropReason::ParYCopy)];
        assert_eq!(excluded, expected);
    }
}
