"""Tables of results."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from . import _native
from ._files import PathLike, path

if TYPE_CHECKING:
    import pandas
    import polars

#: Rows that a notebook shows.
_SHOWN_ROWS = 10


class Table:
    """Table of results, immutable.

    Libraries that read the Arrow PyCapsule interface take it without a copy: `polars.DataFrame(table)`, `pyarrow.table(table)`,
    `duckdb`.

    Examples
    --------
    >>> import tatabox
    >>> table = tatabox.Model.bundled().predict("ACGT" * 75).table()
    >>> table.column_names
    ['id', 'cell_type', 'log2_tpm', 'tpm', 'log2_tpm_sd', 'n_acgt', 'note']
    >>> len(table), table["cell_type"][0]
    (8, 'K562')
    """

    def __init__(self, native: _native.Table) -> None:
        self._native = native

    @classmethod
    def read(cls, file: PathLike) -> Table:
        """Reads a table that tatabox wrote.

        Parameters
        ----------
        file : path
            Parquet, TSV or CSV.
        """
        return cls(_native.read_table(path(file)))

    @property
    def column_names(self) -> list[str]:
        """Names of the columns."""
        return self._native.column_names

    def __len__(self) -> int:
        return len(self._native)

    def __getitem__(self, name: str) -> Any:
        """Column: an array of numbers or Booleans; a list where it holds text, or whole numbers with missing values."""
        if name not in self.column_names:
            raise KeyError(f"{name!r}; the table has {', '.join(self.column_names)}")
        return self._native.column(name)

    def __iter__(self) -> Iterator[str]:
        """Names of the columns, as of a mapping."""
        return iter(self.column_names)

    def __contains__(self, name: object) -> bool:
        return name in self.column_names

    def to_dict(self) -> dict[str, Any]:
        """Columns by name, as `table[name]`."""
        return {name: self[name] for name in self.column_names}

    def to_pandas(self) -> pandas.DataFrame:
        """Data frame of pandas."""
        import pandas

        return pandas.DataFrame(self.to_dict(), columns=self.column_names)

    def to_polars(self) -> polars.DataFrame:
        """Data frame of polars."""
        import polars

        return polars.DataFrame(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return _of_bytes, (self._native.to_bytes(),)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._native.__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        return f"<tatabox.Table: {len(self)} rows of {', '.join(self.column_names)}>"

    def _repr_html_(self) -> str:
        return self._html(self.column_names)

    def _html(self, names: Iterable[str]) -> str:
        """Some columns of the first rows."""
        shown = {name: self[name][:_SHOWN_ROWS] for name in names}
        head = "".join(f"<th>{html.escape(name)}</th>" for name in shown)
        rows = zip(*shown.values(), strict=True)
        body = "".join("<tr>" + "".join(f"<td>{html.escape(_shown(value))}</td>" for value in row) + "</tr>" for row in rows)
        more = f"<p>{len(self):,} rows</p>" if len(self) > _SHOWN_ROWS else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def _of_bytes(content: bytes) -> Table:
    return Table(_native.table_of_bytes(content))


def _shown(value: Any) -> str:
    if value is None or value != value:
        return ""
    return f"{value:.4g}" if isinstance(value, float) else str(value)
