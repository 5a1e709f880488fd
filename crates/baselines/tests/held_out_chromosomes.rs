//! Baselines on held-out chromosomes of simulated and of human promoters.

use std::path::{Path, PathBuf};
use std::time::Instant;

use tatabox_baselines::{Baseline, BaselinePredictions, BaselineTask, predict_baseline};
use tatabox_dataset::{
    GeneFeatureSource, PredictionRow, PrepareConfig, PreparedDataset, SimulateConfig, Split, prepare, simulate,
};
use tatabox_sequence::WindowGeometry;

fn pearson(rows: &[&PredictionRow]) -> f64 {
    let n = rows.len() as f64;
    let mean = |of: fn(&PredictionRow) -> f64| rows.iter().map(|row| of(row)).sum::<f64>() / n;
    let (m, p) = (mean(|row| row.measured), mean(|row| row.predicted));
    let sum = |of: &dyn Fn(&PredictionRow) -> f64| rows.iter().map(|row| of(row)).sum::<f64>();
    let product = sum(&|row| (row.measured - m) * (row.predicted - p));
    product / (sum(&|row| (row.measured - m).powi(2)) * sum(&|row| (row.predicted - p).powi(2))).sqrt()
}

fn mean_pearson(dataset: &PreparedDataset, rows: &[PredictionRow]) -> f64 {
    let of = |name: &String| rows.iter().filter(|row| &row.cell_type == name).collect::<Vec<_>>();
    let scores: Vec<f64> = dataset.cell_types().iter().map(|name| pearson(&of(name))).collect();
    scores.iter().sum::<f64>() / scores.len() as f64
}

fn simulated(folder: &Path, genes: u32) -> PreparedDataset {
    let geometry = WindowGeometry::new(500, 100).expect("600 bp");
    let config = SimulateConfig { genes, geometry, ..SimulateConfig::default() };
    let files = folder.join("files");
    simulate(&config, &files).expect("simulated");
    prepared(&files, config.geometry)
}

/// Data set of a simulation, with a gene feature that is independent of expression.
fn prepared(files: &Path, geometry: WindowGeometry) -> PreparedDataset {
    let expression = std::fs::read_to_string(files.join("expression.tsv")).expect("a table");
    let row = |(number, line): (usize, &str)| format!("{}\t{}\n", line.split('\t').next().unwrap_or(""), number % 7);
    let rows: String = expression.lines().enumerate().skip(1).map(row).collect();
    std::fs::write(files.join("features.tsv"), format!("gene_id\tnoise\n{rows}")).expect("written");
    let mut config = PrepareConfig::new(files.join("expression.tsv"), files.join("set"), geometry);
    config.promoters = Some(files.join("promoters.fa"));
    config.gene_features = Some(GeneFeatureSource::Table(files.join("features.tsv")));
    prepare(&config, &mut |_| {}).expect("prepared");
    PreparedDataset::open(&config.out_dir).expect("opened")
}

/// Predictions of the test genes from complete windows.
fn predict(
    baseline: Baseline,
    dataset: &PreparedDataset,
    genes: &[usize],
    cell_types: &[usize],
) -> BaselinePredictions {
    let extent = 0..dataset.geometry().len();
    let task = BaselineTask { dataset, cell_types, extent, genes, splits: &[Split::Test], seed: 1 };
    predict_baseline(baseline, &task, &mut |_| {}).expect("fitted")
}

fn all_genes_and_cell_types(dataset: &PreparedDataset) -> (Vec<usize>, Vec<usize>) {
    ((0..dataset.len()).collect(), (0..dataset.cell_types().len()).collect())
}

#[test]
fn models_learn_simulated_promoters_and_shuffled_controls_do_not() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let dataset = simulated(folder.path(), 1_500);
    let (genes, cells) = all_genes_and_cell_types(&dataset);
    let score = |baseline: Baseline| {
        let rows = predict(baseline, &dataset, &genes, &cells).rows;
        assert!(rows.iter().all(|row| row.split == Split::Test && row.model == baseline.name()));
        assert!(rows.iter().all(|row| row.predicted.is_finite()));
        mean_pearson(&dataset, &rows)
    };
    let ridge = score(Baseline::KmerRidge);
    assert!(ridge > 0.25, "{ridge}");
    for (baseline, least) in
        [(Baseline::KmerLinear, 0.08), (Baseline::RandomForest, 0.2), (Baseline::SupportVectorRegression, 0.2)]
    {
        let score = score(baseline);
        assert!(score > least, "{baseline} {score}");
    }
    // Simulated promoters differ by their motifs, which shuffling destroys.
    for baseline in [Baseline::KmerRidgeMonoShuffled, Baseline::KmerRidgeDiShuffled] {
        let shuffled = score(baseline);
        assert!(shuffled < ridge - 0.1, "{baseline} {shuffled}, {ridge} before");
    }
    let other_cell_types = score(Baseline::OtherCellTypesMean);
    assert!(other_cell_types > ridge, "{other_cell_types} {ridge}");
}

#[test]
fn train_mean_matches_mean_of_train_genes() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let dataset = simulated(folder.path(), 200);
    let (genes, cells) = all_genes_and_cell_types(&dataset);
    let rows = predict(Baseline::TrainMean, &dataset, &genes, &cells).rows;
    assert_eq!(rows.len(), dataset.genes_in(Split::Test).len() * cells.len());
    let train = dataset.genes_in(Split::Train);
    let expected = train.iter().map(|&gene| f64::from(dataset.log2_tpm(gene, 0))).sum::<f64>() / train.len() as f64;
    let of_first = rows.iter().filter(|row| row.cell_type == dataset.cell_types()[0]);
    assert!(of_first.into_iter().all(|row| (row.predicted - expected).abs() < 1e-9));
}

#[test]
fn predict_baseline_fit_is_independent_of_test_genes() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let dataset = simulated(folder.path(), 200);
    let (all, _) = all_genes_and_cell_types(&dataset);
    let is_included = |gene: &usize| dataset.genes()[*gene].split != Split::Test || gene.is_multiple_of(2);
    let some: Vec<usize> = all.iter().copied().filter(is_included).collect();
    for baseline in Baseline::ALL {
        let of_all = predict(baseline, &dataset, &all, &[1]).rows;
        let of_some = predict(baseline, &dataset, &some, &[1]).rows;
        assert!(of_some.len() < of_all.len());
        for row in &of_some {
            let same = of_all.iter().find(|other| other.gene_id == row.gene_id).expect("a subset");
            // Kernels are f32, and the order of summation depends on the number of genes.
            assert!((same.predicted - row.predicted).abs() < 1e-5, "{baseline}: {same:?} {row:?}");
        }
    }
}

#[test]
fn predict_baseline_no_requested_genes_give_no_rows() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let dataset = simulated(folder.path(), 200);
    let genes = [dataset.genes_in(Split::Train), dataset.genes_in(Split::Validation)].concat();
    for baseline in Baseline::ALL {
        assert!(predict(baseline, &dataset, &genes, &[1, 2]).rows.is_empty(), "{baseline}");
    }
}

#[test]
fn predict_baseline_is_bit_identical_for_any_number_of_threads() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let dataset = simulated(folder.path(), 600);
    let (genes, _) = all_genes_and_cell_types(&dataset);
    for baseline in Baseline::ALL {
        let with_threads = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            pool.install(|| predict(baseline, &dataset, &genes, &[0, 3]))
        };
        assert_eq!(with_threads(1), with_threads(4), "{baseline}");
    }
}

#[test]
fn predict_baseline_missing_measurement_affects_its_cell_type_only() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (whole, with_missing) = (folder.path().join("whole"), folder.path().join("with_missing"));
    let config = SimulateConfig { genes: 200, ..SimulateConfig::default() };
    simulate(&config, &whole).expect("simulated");
    simulate(&config, &with_missing).expect("simulated");
    let table = std::fs::read_to_string(with_missing.join("expression.tsv")).expect("a table");
    let clear_last = |(number, line): (usize, &str)| match line.rsplit_once('\t') {
        Some((others, _)) if number % 5 == 2 => format!("{others}\tNA\n"),
        _ => format!("{line}\n"),
    };
    let rows: String = table.lines().enumerate().map(clear_last).collect();
    std::fs::write(with_missing.join("expression.tsv"), rows).expect("written");
    let (whole, with_missing) = (prepared(&whole, config.geometry), prepared(&with_missing, config.geometry));
    let (genes, cells) = all_genes_and_cell_types(&whole);
    let last = whole.cell_types().last().expect("cell types");
    for baseline in Baseline::ALL {
        let before = predict(baseline, &whole, &genes, &cells).rows;
        let after = predict(baseline, &with_missing, &genes, &cells).rows;
        assert!(after.len() < before.len() && after.iter().all(|row| row.predicted.is_finite()), "{baseline}");
        if baseline == Baseline::OtherCellTypesMean {
            continue;
        }
        let others =
            |rows: &[PredictionRow]| rows.iter().filter(|row| &row.cell_type != last).cloned().collect::<Vec<_>>();
        for (before, after) in others(&before).iter().zip(others(&after)) {
            assert!((before.predicted - after.predicted).abs() < 1e-9 && before.gene_id == after.gene_id, "{baseline}");
        }
    }
}

#[test]
fn predict_baseline_progress_is_complete_and_settings_are_noted() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let dataset = simulated(folder.path(), 200);
    let (genes, cell_types) = all_genes_and_cell_types(&dataset);
    let task = BaselineTask {
        dataset: &dataset,
        cell_types: &cell_types,
        extent: 100..500,
        genes: &genes,
        splits: &[Split::Test],
        seed: 1,
    };
    for baseline in
        [Baseline::KmerLinear, Baseline::KmerRidge, Baseline::RandomForest, Baseline::SupportVectorRegression]
    {
        let mut reported = Vec::new();
        let notes = predict_baseline(baseline, &task, &mut |progress| reported.push(progress)).expect("fitted").notes;
        let (first, last) = (reported[0], reported[reported.len() - 1]);
        assert_eq!((first.done, last.done), (0, last.total), "{baseline}");
        if baseline != Baseline::RandomForest {
            let of_k562 = notes.iter().filter(|note| note.cell_type.as_deref() == Some("K562")).count();
            assert!(of_k562 > 0, "{baseline}: {notes:?}");
        }
    }
}

#[test]
fn predict_baseline_invalid_extent_and_empty_split_are_named_in_errors() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let dataset = simulated(folder.path(), 200);
    let (all, _) = all_genes_and_cell_types(&dataset);
    let message = |extent: std::ops::Range<usize>, genes: &[usize]| {
        let task = BaselineTask { dataset: &dataset, cell_types: &[0], extent, genes, splits: &[Split::Test], seed: 1 };
        predict_baseline(Baseline::KmerRidge, &task, &mut |_| {}).expect_err("rejected").to_string()
    };
    assert!(message(0..601, &all).contains("positions 0..601: expected a non-empty range within the window of 600 bp"));
    assert!(message(5..5, &all).contains("5..5"));
    let train = dataset.genes_in(Split::Train);
    let text = message(0..600, &train);
    assert!(text.contains("`kmer-ridge`") && text.contains("validation") && text.contains("K562"), "{text}");
}

fn human_data() -> PathBuf {
    std::env::var_os("TATABOX_HUMAN_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/human"), PathBuf::from)
}

/// The 13,145 human promoters of 300 bp; `None` if the data are not available.
#[allow(clippy::print_stderr)]
fn human_promoters(folder: &Path) -> Option<PreparedDataset> {
    let data = human_data();
    let (promoters, expression) = (data.join("promoters_300bp.fa.gz"), data.join("expression.tsv.gz"));
    if !promoters.is_file() || !expression.is_file() {
        eprintln!("skipped: no human data at {}", data.display());
        return None;
    }
    let geometry = WindowGeometry::new(249, 51).expect("300 bp");
    let mut config = PrepareConfig::new(expression, folder.join("set"), geometry);
    config.promoters = Some(promoters);
    prepare(&config, &mut |_| {}).expect("prepared");
    Some(PreparedDataset::open(&config.out_dir).expect("opened"))
}

/// Mean Pearson of baselines on the test genes of human promoters.
#[allow(clippy::print_stderr)]
fn score_on_human_promoters(baselines: &[Baseline]) -> Vec<f64> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let Some(dataset) = human_promoters(folder.path()) else { return Vec::new() };
    let extent = dataset.common_extent(&(0..dataset.len()).collect::<Vec<_>>(), 0.95);
    let genes: Vec<usize> = (0..dataset.len()).filter(|&gene| dataset.covers(gene, extent)).collect();
    let cells: Vec<usize> = (0..dataset.cell_types().len()).collect();
    let score = |&baseline: &Baseline| {
        let start = Instant::now();
        let predictions = predict(baseline, &dataset, &genes, &cells);
        let score = mean_pearson(&dataset, &predictions.rows);
        let notes: Vec<String> = predictions.notes.iter().map(ToString::to_string).collect();
        eprintln!("{baseline}: r {score:.4}, {:.1} s, {notes:?}", start.elapsed().as_secs_f64());
        score
    };
    eprintln!("{} genes", genes.len());
    baselines.iter().map(score).collect()
}

/// Mean Pearson over the eight cell lines.
///
/// `kmer-ridge`: ridge regression on 1-mers to 5-mers with scikit-learn, over five folds of chromosomes. Shuffled controls:
/// ridge regression on 1-mers and on 1-mers and 2-mers with scikit-learn, for this split. `kmer-linear` and
/// `other-cell-types-mean`: values of this implementation, as a regression test.
const REFERENCES: [(Baseline, f64); 5] = [
    (Baseline::KmerLinear, 0.52),
    (Baseline::KmerRidge, 0.542),
    (Baseline::KmerRidgeMonoShuffled, 0.276),
    (Baseline::KmerRidgeDiShuffled, 0.461),
    (Baseline::OtherCellTypesMean, 0.87),
];

/// Mean Pearson of the slow baselines: the random forest of scikit-learn over five folds, and its SVR for this split.
const SLOW_REFERENCES: [(Baseline, f64); 2] =
    [(Baseline::RandomForest, 0.523), (Baseline::SupportVectorRegression, 0.547)];

/// Tolerated difference in mean Pearson.
const TOLERANCE: f64 = 0.04;

fn compare_with_references(references: &[(Baseline, f64)]) {
    let baselines: Vec<Baseline> = references.iter().map(|reference| reference.0).collect();
    for (score, (baseline, reference)) in score_on_human_promoters(&baselines).into_iter().zip(references) {
        assert!((score - reference).abs() < TOLERANCE, "{baseline}: r {score:.3}, reference {reference}");
    }
}

#[test]
fn fast_baselines_human_promoters_match_reference_scores() {
    compare_with_references(&REFERENCES);
}

#[test]
#[ignore = "takes minutes"]
fn slow_baselines_human_promoters_match_reference_scores() {
    compare_with_references(&SLOW_REFERENCES);
}
