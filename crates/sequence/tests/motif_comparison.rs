//! Motif comparison compared with memelite's TOMTOM, and properties on JASPAR.
//!
//! JASPAR is read from the folder `motifs` next to the one of `TATABOX_HUMAN_DATA`, else from `shared/data/motifs` next
//! to the repository. Without it, its tests are skipped.

use std::path::{Path, PathBuf};

use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use tatabox_sequence::{
    MotifComparison, MotifFile, PositionWeightMatrix, Strand, UNIFORM_BACKGROUND, scan_motifs, to_meme,
};

fn jaspar() -> Option<MotifFile> {
    let human = std::env::var_os("TATABOX_HUMAN_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/human"), PathBuf::from);
    let path = human.join("../motifs/jaspar2020_core_vertebrates.meme");
    if path.exists() {
        return Some(MotifFile::read(path).expect("valid JASPAR file"));
    }
    #[expect(clippy::print_stderr, reason = "a skipped test prints the reason")]
    {
        eprintln!("skipped: no {}", path.display());
    }
    None
}

fn motifs(list: &Value) -> Vec<PositionWeightMatrix> {
    let columns = |motif: &Value| serde_json::from_value::<Vec<[f64; 4]>>(motif.clone()).expect("columns");
    let motifs = list.as_array().expect("a list").iter().map(columns).enumerate();
    motifs
        .map(|(index, columns)| {
            PositionWeightMatrix::from_probabilities(format!("m{index}"), columns).expect("sums of 1")
        })
        .collect()
}

/// memelite takes medians of binned scores, bins over another range and has no minimum overlap, so p-values differ
/// slightly. `golden/tomtom.py` computed the expected numbers.
#[test]
fn compare_p_values_match_memelite() {
    let golden: Value = serde_json::from_str(include_str!("golden/tomtom.json")).unwrap();
    let (queries, targets) = (motifs(&golden["queries"]), motifs(&golden["targets"]));
    let comparison = MotifComparison::new(&targets);
    let mut differences = Vec::new();
    for (query, theirs) in queries.iter().zip(golden["p_values"].as_array().unwrap()) {
        for (ours, theirs) in comparison.compare(query).iter().zip(theirs.as_array().unwrap()) {
            differences.push((ours.p_value.log10() - theirs.as_f64().unwrap().log10()).abs());
        }
    }
    differences.sort_by(f64::total_cmp);
    let quantile = |fraction: f64| differences[(fraction * (differences.len() - 1) as f64) as usize];
    // The few larger differences are overlaps of fewer than five columns.
    let [median, high, max] = [0.5, 0.95, 1.0].map(quantile);
    assert!(median < 0.03 && high < 0.15 && max < 1.5, "{median} {high} {max}");
}

#[test]
fn compare_jaspar_motifs_find_themselves_first() {
    let Some(file) = jaspar() else { return };
    let motifs = &file.motifs;
    assert_eq!(motifs.len(), 746);
    assert_eq!(file.find("GATA1").unwrap().name(), "MA0035.4");
    let comparison = MotifComparison::new(motifs);
    let (mut first, mut largest) = (0, 0.0f64);
    // Every sixth motif is sufficient and takes seconds.
    let tried: Vec<usize> = (0..motifs.len()).step_by(STEP).collect();
    for &index in &tried {
        let matches = comparison.compare(&motifs[index]);
        let best = matches.iter().map(|found| found.p_value).fold(1.0, f64::min);
        first += usize::from(matches[index].p_value <= best);
        largest = largest.max(matches[index].p_value);
        assert_eq!((matches[index].strand, matches[index].offset), (Strand::Forward, 0), "{}", motifs[index].name());
    }
    assert_eq!(first, tried.len());
    assert!(largest < 1e-9, "{largest}");
}

#[test]
fn compare_shuffled_jaspar_motifs_have_uniform_p_values() {
    let Some(file) = jaspar() else { return };
    let comparison = MotifComparison::new(&file.motifs);
    let mut rng = ChaCha8Rng::seed_from_u64(42);
    let mut p_values = Vec::new();
    for motif in file.motifs.iter().step_by(2 * STEP) {
        let mut columns = motif.columns().to_vec();
        columns.shuffle(&mut rng);
        let shuffled = PositionWeightMatrix::from_probabilities(motif.name(), columns).unwrap();
        p_values.extend(comparison.compare(&shuffled).into_iter().map(|found| found.p_value));
    }
    p_values.sort_by(f64::total_cmp);
    let n = p_values.len() as f64;
    let distance = |(index, p): (usize, &f64)| ((index + 1) as f64 / n - p).abs().max((p - index as f64 / n).abs());
    let kolmogorov_smirnov = p_values.iter().enumerate().map(distance).fold(0.0, f64::max);
    let below = p_values.iter().filter(|&&p| p < 0.05).count() as f64 / n;
    // All 746 motifs give 0.176 and 0.043. Offsets share columns, so most p-values are too large rather than too small.
    assert!(kolmogorov_smirnov < 0.22, "{kolmogorov_smirnov}");
    assert!((0.02..0.08).contains(&below), "{below}");
}

#[test]
fn to_meme_jaspar_round_trip_and_scan_best_site() {
    let Some(file) = jaspar() else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("again.meme");
    std::fs::write(&path, to_meme(&file.motifs, UNIFORM_BACKGROUND)).unwrap();
    let again = MotifFile::read(&path).unwrap();
    for (motif, other) in file.motifs.iter().zip(&again.motifs) {
        assert_eq!(
            (motif.name(), motif.alternative_name(), motif.consensus()),
            (other.name(), other.alternative_name(), other.consensus())
        );
    }
    for motif in file.motifs.iter().filter(|motif| motif.len() >= 8).step_by(10) {
        let hits = scan_motifs(std::slice::from_ref(motif), &motif.best_site(), 1e-3);
        assert!(hits.iter().any(|hit| hit.start == 0 && hit.strand == Strand::Forward), "{}", motif.name());
    }
}

/// At 1e-4 on two strands, 746 motifs have 0.15 hits per base by chance; slightly fewer, since short motifs have no
/// score with exactly this p-value.
#[test]
fn scan_jaspar_hits_in_random_bases_match_p_value() {
    let Some(file) = jaspar() else { return };
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let window: Vec<u8> = (0..20_000).map(|_| rng.random_range(0..4)).collect();
    let hits = scan_motifs(&file.motifs, &window, 1e-4);
    let hits_per_position = hits.len() as f64 / (window.len() as f64 * 2.0 * file.motifs.len() as f64);
    assert!((0.8e-4..1.02e-4).contains(&hits_per_position), "{hits_per_position}");
    assert!(hits.iter().all(|hit| hit.p_value <= 1e-4 && hit.end <= window.len()));
    assert!(hits.is_sorted_by_key(|hit| hit.start));
}

/// Step between compared motifs.
const STEP: usize = 6;
