"""Explanations of predictions."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from . import _native
from ._exceptions import InputError, RequestError

if TYPE_CHECKING:
    import pandas


class AttentionBin(NamedTuple):
    """Interval under one attention weight, relative to the TSS and half-open."""

    start_bp: int
    end_bp: int
    weight: float


class Deletion(NamedTuple):
    """Effect of a deletion of `[start_bp, end_bp)`, in log2(TPM + 1)."""

    start_bp: int
    end_bp: int
    effect: float


class MotifSite(NamedTuple):
    """Site of a known motif, relative to the TSS and half-open."""

    motif: str
    start_bp: int
    end_bp: int
    strand: str
    score_bits: float
    p_value: float


class Explanation:
    """Contributions of the bases of a promoter to its prediction. In a notebook it is shown as a figure.

    Positions are relative to the TSS base, which is 0, in sense direction; contributions are differences of log2(TPM + 1).

    Attributes
    ----------
    cell_types : list of str
        Explained outputs.
    methods : list of str
        Methods of attribution, the first of which is the default of the methods below.

    Examples
    --------
    >>> import tatabox
    >>> explanation = tatabox.Model.bundled().explain("ACGT" * 75, cell_types="K562", region=(-20, 10))
    >>> explanation.contributions("K562").shape, explanation.hypothetical("K562").shape
    ((30,), (4, 30))
    """

    def __init__(self, native: _native.Explanation, methods: list[str], cell_types: list[str]) -> None:
        self._native = native
        self.methods = methods
        self.cell_types = cell_types

    @property
    def id(self) -> str:
        """Name of the promoter."""
        return self._native.id

    @property
    def sequence(self) -> str:
        """Letters of the explained bases."""
        return self._native.sequence

    @property
    def start_bp(self) -> int:
        """Position of the first explained base."""
        return self._native.start_bp

    @property
    def positions_bp(self) -> npt.NDArray[np.int64]:
        """Positions of the explained bases, `(bases,)`."""
        return np.arange(self.start_bp, self.start_bp + len(self.sequence))

    @property
    def note(self) -> str:
        """Conditions that affect how the explanation is to be read; empty where there are none."""
        return self._native.note

    @property
    def prediction(self) -> dict[str, float] | None:
        """Prediction by output, log2(TPM + 1); `None` for a promoter without a known base."""
        return self._native.prediction

    def contributions(self, cell_type: str | None = None, method: str | None = None) -> npt.NDArray[np.float64]:
        """Contribution of each base, `(bases,)`; 0 for N."""
        return self._native.contribution(self._method(method), self._cell_type(cell_type))

    def hypothetical(self, cell_type: str | None = None, method: str | None = None) -> npt.NDArray[np.float64]:
        """Contribution that A, C, G and T have or would have at each position, `(4, bases)`, as TF-MoDISco reads it."""
        return self._native.hypothetical(self._method(method), self._cell_type(cell_type))

    def completeness_delta(self, cell_type: str | None = None) -> float | None:
        """Fraction of the explained difference that integrated gradients miss; `None` if they were not requested."""
        if "integrated-gradients" not in self.methods:
            return None
        return self._native.completeness_delta("integrated-gradients", self._cell_type(cell_type))

    def substitutions(self, cell_type: str | None = None) -> npt.NDArray[np.float64] | None:
        """Effects of all substitutions, `(4, bases)`: 0 for the base itself, NaN at N; `None` without method `ism`."""
        return self._native.substitutions(self._cell_type(cell_type))

    def substitutions_by_member(self, cell_type: str | None = None) -> npt.NDArray[np.float64] | None:
        """As `substitutions`, for each member of an ensemble, `(members, 4, bases)`."""
        return self._native.substitutions_by_member(self._cell_type(cell_type))

    def one_hot(self) -> npt.NDArray[np.float32]:
        """One-hot encoding of the explained bases, `(4, bases)`; N is all zeros."""
        letters = np.frombuffer(self.sequence.encode(), dtype=np.uint8)
        hot: npt.NDArray[np.bool_] = letters[np.newaxis, :] == np.frombuffer(b"ACGT", dtype=np.uint8)[:, np.newaxis]
        return hot.astype(np.float32)

    @property
    def attention(self) -> list[AttentionBin]:
        """Attention weights; empty for a model without attention."""
        return [AttentionBin(*values) for values in self._native.attention]

    def deletions(self, cell_type: str | None = None) -> list[Deletion]:
        """Effects of deletions, if requested."""
        return [Deletion(*values) for values in self._native.deletions(self._cell_type(cell_type))]

    @property
    def motif_sites(self) -> list[MotifSite]:
        """Sites of known motifs, if requested."""
        return [MotifSite(*values) for values in self._native.motif_sites]

    def to_pandas(self, cell_type: str | None = None) -> pandas.DataFrame:
        """One row per base: `position_bp`, `base`, and a column of contributions per method."""
        import pandas

        values = {method: self.contributions(cell_type, method) for method in self.methods if method != "attention"}
        return pandas.DataFrame({"position_bp": self.positions_bp, "base": list(self.sequence), **values})

    def svg(self, cell_type: str | None = None) -> str | None:
        """Figure as SVG; `None` where there is nothing to draw."""
        return self._native.svg(self._cell_type(cell_type))

    def _repr_svg_(self) -> str | None:
        return self.svg() if len(self.cell_types) == 1 else None

    def _repr_html_(self) -> str | None:
        if len(self.cell_types) == 1:
            return None
        figures = (self.svg(cell_type) for cell_type in self.cell_types)
        return "".join(figure for figure in figures if figure)

    def __repr__(self) -> str:
        end_bp = self.start_bp + len(self.sequence)
        return (
            f"<tatabox.Explanation of {self.id}, {self.start_bp:+}..{end_bp:+}, "
            f"by {', '.join(self.methods)} in {', '.join(self.cell_types)}>"
        )

    def _cell_type(self, cell_type: str | None) -> str:
        if self.prediction is None:
            raise InputError(f"{self.id} has no prediction to explain: {self.note}")
        if cell_type is not None:
            return cell_type
        if len(self.cell_types) > 1:
            raise RequestError(f"cell_type: none; expected one of {', '.join(self.cell_types)}")
        return self.cell_types[0]

    def _method(self, method: str | None) -> str:
        chosen = next((known for known in self.methods if known != "attention"), None) if method is None else method
        if chosen is None or chosen == "attention":
            raise RequestError("method: attention weights are no contributions; see Explanation.attention")
        return chosen
