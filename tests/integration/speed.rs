//! Descriptions of the machine and of models, and benchmarks.

use serde_json::Value;

use crate::workbench::{SHARED, Workbench, stderr, stdout};

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

fn positive(value: &Value) -> f64 {
    let number = value.as_f64().unwrap_or_default();
    assert!(number.is_finite() && number > 0.0, "{value}");
    number
}

#[test]
fn info_describes_the_machine() {
    let bench = Workbench::new();
    let text = stdout(&bench.done("info --threads 1"));
    for part in ["tatabox     0.1.0, built with flex", "threads     1\n", "cpu         usable", "cuda:0", "cache"] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let machine = json(&stdout(&bench.done("info --json --threads 1")));
    assert_eq!((&machine["threads"], &machine["devices"][0]["usable"]), (&Value::from(1), &Value::from(true)));
    positive(&machine["cores"]);
}

#[test]
fn info_model_prints_its_records() {
    let bench = Workbench::new();
    let line = format!("info --model {}", SHARED.model());
    let output = bench.done(&line);
    assert!(stderr(&output).contains("SIMULATED"));
    let text = stdout(&output);
    for part in ["network     toy (hybrid), 300 bp, 2 outputs", "(SIMULATED)", "K562", "weights     sha256"] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let info = json(&stdout(&bench.done(&format!("{line} --json"))));
    assert_eq!(info["model"]["config"]["cell_types"][1], "HepG2");
    assert_eq!(info["network"]["weights"], info["model"]["metrics"]["parameters"]);
    assert!(info["flops"].is_null(), "only with --flops");
}

#[test]
fn info_flops_are_compared_with_the_peak() {
    let bench = Workbench::new();
    let info = json(&stdout(&bench.done("info --preset base --window 11000 --flops --json --threads 1")));
    let flops = &info["flops"];
    assert_eq!(info["network"]["multiply_adds"], 137_270_960);
    assert_eq!((&flops["total"]["operations"], &flops["padded_bp"]), (&98_522_800.into(), &11_008.into()));
    let peak = positive(&flops["peak"]["multiply_adds_per_s"]);
    let roofline_ms = positive(&flops["prediction_roofline_ms"]);
    assert!((roofline_ms * peak / 1e3 / 98_522_800.0 - 1.0).abs() < 1e-6);
    let text = stdout(&bench.done("info --window 300 --architecture cnn --flops"));
    assert!(text.contains("base (cnn), 300 bp"), "{text}");
    assert!(!text.contains("gru"), "{text}");
    assert!(bench.refused(2, "info --flops").contains("--preset"));
}

#[test]
fn benchmark_times_every_task() {
    let bench = Workbench::new();
    let line = "benchmark --preset small --window 300 --batch 4 --seconds 0.05";
    let report = json(&stdout(&bench.done(&format!("{line} --json --threads 1"))));
    assert_eq!((&report["peak"]["threads"], &report["network"]["window_bp"]), (&1.into(), &300.into()));
    let measurements = report["measurements"].as_array().expect("a list");
    let timed: Vec<_> = measurements.iter().map(|row| (row["task"].as_str(), row["windows"].as_u64())).collect();
    let expected = [("latency", 1), ("throughput", 4), ("training", 4), ("mutagenesis", 3 * 300)];
    assert_eq!(timed, expected.map(|(task, windows)| (Some(task), Some(windows))));
    for row in measurements {
        let times = &row["ms_per_window"];
        let [fastest, p10, median, p90] =
            ["fastest", "p10", "median", "p90"].map(|quantile| positive(&times[quantile]));
        assert!(fastest <= p10 && p10 <= median && median <= p90, "{row}");
        let roofline = positive(&row["roofline_ms_per_window"]);
        assert!((positive(&row["times_roofline"]) * roofline / median - 1.0).abs() < 1e-6, "{row}");
        positive(&row["windows_per_s"]);
    }
}

#[test]
fn benchmark_times_one_task_of_a_trained_model() {
    let bench = Workbench::new();
    let line = format!("benchmark --model {} --only latency --seconds 0.05", SHARED.model());
    let table = stdout(&bench.done(&line));
    assert!(table.contains("network  toy (hybrid), 300 bp"), "{table}");
    assert!(table.lines().any(|row| row.starts_with("latency")), "{table}");
    assert!(!table.contains("training"), "{table}");
    assert!(bench.refused(2, "benchmark --seconds 0").contains("expected seconds"));
    assert!(bench.refused(2, "benchmark --model m --window 300").contains("cannot be used with"));
}
