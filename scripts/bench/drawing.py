"""What drawing costs beside pyrender, and a whole clip beside its drawing, stage by stage."""

import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import trimesh
from rows import Row, side_by_side

from synthgest.body import pose
from synthgest.data.publish import Publisher
from synthgest.engines import pose_transfer, staging
from synthgest.engines.pose_transfer import PoseTransfer
from synthgest.executors import making
from synthgest.gestures import load_gestures
from synthgest.plan import plan
from synthgest.recipes import load_recipe
from synthgest.render.gl import import_pyrender
from synthgest.render.mesh import MovingMesh
from synthgest.render.passes import Passes
from synthgest.render.rasteriser import Renderer
from synthgest.render.sensor import Sensor
from synthgest.render.setting import Setting
from synthgest.render.shadow import FloorShadow
from synthgest.scene.camera import Camera
from synthgest.scene.place import Backdrop
from synthgest.types import Shot

FRAMES, ROUNDS = 90, 5


def a_shot() -> tuple[PoseTransfer, Shot]:
    """One clip of the default recipe: the whole of a person who waves, before a camera that stands still."""
    still = {"movement": {"hand_held": 0.0, "slow": 0.0}, "camera": {"aerial": 0.0, "upper_body": 0.0}}
    recipe = load_recipe("pose-transfer", still)
    (shot,) = plan(load_gestures(["everyday/wave"]), recipe, clips=1, seed=0, fingerprint={})
    return PoseTransfer(recipe), shot


def the_scene(engine: PoseTransfer, shot: Shot) -> tuple[MovingMesh, Setting]:
    """The dressed person of a shot at its first frames, and the place that it stands in."""
    staged = engine.stage(shot)
    frames = np.arange(FRAMES)
    posed = pose(staged.figure, staged.motion, staged.face, frames=frames)
    up = np.array([0, staged.rise, 0], np.float32)
    mesh = MovingMesh(vertices=posed.vertices + up, normals=posed.normals, faces=posed.faces, surface=posed.surface)
    seen = staged.work.seen
    backdrop = staged.place.draw(seen, frames=FRAMES, fps=30)
    return mesh, Setting(
        light=staged.place.light, backdrop=backdrop, seen=seen, shutter=0.4, span=staged.outline.vertices
    )


def readme_way(renderer: Any, mesh: MovingMesh, camera: Camera) -> None:
    """Every frame as pyrender's README does it: a new mesh and scene, its lit shader, multisampling."""
    pyrender = import_pyrender()
    for vertices in mesh.vertices:
        body = trimesh.Trimesh(vertices, mesh.faces, vertex_colors=mesh.surface.colour, process=False)
        scene = pyrender.Scene(bg_color=[0, 0, 0, 0])
        scene.add(pyrender.Mesh.from_trimesh(body))
        scene.add(pyrender.PerspectiveCamera(yfov=camera.yfov), pose=camera.pose)
        scene.add(pyrender.DirectionalLight(color=np.ones(3), intensity=3.0), pose=camera.pose)
        renderer.render(scene, flags=pyrender.RenderFlags.RGBA)


def drawn(renderer: Renderer, mesh: MovingMesh, setting: Setting) -> None:
    """The whole clip by the fast path: lit, shadowed, smeared, antialiased, put into its place; mask and depth too."""
    for _ in renderer.draw(mesh, [setting.seen], setting):
        pass


def alone(renderer: Renderer, mesh: MovingMesh, setting: Setting) -> None:
    """The same dressed mesh as the README way draws it: lit, antialiased and read back, before nothing."""
    black = np.zeros_like(setting.backdrop.images[:1])
    nowhere = Backdrop(images=black, floor=np.zeros(black.shape[1:3], np.float32))
    bare = replace(setting, backdrop=nowhere, shutter=0.0, shadows=False)
    for _ in renderer.draw(mesh, [setting.seen], bare):
        pass


STAGES: list[tuple[object, str, str]] = [
    (staging, "sample_person", "choose and dress the person"),
    (staging, "dress", "choose and dress the person"),
    (staging, "perform", "motion and face"),
    (staging, "act", "motion and face"),
    (staging, "frame_camera", "frame the camera"),
    (staging, "sample_place", "lay out the place"),
    (staging, "pose", "pose and skin"),
    (pose_transfer, "pose", "pose and skin"),
    (Passes, "light", "draw: light map"),
    (FloorShadow, "cast", "draw: shadow on the floor"),
    (Passes, "person", "draw: person"),
    (Passes, "finish", "draw: composite, blur, read back"),
    (Sensor, "expose", "sensor"),
    (making, "_published", "encode, verify, publish"),
]
"""Functions that are timed, and the stage that each belongs to; none is called by another of them."""


@contextmanager
def clocked(spent: dict[str, float], owner: object, name: str, label: str) -> Iterator[None]:
    """Add up the seconds that a function takes while it is called within."""
    whole = getattr(owner, name)

    def timed(*given: object, **named: object) -> object:
        began = time.perf_counter()
        try:
            return whole(*given, **named)
        finally:
            spent[label] = spent.get(label, 0.0) + time.perf_counter() - began

    setattr(owner, name, timed)
    try:
        yield
    finally:
        setattr(owner, name, whole)


def where_the_time_goes(clips: int) -> tuple[dict[str, float], float, int]:
    """Seconds of each stage, of all of them, and frames, over some clips of each rocog gesture, made in this process."""
    recipe = load_recipe("pose-transfer")
    engine = PoseTransfer(recipe)
    shots = plan(load_gestures(["rocog"]), recipe, clips=clips, seed=1, fingerprint={})
    next(engine.generate(shots[:1]))
    spent: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        for owner, name, label in STAGES:
            stack.enter_context(clocked(spent, owner, name, label))
        publisher = Publisher(folder=Path(folder), config="bench", licence="")
        (Path(folder) / "clips").mkdir()
        began = time.perf_counter()
        for _ in making.make(engine, shots, publisher):
            pass
        whole = time.perf_counter() - began
        frames = sum(json.loads(path.read_text())["frames"] for path in Path(folder).rglob("*.json"))
    spent["everything else"] = whole - sum(spent.values())
    return spent, whole, frames


def main() -> None:
    """Measure, tell, and say where the time goes."""
    mesh, setting = the_scene(*a_shot())
    size = (setting.seen.width, setting.seen.height)
    with Renderer(*size) as renderer:
        slow = import_pyrender().OffscreenRenderer(*size)  # deleting it would take EGL from everybody
        taken = side_by_side(
            {
                "pyrender": lambda: readme_way(slow, mesh, setting.seen),
                "alone": lambda: alone(renderer, mesh, setting),
                "drawn": lambda: drawn(renderer, mesh, setting),
            },
            rounds=ROUNDS,
        )
    readme, bare, full = (taken[name] / FRAMES for name in ("pyrender", "alone", "drawn"))
    against = "pyrender as in its README, lit, read back"
    for what, seconds in (
        ("drawing: lit, antialiased, read back", bare),
        ("drawing: shadow, place, blur, mask too", full),
    ):
        Row(what=what, against=against, ours=seconds, theirs=readme, each="frame").tell()
    spent, whole, frames = where_the_time_goes(1)
    Row(
        what="a whole clip, one process",
        against="its bare draw and read-back",
        ours=whole / frames,
        theirs=bare,
        each="frame",
    ).tell()
    print(
        f"{mesh.vertices.shape[1]} vertices, {len(mesh.faces)} triangles, {size[0]}x{size[1]}; a whole clip by stages:"
    )
    for label, seconds in sorted(spent.items(), key=lambda entry: -entry[1]):
        print(f"  {label:36s} {seconds / frames * 1e3:6.2f} ms  {seconds / whole:4.0%}")


if __name__ == "__main__":
    main()
