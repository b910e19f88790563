"""`salesforce-mcp`, which is also `python -m api`."""

import os
import signal
from types import FrameType


def main() -> None:
    """Run the command line. Ctrl-C ends it quietly, also while its parts are still being loaded."""
    # Raised in the midst of an import, an interrupt can get lost there. Nothing is open that would need an orderly end
    # before a server takes over the signals.
    signal.signal(signal.SIGINT, _leave)
    from api.commands.cli import main as run

    run()


def _leave(_: int, __: FrameType | None) -> None:
    os._exit(130)


if __name__ == "__main__":
    main()
