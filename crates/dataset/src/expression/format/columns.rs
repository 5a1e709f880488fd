//! Roles of the columns of an expression matrix: gene, name, cell types, and columns that hold other values.

use super::column_names::{
    is_annotation, is_gene_id, is_gene_name, is_identifier, is_index, is_length, is_statistic, is_test, is_test_result,
    named_unit, normalised,
};
use crate::expression::Scale;
use crate::io::table_error::TableProblem;

/// Content of the first cells of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ColumnContent {
    /// More numbers than text.
    Numbers,
    /// At least as much text as numbers.
    Text,
    /// Missing values only.
    Missing,
}

/// Roles of the columns of a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Columns {
    pub(crate) gene_id: usize,
    pub(crate) gene_name: Option<usize>,
    pub(crate) cell_types: Vec<usize>,
    /// Named columns that are no cell types.
    pub(crate) excluded: Vec<usize>,
    /// Columns without a name, which have to be empty.
    pub(crate) unnamed: Vec<usize>,
    /// Lengths of genes, by which read counts are divided.
    pub(crate) length: Option<usize>,
    /// Unit that the names of the cell types state.
    pub(crate) named_unit: Option<Scale>,
}

impl Columns {
    /// Roles according to names and content. The gene is the column with the name of an identifier, else the first column;
    /// row numbers and columns known to hold other values are not cell types, and every other column is one.
    ///
    /// Where names state several units, the cell types are the columns of the scale, of TPM if none is stated.
    ///
    /// # Errors
    ///
    /// No cell type, two columns with the name of one cell type, columns of several units, a column without a name.
    pub(crate) fn of(
        header: &[String],
        contents: &[ColumnContent],
        scale: Option<Scale>,
    ) -> Result<Self, TableProblem> {
        let names: Vec<String> = header.iter().map(|name| normalised(name)).collect();
        let is_numbers = |index: usize| contents[index] == ColumnContent::Numbers;
        let gene_id = gene_column(&names, contents)
            .ok_or_else(|| TableProblem::NoGeneColumn { first: header[0].clone(), found: header.to_vec() })?;
        let gene_name = (0..names.len()).find(|&index| {
            index != gene_id && !is_numbers(index) && (is_gene_name(&names[index]) || names[index] == "gene")
        });
        // GCT files without their first two lines.
        let is_description = |&index: &usize| names[0] == "name" && names[index] == "description" && !is_numbers(index);
        let gene_name = gene_name.or_else(|| Some(1).filter(|&index| index < names.len()).filter(is_description));
        let mut columns = Self {
            gene_id,
            gene_name,
            cell_types: Vec::new(),
            excluded: Vec::new(),
            unnamed: Vec::new(),
            length: None,
            named_unit: None,
        };
        let has_test = names.iter().any(|name| is_test(name));
        // The table of limma, which also has columns `t` and `B`.
        let has_fold_change = names.iter().any(|name| name == "logfc");
        for (index, name) in names.iter().enumerate() {
            let is_row_number = is_numbers(index) && is_index(name, index < gene_id);
            let is_other = is_annotation(name)
                || is_statistic(name)
                || (has_test && is_test_result(name, has_fold_change))
                || is_other_identifier(name, contents[index]);
            if index == gene_id || Some(index) == gene_name {
                continue;
            }
            if header[index].is_empty() && !is_row_number {
                columns.unnamed.push(index);
            } else if is_row_number || is_other {
                columns.excluded.push(index);
            } else {
                columns.cell_types.push(index);
            }
        }
        columns.select_unit(&names, header, scale)?;
        columns.length = length_column(&names, contents);
        if columns.cell_types.is_empty() {
            let left_out: Vec<String> = columns.excluded.iter().map(|&index| header[index].clone()).collect();
            return Err(if left_out.is_empty() {
                TableProblem::NoNumericColumns { columns: header.to_vec() }
            } else {
                TableProblem::NoCellTypes { left_out }
            });
        }
        check_unique(header, &columns.cell_types)?;
        Ok(columns)
    }

    /// Keeps the columns of one unit where the names of the columns state units.
    fn select_unit(&mut self, names: &[String], header: &[String], scale: Option<Scale>) -> Result<(), TableProblem> {
        let unit_of = |&index: &usize| named_unit(&names[index]);
        // A column that is only called after a unit is a cell type if there are no others.
        let is_bare = |index: &usize| unit_of(index).is_some_and(|unit| unit.is_whole_name);
        if !self.cell_types.iter().all(is_bare) {
            let (bare, others) = self.cell_types.iter().partition(|index| is_bare(index));
            self.exclude(bare);
            self.cell_types = others;
        }
        let units: Vec<Option<Scale>> =
            self.cell_types.iter().map(|index| unit_of(index).map(|unit| unit.scale)).collect();
        let mut distinct: Vec<Scale> = units.iter().copied().flatten().collect();
        distinct.sort_unstable();
        distinct.dedup();
        match distinct[..] {
            [] => {}
            [unit] => self.named_unit = units.iter().all(Option::is_some).then_some(unit),
            _ => {
                let requested = scale.unwrap_or_default();
                if !distinct.contains(&requested) || (scale.is_none() && units.contains(&None)) {
                    let found = self.cell_types.iter().map(|&index| header[index].clone()).collect();
                    return Err(TableProblem::SeveralUnits { found });
                }
                let (kept, others) = self
                    .cell_types
                    .iter()
                    .partition(|index| unit_of(index).is_some_and(|unit| unit.scale == requested));
                self.cell_types = kept;
                self.exclude(others);
                self.named_unit = Some(requested);
            }
        }
        Ok(())
    }

    fn exclude(&mut self, columns: Vec<usize>) {
        self.excluded.extend(columns);
        self.excluded.sort_unstable();
    }

    pub(crate) fn cell_type_names(&self, header: &[String]) -> Vec<String> {
        self.cell_types.iter().map(|&index| header[index].clone()).collect()
    }

    pub(crate) fn excluded_names(&self, header: &[String]) -> Vec<String> {
        let name = |&index: &usize| match header[index].as_str() {
            "" => format!("column {} (row numbers)", index + 1),
            name => name.to_owned(),
        };
        self.excluded.iter().map(name).collect()
    }
}

/// Column of gene identifiers.
fn gene_column(names: &[String], contents: &[ColumnContent]) -> Option<usize> {
    let find = |is_gene: fn(&str) -> bool| {
        (0..names.len()).find(|&index| contents[index] != ColumnContent::Numbers && is_gene(&names[index]))
    };
    let first_is_numbers = contents[0] == ColumnContent::Numbers;
    if let Some(index) = find(is_gene_id) {
        return Some(index);
    }
    if !first_is_numbers && !is_annotation(&names[0]) {
        return Some(0);
    }
    let is_text = |&index: &usize| contents[index] == ColumnContent::Text && !is_annotation(&names[index]);
    let texts: Vec<usize> = (0..names.len()).filter(is_text).collect();
    let index_of_pandas = texts.iter().copied().find(|&index| is_index(&names[index], false));
    find(is_identifier).or_else(|| find(is_gene_name)).or(index_of_pandas).or_else(|| match texts[..] {
        [index] if first_is_numbers && !is_gene_id(&names[0]) => Some(index),
        // Identifiers that are numbers, such as those of the NCBI database Gene.
        [] => (names[0] == "id" || !is_index(&names[0], true)).then_some(0),
        _ => is_gene_id(&names[0]).then_some(0),
    })
}

/// Whether a column holds identifiers besides those of the genes.
fn is_other_identifier(name: &str, content: ColumnContent) -> bool {
    is_gene_id(name) || is_gene_name(name) || (content == ColumnContent::Text && is_identifier(name))
}

/// Lengths of genes: effective lengths if the file has them.
fn length_column(names: &[String], contents: &[ColumnContent]) -> Option<usize> {
    let is_candidate = |&index: &usize| contents[index] == ColumnContent::Numbers && is_length(&names[index]);
    let candidates: Vec<usize> = (0..names.len()).filter(is_candidate).collect();
    candidates.iter().copied().find(|&index| names[index].starts_with("eff")).or(candidates.first().copied())
}

/// Checks that no two cell types have the same name.
pub(super) fn check_unique(header: &[String], cell_types: &[usize]) -> Result<(), TableProblem> {
    for (position, &second) in cell_types.iter().enumerate() {
        if let Some(&first) = cell_types[..position].iter().find(|&&first| header[first] == header[second]) {
            let name = header[second].clone();
            return Err(TableProblem::DuplicateCellType { name, first: first + 1, second: second + 1 });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Columns of a header in which `*` follows the names of columns with text.
    fn columns(header: &str, scale: Option<Scale>) -> Result<(String, Vec<String>, Vec<String>), TableProblem> {
        let names: Vec<String> = header.split(',').map(|name| name.trim_end_matches('*').to_owned()).collect();
        let content = |name: &str| if name.ends_with('*') { ColumnContent::Text } else { ColumnContent::Numbers };
        let contents: Vec<ColumnContent> = header.split(',').map(content).collect();
        let columns = Columns::of(&names, &contents, scale)?;
        Ok((names[columns.gene_id].clone(), columns.cell_type_names(&names), columns.excluded_names(&names)))
    }

    fn cell_types(header: &str) -> String {
        columns(header, None).expect("cell types").1.join(",")
    }

    fn gene(header: &str) -> String {
        columns(header, None).expect("a gene column").0
    }

    #[test]
    fn columns_of_header_finds_the_gene() {
        for (header, expected) in [
            ("gene_id*,K562", "gene_id"),
            ("gene_name*,gene_id*,K562", "gene_id"),
            (",gene_id*,K562", "gene_id"),
            ("X,symbol*,K562", "symbol"),
            ("Symbol*,K562", "Symbol"),
            ("K562,HepG2,gene_id*", "gene_id"),
            ("chr*,start,end,gene*,K562", "gene"),
            ("ensembl_gene_id*,gene_id,K562", "ensembl_gene_id"),
            ("anything*,K562", "anything"),
            ("gene_id,K562", "gene_id"),
            ("Unnamed: 0,name*,K562", "name"),
            ("K562,HepG2,__index_level_0__*", "__index_level_0__"),
        ] {
            assert_eq!(gene(header), expected, "{header}");
            let last = if header.starts_with("K562") { "K562,HepG2" } else { "K562" };
            assert_eq!(cell_types(header), last, "{header}");
        }
        assert!(matches!(columns("x,kind*,class_*,K562", None), Err(TableProblem::NoGeneColumn { .. })));
    }

    #[test]
    fn columns_of_header_excludes_other_values() {
        let header =
            "gene_id*,entrez_id,KX1,HQ2,mean,padj,length,gene_biotype*,Chr*,K562_sd,description*,log2FoldChange";
        let (_, taken, excluded) = columns(header, None).expect("cell types");
        assert_eq!(taken, ["KX1", "HQ2"]);
        assert_eq!(
            excluded.join(","),
            "entrez_id,mean,padj,length,gene_biotype,Chr,K562_sd,description,log2FoldChange"
        );
        // B and T are cell types, except next to the columns of a test.
        assert_eq!(cell_types("gene*,B,T,NK"), "B,T,NK");
        assert_eq!(cell_types("gene*,K562,logFC,AveExpr,t,P.Value,adj.P.Val,B"), "K562");
        let error = columns("gene*,baseMean,log2FoldChange,lfcSE,stat,pvalue,padj", None).expect_err("no cell type");
        assert!(error.to_string().contains("`baseMean`"), "{error}");
    }

    #[test]
    fn columns_of_several_units_require_a_choice() {
        assert_eq!(cell_types("gene*,TPM"), "TPM");
        assert_eq!(cell_types("gene*,TPM,K562"), "K562");
        assert_eq!(cell_types("gene*,length,count,FPKM,TPM"), "TPM");
        assert_eq!(cell_types("gene*,K562_count,K562_TPM,HepG2_count,HepG2_TPM"), "K562_TPM,HepG2_TPM");
        let counts = columns("gene*,length.A,counts.A,abundance.A,countsFromAbundance*", Some(Scale::Counts));
        assert_eq!(counts.expect("counts").1, ["counts.A"]);
        let error = columns("gene*,K562_count,K562_FPKM", None).expect_err("which?");
        assert!(matches!(error, TableProblem::SeveralUnits { .. }));
    }

    #[test]
    fn columns_of_one_name_return_error() {
        let error = columns("gene*,K562,HepG2,K562", None).expect_err("twice");
        assert!(error.to_string().contains("columns 2 and 4"), "{error}");
    }
}
