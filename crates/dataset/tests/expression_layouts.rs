//! Layouts of expression tables that programs and spreadsheets write: read with the right values under the right cell types,
//! or refused with the place and the cause.

use std::path::{Path, PathBuf};

use tatabox_dataset::{ExpressionConfig, ExpressionSource, ExpressionTable, SampleFiles, Scale};

/// Writes a file and returns its path.
fn put(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).expect("written");
    path
}

/// Genes with values as text, such as `G1 1 2`, after the cell types.
fn shown(table: &ExpressionTable) -> String {
    let rows = table.gene_ids.iter().enumerate().map(|(gene, gene_id)| {
        let values: Vec<String> = table.row(gene).iter().map(|value| format!(" {value}")).collect();
        format!("{gene_id}{}", values.concat())
    });
    [table.cell_types.join(" ")].into_iter().chain(rows).collect::<Vec<_>>().join("; ")
}

fn read(bytes: impl AsRef<[u8]>) -> Result<String, String> {
    read_scale(bytes, None)
}

fn read_scale(bytes: impl AsRef<[u8]>, scale: Option<Scale>) -> Result<String, String> {
    let folder = tempfile::tempdir().expect("folder");
    let path = put(folder.path(), "table.txt", bytes);
    let config = ExpressionConfig::of(vec![ExpressionSource::Table { path, format: None, scale }]);
    ExpressionTable::read(config).map(|table| shown(&table)).map_err(|error| error.to_string())
}

#[track_caller]
fn assert_refused(text: &str, words: &[&str]) {
    let error = read(text).expect_err("a table that is refused");
    for word in ["table.txt"].iter().chain(words) {
        assert!(error.contains(word), "{word}: {error}");
    }
}

const MATRIX: &str = "A B; G1 1.5 2; G2 3 4.25";

/// Rdatatable/data.table#763, tidyverse/vroom#222.
#[test]
fn header_of_r_one_name_short_is_read_or_refused() {
    assert_eq!(read("A\tB\nG1\t1.5\t2\nG2\t3\t4.25\n").as_deref(), Ok(MATRIX));
    assert_eq!(read("\"A\" \"B\"\n\"G1\" 1.5 2\n\"G2\" 3 4.25\n").as_deref(), Ok(MATRIX));
    assert_eq!(read("\"\",\"A\",\"B\"\n\"G1\",1.5,2\n\"G2\",3,4.25\n").as_deref(), Ok(MATRIX));
    // Row names in front of a column of genes.
    assert_eq!(read("gene_id\tA\tB\n1\tG1\t1.5\t2\n2\tG2\t3\t4.25\n").as_deref(), Ok(MATRIX));
    // The last cell type may have no values, or each row a separator at its end.
    assert_refused("A\tB\nG1\t1.5\t\nG2\t3\t\n", &["one name shorter", "gene_id"]);
    assert_eq!(read("gene_id\tA\tB\nG1\t1.5\t2\t\nG2\t3\t4.25\t\n").as_deref(), Ok(MATRIX));
}

/// kfuku52/amalgkit#86.
#[test]
fn gene_column_is_found_by_name() {
    assert_eq!(read(",gene_id,A,B\n0,G1,1.5,2\n1,G2,3,4.25\n").as_deref(), Ok(MATRIX));
    assert_eq!(read("gene_name\tgene_id\tA\tB\nN1\tG1\t1.5\t2\nN2\tG2\t3\t4.25\n").as_deref(), Ok(MATRIX));
    for name in ["Name", "gene", "symbol", "ensembl_gene_id", "Geneid", "target_id", "X", ""] {
        assert_eq!(read(format!("{name}\tA\tB\nG1\t1.5\t2\nG2\t3\t4.25\n")).as_deref(), Ok(MATRIX), "{name}");
    }
    assert_refused("no,kind,class_of_it,A\n1,a,b,1.5\n", &["no gene column", "gene_id"]);
}

/// COMBINE-lab/salmon#122, thelovelab/tximport#55.
#[test]
fn columns_of_other_values_are_no_cell_types() {
    let header = "gene_id\tentrez_id\tA\tB\tmean\tpadj\tgene_biotype\n";
    let rows = "G1\t7001\t1.5\t2\t1.75\t0.01\tprotein_coding\nG2\t7002\t3\t4.25\t3\t1\tprotein_coding\n";
    assert_eq!(read(format!("{header}{rows}")).as_deref(), Ok(MATRIX));
    let test = "gene_id,baseMean,log2FoldChange,lfcSE,stat,pvalue,padj\nG1,1,2,3,4,5,6\n";
    assert_refused(test, &["no cell types", "`baseMean`"]);
    assert_refused("gene_id\tA\tA\nG1\t1\t2\n", &["columns 2 and 3"]);
    assert_refused("gene_id\tA_counts\tA_FPKM\nG1\t1\t2\n", &["several units", "`A_counts`"]);
    let units = "gene_id\tA_TPM\tB_TPM\tA_count\tB_count\nG1\t1.5\t2\t7\t8\nG2\t3\t4.25\t9\t9\n";
    assert_eq!(read(units).as_deref(), Ok("A_TPM B_TPM; G1 1.5 2; G2 3 4.25"));
}

/// cmap/cmapR#23, GSEA-MSigDB/gsea-desktop#51.
#[test]
fn gct_and_comments_are_read() {
    let gct = "#1.2\n2\t2\nName\tDescription\tA\tB\nG1\tN1\t1.5\t2\nG2\tN2\t3\t4.25\n";
    assert_eq!(read(gct).as_deref(), Ok(MATRIX));
    let newer = "#1.3\n2\t2\t2\t1\nid\tpr_gene_symbol\tlength\tA\tB\ntissue\tNA\tNA\tblood\tliver\n\
        G1\tN1\t9\t1.5\t2\nG2\tN2\t9\t3\t4.25\n";
    assert_eq!(read(newer).as_deref(), Ok(MATRIX));
    assert_refused(&gct.replace("2\t2\nName", "3\t2\nName"), &["2 rows", "states 3"]);
    assert_refused(&gct.replace("2\t2\nName", "2\t3\nName"), &["2 samples", "states 3"]);
    assert_refused(&gct.replace("2\t2\nName", "x\nName"), &["line 2", "`x`"]);
    assert_eq!(read("# made\n#by us\ngene_id\tA\tB\nG1\t1.5\t2\nG2\t3\t4.25\n# end\n").as_deref(), Ok(MATRIX));
    assert_eq!(read("# made\n#gene_id\tA\tB\nG1\t1.5\t2\nG2\t3\t4.25\n").as_deref(), Ok(MATRIX));
}

/// pola-rs/polars#6698, duckdb/duckdb#2908.
#[test]
fn decimal_commas_are_read_and_thousands_refused() {
    assert_eq!(read("gene_id\tA\tB\nG1\t1,5\t2\nG2\t3\t4,25\n").as_deref(), Ok(MATRIX));
    assert_eq!(read("gene_id;A;B\nG1;1,5;2\nG2;3;4,25\n").as_deref(), Ok(MATRIX));
    assert_eq!(read("sep=;\ngene_id;A;B\nG1;1,5;2\nG2;3;4,25\n").as_deref(), Ok(MATRIX));
    assert_refused("gene_id\tA\nG1\t1,234\n", &["gene G1, column A", "`1,234`", "thousands"]);
    assert_refused("gene_id\tA\nG1\t1,5\nG2\t1,234.5\n", &["line 3", "`1,234.5`", "decimal"]);
    assert_refused("gene_id\tA\nG1\t1,5\nG2\t2.5\n", &["line 3", "decimal"]);
    assert_refused("gene_id,A\nG1,1,5\n", &["line 2", "3 cells where the header has 2"]);
    assert_refused("Probe,A\nG1,1,5\n", &["line 2", "3 cells where the header has 2"]);
    assert_refused("gene_id,A\nG1,\"1,5\"\n", &["line 2", "`1,5`", "decimal"]);
    assert_refused("gene_id\tA\nG1\t12%\n", &["line 2", "`12%` is not a number"]);
}

#[test]
fn first_row_without_numbers_is_read_or_named() {
    let missing = read("gene_id\tA\tB\nG1\tN/A\tNaN\nG2\t3\t4.25\nG3\t-\tnull\n");
    assert_eq!(missing.as_deref(), Ok("A B; G1 NaN NaN; G2 3 4.25; G3 NaN NaN"));
    assert_refused("gene_id\tA\tB\nunit\tTPM\tTPM\nG1\t1\t2\nG2\t1\t2\n", &["line 2", "`TPM`", "units"]);
    assert_refused("gene_id\tA\tB\nG1\t1\tInf\n", &["line 2", "`Inf` is not a finite number"]);
}

#[test]
fn empty_columns_and_rows_are_skipped() {
    assert_eq!(read("gene_id,A,B,,,\nG1,1.5,2,,,\nG2,3,4.25,,,\n,,,,,\n").as_deref(), Ok(MATRIX));
    assert_eq!(read("gene_id,A,,B\nG1,1.5,,2\nG2,3,,4.25\n,,,\n").as_deref(), Ok(MATRIX));
    assert_refused("gene_id,A,B,,\nG1,1.5,2,,\nG2,3,4.25,,7\n", &["line 3", "column 5 has no name"]);
    assert_refused("gene_id,A,,B\nG1,1.5,,2\nG2,3,9,4.25\n", &["line 3", "column 3 has no name"]);
}

/// duckdb/duckdb#2908, biolab/orange3#7000.
#[test]
fn line_ends_byte_order_marks_and_quoted_line_breaks_are_read() {
    let text = "gene_id\tA\tB\nG1\t1.5\t2\nG2\t3\t4.25\n";
    for ending in ["\r\n", "\r"] {
        assert_eq!(read(text.replace('\n', ending)).as_deref(), Ok(MATRIX), "{ending:?}");
    }
    let utf16: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(read(utf16).as_deref(), Ok(MATRIX));
    assert_eq!(read("gene_id,\"gene\nname\",A,B\nG1,\"N1\nalias\",1.5,2\nG2,N2,3,4.25\n").as_deref(), Ok(MATRIX));
    assert_refused("gene_id,A,B\nG1,\"1.5,2\nG2,3,4.25\n", &["line 2", "quot"]);
    // A single mark must not swallow the next row.
    assert_refused("gene_id\tA\tname\nG1\t1.5\t\"x\nG2\t3\t\"y\nG3\t3\tz\n", &["line 2", "quot"]);
}

/// scverse/pertpy#184, theislab/dca#11, wmacnair/psupertime#2.
#[test]
fn cell_lines_by_genes_are_transposed_and_numbers_removed() {
    let lines = ",G1 (1001),G2 (1002),G3 (1003)\nA,1.5,3,0\nB,2,4.25,0\n";
    assert_eq!(read(lines).as_deref(), Ok("A B; G1 1.5 2; G2 3 4.25; G3 0 0"));
    assert_eq!(read("gene\tA\tB\nG1 (1001)\t1.5\t2\nG2 (1002)\t3\t4.25\n").as_deref(), Ok(MATRIX));
    assert_refused("gene\tA\nG1 (1)\t1\nG1 (2)\t1\n", &["line 3", "duplicate gene G1", "line 2"]);
}

/// showteeth/GEfetch2R#9, ablab/IsoQuant#272.
#[test]
fn read_counts_are_refused_or_converted() {
    let counts = "# Program:featureCounts v2.0.1\nGeneid\tChr\tStart\tEnd\tStrand\tLength\tA.bam\tB.bam\n\
        G1\tchr1\t1\t100\t+\t100\t10\t0\nG2\tchr1;chr1\t1;5\t2;9\t+;+\t200\t60\t7\n";
    assert_refused(counts, &["read counts (featureCounts)", "scale counts"]);
    // Reads per base of A: 0.1 and 0.3.
    let expected = "A.bam B.bam; G1 250000 0; G2 750000 1000000";
    assert_eq!(read_scale(counts, Some(Scale::Counts)).as_deref(), Ok(expected));
    let without_length = read_scale("gene_id\tA\nG1\t5\n", Some(Scale::Counts)).expect_err("no lengths");
    assert!(without_length.contains("without the lengths"), "{without_length}");
    assert_refused("N_unmapped\t1\t1\t1\nG1\t1\t1\t1\n", &["(STAR)"]);
    let merged = "gene_id\tlength\tA\nG1\t100\t10\n__no_feature\t\t99\nG2\t200\t60\n";
    assert_eq!(read_scale(merged, Some(Scale::Counts)).as_deref(), Ok("A; G1 250000; G2 750000"));
}

/// broadinstitute/infercnv#60.
#[test]
fn logarithms_are_undone_once() {
    assert_eq!(read_scale("gene_id\tA\nG1\t0\nG2\t3\n", Some(Scale::Log2)).as_deref(), Ok("A; G1 0; G2 7"));
    let error = read_scale("gene_id\tA\nG1\t-9.97\n", Some(Scale::Log2)).expect_err("another offset");
    assert!(error.contains("log2 value -9.97 is negative"), "{error}");
    let error = read_scale("gene_id\tA\nG1\t31\n", Some(Scale::Log2)).expect_err("too large");
    assert!(error.contains("values up to 31"), "{error}");
    let fpkm = read_scale("gene_id\tA\nG1\t1\nG2\t3\n", Some(Scale::Fpkm));
    assert_eq!(fpkm.as_deref(), Ok("A; G1 250000; G2 750000"));
}

#[test]
fn files_of_samples_form_a_table() {
    let folder = tempfile::tempdir().expect("folder");
    let salmon = |name: &str, values: [f32; 2]| {
        let [one, two] = values;
        let text = format!("Name\tLength\tEffectiveLength\tTPM\tNumReads\nG1\t9\t9\t{one}\t1\nG2\t9\t9\t{two}\t1\n");
        put(folder.path(), name, text)
    };
    let files = [salmon("a.sf", [1.0, 3.0]), salmon("b.sf", [2.0, 5.0]), salmon("c.sf", [7.0, 8.0])];
    let plain = put(folder.path(), "plain.tsv", "gene_id\tvalue\nG1\t4\n");
    let sample =
        |cell_type: &str, files: &[PathBuf]| SampleFiles { cell_type: cell_type.into(), files: files.to_vec() };
    let source = |samples| ExpressionSource::Samples { samples, format: None, scale: None };
    let samples = vec![sample("K562", &files[..2]), sample("HepG2", &files[2..]), sample("A549", &[plain])];
    let table = ExpressionTable::read(ExpressionConfig::of(vec![source(samples)])).expect("three samples");
    assert_eq!(shown(&table), "K562 HepG2 A549; G1 1.5 7 4; G2 4 8 NaN");
    let matrix = put(folder.path(), "m.tsv", "gene_id\tA\tB\nG1\t1\t2\n");
    let samples = vec![sample("K562", &[matrix])];
    let error = ExpressionTable::read(ExpressionConfig::of(vec![source(samples)])).expect_err("two").to_string();
    assert!(error.contains("has 2 cell types"), "{error}");
    assert_refused(
        "Name\tLength\tEffectiveLength\tTPM\tNumReads\nG1\t9\t9\t1\t1\n",
        &["one sample (salmon)", "name the cell type"],
    );
}

#[test]
fn tables_of_tissues_and_cell_types_are_read() {
    for column in ["Tissue", "Cell type", "Immune cell", "Brain region", "Cell line"] {
        let text = format!("Gene\tGene name\t{column}\tTPM\tpTPM\tnTPM\nG1\tN1\tA\t9\t1.5\t9\nG1\tN1\tB\t9\t2\t9\n");
        assert_eq!(read(text).as_deref(), Ok("A B; G1 1.5 2"), "{column}");
    }
    assert_refused("Gene\tTissue\tCell type\tpTPM\nG1\tx\ty\t1\n", &["several columns", "`Cell type`", "`Tissue`"]);
}
