//! Figures of explanations of short and long promoters.

use std::f64::consts::TAU;
use std::path::{Path, PathBuf};

use tatabox_plot::{AttentionBin, Attribution, Explanation, MotifAnnotation, explanation_figure, write_figures};

use crate::figures::{assert_valid, folder_for};

/// A promoter with the effects of a few motifs and weak noise.
fn explanation(upstream_bp: i64, downstream_bp: i64) -> Explanation {
    let length = (upstream_bp + downstream_bp) as usize;
    let mut state = 7u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state >> 8) / f64::from(1 << 24)
    };
    let bases: Vec<u8> = (0..length).map(|_| (4.0 * noise()) as u8).collect();
    let names = ["TATA box", "GATA1::TAL1", "SP1", "a factor with a name that never ends", "CREB1", "NRF1", "ETS"];
    let starts = [-32, -75, -110, 12, -29, -41, -36];
    let hits = names.into_iter().zip(starts).enumerate().map(|(index, (name, start_bp))| MotifAnnotation {
        name: name.to_owned(),
        start_bp,
        end_bp: start_bp + 7 + index as i64,
        reverse: index % 2 == 1,
        effect: [Some(0.6), Some(-0.3), None][index % 3],
    });
    let motif_hits: Vec<MotifAnnotation> = hits.filter(|hit| hit.start_bp >= -upstream_bp).collect();
    let substitutions: Vec<[f64; 4]> = bases
        .iter()
        .enumerate()
        .map(|(index, &base)| {
            let position = index as i64 - upstream_bp;
            let inside = motif_hits.iter().filter(|hit| (hit.start_bp..hit.end_bp).contains(&position));
            let effect: f64 = inside.map(|hit| hit.effect.unwrap_or(0.1)).sum();
            let change = |other| {
                let faint = 0.06 * (noise() - 0.5);
                if other == base { 0.0 } else { faint - effect * (0.5 + 0.5 * noise()) }
            };
            [0, 1, 2, 3].map(change)
        })
        .collect();
    let attention = (0..length / 8).map(|bin| {
        let start_bp = bin as i64 * 8 - upstream_bp;
        let weight =
            (-(start_bp as f64 + 40.0).powi(2) / 5_000.0).exp() * (1.2 + (bin as f64 * TAU / 9.0).sin()) / 30.0;
        AttentionBin { start_bp, end_bp: start_bp + 8, weight }
    });
    let values =
        substitutions.iter().map(|changes| -changes.iter().sum::<f64>() / 3.0 + 0.02 * (noise() - 0.5)).collect();
    Explanation {
        title: "GATA1".to_owned(),
        cell_type: "K562".to_owned(),
        model: "human".to_owned(),
        start_bp: -upstream_bp,
        bases,
        substitutions: Some(substitutions),
        attribution: Some(Attribution { method: "integrated gradients".to_owned(), values }),
        attention: attention.collect(),
        attention_agreement: Some(0.31),
        motif_hits,
        predicted_log2_tpm: 5.21,
        measured_log2_tpm: Some(6.4),
        note: Some("simulated data".to_owned()),
    }
}

fn written(explanation: &Explanation, folder: &Path) -> Vec<PathBuf> {
    let figure = explanation_figure(explanation, "gata1").expect("drawn");
    assert!(figure.svg.len() < 3_000_000, "{} bytes", figure.svg.len());
    write_figures(&[figure], folder).expect("written")
}

#[test]
fn explanation_figure_of_any_promoter_length_is_valid() {
    for (upstream_bp, downstream_bp) in [(10, 10), (100, 50), (250, 50), (500, 100), (7_000, 4_000)] {
        let (_guard, folder) = folder_for(&format!("explanation{}", upstream_bp + downstream_bp));
        let explanation = explanation(upstream_bp, downstream_bp);
        let files = written(&explanation, &folder);
        assert_valid(&files, 1);
        assert_eq!(files.len(), if explanation.motif_hits.is_empty() { 3 } else { 4 });
    }
}

#[test]
fn explanation_figure_omits_missing_parts() {
    let whole = || explanation(250, 50);
    let cases = [
        ("no-attention", Explanation { attention: Vec::new(), ..whole() }),
        ("attention-alone", Explanation { substitutions: None, attribution: None, ..whole() }),
        ("gradients", Explanation { substitutions: None, motif_hits: Vec::new(), ..explanation(500, 100) }),
        ("unknown", Explanation { bases: vec![4; 300], substitutions: Some(vec![[f64::NAN; 4]; 300]), ..whole() }),
        ("nothing-changes", Explanation { substitutions: Some(vec![[0.0; 4]; 300]), ..whole() }),
    ];
    for (case, explanation) in cases {
        let (_guard, folder) = folder_for(&format!("explanation-{case}"));
        assert_valid(&written(&explanation, &folder), 1);
    }
}

#[test]
fn explanation_focus_covers_the_effects() {
    let explanation = explanation(7_000, 4_000);
    let focus = explanation.focus();
    assert!((120..=200).contains(&focus.len()), "{focus:?}");
    // From the SP1 site at -110 to the end of the site at +12.
    assert!(focus.start <= 7_000 - 75 && focus.end >= 7_000 - 20, "{focus:?}");
    let svg = explanation_figure(&explanation, "x").expect("drawn").svg;
    assert!(svg.contains("Whole window") && svg.contains("in each 35 bp"));
}

#[test]
fn explanation_figure_is_deterministic() {
    let figure = || explanation_figure(&explanation(500, 100), "x").expect("drawn");
    assert_eq!(figure(), figure());
}
