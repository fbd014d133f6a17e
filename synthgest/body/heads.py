"""A head put together: skin with brows and beard, eyes, lashes, the mouth's inside and hair, and how the face moves them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from synthgest.body.eyes import eyes, lashes
from synthgest.body.features import Features, Floats, features, moves_of
from synthgest.body.hair import hair
from synthgest.body.hairline import hairline, painted_scalp
from synthgest.body.mesh import Mesh, keep_faces
from synthgest.body.model import Body
from synthgest.body.mouth import mouth
from synthgest.body.person import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Skin and all that belongs to the head, as layers of a figure.

    layers: meshes without ``extra``. moves: for each, (V, MOVES) columns of what a face moves, or None. eyeballs: one of the
    layers.
    """

    layers: tuple[Mesh, ...]
    moves: tuple[Floats | None, ...]
    eyeballs: Mesh

    def features(self, start: int, scale: float) -> Features:
        """How a face moves the figure in which these layers begin at vertex ``start``; scale: size of the person."""
        return features(self.layers, self.moves, self.eyeballs, start=start, scale=scale)


def head(
    bare: Mesh,
    parts: Mapping[str, Mesh],
    body: Body,
    person: Person,
    *,
    clothes: Sequence[Mesh],
    covered: float | None,
    rng: np.random.Generator,
) -> Head:
    """The head of a person.

    bare: the painted skin that shows, from ``skin.skin``. parts: the body's parts, of which ``body``, ``eyes`` and ``lashes``
    are used; their one extra value is the number of the body's vertex. clothes: hair lies on them. covered: see ``hair.hair``.
    """
    line = hairline(bare.place, bare.extra[:, 0], body, person)
    bare = painted_scalp(bare, line, person, rng)
    bag, teeth = mouth(parts["body"], body)
    lash_moves = moves_of(body, parts["lashes"].extra[:, 0].astype(np.intp))
    lash = lashes(replace(parts["lashes"], extra=lash_moves), person)
    ball = eyes(parts["eyes"], person)
    layers = [bare, bag, lash, ball, teeth]
    moves: list[Floats | None] = [bare.extra[:, 1:], bag.extra, lash.extra, None, None]
    grown = hair(bare, line, person, body, rng, clothes=clothes, covered=covered)
    if grown is not None and covered is None:
        # Nobody sees the scalp deep under the hair.
        layers[0] = keep_faces(bare, np.any(line[bare.faces] < 0.025, axis=1))
        moves[0] = layers[0].extra[:, 1:]
    if grown is not None:
        layers.append(grown)
        moves.append(None)
    plain = tuple(replace(layer, extra=np.zeros((len(layer.position), 0), np.float32)) for layer in layers)
    return Head(layers=plain, moves=tuple(moves), eyeballs=ball)
