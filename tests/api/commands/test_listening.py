"""Servers on sockets."""

from __future__ import annotations

import socket
from contextlib import closing

import pytest

from api.commands.listening import PortInUseError, listen


def test_connections_do_not_wait_for_acknowledgements() -> None:
    with closing(listen("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()):
        connection, _ = listener.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_port_in_use_is_told_with_the_way_to_another_one() -> None:
    with closing(listen("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(PortInUseError, match="MCP_PORT") as taken:
            listen("127.0.0.1", port)
        with pytest.raises(PortInUseError, match=r"Use --port\.$"):
            listen("127.0.0.1", port, instead="Use --port")
    with pytest.raises(PortInUseError) as nowhere:
        listen("192.0.2.1", 0)

    assert (taken.value.is_taken, nowhere.value.is_taken) == (True, False)
