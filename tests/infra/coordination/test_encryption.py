"""Sealed values."""

from infra.coordination.encryption import seal, unseal

VALUE = b"token" * 10


def test_only_who_knows_the_secret_reads_the_value() -> None:
    sealed = seal("secret", "session", VALUE)

    assert unseal("secret", "session", sealed) == VALUE
    assert unseal("other", "session", sealed) is None
    assert unseal("secret", "other", sealed) is None
    assert VALUE not in sealed


def test_the_same_value_looks_different_every_time() -> None:
    assert seal("secret", "session", VALUE) != seal("secret", "session", VALUE)


def test_a_damaged_value_is_none() -> None:
    sealed = seal("secret", "session", VALUE)

    for damaged in (b"", sealed[:5], sealed[:-1], bytes([sealed[0] ^ 1]) + sealed[1:]):
        assert unseal("secret", "session", damaged) is None
