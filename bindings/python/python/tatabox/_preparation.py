"""Data sets from sequence and expression."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np

from . import _native
from ._dataset import Dataset
from ._exceptions import MissingFileError, RequestError, TataboxError, checked_arguments
from ._files import PathLike, cache_folder, columns, named_paths, names, optional_path, path, write_tsv
from ._listener import Listener
from ._model import _sites
from ._table import Table

Scale = Literal["tpm", "fpkm", "counts", "log2"]
#: Gene features that are computed rather than read.
_FEATURE_SETS = ("half-life", "structure")
#: File of values in memory.
_TABLE = "expression.tsv"


def prepare(
    expression: Any,
    out: PathLike,
    *,
    promoters: PathLike | None = None,
    tss_offset: int | None = None,
    genome: PathLike | None = None,
    annotation: PathLike | None = None,
    tss_bed: PathLike | None = None,
    tss_choice: str | None = None,
    cage: PathLike | None = None,
    promoter_activity: PathLike | None = None,
    activity_columns: str | Iterable[str] | None = None,
    upstream: int = 10_000,
    downstream: int = 1_000,
    scale: Scale | None = None,
    layer: str | None = None,
    cell_types: str | Iterable[str] | None = None,
    duplicate: Literal["first", "mean"] | None = None,
    harmonise: Literal["none", "quantile", "offset"] | None = None,
    gene_features: PathLike | None = None,
    tracks: Mapping[str, PathLike] | None = None,
    assays: str | Iterable[str] | None = None,
    drop: str | Iterable[str] | None = None,
    min_known_bp: int | None = None,
    validation_chromosomes: str | Iterable[str] | None = None,
    test_chromosomes: str | Iterable[str] | None = None,
    seed: int | None = None,
    name: str | None = None,
    force: bool = False,
    threads: int | None = None,
    progress: bool | None = None,
) -> Dataset:
    """Prepares a data set of promoter windows and expression, as `tatabox prepare` does.

    Parameters
    ----------
    expression : path, sequence of path, mapping, data frame, AnnData
        Tables of genes by cell types in one of the formats of `tatabox prepare`; or files by cell type,
        `{"K562": ["rep1.sf", "rep2.sf"]}`; or a data frame whose first column or index holds genes; or AnnData with cell
        types as observations and genes as variables.
    out : path
        Folder of the data set.
    promoters : path, optional
        Promoter records in sense direction (FASTA); otherwise `genome` with `annotation` or `tss_bed`.
    tss_offset : int, optional
        0-based index of the TSS base in promoter records whose header states none.
    genome : path, optional
        FASTA (plain, bgzip, gzip) or 2bit.
    annotation, tss_bed : path, optional
        TSSs on the genome from GTF or GFF3, or from BED6.
    tss_choice, cage : optional
        As in `Model.variants`.
    promoter_activity, activity_columns : optional
        Table of the activities of promoters, and its columns, by which the promoter of a gene is chosen.
    upstream, downstream : int
        Bases before the TSS base, and from it on.
    scale : {"tpm", "fpkm", "counts", "log2"}, optional
        Scale of the values; by default that of the format, else TPM. AnnData and data frames require it.
    layer : str, optional
        Layer of the AnnData; `X` by default.
    cell_types : str or iterable of str, optional
        Cell types to keep, in this order.
    duplicate : {"first", "mean"}, optional
        Values of a cell type that two tables have; an error by default.
    harmonise : {"none", "quantile", "offset"}, optional
        Harmonisation of tables.
    gene_features : path or {"half-life", "structure"}, optional
        Table of gene features, or features that are computed from annotation (and genome, for half-life).
    tracks : mapping of str to path, optional
        bigWig files by name.
    assays : str or iterable of str, optional
        Assays in the form of `tatabox prepare --assay`.
    drop : str or iterable of str, optional
        Genes to exclude: contigs, `"histones"`, `"no-features"`.
    min_known_bp : int, optional
        Smallest number of known bases of a window.
    validation_chromosomes, test_chromosomes : str or iterable of str, optional
        Held-out chromosomes, in place of a random choice.
    seed : int, optional
        Seed of the split.
    name : str, optional
        Name of the data set; that of the folder by default.
    force : bool
        Whether a data set in the folder is replaced.
    threads, progress
        As in `Model.predict_fasta`.

    Returns
    -------
    Dataset
        The data set; excluded genes are listed with the reason in `qc.tsv` of its folder.

    Raises
    ------
    InputError
        A table cannot be read, or the inputs share no genes.
    """
    with tempfile.TemporaryDirectory() as folder:
        tables, samples, known_scale = _expression(expression, scale, layer, Path(folder))
        options = {
            "expression": {
                "tables": tables,
                "samples": samples,
                "scale": known_scale,
                "cell_types": names(cell_types),
                "duplicate": duplicate,
                "harmonise": harmonise,
            },
            "out": path(out),
            "name": name,
            "force": force,
            "promoters": optional_path(promoters),
            "tss_offset": tss_offset,
            "sites": _sites(genome, annotation, tss_bed, tss_choice, cage, None),
            "promoter_activity": (None if promoter_activity is None else (path(promoter_activity), names(activity_columns))),
            "features": gene_features if gene_features in _FEATURE_SETS else None,
            "feature_table": None if gene_features in _FEATURE_SETS else optional_path(gene_features),
            "tracks": named_paths(tracks),
            "assays": names(assays),
            "drop": names(drop),
            "upstream": upstream,
            "downstream": downstream,
            "min_known_bp": min_known_bp,
            "seed": seed,
            "validation_chromosomes": names(validation_chromosomes),
            "test_chromosomes": names(test_chromosomes),
            "genome_cache": cache_folder(),
        }
        try:
            with checked_arguments():
                _native.prepare(Listener(progress), options, threads)
        except TataboxError as error:
            # The file is not the caller's.
            raise error.replaced(str(Path(folder) / _TABLE), "the expression table, whose first row is line 2") from error
    return Dataset(out)


def simulate(
    out: PathLike, *, genes: int | None = None, seed: int | None = None, force: bool = False, progress: bool | None = None
) -> Dataset:
    """Simulates promoters and expression with known truth, and prepares a data set of them.

    Parameters
    ----------
    out : path
        Folder of promoters, expression and truth; the data set is in `prepared` below it.
    genes : int, optional
        Number of genes, 2,000 by default.
    seed : int, optional
        Seed, 42 by default.
    force : bool
        Whether an earlier simulation in the folder is replaced.
    """
    with checked_arguments():
        return Dataset(_native.simulate(Listener(progress), path(out), genes, seed, force))


def gene_features(
    annotation: PathLike,
    genome: PathLike | None = None,
    *,
    feature_set: Literal["half-life", "structure"] = "half-life",
    output: PathLike | None = None,
    threads: int | None = None,
    progress: bool | None = None,
) -> Table | None:
    """Features of genes from annotation, as `tatabox half-life` computes them.

    Parameters
    ----------
    annotation : path
        GTF or GFF3.
    genome : path, optional
        FASTA or 2bit; required by `"half-life"`.
    feature_set : {"half-life", "structure"}
        Half-life features, or those that need no genome.
    output : path, optional
        File that receives the table; it is then not kept in memory.
    """
    sites = _sites(genome, annotation, None, None, None, None)
    table = _native.half_life(Listener(progress), sites, feature_set, optional_path(output), threads)
    return None if table is None else Table(table)


def _expression(
    expression: Any, scale: str | None, layer: str | None, folder: Path
) -> tuple[list[str], list[tuple[str, list[str]]], str | None]:
    """Tables, files of samples by cell type, and the scale of the values."""
    if isinstance(expression, str) or hasattr(expression, "__fspath__"):
        return [_existing(expression)], [], scale
    if isinstance(expression, Mapping) and all(_is_files(files) for files in expression.values()):
        samples = [(cell_type, _listed(files)) for cell_type, files in expression.items()]
        return [], samples, scale
    if hasattr(expression, "obs_names") and hasattr(expression, "var_names"):
        table = _of_anndata(expression, layer)
    elif _is_frame(expression):
        table = _of_frame(expression)
    elif isinstance(expression, Sequence):
        return [_existing(file) for file in expression], [], scale
    else:
        raise TypeError(f"expression: {type(expression).__name__}; expected paths, files by cell type, a data frame or AnnData")
    if scale is None:
        raise RequestError("scale: none; values in memory do not state their scale, expected 'tpm', 'fpkm', 'counts' or 'log2'")
    file = folder / _TABLE
    write_tsv(table, file)
    return [str(file)], [], scale


def _is_files(value: Any) -> bool:
    return (
        isinstance(value, str)
        or hasattr(value, "__fspath__")
        or (isinstance(value, (list, tuple)) and all(isinstance(file, str) or hasattr(file, "__fspath__") for file in value))
    )


def _listed(files: Any) -> list[str]:
    return [_existing(file) for file in ([files] if isinstance(files, str) or hasattr(files, "__fspath__") else files)]


def _existing(file: PathLike) -> str:
    located = path(file)
    if not os.path.exists(located):
        raise MissingFileError(f"{located}: no such file; expected an expression table")
    return located


def _is_frame(value: Any) -> bool:
    return isinstance(value, Mapping) or (
        hasattr(value, "columns") and (hasattr(value, "index") or hasattr(value, "get_columns"))
    )


def _of_frame(frame: Any) -> dict[str, list[Any]]:
    """Columns of a frame, the first one with the genes."""
    table = columns(frame)
    index = getattr(frame, "index", None)
    has_genes = bool(table) and all(isinstance(gene, str) for gene in next(iter(table.values())))
    if index is not None and not has_genes:
        return {"gene_id": [str(gene) for gene in index], **table}
    return table


def _of_anndata(data: Any, layer: str | None) -> dict[str, list[Any]]:
    """Genes by cell types of AnnData, whose observations are cell types."""
    if layer is not None and layer not in data.layers:
        raise RequestError(f"layer: {layer!r}; the AnnData has {', '.join(map(repr, data.layers)) or 'no layers'}")
    values = data.X if layer is None else data.layers[layer]
    matrix = np.asarray(values.toarray() if hasattr(values, "toarray") else values, dtype=np.float64)
    table: dict[str, list[Any]] = {"gene_id": [str(gene) for gene in data.var_names]}
    for cell_type, row in zip(data.obs_names, matrix, strict=True):
        table[str(cell_type)] = row.tolist()
    return table
