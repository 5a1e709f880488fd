//! Exchange of models with other programs.

use std::fs;
use std::path::{Path, PathBuf};

use crate::workbench::{SHARED, Workbench, bases, stderr, stdout};

/// A state dict of PyTorch and its companions; see `exchange.py` there.
fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../model/tests/golden/exchange").join(name)
}

fn import_golden(weights: &str) -> String {
    let [config, transform] = ["config.json", "transform.json"].map(|name| golden(name).display().to_string());
    format!("import --weights {weights} --config {config} --transform {transform} -o models/torch")
}

#[test]
fn import_of_an_exported_model_restores_the_folder() {
    let bench = Workbench::new();
    bench.done(&format!("export --model {} -o toy.safetensors", SHARED.model()));
    bench.done("import --weights toy.safetensors -o models/toy");
    for name in ["weights.safetensors", "config.json", "transform.json", "metrics.json", "check_predictions.tsv"] {
        let (one, other) = (fs::read(SHARED.model.join(name)), fs::read(bench.path("models/toy").join(name)));
        assert!(one.expect("there") == other.expect("there"), "{name}");
    }
    bench.put("p.fa", format!(">p\n{}\n", bases(300, 1)));
    let predict = |model: &str| stdout(&bench.done(&format!("predict --fasta p.fa --model {model}")));
    assert_eq!(predict("models/toy"), predict(SHARED.model()));
    bench.done(&format!("verify models/toy --data {}", SHARED.data()));
    let info = stdout(&bench.done("info --model models/toy"));
    assert!(info.contains("imported    from toy.safetensors, sha256"), "{info}");

    let again = "import --weights toy.safetensors -o models/toy";
    let message = bench.refused(1, again);
    assert!(message.contains("already exists") && message.contains("--force"), "{message}");
    bench.done(&format!("{again} --force"));
}

#[test]
fn import_of_pytorch_weights_gives_a_model() {
    let bench = Workbench::new();
    let log = stderr(&bench.done(&import_golden(&golden("state_dict.safetensors").display().to_string())));
    assert!(log.contains("weights with PyTorch names imported") && log.contains("no validation scores"), "{log}");
    bench.done("verify models/torch");
    assert!(stdout(&bench.done("info --model models/torch")).contains("validation  unknown"));
    bench.put("p.fa", format!(">p\n{}\n", bases(61, 1)));
    assert!(stdout(&bench.done("predict --fasta p.fa --model models/torch")).contains("GM12878"));
}

#[test]
fn import_of_other_tensors_names_each_of_them() {
    let bench = Workbench::new();
    let weights = SHARED.model.join("weights.safetensors").display().to_string();
    let message = bench.refused(1, &import_golden(&weights));
    for part in
        ["gru.hidden_bias is [2, 1, 96], expected [2, 1, 9]", "stages.0.conv.weight is [32, 4, 15], expected [6, 4, 5]"]
    {
        assert!(message.contains(part), "{part}\n{message}");
    }
    bench.put("net.pt", b"PK\x03\x04archive/data.pkl");
    let message = bench.refused(1, &import_golden("net.pt"));
    assert!(message.contains("torch.load('net.pt'"), "{message}");
    bench.put("text.safetensors", "ACGT");
    assert!(bench.refused(1, &import_golden("text.safetensors")).contains("not a safetensors file"));
    assert!(bench.refused(1, &format!("import --weights {weights} -o models/x")).contains("--config FILE"));
}

#[test]
fn export_to_onnx_describes_inputs_and_outputs() {
    let bench = Workbench::new();
    let export = |options: &str| format!("export --model {} {options}", SHARED.model());
    bench.done(&export("-o toy.onnx"));
    bench.done(&export("-o again.bin --format onnx"));
    // The networks of the bundled model have outputs of their own; those of expression are exported.
    assert!(stderr(&bench.done("export -o human.onnx")).contains("exporting those of K562, HepG2"));
    let onnx = fs::read(bench.path("toy.onnx")).expect("written");
    assert!(onnx == fs::read(bench.path("again.bin")).expect("written"), "always the same bytes");
    let text = String::from_utf8_lossy(&onnx);
    let record = fs::read_to_string(SHARED.model.join("run.json")).expect("a record");
    let record: serde_json::Value = serde_json::from_str(&record).expect("JSON");
    let sha256 = record["weights_sha256"].as_str().expect("a checksum");
    for part in ["[\"K562\",\"HepG2\"]", "-200..+100", "SIMULATED", "LayerNormalization", "log2_tpm", "MIT", sha256] {
        assert!(text.contains(part), "{part}");
    }
    assert!(!text.contains("weight of each position"), "attention is not asked for");
    bench.done(&export("-o attention.onnx --attention"));

    assert!(bench.refused(2, &export("-o toy.pt")).contains("neither .onnx nor .safetensors"));
    assert!(bench.refused(2, &export("-o toy.safetensors --attention")).contains("--attention"));
    assert!(bench.refused(1, &export("-o no/toy.onnx")).contains("no/toy.onnx"));
}
