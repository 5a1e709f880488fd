"""Compares the speed of tatabox with that of the same network in PyTorch, on the same machine and threads.

    python benches/pytorch/compare.py --model models/human/members/1
    python benches/pytorch/compare.py --window 11000 --preset base --rounds 5 -o compare.json

Before the measurement, both programs predict the same random promoters with the same weights and must agree. They then
alternate, round by round, so that other work on the machine affects both equally. PyTorch receives one-hot input; times
of tatabox start from the bases, as in `tatabox predict` and `tatabox train`.
"""

import argparse
import copy
import csv
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import network
import numpy as np
import torch

TOLERANCE = 1e-4
CHECKED_PROMOTERS = 64
# Task of `tatabox benchmark`, windows per call.
TASKS = [("latency", 1), ("throughput", 8), ("throughput", 32), ("training", 16)]


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tatabox", type=Path, default=Path("target/release/tatabox"), help="tatabox binary")
    parser.add_argument("--model", type=Path, help="folder of a hybrid model; default: train a new model for one epoch")
    parser.add_argument("--preset", default="base", choices=["small", "base"], help="preset of the new model")
    parser.add_argument("--window", type=int, default=11_000, help="window length of the new model, in bp")
    parser.add_argument("--rounds", type=int, default=5, help="number of rounds")
    parser.add_argument("--seconds", type=float, default=2.0, help="seconds per task, program and round")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)), help="threads per program")
    parser.add_argument("--device", default="cpu", help="cpu, or cuda (PyTorch with bf16 autocast)")
    parser.add_argument("--compile", action="store_true", help="compile the PyTorch network with torch.compile")
    parser.add_argument("-o", "--output", type=Path, help="also write the results as JSON")
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    torch.set_num_threads(args.threads)
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        folder = args.model or train_model(args, scratch)
        model = network.load(folder)
        agreement = check_agreement(args, folder, model, scratch)
        difference = f"largest difference {agreement['largest_difference']:.1e} log2 units, sd {agreement['sd']:.3f}"
        note(f"{model.name}: {CHECKED_PROMOTERS} promoters predicted by both programs, {difference}")
        if agreement["largest_difference"] > TOLERANCE:
            raise SystemExit(f"{model.name}: predictions differ by more than {TOLERANCE} log2 units")
        rounds = alternate(args, folder, PyTorch(model, args))
    report = summary(args, model, agreement, rounds)
    print(table(report))
    if args.output:
        args.output.write_text(json.dumps(report, indent=2) + "\n")


class PyTorch:
    """PyTorch network and its time per call, in seconds, for each task."""

    def __init__(self, model: network.Model, args: argparse.Namespace):
        self.device = torch.device(args.device)
        self.seconds = args.seconds
        # Standard practice on a GPU: bf16 autocast.
        self.autocast = torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self.device.type == "cuda")
        prepare = torch.compile if args.compile else lambda module: module
        self.model = model
        self.predicting = prepare(model.network.to(self.device))
        self.training = copy.deepcopy(model.network).train()
        self.forward = prepare(self.training)
        settings = model.config
        self.optimizer = torch.optim.AdamW(
            self.training.parameters(), lr=settings["learning_rate"], weight_decay=settings["weight_decay"], eps=1e-8
        )
        self.clip_norm = settings["gradient_clip_norm"]

    def measure(self, task: str, windows: int) -> list[float]:
        batch = self.model.one_hot(promoters(windows, self.model.window_bp)).to(self.device)
        if task == "training":
            targets = torch.zeros(windows, len(self.model.cell_types), device=self.device)
            return self.time(lambda: self.train_step(batch, targets))
        with torch.inference_mode(), self.autocast:
            return self.time(lambda: self.predicting(batch).cpu())

    def train_step(self, batch: torch.Tensor, targets: torch.Tensor) -> float:
        self.optimizer.zero_grad(set_to_none=True)
        with self.autocast:
            predictions = self.forward(batch)
        measured = torch.ones_like(targets)
        loss = ((predictions.float() - targets).square() * measured).sum() / measured.sum().clamp_min(1.0)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.training.parameters(), self.clip_norm)
        self.optimizer.step()
        return loss.item()

    def time(self, call) -> list[float]:
        """Seconds per call, after a warm-up of a fifth of the duration, as in `tatabox benchmark`."""
        start = time.perf_counter()
        while True:
            call()
            if time.perf_counter() - start >= self.seconds / 5:
                break
        start, times = time.perf_counter(), []
        while len(times) < 3 or time.perf_counter() - start < self.seconds:
            call_start = time.perf_counter()
            call()
            times.append(time.perf_counter() - call_start)
        return times


def alternate(args: argparse.Namespace, folder: Path, pytorch: PyTorch) -> list[dict]:
    """One row per round and task: milliseconds per window of each program, median and fastest call."""
    rows = []
    for turn in range(args.rounds):
        for task, windows in TASKS:
            times = sorted(1e3 * seconds / windows for seconds in pytorch.measure(task, windows))
            ours = tatabox_times(args, folder, task, windows)
            rows.append(
                {
                    "round": turn + 1,
                    "task": task,
                    "windows": windows,
                    "pytorch": {"median": statistics.median(times), "fastest": times[0]},
                    "tatabox": {key: ours["ms_per_window"][key] for key in ("median", "fastest")},
                    "floor": ours["roofline_ms_per_window"],
                }
            )
        note(f"round {turn + 1} of {args.rounds}")
    return rows


def tatabox_times(args: argparse.Namespace, folder: Path, task: str, windows: int) -> dict:
    batch = [] if task == "latency" else ["--batch", str(windows)]
    report = tatabox(args, "benchmark", "--json", "--model", folder, "--only", task, *batch,
                     "--seconds", args.seconds, "--device", args.device, "--threads", args.threads)  # fmt: skip
    return json.loads(report)["measurements"][0]


def summary(args: argparse.Namespace, model: network.Model, agreement: dict, rounds: list[dict]) -> dict:
    """Median of the medians of all rounds, and the fastest call; the roofline is that of the highest measured peak."""
    tasks = []
    for task, windows in TASKS:
        rows = [row for row in rounds if (row["task"], row["windows"]) == (task, windows)]
        sides = {
            side: {
                "median": statistics.median(row[side]["median"] for row in rows),
                "fastest": min(row[side]["fastest"] for row in rows),
            }
            for side in ("pytorch", "tatabox")
        }
        ratio = {key: sides["pytorch"][key] / sides["tatabox"][key] for key in ("median", "fastest")}
        floor = min(row["floor"] for row in rows)
        tasks.append({"task": task, "windows": windows, **sides, "speedup": ratio, "floor": floor})
    return {
        "model": model.name,
        "window_bp": model.window_bp,
        "device": args.device,
        "processor": processor(),
        "threads": args.threads,
        "pytorch": torch.__version__,
        "compiled": args.compile,
        "tatabox": tatabox(args, "--version").split()[-1],
        "agreement": agreement,
        "ms_per_window": tasks,
        "rounds": rounds,
    }


def table(report: dict) -> str:
    where = f"{report['processor']}, {report['device']}, {report['threads']} threads, PyTorch {report['pytorch']}"
    lines = [
        f"{report['model']}, {report['window_bp']} bp, {where}{', compiled' if report['compiled'] else ''}",
        "ms per window: median of the medians of all rounds (fastest call)",
        "",
        "| task | windows | PyTorch | tatabox | PyTorch / tatabox | roofline |",
        "|---|---|---|---|---|---|",
    ]
    for row in report["ms_per_window"]:
        cells = [
            f"{row[side]['median']:.2f} ({row[side]['fastest']:.2f})" for side in ("pytorch", "tatabox", "speedup")
        ]
        lines.append(f"| {row['task']} | {row['windows']} | {' | '.join(cells)} | {row['floor']:.2f} |")
    return "\n".join(lines)


def check_agreement(args: argparse.Namespace, folder: Path, model: network.Model, scratch: Path) -> dict:
    """Largest difference in log2(TPM + 1) between the two programs, over random promoters and all cell types."""
    sequences = promoters(CHECKED_PROMOTERS, model.window_bp)
    fasta = scratch / "promoters.fa"
    fasta.write_text("".join(f">{index}\n{sequence}\n" for index, sequence in enumerate(sequences)))
    rows = csv.DictReader(
        tatabox(args, "predict", "--fasta", fasta, "--model", folder, "--device", args.device).splitlines(),
        delimiter="\t",
    )
    ours = np.array([float(row["log2_tpm"]) for row in rows]).reshape(len(sequences), len(model.cell_types))
    with torch.inference_mode():
        theirs = model.log2_tpm(model.network(model.one_hot(sequences)))
    return {
        "promoters": len(sequences),
        "largest_difference": float(np.abs(ours - theirs).max()),
        "sd": float(theirs.std(axis=0).mean()),
    }


def promoters(count: int, window_bp: int) -> list[str]:
    """Pseudorandom promoters, the same in every run."""
    bases = random.Random(42)
    return ["".join(bases.choices("ACGT", k=window_bp)) for _ in range(count)]


def train_model(args: argparse.Namespace, scratch: Path) -> Path:
    """Model trained for one epoch on a few simulated genes, to obtain weights of the requested shape."""
    note(f"training a {args.preset} network for one epoch on simulated genes, windows of {args.window} bp")
    downstream = args.window // 11
    data, name = scratch / "simulated", f"{args.preset}-{args.window}"
    state = {"TATABOX_STATE": str(scratch / "state")}
    tatabox(args, "simulate", "-o", data, "--genes", 120, "--upstream", args.window - downstream,
            "--downstream", downstream, "--prepare", environment=state)  # fmt: skip
    tatabox(args, "train", "--data", data, "--preset", args.preset, "--epochs", 1, "--batch-size", 16,
            "--name", name, "--models-dir", scratch, "--device", args.device, environment=state)  # fmt: skip
    return scratch / name


def tatabox(args: argparse.Namespace, *arguments, environment: dict | None = None) -> str:
    """Standard output of a tatabox command."""
    command = [str(args.tatabox.resolve()), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **(environment or {})})
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stderr}")
    return done.stdout


def processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else "unknown processor"


def note(message: str) -> None:
    print(message, file=sys.stderr)


if __name__ == "__main__":
    main()
