"""Measure the gateway and print tables: `make bench`, or `make bench ARGS=gateway`."""

import sys

from tests.bench import gateway, simulator

MEASUREMENTS = {"gateway": gateway.main, "simulator": simulator.main}

if __name__ == "__main__":
    for name in sys.argv[1:] or MEASUREMENTS:
        MEASUREMENTS[name]()
