"""The command `tatabox`."""

from __future__ import annotations

import os
import signal
import sys

from . import _native


def main() -> None:
    """Runs the command line with the arguments of this process."""
    # Ctrl-C ends or cancels a command as in the program without Python.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    code = _native.run_command(["tatabox", *sys.argv[1:]])
    # Threads of the native code must not outlive the interpreter.
    os._exit(code)


if __name__ == "__main__":
    main()
