"""Hair: an uneven shell over the scalp in strands that follow a flow, with locks, a tail or a knot grown on it."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.spatial import cKDTree

from synthgest.body.hairstyles import STYLES, Locks, Style
from synthgest.body.locks import ALONG, STRAND, Guide, Obstacle, grown, ribbons
from synthgest.body.mesh import Floats, Mesh, join, keep
from synthgest.body.model import Body
from synthgest.body.person import Person
from synthgest.body.rig import BONES
from synthgest.body.subdivision import subdivided
from synthgest.body.tails import tail
from synthgest.body.waves import waves

_OFF_CLOTH = 0.014  # metres that hair stays off clothes, which move under it


def hair(
    skin: Mesh,
    line: Floats,
    person: Person,
    body: Body,
    rng: np.random.Generator,
    *,
    clothes: Sequence[Mesh],
    covered: float | None = None,
) -> Mesh | None:
    """The hair of a person, or None.

    line: (V,) the hairline's field on the skin's mesh. clothes: what long hair lies on. covered: height on the mean person,
    metres, above which a hat hides the hair; None without one.
    """
    style = STYLES[person.hair_style]
    if style is None:
        return None
    skin = replace(skin, extra=skin.extra[:, :0])
    parting = 0.022 * float(rng.choice([-1, 0, 1], p=[0.4, 0.2, 0.4]))
    cap = _cap(skin, line, style, body, parting, rng)
    if covered is not None:
        cap = keep(cap, np.float32(covered) - cap.place[:, 1])
        if len(cap.faces) == 0:
            return None
    on = _obstacle(cap, skin, clothes, body)
    parts = [cap]
    for locks in style.locks:
        parts.append(_locks(cap, style, locks, on, body, parting, rng))
    if style.tail != "none" and covered is None:
        parts.append(tail(style.tail, cap, on, rng))
    return _dyed(_hung(join(parts), skin, body), person)


def _cap(skin: Mesh, line: Floats, style: Style, body: Body, parting: float, rng: np.random.Generator) -> Mesh:
    """The scalp raised to the hair's outline, thin at the hairline, in uneven lumps."""
    ragged = line + 0.0030 * waves(skin.place, rng, 420.0) - 0.001
    scalp = keep(replace(skin, extra=ragged[:, None].astype(np.float32)), ragged)
    scalp = subdivided(scalp)
    depth = scalp.extra[:, 0]
    eye = body.mean_point("face_left_eye")
    height = np.clip((scalp.place[:, 1] - eye[1] - 0.02) / 0.09, 0, 1)
    full = style.side + (style.top - style.side) * height
    # Thickness comes quickly at the forehead, slowly at nape and temples.
    ahead = np.clip((scalp.place[:, 2] - eye[2] + 0.06) / 0.05, 0, 1) * height
    reach = (0.010 + 0.9 * full) * (1.5 - 0.9 * ahead)
    thick = 0.0010 + full * np.sqrt(np.clip(depth / reach, 0, 1))
    uv = _strands(scalp.place, style, body, parting)
    # Lumps are locks, longer than wide; those of coiled hair are round.
    locks = np.column_stack([uv[:, 0] / STRAND, uv[:, 1] / ALONG * 0.35 / style.short, 0.6 * scalp.place[:, 1]])
    lumps = waves(scalp.place if style.short > 2 else locks.astype(np.float32), rng, 6.28 / style.lump)
    thick = thick + style.lumps * lumps * np.clip(depth / 0.012, 0, 1)
    mean = _neighbours(scalp)
    normal, position = scalp.normal, scalp.position
    inner = np.clip(depth / 0.03, 0, 1)[:, None]
    for _ in range(8):
        normal = mean @ normal
        position = position + 0.5 * inner * (mean @ position - position)
    normal = normal / np.linalg.norm(normal, axis=1, keepdims=True)
    # The mesh has sideways folds at the ears: the shell leans on the skin's own normal near its edge.
    normal = inner * normal + (1 - inner) * scalp.normal
    shell = scalp.moved(position + normal * thick[:, None])
    shade = np.clip(0.86 + 0.14 * lumps, 0.6, 1.1)[:, None] * np.ones(3)
    return replace(shell.painted(shade), uv=uv.astype(np.float32), extra=scalp.extra[:, :0])


def _neighbours(mesh: Mesh) -> sparse.csr_matrix:
    """(V, V) takes the mean of each vertex's neighbours, those within the mesh twice as much as those along its border."""
    a, b, c = mesh.faces.T
    pairs = np.concatenate([np.stack(two) for two in ((a, b), (b, a), (b, c), (c, b), (c, a), (a, c))], axis=1)
    count = len(mesh.position)
    total = np.bincount(pairs[0], minlength=count).astype(np.float32)
    return sparse.csr_matrix((1 / total[pairs[0]], (pairs[0], pairs[1])), shape=(count, count))


def _strands(place: Floats, style: Style, body: Body, parting: float) -> NDArray[np.floating]:
    """(V, 2) the pattern's coordinates: across the flow, along it. Mirrored at the middle, where there is no seam to see."""
    origin, aside = _origin(style, body), place[:, 0] - parting
    if style.flow == "parting":
        top = origin[1] - 0.09
        angle = np.arctan2(np.abs(aside), place[:, 1] - top)
        return np.column_stack([(place[:, 2] - 0.4 * np.abs(aside)) * STRAND, angle * 0.09 * ALONG * style.short])
    away = place - origin
    flat = np.arctan2(
        np.abs(away[:, 0] + (0.004 if style.flow == "crown" else 0)),
        away[:, 2] if style.flow == "crown" else away[:, 1],
    )
    return np.column_stack([flat * 0.075 * STRAND, np.linalg.norm(away, axis=1) * ALONG * style.short])


def _origin(style: Style, body: Body) -> Floats:
    """Where the flow starts or ends, on the mean person: crown, parting, knot."""
    eye = body.mean_point("face_left_eye")
    if style.flow == "knot":
        return np.array([0.0, eye[1] + 0.035, eye[2] - 0.215], np.float32)
    return np.array([0.0, eye[1] + 0.115, eye[2] - 0.14], np.float32)


def _flow(place: Floats, style: Style, body: Body, parting: float) -> NDArray[np.floating]:
    """(N, 3) the way the hair lies at places on the mean person."""
    aside = np.sign(place[:, 0] - parting)
    if style.flow == "parting":
        # On the crown away from the parting, lower down straight down.
        high = np.clip((place[:, 1] - body.mean_point("face_left_eye")[1] - 0.045) / 0.05, 0, 1)
        away = np.column_stack([high * aside, high * 0.4 - 0.9, -0.45 * high])
    else:
        away = place - _origin(style, body)
        away = away * (-1 if style.flow == "knot" else 1)
    flow: NDArray[np.floating] = away / np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-6)
    return flow


def _locks(
    cap: Mesh, style: Style, locks: Locks, on: Obstacle, body: Body, parting: float, rng: np.random.Generator
) -> Mesh:
    root, normal, place = _roots(cap, locks, body, rng)
    flow = _flow(place, style, body, parting)
    if locks.where == "fringe":
        flow = np.array([0.0, -0.35, 1.0]) + 0.25 * (place - place.mean(axis=0)) / 0.04 * np.array([1.0, 0, 0])
    flow = flow + rng.normal(0, 0.22 if locks.how.lift > 0.25 else 0.10, flow.shape)
    flow = flow - (flow * normal).sum(axis=1, keepdims=True) * normal
    flow = flow / np.maximum(np.linalg.norm(flow, axis=1, keepdims=True), 1e-6)
    length = rng.uniform(*locks.length, len(root)).astype(np.float32)
    eye = body.mean_point("face_left_eye")
    if locks.length[1] > 0.1:
        # What grows at the nape ends where the rest ends.
        length = length - 0.55 * np.clip(eye[1] + 0.10 - place[:, 1], 0, 0.16)
    elif locks.where != "fringe":
        # Short hair is cut shorter at the sides and the nape.
        length = length * (0.45 + 0.55 * np.clip((place[:, 1] - eye[1] - 0.01) / 0.07, 0, 1))
    shift = (root - place).mean(axis=0)
    guide = _combed(eye + shift, rng.random(len(root)) < locks.ahead, locks.where == "fringe")
    curve, face = grown(
        root.astype(np.float32), normal, flow.astype(np.float32), length.astype(np.float32), locks.how, on, guide, rng
    )
    return _above(ribbons(curve, face, locks.how, cap, rng), on)


def _above(mesh: Mesh, on: Obstacle) -> Mesh:
    """The ribbons with their edges, too, on what they lie on."""
    depth, facing = on.depth(mesh.position)
    return replace(mesh, position=mesh.position + np.clip(depth - 0.001, 0, 0.02).astype(np.float32)[:, None] * facing)


def _combed(eye: NDArray[np.floating], ahead: NDArray[np.bool_], fringe: bool) -> Guide:
    """Hair kept out of the face, and below the ears gathered: behind the shoulders, or in front of them where ``ahead`` (N,)."""

    def guide(place: NDArray[np.floating]) -> tuple[Floats, Floats]:
        bend = np.zeros(place.shape, np.float32)
        if fringe:
            return place.astype(np.float32), bend
        low = np.clip((eye[1] - place[:, 1]) / 0.06, 0, 1)
        # In front hair may come as far as the temples, further down as far as the cheeks.
        limit = (
            np.interp(eye[1] + 0.075 - place[:, 1], (0.0, 0.05, 0.10, 0.20), (0.03, -0.035, -0.060, -0.055)) + eye[2]
        )
        limit = limit + ahead * low * 0.05
        back = np.maximum(place[:, 2] - limit, 0)
        combed = place.copy()
        combed[:, 2] -= 0.7 * back
        # What starts in the middle of the forehead is parted to both sides.
        front = (back > 0) * np.maximum(0.055 - np.abs(place[:, 0]), 0)
        combed[:, 0] += 0.25 * front * np.where(place[:, 0] < 0, -1, 1)
        bend[:, 2] = -14.0 * back
        bend[:, 0] = (
            -low * 12.0 * np.sign(place[:, 0]) * np.maximum(np.abs(place[:, 0]) - np.where(ahead, 0.085, 0.05), 0)
        )
        bend[:, 2] -= low * 4.0 * (place[:, 2] - (eye[2] - np.where(ahead, 0.05, 0.20)))
        return combed.astype(np.float32), bend

    return guide


def _roots(
    cap: Mesh, locks: Locks, body: Body, rng: np.random.Generator
) -> tuple[NDArray[np.floating], Floats, NDArray[np.floating]]:
    """Roots just under the shell, its normals there, and where they are on the mean person; spread over its area."""
    eye = body.mean_point("face_left_eye")
    corners = cap.position[cap.faces]
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    middle = cap.place[cap.faces].mean(axis=1)
    if locks.where == "fringe":
        area = area * (middle[:, 2] > eye[2] - 0.065) * (middle[:, 1] > eye[1] + 0.07) * (np.abs(middle[:, 0]) < 0.055)
    face = np.sort(rng.choice(len(area), size=locks.count, p=area / area.sum()))
    share = rng.dirichlet([1.0, 1.0, 1.0], locks.count).astype(np.float32)[..., None]
    normal = (cap.normal[cap.faces[face]] * share).sum(axis=1)
    normal = normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-6)
    root = (corners[face] * share).sum(axis=1) - 0.003 * normal
    return root, normal, (cap.place[cap.faces[face]] * share).sum(axis=1)


def _obstacle(cap: Mesh, skin: Mesh, clothes: Sequence[Mesh], body: Body) -> Obstacle:
    """The shell, the skin of head and neck, and the clothes about the shoulders."""
    low = body.mean_point("spine2")[1]
    parts = [(cap, 0.0015), (skin, 0.004), *((garment, _OFF_CLOTH) for garment in clothes)]
    place, normal, clear = [], [], []
    for mesh, gap in parts:
        rows = np.flatnonzero((mesh.position[:, 1] > low) & (np.abs(mesh.position[:, 0]) < 0.24))
        place.append(mesh.position[rows])
        normal.append(mesh.normal[rows])
        # Skin goes on for a little under the cloth's edge.
        below = mesh.place[rows, 1] < body.mean_point("neck")[1]
        clear.append(np.where(below, np.float32(max(gap, _OFF_CLOTH + 0.004)), np.float32(gap)).astype(np.float32))
    points = np.concatenate(place)
    return Obstacle(place=points, normal=np.concatenate(normal), clear=np.concatenate(clear), tree=cKDTree(points))


def _hung(mesh: Mesh, skin: Mesh, body: Body) -> Mesh:
    """Hair that reaches the shoulders moves with the chest there, and with the neck between."""
    shift = float((skin.position[:, 1] - skin.place[:, 1])[skin.place[:, 1] > body.mean_point("jaw")[1]].mean())
    neck = body.mean_point("neck")[1] + shift
    low = np.clip((neck + 0.085 - mesh.position[:, 1]) / 0.16, 0, 1)
    share = (low * low * (3 - 2 * low)).astype(np.float32)
    weights = mesh.weights * (1 - share[:, None])
    weights[:, BONES.index("spine3")] += share
    return replace(mesh, weights=weights)


def _dyed(mesh: Mesh, person: Person) -> Mesh:
    """The hair's colour, lighter and darker from lock to lock; greying hair has white among it."""
    tone = np.array(person.hair)
    light = float(tone.mean())
    base = tone * mesh.colour
    shine = tone * 1.45 + 0.035 if light < 0.28 else tone * 0.62
    if person.age_group == "elder" and light < 0.4:
        shine = 0.5 * shine + 0.5 * np.array([0.55, 0.54, 0.52])
    second = np.clip(shine * (0.4 + 0.6 * mesh.colour), 0, 1)
    dyed = mesh.painted(np.clip(base, 0, 1)).patterned("strands", mesh.uv, second)
    return dyed.finished(gloss=0.10 if person.hair_style in ("afro", "fade", "cropped", "locs") else 0.30, wrinkles=0.0)
