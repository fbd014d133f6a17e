"""Hair: a shell over the scalp with a clean hairline, and below it a curtain, a tail or a bun."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from synthgest.body.mesh import Floats, Mesh, adjacency, join, keep, vertex_normals
from synthgest.body.model import Body
from synthgest.body.person import Person
from synthgest.body.rig import BONES


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """top, side: thickness of the shell, metres. rough: unevenness, metres. fall: how far hair hangs below the eyes, metres."""

    top: float
    side: float
    rough: float = 0.0
    fall: float = 0.0
    tail: bool = False
    bun: bool = False


STYLES: dict[str, Style | None] = {
    "shaved": None,
    "cropped": Style(top=0.006, side=0.004),
    "short": Style(top=0.020, side=0.009, rough=0.002),
    "side": Style(top=0.026, side=0.010, rough=0.002),
    "curly": Style(top=0.046, side=0.034, rough=0.006),
    "bob": Style(top=0.018, side=0.016, rough=0.001, fall=0.12),
    "long": Style(top=0.017, side=0.015, rough=0.001, fall=0.36),
    "bun": Style(top=0.011, side=0.009, bun=True),
    "ponytail": Style(top=0.011, side=0.009, tail=True),
}
"""None: no shell, only a painted scalp."""


def hairline(place: Floats, ears: Floats, body: Body) -> Floats:
    """Metres within the hair-bearing skin of the mean person."""
    eye = body.mean_point("face_left_eye")
    x, y, z = np.abs(place[:, 0]), place[:, 1], place[:, 2]
    back = np.clip((eye[2] + 0.01 - z) / 0.17, 0, 1)
    edge = eye[1] + 0.066 - 0.165 * back**1.25 - 0.25 * np.clip(x - 0.04, 0, 1)
    # In front of the ear the hair ends at a short side-burn, behind it goes down to the nape.
    line: Floats = (
        np.minimum(y - edge, 0.02 + 0.4 * (y - eye[1] + 0.005) + 4.0 * np.clip(back - 0.42, 0, 1)) - 0.03 * ears
    ).astype(np.float32)
    return line


def painted_scalp(colour: NDArray[np.floating], line: Floats, person: Person) -> NDArray[np.floating]:
    """Skin colours (V, 3) with the scalp under the hair in the hair's colour."""
    share = np.clip(line / 0.006 + 0.3, 0, 1) * (0.45 if person.hair_style == "shaved" else 1.0)
    painted: NDArray[np.floating] = colour * (1 - share[:, None]) + np.array(person.hair) * share[:, None]
    return painted


def hair(skin: Mesh, line: Floats, person: Person, body: Body, rng: np.random.Generator) -> Mesh | None:
    """The hair of a person; ``line`` (V,) is the hairline's field on the skin's mesh."""
    style = STYLES[person.hair_style]
    if style is None:
        return None
    skin = replace(skin, extra=skin.extra[:, :0])
    cap = _cap(skin, line, style, person, body, rng)
    parts = [cap]
    if style.fall:
        parts.append(_curtain(cap, style, body, person))
    if style.tail:
        parts.append(_tail(cap, body))
    if style.bun:
        parts.append(_bun(cap))
    return _strands(join(parts), person, rng)


def _cap(skin: Mesh, line: Floats, style: Style, person: Person, body: Body, rng: np.random.Generator) -> Mesh:
    carrier = keep(replace(skin, extra=line[:, None]), line)
    depth = carrier.extra[:, 0]
    eye = body.mean_point("face_left_eye")
    height = np.clip((carrier.place[:, 1] - eye[1] - 0.02) / 0.09, 0, 1)
    thick = style.side + (style.top - style.side) * height
    if person.hair_style == "side":
        thick = thick * (1 + 0.35 * np.clip(carrier.place[:, 0] / 0.05, -1, 1))
    thick = 0.0012 + thick * np.sqrt(np.clip(depth / (0.012 + 0.6 * style.top), 0, 1))
    if style.rough:
        thick = thick + style.rough * _waves(
            carrier.place, rng, 45.0 if person.hair_style == "curly" else 30.0
        ) * np.clip(depth / 0.03, 0, 1)
    mean = adjacency(carrier.faces, len(carrier.position))
    normal, position = carrier.normal, carrier.position
    inner = np.clip(depth / 0.03, 0, 1)[:, None]
    for _ in range(6):
        normal = mean @ normal
        position = position + 0.5 * inner * (mean @ position - position)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    # The mesh has sideways folds at the ears: the shell leans on the skin's own normal near its edge.
    normal = inner * normal + (1 - inner) * carrier.normal
    return replace(carrier.moved(position + normal * thick[:, None]), extra=carrier.extra[:, :0])


def _curtain(cap: Mesh, style: Style, body: Body, person: Person) -> Mesh:
    """A sheet that hangs from under the cap round the back of the head, in front of nothing."""
    columns, rows = 41, 14
    eye_y = _eye_height(cap, body)
    centre_z = float(cap.position[:, 2].mean())
    ring = cap.position[np.abs(cap.position[:, 1] - eye_y - 0.03) < 0.02]
    half_x = float(np.abs(ring[:, 0]).max()) - 0.002
    half_z = float(centre_z - ring[:, 2].min()) - 0.002
    angle = np.radians(np.linspace(-112, 112, columns))
    down = np.linspace(0, 1, rows)
    turn, drop = np.meshgrid(angle, down)
    side = np.abs(np.sin(turn))
    fall = style.fall * (1 - 0.3 * np.clip(side - 0.5, 0, 1) * (style.fall > 0.2))
    y = eye_y + 0.05 - drop * (0.05 + fall)
    # The upper edge is hidden under the cap.
    swell = 0.88 + 0.12 * np.clip(drop * 5, 0, 1) + 0.06 * np.sin(np.pi * np.clip(drop * 1.2, 0, 1))
    x = np.sin(turn) * half_x * swell
    z = centre_z - np.cos(turn) * half_z * swell
    # Long hair gathers behind the shoulders as it passes them, and lies on the back.
    low = np.clip((eye_y - 0.10 - y) / 0.10, 0, 1)
    z = z - low * (0.03 + 0.03 * side)
    x = x * (1 - 0.10 * low)
    position = np.stack([x, y, z], axis=-1).reshape(-1, 3).astype(np.float32)
    return _sheet(cap, position, columns, rows, low.ravel() * 0.5)


def _sheet(cap: Mesh, position: Floats, columns: int, rows: int, on_back: NDArray[np.floating]) -> Mesh:
    number = np.arange(rows * columns).reshape(rows, columns)
    a, b, c, d = number[:-1, :-1].ravel(), number[:-1, 1:].ravel(), number[1:, :-1].ravel(), number[1:, 1:].ravel()
    faces = np.concatenate([np.stack([a, b, c], axis=1), np.stack([b, d, c], axis=1)]).astype(np.int32)
    return _grown(cap, position, faces, on_back)


def _tail(cap: Mesh, body: Body) -> Mesh:
    """A tail from the back of the head down the neck."""
    rows, columns = 12, 12
    root = cap.position[cap.position[:, 2].argmin()] + np.array([0, 0.01, 0.006], np.float32)
    along = np.linspace(0, 1, rows)[:, None]
    turn = np.linspace(0, 2 * np.pi, columns)[None]
    radius = 0.006 + 0.024 * np.sin(np.pi * np.clip(0.12 + 0.86 * along, 0, 1)) ** 0.8
    y = root[1] + 0.02 * np.sin(np.pi * along) - 0.26 * along**1.3
    z = root[2] - 0.045 * np.sin(np.pi * np.clip(along * 1.1, 0, 1)) + 0.01 * along
    position = np.stack([radius * np.sin(turn), y + 0 * turn, z + radius * np.cos(turn)], axis=-1).reshape(-1, 3)
    return _sheet(cap, position.astype(np.float32), columns, rows, np.repeat(along.ravel() * 0.3, columns))


def _bun(cap: Mesh) -> Mesh:
    """A knot at the back of the crown."""
    rows, columns = 9, 14
    root = cap.position[cap.position[:, 2].argmin()] + np.array([0, 0.045, 0.004], np.float32)
    up = np.linspace(-np.pi / 2, np.pi / 2, rows)[:, None]
    turn = np.linspace(0, 2 * np.pi, columns)[None]
    ball = np.stack([np.cos(up) * np.sin(turn), np.sin(up) + 0 * turn, np.cos(up) * np.cos(turn)], axis=-1) * 0.034
    return _sheet(cap, (ball.reshape(-1, 3) + root).astype(np.float32), columns, rows, np.zeros(rows * columns))


def _grown(cap: Mesh, position: Floats, faces: NDArray[np.int32], on_back: NDArray[np.floating]) -> Mesh:
    """A mesh of hair that moves with the head and, where it lies on it, partly with the back."""
    count = len(position)
    weights = np.zeros((count, len(BONES)), np.float32)
    weights[:, BONES.index("head")] = 1 - on_back
    weights[:, BONES.index("spine3")] = on_back
    nothing = np.zeros(count, np.float32)
    return Mesh(
        faces=faces,
        position=position,
        normal=vertex_normals(position, faces),
        weights=weights,
        colour=np.zeros((count, 3), np.float32),
        accent=np.zeros((count, 3), np.float32),
        uv=np.zeros((count, 2), np.float32),
        finish=np.zeros((count, 3), np.float32),
        place=position,
        arm=nothing - 0.5,
        leg=nothing - 0.5,
        extra=np.zeros((count, 0), np.float32),
    )


def _strands(mesh: Mesh, person: Person, rng: np.random.Generator) -> Mesh:
    """The hair's colour, lighter and darker from strand to strand."""
    turn = np.arctan2(mesh.position[:, 0], mesh.position[:, 2] - mesh.position[:, 2].mean())
    streak = sum(np.sin(turn * k + rng.uniform(0, 6.3)) for k in (17, 29, 43)) / 3
    shade = 1 + 0.13 * streak + 0.05 * rng.standard_normal(len(turn))
    return mesh.painted(np.clip(np.array(person.hair) * shade[:, None], 0, 1))


def _waves(place: Floats, rng: np.random.Generator, frequency: float) -> Floats:
    """(V,) smooth unevenness in [-1, 1], waves of about 2 pi / frequency metres."""
    total = np.zeros(len(place))
    for _ in range(5):
        total += np.sin(place @ rng.normal(0, frequency, 3) + rng.uniform(0, 6.3))
    waves: Floats = (total / 5).astype(np.float32)
    return waves


def _eye_height(cap: Mesh, body: Body) -> float:
    """Where the eyes are on this person's head, metres, from how far the cap lies above them on the mean person."""
    shift = float((cap.position[:, 1] - cap.place[:, 1]).mean())
    return float(body.mean_point("face_left_eye")[1]) + shift
