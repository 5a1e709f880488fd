//! Networks with auxiliary inputs: gene features and signal tracks.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;

use tatabox_dataset::{GeneFeatureSource, SignalWindowWriter};
use tatabox_model::{
    AuxiliaryInputs, CheckPredictions, Ensemble, FeatureScaling, LoadedModel, ModelWindow, PromoterWindow,
    TransferConfig, member_configs,
};

use super::*;

const TRACK: &str = "DNase";
/// Bases of the signal peak, around the TSS of every gene.
const PEAK: std::ops::Range<usize> = 60..100;

/// Pseudorandom number from -1 to 1 per gene and purpose, independent of the bases.
fn draw(gene: usize, purpose: usize) -> f64 {
    let mut state = (gene as u64 * 8 + purpose as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    state ^= state >> 29;
    state = state.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state ^= state >> 32;
    f64::from(state as u32) / f64::from(u32::MAX) * 2.0 - 1.0
}

/// Whether the table of features lacks a gene.
fn lacks_features(gene: usize) -> bool {
    gene % 6 == 5
}

/// Writes expression that depends on a gene feature and the height of a peak; `genes` maps names to numbers.
fn write_tables(folder: &Path, genes: &BTreeMap<String, usize>) {
    let mut expression = "gene_id\tK562\tHepG2\n".to_owned();
    let mut features = "gene_id\thalf_life\tirrelevant\n".to_owned();
    for (gene_id, &gene) in genes {
        let log2_tpm = |cell: usize| 5.0 + 1.5 * draw(gene, 0) + 1.5 * draw(gene, 1) + 0.1 * draw(gene, 2 + cell);
        let tpm = |cell: usize| log2_tpm(cell).exp2() - 1.0;
        writeln!(expression, "{gene_id}\t{}\t{}", tpm(0), tpm(1)).expect("a string");
        if !lacks_features(gene) {
            let (half_life, irrelevant) = (100.0 + 20.0 * draw(gene, 0), draw(gene, 4));
            writeln!(features, "{gene_id}\t{half_life}\t{irrelevant}").expect("a string");
        }
    }
    fs::write(folder.join("expression.tsv"), expression).expect("written");
    fs::write(folder.join("features.tsv"), features).expect("written");
}

/// Adds signals of every gene to a data set that was prepared without them.
fn add_signals(folder: &Path, genes: &BTreeMap<String, usize>) {
    let dataset = PreparedDataset::open(folder).expect("opens");
    let mut writer = SignalWindowWriter::create(&folder.join("signals.bin"), dataset.geometry(), 2).expect("created");
    for entry in dataset.genes() {
        let gene = genes[&entry.gene_id];
        let mut signal = vec![0.25; dataset.geometry().len()];
        signal[PEAK].fill(2.0 + draw(gene, 1) as f32);
        let ramp: Vec<f32> = (0..signal.len()).map(|base| base as f32 / 8.0).collect();
        writer.push(&[&ramp, &signal]).expect("written");
    }
    writer.finish().expect("finished");
    let path = folder.join("dataset.json");
    let mut manifest: serde_json::Value = serde_json::from_slice(&fs::read(&path).expect("there")).expect("JSON");
    let track = |name: &str| serde_json::json!({"name": name, "file": "toy.bw", "covered": 1.0, "mean": 1.0});
    manifest["tracks"] = serde_json::json!([track("ramp"), track(TRACK)]);
    fs::write(&path, serde_json::to_vec_pretty(&manifest).expect("JSON")).expect("written");
}

/// 240 random promoters whose expression depends on auxiliary inputs alone. A sixth of the genes has no features.
fn promoters_with_inputs(folder: &Path) -> PreparedDataset {
    let bases = simulated(folder);
    let genes: BTreeMap<String, usize> =
        bases.genes().iter().enumerate().map(|(gene, entry)| (entry.gene_id.clone(), gene)).collect();
    write_tables(folder, &genes);
    let out = folder.join("with-inputs");
    let mut config = PrepareConfig::new(folder.join("expression.tsv"), &out, bases.geometry());
    config.promoters = Some(folder.join("simulation/promoters.fa"));
    config.gene_features = Some(GeneFeatureSource::Table(folder.join("features.tsv")));
    config.seed = 42;
    prepare(&config, &mut |_| {}).expect("prepares");
    add_signals(&out, &genes);
    PreparedDataset::open(&out).expect("opens")
}

/// Auxiliary inputs of a run, fitted on its train genes.
fn fitted(dataset: &PreparedDataset, want_features: bool, tracks: &[&str]) -> Option<AuxiliaryInputs> {
    let tracks: Vec<String> = tracks.iter().map(|&name| name.to_owned()).collect();
    let (genes, extent) = (dataset.genes_in(Split::Train), default_extent(dataset, 0.8));
    AuxiliaryInputs::fit(dataset, &genes, extent, want_features, &tracks).expect("fits")
}

fn config_with(dataset: &PreparedDataset, epochs: usize, want_features: bool, tracks: &[&str]) -> TrainingConfig {
    config(dataset, epochs).with_auxiliary_inputs(fitted(dataset, want_features, tracks))
}

fn validation_pearson(dataset: &PreparedDataset, config: &TrainingConfig, run: &RunDirectory) -> f64 {
    run_config(dataset, config, run, Start::New, &|_| false).expect("trains");
    load(run).metrics.expect("trained here").validation_pearson
}

fn load(run: &RunDirectory) -> TrainedModel {
    TrainedModel::load(run.path(), &cpu()).expect("loads")
}

fn predictor(model: impl Into<LoadedModel>) -> Predictor {
    Predictor::new(model, &DeviceChoice::Cpu.select().expect("the CPU is always available"))
}

#[test]
fn train_with_auxiliary_inputs_learns_from_each() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let dataset = promoters_with_inputs(folder.path());
    let pearson = |name: &str, want_features, tracks: &[&str]| {
        let config = TrainingConfig { patience: 40, ..config_with(&dataset, 40, want_features, tracks) };
        validation_pearson(&dataset, &config, &RunDirectory::new(folder.path(), name))
    };
    let [neither, features, track, both] = [
        pearson("neither", false, &[]),
        pearson("features", true, &[]),
        pearson("track", false, &[TRACK]),
        pearson("both", true, &[TRACK]),
    ];
    // Each alone explains half of the variance: Pearson 0.71.
    assert!(neither < 0.45, "{neither}");
    assert!(features > 0.55 && track > 0.55, "{features}, {track}");
    assert!(both > 0.9 && both > features + 0.15 && both > track + 0.15, "{both}, {features}, {track}");
}

#[test]
fn auxiliary_inputs_fit_uses_train_genes_within_the_extent() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let dataset = promoters_with_inputs(folder.path());
    let (extent, train) = (Extent { upstream_bp: 30, downstream_bp: 10 }, dataset.genes_in(Split::Train));
    let tracks = [TRACK.to_owned(), "ramp".to_owned()];
    let inputs = AuxiliaryInputs::fit(&dataset, &train, extent, true, &tracks).expect("fits").expect("requested");
    assert_eq!((inputs.feature_names(), inputs.track_names()), (dataset.gene_feature_names(), vec![TRACK, "ramp"]));

    let known: Vec<f64> =
        train.iter().filter_map(|&gene| dataset.gene_features(gene)).map(|features| f64::from(features[0])).collect();
    assert!(known.len() < train.len() && known.len() > train.len() / 2);
    let mean = known.iter().sum::<f64>() / known.len() as f64;
    let features = inputs.gene_features.as_ref().expect("requested");
    assert!((mean - 100.0).abs() < 10.0);
    let expected = FeatureScaling::fit(
        dataset.gene_feature_names().to_vec(),
        &train.iter().filter_map(|&gene| dataset.gene_features(gene)).map(<[f32]>::to_vec).collect::<Vec<_>>(),
    );
    assert_eq!(Some(features), expected.as_ref());
    // The window has 80 bases upstream. The extent starts at base 50, where the ramp is 6.25, and ends before base 90:
    // 40 steps of an eighth, mean 6.25 + 39 / 16, variance (40^2 - 1) / 12 / 64.
    let ramp = &inputs.tracks[1];
    assert!((ramp.mean - (6.25 + 39.0 / 16.0)).abs() < 1e-9, "{ramp:?}");
    assert!((ramp.sd - (1599.0_f64 / 12.0 / 64.0).sqrt()).abs() < 1e-9, "{ramp:?}");

    assert_eq!(AuxiliaryInputs::fit(&dataset, &train, extent, false, &[]).expect("nothing is requested"), None);
    let refused = |genes: &[usize], want_features, tracks: &[String]| {
        AuxiliaryInputs::fit(&dataset, genes, extent, want_features, tracks).expect_err("refused").to_string()
    };
    let message = refused(&train, false, &["H3K27ac".to_owned()]);
    assert!(message.contains("H3K27ac") && message.contains("has ramp, DNase"), "{message}");
    let one_gene = vec![train.iter().copied().find(|&gene| dataset.gene_features(gene).is_some()).expect("some"); 20];
    assert_eq!(
        refused(&one_gene, true, &[]),
        "every gene feature has the same value in all 20 train genes, so nothing can be learned from it; exclude it"
    );
    let few: Vec<usize> = train[..5].to_vec();
    assert!(refused(&few, true, &[]).contains("usable genes"));
    let plain = simulated(&folder.path().join("plain"));
    let message = AuxiliaryInputs::fit(&plain, &plain.genes_in(Split::Train), extent, true, &[]).expect_err("none");
    assert!(message.to_string().contains("has none"), "{message}");
}

#[test]
fn shifted_gene_window_shifts_tracks_with_bases() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let dataset = promoters_with_inputs(folder.path());
    let config = config_with(&dataset, 1, true, &["ramp"]);
    let extent = config.data.extent;
    let run = RunDirectory::new(folder.path(), "run");
    validation_pearson(&dataset, &config, &run);
    let predictor = predictor(load(&run));
    let gene = dataset.genes_in(Split::Test)[0];
    let [own, moved] = [0, 7].map(|shift| predictor.shifted_gene_window(&dataset, gene, shift).expect("a gene"));
    assert_eq!(own, predictor.gene_window(&dataset, gene).expect("a gene"));
    let [own_tracks, moved_tracks] = [&own, &moved].map(|window| window.tracks.as_deref().expect("one track"));
    let length = extent.total_bp() as usize;
    assert_eq!((own_tracks.len(), own.gene_features == moved.gene_features), (length, true));
    assert_eq!(moved.bases[..length - 7], own.bases[7..]);
    assert_eq!(moved_tracks[..length - 7], own_tracks[7..]);
    // The signal is 0 beyond the stored window.
    let beyond = predictor.shifted_gene_window(&dataset, gene, -200).expect("a gene");
    assert!(beyond.tracks.expect("one track").iter().take(60).all(|&value| value == 0.0));
}

#[test]
fn train_with_auxiliary_inputs_resumes_to_the_same_bytes() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let dataset = promoters_with_inputs(folder.path());
    for architecture in [Architecture::Hybrid, Architecture::GruAttention, Architecture::KmerMlp] {
        let config = config_with(&dataset, 2, true, &[TRACK, "ramp"]).with_architecture(architecture);
        let whole = RunDirectory::new(folder.path(), &format!("{architecture}-whole"));
        run_config(&dataset, &config, &whole, Start::New, &|_| false).expect("trains");
        let cut = RunDirectory::new(folder.path(), &format!("{architecture}-cut"));
        let after_first_epoch = |event: &TrainingEvent| matches!(event, TrainingEvent::Epoch { .. });
        run_config(&dataset, &config, &cut, Start::New, &after_first_epoch).expect_err("cut");
        run_config(&dataset, &config, &cut, Start::Resume, &|_| false).expect("resumes");
        for name in ["weights.safetensors", "history.csv", "metrics.json", "config.json", CheckPredictions::FILE] {
            assert!(file(&whole, name) == file(&cut, name), "{architecture}: {name} differs after a resume");
        }

        let model = load(&whole);
        assert_eq!(model.config.inputs, config.inputs, "{architecture}");
        let lacking = |split| {
            let genes = dataset.genes_in(split).into_iter();
            genes.filter(|&gene| dataset.gene_features(gene).is_none()).collect::<Vec<usize>>()
        };
        let metrics = model.metrics.clone().expect("trained here");
        let expected = lacking(Split::Train).len() + lacking(Split::Validation).len();
        assert_eq!(metrics.genes_without_features, expected, "{architecture}");
        let [one, other] = [predictor(model), predictor(load(&cut))];
        let predicted = one.predict_split(&dataset, Split::Test, "m", &mut |_, _| {}).expect("predicts");
        let again = other.predict_split(&dataset, Split::Test, "m", &mut |_, _| {}).expect("predicts");
        assert_eq!(predicted.rows, again.rows, "{architecture}");
        assert_eq!(predicted.selection.without_features, lacking(Split::Test), "{architecture}");
        let now = one.validation_metrics(&dataset, metrics.best_epoch, &mut |_, _| {}).expect("scores");
        assert_eq!(now.genes_without_features, expected, "{architecture}");
        assert!((now.validation_pearson - metrics.validation_pearson).abs() < 1e-4, "{architecture}");

        let kept = CheckPredictions::read(whole.path(), &one).expect("readable").expect("there");
        assert!(
            kept.differences(&kept.recompute(&one).expect("the same model"))
                .iter()
                .all(|difference| difference.size() < 1e-12)
        );
        let without = lacking(Split::Test)[0];
        let error = one.predict_genes(&dataset, &[without], "m", &mut |_, _| {}).expect_err("no features");
        assert!(error.to_string().contains(&dataset.genes()[without].gene_id), "{error}");
        assert!(
            one.check_window(&one.gene_window(&dataset, without).expect("a gene"), "it").is_err(),
            "{architecture}"
        );
    }
}

#[test]
fn predict_without_auxiliary_inputs_returns_error() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let dataset = promoters_with_inputs(folder.path());
    let run = RunDirectory::new(folder.path(), "run");
    let config = config_with(&dataset, 1, true, &[TRACK]);
    validation_pearson(&dataset, &config, &run);
    let predictor = predictor(load(&run));
    assert!(predictor.check_inputs(&dataset).is_ok());
    let plain = simulated(&folder.path().join("plain"));
    let error = predictor.check_geometry(&plain).expect_err("bases alone");
    assert!(matches!(error, ModelError::MissingAuxiliaryInputs { .. }), "{error}");
    assert!(predictor.predict_split(&plain, Split::Test, "m", &mut |_, _| {}).is_err());
    let other = RunDirectory::new(folder.path(), "other");
    let error = run_config(&plain, &config, &other, Start::New, &|_| false).expect_err("bases alone");
    assert!(matches!(error, ModelError::MissingAuxiliaryInputs { .. }), "{error}");
    // A number of gene features that contradicts the inputs.
    let mut wrong = config.clone();
    wrong.network.gene_features = 3;
    let error = run_config(&dataset, &wrong, &other, Start::New, &|_| false).expect_err("three");
    assert_eq!(error.to_string(), "network.gene_features is 3; expected 8, the number of inputs that are encoded");
}

#[test]
fn substitution_effects_keep_auxiliary_inputs() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let dataset = promoters_with_inputs(folder.path());
    let run = RunDirectory::new(folder.path(), "run");
    validation_pearson(&dataset, &config_with(&dataset, 2, true, &[TRACK]), &run);
    let predictor = predictor(load(&run));
    let gene = *GeneSelection::of_split(&dataset, Split::Test, predictor.extent(), predictor.auxiliary_inputs())
        .genes
        .first()
        .expect("test genes");
    let window = predictor.gene_window(&dataset, gene).expect("a gene");
    let mut bases = window.bases.clone();
    bases[70] = (bases[70] + 1) % 4;
    let mutant: PromoterWindow = window.with_bases(bases);
    let [own, changed] = [&window, &mutant].map(|window| predictor.predict_one(window).expect("predicts").log2_tpm);
    let effects = predictor.substitution_effects(&window, 70..71, &|_| ()).expect("a valid window");
    let effect = effects.at(0, 1)[usize::from(mutant.bases[70])];
    assert!((effect - (changed[1] - own[1])).abs() < 1e-5, "{effect} against {}", changed[1] - own[1]);
    assert!(predictor.gradient_times_input(&window, 0).is_ok());
}

#[test]
fn ensemble_members_apply_their_own_scaling() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let dataset = promoters_with_inputs(folder.path());
    let mut configs = member_configs(&config_with(&dataset, 1, true, &[TRACK]), 2);
    let features = configs[1].inputs.as_mut().and_then(|inputs| inputs.gene_features.as_mut()).expect("features");
    (features.mean[0], features.sd[1]) = (90.0, 2.0);
    let runs: Vec<RunDirectory> = configs
        .iter()
        .enumerate()
        .map(|(index, config)| {
            let run = RunDirectory::new(folder.path(), &format!("member{index}"));
            validation_pearson(&dataset, config, &run);
            run
        })
        .collect();
    let named = |run: &RunDirectory| (run.path().to_owned(), load(run));
    let ensemble = predictor(Ensemble::of(runs.iter().map(named).collect()).expect("they read the same"));
    let genes = GeneSelection::of_split(&dataset, Split::Test, ensemble.extent(), ensemble.auxiliary_inputs()).genes;
    let window = ensemble.gene_window(&dataset, genes[0]).expect("a gene");
    let alone: Vec<f64> =
        runs.iter().map(|run| predictor(load(run)).predict_one(&window).expect("predicts").log2_tpm[0]).collect();
    let mean = ensemble.predict_one(&window).expect("predicts").log2_tpm[0];
    assert!((mean - f64::midpoint(alone[0], alone[1])).abs() < 1e-6, "{mean} of {alone:?}");

    let other = RunDirectory::new(folder.path(), "other");
    validation_pearson(&dataset, &config_with(&dataset, 1, false, &[TRACK]).with_seed(7), &other);
    let message = Ensemble::of(vec![named(&runs[0]), named(&other)]).expect_err("no features").to_string();
    assert!(message.contains("its auxiliary inputs are tracks DNase; expected gene features half_life"), "{message}");
}

#[test]
fn transfer_adds_gene_features() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let dataset = promoters_with_inputs(folder.path());
    let source = RunDirectory::new(folder.path(), "source");
    let before = validation_pearson(&dataset, &config(&dataset, 2), &source);
    let model = load(&source);
    let transfer = |epochs: usize, frozen_epochs: usize, inputs: Option<AuxiliaryInputs>| {
        let mut config = TrainingConfig { patience: 40, ..config(&dataset, epochs) }.with_auxiliary_inputs(inputs);
        let from = TransferConfig::new(source.path(), model.record.weights_sha256.clone());
        config.transfer = Some(TransferConfig { frozen_epochs, ..from });
        config
    };

    // With a negligible learning rate, the predictions do not change, whatever the features.
    let mut still = transfer(1, 1, fitted(&dataset, true, &[]));
    still.transfer.as_mut().expect("a transfer").frozen_learning_rate = 1e-12;
    let run = RunDirectory::new(folder.path(), "still");
    validation_pearson(&dataset, &still, &run);
    let [of_source, extended] = [predictor(load(&source)), predictor(load(&run))];
    let selection = GeneSelection::of_split(&dataset, Split::Test, extended.extent(), extended.auxiliary_inputs());
    for &gene in &selection.genes {
        let window = extended.gene_window(&dataset, gene).expect("a gene");
        let [one, other] =
            [&of_source, &extended].map(|predictor| predictor.predict_one(&window).expect("predicts").log2_tpm);
        assert!(one.iter().zip(&other).all(|(one, other)| (one - other).abs() < 1e-4), "{one:?} against {other:?}");
    }

    let learned = transfer(40, 1, fitted(&dataset, true, &[]));
    let run = RunDirectory::new(folder.path(), "learned");
    let after = validation_pearson(&dataset, &learned, &run);
    assert!(after > 0.55 && after > before + 0.15, "{after} after {before}");

    // Inputs of the source keep their scaling; they cannot be removed, and tracks cannot be added.
    let of_learned = load(&run).config.inputs.expect("features");
    let other_scaling = fitted(&dataset, true, &[]).map(|mut inputs| {
        inputs.gene_features.as_mut().expect("features").mean[0] += 1.0;
        inputs
    });
    let kept = AuxiliaryInputs::for_transfer(&of_learned, other_scaling.clone()).expect("the same names");
    assert_eq!((kept.as_ref(), kept == other_scaling), (Some(&of_learned), false));
    assert_eq!(
        AuxiliaryInputs::for_transfer(&AuxiliaryInputs::NONE, other_scaling.clone()).expect("new"),
        other_scaling
    );
    assert!(AuxiliaryInputs::for_transfer(&of_learned, None).is_err());
    let error = run_config(
        &dataset,
        &transfer(2, 1, fitted(&dataset, false, &[TRACK])),
        &RunDirectory::new(folder.path(), "refused"),
        Start::New,
        &|_| false,
    );
    let message = error.expect_err("a track more").to_string();
    assert!(message.contains("reads bases alone, this run reads tracks DNase"), "{message}");
}
