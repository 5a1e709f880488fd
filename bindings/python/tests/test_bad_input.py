"""Bad input: the exception names the finding and the remedy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas
import pytest
import tatabox


def test_letters_that_are_no_nucleotides(model: tatabox.Model) -> None:
    with pytest.raises(tatabox.InputError, match="p2.*'X' at position 3"):
        model.predict({"p1": "A" * 300, "p2": "ACGX" + "A" * 296})


def test_length_without_an_offset(model: tatabox.Model) -> None:
    with pytest.raises(tatabox.InputError, match=r"promoter_1.*301 bp.*tss_offset=") as caught:
        model.predict("A" * 301)
    assert caught.value.remedy is not None
    with pytest.raises(tatabox.InputError, match="TSS offset is 300"):
        model.predict("A" * 300, tss_offset=300)
    with pytest.raises(tatabox.RequestError, match=r"sequences: 301 bp each"):
        model.predict(np.zeros((1, 4, 301)))


@pytest.mark.parametrize(
    ("windows", "message"),
    [
        (np.zeros((300, 4)), "shape \\(300, 4\\)"),
        (np.zeros((2, 5, 300)), "shape \\(2, 5, 300\\)"),
        (np.zeros((2, 4, 4)), "either axis may hold"),
        (np.full((1, 4, 300), 0.25), "window 0, base 0 holds 0.25"),
        (np.full((1, 4, 300), np.nan), "holds nan"),
        (np.ones((1, 4, 300)), "has 4 nucleotides"),
        (np.full((1, 4, 300), 1j), "type complex128"),
    ],
)
def test_arrays_that_are_not_one_hot(model: tatabox.Model, windows: np.ndarray, message: str) -> None:
    with pytest.raises(tatabox.InputError, match=message):
        model.predict(windows)


def test_sequences_of_other_types(model: tatabox.Model) -> None:
    with pytest.raises(tatabox.InputError, match="sequence 1 is int"):
        model.predict(["A" * 300, 3])  # type: ignore[list-item]
    with pytest.raises(tatabox.InputError, match="NoneType"):
        model.predict([None])  # type: ignore[list-item]
    with pytest.raises(tatabox.RequestError, match="names: 1 for 2 sequences"):
        model.predict(["A" * 300] * 2, names=["only"])
    assert len(model.predict([])) == 0
    assert model.predict([]).log2_tpm.shape == (0, 8)


def test_missing_files_are_file_not_found_errors(model: tatabox.Model, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no\.fa"):
        model.predict_fasta(tmp_path / "no.fa")
    with pytest.raises(tatabox.MissingFileError, match="no-model: no such folder"):
        tatabox.Model.load(tmp_path / "no-model")
    with pytest.raises(tatabox.MissingFileError, match="no-data: no such folder"):
        tatabox.Dataset(tmp_path / "no-data")
    for call in (
        lambda: model.predict_bed(tmp_path / "no.bed", tmp_path / "no.fa"),
        lambda: model.variants(tmp_path / "no.vcf", tmp_path / "no.fa", tss_bed=tmp_path / "no.bed"),
        lambda: model.explain("ACGT" * 75, motifs=tmp_path / "no.meme"),
        lambda: tatabox.prepare(tmp_path / "no.tsv", tmp_path / "out", promoters=tmp_path / "no.fa"),
    ):
        with pytest.raises(FileNotFoundError):
            call()


def test_arguments_out_of_range(model: tatabox.Model, dataset: tatabox.Dataset, tmp_path: Path) -> None:
    letters = "ACGT" * 75
    with pytest.raises(ValueError, match="threads: 0"):
        model.predict(letters, threads=0)
    with pytest.raises(tatabox.RequestError, match="outputs: MCF8 is not among"):
        tatabox.Model.bundled(outputs=["K562", "MCF8"])
    with pytest.raises(tatabox.RequestError, match="'saliency'; expected 'ism'"):
        model.explain(letters, method="saliency")  # type: ignore[call-overload]
    with pytest.raises(tatabox.RequestError, match="region"):
        model.explain(letters, region=(-400, 0))
    with pytest.raises(tatabox.RequestError, match="split"):
        dataset.rows("dev")  # type: ignore[arg-type]
    with pytest.raises(tatabox.RequestError, match="rows: 300"):
        dataset.one_hot([300])
    with pytest.raises(tatabox.RequestError, match="'resnet'; expected 'hybrid'"):
        tatabox.train(dataset, architecture="resnet", models_dir=tmp_path)
    with pytest.raises(tatabox.TataboxError, match="learning_rate"):
        tatabox.train(dataset, learning_rate=3.0, models_dir=tmp_path)
    with pytest.raises(tatabox.RequestError, match="output: .*xlsx"):
        model.predict_genes(dataset.genes["gene_id"][0], dataset, output=tmp_path / "x.xlsx")
    with pytest.raises(TypeError):
        tatabox.train(dataset, learning_rates=0.1, models_dir=tmp_path)


def test_malformed_records_are_refused_or_skipped(model: tatabox.Model, tmp_path: Path) -> None:
    path = tmp_path / "bad.fa"
    path.write_text(">good\n" + "ACGT" * 75 + "\n>bad\n" + "ACGT" * 74 + "AC!T\n")
    with pytest.raises(tatabox.InputError, match="on_malformed='skip'"):
        model.predict_fasta(path)
    table = model.predict_fasta(path, on_malformed="skip")
    assert table is not None
    assert np.isfinite(table["log2_tpm"][:8]).all()
    assert np.isnan(table["log2_tpm"][8:]).all()


def test_existing_output_is_kept_without_force(model: tatabox.Model, dataset: tatabox.Dataset, tmp_path: Path) -> None:
    out = tmp_path / "results"
    out.mkdir()
    (out / "notes.txt").write_text("mine")
    with pytest.raises(tatabox.TataboxError, match="results"):
        tatabox.evaluate(model, dataset, out=out)
    assert (out / "notes.txt").read_text() == "mine"


def test_types_and_signs_of_arguments(model: tatabox.Model, dataset: tatabox.Dataset) -> None:
    letters = "ACGT" * 75
    for arguments, name in (
        ({"tss_offset": -1}, "tss_offset"),
        ({"tss_offset": 249.0}, "tss_offset"),
        ({"threads": -1}, "threads"),
    ):
        with pytest.raises(tatabox.RequestError, match=f"^{name}: "):
            model.predict(letters, **arguments)
    with pytest.raises(tatabox.RequestError, match="^region: "):
        model.explain(letters, region=(-5.5, 5))  # type: ignore[call-overload]
    with pytest.raises(tatabox.RequestError, match="window: .*expected one base or more"):
        dataset.one_hot([1], window=(0, 0))
    with pytest.raises(tatabox.RequestError, match="epochs: "):
        tatabox.train(dataset, epochs=-1)


def test_settings_that_would_be_ignored_are_refused(model: tatabox.Model, dataset: tatabox.Dataset, genome) -> None:
    letters, gene = "ACGT" * 75, dataset.genes["gene_id"][0]
    for call in (
        lambda: model.explain(letters, steps=8),
        lambda: model.explain(letters, method=[]),
        lambda: model.explain(letters, deletions=50, region=(0, 10)),
        lambda: model.saturate(gene, dataset, genome=genome.fasta),
        lambda: model.variants(genome.vcf, genome.fasta, tss_bed=genome.bed, tss_choice="canonical"),
        lambda: tatabox.train(dataset, frozen_epochs=2),
    ):
        with pytest.raises(tatabox.RequestError):
            call()


def test_masks_and_fractions_of_rows(dataset: tatabox.Dataset) -> None:
    mask = np.zeros(len(dataset), dtype=bool)
    assert dataset.one_hot(mask).shape[0] == 0
    mask[[3, 5]] = True
    np.testing.assert_array_equal(dataset.codes(mask), dataset.codes([3, 5]))
    with pytest.raises(tatabox.RequestError, match="rows: a mask of shape"):
        dataset.one_hot(mask[:10])
    with pytest.raises(tatabox.RequestError, match="rows: float64"):
        dataset.one_hot([1.7])  # type: ignore[list-item]


def test_rows_of_variant_tables_are_checked(model: tatabox.Model, genome) -> None:
    reference = genome.letters[960]
    good = {"chrom": ["chr1"], "pos": [961], "ref": [reference], "alt": ["C" if reference != "C" else "G"], "id": [None]}
    effects, _ = model.score_variants(good, genome.fasta, tss_bed=genome.bed)
    assert effects is not None
    assert set(effects["id"]) <= {".", None, ""}
    for column, value in (("pos", None), ("pos", float("nan")), ("pos", 0), ("pos", "x"), ("alt", None), ("ref", "A C")):
        with pytest.raises(tatabox.InputError, match=f"row 0: {column} is "):
            model.score_variants({**good, column: [value]}, genome.fasta, tss_bed=genome.bed)
    with pytest.raises(tatabox.InputError, match="columns differ in length"):
        model.score_variants({**good, "pos": [1, 2]}, genome.fasta, tss_bed=genome.bed)
    with pytest.raises(tatabox.InputError, match="the table, whose first row is line 3"):
        model.score_variants({**good, "ref": ["T" if reference != "T" else "A"]}, genome.fasta, tss_bed=genome.bed)


def test_unknown_names_list_the_known_ones(model: tatabox.Model) -> None:
    predictions = model.predict({"a": "ACGT" * 75})
    with pytest.raises(KeyError, match="'b' is no promoter.*a"):
        predictions["b", "K562"]
    with pytest.raises(KeyError, match="K562"):
        predictions["a", "MCF8"]
    with pytest.raises(KeyError, match="log2_tpm"):
        predictions.table()["tpms"]
    with pytest.raises(tatabox.InputError, match="one of its columns"):
        model.predict(pandas.DataFrame({"sequence": ["ACGT" * 75]}))  # type: ignore[arg-type]


def test_promoter_without_bases_has_no_explanation(model: tatabox.Model) -> None:
    explanation = model.explain("N" * 300, cell_types="K562")
    with pytest.raises(tatabox.InputError, match="promoter_1 has no prediction to explain: no known base"):
        explanation.contributions()
