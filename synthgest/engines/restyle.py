"""The engine ``restyle``: a drawn clip guides a video model, so that motion, hands and label stay exact and pixels look real."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from synthgest.diffusion.settings import VideoSettings
from synthgest.engines.diffusing import DiffusionEngine, Guide, PromptedSettings
from synthgest.engines.pose_transfer import PoseTransfer
from synthgest.engines.signals import Signal, control_pictures
from synthgest.errors import SpecError
from synthgest.gestures import Gesture
from synthgest.tables import to_value
from synthgest.types import Recipe, Shot

_GIVEN = ("width", "height", "fps", "frames", "enrichment", "depth")
_KEPT = ("motion", "shown", "keyframes", "body", "place", "camera")


@dataclass(frozen=True, slots=True, kw_only=True)
class RestyleSettings(PromptedSettings):
    """Keys of a recipe for this engine, beside those of its model.

    signal: what the model is guided by, the drawn clip itself (``render``), its skeleton (``pose``) or its depth (``depth``).
    control: the argument of the pipeline's call that takes it. drawing: settings of the engine ``pose-transfer`` for the
    drawn clip, whose size, rate and length are the model's.
    """

    signal: Signal = "render"
    control: str = "video"
    drawing: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        VideoSettings.__post_init__(self)  # super() does not know the class that slots=True makes anew
        for key in self.drawing:
            if key in _GIVEN:
                raise SpecError(f"drawing.{key} follows from the recipe itself; leave it out of [drawing]")
        if self.signal == "render" and (self.writer is not None or self.texts):
            raise SpecError(
                "the drawn clip shows the people and places of the banks, so no other words can describe it; "
                'words of a writer or of your own go with signal = "pose" or "depth"'
            )


class Restyle(DiffusionEngine):
    """The engine ``restyle``."""

    camera = False  # it is the drawn clip's

    def __init__(self, recipe: Recipe) -> None:
        self.settings = to_value(recipe.settings, RestyleSettings, where=f"recipe {recipe.name!r}")
        super().__init__(recipe, self.settings)
        self._drawing = _drawing(recipe.name, self.settings)

    @property
    def arguments(self) -> Sequence[str]:
        """The argument that takes the control signal."""
        return (self.settings.control,)

    def require(self, gestures: Sequence[Gesture]) -> None:
        """SpecError for a gesture without a motion."""
        self._drawing.require(gestures)

    def fingerprint(self) -> Mapping[str, str]:
        """Prompts and models, and what the drawn clips depend on."""
        drawn = {f"drawing.{name}": mark for name, mark in self._drawing.fingerprint().items()}
        return {**super().fingerprint(), **drawn}

    def guide(self, shot: Shot) -> Guide:
        """The drawn clip as pictures, with its truth; what the model makes of it is another matter."""
        from PIL import Image

        drawn = self._drawing.take(shot, None)
        signal = control_pictures(self.settings.signal, drawn.frames, drawn.truth)
        return Guide(
            arguments={self.settings.control: [Image.fromarray(picture) for picture in signal]},
            truth=drawn.truth,
            provenance={
                "truth_of": "the drawn clip that guided the model",
                "signal": self.settings.signal,
                "call": dict(self.settings.call),
                "drawn": {name: drawn.provenance[name] for name in _KEPT},
            },
        )


def _drawing(name: str, settings: RestyleSettings) -> PoseTransfer:
    """The engine that draws what guides the model: of the model's size, rate and length, with the people of its prompts."""
    wanted = {
        "width": settings.width,
        "height": settings.height,
        "fps": settings.fps,
        "frames": [settings.frames, settings.frames],
        "depth": settings.signal == "depth",
        "enrichment": asdict(settings.enrichment),
        **settings.drawing,
    }
    return PoseTransfer(Recipe(name=name, engine="pose-transfer", settings=wanted))
