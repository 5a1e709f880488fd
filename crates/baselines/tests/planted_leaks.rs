//! Leak-detecting controls on data sets with a planted leak.

use std::fmt::Write as _;
use std::fs;

use tatabox_baselines::{Baseline, BaselineTask, nearest_train_genes, predict_baseline};
use tatabox_dataset::{PredictionRow, PrepareConfig, PreparedDataset, Split, prepare};
use tatabox_sequence::WindowGeometry;
use tempfile::TempDir;

const GENES: usize = 200;

/// Data set with promoters of 100 bp on ten chromosomes; `records` returns bases, TSS offset and TPM of a gene.
fn prepared(records: impl Fn(usize) -> (String, usize, usize)) -> (TempDir, PreparedDataset) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (mut fasta, mut table) = (String::new(), "gene_id\tK562\n".to_owned());
    for gene in 0..GENES {
        let (bases, tss_offset, tpm) = records(gene);
        writeln!(fasta, ">G{gene:03} chrom=chr{} tss_offset={tss_offset}\n{bases}", gene % 10 + 1).expect("text");
        writeln!(table, "G{gene:03}\t{tpm}").expect("text");
    }
    let path = |name: &str| folder.path().join(name);
    fs::write(path("p.fa"), fasta).expect("written");
    fs::write(path("e.tsv"), table).expect("written");
    let geometry = WindowGeometry::new(80, 20).expect("valid");
    let mut config = PrepareConfig::new(path("e.tsv"), path("set"), geometry);
    config.promoters = Some(path("p.fa"));
    prepare(&config, &mut |_| {}).expect("prepared");
    let dataset = PreparedDataset::open(&config.out_dir).expect("opens");
    (folder, dataset)
}

/// Pseudorandom bases from a seed.
fn bases(length: usize, seed: usize) -> String {
    let mut state = seed as u64 * 2 + 1;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b"ACGT"[(state >> 62) as usize])
    };
    (0..length + 8).map(|_| next()).skip(8).collect()
}

fn task<'a>(dataset: &'a PreparedDataset, genes: &'a [usize]) -> BaselineTask<'a> {
    let extent = 0..dataset.geometry().len();
    BaselineTask { dataset, cell_types: &[0], extent, genes, splits: &[Split::Test], seed: 42 }
}

fn predict(baseline: Baseline, dataset: &PreparedDataset) -> Vec<PredictionRow> {
    let genes: Vec<usize> = (0..dataset.len()).collect();
    predict_baseline(baseline, &task(dataset, &genes), &mut |_| {}).expect("fitted").rows
}

#[test]
fn nearest_neighbour_copies_are_found_and_other_genes_get_train_mean() {
    // Each block of ten genes is spread over ten chromosomes; genes of the first ten blocks share promoter and expression.
    let family = |gene: usize| if gene < 100 { gene / 10 } else { gene };
    let (_folder, dataset) = prepared(|gene| (bases(100, family(gene)), 80, family(gene)));
    let train = dataset.genes_in(Split::Train);
    let mean = train.iter().map(|&gene| f64::from(dataset.log2_tpm(gene, 0))).sum::<f64>() / train.len() as f64;
    for row in predict(Baseline::NearestNeighbour, &dataset) {
        let is_copied = row.gene_id[1..].parse::<usize>().expect("a number") < 100;
        let expected = if is_copied { row.measured } else { mean };
        assert!((row.predicted - expected).abs() < 1e-9, "{row:?}, expected {expected}");
    }

    let genes: Vec<usize> = (0..dataset.len()).collect();
    let neighbours = nearest_train_genes(&task(&dataset, &genes));
    assert_eq!(neighbours.iter().flatten().count() * 2, neighbours.len(), "half of the genes have copies");
    let is_train = |gene: usize| dataset.genes()[gene].split == Split::Train;
    assert!(neighbours.iter().flatten().all(|neighbour| is_train(neighbour.gene)));
}

#[test]
fn padding_only_predicts_expression_that_follows_padding_only() {
    // Known sequence of 40 to 80 bp upstream; expression increases with its length.
    let (_folder, unequal) = prepared(|gene| {
        let upstream = 40 + gene * 7 % 41;
        (bases(20 + upstream, gene), upstream, upstream * upstream)
    });
    for row in predict(Baseline::PaddingOnly, &unequal) {
        assert!((row.predicted - row.measured).abs() < 0.3, "{row:?}");
    }
    let (_folder, equal) = prepared(|gene| (bases(100, gene), 80, gene * 31 % 97));
    let rows = predict(Baseline::PaddingOnly, &equal);
    assert!(
        rows.iter().all(|row| (row.predicted - rows[0].predicted).abs() < 1e-9),
        "equal padding gives equal predictions"
    );
}
