"""Several processes that answer on one socket."""

import signal
import socket
import time
from collections.abc import Callable
from multiprocessing import connection, get_context
from multiprocessing.context import SpawnProcess
from types import FrameType

import structlog

log = structlog.get_logger()

_PAUSE_SECONDS = 1.0


def run_workers(count: int, work: Callable[[socket.socket], None], listener: socket.socket) -> None:
    """Run `work` in as many processes until SIGINT or SIGTERM, which they get too; one that dies is replaced.

    `work` is a function of a module. (uvicorn's own supervisor always runs uvicorn's own server.)
    """
    spawn = get_context("spawn")
    workers: list[SpawnProcess] = []
    stopping = False

    def start() -> SpawnProcess:
        worker = spawn.Process(target=work, args=(listener,))
        worker.start()
        return worker

    def stop(_: int, __: FrameType | None) -> None:
        nonlocal stopping
        stopping = True
        for worker in workers:
            worker.terminate()

    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, stop)
    workers.extend(start() for _ in range(count))
    while not stopping:
        connection.wait([worker.sentinel for worker in workers], timeout=_PAUSE_SECONDS)
        for worker in [worker for worker in workers if worker.exitcode is not None]:
            if stopping:
                break
            log.warning("worker_died", exit_code=worker.exitcode)
            # Not at once: what killed it may kill the next one as well.
            time.sleep(_PAUSE_SECONDS)
            workers.remove(worker)
            workers.append(start())
    for worker in workers:
        worker.terminate()
        worker.join()
