"""Exceptions and warnings of the package."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

#: Argument in the messages and notes of the native module about values of another type.
_ARGUMENT = re.compile(r"(?:argument '|while processing '|failed to extract field \w+\.)(\w+)")


class TataboxError(Exception):
    """Base class of all exceptions of the package.

    Parameters
    ----------
    message : str
        Finding, place and expectation.
    remedy : str, optional
        Next step in terms of this package.
    """

    def __init__(self, message: str, remedy: str | None = None) -> None:
        super().__init__(message if remedy is None else f"{message}; {remedy}")
        self.remedy = remedy

    def replaced(self, text: str, by: str) -> TataboxError:
        """The same exception with another name of an input."""
        return _rebuilt(type(self), (str(self.args[0]).replace(text, by),), self.remedy)

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
    """A file, record or sequence lacks something that the task requires, or is malformed."""


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


@contextlib.contextmanager
def checked_arguments() -> Iterator[None]:
    """Turn errors of the native module about the type or range of a value into a `RequestError` that names the argument."""
    try:
        yield
    except (TypeError, OverflowError) as error:
        argument: str | None = None
        cause: BaseException = error
        chain: BaseException | None = error
        while chain is not None:
            cause = chain
            argument = _named(str(chain)) or argument or _named("\n".join(getattr(chain, "__notes__", [])))
            chain = chain.__cause__
        if argument is None:
            raise
        raise RequestError(f"{argument}: {cause}") from error


def _named(text: str) -> str | None:
    """Argument that a message names."""
    found = _ARGUMENT.findall(text)
    return found[-1] if found else None
