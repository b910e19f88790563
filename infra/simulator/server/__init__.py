"""The simulator put together, and reached: sockets, TLS, a proxy for names, or without sockets."""
