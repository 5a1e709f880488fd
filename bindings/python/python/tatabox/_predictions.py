"""Predictions of sequences in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, overload

import numpy as np
import numpy.typing as npt

from . import _native
from ._table import Table

if TYPE_CHECKING:
    import anndata
    import pandas
    import polars


class Predictions:
    """Predicted expression of promoters.

    Attributes
    ----------
    ids : list of str
        Names of the promoters.
    cell_types : list of str
        Names of the outputs.
    log2_tpm : ndarray
        `(promoters, outputs)`, log2(TPM + 1); NaN for a promoter without a known base.
    log2_tpm_sd : ndarray or None
        Standard deviation over the members of an ensemble; `None` for a single network.

    Examples
    --------
    >>> import tatabox
    >>> predictions = tatabox.Model.bundled().predict({"flat": "A" * 300, "cpg": "CG" * 150})
    >>> predictions.log2_tpm.shape
    (2, 8)
    >>> bool(predictions["cpg", "K562"] > predictions["flat", "K562"])
    True
    """

    def __init__(self, native: _native.Predictions) -> None:
        self._native = native
        self.ids: list[str] = native.ids
        self.cell_types: list[str] = native.cell_types
        self.log2_tpm: npt.NDArray[np.float64] = native.log2_tpm
        self.log2_tpm_sd: npt.NDArray[np.float64] | None = native.log2_tpm_sd

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def tpm(self) -> npt.NDArray[np.float64]:
        """Transcripts per million, `(promoters, outputs)`; of no meaning for outputs of assays."""
        return np.maximum(np.exp2(self.log2_tpm) - 1.0, 0.0)

    @property
    def n_acgt(self) -> npt.NDArray[np.int64]:
        """Number of known bases that the model read, per promoter."""
        return np.asarray(self._native.n_acgt, dtype=np.int64)

    @property
    def notes(self) -> list[str]:
        """Conditions that affect a prediction, per promoter; empty where there are none."""
        return self._native.notes

    @overload
    def __getitem__(self, key: str) -> npt.NDArray[np.float64]: ...

    @overload
    def __getitem__(self, key: tuple[str, str]) -> np.float64: ...

    def __getitem__(self, key: str | tuple[str, str]) -> npt.NDArray[np.float64] | np.float64:
        """log2(TPM + 1) of a promoter, by name: `(outputs,)`; with a cell type one value."""
        promoter, cell_type = (key, None) if isinstance(key, str) else key
        if promoter not in self.ids:
            raise KeyError(f"{promoter!r} is no promoter; there are {len(self)}, such as {', '.join(self.ids[:3])}")
        row: npt.NDArray[np.float64] = self.log2_tpm[self.ids.index(promoter)]
        if cell_type is None:
            return row
        if cell_type not in self.cell_types:
            raise KeyError(f"{cell_type!r} is no output; there are {', '.join(self.cell_types)}")
        value: np.float64 = row[self.cell_types.index(cell_type)]
        return value

    def __iter__(self) -> Iterator[str]:
        """Names of the promoters, as of a mapping."""
        return iter(self.ids)

    def __array__(self, dtype: npt.DTypeLike | None = None, copy: bool | None = None) -> npt.NDArray[Any]:
        return self.log2_tpm.astype(dtype or np.float64, copy=bool(copy))

    def __reduce__(self) -> tuple[Any, ...]:
        return _of_state, (self._native.state(),)

    def table(self, wide: bool = False) -> Table:
        """The table that `tatabox predict` writes.

        Parameters
        ----------
        wide : bool
            One row per promoter instead of one row per promoter and output.
        """
        return Table(self._native.table(wide))

    def to_pandas(self, wide: bool = False) -> pandas.DataFrame:
        """The table as a data frame of pandas."""
        return self.table(wide).to_pandas()

    def to_polars(self, wide: bool = False) -> polars.DataFrame:
        """The table as a data frame of polars."""
        return self.table(wide).to_polars()

    def to_anndata(self) -> anndata.AnnData:
        """AnnData with cell types as observations and promoters as variables; `X` is log2(TPM + 1).

        Requires the package `anndata`.
        """
        import anndata
        import pandas

        observations = pandas.DataFrame(index=pandas.Index(self.cell_types, name="cell_type"))
        variables = pandas.DataFrame({"n_acgt": self.n_acgt, "note": self.notes}, index=pandas.Index(self.ids, name="promoter"))
        data = anndata.AnnData(X=self.log2_tpm.T.copy(), obs=observations, var=variables)
        if self.log2_tpm_sd is not None:
            data.layers["log2_tpm_sd"] = self.log2_tpm_sd.T.copy()
        return data

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> Any:
        return self.table().__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        return f"<tatabox.Predictions: {len(self)} promoters in {', '.join(self.cell_types)}>"

    def _repr_html_(self) -> str:
        names = [name for name in self.table(wide=True) if not name.startswith("log2_tpm_sd_")]
        return self.table(wide=True)._html(names)


def _of_state(state: tuple[Any, ...]) -> Predictions:
    return Predictions(_native.predictions_of_state(state))
