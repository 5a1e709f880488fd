//! Background of variant effects, compared with all substitutions of the same promoters.

use tatabox_model::{BackgroundSettings, EffectBackground, LoadedModel, ModelFiles};

use super::*;

#[test]
fn effect_background_agrees_with_all_substitutions_of_the_train_promoters() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let dataset = simulated(folder.path());
    let run = RunDirectory::new(&folder.path().join("models"), "m");
    run_config(&dataset, &config(&dataset, 2), &run, Start::New, &|_| false).expect("trains");
    let device = DeviceChoice::Cpu.select().expect("the CPU is always available");
    let predictor = Predictor::new(LoadedModel::load(run.path(), &cpu()).expect("loads"), &device);

    let settings = BackgroundSettings { snvs: 9_000, ..BackgroundSettings::new(&[0]) };
    let compute = |settings: &BackgroundSettings| {
        EffectBackground::compute(&predictor, &dataset, settings, &mut |_, _| {}).expect("computes")
    };
    let background = compute(&settings);
    assert_eq!(background, compute(&settings), "the same seed");
    assert_ne!(background, compute(&BackgroundSettings { seed: 43, ..settings.clone() }));
    let bins: Vec<(i64, i64)> = background.distributions().iter().map(|found| (found.start_bp, found.end_bp)).collect();
    assert_eq!(bins, [(-80, -50), (-80, -50), (-50, 0), (-50, 0), (0, 40), (0, 40)], "two cell types");
    assert!(background.distributions().iter().all(|found| found.snvs == 3_000));

    // All substitutions in the last 50 bases before the TSS, index 80, in HepG2.
    let mut effects = Vec::new();
    for gene in dataset.genes_in(Split::Train) {
        let window = predictor.gene_window(&dataset, gene).expect("a gene");
        let all = predictor.substitution_effects(&window, 30..80, &|_| ()).expect("within the window");
        for position in 0..all.positions() {
            let own = usize::from(all.bases[position]);
            effects.extend((0..4).filter(|&base| base != own).map(|base| all.at(position, 1)[base]));
        }
    }
    let count = effects.len() as f64;
    let mean = effects.iter().sum::<f64>() / count;
    let sd = (effects.iter().map(|effect| (effect - mean).powi(2)).sum::<f64>() / (count - 1.0)).sqrt();
    let found = &background.distributions()[3];
    assert!((found.sd / sd - 1.0).abs() < 0.1, "{} and {sd}", found.sd);
    for size in [0.2, 0.5, 1.0, 2.0, 3.0].map(|factor| factor * sd) {
        let smaller = effects.iter().filter(|effect| effect.abs() < size).count() as f64;
        let rank = background.rank(-20, 1, -size);
        // The standard error of a percentage of 3,000 SNVs is at most 0.9.
        assert!((rank.percentile - 100.0 * smaller / count).abs() < 4.0, "{size}: {rank:?}, {smaller} of {count}");
        assert!((rank.z.expect("spread") + size / found.sd).abs() < 1e-9);
    }

    background.write(run.path()).expect("writable");
    let read = EffectBackground::read(&ModelFiles::folder(run.path()), &predictor).expect("valid");
    assert_eq!(read, Some(background));
    let few = BackgroundSettings { snvs: 30, ..settings.clone() };
    let error = EffectBackground::compute(&predictor, &dataset, &few, &mut |_, _| {}).expect_err("10 per bin");
    assert!(error.to_string().contains("at least 20 at known bases in each of 3 distance bins"), "{error}");
}
