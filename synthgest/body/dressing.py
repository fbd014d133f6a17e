"""Dressing: a person's body at rest, the skin that shows, the head, hair and clothes, as one mesh ready to be posed."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from synthgest.body import tailoring
from synthgest.body.bottoms import SKIRTS, legs, worn_on_legs
from synthgest.body.eyewear import eyewear
from synthgest.body.features import moves_of
from synthgest.body.figure import Figure, Skirt
from synthgest.body.footwear import footwear, socks
from synthgest.body.headgear import EDGES, headgear, headscarf, in_headscarf
from synthgest.body.heads import head
from synthgest.body.mesh import Floats, Mesh, join, keep_faces, vertex_normals
from synthgest.body.model import Body
from synthgest.body.normals import surface_normals
from synthgest.body.outerwear import COAT_LENGTH, outer_garment
from synthgest.body.person import Person
from synthgest.body.skin import skin
from synthgest.body.skinning import unit
from synthgest.body.skirts import COLUMNS, ROWS, SkirtCut, leg_radii, skirt
from synthgest.body.surface import Surface
from synthgest.body.tops import top_garment


def dress(body: Body, person: Person) -> Figure:
    """The person at rest with skin, hair and clothes."""
    coefficients = (1 - person.mix) * body.people[person.rows[0]] + person.mix * body.people[person.rows[1]]
    vertices, points = body.shape(coefficients)
    parts = _parts(body, vertices)
    at = tailoring.marks(body)
    cloth = tailoring.shell(parts["tights"], at)
    hanging = _hanging(cloth, person, at)
    clothes = [*([] if hanging is None else [hanging]), *_clothes(cloth, person, at)]
    worn = [*clothes, *_on_the_head(parts["body"], cloth, points, body, person, at)]
    bare = _bare_skin(body, parts["body"], person, at)
    bareheaded = person.hat is None or person.hat.kind == "headscarf"
    face = head(
        bare,
        parts,
        body,
        # A headscarf hides the hair.
        replace(person, hair_style="shaved") if person.hat is not None and bareheaded else person,
        clothes=clothes,
        covered=None if bareheaded or person.hat is None else _hat_edge(body, person.hat.kind),
        rng=np.random.default_rng(person.detail),
    )
    plain = [replace(layer, extra=np.zeros((len(layer.position), 0), np.float32)) for layer in worn]
    whole = join([*plain, *face.layers])
    start = sum(len(layer.position) for layer in plain)
    smooth = _coincident(whole.position)
    normals = surface_normals(whole.position[None], whole.faces, smooth)[0]
    # The skin keeps the normals of the whole body: at its cuts it has no neighbours to take a mean with.
    skin_normals = unit(face.layers[0].normal)
    normals[start : start + len(skin_normals)] = skin_normals
    return Figure(
        vertices=whole.position * np.float32(person.scale),
        normals=normals,
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
        smooth=smooth,
        skirt=None if hanging is None else _skirt(hanging, cloth, person, at),
        features=face.features(start, person.scale),
    )


def _parts(body: Body, vertices: Floats) -> Mapping[str, Mesh]:
    """Each part that is used as a mesh of its own; the extra value is the number of the body's vertex."""
    parts = {}
    for part in ("body", "eyes", "lashes", "tights"):
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


def _hanging(cloth: Mesh, person: Person, at: tailoring.Marks) -> Mesh | None:
    """What hangs round the legs: a coat's lower part, which hides a skirt's, or a skirt, or a dress's."""
    bottom, top, outer = person.bottom, person.top, person.outer
    length, loose, pleats = bottom.length, bottom.looseness, bottom.pleats
    if outer is not None and outer.kind == "coat":
        length = max(COAT_LENGTH, length + 0.08) if bottom.kind in SKIRTS else COAT_LENGTH
        cut = SkirtCut(
            length=length,
            looseness=0.35,
            pleats=0,
            colour=outer.colour,
            pattern=outer.pattern,
            accent=outer.accent,
            period=0.05,
            extra=0.022,
        )
    elif bottom.kind == "dress":
        pattern = top.pattern if top.pattern not in ("yoke", "sleeves") else "plain"
        cut = SkirtCut(
            length=length,
            looseness=loose,
            pleats=pleats,
            colour=top.colour,
            pattern=pattern,
            accent=top.accent,
            period=top.period,
        )
    elif bottom.kind == "skirt":
        cut = SkirtCut(
            length=length,
            looseness=loose,
            pleats=pleats,
            colour=bottom.colour,
            pattern=bottom.pattern,
            accent=bottom.accent,
            period=0.06,
        )
    else:
        return None
    return skirt(cloth, cut, at)


def _skirt(hanging: Mesh, cloth: Mesh, person: Person, at: tailoring.Marks) -> Skirt:
    return Skirt(
        start=0,
        stop=len(hanging.position),
        rows=ROWS,
        columns=COLUMNS + 1,
        radii=leg_radii(cloth, person.scale, at),
        hip_drop=person.scale * (at.waist - at.hip),
    )


def _clothes(cloth: Mesh, person: Person, at: tailoring.Marks) -> list[Mesh]:
    bottom = person.bottom
    hidden = _hidden_by_skirt(person)
    tucked = person.top.tucked and hidden < 0
    layers = [
        legs(cloth, worn_on_legs(bottom), tucked, at, hidden),
        top_garment(cloth, person.top, bottom.kind in SKIRTS, at),
    ]
    layers.append(footwear(cloth, person.shoes, at))
    if person.shoes.kind != "boots" and not (person.shoes.kind == "loafers" and bottom.kind in SKIRTS):
        layers.append(socks(cloth, person.shoes, 0.15 if bottom.kind == "shorts" else 0.05, at))
    if person.outer is not None:
        layers.append(outer_garment(cloth, person.outer, person.top, at))
    return layers


def _hidden_by_skirt(person: Person) -> float:
    """How far down the thigh, as of a bottom's length, nothing shows under a skirt, which cannot then show through it."""
    coat = COAT_LENGTH if person.outer is not None and person.outer.kind == "coat" else 0.0
    length = max(coat, person.bottom.length if person.bottom.kind in SKIRTS else 0.0)
    return float(np.clip(length - 0.55, 0.12, 0.5)) if length else -1.0


def _on_the_head(
    skull: Mesh, cloth: Mesh, points: Floats, body: Body, person: Person, at: tailoring.Marks
) -> list[Mesh]:
    ears = body.masks["ears"][skull.extra[:, 0].astype(np.intp), None]
    layers = []
    if person.hat is not None and person.hat.kind == "headscarf":
        layers.append(headscarf(person.hat, replace(skull, extra=skull.extra[:, :0]), cloth, body, at))
    elif person.hat is not None:
        layers.append(headgear(person.hat, replace(skull, extra=ears), points, body))
    if person.glasses is not None:
        layers.append(eyewear(person.glasses, points))
    return layers


def _hat_edge(body: Body, kind: str) -> float:
    """Height on the mean person from which on a hat hides the hair, metres."""
    return float(body.mean_point("face_left_eye")[1]) + EDGES[kind]


def _bare_skin(body: Body, mesh: Mesh, person: Person, at: tailoring.Marks) -> Mesh:
    """The painted skin that clothes leave bare; its extra values are the mask of the ears and what a face moves."""
    covers = [
        tailoring.top_limits(mesh, person.top, tailoring.hem_height(person.top, person.bottom.kind in SKIRTS, at), at),
        tailoring.bottom_limits(mesh, worn_on_legs(person.bottom).length, at),
        tailoring.shoe_limits(mesh, person.shoes, at),
    ]
    seen = tailoring.uncovered(mesh, covers)
    hidden = _hidden_by_skirt(person)
    if hidden > 0:
        above = (seen.leg < hidden + 0.06) & (seen.place[:, 1] < at.waist) & (seen.arm < -0.2)
        seen = keep_faces(seen, np.logical_not(above[seen.faces].all(axis=1)))
    if person.hat is not None and person.hat.kind == "headscarf":
        seen = keep_faces(seen, np.asarray((in_headscarf(seen, body)[seen.faces] < 0.012).any(axis=1)))
    index = seen.extra[:, 0].astype(np.intp)
    carried = np.concatenate([body.masks["ears"][index, None], moves_of(body, index)], axis=1)
    return skin(replace(seen, extra=carried), body, person, index)


def _coincident(position: Floats) -> NDArray[np.int32]:
    """(V,) vertices at the same place have the same number: panels cut from one cloth share their normals there."""
    rows = np.ascontiguousarray(position).view([("", np.float32)] * 3).ravel()
    _, number = np.unique(rows, return_inverse=True)
    return number.astype(np.int32)
