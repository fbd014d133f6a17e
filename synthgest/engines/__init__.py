"""Engines: what turns shots into clips. Found by entry point, the built-in ones through the same seam as any other."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points

from synthgest.errors import SpecError, nearest
from synthgest.types import Engine, Fingerprinted, Recipe, Rendered, Shot

GROUP = "synthgest.engines"
"""The entry-point group in which a package names its engines."""


def engine_entries() -> dict[str, EntryPoint]:
    """Installed engines by name."""
    return {entry.name: entry for entry in entry_points(group=GROUP)}


def load_engine(recipe: Recipe) -> Engine:
    """Build the engine that a recipe asks for; an unknown engine or setting raises SpecError."""
    entries = engine_entries()
    if recipe.engine not in entries:
        raise SpecError(
            f"recipe {recipe.name!r} asks for the engine {recipe.engine!r}; {nearest(recipe.engine, entries)}"
        )
    engine: Engine = entries[recipe.engine].load()(recipe)
    return engine


def fingerprint(engine: Engine) -> Mapping[str, str]:
    """What an engine's clips depend on outside of its recipe; empty for an engine that depends on nothing else."""
    return engine.fingerprint() if isinstance(engine, Fingerprinted) else {}


@dataclass(frozen=True, slots=True)
class CallableEngine:
    """Any function of shots as an engine, for ``synthgest.generate(generator=function)``."""

    function: Callable[[Sequence[Shot]], Iterable[Rendered]]

    @property
    def name(self) -> str:
        """What the clips' records call it."""
        return getattr(self.function, "__qualname__", type(self.function).__qualname__)

    def fingerprint(self) -> Mapping[str, str]:
        """The function's module and compiled code; what it calls in turn is not seen."""
        code = getattr(self.function, "__code__", None)
        constants = [value for value in code.co_consts if isinstance(value, str | int | float)] if code else []
        digest = hashlib.sha256(code.co_code + repr(constants).encode()).hexdigest()[:16] if code else ""
        return {"function": f"{self.function.__module__}.{self.name}", "code": digest}

    def generate(self, shots: Sequence[Shot]) -> Iterator[Rendered]:
        """Call the function."""
        return iter(self.function(shots))
