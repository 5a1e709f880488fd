//! The baselines on held-out chromosomes: of simulated promoters, whose motifs they should find, and of real ones.

use std::path::{Path, PathBuf};
use std::time::Instant;

use tatabox_baselines::{Baseline, predict_baseline};
use tatabox_dataset::{PredictionRow, PrepareConfig, PreparedDataset, SimulateConfig, Split, prepare, simulate};
use tatabox_sequence::WindowGeometry;

/// Ridge on 1-5-mers of this set in scikit-learn, mean Pearson of eight lines over five chromosome folds. One split is not five folds,
/// hence the room.
const REFERENCE_PEARSON: f64 = 0.542;
const ROOM: f64 = 0.04;

fn pearson(rows: &[&PredictionRow]) -> f64 {
    let n = rows.len() as f64;
    let mean = |of: fn(&PredictionRow) -> f64| rows.iter().map(|row| of(row)).sum::<f64>() / n;
    let (m, p) = (mean(|row| row.measured), mean(|row| row.predicted));
    let sum = |of: &dyn Fn(&PredictionRow) -> f64| rows.iter().map(|row| of(row)).sum::<f64>();
    let product = sum(&|row| (row.measured - m) * (row.predicted - p));
    product / (sum(&|row| (row.measured - m).powi(2)) * sum(&|row| (row.predicted - p).powi(2))).sqrt()
}

fn pearson_by_cell_type(dataset: &PreparedDataset, rows: &[PredictionRow]) -> Vec<(String, f64)> {
    let of = |name: &String| rows.iter().filter(|row| &row.cell_type == name).collect::<Vec<_>>();
    dataset.cell_types().iter().map(|name| (name.clone(), pearson(&of(name)))).collect()
}

fn simulated(folder: &Path, genes: u32) -> PreparedDataset {
    let config = SimulateConfig { genes, ..SimulateConfig::default() };
    let files = folder.join("files");
    simulate(&config, &files).expect("simulated");
    let mut prepared = PrepareConfig::new(files.join("expression.tsv"), folder.join("set"), config.geometry);
    prepared.promoters = Some(files.join("promoters.fa"));
    prepare(&prepared, &mut |_| {}).expect("prepared");
    PreparedDataset::open(&folder.join("set")).expect("opened")
}

#[test]
fn the_ridge_learns_simulated_promoters_and_the_mean_does_not() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let dataset = simulated(folder.path(), 1_500);
    let genes: Vec<usize> = (0..dataset.len()).collect();
    let cells: Vec<usize> = (0..dataset.cell_types().len()).collect();
    let predict = |kind| {
        predict_baseline(kind, &dataset, &cells, 0..dataset.geometry().len(), &genes, &[Split::Test]).expect("fitted")
    };
    let ridge = predict(Baseline::KmerRidge);
    assert!(ridge.iter().all(|row| row.split == Split::Test && row.model == "kmer-ridge" && row.predicted.is_finite()));
    assert_eq!(ridge, predict(Baseline::KmerRidge), "the same data give the same predictions");
    let scores = pearson_by_cell_type(&dataset, &ridge);
    let mean_r = scores.iter().map(|score| score.1).sum::<f64>() / scores.len() as f64;
    assert!(mean_r > 0.25, "mean r {mean_r:.3}, {scores:.3?}");
    let mean = predict(Baseline::TrainMean);
    assert_eq!(mean.len(), ridge.len());
    let train = dataset.genes_in(Split::Train);
    let expected = train.iter().map(|&gene| f64::from(dataset.log2_tpm(gene, 0))).sum::<f64>() / train.len() as f64;
    assert!(
        mean.iter()
            .filter(|row| row.cell_type == dataset.cell_types()[0])
            .all(|row| { (row.predicted - expected).abs() < 1e-9 })
    );
}

#[test]
fn test_genes_do_not_change_the_fit() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let dataset = simulated(folder.path(), 200);
    let all: Vec<usize> = (0..dataset.len()).collect();
    let some: Vec<usize> =
        all.iter().copied().filter(|&gene| dataset.genes()[gene].split != Split::Test || gene % 2 == 0).collect();
    let predict = |genes: &[usize]| {
        predict_baseline(Baseline::KmerRidge, &dataset, &[1], 100..500, genes, &[Split::Test]).expect("fitted")
    };
    let (of_all, of_some) = (predict(&all), predict(&some));
    for row in &of_some {
        let same = of_all.iter().find(|other| other.gene_id == row.gene_id).expect("a subset");
        assert!((same.predicted - row.predicted).abs() < 1e-12);
    }
}

#[test]
fn parts_outside_the_window_and_missing_splits_are_named() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let dataset = simulated(folder.path(), 200);
    let all: Vec<usize> = (0..dataset.len()).collect();
    let message = |extent: std::ops::Range<usize>, genes: &[usize]| {
        let predicted = predict_baseline(Baseline::KmerRidge, &dataset, &[0], extent, genes, &[Split::Test]);
        predicted.expect_err("refused").to_string()
    };
    assert!(message(0..601, &all).contains("positions 0..601 asked for, but windows have 600 bp"));
    assert!(message(5..5, &all).contains("5..5"));
    let train = dataset.genes_in(Split::Train);
    let told = message(0..600, &train);
    assert!(told.contains("`kmer-ridge`") && told.contains("validation") && told.contains("K562"), "{told}");
}

fn human_data() -> PathBuf {
    std::env::var_os("TATABOX_HUMAN_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/human"), PathBuf::from)
}

#[test]
#[allow(clippy::print_stderr)]
fn real_promoters_score_what_was_measured_elsewhere() {
    let data = human_data();
    let (promoters, expression) = (data.join("promoters_300bp.fa.gz"), data.join("expression.tsv.gz"));
    if !promoters.is_file() || !expression.is_file() {
        eprintln!("skipped: no human data at {}", data.display());
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let geometry = WindowGeometry::new(250, 50).expect("300 bp");
    let mut config = PrepareConfig::new(expression, folder.path().join("set"), geometry);
    config.promoters = Some(promoters);
    prepare(&config, &mut |_| {}).expect("prepared");
    let dataset = PreparedDataset::open(&config.out_dir).expect("opened");
    let all: Vec<usize> = (0..dataset.len()).collect();
    let extent = dataset.common_extent(&all, 0.95);
    let genes: Vec<usize> = all.into_iter().filter(|&gene| dataset.covers(gene, extent)).collect();
    let cells: Vec<usize> = (0..dataset.cell_types().len()).collect();
    let start = Instant::now();
    let rows =
        predict_baseline(Baseline::KmerRidge, &dataset, &cells, extent.window_range(geometry), &genes, &[Split::Test])
            .expect("fitted");
    let elapsed = start.elapsed().as_secs_f64();
    let scores = pearson_by_cell_type(&dataset, &rows);
    let mean = scores.iter().map(|score| score.1).sum::<f64>() / scores.len() as f64;
    eprintln!("k-mer ridge, {} genes, {elapsed:.1} s: mean r {mean:.3}, {scores:.3?}", genes.len());
    assert!((mean - REFERENCE_PEARSON).abs() < ROOM, "mean r {mean:.3}, {scores:?}");
}
