"""A user's textures of SMPL-X: pictures of skin and clothes in the model's own UV layout, looked up at its vertices."""

import functools
import hashlib
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from synthgest.errors import SpecError

Floats = NDArray[np.float32]

_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
_SIDE = 2048  # pixels at most: vertices lie farther apart than a larger picture's


@dataclass(frozen=True, slots=True)
class Textures:
    """The pictures in a folder, sorted by name."""

    files: tuple[Path, ...]

    def fingerprint(self) -> str:
        """16 hexadecimal digits over what the files hold."""
        digest = hashlib.sha256()
        for path in self.files:
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()[:16]

    def colours(self, rng: np.random.Generator, uv: Floats) -> Floats:
        """(V, 3) sRGB in [0, 1]: one of the pictures, seen at places (V, 2) of which (0, 0) is its lower left corner."""
        picture = _read(self.files[int(rng.integers(len(self.files)))])
        height, width = picture.shape[:2]
        across, down = uv[:, 0] * width - 0.5, (1 - uv[:, 1]) * height - 0.5
        maps = (across.astype(np.float32)[None], down.astype(np.float32)[None])
        found: Floats = cv2.remap(picture, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[0]
        return found


def open_textures(folder: Path) -> Textures:
    """The textures in a folder. SpecError where there are none."""
    files = tuple(sorted(path for path in folder.glob("*") if path.suffix.lower() in _SUFFIXES))
    if not files:
        raise SpecError(
            f"{folder} holds no textures; give a folder of pictures ({', '.join(_SUFFIXES)}) in SMPL-X's UV layout"
        )
    return Textures(files)


@functools.lru_cache(maxsize=8)
def _read(path: Path) -> Floats:
    """(H, W, 3) sRGB in [0, 1]."""
    picture = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise SpecError(f"the texture {path} is no picture that opens; remove or replace it")
    small = min(1.0, _SIDE / max(picture.shape[:2]))
    picture = cv2.resize(picture, None, fx=small, fy=small, interpolation=cv2.INTER_AREA) if small < 1 else picture
    return np.ascontiguousarray(picture[..., ::-1]).astype(np.float32) / np.float32(255)
