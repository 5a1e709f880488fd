"""Prediction: forms of input, results, equality with the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas
import polars
import pyarrow
import pytest
import tatabox


def one_hot(sequences: list[str]) -> np.ndarray:
    letters = np.array([list(sequence) for sequence in sequences])
    return (letters[:, np.newaxis, :] == np.array(list("ACGT"))[np.newaxis, :, np.newaxis]).astype(np.float32)


def test_every_form_of_input_gives_the_same_predictions(model: tatabox.Model, sequences: dict[str, str]) -> None:
    expected = model.predict(sequences)
    letters = list(sequences.values())
    assert expected.ids == list(sequences)
    assert expected.log2_tpm.shape == (20, 8)
    assert np.isfinite(expected.log2_tpm).all()
    windows = one_hot(letters)
    for form in (
        letters,
        tuple(letters),
        np.array(letters),
        windows,
        windows.transpose(0, 2, 1),
        windows.astype(bool),
        pandas.Series(letters),
        polars.Series(letters),
        [sequence.lower() for sequence in letters],
        (sequence for sequence in letters),
    ):
        np.testing.assert_array_equal(model.predict(form).log2_tpm, expected.log2_tpm)
    single = model.predict(letters[0])
    assert single.ids == ["promoter_1"]
    np.testing.assert_array_equal(single.log2_tpm, expected.log2_tpm[:1])
    assert model.predict(pandas.Series(sequences)).ids == list(sequences)


def test_sequence_with_an_offset_is_cut_around_the_tss(model: tatabox.Model, sequences: dict[str, str]) -> None:
    letters = sequences["p0"]
    upstream, _ = model.window
    longer = "ACGTA" + letters + "GG"
    moved = model.predict(longer, tss_offset=upstream + 5)
    np.testing.assert_array_equal(moved.log2_tpm, model.predict(letters).log2_tpm)


def test_unknown_bases_are_all_zeros_and_empty_promoters_have_no_prediction(model: tatabox.Model) -> None:
    letters = "N" * 100 + "ACGT" * 50
    windows = one_hot([letters])
    assert windows[0, :, :100].sum() == 0
    np.testing.assert_array_equal(model.predict(windows).log2_tpm, model.predict(letters).log2_tpm)
    predictions = model.predict(["N" * 300, letters])
    assert np.isnan(predictions.log2_tpm[0]).all()
    assert predictions.notes[0] == "no known base"
    assert list(predictions.n_acgt) == [0, 200]


def test_tables_have_the_bytes_of_the_command_line(
    model: tatabox.Model, fasta: Path, tmp_path: Path, command_line: Callable[..., bytes], sequences: dict[str, str]
) -> None:
    printed = command_line("predict", "--fasta", fasta)
    output = tmp_path / "predictions.tsv"
    assert model.predict_fasta(fasta, output=output) is None
    assert output.read_bytes() == printed
    from_file, in_memory = model.predict_fasta(fasta), model.predict(sequences).table()
    assert from_file is not None
    pandas.testing.assert_frame_equal(from_file.to_pandas(), in_memory.to_pandas())
    lines = printed.decode().splitlines()
    assert lines[0].split("\t") == in_memory.column_names
    assert lines[1].split("\t")[:2] == ["p0", "K562"]
    assert float(lines[1].split("\t")[2]) == in_memory["log2_tpm"][0]
    wide = model.predict(sequences).to_pandas(wide=True)
    assert list(wide.columns[:2]) == ["id", "log2_tpm_K562"]
    assert len(wide) == 20


def test_results_are_arrow_tables(model: tatabox.Model, sequences: dict[str, str]) -> None:
    predictions = model.predict(sequences)
    frame = predictions.to_polars()
    assert frame.height == 160
    assert frame["log2_tpm"].dtype == polars.Float64
    arrow = pyarrow.table(predictions.table())
    assert arrow.num_rows == 160
    assert arrow.column("id").to_pylist() == frame["id"].to_list()
    assert "20 promoters" in repr(predictions)
    assert "<th>log2_tpm_K562</th>" in predictions._repr_html_()


def test_predictions_become_anndata(model: tatabox.Model, sequences: dict[str, str]) -> None:
    pytest.importorskip("anndata")
    data = model.predict(sequences).to_anndata()
    assert data.shape == (8, 20)
    assert list(data.obs_names)[0] == "K562"
    np.testing.assert_array_equal(data["K562", "p3"].X, model.predict(sequences).log2_tpm[3:4, :1])


def test_threads_do_not_change_predictions(model: tatabox.Model, sequences: dict[str, str]) -> None:
    expected = model.predict(sequences).log2_tpm
    for threads in (1, 2, 3):
        np.testing.assert_array_equal(model.predict(sequences, threads=threads).log2_tpm, expected)


def test_prediction_without_batch_invariance_is_close(model: tatabox.Model, sequences: dict[str, str]) -> None:
    expected = model.predict(sequences).log2_tpm
    np.testing.assert_allclose(model.predict(sequences, batch_invariant=False).log2_tpm, expected, atol=1e-4)
    single = model.predict(sequences["p0"], batch_invariant=False)
    np.testing.assert_allclose(single.log2_tpm, expected[:1], atol=1e-4)
    empty = model.predict(["N" * 300, sequences["p0"]], batch_invariant=False)
    assert np.isnan(empty.log2_tpm[0]).all()
    np.testing.assert_allclose(empty.log2_tpm[1], expected[0], atol=1e-4)
    for letters in sequences.values():
        np.testing.assert_array_equal(model.predict(letters).log2_tpm[0], expected[list(sequences.values()).index(letters)])


def test_outputs_are_selected(model: tatabox.Model) -> None:
    every = model.with_outputs("all")
    assert len(every.cell_types) > len(model.cell_types) == 8
    two = tatabox.Model.bundled(outputs=["HepG2", "K562"])
    assert two.cell_types == ["HepG2", "K562"]
    letters = "ACGT" * 75
    assert two.predict(letters)["promoter_1", "K562"] == model.predict(letters)["promoter_1", "K562"]


def test_genome_and_genes_are_predicted(model: tatabox.Model, genome, dataset: tatabox.Dataset) -> None:
    table = model.predict_bed(genome.bed, genome.fasta)
    assert table is not None
    assert table["id"][:9:8] == ["GENE1", "GENE2"]
    window = genome.letters[1000 - 249 : 1000 + 51]
    assert model.predict(window).table()["log2_tpm"][0] == table["log2_tpm"][0]
    genes = dataset.genes["gene_id"][:2]
    predicted = model.predict_genes(genes, dataset)
    assert predicted is not None
    assert sorted(set(predicted["id"])) == sorted(genes)
    assert "measured_log2_tpm" in predicted.column_names


def test_gene_features_are_found_by_name(dataset: tatabox.Dataset) -> None:
    root = Path(__file__).resolve().parents[3] / "models/human-gene-structure"
    if not root.exists():
        pytest.skip("the repository's models are not there")
    model = tatabox.Model.load(root)
    values = pandas.DataFrame([[3.0, 2.0, 3.0, 4.0, 5.0]], columns=model.feature_names)
    letters = "ACGT" * 75
    expected = model.predict(letters, gene_features=values.to_numpy()).log2_tpm
    reordered = values[list(reversed(model.feature_names))]
    np.testing.assert_array_equal(model.predict(letters, gene_features=reordered).log2_tpm, expected)
    with pytest.raises(tatabox.RequestError, match="no column"):
        model.predict(letters, gene_features=values.iloc[:, 1:])
    with pytest.raises(tatabox.RequestError, match="gene_features: none"):
        model.predict(letters)


def test_model_describes_itself(model: tatabox.Model) -> None:
    assert model.window == (249, 51)
    assert model.members == 3
    assert not model.is_simulated
    assert model.card.startswith("---") or model.card.startswith("#")
    assert model.card._repr_markdown_() == str(model.card)
    assert "<caption>human</caption>" in model._repr_html_()
    verification = model.verify()
    assert verification.passed, verification.checks
    assert {"checksums", "predictions"} <= {check.name for check in verification.checks}
