//! Ensembles: training, interruption and resumption, assembly, loading.

use std::fs;
use std::path::PathBuf;

use tatabox_model::{
    Ensemble, EnsembleDirectory, EnsembleSummary, LoadedModel, MeanMetrics, MemberEvent, RunStatus, WindowPrediction,
    assemble_ensemble, member_configs, train_ensemble,
};

use super::*;

/// Trains an ensemble of `members` until `stop` returns true.
fn run_ensemble(
    dataset: &PreparedDataset,
    members: usize,
    run: &EnsembleDirectory,
    start: Start,
    stop: &dyn Fn(&MemberEvent) -> bool,
) -> Result<EnsembleSummary, ModelError> {
    let device = DeviceChoice::Cpu.select().expect("the CPU is always there");
    let configs = member_configs(&config(dataset, 2), members);
    train_ensemble(dataset, &configs, run, start, &device, record(), &mut |event| {
        if stop(&event) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })
}

fn predictor(path: &Path) -> Predictor {
    let device = DeviceChoice::Cpu.select().expect("the CPU is always there");
    Predictor::new(LoadedModel::load(path, &cpu()).expect("loads"), &device)
}

fn windows(predictor: &Predictor, dataset: &PreparedDataset) -> Vec<WindowPrediction> {
    let predictions = predictor.predict_split(dataset, Split::Test, "m", &mut |_, _| {}).expect("predicts");
    predictions.windows
}

fn read(path: &Path, name: &str) -> Vec<u8> {
    fs::read(path.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn assert_near(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() <= tolerance, "{found} differs from {expected}");
    }
}

#[test]
fn ensemble_resumed_run_is_identical_and_predicts_mean_of_members() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let dataset = simulated(folder.path());
    let models = folder.path().join("models");
    let whole = EnsembleDirectory::new(&models, "whole");
    let summary = run_ensemble(&dataset, 3, &whole, Start::New, &|_| false).expect("trains");

    let cut = EnsembleDirectory::new(&models, "cut");
    let in_first = |event: &MemberEvent| matches!(event.event, TrainingEvent::Epoch { .. });
    run_ensemble(&dataset, 3, &cut, Start::New, &in_first).expect_err("interrupted in the first member");
    let between = |event: &MemberEvent| event.member == 2 && matches!(event.event, TrainingEvent::Started { .. });
    run_ensemble(&dataset, 3, &cut, Start::Resume, &between).expect_err("interrupted before the second member");
    let configs = member_configs(&config(&dataset, 2), 3);
    assert_eq!(cut.status(&configs).expect("these members"), RunStatus::Unfinished);
    let error = cut.status(&configs[..2]).expect_err("other options").to_string();
    assert!(error.contains("3 members from seed 42; the requested ensemble has 2"), "{error}");
    let first = fs::metadata(cut.partial_path().join("members/1/weights.safetensors")).expect("complete");
    run_ensemble(&dataset, 3, &cut, Start::Resume, &|event| event.member == 1)
        .expect("the first member is not trained again");
    let again = fs::metadata(cut.path().join("members/1/weights.safetensors")).expect("complete");
    assert_eq!(first.modified().expect("a time"), again.modified().expect("a time"));
    for name in ["ensemble.json", "metrics.json", "members/2/weights.safetensors", "members/3/history.csv"] {
        assert!(read(whole.path(), name) == read(cut.path(), name), "{name} differs after a resume");
    }
    assert_eq!(cut.status(&configs).expect("these members"), RunStatus::Finished);

    // The first member equals a single run with the same seed.
    let single = RunDirectory::new(&models, "single");
    run_config(&dataset, &config(&dataset, 2), &single, Start::New, &|_| false).expect("trains");
    for name in ["config.json", "weights.safetensors", "history.csv", "metrics.json", "transform.json"] {
        assert!(file(&single, name) == read(&whole.path().join("members/1"), name), "{name}");
    }

    let together = predictor(whole.path());
    let members: Vec<Vec<WindowPrediction>> =
        (1..=3).map(|member| windows(&predictor(&whole.path().join(format!("members/{member}"))), &dataset)).collect();
    for (gene, mean) in windows(&together, &dataset).iter().enumerate() {
        let sd = mean.log2_tpm_sd.as_deref().expect("three members");
        for (cell_type, &sd) in sd.iter().enumerate() {
            let [a, b, c] = [0, 1, 2].map(|member: usize| members[member][gene].log2_tpm[cell_type]);
            let expected = (a + b + c) / 3.0;
            let squares = (a - expected).powi(2) + (b - expected).powi(2) + (c - expected).powi(2);
            assert_near(&[mean.log2_tpm[cell_type], sd], &[expected, (squares / 2.0).sqrt()], 1e-12);
            assert!(sd > 0.0, "members with different seeds agree");
        }
        assert!((mean.attention.iter().sum::<f64>() - 1.0).abs() < 1e-5);
        assert!(
            (mean.attention[3] - members.iter().map(|member| member[gene].attention[3] / 3.0).sum::<f64>()).abs()
                < 1e-12
        );
    }

    // Predictions per member equal those of single models, with padded and complete windows in one batch.
    let mut codes = vec![Vec::new(); 5];
    for (gene, codes) in codes.iter_mut().enumerate() {
        dataset.window_codes(gene, together.extent().window_range(dataset.geometry()), codes);
    }
    codes[1][..30].fill(tatabox_sequence::UNKNOWN);
    let by_member = together.predict_members(&codes).expect("predicts");
    assert_eq!(by_member.len(), codes.len());
    // Bit-identical, independent of the batch.
    let many: Vec<Vec<u8>> = codes.iter().cycle().take(203).cloned().collect();
    let among_many = together.predict_members(&many).expect("predicts");
    for (index, members) in among_many.iter().enumerate() {
        assert_eq!(members, &by_member[index % codes.len()]);
    }
    assert_eq!(together.predict_members(&codes[..1]).expect("predicts"), by_member[..1]);
    for member in 1..=3 {
        let alone = predictor(&whole.path().join(format!("members/{member}"))).predict(&codes).expect("predicts");
        for (members, alone) in by_member.iter().zip(alone) {
            assert_eq!(members.members(), 3);
            assert_near(members.log2_tpm(member - 1).expect("three members"), &alone.log2_tpm, 1e-5);
        }
    }

    let mean = summary.metrics.mean.expect("scored");
    assert_eq!(mean, MeanMetrics::of(&together, &dataset).expect("scores"));
    assert_eq!(mean.validation_genes, summary.metrics.members[0].as_ref().expect("trained here").validation_genes);
    let run = together.record();
    assert_eq!((run.seed, run.command.len()), (42, 0));
    let alone: f64 = together.members().iter().map(|member| member.record.elapsed_s).sum();
    assert_near(&[run.elapsed_s], &[alone], 1e-9);
}

#[test]
fn assembled_ensemble_does_not_depend_on_member_order() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let dataset = simulated(folder.path());
    let models = folder.path().join("models");
    let device = DeviceChoice::Cpu.select().expect("the CPU is always there");
    let [hybrid, cnn] = [(Architecture::Hybrid, "hybrid"), (Architecture::Cnn, "cnn")].map(|(architecture, name)| {
        let mut config = config(&dataset, 1);
        config.network = config.network.with_architecture(architecture);
        let run = RunDirectory::new(&models, name);
        run_config(&dataset, &config, &run, Start::New, &|_| false).expect("trains");
        run.path().to_owned()
    });
    let assemble = |name: &str, members: &[PathBuf]| {
        let run = EnsembleDirectory::new(&models, name);
        assemble_ensemble(members, &[], &run, false, Vec::new(), Some(&dataset), &device).map(|_| run.path().to_owned())
    };
    let one = assemble("one", std::slice::from_ref(&hybrid)).expect("a single member");
    assert_eq!(windows(&predictor(&one), &dataset), windows(&predictor(&hybrid), &dataset));
    let scored = Ensemble::load(&one, &cpu()).expect("loads").summary.metrics;
    let alone = &scored.members[0].as_ref().expect("trained here").validation_pearson_by_cell_type;
    for (mean, alone) in scored.mean.expect("scored").validation_pearson_by_cell_type.iter().zip(alone) {
        assert_near(&[mean.expect("defined")], &[alone.expect("defined")], 1e-6);
    }

    let forwards = assemble("forwards", &[hybrid.clone(), cnn.clone()]).expect("two");
    let backwards = assemble("backwards", &[cnn.clone(), hybrid.clone()]).expect("two");
    let attending = windows(&predictor(&hybrid), &dataset);
    let pairs = windows(&predictor(&forwards), &dataset);
    for ((a, b), alone) in pairs.iter().zip(windows(&predictor(&backwards), &dataset)).zip(attending) {
        assert_near(&a.log2_tpm, &b.log2_tpm, 1e-12);
        assert_near(a.log2_tpm_sd.as_deref().expect("two"), b.log2_tpm_sd.as_deref().expect("two"), 1e-12);
        assert_eq!((&a.attention, &b.attention), (&alone.attention, &alone.attention), "the cnn has no attention");
    }
    let flat = assemble("flat", &[forwards.clone(), assemble("third", std::slice::from_ref(&cnn)).expect("one")]);
    let error = flat.expect_err("the same network twice").to_string();
    assert!(error.contains("third/members/1 cannot be a member") && error.contains("forwards/members/2"), "{error}");

    let error = assemble("forwards", &[hybrid.clone(), cnn]).expect_err("the name is taken");
    assert!(matches!(error, ModelError::RunExists { .. }), "{error}");
    let error = TrainedModel::load(&forwards, &cpu()).expect_err("not one network").to_string();
    assert!(error.contains("it is an ensemble"), "{error}");

    let mut other = config(&dataset, 1);
    other.data.extent.upstream_bp -= 10;
    other.network = NetworkConfig::preset(Preset::Small, other.data.extent.total_bp() as usize, 2);
    let shorter = RunDirectory::new(&models, "shorter");
    run_config(&dataset, &other, &shorter, Start::New, &|_| false).expect("trains");
    let error = assemble("uneven", &[hybrid, shorter.path().to_owned()]).expect_err("another extent").to_string();
    assert!(error.contains("shorter cannot be a member") && error.contains("around the TSS"), "{error}");
    assert!(!models.join("uneven").exists() && !models.join("uneven.partial").exists());

    // A replaced member no longer matches ensemble.json.
    fs::remove_dir_all(forwards.join("members/2")).expect("removed");
    fs::rename(shorter.path(), forwards.join("members/2")).expect("renamed");
    let error = LoadedModel::load(&forwards, &cpu()).expect_err("replaced").to_string();
    assert!(error.contains("ensemble.json") && error.contains("member 2"), "{error}");
}
