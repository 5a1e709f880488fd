//! Interpretation through the library alone, with a member of the bundled model.

use std::path::PathBuf;
use std::sync::LazyLock;

use tatabox::design::{self, DesignRequest, DesignStart};
use tatabox::explain::{self, DeletionScan, ExplainFolderRequest, ExplainRequest, Method};
use tatabox::inputs::{Promoter, PromoterSource, TssRange};
use tatabox::marginalize::{self, Backgrounds, MarginalizeRequest, MotifPattern, Orientation};
use tatabox::motifs::{self, AblationOptions, MotifDatabase, MotifsOutput, MotifsRequest};
use tatabox::{ErrorKind, Model, Observer, Silent};
use tatabox_dataset::PreparedDataset;
use tatabox_model::PromoterWindow;
use tatabox_sequence::{Sequence, Strand};

static MODEL: LazyLock<Model> =
    LazyLock::new(|| Model::open(repository().join("models/human/members/1")).expect("the bundled model"));

fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Observer that cancels at once.
struct Cancelling;

impl Observer for Cancelling {
    fn is_cancelled(&self) -> bool {
        true
    }
}

/// Pseudo-random bases of the model's extent.
fn bases(seed: u64) -> Vec<u8> {
    let mut state = seed;
    let mut base = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 60) as u8 % 4
    };
    (0..MODEL.extent().total_bp()).map(|_| base()).collect()
}

fn promoter(id: &str, bases: Vec<u8>) -> Promoter {
    Promoter::new(id.to_owned(), bases, MODEL.extent())
}

fn log2_tpm(bases: &[u8]) -> Vec<f64> {
    MODEL.predictor().predict_one(&PromoterWindow::from(bases.to_vec())).expect("a whole window").log2_tpm
}

fn range(text: &str) -> TssRange {
    text.parse().expect("a range")
}

/// Index of a position relative to the TSS.
fn index(position_bp: i64) -> usize {
    (i64::from(MODEL.extent().upstream_bp) + position_bp) as usize
}

#[test]
fn explain_promoter_substitutions_match_predictions() {
    let cell_type = MODEL.cell_types()[1].clone();
    let request = ExplainRequest {
        methods: vec![Method::Ism, Method::Attention, Method::Ism],
        cell_types: vec![cell_type.clone()],
        region: Some(range("-12..+8")),
        deletions: Some(DeletionScan::new(5)),
        ..ExplainRequest::default()
    };
    let bases = bases(1);
    let explanation = explain::promoter(&MODEL, promoter("P", bases.clone()), &request, &Silent).expect("explained");
    assert_eq!((explanation.start_bp, explanation.bases.as_slice()), (-12, &bases[index(-12)..index(8)]));
    assert_eq!((explanation.contributions.len(), explanation.deletions.len()), (1, 4));

    let mut mutant = bases.clone();
    mutant[index(-5)] = (bases[index(-5)] + 1) % 4;
    let expected = log2_tpm(&mutant)[1] - log2_tpm(&bases)[1];
    let effects = explanation.substitutions.as_ref().expect("ISM").at(7, 1);
    assert!((effects[usize::from(mutant[index(-5)])] - expected).abs() < 1e-4);
    // Minus the mean over the three substitutions; the effect of the base itself is 0.
    let contributions = explanation.contributions_by(Method::Ism, &cell_type).expect("requested");
    assert!((contributions.values[7] + effects.iter().sum::<f64>() / 3.0).abs() < 1e-9);
}

#[test]
fn explain_promoter_invalid_input_is_an_error() {
    let request = ExplainRequest { region: Some(range("-2..+2")), ..ExplainRequest::default() };
    let explain = |promoter: Promoter, observer: &dyn Observer| {
        explain::promoter(&MODEL, promoter, &request, observer).expect_err("refused")
    };
    let short = explain(promoter("short", vec![0; 299]), &Silent);
    assert!(short.to_string().starts_with("short: the window has 299 bp"), "{short}");
    let invalid = explain(promoter("invalid", vec![9; MODEL.extent().total_bp() as usize]), &Silent);
    assert!(invalid.to_string().contains("code 9 at index 0"), "{invalid}");
    assert_eq!(explain(promoter("P", bases(1)), &Cancelling).kind(), ErrorKind::Cancelled);
    let beyond = ExplainRequest { region: Some(range("-2..+999999")), ..ExplainRequest::default() };
    let error = explain::promoter(&MODEL, promoter("P", bases(1)), &beyond, &Silent).expect_err("beyond");
    assert_eq!(error.kind(), ErrorKind::Request);
}

#[test]
fn explain_promoter_without_known_base_has_no_prediction() {
    let unknown = vec![4; MODEL.extent().total_bp() as usize];
    let explanation = explain::promoter(&MODEL, promoter("N", unknown), &ExplainRequest::default(), &Silent);
    let explanation = explanation.expect("explained");
    assert!(explanation.prediction.is_none() && explanation.contributions.is_empty());
    assert_eq!(explanation.note(), "no known base");
}

#[test]
fn explain_run_writes_a_folder_and_removes_it_after_an_error() {
    let folder = tempfile::tempdir().expect("folder");
    let fasta = folder.path().join("p.fa");
    let sequence = Sequence::from_codes(bases(2)).to_ascii();
    std::fs::write(&fasta, format!(">P\n{sequence}\n")).expect("written");
    let out = folder.path().join("explained");
    let request = || {
        let mut request = ExplainFolderRequest::new(PromoterSource::fasta(&fasta), &out);
        request.explain.region = Some(range("-6..+6"));
        request.explain.cell_types = vec![MODEL.cell_types()[0].clone()];
        request.output.max_figures = 1;
        request
    };
    assert_eq!(explain::run(&MODEL, request(), &Cancelling).expect_err("cancelled").kind(), ErrorKind::Cancelled);
    assert!(!out.exists());
    let summary = explain::run(&MODEL, request(), &Silent).expect("explained");
    assert_eq!((summary.explained, summary.strongest.len()), (1, 1));
    let contributions = std::fs::read_to_string(out.join("contributions.tsv")).expect("there");
    assert_eq!(contributions.lines().count(), 1 + 12);
    let figure = format!("figures/P.{}.svg", MODEL.cell_types()[0]);
    assert!(out.join("run.json").is_file() && out.join(figure).is_file());
}

#[test]
fn marginalize_effect_is_the_mean_difference_of_predictions() {
    let backgrounds = [bases(3), bases(4)];
    let windows = backgrounds.iter().map(|bases| PromoterWindow::from(bases.clone())).collect();
    let motif = MotifPattern::from_letters("TATAAA").expect("letters");
    let mut request = MarginalizeRequest::new(vec![motif], Backgrounds::Windows(windows));
    request.positions = Some(range("-31"));
    request.orientation = Orientation::Both;
    let effects = marginalize::effects(&MODEL, &request, &Silent).expect("effects");
    assert_eq!(effects.len(), 2 * MODEL.cell_types().len());
    let reverse = effects.iter().find(|effect| effect.strand == Strand::Reverse).expect("both orientations");
    // TTTATA is the reverse complement.
    let difference = |bases: &Vec<u8>| {
        let mut with = bases.clone();
        with[index(-31)..index(-25)].copy_from_slice(&[3, 3, 3, 0, 3, 0]);
        log2_tpm(&with)[0] - log2_tpm(bases)[0]
    };
    let expected = backgrounds.iter().map(difference).sum::<f64>() / 2.0;
    assert!((reverse.effect_log2_tpm - expected).abs() < 1e-4, "{} and {expected}", reverse.effect_log2_tpm);
    assert!(reverse.interval.is_some() && reverse.backgrounds == 2);

    let none = MarginalizeRequest { backgrounds: Backgrounds::Windows(Vec::new()), ..request };
    assert_eq!(marginalize::effects(&MODEL, &none, &Silent).expect_err("none").kind(), ErrorKind::Request);
}

#[test]
fn design_edits_stay_between_protected_positions() {
    let start = DesignStart::new("P", bases(5));
    let extent = MODEL.extent();
    let target = format!("{}=high", MODEL.cell_types()[0]);
    let mut request = DesignRequest::new(vec![target.parse().expect("a target")]);
    request.max_edits = 2;
    request.protected =
        vec![range(&format!("-{}..-20", extent.upstream_bp)), range(&format!("-10..{}", extent.downstream_bp))];
    let designs = design::promoters(&MODEL, vec![start.clone()], &request, &Silent).expect("designed");
    let promoter = &designs.designs[0];
    let edits = promoter.edits();
    assert!(!edits.is_empty() && edits.len() <= 2, "{edits:?}");
    assert!(edits.iter().all(|edit| (-20..-10).contains(&designs.position_bp(edit.index))), "{edits:?}");
    assert!(promoter.design.objective > promoter.design.start_objective && promoter.keeps_limits);
    assert!((log2_tpm(&promoter.design.window)[0] - promoter.design.log2_tpm[0]).abs() < 1e-4);

    let twice = design::promoters(&MODEL, vec![start.clone(), start], &request, &Silent).expect_err("twice");
    assert!(twice.to_string().contains("two starts have the identifier P"), "{twice}");
}

#[test]
fn motifs_filters_have_sites_matches_and_effects() {
    let dataset = PreparedDataset::open(&repository().join("data/demo/prepared")).expect("the demo data set");
    let database = MotifDatabase::read(&repository().join("data/demo/motifs.meme")).expect("the planted motifs");
    let ablation = AblationOptions { max_genes: 4, shuffles: 1, resamples: 20 };
    let request = MotifsRequest { max_genes: 40, database: Some(database), ablation, ..MotifsRequest::default() };
    let folder = tempfile::tempdir().expect("folder");
    let output = MotifsOutput::new(folder.path().join("motifs"));
    let motifs = motifs::run(&MODEL, &dataset, &request, &output, &Silent).expect("analysed");
    assert_eq!((motifs.filters.len(), motifs.promoters.genes.len()), (32, 40));
    for filter in motifs.filters.iter().filter(|filter| !filter.sites.sites.is_empty()) {
        assert_eq!(filter.motif.as_ref().map(tatabox_sequence::PositionWeightMatrix::len), Some(15), "{}", filter.name);
        assert_eq!(filter.midpoints_bp.len(), filter.sites.sites.len());
        let effect = filter.ablation.as_ref().expect("measured");
        assert_eq!((effect.by_cell_type.len(), effect.promoters), (8, filter.genes.min(4)));
    }
    let effect = |index: usize| motifs.filters[index].ablation.as_ref().map(|effect| effect.beyond_control().abs());
    assert!(effect(0) >= effect(1));
    assert!(motifs.filters.iter().any(|filter| motifs.best_match_name(filter).is_some()));
    for file in ["motifs.meme", "motifs.tsv", "positions.tsv", "effects.tsv", "matches.tsv", "run.json"] {
        assert!(output.folder.join(file).is_file(), "{file}");
    }
    let cancelled = motifs::analyze(&MODEL, &dataset, &request, &Cancelling).expect_err("cancelled");
    assert_eq!(cancelled.kind(), ErrorKind::Cancelled);
}
