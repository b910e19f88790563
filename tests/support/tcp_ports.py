"""Ports for servers that have to keep theirs while they are stopped and started again."""

import errno
import random
import socket

_BELOW_WHAT_THE_SYSTEM_GIVES_OUT = range(15_000, 32_000)


def lasting_port() -> int:
    """A free port that the system gives to nobody who asks it for any free one."""
    while True:
        port = random.choice(_BELOW_WHAT_THE_SYSTEM_GIVES_OUT)
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
        else:
            return port
