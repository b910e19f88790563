"""Measure the gateway and print tables: `make bench`, or one of them with `make bench ARGS=gateway`.

`make bench ARGS=simulator BENCH_BASE=FOLDER` compares the simulator with the one of another checkout.
`make bench ARGS=others` measures the tool lists of other servers anew, for which it downloads them (600 MB).
"""

import sys

from tests.bench import gateway, others, simulator, sizes

MEASUREMENTS = {"sizes": sizes.main, "gateway": gateway.main, "simulator": simulator.main}
ON_REQUEST = {"others": others.main}

if __name__ == "__main__":
    for name in sys.argv[1:] or MEASUREMENTS:
        (MEASUREMENTS | ON_REQUEST)[name]()
