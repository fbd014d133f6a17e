"""Banks of words and templates from prompts/: text files with one entry a line, and tables in TOML."""

import hashlib
from collections.abc import Mapping
from functools import cache
from string import Template
from typing import Any

import numpy as np

from synthgest.content import content
from synthgest.errors import SpecError, nearest
from synthgest.tables import read_toml


@cache
def load_bank(name: str) -> tuple[str, ...]:
    """The entries of ``prompts/<name>.txt``, without blank lines and comments (``#``)."""
    names = sorted(path.stem for path in content("prompts").glob("*.txt"))
    if name not in names:
        raise SpecError(f"no prompt bank {name!r}; {nearest(name, names)}")
    lines = (content("prompts") / f"{name}.txt").read_text(encoding="utf-8-sig").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))


@cache
def load_table(name: str) -> dict[str, Any]:
    """The tables of ``prompts/<name>.toml``; not to be changed by the caller."""
    return read_toml(content("prompts") / f"{name}.toml")


def bank_digest(name: str) -> str:
    """16 hexadecimal digits over the entries of a bank, for what depends on them."""
    return _digest("\n".join(load_bank(name)))


@cache
def words_digest() -> str:
    """16 hexadecimal digits over all that prompts/ holds, for what is written from any of it."""
    files = sorted(path for path in content("prompts").iterdir() if path.suffix in (".txt", ".toml"))
    return _digest("\n".join(f"{path.name}\n{path.read_text(encoding='utf-8-sig')}" for path in files))


def fill(template: str, words: Mapping[str, str], *, where: str) -> str:
    """A template with its ``$placeholders`` replaced by ``words``; ``where`` is named if one is unknown."""
    try:
        return Template(template).substitute(words)
    except (KeyError, ValueError) as error:
        raise SpecError(f"the template {template!r} in {where} cannot be filled: {error}") from error


def write_prompt(template: str, words: Mapping[str, str], rng: np.random.Generator) -> str:
    """One template of the bank ``template``, chosen by ``rng``, with its ``$placeholders`` replaced by ``words``."""
    chosen = load_bank(template)[rng.integers(len(load_bank(template)))]
    return fill(chosen, words, where=f"prompts/{template}.txt")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
