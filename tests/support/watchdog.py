"""Ends the process groups that a test run has left behind, once that run itself is gone.

It is told of each group on standard input, `+123` when one begins and `-123` when it is over; the end of the input is
the end of the run, however that came about.
"""

import os
import signal
import sys
from contextlib import suppress


def watch() -> None:
    """Read until the end of the input, then kill what is left."""
    groups: set[int] = set()
    for line in sys.stdin:
        group = int(line[1:])
        if line[0] == "+":
            groups.add(group)
        else:
            groups.discard(group)
    for group in groups:
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    watch()
