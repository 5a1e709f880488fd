"""Paths, and files made of tables in memory."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

PathLike = str | os.PathLike[str]


def path(value: PathLike) -> str:
    """Path as text, with `~` expanded."""
    return os.path.expanduser(os.fspath(value))


def optional_path(value: PathLike | None) -> str | None:
    """As `path`; `None` for `None`."""
    return None if value is None else path(value)


def named_paths(values: Mapping[str, PathLike] | None) -> list[tuple[str, str]]:
    """Names with their paths."""
    return [(name, path(value)) for name, value in (values or {}).items()]


def names(value: str | Iterable[str] | None) -> list[str]:
    """A name, or several, as a list; empty for `None`."""
    if value is None:
        return []
    return [value] if isinstance(value, str) else [str(name) for name in value]


def cache_folder() -> str:
    """Folder of what can be made again, as the XDG base directory specification has it."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "tatabox")


def columns(table: Any) -> dict[str, list[Any]]:
    """Columns of a table: a mapping, or a data frame of pandas or polars."""
    if isinstance(table, Mapping):
        return {str(name): list(values) for name, values in table.items()}
    if hasattr(table, "get_columns"):
        return {column.name: column.to_list() for column in table.get_columns()}
    if hasattr(table, "columns") and hasattr(table, "index"):
        return {str(name): table[name].tolist() for name in table.columns}
    raise TypeError(f"expected a mapping or a data frame of pandas or polars, found {type(table).__name__}")


def write_tsv(table: Mapping[str, list[Any]], destination: Path) -> None:
    """Writes columns as tab-separated values; missing values are empty."""
    lengths = {name: len(values) for name, values in table.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"columns differ in length: {lengths}")
    with open(destination, "w", encoding="utf-8", newline="\n") as file:
        file.write("\t".join(table) + "\n")
        for row in zip(*table.values(), strict=True):
            file.write("\t".join(_cell(value) for value in row) + "\n")


def _cell(value: Any) -> str:
    if value is None or value != value:
        return ""
    text = repr(float(value)) if isinstance(value, float) else str(value)
    if "\t" in text or "\n" in text:
        raise ValueError(f"a cell contains a tab or a line break: {text!r}")
    return text
