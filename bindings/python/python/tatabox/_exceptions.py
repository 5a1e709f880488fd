"""Exceptions and warnings of the package."""

from __future__ import annotations


class TataboxError(Exception):
    """Base class of all exceptions of the package.

    Parameters
    ----------
    message : str
        What was found, where, and what was expected.
    remedy : str, optional
        Next step in terms of this package.
    """

    def __init__(self, message: str, remedy: str | None = None) -> None:
        super().__init__(message if remedy is None else f"{message}; {remedy}")
        self.remedy = remedy

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuilt, (type(self), self.args, self.remedy)


def _rebuilt(kind: type[TataboxError], arguments: tuple[object, ...], remedy: str | None) -> TataboxError:
    error = kind.__new__(kind, *arguments)
    error.args = arguments
    error.remedy = remedy
    return error


class RequestError(TataboxError, ValueError):
    """An argument is outside its range."""


class InputError(TataboxError, ValueError):
    """A file, record or sequence does not hold what the task requires."""


class MissingFileError(InputError, FileNotFoundError):
    """An input does not exist."""

    def __str__(self) -> str:
        return str(self.args[0])


class ModelError(TataboxError):
    """A model, or settings of its training, cannot be used."""


class OutputError(TataboxError, OSError):
    """An output cannot be written."""

    def __str__(self) -> str:
        return str(self.args[0])


class CancelledError(TataboxError):
    """A callback cancelled the task."""


class TataboxWarning(UserWarning):
    """A condition that affects how results are to be read."""
