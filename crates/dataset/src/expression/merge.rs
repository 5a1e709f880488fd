//! Combination of several expression tables by gene.

use super::cell_type::normalised_name;
use super::{DuplicateCellType, ExpressionTable};
use crate::error::{DatasetError, Result};
use crate::gene_match::{GeneMatch, GeneName, match_genes};
use tatabox_sequence::is_ensembl_id;

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
    /// Rows whose symbol names several genes: identifier and description.
    pub ambiguous: Vec<(String, String)>,
}

/// Combines tables, each with a label for messages. Spellings of a cell type that differ in case, `-`, `_` and spaces
/// are one cell type if they occur in different tables. Genes match by identifier, then by symbol; two Ensembl
/// identifiers denote two genes.
///
/// # Errors
///
/// [`DatasetError::CellTypeInTwoTables`] with [`DuplicateCellType::Refuse`].
pub(super) fn merge(tables: Vec<(String, ExpressionTable)>, duplicate: DuplicateCellType) -> Result<Merged> {
    if tables.len() == 1 {
        let table = tables.into_iter().next().expect("there is exactly one table").1;
        let (width, genes_in_all) = (table.cell_types.len(), table.gene_ids.len());
        return Ok(Merged {
            table,
            source_of: vec![0; width],
            genes_in_all,
            duplicated: Vec::new(),
            ambiguous: Vec::new(),
        });
    }
    let columns = Columns::of(&tables, duplicate)?;
    let width = columns.names.len();
    let mut genes = MergedGenes::default();
    let mut tables_with: Vec<usize> = Vec::new();
    // Sum and count, since a cell type may occur in several tables.
    let mut sums: Vec<(f64, u32)> = Vec::new();
    for ((label, table), targets) in tables.iter().zip(&columns.targets) {
        for (row, gene) in genes.add(label, table).into_iter().enumerate() {
            let Some(gene) = gene else { continue };
            tables_with.resize(genes.ids.len(), 0);
            sums.resize(genes.ids.len() * width, (0.0, 0));
            tables_with[gene] += 1;
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
    let MergedGenes { ids: gene_ids, names, ambiguous } = genes;
    let gene_names = names.iter().any(|name| !name.is_empty()).then_some(names);
    let genes_in_all = tables_with.iter().filter(|&&count| count == tables.len()).count();
    let table = ExpressionTable { gene_ids, gene_names, cell_types: columns.names, tpm };
    Ok(Merged { table, source_of: columns.source_of, genes_in_all, duplicated: columns.duplicated, ambiguous })
}

/// Genes of the tables combined so far.
#[derive(Default)]
struct MergedGenes {
    ids: Vec<String>,
    /// Symbols; empty if unknown.
    names: Vec<String>,
    ambiguous: Vec<(String, String)>,
}

impl MergedGenes {
    /// Adds the genes of a table. Returns the gene of each row; `None` for an ambiguous row.
    fn add(&mut self, label: &str, table: &ExpressionTable) -> Vec<Option<usize>> {
        let known: Vec<GeneName<'_>> =
            self.ids.iter().zip(&self.names).map(|(id, name)| GeneName::new(id, Some(name))).collect();
        let matches = match_genes(&known, &table.names()).rows;
        let mut by_symbol = 0;
        let mut genes = Vec::with_capacity(matches.len());
        for (row, found) in matches.into_iter().enumerate() {
            let (id, name) = (&table.gene_ids[row], table.gene_names.as_ref().map_or("", |names| &names[row]));
            let gene = match found {
                GeneMatch::ById(gene) => gene,
                GeneMatch::BySymbol(gene) if !(is_ensembl_id(id) && is_ensembl_id(&self.ids[gene])) => {
                    by_symbol += 1;
                    self.identify(gene, id);
                    gene
                }
                GeneMatch::Ambiguous { symbol, others } if !is_ensembl_id(id) => {
                    let others: Vec<&str> = others.iter().map(|&gene| self.ids[gene].as_str()).collect();
                    let detail = format!("{label}: symbol {symbol} of {} in another table", others.join(", "));
                    self.ambiguous.push((id.clone(), detail));
                    genes.push(None);
                    continue;
                }
                GeneMatch::Copy(gene) => {
                    let detail = format!("{label}: another row has the identifier {}", self.ids[gene]);
                    self.ambiguous.push((id.clone(), detail));
                    genes.push(None);
                    continue;
                }
                GeneMatch::BySymbol(_) | GeneMatch::Ambiguous { .. } | GeneMatch::Absent => {
                    self.ids.push(id.clone());
                    self.names.push(String::new());
                    self.ids.len() - 1
                }
            };
            if self.names[gene].is_empty() {
                name.clone_into(&mut self.names[gene]);
            }
            genes.push(Some(gene));
        }
        if by_symbol > 0 {
            tracing::info!(table = label, genes = by_symbol, "genes matched with another table by symbol");
        }
        genes
    }

    /// Replaces the symbol that identifies a gene by an Ensembl identifier.
    fn identify(&mut self, gene: usize, id: &str) {
        if is_ensembl_id(id) {
            let symbol = std::mem::replace(&mut self.ids[gene], id.to_owned());
            if self.names[gene].is_empty() {
                self.names[gene] = symbol;
            }
        }
    }
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
    fn merge_matches_symbols_with_identifiers() {
        let (one, two) = ("ENSG00000000001", "ENSG00000000002");
        let ids = table(&[one, two, "ENSG00000000003"], Some(&["A", "B", "B"]), &["K562"], &[1.0, 2.0, 3.0]);
        let symbols = table(&["B", "A", "C"], None, &["HepG2"], &[5.0, 6.0, 7.0]);
        for (tables, is_ambiguous) in [
            (vec![("i".to_owned(), ids.clone()), ("s".to_owned(), symbols.clone())], true),
            (vec![("s".to_owned(), symbols), ("i".to_owned(), ids)], false),
        ] {
            let merged = merge(tables, DuplicateCellType::Refuse).expect("joined");
            let a = merged.table.gene_ids.iter().position(|id| id == one).expect("by its symbol");
            assert!((merged.table.row(a).iter().sum::<f32>() - 7.0).abs() < 1e-6);
            assert_eq!(merged.genes_in_all, 1);
            // B names two genes of the first table.
            let detail = merged.ambiguous.first().map(|(_, detail)| detail.contains("symbol B"));
            assert_eq!(detail, is_ambiguous.then_some(true));
        }
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
