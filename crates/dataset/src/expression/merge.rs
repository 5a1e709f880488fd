//! Combination of several expression tables by gene.

use std::collections::HashMap;

use super::cell_type::normalised_name;
use super::{DuplicateCellType, ExpressionTable};
use crate::error::{DatasetError, Result};

/// Combined expression tables.
#[derive(Debug)]
pub(super) struct Merged {
    /// Genes of all tables in order of first appearance; missing in the cell types of tables that lack the gene.
    pub table: ExpressionTable,
    /// Index of the table of each cell type; the first for a cell type in several tables.
    pub source_of: Vec<usize>,
    /// Number of genes in every table.
    pub genes_in_all: usize,
    /// Cell types that occur in several tables.
    pub duplicated: Vec<String>,
}

/// Combines tables, each with a label for messages. Spellings of a cell type that differ in case, `-`, `_` and spaces
/// are one cell type if they occur in different tables.
///
/// # Errors
///
/// [`DatasetError::CellTypeInTwoTables`] with [`DuplicateCellType::Refuse`].
pub(super) fn merge(tables: Vec<(String, ExpressionTable)>, duplicate: DuplicateCellType) -> Result<Merged> {
    if tables.len() == 1 {
        let table = tables.into_iter().next().expect("there is exactly one table").1;
        let (width, genes_in_all) = (table.cell_types.len(), table.gene_ids.len());
        return Ok(Merged { table, source_of: vec![0; width], genes_in_all, duplicated: Vec::new() });
    }
    let columns = Columns::of(&tables, duplicate)?;
    let width = columns.names.len();
    let mut rows: HashMap<&str, usize> = HashMap::new();
    let (mut gene_ids, mut gene_names) = (Vec::new(), Vec::new());
    let mut tables_with: Vec<usize> = Vec::new();
    // Sum and count, since a cell type may occur in several tables.
    let mut sums: Vec<(f64, u32)> = Vec::new();
    for ((_, table), targets) in tables.iter().zip(&columns.targets) {
        for (row, gene_id) in table.gene_ids.iter().enumerate() {
            let gene = *rows.entry(gene_id).or_insert_with(|| {
                gene_ids.push(gene_id.clone());
                gene_names.push(String::new());
                tables_with.push(0);
                sums.resize(sums.len() + width, (0.0, 0));
                gene_ids.len() - 1
            });
            tables_with[gene] += 1;
            if let Some(names) = table.gene_names.as_ref().filter(|_| gene_names[gene].is_empty()) {
                gene_names[gene].clone_from(&names[row]);
            }
            for (&target, &tpm) in targets.iter().zip(table.row(row)) {
                let (sum, n) = &mut sums[gene * width + target];
                let counts = !tpm.is_nan() && (*n == 0 || duplicate == DuplicateCellType::Mean);
                if counts {
                    *sum += f64::from(tpm);
                    *n += 1;
                }
            }
        }
    }
    let tpm = sums.iter().map(|&(sum, n)| if n == 0 { f32::NAN } else { (sum / f64::from(n)) as f32 }).collect();
    let gene_names = gene_names.iter().any(|name| !name.is_empty()).then_some(gene_names);
    let genes_in_all = tables_with.iter().filter(|&&count| count == tables.len()).count();
    let table = ExpressionTable { gene_ids, gene_names, cell_types: columns.names, tpm };
    Ok(Merged { table, source_of: columns.source_of, genes_in_all, duplicated: columns.duplicated })
}

/// Target columns of each table.
struct Columns {
    names: Vec<String>,
    source_of: Vec<usize>,
    targets: Vec<Vec<usize>>,
    duplicated: Vec<String>,
}

impl Columns {
    fn of(tables: &[(String, ExpressionTable)], duplicate: DuplicateCellType) -> Result<Self> {
        let mut columns =
            Self { names: Vec::new(), source_of: Vec::new(), targets: Vec::new(), duplicated: Vec::new() };
        for (source, (label, table)) in tables.iter().enumerate() {
            let before = columns.names.len();
            let mut targets = Vec::with_capacity(table.cell_types.len());
            for name in &table.cell_types {
                let key = normalised_name(name);
                let twin = (0..before).find(|&column| normalised_name(&columns.names[column]) == key);
                if let Some(twin) = twin {
                    if duplicate == DuplicateCellType::Refuse {
                        return Err(DatasetError::CellTypeInTwoTables {
                            name: columns.names[twin].clone(),
                            first: tables[columns.source_of[twin]].0.clone(),
                            second: label.clone(),
                        });
                    }
                    columns.duplicated.push(columns.names[twin].clone());
                    targets.push(twin);
                } else {
                    targets.push(columns.names.len());
                    columns.names.push(name.clone());
                    columns.source_of.push(source);
                }
            }
            columns.targets.push(targets);
        }
        Ok(columns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MISSING: f32 = f32::NAN;

    fn table(genes: &[&str], names: Option<&[&str]>, cell_types: &[&str], tpm: &[f32]) -> ExpressionTable {
        let owned = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
        ExpressionTable {
            gene_ids: owned(genes),
            gene_names: names.map(owned),
            cell_types: owned(cell_types),
            tpm: tpm.to_vec(),
        }
    }

    fn two() -> Vec<(String, ExpressionTable)> {
        vec![
            ("a.tsv".to_owned(), table(&["G1", "G2"], None, &["K562", "HepG2"], &[1.0, 2.0, 3.0, MISSING])),
            (
                "b.tsv".to_owned(),
                table(&["G2", "G3"], Some(&["TWO", "THREE"]), &["A549", "hep g2"], &[5.0, 6.0, 7.0, 8.0]),
            ),
        ]
    }

    #[test]
    fn merge_cell_type_in_two_tables_error_names_both() {
        let error = merge(two(), DuplicateCellType::Refuse).expect_err("HepG2 twice").to_string();
        assert!(error.starts_with("cell type `HepG2` is in both a.tsv and b.tsv;"), "{error}");
        assert!(error.contains("the first table or the mean of both"), "{error}");
    }

    #[test]
    fn merge_joins_genes_of_all_tables() {
        let merged = merge(two(), DuplicateCellType::Mean).expect("joined");
        assert_eq!(merged.table.gene_ids, ["G1", "G2", "G3"]);
        assert_eq!(merged.table.gene_names, Some(vec![String::new(), "TWO".into(), "THREE".into()]));
        assert_eq!(merged.table.cell_types, ["K562", "HepG2", "A549"]);
        assert_eq!((merged.source_of, merged.genes_in_all), (vec![0, 0, 1], 1));
        assert_eq!(merged.duplicated, ["HepG2"]);
        let text = |gene: usize| merged.table.row(gene).iter().map(f32::to_string).collect::<Vec<_>>().join(" ");
        assert_eq!([text(0), text(1), text(2)], ["1 2 NaN", "3 6 5", "NaN 8 7"]);
    }

    #[test]
    fn merge_duplicate_cell_type_uses_first_or_mean() {
        let mut tables = two();
        tables[0].1.tpm[3] = 2.0;
        let hepg2 = |duplicate| merge(tables.clone(), duplicate).expect("joined").table.row(1)[1..2].to_vec();
        assert_eq!(hepg2(DuplicateCellType::First), [2.0]);
        // (2 + 6) / 2
        assert_eq!(hepg2(DuplicateCellType::Mean), [4.0]);
    }

    #[test]
    fn merge_single_table_is_unchanged() {
        let merged = merge(two()[..1].to_vec(), DuplicateCellType::Refuse).expect("one");
        assert_eq!(merged.table.cell_types, ["K562", "HepG2"]);
        assert_eq!((merged.source_of, merged.genes_in_all), (vec![0, 0], 2));
    }
}
