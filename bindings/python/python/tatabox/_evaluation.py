"""Evaluation of models."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from . import _native
from ._dataset import Dataset, as_dataset
from ._files import PathLike, cache_folder, names, optional_path, path
from ._listener import Listener
from ._model import Model, _sites, as_model
from ._results import CrossValidation, Evaluation, VariantEvaluation
from ._training import training_options


def evaluate(
    model: Model | PathLike,
    dataset: Dataset | PathLike,
    *,
    split: Literal["train", "validation", "test"] = "test",
    baselines: str | Iterable[str] = "fast",
    resamples: int | None = None,
    seed: int | None = None,
    figures: bool = True,
    report: bool = True,
    out: PathLike | None = None,
    force: bool = False,
    threads: int | None = None,
    progress: bool | None = None,
) -> Evaluation:
    """Scores a model on held-out genes and compares it with baselines, as `tatabox evaluate` does.

    Parameters
    ----------
    model : Model or path
        The model.
    dataset : Dataset or path
        The data set.
    split : {"train", "validation", "test"}
        Genes to score.
    baselines : str or iterable of str
        `"fast"`, `"all"`, `"none"`, or names such as `"kmer-ridge"`.
    resamples, seed : int, optional
        Bootstrap resamples of each interval, and their seed.
    figures, report : bool
        Whether the five figures and the report are made.
    threads, progress
        As in `Model.predict_fasta`.
    out : path, optional
        Folder of tables, figures and report; a temporary one by default.
    force : bool
        Whether the results of an earlier run in the folder are replaced.
    """
    evaluated, data = as_model(model), as_dataset(dataset)
    return Evaluation._run(
        out,
        lambda folder: _native.evaluate(
            Listener(progress),
            evaluated._native,
            data._native,
            split,
            _score_options(baselines, resamples, seed, figures, report, folder, force),
            threads,
        ),
    )


def crossval(
    dataset: Dataset | PathLike,
    cell_types: str | Iterable[str] | None = None,
    *,
    folds: int = 5,
    members: int | None = None,
    baselines: str | Iterable[str] = "fast",
    resamples: int | None = None,
    figures: bool = True,
    report: bool = True,
    out: PathLike | None = None,
    force: bool = False,
    threads: int | None = None,
    progress: bool | None = None,
    **options: Any,
) -> CrossValidation:
    """Cross-validates over folds of whole chromosomes, as `tatabox crossval` does.

    Parameters
    ----------
    dataset : Dataset or path
        The data set.
    cell_types : str or iterable of str, optional
        Cell types; all by default.
    folds : int
        Number of folds, at least 3.
    members : int, optional
        Networks of each fold's ensemble.
    baselines, resamples, figures, report, out, force, threads, progress
        As in `evaluate`.
    **options
        Settings of network and training, see `training_options`.
    """
    data = as_dataset(dataset)
    return CrossValidation._run(
        out,
        lambda folder: _native.crossval(
            Listener(progress),
            data._native,
            training_options(cell_types, **options),
            folds,
            members,
            _score_options(baselines, resamples, None, figures, report, folder, force),
            threads,
        ),
    )


def evaluate_variants(
    models: Model | PathLike | Iterable[Model | PathLike],
    measured: PathLike,
    *,
    dataset: Dataset | None = None,
    promoters: PathLike | None = None,
    genome: PathLike | None = None,
    annotation: PathLike | None = None,
    tss_bed: PathLike | None = None,
    outputs: str | Iterable[str] | None = None,
    shifts: Sequence[int] | None = None,
    reference_mismatch: Literal["raise", "skip", "use-genome"] = "raise",
    resamples: int | None = None,
    seed: int | None = None,
    figures: bool = True,
    out: PathLike | None = None,
    force: bool = False,
    threads: int | None = None,
    progress: bool | None = None,
) -> VariantEvaluation:
    """Compares measured with predicted effects of variants, as `tatabox evaluate-variants` does.

    Parameters
    ----------
    models : Model, path, or iterable of them
        Models; the first one is tested against the others.
    measured : path
        Table of measured effects, TSV or CSV.
    promoters, genome, annotation, tss_bed, dataset
        Sequences and TSSs to which the rows refer.
    outputs : str or iterable of str, optional
        Outputs to compare with; by default those that the model designates for variant effects.
    shifts, reference_mismatch
        As in `Model.variants`.
    figures : bool
        Whether a figure per element is written.
    resamples, seed, out, force, threads, progress
        As in `evaluate`.
    """
    is_one = isinstance(models, (Model, str, os.PathLike))
    several: Iterable[Any] = [models] if is_one else models  # type: ignore[assignment]
    listed = [as_model(model) for model in several]
    return VariantEvaluation._run(
        out,
        lambda folder: _native.evaluate_variants(
            Listener(progress),
            [model._native for model in listed],
            None if dataset is None else dataset._native,
            {
                "measured": path(measured),
                "promoters": optional_path(promoters),
                "sites": _sites(genome, annotation, tss_bed, None, None, None),
                "outputs": names(outputs),
                "shifts": None if shifts is None else list(shifts),
                "reference_mismatch": reference_mismatch,
                "resamples": resamples,
                "seed": seed,
                "figures": figures,
                "out": folder,
                "force": force,
            },
            threads,
        ),
    )


def _score_options(
    baselines: str | Iterable[str],
    resamples: int | None,
    seed: int | None,
    figures: bool,
    report: bool,
    folder: str,
    force: bool,
) -> dict[str, Any]:
    return {
        "baselines": names(baselines),
        "cache": f"{cache_folder()}/comparators",
        "resamples": resamples,
        "seed": seed,
        "figures": figures,
        "report": report,
        "out": folder,
        "force": force,
    }
