"""Data sets, training, evaluation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas
import pytest
import tatabox

OPTIONS = {"epochs": 2, "device": "cpu", "progress": False, "window": (99, 51)}


def test_dataset_holds_windows_and_expression(dataset: tatabox.Dataset) -> None:
    assert len(dataset) == 300
    splits = [len(dataset.rows(split)) for split in ("train", "validation", "test")]
    assert sum(splits) == 300 and min(splits) > 0
    windows = dataset.one_hot("test", window=(100, 50))
    assert windows.shape == (splits[2], 4, 150)
    assert set(np.unique(windows)) == {0.0, 1.0}
    codes = dataset.codes("test", window=(100, 50))
    np.testing.assert_array_equal(windows.argmax(axis=1), codes)
    assert dataset.expression("test").shape == (splits[2], len(dataset.cell_types))
    gene = dataset.genes["gene_id"][4]
    assert dataset.row(gene) == 4
    frame = dataset.genes.to_pandas()
    assert set(frame["split"]) == {"train", "validation", "test"}


def test_dataset_is_a_torch_dataset(dataset: tatabox.Dataset) -> None:
    pairs = dataset.to_torch("train", window=(100, 50))
    window, expression = pairs[0]
    assert window.shape == (4, 150) and expression.shape == (len(dataset.cell_types),)
    together = pairs.__getitems__([0, 3])
    np.testing.assert_array_equal(together[0][0], window)
    with pytest.raises(IndexError):
        pairs[len(pairs)]


def test_frame_and_files_prepare_the_same_data_set(dataset: tatabox.Dataset, tmp_path: Path) -> None:
    simulated = dataset.folder.parent
    table = pandas.read_csv(simulated / "expression.tsv", sep="\t")
    common = {"promoters": simulated / "promoters.fa", "upstream": 249, "downstream": 51, "progress": False}
    of_file = tatabox.prepare(simulated / "expression.tsv", tmp_path / "file", scale="tpm", **common)
    of_frame = tatabox.prepare(table, tmp_path / "frame", scale="tpm", **common)
    np.testing.assert_array_equal(of_file.expression(), of_frame.expression())
    np.testing.assert_array_equal(of_file.codes(), of_frame.codes())
    with pytest.raises(tatabox.RequestError, match="scale: none"):
        tatabox.prepare(table, tmp_path / "no-scale", **common)
    with pytest.raises(tatabox.InputError, match="force=True"):
        tatabox.prepare(table, tmp_path / "frame", scale="tpm", **common)


def test_anndata_prepares_a_data_set(dataset: tatabox.Dataset, tmp_path: Path) -> None:
    anndata = pytest.importorskip("anndata")
    simulated = dataset.folder.parent
    table = pandas.read_csv(simulated / "expression.tsv", sep="\t").set_index("gene_id")
    table = table.select_dtypes("number")
    data = anndata.AnnData(table.T)
    data.layers["tpm"] = data.X.copy()
    common = {"promoters": simulated / "promoters.fa", "upstream": 249, "downstream": 51, "progress": False}
    prepared = tatabox.prepare(data, tmp_path / "anndata", layer="tpm", scale="tpm", **common)
    assert prepared.cell_types == list(table.columns)
    with pytest.raises(tatabox.RequestError, match="layer: 'counts'"):
        tatabox.prepare(data, tmp_path / "x", layer="counts", scale="counts", **common)


def test_training_has_the_bytes_of_the_command_line(
    dataset: tatabox.Dataset, tmp_path: Path, command_line: Callable[..., bytes]
) -> None:
    epochs: list[tatabox.Epoch] = []
    training = tatabox.train(dataset, "K562", models_dir=tmp_path / "python", name="m", on_epoch=epochs.append, **OPTIONS)
    assert [epoch["epoch"] for epoch in epochs] == [1, 2]
    assert training.history == epochs
    assert list(training.to_pandas()["epoch"]) == [1, 2]
    command_line(
        *("train", "--cell-type", "K562", "--data", dataset.folder, "--models-dir", tmp_path / "shell", "--name", "m"),
        *("--epochs", "2", "--device", "cpu", "--extent", "-99..+51"),
    )
    for name in ("weights.safetensors", "config.json", "transform.json", "history.csv"):
        assert (tmp_path / "python/m" / name).read_bytes() == (tmp_path / "shell/m" / name).read_bytes(), name
    assert training.model.cell_types == ["K562"]
    with pytest.raises(tatabox.ModelError, match="force=True"):
        tatabox.train(dataset, "K562", models_dir=tmp_path / "python", name="m", **OPTIONS)


def test_interrupted_training_resumes_to_the_same_weights(dataset: tatabox.Dataset, tmp_path: Path) -> None:
    whole = tatabox.train(dataset, "K562", models_dir=tmp_path, name="whole", **OPTIONS)

    def stop(epoch: tatabox.Epoch) -> None:
        raise RuntimeError(f"stopped after {epoch['epoch']}")

    with pytest.raises(RuntimeError, match="stopped after 1"):
        tatabox.train(dataset, "K562", models_dir=tmp_path, name="part", on_epoch=stop, **OPTIONS)
    part = tatabox.train(dataset, "K562", models_dir=tmp_path, name="part", resume=True, **OPTIONS)
    assert (part.folder / "weights.safetensors").read_bytes() == (whole.folder / "weights.safetensors").read_bytes()


def test_evaluation_and_cross_validation(dataset: tatabox.Dataset, tmp_path: Path) -> None:
    model = tatabox.train(dataset, "K562", models_dir=tmp_path, **OPTIONS).model
    evaluation = tatabox.evaluate(
        model, dataset, split="validation", baselines="kmer-ridge", resamples=20, out=tmp_path / "scores", progress=False
    )
    assert -1 <= evaluation.score("K562") <= 1
    assert {"kmer-ridge"} < set(evaluation.metrics["model"])
    assert len(evaluation.figures) == 5
    assert evaluation.report.is_file()
    assert evaluation.predictions["split"][0] == "validation"
    folds = tatabox.crossval(
        dataset,
        "K562",
        folds=3,
        epochs=1,
        window=(99, 51),
        baselines="none",
        resamples=10,
        figures=False,
        report=False,
        device="cpu",
        progress=False,
    )
    assert len(set(folds.predictions["gene_id"])) == 300
    folder = folds.folder
    del folds
    assert not folder.exists()
