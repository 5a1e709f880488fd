"""Explanations and effects of variants."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas
import pytest
import tatabox


def test_contributions_follow_from_substitutions(model: tatabox.Model, sequences: dict[str, str]) -> None:
    letters = sequences["p1"]
    explanation = model.explain(letters, cell_types="K562", region=(-30, 10))
    assert explanation.sequence == letters[249 - 30 : 249 + 10]
    assert list(explanation.positions_bp[[0, -1]]) == [-30, 9]
    effects = explanation.substitutions("K562")
    assert effects is not None and effects.shape == (4, 40)
    # The effect of a substitution is the difference of two predictions.
    base = "ACGT".index("A" if letters[249] != "A" else "C")
    mutant = letters[:249] + "ACGT"[base] + letters[250:]
    difference = model.predict(mutant)["promoter_1", "K562"] - model.predict(letters)["promoter_1", "K562"]
    assert effects[base, 30] == pytest.approx(difference, abs=1e-5)
    np.testing.assert_allclose(explanation.contributions(), -effects.sum(axis=0) / 3, atol=1e-12)
    assert (effects * explanation.one_hot()).sum() == 0
    members = explanation.substitutions_by_member("K562")
    assert members is not None and members.shape == (3, 4, 40)


def test_methods_attention_and_deletions(model: tatabox.Model, sequences: dict[str, str]) -> None:
    explanation = model.explain(
        sequences["p2"], cell_types=["K562", "HepG2"], method=["integrated-gradients", "gradient-input"], deletions=10, steps=16
    )
    assert explanation.methods == ["integrated-gradients", "gradient-input"]
    assert explanation.contributions("HepG2").shape == (300,)
    assert explanation.hypothetical("HepG2", "gradient-input").shape == (4, 300)
    assert len(explanation.deletions("K562")) == 30
    assert sum(bin.weight for bin in explanation.attention) == pytest.approx(1, abs=1e-6)
    delta = explanation.completeness_delta("K562")
    assert delta is not None and 0 <= delta < 0.2
    frame = explanation.to_pandas("K562")
    assert list(frame.columns) == ["position_bp", "base", "integrated-gradients", "gradient-input"]
    with pytest.raises(tatabox.RequestError, match="cell_type: none"):
        explanation.contributions()


def test_figure_is_svg(model: tatabox.Model, sequences: dict[str, str]) -> None:
    explanations = model.explain({"first": sequences["p1"], "second": sequences["p2"]}, cell_types="K562", region=(-20, 10))
    assert [explanation.id for explanation in explanations] == ["first", "second"]
    svg = explanations[0]._repr_svg_()
    assert ElementTree.fromstring(svg).tag.endswith("svg")


def test_variants_have_the_bytes_of_the_command_line(
    model: tatabox.Model, genome, tmp_path: Path, command_line: Callable[..., bytes]
) -> None:
    printed = command_line("variants", "--vcf", genome.vcf, "--genome", genome.fasta, "--tss", genome.bed)
    output = tmp_path / "effects.tsv"
    written, counts = model.variants(genome.vcf, genome.fasta, tss_bed=genome.bed, output=output)
    assert written is None
    assert output.read_bytes() == printed
    assert (counts["records"], counts["scored"], counts["in no window"]) == (3, 2, 1)
    table, _ = model.variants(genome.vcf, genome.fasta, tss_bed=genome.bed)
    assert table is not None
    frame = table.to_pandas()
    assert len(frame) == len(printed.decode().splitlines()) - 1
    variants = pandas.DataFrame(
        [line.split("\t")[:5] for line in genome.vcf.read_text().splitlines() if not line.startswith("#")],
        columns=["chrom", "pos", "id", "ref", "alt"],
    ).astype({"pos": int})
    from_table, _ = model.score_variants(variants, genome.fasta, tss_bed=genome.bed)
    assert from_table is not None
    pandas.testing.assert_frame_equal(from_table.to_pandas(), frame)


def test_reference_mismatch_is_refused_with_the_remedy(model: tatabox.Model, genome) -> None:
    wrong = "A" if genome.letters[960] != "A" else "T"
    variants = {"chrom": ["chr1"], "pos": [961], "ref": [wrong], "alt": [genome.letters[960]]}
    with pytest.raises(tatabox.InputError, match="reference_mismatch='skip'"):
        model.score_variants(variants, genome.fasta, tss_bed=genome.bed)
    with pytest.raises(tatabox.InputError, match="no column alt"):
        model.score_variants({"chrom": [], "pos": [], "ref": []}, genome.fasta, tss_bed=genome.bed)
    with pytest.raises(tatabox.RequestError, match="annotation"):
        model.variants(genome.vcf, genome.fasta)


def test_promoter_is_saturated(model: tatabox.Model, dataset: tatabox.Dataset) -> None:
    gene = dataset.genes["gene_id"][0]
    table = model.saturate(gene, dataset, region=(-5, 5), outputs="K562", shifts=[0])
    assert table is not None
    assert len(table) == 30


def test_motifs_marginal_effects_and_designs(model: tatabox.Model, dataset: tatabox.Dataset, fasta: Path) -> None:
    motifs = model.motifs(dataset, max_genes=60, ablation_genes=0, progress=False)
    assert len(motifs.motifs) > 0
    assert motifs.meme.startswith("MEME version")
    effects = model.marginalize("GGGCGG", dataset, positions=(-60, -50), max_backgrounds=5, split="train", cell_types="K562")
    assert effects is not None
    assert effects["motif"] == ["GGGCGG"]
    designs = model.design("K562=high", fasta=fasta, max_edits=1, progress=False)
    assert len(designs.designs) == 20
    assert all(len(letters) == 300 for letters in designs.sequences.values())
