"""Inside the mouth: a dark bag behind the lips and the upper teeth, seen when the jaw opens."""

import numpy as np
from numpy.typing import NDArray

from synthgest.body.features import moves_of
from synthgest.body.mesh import Floats, Mesh, vertex_normals
from synthgest.body.model import Body

_DEPTHS = (0.0, 0.010, 0.028)  # metres behind the lips


def mouth(skin: Mesh, body: Body) -> tuple[Mesh, Mesh]:
    """The bag, whose rows follow the lips' inner edge, and the upper teeth, which stay.

    skin: the whole body's, not cut yet; its one extra value is the number of the body's vertex. ``extra`` of the bag says how
    a face moves it.
    """
    edge = _inner_edge(skin, body)
    inwards = np.array([0, 0, -1], np.float32)
    middle = skin.position[edge].mean(axis=0)
    rows = [skin.position[edge] + (middle - skin.position[edge]) * 2.0 * d + inwards * d for d in _DEPTHS]
    count = len(edge)
    position = np.concatenate([*rows, [middle + inwards * 0.036]]).astype(np.float32)
    a = np.arange(count)
    b = np.roll(a, -1)
    faces = [
        np.concatenate([np.stack([a, b, a + count], 1), np.stack([b, b + count, a + count], 1)]) + k * count
        for k in (0, 1)
    ]
    faces.append(np.stack([a + 2 * count, b + 2 * count, np.full(count, 3 * count)], axis=1))
    source = np.r_[np.tile(edge, 3), edge[0]]
    extra = moves_of(body, skin.extra[source, 0].astype(np.intp))
    extra[-1] = extra[:count].mean(axis=0)
    bag = _mesh(skin, position, np.concatenate(faces), source, extra)
    shade = np.repeat([0.9, 0.45, 0.25, 0.2], [count, count, count, 1])[:, None]
    return bag.painted(np.array([0.30, 0.09, 0.08]) * shade), _teeth(skin, edge)


def _inner_edge(skin: Mesh, body: Body) -> NDArray[np.intp]:
    """Vertices along the open edge of the skin between the lips, in order round it."""
    nose = body.mean_point("face_nose")
    edges = np.concatenate([skin.faces[:, [0, 1]], skin.faces[:, [1, 2]], skin.faces[:, [2, 0]]])
    near = (np.abs(skin.place[:, 0]) < 0.04) & (np.abs(skin.place[:, 1] - nose[1] + 0.04) < 0.025)
    near &= skin.place[:, 2] > nose[2] - 0.06
    edges = edges[near[edges].all(axis=1)]
    _, first, count = np.unique(np.sort(edges, axis=1), axis=0, return_index=True, return_counts=True)
    onward = dict(edges[first[count == 1]].tolist())
    chain = [min(onward)]
    while onward[chain[-1]] != chain[0]:
        chain.append(onward[chain[-1]])
    return np.array(chain)


def _teeth(skin: Mesh, edge: NDArray[np.intp]) -> Mesh:
    """A strip along the upper jaw's arc, 12 mm behind the lips."""
    lips = skin.position[edge]
    middle = lips.mean(axis=0)
    half = 0.75 * float(np.abs(lips[:, 0] - middle[0]).max())
    across = np.linspace(-1, 1, 13)
    x, rise = np.meshgrid(across, [-0.0035, 0.009])
    front = float(lips[:, 2].max()) - 0.0105
    # Teeth end in a row of flat arcs.
    notch = 0.0007 * (np.arange(13) % 2) * (rise < 0)
    position = np.stack([middle[0] + half * x, middle[1] + rise + notch, front - 0.020 * x**2], axis=-1)
    a = np.arange(12)
    faces = np.concatenate([np.stack([a, a + 1, a + 13], 1), np.stack([a + 1, a + 14, a + 13], 1)])
    source = np.full(26, edge[lips[:, 1].argmax()])
    teeth = _mesh(skin, position.reshape(-1, 3).astype(np.float32), faces, source, np.zeros((26, 0), np.float32))
    shade = (1 - 0.45 * x.ravel() ** 2)[:, None]
    return teeth.painted(np.array([0.66, 0.61, 0.55]) * shade).finished(gloss=0.6, wrinkles=0.0)


def _mesh(skin: Mesh, position: Floats, faces: NDArray[np.intp], source: NDArray[np.intp], extra: Floats) -> Mesh:
    """A mesh whose vertices ride on those of the skin that ``source`` names."""
    corners = faces.astype(np.int32)
    return Mesh(
        faces=corners,
        position=position,
        normal=vertex_normals(position, corners),
        weights=skin.weights[source],
        colour=skin.colour[source],
        accent=skin.accent[source],
        uv=np.zeros((len(source), 2), np.float32),
        finish=np.zeros((len(source), 3), np.float32),
        place=skin.place[source],
        arm=skin.arm[source],
        leg=skin.leg[source],
        extra=extra,
    )
