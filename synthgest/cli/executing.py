"""Who does the work of a command, and which part of it is done here."""

from enum import StrEnum

from synthgest.errors import SpecError


class ExecutorName(StrEnum):
    """Executors by name."""

    LOCAL = "local"


def shard_of(text: str) -> tuple[int, int]:
    """``i/n`` as numbers."""
    part, _, parts = text.partition("/")
    if not (part.isdecimal() and parts.isdecimal()):
        raise SpecError(f"--shard got {text!r}; expected i/n, for example 0/4")
    return int(part), int(parts)
