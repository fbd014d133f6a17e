"""Prompts: templates and banks of words from prompts/, one entry a line, filled by seed."""

import hashlib
from collections.abc import Mapping
from functools import cache
from string import Template

import numpy as np

from synthgest.content import content
from synthgest.errors import SpecError, nearest


@cache
def load_bank(name: str) -> tuple[str, ...]:
    """The entries of ``prompts/<name>.txt``, without blank lines and comments (``#``)."""
    names = sorted(path.stem for path in content("prompts").glob("*.txt"))
    if name not in names:
        raise SpecError(f"no prompt bank {name!r}; {nearest(name, names)}")
    lines = (content("prompts") / f"{name}.txt").read_text(encoding="utf-8-sig").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def bank_digest(name: str) -> str:
    """16 hexadecimal digits over the entries of a bank, for what depends on them."""
    return hashlib.sha256("\n".join(load_bank(name)).encode()).hexdigest()[:16]


def write_prompt(template: str, words: Mapping[str, str], rng: np.random.Generator) -> str:
    """One template of the bank ``template``, chosen by ``rng``, with its ``$placeholders`` replaced by ``words``."""
    chosen = load_bank(template)[rng.integers(len(load_bank(template)))]
    try:
        return Template(chosen).substitute(words)
    except (KeyError, ValueError) as error:
        raise SpecError(f"the template {chosen!r} in prompts/{template}.txt cannot be filled: {error}") from error
