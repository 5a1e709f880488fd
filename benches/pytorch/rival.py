"""Times tatabox beside the same network in PyTorch, in turns, on the same machine and threads.

    python benches/pytorch/compare.py --model models/human/members/1
    python benches/pytorch/compare.py --window 11000 --preset base --rounds 5 -o rival.json

Before anything is timed, both predict the same random promoters with the same weights and have to agree. Then they take
turns, round by round, so that whatever else the machine does falls on both alike. PyTorch gets its one-hot input ready
made; tatabox is timed from the bases on, as `tatabox predict` and `tatabox train` run.
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
# task of `tatabox benchmark`, windows of a call
TASKS = [("latency", 1), ("throughput", 8), ("throughput", 32), ("training", 16)]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tatabox", type=Path, default=Path("target/release/tatabox"), help="the program")
    parser.add_argument("--model", type=Path, help="folder of a hybrid model; without it one is trained for an epoch")
    parser.add_argument("--preset", default="base", choices=["small", "base"], help="size of that one")
    parser.add_argument("--window", type=int, default=11_000, help="bases that it reads")
    parser.add_argument("--rounds", type=int, default=5, help="turns that each side takes")
    parser.add_argument("--seconds", type=float, default=2.0, help="seconds a task, side and round")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)), help="threads of either side")
    parser.add_argument("--device", default="cpu", help="cpu, or cuda for bf16 autocast beside tatabox on the GPU")
    parser.add_argument("--compile", action="store_true", help="run the PyTorch network through torch.compile")
    parser.add_argument("-o", "--output", type=Path, help="write the numbers as JSON too")
    return parser.parse_args()


def main() -> None:
    args = arguments()
    torch.set_num_threads(args.threads)
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        folder = args.model or train_model(args, scratch)
        model = network.load(folder)
        agreement = check_agreement(args, folder, model, scratch)
        told = f"the largest difference is {agreement['largest_difference']:.1e} log2 units, sd {agreement['sd']:.3f}"
        note(f"{model.name}: {CHECKED_PROMOTERS} promoters predicted by both, {told}")
        if agreement["largest_difference"] > TOLERANCE:
            raise SystemExit(f"the networks differ by more than {TOLERANCE}")
        rounds = take_turns(args, folder, PyTorch(model, args))
    report = summary(args, model, agreement, rounds)
    print(table(report))
    if args.output:
        args.output.write_text(json.dumps(report, indent=2) + "\n")


class PyTorch:
    """The PyTorch side: seconds of each call, for every task."""

    def __init__(self, model: network.Model, args: argparse.Namespace):
        self.device = torch.device(args.device)
        self.seconds = args.seconds
        # On a GPU as one would use it: half precision where it is safe.
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
        """A fifth of the seconds to warm up, then calls until the seconds are over, as `tatabox benchmark` does."""
        begun = time.perf_counter()
        while True:
            call()
            if time.perf_counter() - begun >= self.seconds / 5:
                break
        begun, times = time.perf_counter(), []
        while len(times) < 3 or time.perf_counter() - begun < self.seconds:
            started = time.perf_counter()
            call()
            times.append(time.perf_counter() - started)
        return times


def take_turns(args: argparse.Namespace, folder: Path, pytorch: PyTorch) -> list[dict]:
    """A row for each round and task: milliseconds a window of either side, median and fastest call."""
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
    """Medians of the rounds' medians, and the fastest call of all; the floor is that of the highest peak measured."""
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
        "ms a window: median of the rounds' medians (fastest call of all)",
        "",
        "| task | windows | PyTorch | tatabox | PyTorch / tatabox | floor |",
        "|---|---|---|---|---|---|",
    ]
    for row in report["ms_per_window"]:
        cells = [
            f"{row[side]['median']:.2f} ({row[side]['fastest']:.2f})" for side in ("pytorch", "tatabox", "speedup")
        ]
        lines.append(f"| {row['task']} | {row['windows']} | {' | '.join(cells)} | {row['floor']:.2f} |")
    return "\n".join(lines)


def check_agreement(args: argparse.Namespace, folder: Path, model: network.Model, scratch: Path) -> dict:
    """The largest difference in log2(TPM + 1) between the two, over random promoters and every cell type."""
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
    """Random bases, always the same."""
    bases = random.Random(42)
    return ["".join(bases.choices("ACGT", k=window_bp)) for _ in range(count)]


def train_model(args: argparse.Namespace, scratch: Path) -> Path:
    """One epoch on a few simulated genes: weights of the right shapes in the usual files."""
    note(f"training a {args.preset} network on {args.window} bp for an epoch, on simulated genes")
    downstream = args.window // 11
    data, name = scratch / "simulated", f"{args.preset}-{args.window}"
    state = {"TATABOX_STATE": str(scratch / "state")}
    tatabox(args, "simulate", "-o", data, "--genes", 120, "--upstream", args.window - downstream,
            "--downstream", downstream, "--prepare", environment=state)  # fmt: skip
    tatabox(args, "train", "--data", data, "--preset", args.preset, "--epochs", 1, "--batch-size", 16,
            "--name", name, "--models-dir", scratch, "--device", args.device, environment=state)  # fmt: skip
    return scratch / name


def tatabox(args: argparse.Namespace, *words, environment: dict | None = None) -> str:
    """Runs the program; returns what it prints."""
    command = [str(args.tatabox.resolve()), *map(str, words)]
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
