"""What is drawn of a shot: the one who performs and what is in the hand, others, and what stands in front, as one mesh."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthgest.body import PosedFigure
from synthgest.body.held import carried
from synthgest.body.things import Thing
from synthgest.engines.instances import owners
from synthgest.engines.staging import Staged
from synthgest.render.mesh import MovingMesh
from synthgest.render.rasteriser import Drawn
from synthgest.scene.camera import Camera

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """meshes: the performer's, those of others, and those of things. people: how many of them are people's."""

    meshes: tuple[MovingMesh, ...]
    people: int

    @property
    def mesh(self) -> MovingMesh:
        """All as one."""
        return self.meshes[0] if len(self.meshes) == 1 else MovingMesh.joined(self.meshes)

    def instances(self, drawn: Drawn, camera: Camera, frame: int) -> NDArray[np.uint8]:
        """(H, W): 1 where the performer is seen, 2 and up where others are, else 0."""
        if len(self.meshes) == 1:
            return drawn.mask.astype(np.uint8)
        found = owners(drawn.mask, drawn.depth, camera, [mesh.vertices[frame] for mesh in self.meshes])
        return np.where(found > self.people, 0, found).astype(np.uint8)


def parts_of(staged: Staged, posed: PosedFigure, frames: NDArray[np.intp]) -> Parts:
    """Everything at some frames of a shot, in which the performer is ``posed``."""
    people = [posed, *(other.posed(frames) for other in staged.others)]
    meshes = [
        MovingMesh(vertices=each.vertices, normals=each.normals, faces=each.faces, surface=each.surface)
        for each in people
    ]
    if staged.holding is not None:
        holding = staged.holding
        meshes.append(_moving(holding.thing, *carried(holding.thing, holding.name, posed, holding.side)))
    if staged.front is not None:
        thing = staged.front.thing
        meshes.append(_moving(thing, *(_still(each, len(frames)) for each in (thing.vertices, thing.normals))))
    return Parts(meshes=tuple(meshes), people=len(people))


def span(staged: Staged) -> Floats:
    """(T, N, 3) points of all that is drawn, through the whole clip, metres."""
    count = len(staged.motion)
    points = [staged.outline.vertices, *(other.outline() for other in staged.others)]
    if staged.front is not None:
        points.append(_still(staged.front.thing.vertices[::5], count))
    if staged.holding is not None:  # no arm is so long
        box = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], np.float32) * np.float32(0.8)
        points.append(staged.outline.joints[:, [staged.holding.wrist]] + box)
    return points[0] if len(points) == 1 else np.concatenate(points, axis=1)


def _moving(thing: Thing, vertices: Floats, normals: Floats) -> MovingMesh:
    return MovingMesh(vertices=vertices, normals=normals, faces=thing.faces, surface=thing.surface)


def _still(values: Floats, frames: int) -> Floats:
    return np.repeat(values[None], frames, axis=0)
