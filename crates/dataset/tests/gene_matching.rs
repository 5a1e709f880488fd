//! Matching of expression rows with the genes of an annotation or of promoter records, gene by gene.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use tatabox_dataset::{DropReason, PrepareConfig, PrepareReport, PreparedDataset, Result, prepare};
use tatabox_sequence::WindowGeometry;

const GENES: usize = 12;

fn geometry() -> WindowGeometry {
    WindowGeometry::new(50, 10).expect("valid")
}

fn put(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, text).expect("written");
    path
}

fn id(gene: usize) -> String {
    format!("ENSG{gene:011}")
}

fn bases(seed: usize, length: usize) -> String {
    (0..length).map(|at| char::from(b"ACGT"[(seed * 7 + at * at + at / 3) % 4])).collect()
}

/// Genome of six contigs with two genes each, and its annotation; `attributes` names a gene.
fn genome(folder: &Path, attributes: impl Fn(usize) -> String) -> PrepareConfig {
    let (mut fasta, mut gtf) = (String::new(), String::new());
    for contig in 0..GENES / 2 {
        writeln!(fasta, ">chr{}\n{}", contig + 1, bases(contig, 400)).expect("text");
    }
    for gene in 0..GENES {
        let (contig, start) = (gene / 2 + 1, 101 + 150 * (gene % 2));
        writeln!(gtf, "chr{contig}\tx\tgene\t{start}\t{}\t.\t+\t.\t{}", start + 60, attributes(gene)).expect("text");
    }
    let mut config = PrepareConfig::new("none.tsv", folder.join("set"), geometry());
    config.genome = Some(put(folder, "genome.fa", &fasta));
    config.annotation = Some(put(folder, "genes.gtf", &gtf));
    config
}

/// GENCODE's attributes: identifier with version and symbol.
fn gencode(gene: usize) -> String {
    format!("gene_id \"{}.5\"; gene_name \"SYM{gene}\";", id(gene))
}

/// Table in which the gene has TPM `gene + 1`.
fn table(header: &str, cells: impl Fn(usize) -> String) -> String {
    (0..GENES).fold(format!("{header}\tK562\n"), |text, gene| text + &format!("{}\t{}\n", cells(gene), gene + 1))
}

fn run(config: &mut PrepareConfig, expression: &str) -> Result<(PrepareReport, PreparedDataset)> {
    let folder = config.out_dir.parent().expect("a folder").to_owned();
    config.expression = put(&folder, "expression.tsv", expression).into();
    config.force = true;
    let report = prepare(config, &mut |_| {})?;
    Ok((report, PreparedDataset::open(&config.out_dir)?))
}

/// TPM by symbol, rounded.
fn tpm(dataset: &PreparedDataset) -> BTreeMap<String, u32> {
    let value = |gene: usize| (2f32.powf(dataset.log2_tpm(gene, 0)) - 1.0).round() as u32;
    dataset.genes().iter().enumerate().map(|(gene, entry)| (entry.label().to_owned(), value(gene))).collect()
}

fn expected(without: &[usize]) -> BTreeMap<String, u32> {
    let genes = (0..GENES).filter(|gene| !without.contains(gene));
    genes.map(|gene| (format!("SYM{gene}"), gene as u32 + 1)).collect()
}

fn reason(dataset: &PreparedDataset, gene_id: &str) -> Option<String> {
    let text = fs::read_to_string(dataset.qc_path()).expect("qc");
    let row = text.lines().find(|line| line.split('\t').next() == Some(gene_id))?;
    row.split('\t').nth(2).map(str::to_owned)
}

#[test]
fn prepare_table_of_symbols_matches_annotation_with_symbols() {
    let folder = tempfile::tempdir().expect("folder");
    let mut config = genome(folder.path(), gencode);
    let (report, dataset) = run(&mut config, &table("symbol", |gene| format!("SYM{gene}"))).expect("prepared");
    assert_eq!((report.gene_match.by_id, report.gene_match.by_symbol, report.kept), (0, GENES, GENES));
    assert_eq!(tpm(&dataset), expected(&[]));
    // The identifier of the annotation is that of the data set.
    assert!(dataset.genes().iter().all(|gene| gene.gene_id.starts_with("ENSG")));
}

#[test]
fn prepare_mixed_names_match_each_gene() {
    let folder = tempfile::tempdir().expect("folder");
    let mut config = genome(folder.path(), gencode);
    let mixed =
        |gene: usize| if gene.is_multiple_of(2) { format!("{}.7", id(gene)) } else { format!(" SYM{gene}\u{a0}") };
    let (report, dataset) = run(&mut config, &table("gene_id", mixed)).expect("prepared");
    assert_eq!((report.gene_match.by_id, report.gene_match.by_symbol), (GENES / 2, GENES / 2));
    assert_eq!(tpm(&dataset), expected(&[]));
}

#[test]
fn prepare_one_equal_identifier_does_not_prevent_symbols() {
    let folder = tempfile::tempdir().expect("folder");
    let mut config = genome(folder.path(), |gene| format!("gene_id \"SYM{gene}\";"));
    let row = |gene: usize| format!("{}\tSYM{gene}", if gene == 4 { "SYM4".to_owned() } else { id(gene) });
    let (report, dataset) = run(&mut config, &table("gene_id\tgene_name", row)).expect("prepared");
    assert_eq!((report.gene_match.by_id, report.gene_match.by_symbol), (1, GENES - 1));
    assert_eq!(tpm(&dataset), expected(&[]));
}

#[test]
fn prepare_promoters_by_symbol_match_table_with_symbols() {
    let folder = tempfile::tempdir().expect("folder");
    let record = |gene: usize| format!(">SYM{gene} chrom=chr{}\n{}\n", gene / 2 + 1, bases(gene, 60));
    let promoters = put(folder.path(), "p.fa", &(0..GENES).map(record).collect::<String>());
    let mut config = PrepareConfig::new("none.tsv", folder.path().join("set"), geometry());
    config.promoters = Some(promoters);
    let row = |gene: usize| format!("{}\tSYM{gene}", id(gene));
    let (_, dataset) = run(&mut config, &table("gene_id\tgene_name", row)).expect("prepared");
    assert_eq!(tpm(&dataset), expected(&[]));
    assert_eq!(dataset.genes()[dataset.find_gene("\u{feff}SYM3 ").expect("known")].gene_id, id(3));
}

#[test]
fn prepare_sources_with_other_names_of_a_gene_share_its_row() {
    let folder = tempfile::tempdir().expect("folder");
    let mut config = genome(folder.path(), gencode);
    // All windows of the genome are known, so none of a record is used.
    let record = |gene: usize| format!(">{}\n{}\n", id(gene), bases(gene, 60));
    config.promoters = Some(put(folder.path(), "p.fa", &(0..GENES).map(record).collect::<String>()));
    let (report, dataset) = run(&mut config, &table("symbol", |gene| format!("SYM{gene}"))).expect("prepared");
    assert_eq!((report.kept, tpm(&dataset)), (GENES, expected(&[])));
    assert_eq!(report.dropped, BTreeMap::from([(DropReason::OtherSourceUsed, GENES)]));
}

#[test]
fn prepare_ambiguous_symbols_are_excluded_and_counted() {
    let folder = tempfile::tempdir().expect("folder");
    // Genes 4 and 5 share a symbol.
    let twins = |gene: usize| gencode(gene).replace("SYM5\"", "SYM4\"");
    let mut config = genome(folder.path(), twins);
    let rows = |gene: usize| if gene == 5 { id(5) } else { format!("SYM{gene}") };
    let (report, dataset) = run(&mut config, &table("gene_id", rows)).expect("prepared");
    let mut right = expected(&[4, 5]);
    // The identifier decides for gene 5.
    right.insert("SYM4".to_owned(), 6);
    assert_eq!(tpm(&dataset), right);
    assert_eq!((report.gene_match.ambiguous, report.gene_match.ambiguous_examples), (1, vec!["SYM4".to_owned()]));
    assert_eq!(reason(&dataset, "SYM4").as_deref(), Some("ambiguous_name"));
    assert_eq!(reason(&dataset, &id(4)).as_deref(), Some("ambiguous_name"));
}

/// jmw86069/splicejam#1: GENCODE's annotation on GRCh37, and invisible characters.
#[test]
fn prepare_mapping_versions_and_invisible_characters_are_removed() {
    let folder = tempfile::tempdir().expect("folder");
    let mut config = genome(folder.path(), |gene| format!("gene_id \"{}.6_2\"; gene_name \"SYM{gene}\";", id(gene)));
    let (report, dataset) =
        run(&mut config, &table("gene_id", |gene| format!("\u{200b}{}", id(gene)))).expect("prepared");
    assert_eq!((report.gene_match.by_id, tpm(&dataset)), (GENES, expected(&[])));
}

/// stuart-lab/signac#521, umccr/RNAsum#110: rows of zeros for the copies on chromosome Y.
#[test]
fn prepare_copies_on_chromosome_y_are_excluded() {
    let folder = tempfile::tempdir().expect("folder");
    let copies = |gene: usize| match gene {
        10 | 11 => format!("gene_id \"{}.5_PAR_Y\"; gene_name \"SYM{}\";", id(gene - 2), gene - 2),
        gene => gencode(gene),
    };
    let mut config = genome(folder.path(), copies);
    let rows = table("gene_id\tgene_name", |gene| match gene {
        10 | 11 => format!("{}.5_PAR_Y\tSYM{}", id(gene - 2), gene - 2),
        gene => format!("{}.5\tSYM{gene}", id(gene)),
    });
    let (report, dataset) = run(&mut config, &rows).expect("prepared");
    assert_eq!((report.kept, report.dropped[&DropReason::ParYCopy]), (10, 4));
    assert_eq!(tpm(&dataset), expected(&[10, 11]));
    // Symbols match the genes on chromosome X.
    let symbols = table("symbol", |gene| format!("SYM{gene}"));
    let (_, dataset) = run(&mut config, &symbols).expect("prepared");
    assert_eq!(tpm(&dataset), expected(&[10, 11]));
}

/// GangLiLab/genekitr#14, cBioPortal/datahub#1625.
#[test]
fn prepare_names_turned_into_dates_are_excluded() {
    let folder = tempfile::tempdir().expect("folder");
    let mut config = genome(folder.path(), gencode);
    let names = |gene: usize| match gene {
        0 => "2-Sep".to_owned(),
        1 => "2.31E+13".to_owned(),
        gene => format!("SYM{gene}"),
    };
    let (report, dataset) = run(&mut config, &table("symbol", names)).expect("prepared");
    assert_eq!(report.dropped[&DropReason::SpreadsheetDate], 2);
    assert_eq!(tpm(&dataset), expected(&[0, 1]));
    let twice = |gene: usize| if gene < 2 { "1-Mar".to_owned() } else { format!("SYM{gene}") };
    let message = run(&mut config, &table("symbol", twice)).expect_err("twice").to_string();
    assert!(message.contains("1-Mar") && message.contains("a spreadsheet has turned"), "{message}");
}

#[test]
fn prepare_symbols_of_another_species_are_refused() {
    let folder = tempfile::tempdir().expect("folder");
    let mut config = genome(folder.path(), gencode);
    let message = run(&mut config, &table("symbol", |gene| format!("Sym{gene}"))).expect_err("refused").to_string();
    assert!(message.contains("no gene of annotation is in expression"), "{message}");
}

#[test]
fn expression_view_matches_symbols_gene_by_gene() {
    let folder = tempfile::tempdir().expect("folder");
    let mut config = genome(folder.path(), gencode);
    let (_, dataset) = run(&mut config, &table("gene_id", id)).expect("prepared");
    let mixed = |gene: usize| if gene.is_multiple_of(3) { format!("{}_PAR_Y", id(gene)) } else { format!("SYM{gene}") };
    let path = put(folder.path(), "new.tsv", &table("symbol", mixed));
    let (view, found) = dataset.expression_view(&path).expect("matched");
    assert_eq!((found.by_id, found.by_name), (0, 8));
    assert_eq!(found.unmatched[&DropReason::ParYCopy].len(), 4);
    let measured: BTreeMap<String, u32> = tpm(&view).into_iter().filter(|(_, tpm)| *tpm > 0).collect();
    assert_eq!(measured, expected(&[0, 3, 6, 9]));
}
