//! The baselines that read features of genes, on sets with a feature that tells of expression planted in them.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use tatabox_baselines::{Baseline, BaselineError, BaselinePredictions, BaselineTask, predict_baseline};
use tatabox_dataset::{GeneFeatureSource, PredictionRow, PrepareConfig, PreparedDataset, Split, prepare};
use tatabox_sequence::WindowGeometry;
use tempfile::TempDir;

const GENES: usize = 300;
const WITH_FEATURES: [Baseline; 2] = [Baseline::KmerRidgeFeatures, Baseline::GeneFeatures];

/// What is made of a gene.
struct Planted {
    /// Share of G and C in its promoter.
    gc: f64,
    /// How long its messenger RNA lives.
    stability: f64,
}

/// Two numbers of each gene that have nothing to do with one another or with its chromosome.
fn planted(gene: usize) -> Planted {
    Planted { gc: 0.2 + (gene * 7 % 11) as f64 * 0.06, stability: (gene * 5 % 13) as f64 / 12.0 }
}

/// Promoters of 100 bp on ten chromosomes with log2(TPM + 1) and a row of the features `stability` and `noise`; genes of which
/// `has_features` does not hold have none.
fn prepared(
    log2_tpm: impl Fn(&Planted) -> f64,
    has_features: Option<&dyn Fn(usize) -> bool>,
) -> (TempDir, PreparedDataset) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (mut fasta, mut table) = (String::new(), "gene_id\tK562\n".to_owned());
    let mut features = "gene_id\tstability\tnoise\n".to_owned();
    for gene in 0..GENES {
        let planted = planted(gene);
        let id = format!("G{gene:03}");
        writeln!(fasta, ">{id} chrom=chr{}\n{}", gene % 10 + 1, bases(planted.gc, gene)).expect("text");
        writeln!(table, "{id}\t{}", log2_tpm(&planted).exp2() - 1.0).expect("text");
        if has_features.is_none_or(|has_features| has_features(gene)) {
            writeln!(features, "{id}\t{}\t{}", planted.stability, gene * 31 % 17).expect("text");
        }
    }
    let mut config = settings(folder.path(), &table);
    config.promoters = Some(put(folder.path(), "p.fa", &fasta));
    config.tss_offset = Some(80);
    config.gene_features = Some(GeneFeatureSource::Table(put(folder.path(), "features.tsv", &features)));
    (folder, dataset_of(&config))
}

fn dataset_of(config: &PrepareConfig) -> PreparedDataset {
    prepare(config, &mut |_| {}).expect("prepared");
    PreparedDataset::open(&config.out_dir).expect("opens")
}

/// Settings for the expression of such a table, and windows of 80 bp upstream and 20 bp downstream.
fn settings(folder: &Path, table: &str) -> PrepareConfig {
    let geometry = WindowGeometry::new(80, 20).expect("valid");
    PrepareConfig::new(put(folder, "e.tsv", table), folder.join("set"), geometry)
}

fn put(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, text).expect("written");
    path
}

/// Bases that look random but are always the same.
fn bases(gc: f64, seed: usize) -> String {
    let mut state = seed as u64 * 2 + 1;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / (1_u64 << 31) as f64
    };
    let mut base = || {
        let pair = if next() < gc { b"CG" } else { b"AT" };
        char::from(pair[usize::from(next() < 0.5)])
    };
    (0..108).map(|_| base()).skip(8).collect()
}

fn predict(
    baseline: Baseline,
    dataset: &PreparedDataset,
    genes: &[usize],
) -> Result<BaselinePredictions, BaselineError> {
    let extent = 0..dataset.geometry().len();
    let task = BaselineTask { dataset, cell_types: &[0], extent, genes, splits: &[Split::Test], seed: 42 };
    predict_baseline(baseline, &task, &mut |_| {})
}

fn everything(dataset: &PreparedDataset) -> Vec<usize> {
    (0..dataset.len()).collect()
}

fn mean_squared_error(rows: &[PredictionRow]) -> f64 {
    rows.iter().map(|row| (row.measured - row.predicted).powi(2)).sum::<f64>() / rows.len() as f64
}

#[test]
fn expression_that_is_a_line_of_a_feature_is_found() {
    let (_folder, dataset) = prepared(|gene| 1.0 + 3.0 * gene.stability, None);
    for baseline in WITH_FEATURES {
        let predicted = predict(baseline, &dataset, &everything(&dataset)).expect("fitted");
        assert_eq!(predicted.rows.len(), dataset.genes_in(Split::Test).len());
        // The least penalty of the features takes a thousandth from the slope of 3, at most half a unit from the mean.
        for row in &predicted.rows {
            assert!((row.measured - row.predicted).abs() < 0.05, "{baseline}: {row:?}");
        }
        assert!(predicted.notes.iter().any(|note| note.setting.starts_with("ridge penalty")));
    }
}

#[test]
fn words_and_features_together_beat_either() {
    let (_folder, dataset) = prepared(|gene| 1.0 + 4.0 * gene.gc + 3.0 * gene.stability, None);
    let error =
        |baseline| mean_squared_error(&predict(baseline, &dataset, &everything(&dataset)).expect("fitted").rows);
    let (words, features, both) =
        (error(Baseline::KmerRidge), error(Baseline::GeneFeatures), error(Baseline::KmerRidgeFeatures));
    // GC is 0.2, 0.26 ... 0.8: variance 0.06^2 * 120 / 12 = 0.036, sixteen times that is 0.576 without the promoter; stability is
    // 0, 1/12 ... 1: variance 168 / 12 / 144 = 0.097, nine times that is 0.875 without the feature.
    assert!((features - 0.576).abs() < 0.15, "{features}");
    assert!((words - 0.875).abs() < 0.25, "{words}");
    // What is left is the chance in a promoter of 100 bases: 16 * 0.25 / 100 = 0.04 at most.
    assert!(both < 0.08, "{both}");
}

#[test]
fn genes_without_features_are_refused_with_their_number() {
    let (_folder, dataset) = prepared(|gene| 1.0 + gene.stability, Some(&|gene| !gene.is_multiple_of(10)));
    let genes = everything(&dataset);
    for baseline in WITH_FEATURES {
        let message = predict(baseline, &dataset, &genes).expect_err("refused").to_string();
        let told = format!("baseline `{baseline}` needs gene features, but 30 of 300 usable genes have none");
        assert!(message.starts_with(&told) && message.contains("--half-life or --gene-features"), "{message}");
        let with: Vec<usize> = genes.iter().copied().filter(|&gene| dataset.gene_features(gene).is_some()).collect();
        assert!(predict(baseline, &dataset, &with).is_ok());
    }
    for baseline in Baseline::ALL {
        assert_eq!(baseline.needs_features(), WITH_FEATURES.contains(&baseline), "{baseline}");
    }
}

#[test]
fn further_tsss_are_neither_fitted_nor_predicted() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (mut fasta, mut gtf, mut table) = (String::new(), String::new(), "gene_id\tK562\n".to_owned());
    for contig in 0..4 {
        let sequence: String = (0..40).map(|part| bases(0.5, 40 * contig + part)).collect();
        writeln!(fasta, ">chr{}\n{sequence}", contig + 1).expect("text");
        for gene in 0..6 {
            let id = format!("G{contig}{gene}");
            let start = 300 + 600 * gene;
            for (kind, start, transcript) in [
                ("gene", start, ""),
                ("transcript", start, "transcript_id \"first\";"),
                ("transcript", start + 200, "transcript_id \"chosen\"; tag \"MANE_Select\";"),
            ] {
                let end = 300 + 600 * gene + 400;
                let attributes = format!("gene_id \"{id}\"; {transcript}");
                writeln!(gtf, "chr{}\tx\t{kind}\t{start}\t{end}\t.\t+\t.\t{attributes}", contig + 1).expect("text");
            }
            writeln!(table, "{id}\t{}", 1 + contig + gene).expect("text");
        }
    }
    let mut config = settings(folder.path(), &table);
    config.genome = Some(put(folder.path(), "genome.fa", &fasta));
    config.annotation = Some(put(folder.path(), "genes.gtf", &gtf));
    config.tss.alternative_distance_bp = Some(50);
    let dataset = dataset_of(&config);
    assert_eq!(dataset.len(), 48);
    let chosen: Vec<usize> = Split::ALL.into_iter().flat_map(|split| dataset.genes_in(split)).collect();
    assert_eq!(chosen.len(), 24);
    for baseline in [Baseline::TrainMean, Baseline::KmerRidge, Baseline::NearestNeighbour, Baseline::PaddingOnly] {
        let mut of_chosen = predict(baseline, &dataset, &chosen).expect("fitted").rows;
        of_chosen.sort_by(|one, other| one.gene_id.cmp(&other.gene_id));
        let mut of_all = predict(baseline, &dataset, &everything(&dataset)).expect("fitted").rows;
        of_all.sort_by(|one, other| one.gene_id.cmp(&other.gene_id));
        assert_eq!(of_all, of_chosen, "{baseline}");
    }
}
