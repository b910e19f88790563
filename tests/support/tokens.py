"""How much of a model's attention a text takes."""

from functools import lru_cache
from typing import Any

from mcp.types import Tool
from splintr import Tokenizer

from api.mcp.route_call import compact

VOCABULARY = "o200k_base"


def tokens(text: str) -> int:
    """How many tokens the text has; other vocabularies of today differ by some percent."""
    return len(_tokenizer().encode_ordinary(text))


def as_listed(tools: list[Tool]) -> list[dict[str, Any]]:
    """The tools as `tools/list` gives them."""
    return [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in tools]


def tokens_of_list(tools: list[Tool]) -> int:
    """What a list of tools costs in every conversation that has them."""
    return tokens(compact(as_listed(tools)))


@lru_cache(maxsize=1)
def _tokenizer() -> Any:
    return Tokenizer.from_pretrained(VOCABULARY)
