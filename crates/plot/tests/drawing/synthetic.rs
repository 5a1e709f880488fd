//! Synthetic predictions, tests, replicates and attention for the tests in this folder.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tatabox_dataset::{
    AttentionEnrichedKmer, AttentionExamples, AttentionRow, AttentionTable, GeneTrack, PredictionRow, PredictionTable,
    Split,
};
use tatabox_eval::{
    AnovaRow, ComparisonRow, ComparisonTable, Estimate, FoldTest, Interval, MeanDifference, NoiseCeiling,
    NoiseCeilingRow, SignedRankTest,
};

pub(crate) const CELL_TYPES: [&str; 8] = ["K562", "HepG2", "GM12878", "H1-ESC", "MCF7", "HeLa-S3", "A549", "Jurkat"];

pub(crate) fn row(gene: usize, cell_type: &str, model: &str, measured: f64, predicted: f64) -> PredictionRow {
    PredictionRow {
        gene_id: format!("ENSG{gene:011}"),
        gene_name: None,
        cell_type: cell_type.to_owned(),
        split: Split::Test,
        measured,
        predicted,
        model: model.to_owned(),
    }
}

/// Approximately normal noise: the sum of twelve uniform numbers.
pub(crate) fn noise(generator: &mut ChaCha8Rng) -> f64 {
    (0..12).map(|_| generator.random_range(0.0..1.0)).sum::<f64>() - 6.0
}

/// Realistic predictions: a quarter of the genes silent, the others around 4.5; four models shrunk towards the mean, and a constant.
pub(crate) fn plausible(genes: usize, cell_types: &[&str]) -> PredictionTable {
    let mut generator = ChaCha8Rng::seed_from_u64(1);
    let mut rows = Vec::new();
    for gene in 0..genes {
        let silent = generator.random_range(0.0..1.0) < 0.25;
        let level = if silent { 0.2 * noise(&mut generator).abs() } else { 4.5 + 1.7 * noise(&mut generator) };
        for (index, cell_type) in cell_types.iter().enumerate() {
            let measured = (level + 0.6 * noise(&mut generator)).max(0.0);
            let spread = 1.2 + 0.05 * index as f64;
            let mut predict = |slope: f64, sd: f64| 3.3 + slope * (level - 3.3) + sd * noise(&mut generator);
            let (network, ridge) = (predict(0.45, 1.0 * spread), predict(0.35, 1.2 * spread));
            let (forest, long) = (predict(0.33, 1.25 * spread), predict(0.4, 1.1 * spread));
            let models = [
                ("tatabox-gru", network),
                ("k-mer ridge", ridge),
                ("random forest", forest),
                ("a model with quite a long name", long),
                ("train mean", 3.3),
            ];
            rows.extend(models.map(|(model, predicted)| row(gene, cell_type, model, measured, predicted)));
        }
    }
    PredictionTable { rows }
}

pub(crate) fn attention(genes: usize, cell_types: &[&str]) -> AttentionTable {
    let mut generator = ChaCha8Rng::seed_from_u64(2);
    let mut rows = Vec::new();
    for gene in 0..genes {
        let quartile = (gene % 4) as u8 + 1;
        let raw = (0..48).map(|bin| {
            let position = f64::from(bin * 125 - 4938);
            let peak = f64::from(quartile) * (-(position + 60.0).abs() / 260.0).exp();
            (0.4 * noise(&mut generator)).exp() * (0.4 + peak)
        });
        let raw: Vec<f64> = raw.collect();
        let total: f64 = raw.iter().sum();
        rows.extend(raw.iter().enumerate().map(|(bin, weight)| AttentionRow {
            gene_id: format!("ENSG{gene:011}"),
            cell_type: String::new(),
            position_bp: bin as i32 * 125 - 4938,
            bin_bp: 125,
            weight: weight / total,
            expression_quartile: quartile,
        }));
    }
    let named = |cell_type: &&str| -> Vec<AttentionRow> {
        rows.iter().map(|row| AttentionRow { cell_type: (*cell_type).to_owned(), ..row.clone() }).collect()
    };
    AttentionTable { rows: cell_types.iter().flat_map(named).collect() }
}

/// Predictions of `models` models, each slightly worse than the previous one.
pub(crate) fn many_models(genes: usize, cell_types: &[&str], models: usize) -> PredictionTable {
    let mut generator = ChaCha8Rng::seed_from_u64(3);
    let mut rows = Vec::new();
    for gene in 0..genes {
        let level = 4.0 + 2.0 * noise(&mut generator);
        for cell_type in cell_types {
            let measured = (level + 0.5 * noise(&mut generator)).max(0.0);
            for model in 0..models {
                let predicted = 3.0 + 0.4 * (level - 3.0) + (0.5 + 0.12 * model as f64) * noise(&mut generator);
                rows.push(row(gene, cell_type, &format!("model {:02}", model + 1), measured, predicted));
            }
        }
    }
    PredictionTable { rows }
}

/// Tests of the first model against the others, with p-values decreasing from 0.6.
pub(crate) fn comparisons(models: &[&str], cell_types: &[&str]) -> ComparisonTable {
    let scopes = || cell_types.iter().map(|&cell| Some(cell)).chain([None]);
    let rows = models[1..].iter().enumerate().flat_map(|(rank, model)| {
        let p = 0.6 / 6_f64.powi(rank as i32);
        let value = 0.005 + 0.02 * rank as f64;
        scopes().map(move |cell_type| ComparisonRow {
            model: (*model).to_owned(),
            split: Split::Test,
            cell_type: cell_type.map(str::to_owned),
            n: 300,
            pearson: Some(MeanDifference {
                value,
                interval: Some(Interval { low: value - 0.02, high: value + 0.02 }),
                chromosome_interval: Some(Interval { low: value - 0.03, high: value + 0.03 }),
                p: Some(p / 3.0),
                p_holm: Some(p),
                p_bh: Some(p / 2.0),
            }),
            absolute_error: Some(SignedRankTest {
                statistic: 12_345.0,
                p: p / 3.0,
                p_holm: Some(p),
                p_bh: Some(p / 2.0),
                rank_biserial: 0.12,
            }),
            folds: cell_type.is_none().then_some(FoldTest {
                folds: 5,
                mean_difference: value,
                t: 2.5,
                df: 4.0,
                p: p / 3.0,
                p_holm: Some(p),
                p_bh: Some(p / 2.0),
                cohens_d: 1.1,
            }),
        })
    });
    let anova = AnovaRow {
        design: "one-way, Pearson of cell types".to_owned(),
        split: Split::Test,
        models: models.len(),
        values: cell_types.len(),
        f: 12.3,
        df: [3.0, 28.0],
        p: 0.000_2,
        epsilon: None,
        p_greenhouse_geisser: None,
        eta_squared: 0.57,
    };
    ComparisonTable {
        reference: models[0].to_owned(),
        bootstrap_resamples: 200,
        bootstrap_seed: 1,
        rows: rows.collect(),
        anova: vec![anova],
        notes: vec!["a model was excluded from the analysis of variance".to_owned()],
    }
}

/// Noise ceiling of all cell types except the last.
pub(crate) fn ceiling(cell_types: &[&str]) -> NoiseCeiling {
    let estimate = |value: f64| Estimate {
        value: Some(value),
        interval: Some(Interval { low: value - 0.01, high: value + 0.008 }),
        chromosome_interval: None,
    };
    let known = cell_types.len().saturating_sub(1).max(1);
    let rows = cell_types[..known].iter().enumerate().map(|(index, cell_type)| NoiseCeilingRow {
        split: Split::Test,
        cell_type: (*cell_type).to_owned(),
        replicate: format!("{cell_type} replicate"),
        n: 1_900 + index,
        n_without_replicate: 100 - index,
        pearson: estimate(0.95 - 0.01 * index as f64),
        spearman: estimate(0.93 - 0.01 * index as f64),
    });
    NoiseCeiling {
        source: "a second laboratory".to_owned(),
        bootstrap_resamples: 200,
        bootstrap_seed: 1,
        rows: rows.collect(),
        without_replicate: cell_types[known..].iter().map(|&cell_type| cell_type.to_owned()).collect(),
    }
}

/// K-mers of known factors and the requested number of gene tracks.
pub(crate) fn examples(tracks: usize) -> AttentionExamples {
    let mut generator = ChaCha8Rng::seed_from_u64(4);
    let kmers =
        ["GGGGCGGGG", "TATAAAAG", "CCAAT", "ACTTCCGG", "CGCATGCGCA", "TGACGTCA", "CACGTG", "TCTCGCGAGA", "GATAA"];
    let motifs = kmers.iter().enumerate().map(|(rank, kmer)| {
        let sites = 400 / (rank as u32 + 1);
        let column = |base: char| {
            let mut counts = [sites / 20; 4];
            counts["ACGT".find(base).expect("a base")] = sites - 3 * (sites / 20);
            counts
        };
        AttentionEnrichedKmer {
            consensus: (*kmer).to_owned(),
            sites,
            log2_enrichment: 3.0 - 0.25 * rank as f64,
            median_position_bp: 40 - 25 * rank as i32,
            counts: kmer.chars().map(column).collect(),
        }
    });
    let mut track = |index: usize| {
        let raw: Vec<f64> = (0..38)
            .map(|bin| {
                let position = f64::from(bin * 8 - 246);
                let peak = 3.0 * (-(position + 20.0 + 15.0 * index as f64).abs() / 30.0).exp();
                (0.3 * noise(&mut generator)).exp() * (0.4 + peak)
            })
            .collect();
        let total: f64 = raw.iter().sum();
        let letters: Vec<char> = "ACGT".chars().collect();
        GeneTrack {
            gene_id: format!("ENSG{index:011}"),
            gene_name: (index % 3 != 2).then(|| format!("GENE{index}")),
            start_bp: -250,
            bin_bp: 8,
            weights: raw.iter().map(|weight| weight / total).collect(),
            sequence: (0..300).map(|_| letters[generator.random_range(0..4_u64) as usize]).collect(),
            measured: 7.5 - index as f64,
            predicted: 6.0 - 0.7 * index as f64,
        }
    };
    AttentionExamples { motifs: motifs.collect(), tracks: (0..tracks).map(&mut track).collect() }
}
