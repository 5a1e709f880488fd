//! Names of columns that hold genes, annotation or statistics rather than expression in a cell type.

use crate::expression::Scale;

/// Gene identifiers.
const GENE_ID: [&str; 17] = [
    "gene_id",
    "geneid",
    "gene_ids",
    "gene_identifier",
    "ensembl_gene_id",
    "ensembl_gene_id_version",
    "ensembl_gene",
    "ensembl_id",
    "ensemblid",
    "ensembl",
    "ensembl_gene_ids",
    "ensg",
    "ensg_id",
    "gene_stable_id",
    "gene_stable_id_version",
    "gene_id_version",
    "target_id",
];

/// Gene names.
const GENE_NAME: [&str; 15] = [
    "gene_name",
    "gene_names",
    "genename",
    "gene_symbol",
    "gene_symbols",
    "genesymbol",
    "symbol",
    "symbols",
    "hgnc_symbol",
    "mgi_symbol",
    "external_gene_name",
    "gene_short_name",
    "approved_symbol",
    "associated_gene_name",
    "hgnc_gene_symbol",
];

/// Identifiers of some kind.
const IDENTIFIER: [&str; 14] = [
    "",
    "gene",
    "genes",
    "id",
    "ids",
    "name",
    "tracking_id",
    "feature",
    "feature_id",
    "locus_tag",
    "accession",
    "rowname",
    "row_names",
    "transcript_id",
];

/// Row numbers and index columns of R and pandas.
const INDEX: [&str; 16] = [
    "",
    "x",
    "id",
    "index",
    "row",
    "rows",
    "rowname",
    "rownames",
    "row_names",
    "row_number",
    "no",
    "nr",
    "number",
    "rank",
    "v1",
    "1",
];

/// Lengths of genes.
const LENGTH: [&str; 9] = [
    "length",
    "gene_length",
    "genelength",
    "effective_length",
    "effectivelength",
    "eff_length",
    "exon_length",
    "exonic_length",
    "width",
];

/// Annotation of genes.
const ANNOTATION: [&str; 82] = [
    "start",
    "end",
    "gene_start",
    "gene_end",
    "start_position",
    "end_position",
    "gene_start_bp",
    "gene_end_bp",
    "strand",
    "chr",
    "chrom",
    "chromosome",
    "chromosome_name",
    "chromosome_scaffold_name",
    "seqname",
    "seqnames",
    "seqid",
    "contig",
    "reference",
    "position",
    "locus",
    "location",
    "coordinates",
    "band",
    "karyotype_band",
    "entrez",
    "entrezid",
    "entrez_id",
    "entrez_gene_id",
    "entrezgene",
    "entrezgene_id",
    "ncbi_gene_id",
    "ncbi_id",
    "geneid_ncbi",
    "hgnc_id",
    "uniprot",
    "uniprot_id",
    "refseq",
    "refseq_id",
    "ccds",
    "transcript_ids",
    "transcript_id_s",
    "transcript_count",
    "transcripts",
    "gene_version",
    "biotype",
    "gene_biotype",
    "gene_type",
    "genetype",
    "type",
    "type_of_gene",
    "description",
    "gene_description",
    "annotation",
    "annotations",
    "gene_full_name",
    "full_name",
    "gene_title",
    "source",
    "gene_source",
    "gc",
    "gc_content",
    "percentage_gene_gc_content",
    "exons",
    "exon_count",
    "num_exons",
    "exon_number",
    "tss_id",
    "class_code",
    "nearest_ref_id",
    "species",
    "taxid",
    "tau",
    "go_id",
    "go_term",
    "pathway",
    "gene_family",
    "aliases",
    "synonyms",
    "synonym",
    "alias_symbol",
    "countsfromabundance",
];

/// Summaries of several cell types, and results of statistical tests.
const STATISTIC: [&str; 65] = [
    "mean",
    "average",
    "avg",
    "median",
    "sd",
    "stdev",
    "std",
    "std_dev",
    "sem",
    "var",
    "variance",
    "cv",
    "min",
    "max",
    "minimum",
    "maximum",
    "sum",
    "total",
    "row_mean",
    "row_sum",
    "mean_expression",
    "mean_tpm",
    "average_expression",
    "padj",
    "p_adj",
    "p_adjust",
    "adj_p",
    "adj_p_val",
    "adj_p_value",
    "adj_pval",
    "adjusted_p_value",
    "pvalue",
    "p_value",
    "p_val",
    "pval",
    "p_val_adj",
    "fdr",
    "q_value",
    "qvalue",
    "qval",
    "log2foldchange",
    "log2fc",
    "log2_fold_change",
    "log2_fc",
    "logfc",
    "log_fc",
    "fold_change",
    "foldchange",
    "avg_log2fc",
    "avg_logfc",
    "lfc",
    "lfcse",
    "lfc_se",
    "basemean",
    "base_mean",
    "logcpm",
    "aveexpr",
    "zscore",
    "z_score",
    "effect_size",
    "svalue",
    "s_value",
    "pct_1",
    "pct_2",
    "n_cells",
];

/// Results of a test whose names are also those of cell types.
const TEST_RESULT: [&str; 7] = ["b", "f", "lr", "p", "stat", "t", "significant"];

/// Names that show that a table holds the results of a test.
const TEST: [&str; 17] = [
    "padj",
    "p_adj",
    "adj_p_val",
    "adj_p_value",
    "pvalue",
    "p_value",
    "p_val",
    "pval",
    "p_val_adj",
    "fdr",
    "qvalue",
    "q_value",
    "log2foldchange",
    "log2fc",
    "logfc",
    "basemean",
    "lfcse",
];

/// Last words of columns that hold a statistic of a cell type.
const STATISTIC_WORDS: [&str; 14] =
    ["sd", "std", "stdev", "sem", "cv", "var", "pvalue", "pval", "padj", "fdr", "qvalue", "logfc", "log2fc", "status"];

/// Words for units.
const UNITS: [(&str, Scale); 16] = [
    ("tpm", Scale::Tpm),
    ("tpms", Scale::Tpm),
    ("abundance", Scale::Tpm),
    ("fpkm", Scale::Fpkm),
    ("rpkm", Scale::Fpkm),
    ("count", Scale::Counts),
    ("counts", Scale::Counts),
    ("reads", Scale::Counts),
    ("readcount", Scale::Counts),
    ("readcounts", Scale::Counts),
    ("numreads", Scale::Counts),
    ("coverage", Scale::Counts),
    ("log2", Scale::Log2),
    ("log2tpm", Scale::Log2),
    ("logtpm", Scale::Log2),
    ("log2_tpm", Scale::Log2),
];

/// Names that are a unit in several words.
const UNIT_NAMES: [(&str, Scale); 7] = [
    ("read_count", Scale::Counts),
    ("read_counts", Scale::Counts),
    ("raw_count", Scale::Counts),
    ("raw_counts", Scale::Counts),
    ("est_counts", Scale::Counts),
    ("expected_count", Scale::Counts),
    ("log2_tpm_1", Scale::Log2),
];

/// Name in lower case with `_` for each run of other characters than letters and digits.
pub(crate) fn normalised(name: &str) -> String {
    let mut key = String::with_capacity(name.len());
    for letter in name.trim().chars() {
        if letter.is_alphanumeric() {
            key.extend(letter.to_lowercase());
        } else if !key.ends_with('_') && !key.is_empty() {
            key.push('_');
        }
    }
    key.trim_end_matches('_').to_owned()
}

/// Whether a column that is not yet normalised has the name of a gene column; R leaves the name empty.
pub(crate) fn is_gene_column(name: &str) -> bool {
    let key = normalised(name);
    name.is_empty() || is_gene_id(&key) || is_gene_name(&key) || is_identifier(&key)
}

pub(super) fn is_gene_id(key: &str) -> bool {
    GENE_ID.contains(&key)
}

pub(super) fn is_gene_name(key: &str) -> bool {
    GENE_NAME.contains(&key)
}

pub(super) fn is_identifier(key: &str) -> bool {
    IDENTIFIER.contains(&key)
}

/// Whether a column of numbers is an index: by its name, or by a name for row numbers in front of the genes.
pub(super) fn is_index(key: &str, is_before_gene: bool) -> bool {
    let numbered = |prefix: &str| {
        key.strip_prefix(prefix).is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_'))
    };
    numbered("index_level") || numbered("unnamed") || numbered("level") || (is_before_gene && INDEX.contains(&key))
}

pub(super) fn is_length(key: &str) -> bool {
    LENGTH.contains(&key)
}

pub(super) fn is_annotation(key: &str) -> bool {
    is_length(key) || ANNOTATION.contains(&key) || key.starts_with("length_")
}

/// Whether a column holds a summary of cell types, a statistic of one cell type or the result of a test.
pub(super) fn is_statistic(key: &str) -> bool {
    let last = key.rsplit('_').next().unwrap_or(key);
    STATISTIC.contains(&key) || (last.len() < key.len() && STATISTIC_WORDS.contains(&last))
}

/// Whether a column shows that the table holds the results of a test.
pub(super) fn is_test(key: &str) -> bool {
    TEST.contains(&key)
}

/// Whether a column next to the results of a test is another one of them. Single letters, such as `B`, may be cell types
/// unless the table also has `logFC`.
pub(super) fn is_test_result(key: &str, has_fold_change: bool) -> bool {
    TEST_RESULT.contains(&key) && (key.len() > 2 || has_fold_change)
}

/// Unit in the name of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NamedUnit {
    pub(super) scale: Scale,
    /// Whether the name has no other words.
    pub(super) is_whole_name: bool,
}

/// Whether the name of a column, which is not yet normalised, is a unit and nothing else.
pub(crate) fn is_unit(name: &str) -> bool {
    named_unit(&normalised(name)).is_some_and(|unit| unit.is_whole_name)
}

pub(super) fn named_unit(key: &str) -> Option<NamedUnit> {
    if let Some(&(_, scale)) = UNIT_NAMES.iter().chain(&UNITS).find(|(name, _)| *name == key) {
        return Some(NamedUnit { scale, is_whole_name: true });
    }
    let mut words = key.split('_');
    let ends = [words.next_back(), words.next()];
    let scale = ends.into_iter().flatten().find_map(|word| UNITS.iter().find(|(name, _)| *name == word));
    scale.map(|&(_, scale)| NamedUnit { scale, is_whole_name: false })
}
