"""Progress bars, warnings and log messages of running tasks."""

from __future__ import annotations

import importlib.util
import logging
import os
import sys
import warnings
from collections.abc import Callable
from typing import Any, TypedDict

from ._exceptions import TataboxWarning

_LOGGER = logging.getLogger("tatabox")
_PACKAGE = os.path.dirname(__file__) + os.sep


class Epoch(TypedDict):
    """Scores of an epoch of training."""

    #: Network of an ensemble, from 1; `None` for a single network.
    member: int | None
    #: Epoch, from 1.
    epoch: int
    #: Largest number of epochs.
    epochs: int
    #: Mean loss over the training windows, in squared z-scores.
    train_loss: float
    #: Mean loss over the validation genes.
    validation_loss: float
    #: Mean Pearson correlation over cell types on the validation genes.
    validation_pearson: float
    #: Learning rate at the end of the epoch.
    learning_rate: float
    #: Epoch with the best validation Pearson correlation so far.
    best_epoch: int
    #: Training windows per second.
    windows_per_s: float


class Listener:
    """Receiver of the messages of a task.

    Parameters
    ----------
    progress : bool, optional
        Whether bars are drawn; by default where the package `tqdm` is installed and a person watches.
    on_epoch : callable, optional
        Called with an `Epoch` after each epoch of training.
    """

    def __init__(self, progress: bool | None = None, on_epoch: Callable[[Epoch], object] | None = None) -> None:
        self._bar = _bar_class(progress)
        self._bars: dict[int, Any] = {}
        self._on_epoch = on_epoch

    def progress(self, step: int, label: str, unit: str, done: int, total: int | None, message: str, stage: str) -> None:
        if self._bar is None:
            return
        bar = self._bars.get(step)
        if bar is None:
            if stage in ("finished", "removed"):
                return
            bar = self._bars[step] = self._bar(total=total, desc=label, unit=f" {unit}", leave=False)
        bar.total = total
        bar.update(done - bar.n)
        if message:
            bar.set_postfix_str(message)
        if stage in ("finished", "removed"):
            bar.close()
            del self._bars[step]

    def note(self, message: str) -> None:
        _LOGGER.info(message)

    def warn(self, message: str) -> None:
        warnings.warn(message, TataboxWarning, stacklevel=_caller_level())

    def epoch(self, values: Epoch) -> None:
        _LOGGER.info(
            "epoch %d of %d: loss %.4f, validation Pearson %.4f",
            values["epoch"],
            values["epochs"],
            values["train_loss"],
            values["validation_pearson"],
        )
        if self._on_epoch is not None:
            self._on_epoch(values)


def _caller_level() -> int:
    """Number of frames from `Listener.warn` to the code that called the package."""
    frame, level = sys._getframe(1), 1
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame, level = frame.f_back, level + 1
    return level


def _bar_class(progress: bool | None) -> Any:
    if progress is False or (progress is None and not _is_watched()):
        return None
    try:
        # Bars of a notebook are widgets.
        if "ipykernel" in sys.modules and importlib.util.find_spec("ipywidgets") is not None:
            from tqdm.notebook import tqdm
        else:
            from tqdm.std import tqdm
    except ImportError:
        if progress:
            raise ImportError("progress=True requires the package tqdm; install it with: pip install tqdm") from None
        return None
    return tqdm


def _is_watched() -> bool:
    """Whether standard error is a terminal, or the process belongs to a notebook."""
    return sys.stderr.isatty() or "ipykernel" in sys.modules
