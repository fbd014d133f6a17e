"""Dressing: a person's body at rest, the skin that shows, eyes, hair and clothes, as one mesh ready to be posed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from synthgest.body import tailoring, wardrobe
from synthgest.body.figure import Figure, Skirt
from synthgest.body.hair import hair, hairline, painted_scalp
from synthgest.body.mesh import Floats, Mesh, join, vertex_normals
from synthgest.body.model import PARTS, Body
from synthgest.body.person import Bottom, Person
from synthgest.body.rig import BONES
from synthgest.body.skin import eyes, lashes, skin
from synthgest.body.surface import Surface


def dress(body: Body, person: Person) -> Figure:
    """The person at rest with skin, hair and clothes."""
    coefficients = (1 - person.mix) * body.people[person.rows[0]] + person.mix * body.people[person.rows[1]]
    vertices, points = body.shape(coefficients)
    parts = _parts(body, vertices)
    at = tailoring.marks(body)
    rng = np.random.default_rng(person.detail)
    clothes, skirt = _clothes(parts, person, at)
    bare = _bare_skin(body, parts["body"], person, at)
    line = hairline(bare.place, bare.extra[:, 0], body)
    bare = bare.painted(painted_scalp(bare.colour, line, person))
    layers = [*clothes, bare, eyes(parts["eyes"], person), lashes(parts["lashes"], person)]
    grown = hair(bare, line, person, body, rng)
    if grown is not None:
        layers.append(_above_cloth(grown, clothes))
    whole = join([replace(layer, extra=np.zeros((len(layer.position), 0), np.float32)) for layer in layers])
    return Figure(
        vertices=whole.position * np.float32(person.scale),
        faces=whole.faces,
        surface=Surface(
            colour=np.clip(whole.colour, 0, 1),
            accent=np.clip(whole.accent, 0, 1),
            uv=whole.uv,
            place=whole.position,
            finish=whole.finish,
        ),
        weights=whole.weights,
        points=points * np.float32(person.scale),
        smooth=_coincident(whole.position),
        skirt=skirt,
    )


def _parts(body: Body, vertices: Floats) -> Mapping[str, Mesh]:
    """Each part as a mesh of its own."""
    parts = {}
    for part in PARTS:
        used, corners = np.unique(body.faces[part], return_inverse=True)
        faces: NDArray[np.int32] = corners.reshape(-1, 3).astype(np.int32)
        parts[part] = Mesh(
            faces=faces,
            position=vertices[used],
            normal=vertex_normals(vertices[used], faces),
            weights=body.weights[used],
            colour=np.zeros((len(used), 3), np.float32),
            accent=np.zeros((len(used), 3), np.float32),
            uv=np.zeros((len(used), 2), np.float32),
            finish=np.zeros((len(used), 3), np.float32),
            place=body.template[used],
            arm=body.arm[used],
            leg=body.leg[used],
            extra=used[:, None].astype(np.float32),
        )
    return parts


def _clothes(parts: Mapping[str, Mesh], person: Person, at: tailoring.Marks) -> tuple[list[Mesh], Skirt | None]:
    cloth = tailoring.shell(parts["tights"], at)
    layers: list[Mesh] = []
    skirt = None
    if person.bottom.kind in ("skirt", "dress"):
        hanging = wardrobe.skirt(parts["skirt"], cloth, person, at)
        hanging = replace(hanging, weights=wardrobe.skirt_weights(hanging.place, BONES, at))
        layers.append(hanging)
        skirt = Skirt(start=0, stop=len(hanging.position), radii=wardrobe.leg_radii(cloth, person.scale))
    layers += [
        wardrobe.legs(cloth, worn_on_legs(person.bottom), 0.006 if person.top.tucked and skirt is None else 0.0, at),
        wardrobe.top_garment(cloth, person, at),
        wardrobe.shoes(cloth, person.shoes, at),
    ]
    if person.top.jacket is not None:
        layers.append(wardrobe.jacket(cloth, person.top, person.top.jacket, at))
    return layers, skirt


def worn_on_legs(bottom: Bottom) -> Bottom:
    """The trousers, or what is worn under the skirt: leggings under every third, else shorts."""
    if bottom.kind not in ("skirt", "dress"):
        return bottom
    return replace(bottom, looseness=0.0, colour=bottom.under, length=0.55 if sum(bottom.under) < 0.3 else 2.0)


def _bare_skin(body: Body, mesh: Mesh, person: Person, at: tailoring.Marks) -> Mesh:
    """The painted skin that clothes leave bare; its extra value is the mask of the ears."""
    covers = [
        tailoring.top_limits(mesh, person.top, tailoring.hem_height(person, at), at),
        tailoring.bottom_limits(mesh, worn_on_legs(person.bottom).length, at),
        tailoring.shoe_limits(mesh, person.shoes, at),
    ]
    seen = tailoring.uncovered(mesh, covers)
    index = seen.extra[:, 0].astype(np.intp)
    return skin(replace(seen, extra=body.masks["ears"][index, None]), body, person, index)


def _above_cloth(grown: Mesh, clothes: Sequence[Mesh]) -> Mesh:
    """Hair that hangs as low as the shoulders lies on the back and does not sink into it."""
    place = np.concatenate([garment.position for garment in clothes])
    normal = np.concatenate([garment.normal for garment in clothes])
    back = place[normal[:, 2] < -0.2]
    apart, nearest = cKDTree(back[:, :2]).query(grown.position[:, :2])
    position = grown.position.copy()
    behind = np.minimum(position[:, 2], back[nearest, 2] - 0.009)
    position[:, 2] = np.where(apart < 0.03, behind, position[:, 2])
    return grown.moved(position)


def _coincident(position: Floats) -> NDArray[np.int32]:
    """(V,) vertices at the same place have the same number: panels cut from one cloth share their normals there."""
    rows = np.ascontiguousarray(position).view([("", np.float32)] * 3).ravel()
    _, number = np.unique(rows, return_inverse=True)
    return number.astype(np.int32)
