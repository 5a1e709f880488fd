//! Motif comparison against another implementation of TOMTOM, and on JASPAR.
//!
//! JASPAR is looked for in the folder `motifs` beside the one that `TATABOX_HUMAN_DATA` names, else in `shared/data/motifs`
//! beside the repository; without it that part is not run.

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
        return Some(MotifFile::read(path).expect("JASPAR is sound"));
    }
    #[expect(clippy::print_stderr, reason = "a test that is not run says so")]
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

/// memelite takes medians of binned scores, bins over another range and has no least overlap, so that p-values differ a
/// little; `golden/tomtom.py` made the numbers.
#[test]
fn p_values_are_those_of_memelite() {
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
    let at = |share: f64| differences[(share * (differences.len() - 1) as f64) as usize];
    // The few that differ by more are overlaps of fewer than five columns.
    assert!(at(0.5) < 0.03 && at(0.95) < 0.15 && at(1.0) < 1.5, "{} {} {}", at(0.5), at(0.95), at(1.0));
}

#[test]
fn motifs_of_jaspar_find_themselves_first() {
    let Some(file) = jaspar() else { return };
    let motifs = &file.motifs;
    assert_eq!(motifs.len(), 746);
    assert_eq!(file.find("GATA1").unwrap().name(), "MA0035.4");
    let comparison = MotifComparison::new(motifs);
    let (mut first, mut largest) = (0, 0.0f64);
    // Every sixth of them is enough to see what is wrong, and takes seconds.
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
fn motifs_of_jaspar_with_shuffled_columns_have_even_p_values() {
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
    // Of all 746: 0.176 and 0.043. Offsets share columns, so that the p-value of most motifs is too large rather than too small.
    assert!(kolmogorov_smirnov < 0.22, "{kolmogorov_smirnov}");
    assert!((0.02..0.08).contains(&below), "{below}");
}

#[test]
fn motifs_of_jaspar_are_written_and_read_back_and_found_in_their_best_site() {
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

/// At 1e-4 on two strands, 746 motifs have 0.15 hits a base by chance; somewhat fewer, since a short motif has no score that is
/// exactly that rare.
#[test]
fn motifs_of_jaspar_have_as_many_hits_in_random_bases_as_their_p_value_says() {
    let Some(file) = jaspar() else { return };
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let window: Vec<u8> = (0..20_000).map(|_| rng.random_range(0..4)).collect();
    let hits = scan_motifs(&file.motifs, &window, 1e-4);
    let per_place = hits.len() as f64 / (window.len() as f64 * 2.0 * file.motifs.len() as f64);
    assert!((0.8e-4..1.02e-4).contains(&per_place), "{per_place}");
    assert!(hits.iter().all(|hit| hit.p_value <= 1e-4 && hit.end <= window.len()));
    assert!(hits.is_sorted_by_key(|hit| hit.start));
}

/// One motif in this many is compared.
const STEP: usize = 6;
