"""Servers on sockets."""

from __future__ import annotations

import socket
from contextlib import closing

import pytest

from api.servers import PortInUseError, listen


def test_connections_do_not_wait_for_acknowledgements() -> None:
    with closing(listen("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()):
        connection, _ = listener.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_port_in_use_is_told() -> None:
    with closing(listen("127.0.0.1", 0)) as listener, pytest.raises(PortInUseError, match="Choose another port"):
        listen("127.0.0.1", listener.getsockname()[1])
