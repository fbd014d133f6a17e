"""A site outdoors while it is laid out: what is drawn from, its ground, and ways to strew and line up things."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from synthgest.scene.noise import Noise
from synthgest.scene.shapes import Piece, moved
from synthgest.scene.soils import Soil, soil
from synthgest.scene.terrain import Layer, Mask, Terrain

Maker = Callable[[np.random.Generator], Piece]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """sun: (x, z), where the light comes from, level. lit: whether street lamps are on."""

    rng: np.random.Generator
    noise: Noise
    sun: tuple[float, float]
    lit: bool

    def soil(self, name: str, *, strewn: str = "") -> Soil:
        """Ground of a kind."""
        return soil(name, self.rng, self.noise, self.sun, strewn=strewn)

    def one_of(self, *names: str) -> str:
        """One of the names."""
        return names[int(self.rng.integers(len(names)))]

    def terrain(self, base: str, *layers: Layer, strewn: str = "") -> Terrain:
        """Ground of the kind ``base`` under layers."""
        return Terrain(base=self.soil(base, strewn=strewn), layers=layers, noise=self.noise)

    def layer(self, mask: Mask, kind: str, *, ragged: float = 0.0, worn: float = 0.0) -> Layer:
        """A layer of a kind of ground."""
        return Layer(mask=mask, material=self.soil(kind), ragged=ragged, worn=worn)

    def strewn(
        self,
        makers: Sequence[Maker],
        count: tuple[int, int],
        away: tuple[float, float],
        *,
        back: float = 0.7,
    ) -> list[Piece]:
        """Things at random places ``away`` metres from the person, turned at random.

        back: part of them that stands on the side that the camera sees, within 70 degrees of straight ahead.
        """
        pieces = []
        for _ in range(int(self.rng.integers(count[0], count[1] + 1))):
            maker = makers[int(self.rng.integers(len(makers)))]
            distance = float(np.sqrt(self.rng.uniform(away[0] ** 2, away[1] ** 2)))
            seen = self.rng.random() < back
            turn = self.rng.uniform(-1.0, 1.0) if seen else self.rng.uniform(-np.pi, np.pi)
            x, z = distance * float(np.sin(turn)), -distance * float(np.cos(turn))
            pieces.append(moved(maker(self.rng), x, z, float(self.rng.uniform(-np.pi, np.pi))))
        return pieces

    def lined(
        self,
        makers: Sequence[Maker],
        start: tuple[float, float],
        end: tuple[float, float],
        step: tuple[float, float],
        *,
        yaw: float = 0.0,
        share: float = 1.0,
        stray: float = 0.0,
    ) -> list[Piece]:
        """Things along a line, every ``step`` metres, facing ``yaw``; ``share`` of them is there, ``stray`` metres off."""
        pieces, at = [], 0.0
        way = np.array(end) - np.array(start)
        length = float(np.linalg.norm(way))
        while at <= length:
            if self.rng.random() < share:
                x, z = np.array(start) + way * at / length + self.rng.uniform(-stray, stray, 2)
                maker = makers[int(self.rng.integers(len(makers)))]
                pieces.append(moved(maker(self.rng), float(x), float(z), yaw + self.rng.normal(0, 0.02)))
            at += float(self.rng.uniform(*step))
        return pieces

    def terrace(
        self,
        maker: Callable[[np.random.Generator, float], Piece],
        z: float,
        span: tuple[float, float],
        *,
        yaw: float = 0.0,
        gaps: float = 0.0,
    ) -> list[Piece]:
        """Buildings side by side with their fronts on z, of random widths; ``gaps``: metres between some of them."""
        pieces, x = [], span[0]
        while x < span[1]:
            wide = float(self.rng.uniform(7, 14))
            pieces.append(moved(maker(self.rng, wide), (x + wide / 2) * float(np.cos(yaw)), z, yaw))
            x += wide + (float(self.rng.uniform(0, gaps)) if gaps > 0 else 0.0)
        return pieces
