"""Time of predictions from Python, next to the command line, PyTorch and onnxruntime.

    python bindings/python/benchmark.py --tatabox target/release/tatabox

Predicts 20,000 random promoters of 300 bp with the bundled model from a list, as the command does from FASTA; then single
promoters. PyTorch and onnxruntime run the same three networks from one-hot input, where the packages are installed; their times
do not include the encoding. Times are the best of several rounds, in which the programs alternate.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import tatabox

PROMOTERS = 20_000
BATCH = 256


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tatabox", help="the program to compare with; by default the command of the package")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    arguments = parser.parse_args()
    generator = random.Random(1)
    sequences = ["".join(generator.choices("ACGT", k=300)) for _ in range(PROMOTERS)]
    model = tatabox.Model.bundled()
    with tempfile.TemporaryDirectory() as scratch:
        many, single = tasks(model, sequences, Path(scratch), arguments.tatabox or "tatabox", arguments.threads)
        for title, group, count in (
            (f"{PROMOTERS:,} promoters", many, PROMOTERS),
            ("one promoter", single, 1),
        ):
            print(title)
            for name, seconds in best(group, arguments.rounds if count > 1 else 40 * arguments.rounds).items():
                rate = f"{count / seconds:,.0f} per second" if count > 1 else ""
                print(f"  {name:<44}{1e3 * seconds:>10,.2f} ms  {rate}")


def tasks(
    model: tatabox.Model, sequences: list[str], scratch: Path, program: str, threads: int
) -> tuple[dict[str, Callable[[], object]], dict[str, Callable[[], object]]]:
    """Predictions of all promoters, and of the first one, by program."""
    fasta, output = scratch / "promoters.fa", scratch / "predictions.tsv"
    fasta.write_text("".join(f">p{number}\n{letters}\n" for number, letters in enumerate(sequences)))
    command = [program, "--quiet", "--threads", str(threads), "predict", "--fasta", str(fasta), "-o", str(output)]
    first = sequences[0]
    many: dict[str, Callable[[], object]] = {
        "tatabox predict, FASTA to TSV": lambda: subprocess.run(command, check=True),
        "tatabox in Python, list to arrays": lambda: model.predict(sequences, threads=threads),
        "tatabox in Python, list to table": lambda: model.predict(sequences, threads=threads).table(),
    }
    single: dict[str, Callable[[], object]] = {
        "tatabox in Python": lambda: model.predict(first, threads=threads),
        "tatabox in Python, batch_invariant=False": lambda: model.predict(first, batch_invariant=False, threads=threads),
    }
    windows = one_hot(sequences)
    try:
        import torch
        from tatabox.torch import to_torch

        torch.set_num_threads(threads)
        module = to_torch(model)
        tensor = torch.from_numpy(windows)

        def with_torch(count: int) -> None:
            with torch.inference_mode():
                for start in range(0, count, BATCH):
                    module(tensor[start : start + min(BATCH, count)])

        many["PyTorch, eager"] = lambda: with_torch(PROMOTERS)
        single["PyTorch, eager"] = lambda: with_torch(1)
    except ImportError:
        print("PyTorch is not installed")
    try:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        session = onnxruntime.InferenceSession(str(model.to_onnx(scratch / "model.onnx")), options)
        name = session.get_inputs()[0].name

        def with_onnx(count: int) -> None:
            for start in range(0, count, BATCH):
                session.run(None, {name: windows[start : start + min(BATCH, count)]})

        many["onnxruntime"] = lambda: with_onnx(PROMOTERS)
        single["onnxruntime"] = lambda: with_onnx(1)
    except ImportError:
        print("onnxruntime is not installed")
    return many, single


def best(programs: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Shortest time of each program, in seconds, after a round that is not counted."""
    times: dict[str, list[float]] = {name: [] for name in programs}
    for number in range(rounds + 1):
        for name, program in programs.items():
            start = time.perf_counter()
            program()
            if number > 0:
                times[name].append(time.perf_counter() - start)
    return {name: min(seconds) for name, seconds in times.items()}


def one_hot(sequences: list[str]) -> np.ndarray:
    """One-hot windows `(N, 4, L)`."""
    letters = np.frombuffer("".join(sequences).encode(), dtype=np.uint8).reshape(len(sequences), 1, -1)
    return (letters == np.frombuffer(b"ACGT", dtype=np.uint8)[np.newaxis, :, np.newaxis]).astype(np.float32)


if __name__ == "__main__":
    main()
