//! Transfer to other cell types: frozen layers, interrupted runs and the overlap with the source's train genes.

use std::collections::BTreeMap;
use std::path::Path;

use tatabox_dataset::{Extent, PreparedDataset, Split};
use tatabox_model::{
    Architecture, ModelError, NetworkConfig, RunDirectory, Start, TrainedModel, TrainingConfig, TrainingEvent,
    TrainingOverlap, TransferConfig, cpu,
};

use super::{config, file, run_config, simulated};

/// Trains a model of K562 and HepG2 in the folder `source`.
fn source(dataset: &PreparedDataset, models: &Path, config: &TrainingConfig) -> RunDirectory {
    let run = RunDirectory::new(models, "source");
    run_config(dataset, config, &run, Start::New, &|_| false).expect("trains");
    run
}

/// Configuration of a transfer of `source` to two other cell types, with two frozen epochs of `epochs`.
fn transfer(dataset: &PreparedDataset, source: &RunDirectory, epochs: usize) -> TrainingConfig {
    let model = TrainedModel::load(source.path(), &cpu()).expect("loads");
    let mut config = config(dataset, epochs).with_learning_rate(1e-3);
    config.cell_types = vec!["MCF7".to_owned(), "HepG2".to_owned()];
    config.network = NetworkConfig { outputs: 2, ..model.config.network };
    let frozen = TransferConfig::new(source.path(), model.record.weights_sha256);
    config.transfer = Some(TransferConfig { frozen_epochs: 2, ..frozen });
    // The average of equal weights has rounding errors; without averaging the weights stay equal.
    config.averaging_decay = 0.0;
    config
}

/// Bytes of each tensor in a file of weights, which holds a length, a JSON header and the tensors.
fn tensors(run: &RunDirectory) -> BTreeMap<String, Vec<u8>> {
    let bytes = file(run, "weights.safetensors");
    let header_bytes = u64::from_le_bytes(bytes[..8].try_into().expect("eight bytes")) as usize;
    let (header, data) = bytes[8..].split_at(header_bytes);
    let header: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(header).expect("JSON");
    let tensor = |value: &serde_json::Value| {
        let offset = |end: usize| value["data_offsets"][end].as_u64().expect("a number") as usize;
        data[offset(0)..offset(1)].to_vec()
    };
    header
        .iter()
        .filter(|(name, _)| *name != "__metadata__")
        .map(|(name, value)| (name.clone(), tensor(value)))
        .collect()
}

/// Names of the tensors that differ between two runs.
fn moved(one: &RunDirectory, other: &RunDirectory) -> Vec<String> {
    let (one, other) = (tensors(one), tensors(other));
    assert!(one.keys().eq(other.keys()));
    one.keys().filter(|&name| one[name] != other[name]).cloned().collect()
}

#[test]
fn transfer_frozen_layers_keep_their_weights() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let dataset = simulated(folder.path());
    let models = folder.path().join("models");
    for architecture in [Architecture::Hybrid, Architecture::Cnn] {
        let mut of_source = config(&dataset, 1);
        of_source.network = of_source.network.with_architecture(architecture);
        let from = source(&dataset, &models.join(architecture.name()), &of_source);
        let frozen = RunDirectory::new(&models, &format!("{architecture}-frozen"));
        let config = transfer(&dataset, &from, 2);
        run_config(&dataset, &config, &frozen, Start::New, &|_| false).expect("trains");
        assert_eq!(moved(&from, &frozen), ["head.output.bias", "head.output.weight"], "{architecture}");

        // Without frozen epochs, the first one trains all layers.
        let unfrozen = RunDirectory::new(&models, &format!("{architecture}-unfrozen"));
        let mut config = transfer(&dataset, &from, 1);
        config.transfer.as_mut().expect("a transfer").frozen_epochs = 0;
        run_config(&dataset, &config, &unfrozen, Start::New, &|_| false).expect("trains");
        let all: Vec<String> = tensors(&from).into_keys().collect();
        assert_eq!(moved(&from, &unfrozen), all, "{architecture}");
    }
}

#[test]
fn transfer_patience_starts_after_frozen_epochs() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let dataset = simulated(folder.path());
    let from = source(&dataset, folder.path(), &config(&dataset, 1));
    // Steps so small that the first of the frozen epochs is about as good as the last one.
    let mut config = transfer(&dataset, &from, 6).with_patience(1);
    let frozen = config.transfer.as_mut().expect("a transfer");
    (frozen.frozen_epochs, frozen.frozen_learning_rate) = (5, 1e-12);
    let run = RunDirectory::new(folder.path(), "patient");
    run_config(&dataset, &config, &run, Start::New, &|_| false).expect("trains");
    let history = String::from_utf8(file(&run, "history.csv")).expect("text");
    assert_eq!(history.lines().count(), 7, "a header and six epochs\n{history}");
}

#[test]
fn transfer_resumed_in_either_phase_gives_the_same_bytes() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let dataset = simulated(folder.path());
    let models = folder.path().join("models");
    let from = source(&dataset, &models, &config(&dataset, 1));
    let mut config = transfer(&dataset, &from, 5);
    config.averaging_decay = 0.99;
    config.genes_fraction = Some(0.5);
    let whole = RunDirectory::new(&models, "whole");
    run_config(&dataset, &config, &whole, Start::New, &|_| false).expect("trains");
    for epoch_cut in 1..5 {
        let cut = RunDirectory::new(&models, &format!("cut{epoch_cut}"));
        let in_the_middle = |event: &TrainingEvent| matches!(event, TrainingEvent::Step { epoch, windows, .. } if *epoch == epoch_cut && *windows > 40);
        run_config(&dataset, &config, &cut, Start::New, &in_the_middle).expect_err("cut");
        run_config(&dataset, &config, &cut, Start::Resume, &|_| false).expect("resumes");
        for name in ["weights.safetensors", "history.csv", "metrics.json", "transform.json", "config.json"] {
            assert!(file(&whole, name) == file(&cut, name), "{name} differs after a cut in epoch {epoch_cut}");
        }
    }
}

#[test]
fn train_on_fraction_of_genes_scales_targets_on_them_alone() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let dataset = simulated(folder.path());
    let models = folder.path().join("models");
    let trained = |fraction: Option<f64>| {
        let run = RunDirectory::new(&models, &format!("{fraction:?}"));
        let mut config = config(&dataset, 1);
        config.genes_fraction = fraction;
        run_config(&dataset, &config, &run, Start::New, &|_| false).expect("trains");
        TrainedModel::load(run.path(), &cpu()).expect("loads")
    };
    let (all, tenth) = (trained(None), trained(Some(0.1)));
    let train = dataset.genes_in(Split::Train).len();
    let [of_all, of_tenth] = [&all, &tenth].map(|model| model.metrics.as_ref().expect("trained here"));
    assert_eq!(of_all.train_genes, train);
    assert_eq!(of_tenth.train_genes, (train as f64 / 10.0).round() as usize);
    assert_eq!(of_all.validation_genes, of_tenth.validation_genes);
    assert_ne!(all.transform.mean, tenth.transform.mean);
    let whole = trained(Some(1.0));
    assert_eq!((whole.transform, whole.record.weights_sha256), (all.transform, all.record.weights_sha256));

    let mut config = config(&dataset, 1);
    config.genes_fraction = Some(0.01);
    let run = RunDirectory::new(&models, "too-few");
    let error = run_config(&dataset, &config, &run, Start::New, &|_| false).expect_err("two genes");
    assert!(matches!(error, ModelError::TooFewGenes { .. }), "{error}");
}

#[test]
fn transfer_mismatched_source_returns_error() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let dataset = simulated(folder.path());
    let models = folder.path().join("models");
    let from = source(&dataset, &models, &config(&dataset, 1));
    let run = RunDirectory::new(&models, "refused");
    let refused = |config: &TrainingConfig| {
        run_config(&dataset, config, &run, Start::New, &|_| false).expect_err("refused").to_string()
    };
    let good = transfer(&dataset, &from, 3);

    let mut kmers = good.clone();
    kmers.network = kmers.network.with_architecture(Architecture::KmerMlp);
    assert!(refused(&kmers).contains("from is kmer-mlp"));
    let mut other_network = good.clone();
    other_network.network.head_hidden += 1;
    assert!(refused(&other_network).contains("differs from that of"));
    let mut other_weights = good.clone();
    other_weights.transfer.as_mut().expect("a transfer").weights_sha256 = "0".repeat(64);
    assert!(refused(&other_weights).contains("have changed"));
    let mut none = good.clone();
    none.transfer.as_mut().expect("a transfer").from = models.join("no-such-model");
    assert!(refused(&none).contains("not a trained model"));
    let mut too_long = good;
    too_long.data.extent = Extent { upstream_bp: 500, downstream_bp: 40 };
    assert!(refused(&too_long).contains("0 usable genes"));
}

#[test]
fn training_overlap_counts_genes_by_chromosome() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let dataset = simulated(folder.path());
    let from = source(&dataset, folder.path(), &config(&dataset, 1));
    let mut record = TrainedModel::load(from.path(), &cpu()).expect("loads").record;
    record.dataset_checksum = dataset.checksum().to_owned();
    assert_eq!(record.training_overlap(&dataset), Some(TrainingOverlap::default()), "the same data set");

    // A run on other measurements of the same genes.
    record.dataset_checksum = "0".to_owned();
    assert_eq!(record.training_overlap(&dataset), None);
    record.split_checksum = Some(dataset.split_checksum().to_owned());
    assert!(record.has_split_of(&dataset));
    assert_eq!(record.training_overlap(&dataset), Some(TrainingOverlap::default()), "the same genes and splits");
    record.split_checksum = None;

    let folds = dataset.folds(5, 42).expect("enough chromosomes");
    let fold = dataset.fold_view(&folds, 0).expect("enough genes");
    assert_eq!(record.training_overlap(&fold), None, "another split, and no record of the one trained on");
    record.split = Some(dataset.manifest().split.clone());
    let split_before: BTreeMap<&str, Split> =
        dataset.genes().iter().map(|gene| (gene.gene_id.as_str(), gene.split)).collect();
    let count = |split: Split, learned: &[Split]| {
        let genes = fold.genes_in(split).into_iter();
        genes.filter(|&gene| learned.contains(&split_before[fold.genes()[gene].gene_id.as_str()])).count()
    };
    let expected = TrainingOverlap {
        validation: count(Split::Validation, &[Split::Train]),
        test: count(Split::Test, &[Split::Train, Split::Validation]),
    };
    assert_eq!(record.training_overlap(&fold), Some(expected));
    assert!(expected.test > 0);
    record.split = Some(fold.manifest().split.clone());
    assert_eq!(record.training_overlap(&fold), Some(TrainingOverlap::default()), "the same split");
}
