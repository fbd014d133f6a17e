"""How many tokens a prompt takes: counted by the model's own tokenizer, or estimated where there is none."""

import re
from collections.abc import Callable

Count = Callable[[str], int]
"""Tokens of a text, with those that a tokenizer puts around it."""


def estimate_tokens(text: str) -> int:
    """More tokens than a T5 or CLIP tokenizer makes of English: one for each five letters of a word, one a punctuation mark."""
    return len(re.findall(r"\w{1,5}|[^\w\s]", text)) + 2
