"""Results that tasks write into folders."""

from __future__ import annotations

import html
import json
import os
import shutil
import tempfile
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from ._exceptions import InputError, RequestError, checked_arguments
from ._files import PathLike, path
from ._table import Table

if TYPE_CHECKING:
    from typing_extensions import Self


class VariantEffects(NamedTuple):
    """Effects of variants.

    `table` has one row per allele, TSS and output, or is `None` where it was written to a file; `counts` are the numbers of
    records and alleles by outcome.
    """

    table: Table | None
    counts: dict[str, int]


class ResultFolder:
    """Folder of results; a temporary one is removed with the object.

    Attributes
    ----------
    folder : Path
        The folder.
    """

    def __init__(self, folder: PathLike) -> None:
        self.folder = Path(path(folder))

    @classmethod
    def _run(cls, out: PathLike | None, task: Callable[[str], object]) -> Self:
        """Runs a task that writes into a folder: `out`, or a temporary one."""
        if out is not None:
            with checked_arguments():
                task(path(out))
            return cls(out)
        temporary = tempfile.mkdtemp(prefix="tatabox-")
        try:
            with checked_arguments():
                task(os.path.join(temporary, "results"))
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise
        results = cls(os.path.join(temporary, "results"))
        weakref.finalize(results, shutil.rmtree, temporary, ignore_errors=True)
        return results

    @property
    def files(self) -> list[Path]:
        """Files of the folder, sorted."""
        return sorted(file for file in self.folder.rglob("*") if file.is_file())

    def table(self, name: str) -> Table:
        """Table by the name of its file, such as `metrics.tsv`."""
        return self._table(name, None)

    def _table(self, name: str, remedy: str | None) -> Table:
        file = self.folder / name
        if not file.is_file():
            known = ", ".join(other.name for other in self.files if other.suffix in (".tsv", ".csv", ".parquet"))
            raise InputError(f"{self.folder} has no {name}; it has {known}", remedy)
        return Table.read(file)

    def __repr__(self) -> str:
        return f"<tatabox.{type(self).__name__} in {self.folder}>"


class FilterMotifs(ResultFolder):
    """Motifs of the filters of a model."""

    @property
    def motifs(self) -> Table:
        """One row per filter: consensus, sites, best match, effect."""
        return self.table("motifs.tsv")

    @property
    def effects(self) -> Table:
        """Effects of filters by cell type, with intervals and controls."""
        return self.table("effects.tsv")

    @property
    def matches(self) -> Table:
        """Matches in the database, with q-values."""
        return self._table("matches.tsv", "pass database= with known motifs")

    @property
    def meme(self) -> str:
        """Matrices in MEME format."""
        return (self.folder / "motifs.meme").read_text(encoding="utf-8")


class Designs(ResultFolder):
    """Designed promoters."""

    @property
    def designs(self) -> Table:
        """One row per design: predictions before and after, edits, changes elsewhere."""
        return self.table("designs.tsv")

    @property
    def edits(self) -> Table:
        """One row per edit."""
        return self.table("edits.tsv")

    @property
    def sequences(self) -> dict[str, str]:
        """Sequences by name."""
        found: dict[str, str] = {}
        name = ""
        for line in (self.folder / "designs.fa").read_text(encoding="utf-8").splitlines():
            if line.startswith(">"):
                name = line[1:].split()[0]
                found[name] = ""
            else:
                found[name] += line
        return found


class ScoredFolder(ResultFolder):
    """Scores, tests and figures."""

    #: Table that a notebook shows.
    _shown: ClassVar[str] = "metrics.tsv"

    @property
    def metrics(self) -> Table:
        """Scores by model and cell type, with bootstrap intervals."""
        return self.table("metrics.tsv")

    @property
    def comparisons(self) -> Table:
        """Tests of the model against the others."""
        return self._table("comparisons.tsv", "pass baselines= other than 'none'")

    @property
    def figures(self) -> dict[str, Path]:
        """SVG figures by name."""
        return {file.stem: file for file in self.files if file.suffix == ".svg"}

    @property
    def report(self) -> Path:
        """The report, as HTML."""
        file = self.folder / "report.html"
        if not file.is_file():
            raise InputError(f"{self.folder} has no report.html")
        return file

    def _repr_html_(self) -> str:
        return f"{self.table(self._shown)._repr_html_()}<p>{html.escape(str(self.folder))}</p>"


class Evaluation(ScoredFolder):
    """Scores of a model on held-out genes."""

    @property
    def predictions(self) -> Table:
        """Predicted and measured log2(TPM + 1) of every model, one row per gene and cell type."""
        return self.table("predictions.tsv")

    def score(self, cell_type: str = "mean", metric: str = "pearson", model: str | None = None) -> float:
        """A score with its name in `metrics`; of the evaluated model by default."""
        metrics = self.metrics
        if metric not in metrics:
            raise RequestError(
                f"metric: {metric!r}; expected a column of metrics, such as 'pearson', 'spearman', 'r2' or 'mae'"
            )
        models = metrics["model"]
        model = models[0] if model is None else model
        for row, (of_model, of_cell_type) in enumerate(zip(models, metrics["cell_type"], strict=True)):
            if of_model == model and of_cell_type == cell_type:
                return float(metrics[metric][row])
        raise InputError(f"no score of {model} in {cell_type}")

    @property
    def record(self) -> dict[str, Any]:
        """Data, model, settings and remarks of the evaluation."""
        record: dict[str, Any] = json.loads((self.folder / "evaluation.json").read_text(encoding="utf-8"))
        return record


class CrossValidation(Evaluation):
    """Scores of out-of-fold predictions."""

    @property
    def fold_metrics(self) -> Table:
        """Scores by fold."""
        return self.table("fold_metrics.tsv")


class VariantEvaluation(ScoredFolder):
    """Measured compared with predicted effects of variants."""

    @property
    def variants(self) -> Table:
        """Compared variants with measured and predicted effects."""
        return self.table("variants.tsv")

    @property
    def excluded(self) -> Table:
        """Rows that are not compared, with the reason."""
        return self.table("excluded.tsv")
