"""Promoter sequences in the forms in which users have them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict

import numpy as np
import numpy.typing as npt

from ._exceptions import InputError, RequestError

if TYPE_CHECKING:
    #: A sequence, sequences, sequences by name, one-hot windows, or a column of pandas or polars.
    SequenceInput: TypeAlias = str | Iterable[str] | Mapping[str, str] | npt.NDArray[Any]

_NUCLEOTIDES = 4
#: Code of a base that is not known; its one-hot encoding is all zeros.
_UNKNOWN = 4


class NamedSequences(TypedDict):
    """Sequences as the native module takes them."""

    names: list[str]
    sequences: list[str] | npt.NDArray[np.uint8]
    tss_offset: int | None
    gene_features: npt.NDArray[np.float32] | None


def named_sequences(
    sequences: SequenceInput,
    names: Iterable[str] | None = None,
    tss_offset: int | None = None,
    gene_features: Any = None,
    feature_names: Sequence[str] = (),
) -> NamedSequences:
    """Sequences with their names.

    Parameters
    ----------
    sequences : str, iterable of str, mapping of str to str, ndarray
        Letters of either case; or one-hot windows `(N, 4, L)` or `(N, L, 4)` in the order A, C, G, T, with zeros for N; or a
        column of pandas or polars. A mapping, and a column of pandas with an index of text, have names.
    names : iterable of str, optional
        Names of the promoters; by default those of the mapping or index, else `promoter_1` and so on.
    tss_offset : int, optional
        0-based index of the TSS base; by default that of the model for sequences of exactly its length.
    gene_features : array_like or data frame, optional
        `(N, features)` in the order of `Model.feature_names`; the columns of a data frame are found by name.
    feature_names : sequence of str
        Gene features that the model reads.

    Raises
    ------
    InputError
        The array is not one-hot.
    """
    letters: list[str] | npt.NDArray[np.uint8]
    if hasattr(sequences, "columns"):
        raise InputError("a data frame; expected one of its columns, or a list of sequences")
    if isinstance(sequences, bytes):
        sequences = sequences.decode("ascii", errors="replace")
    if isinstance(sequences, str):
        letters = [sequences]
    elif isinstance(sequences, Mapping):
        names = list(sequences) if names is None else names
        letters = list(sequences.values())
    elif isinstance(sequences, np.ndarray) and sequences.dtype.kind not in "OUS":
        letters = codes_of_one_hot(sequences)
    elif hasattr(sequences, "to_list"):
        index = getattr(sequences, "index", None)
        if names is None and index is not None and all(isinstance(name, str) for name in index):
            names = [str(name) for name in index]
        letters = list(sequences.to_list())
    else:
        letters = [str(sequence) if isinstance(sequence, np.str_) else sequence for sequence in sequences]
    count = len(letters)
    if not isinstance(letters, np.ndarray):
        for number, sequence in enumerate(letters):
            if not isinstance(sequence, str):
                raise InputError(f"sequence {number} is {type(sequence).__name__}; expected letters")
    listed = [f"promoter_{number}" for number in range(1, count + 1)] if names is None else [str(name) for name in names]
    if len(listed) != count:
        raise RequestError(f"names: {len(listed)} for {count} sequences; expected one each")
    features = None if gene_features is None else _features(gene_features, count, feature_names)
    return {"names": listed, "sequences": letters, "tss_offset": tss_offset, "gene_features": features}


def codes_of_one_hot(windows: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Nucleotide codes `(N, L)` of one-hot windows `(N, 4, L)` or `(N, L, 4)`: A 0, C 1, G 2, T 3, N 4.

    Raises
    ------
    InputError
        The shape is another, or a base is neither one-hot nor all zeros.
    """
    if windows.ndim != 3 or _NUCLEOTIDES not in windows.shape[1:]:
        raise InputError(
            f"an array of shape {windows.shape}; expected one-hot windows (N, 4, L) or (N, L, 4), nucleotides in the order "
            "A, C, G, T"
        )
    if windows.dtype.kind not in "biuf":
        raise InputError(f"an array of type {windows.dtype}; expected numbers or Booleans")
    if windows.shape[1] == windows.shape[2]:
        raise InputError(
            f"an array of shape {windows.shape}: either axis may hold the nucleotides; expected a window length other than 4"
        )
    channels = windows if windows.shape[1] == _NUCLEOTIDES else windows.transpose(0, 2, 1)
    hot = channels == 1
    if not np.array_equal(hot, channels != 0):
        window, nucleotide, base = (int(index[0]) for index in np.nonzero(hot != (channels != 0)))
        value = channels[window, nucleotide, base]
        raise InputError(f"window {window}, base {base} holds {value}; expected 0 or 1")
    set_bits = hot.sum(axis=1)
    if (set_bits > 1).any():
        window, base = (int(index[0]) for index in np.nonzero(set_bits > 1))
        raise InputError(
            f"window {window}, base {base} has {int(set_bits[window, base])} nucleotides; expected one, or none for N"
        )
    codes = hot.argmax(axis=1).astype(np.uint8)
    codes[set_bits == 0] = _UNKNOWN
    return np.ascontiguousarray(codes)


def _features(values: Any, count: int, names: Sequence[str]) -> npt.NDArray[np.float32]:
    """Gene features as a matrix, in the order of the model."""
    if hasattr(values, "columns"):
        known = [str(name) for name in values.columns]
        missing = [name for name in names if name not in known]
        if missing:
            raise RequestError(f"gene_features: no column {missing[0]}; expected {', '.join(names)}")
        values = np.column_stack([np.asarray(values[name]) for name in names]) if names else np.empty((count, 0))
    try:
        features = np.ascontiguousarray(np.asarray(values, dtype=np.float32))
    except (TypeError, ValueError) as error:
        raise RequestError(f"gene_features: {error}; expected numbers (promoters, features)") from error
    if features.ndim == 1 and count == 1:
        features = features[np.newaxis, :]
    if features.ndim != 2:
        raise RequestError(f"gene_features: shape {features.shape}; expected (promoters, features)")
    return features
