"""A clip's role in the factorial: who performs it and where, in words and levels."""

from dataclasses import dataclass
from typing import Any

from synthgest.prompting.characters import Character
from synthgest.prompting.environments import Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """environment, character: None in a mode without. pair: their numbers. cycle: how often the pair was used before."""

    environment: Environment | None
    character: Character | None
    pair: tuple[int, int]
    cycle: int

    @property
    def levels(self) -> dict[str, str]:
        """Age, sex, skin tone, build, outfit, place and light, where they are known."""
        parts = (self.environment, self.character)
        return {respect: level for part in parts if part for respect, level in part.levels.items()}

    def part(self) -> dict[str, Any]:
        """What a clip's record says of its role, in plain values."""
        return {"pair": list(self.pair), "cycle": self.cycle, "levels": self.levels}
