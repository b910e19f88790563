"""CSV as bulk jobs read and write it.

Source: fact sheet 6.1.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass

from infra.simulator.bulk.errors import invalid_batch
from infra.simulator.schema import unverified

DELIMITERS = {"COMMA": ",", "CARET": "^", "PIPE": "|", "SEMICOLON": ";", "TAB": "\t", "BACKQUOTE": "`"}
LINE_ENDINGS = {"LF": "\n", "CRLF": "\r\n"}
NOTHING = "#N/A"
"""What a cell says to clear a field; an empty one leaves it as it is."""
MAX_HEADER = 32_000
MAX_COLUMNS = 5_000

_QUOTED = re.compile(r'"(?:[^"]|"")*"')


@dataclass(frozen=True)
class CsvFormat:
    """Which delimiter and which line ending, by their names in the API."""

    delimiter: str = "COMMA"
    line_ending: str | None = "LF"
    """None reads either, and writes LF."""

    def write(self, rows: Iterable[Iterable[str]]) -> str:
        """The rows as text, with every value in quotes."""
        out = io.StringIO()
        ending = LINE_ENDINGS[self.line_ending or "LF"]
        writer = csv.writer(
            out, delimiter=DELIMITERS[self.delimiter], lineterminator=ending, quoting=csv.QUOTE_ALL, strict=True
        )
        writer.writerows(rows)
        return out.getvalue()

    def read(self, text: str) -> list[list[str]]:
        """Header and rows, all of the same length; nothing for a text without any. Raises SalesforceError."""
        self._refuse_other_endings(text)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=DELIMITERS[self.delimiter], strict=True)
        try:
            rows = [row for row in reader if row]
        except csv.Error as error:
            raise invalid_batch(unverified.BAD_CSV.format(reason=error)) from error
        if not rows:
            return []
        header = rows[0]
        if sum(map(len, header)) > MAX_HEADER or len(header) > MAX_COLUMNS:
            raise invalid_batch(unverified.HEADER_TOO_LONG)
        for number, row in enumerate(rows[1:], 1):
            if len(row) != len(header):
                found = {"row": number, "found": len(row), "needed": len(header)}
                raise invalid_batch(unverified.WRONG_COLUMN_COUNT.format(**found))
        return rows

    def record(self, header: list[str], row: list[str]) -> dict[str, str | None]:
        """The cells that say something, by the names of their columns."""
        cells = zip(header, row, strict=True)
        return {name: None if cell == NOTHING else cell for name, cell in cells if cell != ""}

    def _refuse_other_endings(self, text: str) -> None:
        if self.line_ending is None:
            return
        plain = _QUOTED.sub("", text)
        crlf = plain.count("\r\n")
        others = plain.count("\n") - crlf if self.line_ending == "CRLF" else crlf
        if others:
            raise invalid_batch(unverified.WRONG_LINE_ENDING.format(ending=self.line_ending))
