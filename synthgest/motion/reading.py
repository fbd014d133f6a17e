"""What a file of motion does not say of itself, as whoever gives it knows it."""

from dataclasses import dataclass
from typing import Literal

from synthgest.errors import MotionError

Up = Literal["", "y", "z"]
Hands = Literal["", "flat", "mean", "pca", "pca-flat"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a motion file is to be read; what is left empty, the file or its format must say.

    format: name of a reader (``synthgest list motions``). fps: frames a second. up: the world's axis that points up. metres: of a
    unit of length. first: frames left out at the beginning, such as a T-pose. hands: what fingers are turned from: ``flat``
    hands, the ``mean`` hand of the model, or coefficients of the model's principal components (``pca`` about its mean,
    ``pca-flat`` about flat hands). model: the licensed model's file that knows mean and components; for films the estimator's
    weights. height, width: of the pictures in which keypoints were seen, pixels; without a height a lens is assumed that sees
    everything from afar. framed: whether each frame of keypoints has a scale and a middle of its own. estimator: what sees
    keypoints in a film (``synthgest list estimators``).
    """

    format: str = ""
    fps: float = 0.0
    up: Up = ""
    metres: float = 0.0
    first: int = 0
    hands: Hands = ""
    model: str = ""
    height: float = 0.0
    width: float = 0.0
    framed: bool = False
    estimator: str = "small"

    def __post_init__(self) -> None:
        for name, value, most in (
            ("fps", self.fps, 1000.0),
            ("metres", self.metres, 1000.0),
            ("first", self.first, 1e6),
            ("height", self.height, 1e5),
            ("width", self.width, 1e5),
        ):
            if not 0 <= value <= most:
                raise MotionError(f"{name} is {value}; expected 0 to {most:g}")
