"""CSV as bulk jobs read and write it.

Source: fact sheet 6.1.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass

from infra.simulator.schema import unverified

DELIMITERS = {"COMMA": ",", "CARET": "^", "PIPE": "|", "SEMICOLON": ";", "TAB": "\t", "BACKQUOTE": "`"}
LINE_ENDINGS = {"LF": "\n", "CRLF": "\r\n"}
NOTHING = "#N/A"
"""What a cell says to clear a field; an empty one leaves it as it is."""
MAX_HEADER = 32_000
MAX_COLUMNS = 5_000

_QUOTED = re.compile(r'"(?:[^"]|"")*"')


class CsvError(Exception):
    """The text cannot be read; the message says why."""


@dataclass(frozen=True)
class CsvFormat:
    """Which delimiter and which line ending, by their names in the API."""

    delimiter: str = "COMMA"
    line_ending: str = "LF"

    def write(self, rows: Iterable[Iterable[str]]) -> str:
        """The rows as text, with every value in quotes."""
        out = io.StringIO()
        ending = LINE_ENDINGS[self.line_ending]
        writer = csv.writer(
            out, delimiter=DELIMITERS[self.delimiter], lineterminator=ending, quoting=csv.QUOTE_ALL, strict=True
        )
        writer.writerows(rows)
        return out.getvalue()

    def read(self, text: str) -> list[list[str]]:
        """Header and rows, all of the same length; nothing for a text without any. Raises CsvError."""
        self._refuse_other_endings(text)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=DELIMITERS[self.delimiter], strict=True)
        try:
            rows = [row for row in reader if row]
        except csv.Error as error:
            raise CsvError(unverified.BAD_CSV.format(reason=error)) from error
        if not rows:
            return []
        header = rows[0]
        if sum(map(len, header)) > MAX_HEADER or len(header) > MAX_COLUMNS:
            raise CsvError(unverified.HEADER_TOO_LONG)
        for number, row in enumerate(rows[1:], 1):
            if len(row) != len(header):
                raise CsvError(unverified.WRONG_COLUMN_COUNT.format(row=number, found=len(row), needed=len(header)))
        return rows

    def _refuse_other_endings(self, text: str) -> None:
        plain = _QUOTED.sub("", text)
        crlf = plain.count("\r\n")
        others = plain.count("\n") - crlf if self.line_ending == "CRLF" else crlf
        if others:
            raise CsvError(unverified.WRONG_LINE_ENDING.format(ending=self.line_ending))
