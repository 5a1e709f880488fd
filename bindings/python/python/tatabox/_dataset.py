"""Prepared data sets."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from . import _native
from ._exceptions import MissingFileError, RequestError, checked_arguments
from ._files import PathLike, path
from ._table import Table

if TYPE_CHECKING:
    import anndata

Split = Literal["train", "validation", "test"]
#: File of every data set.
_MANIFEST = "dataset.json"


class Dataset:
    """Promoter windows and expression of genes, split by chromosome.

    Parameters
    ----------
    folder : path
        Folder that `tatabox.prepare` or `tatabox prepare` wrote.

    Examples
    --------
    >>> import tatabox
    >>> dataset = tatabox.simulate("simulated", genes=60, seed=1)
    >>> len(dataset), dataset.window
    (60, (249, 51))
    >>> dataset.one_hot("test").shape[1:]
    (4, 300)
    """

    def __init__(self, folder: PathLike) -> None:
        self._native = _native.Dataset(_prepared(path(folder)))

    @property
    def folder(self) -> Path:
        """Folder of the data set."""
        return Path(self._native.path)

    @property
    def name(self) -> str:
        """Name of the data set."""
        return self._native.name

    @property
    def checksum(self) -> str:
        """SHA-256 of the manifest, which has the checksums of all files."""
        return self._native.checksum

    @property
    def cell_types(self) -> list[str]:
        """Names of the cell types."""
        return self._native.cell_types

    @property
    def window(self) -> tuple[int, int]:
        """Bases before the TSS base, and from it on."""
        return self._native.extent

    @property
    def feature_names(self) -> list[str]:
        """Names of the gene features; empty where there are none."""
        return self._native.feature_names

    @property
    def is_simulated(self) -> bool:
        """Whether promoters and expression are simulated."""
        return self._native.is_simulated

    def __len__(self) -> int:
        return len(self._native)

    @property
    def genes(self) -> Table:
        """Genes with TSS, split (empty for alternative TSSs) and number of known bases."""
        return Table(self._native.genes())

    def rows(self, split: Split | None = None) -> npt.NDArray[np.int64]:
        """Rows of a split, or all."""
        if split is None:
            return np.arange(len(self))
        if split not in ("train", "validation", "test"):
            raise RequestError(f"split: {split!r}; expected 'train', 'validation' or 'test'")
        splits = self.genes["split"]
        return np.asarray([row for row, of_gene in enumerate(splits) if of_gene == split], dtype=np.int64)

    def row(self, gene: str) -> int:
        """Row of a gene, by identifier or name."""
        return self._native.find(gene)

    def expression(self, rows: Split | Iterable[int] | None = None) -> npt.NDArray[np.float32]:
        """Measured log2(TPM + 1), `(genes, cell types)`; NaN where missing."""
        return self._native.expression(self._listed(rows))

    def codes(self, rows: Split | Iterable[int] | None = None, window: tuple[int, int] | None = None) -> npt.NDArray[np.uint8]:
        """Nucleotide codes of the windows, `(genes, bases)`: A 0, C 1, G 2, T 3, N 4.

        Parameters
        ----------
        rows : {"train", "validation", "test"} or iterable of int, optional
            Genes; all by default.
        window : (int, int), optional
            Bases before the TSS base, and from it on; by default the whole window.
        """
        with checked_arguments():
            return self._native.codes(self._listed(rows), window)

    def one_hot(
        self, rows: Split | Iterable[int] | None = None, window: tuple[int, int] | None = None
    ) -> npt.NDArray[np.float32]:
        """One-hot windows, `(genes, 4, bases)` in the order A, C, G, T; N is all zeros. Arguments as for `codes`."""
        with checked_arguments():
            return self._native.one_hot(self._listed(rows), window)

    def gene_features(self, rows: Split | Iterable[int] | None = None) -> npt.NDArray[np.float32]:
        """Gene features, `(genes, features)`; NaN for genes without them."""
        return self._native.gene_features(self._listed(rows))

    def to_torch(self, split: Split | None = None, window: tuple[int, int] | None = None) -> TorchDataset:
        """Map-style data set for `torch.utils.data.DataLoader`; works in worker processes."""
        return TorchDataset(self, self.rows(split), window)

    def to_anndata(self) -> anndata.AnnData:
        """AnnData with cell types as observations and genes as variables; `X` is log2(TPM + 1).

        Requires the package `anndata`.
        """
        import anndata
        import pandas

        variables = self.genes.to_pandas().set_index("gene_id")
        observations = pandas.DataFrame(index=pandas.Index(self.cell_types, name="cell_type"))
        return anndata.AnnData(X=self.expression().T.copy(), obs=observations, var=variables)

    def __reduce__(self) -> tuple[Any, ...]:
        return Dataset, (str(self.folder),)

    def __repr__(self) -> str:
        upstream, downstream = self.window
        return (
            f"<tatabox.Dataset {self.name}: {len(self)} windows from -{upstream} to +{downstream}, "
            f"{len(self.cell_types)} cell types>"
        )

    def _repr_html_(self) -> str:
        return self.genes._repr_html_()

    def _listed(self, rows: Split | Iterable[int] | None) -> list[int]:
        if rows is None or isinstance(rows, str):
            return [int(row) for row in self.rows(rows)]
        array = np.asarray(rows if isinstance(rows, np.ndarray) else list(rows))
        if array.dtype == bool:
            if array.shape != (len(self),):
                raise RequestError(f"rows: a mask of shape {array.shape}; expected ({len(self)},)")
            return [int(row) for row in np.flatnonzero(array)]
        if array.ndim != 1 or (array.size > 0 and array.dtype.kind not in "iu"):
            raise RequestError(f"rows: {array.dtype} of shape {array.shape}; expected whole numbers, a mask or a split")
        if array.size > 0 and array.min() < 0:
            raise RequestError(f"rows: {array.min()}; expected 0 or more")
        return [int(row) for row in array]


def _prepared(folder: str) -> str:
    """The folder, or the data set in `prepared` of a simulation."""
    if not os.path.exists(folder):
        raise MissingFileError(f"{folder}: no such folder; expected a data set")
    prepared = os.path.join(folder, "prepared")
    is_outer = not os.path.exists(os.path.join(folder, _MANIFEST)) and os.path.exists(os.path.join(prepared, _MANIFEST))
    return prepared if is_outer else folder


def as_dataset(dataset: Dataset | PathLike) -> Dataset:
    """The data set, or that in a folder."""
    return dataset if isinstance(dataset, Dataset) else Dataset(dataset)


class TorchDataset:
    """Pairs of one-hot window `(4, bases)` and log2(TPM + 1) `(cell types,)`, as arrays of NumPy.

    It has the interface of `torch.utils.data.Dataset` and does not import torch.
    """

    def __init__(self, dataset: Dataset, rows: npt.NDArray[np.int64], window: tuple[int, int] | None = None) -> None:
        self.dataset = dataset
        self.rows = rows
        self.window = window

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        row = [int(self.rows[index])]
        return self.dataset.one_hot(row, self.window)[0], self.dataset.expression(row)[0]

    def __getitems__(self, indices: list[int]) -> list[tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]]:
        """Several pairs at once, which is faster."""
        rows = [int(self.rows[index]) for index in indices]
        windows, expression = self.dataset.one_hot(rows, self.window), self.dataset.expression(rows)
        return list(zip(windows, expression, strict=True))
