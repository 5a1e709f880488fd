"""Inputs of the tests: the bundled model, simulated promoters, a small genome."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
import tatabox

#: Bases of a window of the bundled model.
WINDOW_BP = 300


@pytest.fixture(scope="session")
def model() -> tatabox.Model:
    return tatabox.Model.bundled()


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> tatabox.Dataset:
    return tatabox.simulate(tmp_path_factory.mktemp("simulated") / "set", genes=300, seed=7, progress=False)


@pytest.fixture(scope="session")
def sequences() -> dict[str, str]:
    generator = random.Random(3)
    return {f"p{number}": "".join(generator.choices("ACGT", k=WINDOW_BP)) for number in range(20)}


@pytest.fixture
def fasta(tmp_path: Path, sequences: dict[str, str]) -> Path:
    path = tmp_path / "promoters.fa"
    path.write_text("".join(f">{name}\n{letters}\n" for name, letters in sequences.items()))
    return path


class Genome(NamedTuple):
    """Genome of one contig with two TSSs and three variants, one of which is far from both."""

    fasta: Path
    bed: Path
    vcf: Path
    letters: str


@pytest.fixture
def genome(tmp_path: Path) -> Genome:
    generator = random.Random(5)
    letters = "".join(generator.choices("ACGT", k=5_000))
    fasta, bed, vcf = tmp_path / "genome.fa", tmp_path / "tss.bed", tmp_path / "variants.vcf"
    fasta.write_text(f">chr1\n{letters}\n")
    bed.write_text("chr1\t1000\t1001\tGENE1\t0\t+\nchr1\t3000\t3001\tGENE2\t0\t-\n")
    records = [(961, "rs1"), (3031, "rs2"), (2001, "far")]
    lines = ["##fileformat=VCFv4.3", "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"]
    for position, name in records:
        reference = letters[position - 1]
        lines.append(f"chr1\t{position}\t{name}\t{reference}\t{'C' if reference != 'C' else 'G'}\t.\t.\t.")
    vcf.write_text("\n".join(lines) + "\n")
    return Genome(fasta, bed, vcf, letters)


@pytest.fixture(scope="session")
def command_line() -> Callable[..., bytes]:
    """Runs the installed command; returns its output."""
    program = shutil.which("tatabox", path=str(Path(sys.executable).parent))
    assert program is not None, "the package installs the command tatabox"

    def run(*arguments: str | Path) -> bytes:
        return subprocess.run([program, *map(str, arguments)], check=True, capture_output=True).stdout

    return run
