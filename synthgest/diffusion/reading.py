"""How a model reads a prompt: its own tokenizer, loaded without the model."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from synthgest.diffusion.libraries import diffusers_library
from synthgest.errors import ModelError


@cache
def tokens_of(folder: Path) -> Callable[[str], int]:
    """Counts a text's tokens as the pipeline in ``folder`` would, with those that its tokenizer puts around it."""
    tokenizer = _tokenizer(folder / "tokenizer")

    @cache
    def count(text: str) -> int:
        return len(tokenizer(text, truncation=False, verbose=False).input_ids)

    return count


def _tokenizer(folder: Path) -> Any:
    diffusers_library()
    from transformers import AutoTokenizer

    try:
        return AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except Exception as error:  # transformers and tokenizers raise their own, ValueError, KeyError and OSError alike
        raise ModelError(f"{folder} holds no tokenizer that transformers can load: {error}") from error
