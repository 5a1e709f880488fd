//! File of cross-validation folds: the fold of each chromosome or gene.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use tatabox_sequence::{Contig, ContigNames, chromosome_of, strip_version};

use super::natural_order;
use crate::error::{DatasetError, Result};
use crate::gene_match::{GeneMatch, GeneName, match_genes};
use crate::io::checksum::sha256_bytes;
use crate::io::table_error::{TableError, TableProblem};
use crate::io::text_table::TextTable;

/// Columns that may hold the listed name, and whether the name is a gene. A file of a cross-validation has several; the
/// first of this list is used.
const NAME_COLUMNS: [(&str, bool); 5] =
    [("gene_id", true), ("gene", true), ("chromosome", false), ("chrom", false), ("contig", false)];
const FOLD_COLUMN: &str = "fold";

/// Folds that a user lists by chromosome or by gene.
///
/// The file is a table (TSV or CSV) with a header: a column `chrom` or `gene_id`, and a column `fold` with numbers from
/// 0 or from 1, without gaps. `folds.tsv` of a cross-validation is such a file.
///
/// # Examples
///
/// ```
/// use tatabox_dataset::FoldFile;
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("folds.tsv");
/// std::fs::write(&path, "chrom\tfold\nchr1\t1\nchr2\t2\nchr3\t3\n")?;
/// let file = FoldFile::read(&path)?;
/// assert_eq!(file.count(), 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoldFile {
    path: PathBuf,
    lists_genes: bool,
    count: usize,
    first: usize,
    /// Fold, counted from 0, of each name.
    fold_of: BTreeMap<String, usize>,
}

/// Gene of a data set, as a file of folds may list it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ListedGene<'a> {
    pub gene_id: &'a str,
    pub gene_name: Option<&'a str>,
    pub chromosome: Option<&'a str>,
}

impl FoldFile {
    /// Reads the file.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Table`] for a missing column, a fold that is not a whole number, a name on two rows, and fold
    /// numbers with gaps.
    pub fn read(path: &Path) -> Result<Self> {
        let mut table = TextTable::open(path)?;
        let fold_column = table.column(FOLD_COLUMN, &["chrom or gene_id", FOLD_COLUMN])?;
        let name_column = NAME_COLUMNS
            .iter()
            .find_map(|&(name, is_gene)| Some((table.header.iter().position(|column| column == name)?, is_gene)));
        let Some((name_column, lists_genes)) = name_column else {
            let (name, expected) = ("chrom".to_owned(), vec!["chrom or gene_id".to_owned(), FOLD_COLUMN.to_owned()]);
            return Err(table
                .header_error(TableProblem::MissingColumn { name, found: table.header.clone(), expected })
                .into());
        };
        let column = table.header[name_column].clone();
        let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
        while let Some((location, cells)) = table.next_row()? {
            let (name, text) = (cells[name_column].trim(), cells[fold_column].trim());
            let problem = match (name, fold_number(text)) {
                ("", _) => Some(TableProblem::EmptyCell { column: column.clone() }),
                (_, None) => Some(TableProblem::OutOfRange {
                    column: FOLD_COLUMN.to_owned(),
                    text: text.to_owned(),
                    expected: "a whole number, counted from 0 or from 1",
                }),
                (_, Some(number)) => {
                    let key = if lists_genes { strip_version(name).into_owned() } else { name.to_owned() };
                    let listed_before = numbers.insert(key, number).is_some();
                    listed_before.then(|| TableProblem::ListedTwice { name: name.to_owned() })
                }
            };
            if let Some(problem) = problem {
                return Err(TableError::at(path, location, problem).into());
            }
        }
        let folds: BTreeSet<usize> = numbers.values().copied().collect();
        let first = match (folds.first(), folds.last()) {
            (Some(&first @ (0 | 1)), Some(&last)) if last - first + 1 == folds.len() => first,
            (None, _) => return Err(TableError::in_file(path, TableProblem::NoRows).into()),
            _ => {
                let found = folds.iter().map(ToString::to_string).collect();
                return Err(TableError::in_file(path, TableProblem::FoldNumbers { found }).into());
            }
        };
        let fold_of = numbers.into_iter().map(|(name, number)| (name, number - first)).collect();
        Ok(Self { path: path.to_owned(), lists_genes, count: folds.len(), first, fold_of })
    }

    /// Path of the file, as given.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Number of folds.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Number of the first fold in the file: 0 or 1.
    pub fn first(&self) -> usize {
        self.first
    }

    /// Whether the file lists genes; otherwise it lists chromosomes.
    pub fn lists_genes(&self) -> bool {
        self.lists_genes
    }

    /// SHA-256 of the listed names with their folds, independent of row order and format.
    pub fn checksum(&self) -> String {
        let rows: String = self.fold_of.iter().map(|(name, fold)| format!("{name}\t{fold}\n")).collect();
        sha256_bytes(rows.as_bytes())
    }

    /// Fold of each gene, counted from 0, and the listed names that no gene has.
    ///
    /// Genes are matched as those of any two files, by identifier, then by a symbol that only one gene has; chromosomes in
    /// any spelling.
    ///
    /// # Errors
    ///
    /// [`DatasetError::InvalidSetting`] for genes or chromosomes that the file does not list.
    pub(crate) fn assign(&self, genes: &[ListedGene<'_>]) -> Result<(Vec<usize>, Vec<String>)> {
        if self.lists_genes { self.assign_genes(genes) } else { self.assign_chromosomes(genes) }
    }

    fn assign_genes(&self, genes: &[ListedGene<'_>]) -> Result<(Vec<usize>, Vec<String>)> {
        let names: Vec<GeneName<'_>> = genes.iter().map(|gene| GeneName::new(gene.gene_id, gene.gene_name)).collect();
        let (listed, fold_of_row): (Vec<GeneName<'_>>, Vec<usize>) =
            self.fold_of.iter().map(|(name, &fold)| (GeneName::new(name, None), fold)).unzip();
        let matching = match_genes(&names, &listed);
        let (mut folds, mut missing) = (Vec::with_capacity(genes.len()), Vec::new());
        for (gene, matched) in genes.iter().zip(&matching.genes) {
            match matched {
                GeneMatch::ById(row) | GeneMatch::BySymbol(row) | GeneMatch::Copy(row) => folds.push(fold_of_row[*row]),
                GeneMatch::Ambiguous { .. } | GeneMatch::Absent => missing.push(gene.gene_id.to_owned()),
            }
        }
        self.refuse("gene", &missing)?;
        let unused = listed.iter().zip(&matching.rows).filter(|(_, matched)| matched.index().is_none());
        Ok((folds, unused.map(|(name, _)| name.id.to_owned()).collect()))
    }

    fn assign_chromosomes(&self, genes: &[ListedGene<'_>]) -> Result<(Vec<usize>, Vec<String>)> {
        let chromosomes: BTreeSet<&str> = genes.iter().filter_map(|gene| gene.chromosome).collect();
        let contigs: Vec<Contig> =
            chromosomes.iter().map(|&name| Contig { name: name.to_owned(), length: 0 }).collect();
        let names = ContigNames::new(&contigs);
        let (mut fold_of, mut unused): (BTreeMap<&str, usize>, Vec<String>) = Default::default();
        for (listed, &fold) in &self.fold_of {
            match names.resolve(listed).or_else(|| names.resolve(&chromosome_of(listed))) {
                None => unused.push(listed.clone()),
                Some(chromosome) => {
                    if fold_of.insert(chromosome, fold).is_some_and(|other| other != fold) {
                        return Err(DatasetError::InvalidSetting {
                            field: "fold_file",
                            value: self.path.display().to_string(),
                            expected: format!("two spellings of {chromosome} have different folds; list it once"),
                        });
                    }
                }
            }
        }
        let mut missing: Vec<String> =
            chromosomes.into_iter().filter(|name| !fold_of.contains_key(name)).map(str::to_owned).collect();
        missing.sort_by(|a, b| natural_order(a, b));
        self.refuse("chromosome", &missing)?;
        let unplaced: Vec<String> =
            genes.iter().filter(|gene| gene.chromosome.is_none()).map(|gene| gene.gene_id.to_owned()).collect();
        self.refuse("chromosome of gene", &unplaced)?;
        Ok((genes.iter().filter_map(|gene| fold_of.get(gene.chromosome?).copied()).collect(), unused))
    }

    /// The error of names of the data set that the file lacks; `Ok` if there are none.
    fn refuse(&self, what: &str, missing: &[String]) -> Result<()> {
        const SHOWN: usize = 10;
        if missing.is_empty() {
            return Ok(());
        }
        let shown = missing.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = if missing.len() > SHOWN { format!(" and {} more", missing.len() - SHOWN) } else { String::new() };
        Err(DatasetError::InvalidSetting {
            field: "fold_file",
            value: self.path.display().to_string(),
            expected: format!(
                "expected a fold for every {what} of the data set; {} have none: {shown}{more}",
                missing.len()
            ),
        })
    }
}

/// Number of a fold: `3` or `fold3`.
fn fold_number(text: &str) -> Option<usize> {
    let digits = text.strip_prefix("fold").unwrap_or(text);
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<FoldFile> {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("folds.tsv");
        std::fs::write(&path, text).expect("written");
        FoldFile::read(&path)
    }

    fn gene<'a>(gene_id: &'a str, gene_name: &'a str, chromosome: &'a str) -> ListedGene<'a> {
        ListedGene { gene_id, gene_name: Some(gene_name), chromosome: Some(chromosome) }
    }

    #[test]
    fn fold_file_of_chromosomes_matches_any_spelling() {
        let file = read("chrom\tfold\nchr1\tfold0\n2\tfold1\nchrX\tfold2\nchr7\tfold2\n").expect("valid");
        assert_eq!((file.count(), file.first(), file.lists_genes()), (3, 0, false));
        let genes = [gene("A", "a", "chrX"), gene("B", "b", "chr1"), gene("C", "c", "chr2")];
        let (folds, unused) = file.assign(&genes).expect("every chromosome is listed");
        assert_eq!((folds, unused), (vec![2, 0, 1], vec!["chr7".to_owned()]));
        let message = file.assign(&[gene("D", "d", "chr9")]).expect_err("not listed").to_string();
        assert!(message.contains("fold for every chromosome of the data set; 1 have none: chr9"), "{message}");
    }

    #[test]
    fn fold_file_of_genes_matches_identifiers_then_unique_names() {
        let file = read("gene_id,fold\nENSG00000000003.15,1\nTP53,2\nX,3\nQ,3\n").expect("valid");
        let genes =
            [gene("ENSG00000000003", "TSPAN6", "chrX"), gene("ENSG00000141510", "TP53", "chr17"), gene("X", "x", "1")];
        let (folds, unused) = file.assign(&genes).expect("every gene is listed");
        assert_eq!((folds, unused), (vec![0, 1, 2], vec!["Q".to_owned()]));
        // As in any two files, symbols that differ in case match where most match exactly.
        let file = read("gene_id\tfold\nHLA-A\t1\nC1ORF112\t2\nEnsg00000000003.2\t3\nTp53\t3\n").expect("valid");
        let genes = [
            gene("HLA-A", "HLA-A", "chr6"),
            gene("ENSG00000000460", "C1orf112", "chr1"),
            gene("ENSG00000000003", "TSPAN6", "chrX"),
            gene("ENSG00000141510", "TP53", "chr17"),
        ];
        assert_eq!(file.assign(&genes).expect("every gene is listed"), (vec![0, 1, 2, 2], Vec::new()));
        let twins = [gene("ENSG1", "TP53", "chr1"), gene("ENSG2", "TP53", "chr2")];
        let message = file.assign(&twins).expect_err("an ambiguous name is not matched").to_string();
        assert!(message.contains("2 have none: ENSG1, ENSG2"), "{message}");
    }

    #[test]
    fn fold_file_refuses_ambiguous_content() {
        let refused = |text: &str| read(text).expect_err("refused").to_string();
        assert!(refused("chrom\tfold\nchr1\t1\nchr1\t2\n").contains("line 3: `chr1` is listed twice"));
        assert!(refused("chrom\tfold\nchr1\tone\n").contains("line 2: column fold: `one` found"));
        assert!(refused("chrom\tfold\nchr1\t1\nchr2\t3\n").contains("folds 1, 3"));
        assert!(refused("chrom\tfold\nchr1\t5\n").contains("folds 5"));
        assert!(refused("chrom\tsplit\nchr1\t5\n").contains("no column `fold`"));
        assert!(refused("name\tfold\nchr1\t5\n").contains("no column `chrom`"));
        assert!(refused("chrom\tfold\n").contains("no rows"));
    }
}
