"""A small network in PyTorch and in ONNX, as golden files, and the same checks on any model folder.

    python exchange.py make TATABOX          # writes the files of exchange/ anew
    python exchange.py check TATABOX FOLDER  # PyTorch and onnxruntime beside `tatabox predict`, prints the differences

TATABOX is the program. Needs torch, safetensors, onnx, onnxruntime, numpy.

`make` draws the weights of the network of benches/pytorch/network.py, saves its state dict, imports and exports that with
tatabox, and keeps what PyTorch and onnxruntime say of windows with unknown bases and without.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from safetensors.torch import save_file

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[3] / "benches" / "pytorch"))
import network  # noqa: E402

GOLDEN = HERE / "exchange"
UPSTREAM_BP, DOWNSTREAM_BP = 45, 16
CELL_TYPES = ["K562", "HepG2", "GM12878"]
# Pools of 8 in all: three positions of padding before 61 bases.
NETWORK = {
    "architecture": "hybrid",
    "stages": [
        {"filters": 6, "kernel": 5, "pool": 4, "detectors": 2},
        {"filters": 5, "kernel": 3, "pool": 2, "detectors": 5},
        {"filters": 4, "kernel": 3, "pool": 1},
    ],
    "gru_hidden": 3,
    "attention_heads": 2,
    "head_hidden": 4,
    "outputs": 3,
    "trunk_dropout": 0.2,
    "head_dropout": 0.5,
}
# Plays no part, but belongs to a config.json.
TRAINING = {
    "seed": 42,
    "epochs": 1,
    "batch_size": 1,
    "learning_rate": 1e-3,
    "weight_decay": 0.0,
    "warmup_epochs": 0,
    "gradient_clip_norm": 1.0,
    "max_shift_bp": 0,
    "mutation_rate": 0.0,
    "crop_probability": 0.0,
    "averaging_decay": 0.0,
    "patience": 1,
}


def windows(window_bp: int, count: int) -> list[str]:
    """Random bases; of every second window some are unknown, at both ends and in the middle."""
    random = np.random.default_rng(42)
    drawn = []
    for index in range(count):
        bases = random.choice(list("ACGT"), window_bp)
        if index % 2:
            third, half = window_bp // 3, window_bp // 2
            bases[: random.integers(third)] = "N"
            bases[half : half + random.integers(third)] = "N"
            bases[window_bp - random.integers(window_bp // 8) :] = "N"
        drawn.append("".join(bases))
    return drawn


def tatabox(program: str, *arguments: str) -> str:
    return subprocess.run([program, *arguments, "--quiet"], check=True, stdout=subprocess.PIPE, text=True).stdout


def predicted(program: str, folder: Path, sequences: list[str], scratch: Path) -> np.ndarray:
    """[windows, cell types], as `tatabox predict` prints them: six decimals."""
    fasta = scratch / "windows.fa"
    fasta.write_text("".join(f">{index}\n{sequence}\n" for index, sequence in enumerate(sequences)))
    table = tatabox(program, "predict", "--model", str(folder), "--fasta", str(fasta), "--wide", "--format", "jsonl")
    rows = [json.loads(line) for line in table.splitlines()]
    return np.array([[value for name, value in row.items() if is_prediction(name)] for row in rows])


def is_prediction(column: str) -> bool:
    return column.startswith("log2_tpm_") and not column.startswith("log2_tpm_sd")


def of_onnx(path: Path, sequences: list[str]) -> np.ndarray:
    """[windows, cell types], of onnxruntime; checks that the attention sums to 1."""
    onnx.checker.check_model(str(path), full_check=True)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    one_hot = np.stack([[[base == letter for base in sequence] for letter in "ACGT"] for sequence in sequences])
    outputs = [output.name for output in session.get_outputs()]
    values = dict(zip(outputs, session.run(outputs, {"sequence": one_hot.astype(np.float32)})))
    if "attention" in values:
        assert np.allclose(values["attention"].sum(axis=2), 1.0, atol=1e-5)
    return values["log2_tpm"]


def of_torch(model: network.Model, sequences: list[str]) -> np.ndarray:
    """[windows, cell types]. The network there knows no N but the padding in front."""
    with torch.no_grad():
        return model.log2_tpm(model.network(model.one_hot(sequences)))


def difference(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one - other).max())


def make(program: str) -> None:
    GOLDEN.mkdir(exist_ok=True)
    torch.manual_seed(42)
    window_bp = UPSTREAM_BP + DOWNSTREAM_BP
    hybrid = network.Network(NETWORK, window_bp, UPSTREAM_BP).eval()
    with torch.no_grad():
        hybrid.head.distance_slope.uniform_(0.0, 1.0)
        for stage in hybrid.stages:
            stage.norm.weight.uniform_(0.5, 1.5)
            stage.norm.bias.uniform_(-0.5, 0.5)
    state = GOLDEN / "state_dict.safetensors"
    save_file({name: weight.contiguous() for name, weight in hybrid.state_dict().items()}, state)
    state.chmod(0o644)
    extent = {"upstream_bp": UPSTREAM_BP, "downstream_bp": DOWNSTREAM_BP}
    data = {"name": "golden", "checksum": "", "geometry": extent, "extent": extent, "simulated": True}
    config = {"network": NETWORK, "cell_types": CELL_TYPES, "data": data, **TRAINING}
    transform = {"cell_types": CELL_TYPES, "mean": [3.0, 2.5, 3.25], "sd": [2.5, 2.0, 3.0]}
    config_file, transform_file = GOLDEN / "config.json", GOLDEN / "transform.json"
    config_file.write_text(json.dumps(config, indent=2) + "\n")
    transform_file.write_text(json.dumps(transform, indent=2) + "\n")
    with tempfile.TemporaryDirectory() as scratch:
        folder, exported = Path(scratch) / "golden", GOLDEN / "model.onnx"
        files = ["--config", str(config_file), "--transform", str(transform_file)]
        tatabox(program, "import", "--weights", str(state), *files, "-o", str(folder))
        tatabox(program, "export", "--model", str(folder), "--attention", "-o", str(exported))
        sequences = windows(window_bp, 8)
        mean, sd = np.array(transform["mean"]), np.array(transform["sd"])
        model = network.Model("golden", config, hybrid, CELL_TYPES, window_bp, mean, sd)
        whole = [sequence for sequence in sequences if "N" not in sequence]
        golden = {
            "sequences": sequences,
            "onnxruntime": of_onnx(exported, sequences).astype(float).tolist(),
            "whole_sequences": whole,
            "pytorch": of_torch(model, whole).tolist(),
        }
        (GOLDEN / "predictions.json").write_text(json.dumps(golden, indent=1) + "\n")
        report(program, folder, model, exported, sequences, Path(scratch))


def check(program: str, folder: Path) -> None:
    members = sorted((folder / "members").glob("*"))
    if members:
        check_mean(program, folder, network.load(members[0]).window_bp)
    for network_folder in members or [folder]:
        check_network(program, network_folder)


def check_mean(program: str, folder: Path, window_bp: int) -> None:
    """An ensemble is one graph in ONNX; PyTorch sees its members alone."""
    with tempfile.TemporaryDirectory() as scratch:
        exported = Path(scratch) / "ensemble.onnx"
        tatabox(program, "export", "--model", str(folder), "--attention", "-o", str(exported))
        print(f"{folder}: ONNX of {exported.stat().st_size:,} bytes")
        sequences = windows(window_bp, 64)
        largest = difference(predicted(program, folder, sequences, Path(scratch)), of_onnx(exported, sequences))
    print(f"  onnxruntime {onnxruntime.__version__}: {largest:.1e}")
    assert largest < 1e-4


def check_network(program: str, folder: Path) -> None:
    model = network.load(folder)
    with tempfile.TemporaryDirectory() as scratch:
        exported = Path(scratch) / "model.onnx"
        tatabox(program, "export", "--model", str(folder), "--attention", "-o", str(exported))
        print(f"{folder}: ONNX of {exported.stat().st_size:,} bytes")
        report(program, folder, model, exported, windows(model.window_bp, 64), Path(scratch))
        # PyTorch's own weights, imported: the same predictions, though they went through a state dict.
        state = Path(scratch) / "state_dict.safetensors"
        save_file({name: weight.contiguous() for name, weight in model.network.state_dict().items()}, state)
        files = ["--config", str(folder / "config.json"), "--transform", str(folder / "transform.json")]
        tatabox(program, "import", "--weights", str(state), *files, "-o", str(Path(scratch) / "torch"))
        same = (Path(scratch) / "torch/weights.safetensors").read_bytes() == (folder / "weights.safetensors").read_bytes()
        print(f"  imported from PyTorch: weights are {'the same bytes' if same else 'OTHER BYTES'}")
        assert same


def report(
    program: str, folder: Path, model: network.Model, exported: Path, sequences: list[str], scratch: Path
) -> None:
    ours = predicted(program, folder, sequences, scratch)
    theirs = of_onnx(exported, sequences)
    whole = np.array(["N" not in sequence for sequence in sequences])
    onnx_whole, onnx_unknown = difference(ours[whole], theirs[whole]), difference(ours[~whole], theirs[~whole])
    of_whole = of_torch(model, [sequence for sequence in sequences if "N" not in sequence])
    torch_whole = difference(ours[whole], of_whole)
    print(f"  onnxruntime {onnxruntime.__version__}: {onnx_whole:.1e}, with unknown bases {onnx_unknown:.1e}")
    print(f"  PyTorch {torch.__version__}: {torch_whole:.1e}")
    assert max(onnx_whole, onnx_unknown) < 1e-4 and torch_whole < 1e-5


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["make", program]:
            make(program)
        case ["check", program, folder]:
            check(program, Path(folder))
        case _:
            sys.exit(__doc__)
