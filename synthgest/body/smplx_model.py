"""The SMPL-X model of a user who has its licence: read without pickles, shaped and posed by the package ``smplx``."""

import contextlib
import functools
import hashlib
import io
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthgest.errors import MissingDependency, MotionError, SpecError
from synthgest.motion.arrays import Stored
from synthgest.motion.sequence import Motion

Floats = NDArray[np.float32]

LICENCE = "SMPL-X Body Model License: non-commercial"
"""Of clips in which the model is seen."""

SHAPES = 10
"""Coefficients of a shape that are used."""

_FACE_POINTS, _TIPS = slice(55, 60), slice(66, 76)
_FACE_ORDER = [0, 2, 1, 4, 3]  # nose, left and right eye, left and right ear, of smplx's nose, right, left, right, left
_TIP_ORDER = [
    1,
    2,
    4,
    3,
    0,
    6,
    7,
    9,
    8,
    5,
]  # index, middle, pinky, ring, thumb, of smplx's thumb, index, middle, ring, pinky
_LARGEST = 2**30  # bytes
_ARRAYS: dict[str, int] = {
    "v_template": 2,
    "shapedirs": 3,
    "posedirs": 3,
    "J_regressor": 2,
    "kintree_table": 2,
    "weights": 2,
    "f": 2,
    "hands_componentsl": 2,
    "hands_componentsr": 2,
    "hands_meanl": 1,
    "hands_meanr": 1,
    "lmk_faces_idx": 1,
    "lmk_bary_coords": 2,
}
"""What is read of the file, with its number of axes; whatever else it holds is left alone."""

_UV: dict[str, int] = {"vt": 2, "ft": 2}
"""What is read besides, where it is there: places in a texture, and those of each triangle's corners."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmplxModel:
    """The model of one sex. model: ``smplx.SMPLX``. faces: (F, 3) int32. weights: (V, 55) float32.

    uv: (V, 2) float32, where each vertex lies in a texture; (0, 2) where the file does not say.
    """

    model: Any
    faces: NDArray[np.int32]
    weights: Floats
    uv: Floats

    def posed(self, betas: Floats, motion: Motion, frame: int) -> tuple[Floats, Floats, Floats, Floats]:
        """Vertices (V, 3), joints (55, 3), fingertips (10, 3) and points of the face (5, 3) of one frame, metres.

        betas: (10,). One frame at a time: a product over several rounds each by how many there are.
        """
        import torch

        def row(values: Floats) -> Any:
            return torch.from_numpy(np.ascontiguousarray(values[frame : frame + 1], np.float32))

        face = motion.expression[:, :SHAPES] if motion.expression.size else np.zeros((len(motion), 0), np.float32)
        with torch.inference_mode():
            found = self.model(
                betas=torch.from_numpy(betas[None]),
                global_orient=row(motion.global_orient),
                body_pose=row(motion.body_pose),
                jaw_pose=row(motion.jaw_pose),
                leye_pose=row(motion.leye_pose),
                reye_pose=row(motion.reye_pose),
                left_hand_pose=row(motion.left_hand_pose),
                right_hand_pose=row(motion.right_hand_pose),
                transl=row(motion.transl),
                expression=row(np.pad(face, ((0, 0), (0, SHAPES - face.shape[1])))),
            )
        places: Floats = found.joints[0].numpy()
        vertices: Floats = found.vertices[0].numpy()
        return vertices, places[:55], places[_TIPS][_TIP_ORDER], places[_FACE_POINTS][_FACE_ORDER]


def model_file(folder: Path, sex: str) -> Path:
    """The file of the model of a sex in the user's folder, or of the neutral one. SpecError where there is neither."""
    for name in (sex, "neutral"):
        path = folder / f"SMPLX_{name.upper()}.npz"
        if path.is_file():
            return path
    raise SpecError(
        f"{folder.resolve()} holds no SMPLX_NEUTRAL.npz: the body 'smplx' needs the licensed model. Register at "
        "https://smpl-x.is.tue.mpg.de, download SMPL-X with its .npz files, put them into a folder, and give "
        "--set body_model=FOLDER"
    )


def model_digest(folder: Path) -> str:
    """16 hexadecimal digits over the model's files in a folder. SpecError where there are none."""
    model_file(folder, "neutral")
    digest = hashlib.sha256()
    for path in sorted(folder.glob("SMPLX_*.npz")):
        with path.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()[:16]


@functools.lru_cache(maxsize=3)
def load_smplx(path: Path) -> SmplxModel:
    """The model in a file. SpecError for a file that is not SMPL-X, MissingDependency without the package."""
    arrays = _arrays(path)
    try:
        import smplx
    except ImportError as error:
        raise MissingDependency("the body 'smplx' needs the package: pip install 'synthgest[smplx]'") from error
    # The package opens files with pickles allowed; so it is given one that holds nothing but these arrays.
    with tempfile.TemporaryDirectory(prefix="synthgest-") as folder, contextlib.redirect_stdout(io.StringIO()):
        known = {name: arrays[name] for name in _ARRAYS}
        np.savez(Path(folder) / "SMPLX_NEUTRAL.npz", allow_pickle=False, **known)
        model = smplx.SMPLX(folder, use_pca=False, flat_hand_mean=True, num_betas=SHAPES, num_expression_coeffs=SHAPES)
    return SmplxModel(
        model=model.eval().requires_grad_(False),
        faces=np.ascontiguousarray(arrays["f"], np.int32),
        weights=arrays["weights"].astype(np.float32),
        uv=_places_in_textures(arrays, path),
    )


def _places_in_textures(arrays: dict[str, NDArray[Any]], path: Path) -> Floats:
    """(V, 2): a vertex on a seam takes one of its places."""
    if not set(_UV) <= set(arrays):
        return np.zeros((0, 2), np.float32)
    corners, places, faces = arrays["ft"], arrays["vt"], arrays["f"]
    if corners.shape != faces.shape or places.shape[1:] != (2,) or corners.max(initial=0) >= len(places):
        raise SpecError(
            f"vt and ft of {path} are {places.shape} and {corners.shape}; expected (U, 2) and {faces.shape}"
        )
    uv = np.zeros((len(arrays["v_template"]), 2), np.float32)
    uv[faces.ravel()] = places[corners.ravel()]
    return uv


def _arrays(path: Path) -> dict[str, NDArray[Any]]:
    try:
        stored = Stored(path, largest=_LARGEST)
        axes_of = _ARRAYS | {name: axes for name, axes in _UV.items() if set(_UV) <= stored.names}
        arrays = {name: np.asarray(stored[name]) for name in axes_of}
    except MotionError as error:
        raise SpecError(f"not a model of SMPL-X: {error}") from error
    count = len(arrays["v_template"])
    expected = {"v_template": (count, 3), "weights": (count, 55), "J_regressor": (55, count)}
    for name, axes in axes_of.items():
        shape = arrays[name].shape
        if arrays[name].dtype.kind not in "fiu" or len(shape) != axes or shape != expected.get(name, shape):
            raise SpecError(
                f"{name} of {path} is {arrays[name].dtype} {shape}; expected {expected.get(name, f'{axes} axes')}"
            )
    return arrays
