"""One call: counted, delayed, failing as the faults say, and answered."""
