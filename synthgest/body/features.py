"""The parts of a figure that a face moves: lids, brows, cheeks, lips and what grows on them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from synthgest.body.face import JAW_OPEN
from synthgest.body.mesh import Mesh
from synthgest.body.model import EXPRESSIONS, Body

Floats = NDArray[np.float32]

MOVES = 6 * len(EXPRESSIONS)
"""Columns of ``Mesh.extra`` in which a layer carries how far each expression moves its vertices and turns its normals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """How a figure's face can move.

    index: (N,) which of the figure's vertices move. moves: (N, E, 3) float32, metres at rest, by ``EXPRESSIONS``. turns:
    (N, E, 3) what is added to their normals. eyeball: (N,) 0 or 1, the eye on whose lids a vertex lies, -1 elsewhere.
    centres: (2, 3), radii: (2,) of the eyeballs, metres.
    """

    index: NDArray[np.int32]
    moves: Floats
    turns: Floats
    eyeball: NDArray[np.int8]
    centres: Floats
    radii: Floats

    def none(self) -> "Features":
        """The same head without a vertex that moves."""
        moving = ("index", "moves", "turns", "eyeball")
        return replace(self, **{name: getattr(self, name)[:0] for name in moving})


def moves_of(body: Body, index: NDArray[np.intp]) -> Floats:
    """(V, MOVES) what expressions do to these vertices of the body, as columns that ride through cuts."""
    both = np.stack([body.expressions[index], body.expression_turns[index]], axis=1)
    return both.reshape(len(index), MOVES)


def features(
    layers: Sequence[Mesh], moves: Sequence[Floats | None], eyeballs: Mesh, *, start: int, scale: float
) -> Features:
    """The features of a figure in which ``layers`` follow each other from vertex ``start``.

    moves: for each layer its (V, MOVES) columns, or None where no face moves it. scale: the size of the person.
    """
    index, parts = [], []
    for layer, columns in zip(layers, moves, strict=True):
        if columns is not None:
            rows = np.flatnonzero(np.abs(columns[:, : MOVES // 2]).max(axis=1) > 5e-5)
            index.append(rows + start)
            parts.append(np.column_stack([columns[rows], layer.place[rows, 0]]))
        start += len(layer.position)
    rows_of = np.concatenate(parts).astype(np.float32)
    shapes, turns = rows_of[:, :MOVES].reshape(-1, 2, len(EXPRESSIONS), 3).swapaxes(0, 1)
    on_lid = np.abs(shapes[:, EXPRESSIONS.index("blink")]).max(axis=1) > 2e-4
    balls = [eyeballs.position[side * eyeballs.place[:, 0] > 0] for side in (1, -1)]
    middles = np.stack([(ball.min(axis=0) + ball.max(axis=0)) / 2 for ball in balls])
    radii = [np.linalg.norm(ball - middle, axis=1).max() for ball, middle in zip(balls, middles, strict=True)]
    return Features(
        index=np.concatenate(index).astype(np.int32),
        moves=np.ascontiguousarray(shapes * np.float32(scale)),
        turns=np.ascontiguousarray(turns),
        eyeball=np.where(on_lid, rows_of[:, MOVES] < 0, -1).astype(np.int8),
        centres=(middles * scale).astype(np.float32),
        radii=(np.array(radii) * scale).astype(np.float32),
    )


def expressed(
    features: Features, rest: Floats, shapes: NDArray[np.floating], jaw: NDArray[np.floating]
) -> tuple[Floats, Floats]:
    """What a face adds at rest to its vertices and to their normals, (T, N, 3) each.

    rest: (N, 3) the features' vertices. shapes: (T, E) how much of each expression. jaw: (T,) radians that it is open.
    """
    amounts = shapes.astype(np.float32)
    amounts[:, EXPRESSIONS.index("jaw_open")] += np.clip(jaw / JAW_OPEN, -0.1, 1.3).astype(np.float32)
    shape = (len(amounts), len(rest), 3)
    if len(rest) == 0:
        return np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    # Frame by frame, so that a frame has the same bytes alone and in its clip.
    moves, turns = (
        (amounts[:, None] @ values.transpose(1, 0, 2).reshape(len(EXPRESSIONS), -1)).reshape(shape)
        for values in (features.moves, features.turns)
    )
    return _off_the_eyeballs(features, moves, rest), turns


def _off_the_eyeballs(features: Features, moves: Floats, rest: Floats) -> Floats:
    """The moves (T, N, 3) with the lids kept outside the eyeballs, as far as ``rest`` (N, 3) is or a lid's thickness.

    A lid moves on a chord where it should move on the ball's arc, and would cut through the eye half way.
    """
    result = moves.copy()
    for eye, (centre, radius) in enumerate(zip(features.centres, features.radii, strict=True)):
        lids = np.flatnonzero(features.eyeball == eye)
        away = rest[lids] + moves[:, lids] - centre
        distance = np.linalg.norm(away, axis=-1, keepdims=True)
        kept = np.minimum(np.linalg.norm(rest[lids] - centre, axis=-1), radius + np.float32(0.0012))[:, None]
        result[:, lids] += away * (np.maximum(distance, kept) / np.maximum(distance, 1e-6) - 1)
    return result
