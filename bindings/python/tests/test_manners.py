"""Processes, signals, memory, warnings, pickles."""

from __future__ import annotations

import io
import logging
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pandas
import pytest
import tatabox


def test_models_data_sets_and_exceptions_are_pickled(
    model: tatabox.Model, dataset: tatabox.Dataset, sequences: dict[str, str]
) -> None:
    copy = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(copy.predict(sequences).log2_tpm, model.predict(sequences).log2_tpm)
    assert pickle.loads(pickle.dumps(tatabox.Model.bundled(outputs="K562"))).cell_types == ["K562"]
    assert pickle.loads(pickle.dumps(dataset)).checksum == dataset.checksum
    predictions = model.predict({**sequences, "empty": "N" * 300})
    copied = pickle.loads(pickle.dumps(predictions))
    np.testing.assert_array_equal(copied.log2_tpm, predictions.log2_tpm)
    assert copied.notes == predictions.notes
    table = pickle.loads(pickle.dumps(predictions.table()))
    pandas.testing.assert_frame_equal(table.to_pandas(), predictions.to_pandas())
    with pytest.raises(tatabox.InputError) as caught:
        model.predict("A")
    error = pickle.loads(pickle.dumps(caught.value))
    assert (type(error), str(error), error.remedy) == (tatabox.InputError, str(caught.value), caught.value.remedy)


def _predicted_in_child(model: tatabox.Model, letters: str, pipe) -> None:
    pipe.send(model.predict(letters).log2_tpm)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_forked_process_predicts(model: tatabox.Model, sequences: dict[str, str]) -> None:
    expected = model.predict(sequences["p0"]).log2_tpm
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_predicted_in_child, args=(model, sequences["p0"], sender))
    child.start()
    assert receiver.poll(30), "the child process does not answer"
    np.testing.assert_array_equal(receiver.recv(), expected)
    child.join(10)
    assert child.exitcode == 0


def test_interpreter_is_unlocked_while_predicting(model: tatabox.Model) -> None:
    sequences = ["ACGT" * 75] * 4_000
    ticks = []
    done = threading.Event()

    def tick() -> None:
        while not done.wait(0.005):
            ticks.append(time.perf_counter())

    thread = threading.Thread(target=tick)
    thread.start()
    model.predict(sequences, threads=1)
    done.set()
    thread.join()
    assert len(ticks) > 5


INTERRUPTED = """
import sys, time, tatabox
dataset = tatabox.Dataset(sys.argv[1])
print("ready", flush=True)
try:
    tatabox.train(dataset, "K562", models_dir=sys.argv[2], epochs=5000, patience=5000, device="cpu", progress=False)
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ on Windows")
def test_ctrl_c_interrupts_training(dataset: tatabox.Dataset, tmp_path: Path) -> None:
    arguments = [sys.executable, "-c", INTERRUPTED, str(dataset.folder), str(tmp_path)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(2)
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "interrupted\n"
        assert process.wait(10) == 0


def test_memory_of_many_calls_is_flat(model: tatabox.Model) -> None:
    status = Path("/proc/self/status")
    if not status.exists():
        pytest.skip("memory is read from /proc")

    def resident_kib() -> int:
        return int(next(line for line in status.read_text().splitlines() if line.startswith("VmRSS")).split()[1])

    letters = "ACGT" * 75
    for _ in range(200):
        model.predict(letters).table()
    before = resident_kib()
    for _ in range(1_000):
        model.predict(letters).table()
    assert resident_kib() - before < 16 * 1024


def test_warnings_and_log_messages(
    model: tatabox.Model, dataset: tatabox.Dataset, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "features.tsv"
    path.write_text("gene_id\tlength\nx\t1\n")
    genes = dataset.genes["gene_id"][:1]
    with caplog.at_level(logging.INFO, logger="tatabox"):
        tatabox.train(dataset, "K562", models_dir=tmp_path, epochs=1, device="cpu", window=(99, 51), progress=False)
    assert any("device: cpu" in message for message in caplog.messages)
    with pytest.warns(tatabox.TataboxWarning) as caught:
        model.design("K562=high", dataset=dataset, genes=genes, max_edits=1, progress=False)
    assert all(Path(str(warning.filename)).name == Path(__file__).name for warning in caught)


def test_progress_is_drawn_on_request(
    model: tatabox.Model, dataset: tatabox.Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("tqdm")
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    tatabox.train(dataset, "K562", models_dir=tmp_path, epochs=1, device="cpu", window=(99, 51), progress=True)
    assert "it" in written.getvalue() or "%" in written.getvalue()


def test_command_is_installed(command_line, tmp_path: Path) -> None:
    assert command_line("--version").decode().startswith("tatabox ")
    assert b"predict" in command_line("--help")
