"""What a recipe says of its prompts: how rich they are, and how many people and places a class is spread over."""

from dataclasses import dataclass
from typing import Literal, get_args

from synthgest.errors import SpecError

Mode = Literal["basic", "env", "char", "env+char"]
MODES: tuple[Mode, ...] = get_args(Mode)

MOST = 256
"""Environments or characters of one class, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrichmentSettings:
    """The table ``[enrichment]`` of a recipe.

    mode: what a prompt says beside the action: nothing (``basic``), where (``env``), who (``char``), or both. environments,
    characters: of a class; every pair is used once before any is used twice (arXiv 2505.19495: 4 and 16). seed: another
    seed, other people and places. A drawing engine takes 0 for "someone else, somewhere else in every clip".
    """

    mode: Mode = "env+char"
    environments: int = 4
    characters: int = 16
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("environments", "characters"):
            if not 0 <= getattr(self, name) <= MOST:
                raise SpecError(f"{name} is {getattr(self, name)}; expected 0 to {MOST}")
        if not 0 <= self.seed < 2**63:
            raise SpecError(f"the seed of the enrichment is {self.seed}; expected 0 or more")

    @property
    def places(self) -> int:
        """Environments of a class, in this mode."""
        return self.environments if "env" in self.mode else 0

    @property
    def people(self) -> int:
        """Characters of a class, in this mode."""
        return self.characters if "char" in self.mode else 0

    @property
    def spread(self) -> bool:
        """Whether a class is spread over given places or people at all."""
        return self.places > 0 or self.people > 0
