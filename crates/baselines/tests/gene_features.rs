//! Baselines with gene features, on data sets with a planted predictive feature.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use tatabox_baselines::{Baseline, BaselineError, BaselinePredictions, BaselineTask, predict_baseline};
use tatabox_dataset::{GeneFeatureSource, PredictionRow, PrepareConfig, PreparedDataset, Split, prepare};
use tatabox_sequence::WindowGeometry;
use tempfile::TempDir;

const GENES: usize = 300;
const WITH_FEATURES: [Baseline; 2] = [Baseline::KmerRidgeFeatures, Baseline::GeneFeatures];

/// Planted properties of a gene.
struct Planted {
    /// GC fraction of the promoter.
    gc: f64,
    /// Stability of the messenger RNA.
    stability: f64,
}

/// Properties of a gene, independent of each other and of its chromosome.
fn planted(gene: usize) -> Planted {
    Planted { gc: 0.2 + (gene * 7 % 11) as f64 * 0.06, stability: (gene * 5 % 13) as f64 / 12.0 }
}

/// Data set with promoters of 100 bp on ten chromosomes, log2(TPM + 1), and the features `stability` and `noise`; genes for
/// which `has_features` is false have no features.
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
    let mut config = prepare_config(folder.path(), &table);
    config.promoters = Some(write_file(folder.path(), "p.fa", &fasta));
    config.tss_offset = Some(80);
    config.gene_features = Some(GeneFeatureSource::Table(write_file(folder.path(), "features.tsv", &features)));
    (folder, dataset_of(&config))
}

/// Prepared data set of a configuration.
fn dataset_of(config: &PrepareConfig) -> PreparedDataset {
    prepare(config, &mut |_| {}).expect("prepared");
    PreparedDataset::open(&config.out_dir).expect("opens")
}

/// Configuration with an expression table and windows of 80 bp upstream and 20 bp downstream.
fn prepare_config(folder: &Path, table: &str) -> PrepareConfig {
    let geometry = WindowGeometry::new(80, 20).expect("valid");
    PrepareConfig::new(write_file(folder, "e.tsv", table), folder.join("set"), geometry)
}

fn write_file(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, text).expect("written");
    path
}

/// Pseudorandom bases from a seed.
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

fn all_genes(dataset: &PreparedDataset) -> Vec<usize> {
    (0..dataset.len()).collect()
}

fn mean_squared_error(rows: &[PredictionRow]) -> f64 {
    rows.iter().map(|row| (row.measured - row.predicted).powi(2)).sum::<f64>() / rows.len() as f64
}

#[test]
fn gene_feature_baselines_learn_linear_feature() {
    let (_folder, dataset) = prepared(|gene| 1.0 + 3.0 * gene.stability, None);
    for baseline in WITH_FEATURES {
        let predicted = predict(baseline, &dataset, &all_genes(&dataset)).expect("fitted");
        assert_eq!(predicted.rows.len(), dataset.genes_in(Split::Test).len());
        // The smallest penalty shrinks the slope of 3 by a thousandth, at most half a unit from the mean.
        for row in &predicted.rows {
            assert!((row.measured - row.predicted).abs() < 0.05, "{baseline}: {row:?}");
        }
        assert!(predicted.notes.iter().any(|note| note.setting.starts_with("ridge penalty")));
    }
}

#[test]
fn kmer_ridge_features_scores_above_kmers_or_features_alone() {
    let (_folder, dataset) = prepared(|gene| 1.0 + 4.0 * gene.gc + 3.0 * gene.stability, None);
    let error = |baseline| mean_squared_error(&predict(baseline, &dataset, &all_genes(&dataset)).expect("fitted").rows);
    let (kmers, features, both) =
        (error(Baseline::KmerRidge), error(Baseline::GeneFeatures), error(Baseline::KmerRidgeFeatures));
    // GC is 0.2, 0.26 ... 0.8: variance 0.06^2 * 120 / 12 = 0.036, times 4^2 = 0.576 unexplained without the promoter. Stability
    // is 0, 1/12 ... 1: variance 168 / 12 / 144 = 0.097, times 3^2 = 0.875 unexplained without the feature.
    assert!((features - 0.576).abs() < 0.15, "{features}");
    assert!((kmers - 0.875).abs() < 0.25, "{kmers}");
    // The rest is sampling noise of a promoter of 100 bases: at most 16 * 0.25 / 100 = 0.04.
    assert!(both < 0.08, "{both}");
}

#[test]
fn predict_baseline_genes_without_features_are_rejected_with_their_number() {
    let (_folder, dataset) = prepared(|gene| 1.0 + gene.stability, Some(&|gene| !gene.is_multiple_of(10)));
    let genes = all_genes(&dataset);
    for baseline in WITH_FEATURES {
        let message = predict(baseline, &dataset, &genes).expect_err("rejected").to_string();
        let expected = format!("baseline `{baseline}` requires gene features, but 30 of 300 usable genes have none");
        assert!(message.starts_with(&expected) && message.contains("exclude this baseline"), "{message}");
        let with: Vec<usize> = genes.iter().copied().filter(|&gene| dataset.gene_features(gene).is_some()).collect();
        assert!(predict(baseline, &dataset, &with).is_ok());
    }
    for baseline in Baseline::ALL {
        assert_eq!(baseline.needs_features(), WITH_FEATURES.contains(&baseline), "{baseline}");
    }
}

#[test]
fn predict_baseline_alternative_tsss_are_neither_fitted_nor_predicted() {
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
    let mut config = prepare_config(folder.path(), &table);
    config.genome = Some(write_file(folder.path(), "genome.fa", &fasta));
    config.annotation = Some(write_file(folder.path(), "genes.gtf", &gtf));
    config.tss.alternative_distance_bp = Some(50);
    let dataset = dataset_of(&config);
    assert_eq!(dataset.len(), 48);
    let chosen: Vec<usize> = Split::ALL.into_iter().flat_map(|split| dataset.genes_in(split)).collect();
    assert_eq!(chosen.len(), 24);
    for baseline in [Baseline::TrainMean, Baseline::KmerRidge, Baseline::NearestNeighbour, Baseline::PaddingOnly] {
        let mut of_chosen = predict(baseline, &dataset, &chosen).expect("fitted").rows;
        of_chosen.sort_by(|one, other| one.gene_id.cmp(&other.gene_id));
        let mut of_all = predict(baseline, &dataset, &all_genes(&dataset)).expect("fitted").rows;
        of_all.sort_by(|one, other| one.gene_id.cmp(&other.gene_id));
        assert_eq!(of_all, of_chosen, "{baseline}");
    }
}
