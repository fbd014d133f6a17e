"""What is along the walls of a room: furniture, doors, windows, pictures and boards, one beside another."""

import numpy as np

from synthgest.scene.clearing import Clearing
from synthgest.scene.colours import CLOTHS, LACQUERS, WOODS, colour_of
from synthgest.scene.rooms import RoomKind
from synthgest.scene.shapes import Piece, box, moved, piece, turned
from synthgest.scene.tracing import Corner

Rng = np.random.Generator


def along_walls(
    kind: RoomKind, low: Corner, high: Corner, free: Clearing, window: Corner | None, rng: Rng
) -> list[Piece]:
    """Pieces, doors, windows and pictures in turn along all four walls; a window where the main light comes in."""
    kept: list[Piece] = []
    middle = ((low[0] + high[0]) / 2, (low[2] + high[2]) / 2)
    wide, deep = high[0] - low[0], high[2] - low[2]
    sides = (
        (middle[0], low[2], 0.0, wide),
        (low[0], middle[1], np.pi / 2, deep),
        (high[0], middle[1], -np.pi / 2, deep),
        (middle[0], high[2], np.pi, wide),
    )
    for x, z, yaw, long in sides:
        busy: list[tuple[float, float]] = []
        if window is not None:
            local = turned(np.array([window[0] - x, 0, window[2] - z], np.float32), -yaw)
            if abs(float(local[2])) < 0.25:
                half = min(rng.uniform(0.8, 1.5), long / 2 - 0.2)
                at = float(np.clip(local[0], half - long / 2, long / 2 - half))
                kept.append(
                    moved(
                        _hung("window", half, high[1], rng),
                        x + at * float(np.cos(yaw)),
                        z - at * float(np.sin(yaw)),
                        yaw,
                    )
                )
                busy.append((at - half, at + half))
        if yaw == 0.0:
            busy += _behind(kind, x, z, high[1], kept, rng)
        for thing, at, standing in _row(kind, long, high[1], busy, rng):
            placed = moved(thing, x + at * float(np.cos(yaw)), z - at * float(np.sin(yaw)), yaw)
            if not standing or not free.blocked(placed):
                kept.append(placed)
    return kept


def _behind(
    kind: RoomKind, x: float, z: float, ceiling: float, kept: list[Piece], rng: Rng
) -> list[tuple[float, float]]:
    """Add what is always behind the person to ``kept``; the parts of the wall that it takes."""
    if kind.main:
        thing = _hung(kind.main, 1.5, ceiling, rng)
    elif kind.stand is not None:
        thing = kind.stand(rng)
    else:
        return []
    at, half = rng.uniform(-0.6, 0.6), _half(thing)
    kept.append(moved(thing, at, z))
    return [(at - x - half, at - x + half)]


def _row(
    kind: RoomKind, long: float, ceiling: float, busy: list[tuple[float, float]], rng: Rng
) -> list[tuple[Piece, float, bool]]:
    """What is along one wall of ``long`` metres: the piece, where its middle is, and whether it stands on the floor."""
    row: list[tuple[Piece, float, bool]] = []
    x = -long / 2 + rng.uniform(0.1, 0.5)
    while True:
        standing = rng.random() < 0.68
        thing = kind.along[rng.integers(len(kind.along))](rng) if standing else None
        half = _half(thing) if thing is not None else rng.uniform(0.45, 0.8)
        if x + 2 * half > long / 2 - 0.1:
            return row
        at, free = x + half, not any(x < end and x + 2 * half > begin for begin, end in busy)
        if thing is not None and (free or top_of(thing) < 0.95):
            row.append((thing, at, True))
        if free and (thing is None or (top_of(thing) < 1.2 and rng.random() < 0.6)):
            what = (
                str(kind.hung[rng.integers(len(kind.hung))])
                if thing is None
                else str(rng.choice(["picture", "poster"]))
            )
            if what != "none" and (thing is None or "none" not in kind.hung):
                row.append((_hung(what, half, ceiling, rng), at, False))
        x += 2 * half + rng.uniform(0.04, 0.55)


def _half(thing: Piece) -> float:
    """Half of what a piece is wide, metres."""
    edges = [float(np.abs(solid.corners[:, 0]).max()) for solid in thing.solids] or [0.3]
    return max(edges)


def top_of(thing: Piece) -> float:
    """How high a piece is, metres."""
    return max((float(solid.corners[:, 1].max()) for solid in thing.solids), default=0.0)


def _hung(what: str, half: float, ceiling: float, rng: Rng) -> Piece:
    """A thing on the wall, its middle at x = 0: windows, doors, pictures, boards."""
    seed, frame = rng.uniform(0, 99), colour_of(rng, LACQUERS[:2] if rng.random() < 0.7 else WOODS)
    top = ceiling - 0.15
    if what == "door":
        return piece(box((-0.48, 0, 0), (0.48, 2.08, 0.035), colour_of(rng, WOODS + LACQUERS), "door", seed=seed))
    if what == "shutter":
        return piece(box((-1.3, 0, 0), (1.3, min(2.6, top), 0.04), colour_of(rng, LACQUERS), "corrugated", seed=seed))
    if what in ("window", "curtained", "tall window", "high window"):
        low, high = {"tall window": (0.1, min(3.4, top)), "high window": (max(2.4, top - 2.0), top - 0.2)}.get(
            what, (0.88, min(2.2, top))
        )
        pane = piece(
            box((-half, low, 0), (half, high, 0.04), frame, "window", seed=seed),
            box((-half - 0.05, low - 0.03, 0), (half + 0.05, low, 0.12), frame),
        )
        if what != "curtained":
            return pane
        cloth = colour_of(rng, CLOTHS + LACQUERS)
        drops = [
            box((x, 0.1, 0.05), (x + 0.32, high + 0.12, 0.12), cloth, "curtain") for x in (-half - 0.28, half - 0.04)
        ]
        return pane + piece(*drops, box((-half - 0.35, high + 0.12, 0.07), (half + 0.35, high + 0.15, 0.1), frame))
    if what in ("board", "wide board"):
        wide = half if what == "board" else rng.uniform(1.4, 2.1)
        tone = (0.72, 0.74, 0.74) if rng.random() < 0.6 else (0.02, 0.05, 0.035)
        return piece(
            box((-wide, 0.9, 0), (wide, 2.1, 0.03), tone, "board", seed=seed),
            box((-wide, 0.88, 0), (wide, 0.9, 0.1), (0.4, 0.4, 0.4)),
        )
    wide = {"wide poster": rng.uniform(1.0, 1.6)}.get(what, min(half, 0.5) * rng.uniform(0.5, 0.95))
    high = wide * rng.uniform(0.5, 0.75)
    pattern = "picture" if what == "picture" else "poster"
    return piece(
        box(
            (-wide, 1.6 - high, 0),
            (wide, 1.6 + high, 0.025),
            frame if rng.random() < 0.6 else (0.02, 0.02, 0.02),
            pattern,
            seed=seed,
        )
    )
