"""Speed as ratios, measured side by side in one run: the fast renderer against pyrender as its README uses it, and workers."""

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
import trimesh

from synthgest.body import dress, load_body, pose, sample_person, stand
from synthgest.generation import Request, prepare, run
from synthgest.gestures import load_gestures
from synthgest.motion import perform
from synthgest.recipes import load_recipe
from synthgest.render.gl import import_pyrender
from synthgest.render.mesh import MovingMesh
from synthgest.render.rasteriser import Renderer
from synthgest.scene.camera import Camera
from synthgest.scene.framing import CameraSettings, frame_camera
from synthgest.scene.light import Light
from synthgest.scene.rooms import sample_room

FRAMES, SIZE, ROUNDS = 48, 224, 3


def the_scene() -> tuple[MovingMesh, Camera, Light]:
    """A dressed person who waves, before a camera, in the light of a room."""
    rng = np.random.default_rng(0)
    motion = perform(load_gestures(["everyday/wave"])[0], rng, fps=30, frames=(FRAMES, 120))
    posed = stand(pose(dress(load_body(), sample_person(rng)), motion))
    mesh = MovingMesh(
        vertices=posed.vertices[:FRAMES], normals=posed.normals[:FRAMES], faces=posed.faces, surface=posed.surface
    )
    seen = posed.vertices[:, ::40]
    camera = frame_camera(seen, posed.fingertips, rng, settings=CameraSettings(), size=(SIZE, SIZE))
    return mesh, camera, sample_room(rng).light


def readme_way(mesh: MovingMesh, camera: Camera, light: Light) -> None:
    """Every frame as pyrender's README does it: a new mesh and scene, its lit shader, multisampling."""
    pyrender = import_pyrender()
    renderer = pyrender.OffscreenRenderer(SIZE, SIZE)
    for vertices in mesh.vertices:
        body = trimesh.Trimesh(vertices, mesh.faces, vertex_colors=mesh.surface.colour, process=False)
        scene = pyrender.Scene(bg_color=[0, 0, 0, 0])
        scene.add(pyrender.Mesh.from_trimesh(body))
        scene.add(pyrender.PerspectiveCamera(yfov=camera.yfov), pose=camera.pose)
        scene.add(pyrender.DirectionalLight(color=np.ones(3), intensity=3.0), pose=camera.pose)
        renderer.render(scene, flags=pyrender.RenderFlags.RGBA)
    renderer.delete()


def our_way(mesh: MovingMesh, camera: Camera, light: Light) -> None:
    """The whole clip by the fast path: lit, antialiased, with its shadow, mask and depth."""
    with Renderer(SIZE, SIZE) as renderer:
        renderer.draw(mesh, camera, light)


def seconds(function: Callable[[], None]) -> float:
    """Median wall clock of a few rounds after one to warm up."""
    function()
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        function()
        taken.append(time.perf_counter() - began)
    return median(taken)


def whole_command(workers: int, clips: int) -> tuple[float, int]:
    """Seconds and frames of a whole run: plan, pose, draw, encode, verify, publish."""
    with tempfile.TemporaryDirectory() as folder:
        request = Request(
            gestures=load_gestures(["rocog"]),
            recipe=load_recipe("pose-transfer"),
            clips=clips,
            seed=0,
            out=Path(folder) / "out",
            workers=workers,
        )
        summary = run(prepare(request))
        records = (Path(folder) / "out" / "clips").rglob("*.json")
        return summary.seconds, sum(json.loads(path.read_text())["frames"] for path in records)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=2, help="clips a gesture for the whole command")
    clips = parser.parse_args().clips
    mesh, camera, light = the_scene()
    slow = seconds(lambda: readme_way(mesh, camera, light)) / FRAMES * 1e3
    fast = seconds(lambda: our_way(mesh, camera, light)) / FRAMES * 1e3
    print(
        f"{mesh.vertices.shape[1]} vertices, {SIZE}x{SIZE}, {FRAMES} frames, milliseconds a frame (median of {ROUNDS})"
    )
    print(f"  pyrender as in its README (lit, no shadow)      {slow:6.1f}")
    print(f"  ours (lit, antialiased, shadows, mask, depth)   {fast:6.1f}   {slow / fast:.1f} times as fast")
    one, frames = whole_command(1, clips)
    two, _ = whole_command(2, clips)
    print(f"whole command, {frames} frames: plan, pose, draw, composite, encode, verify, publish")
    print(f"  1 worker   {one:6.1f} s  {frames / one:5.1f} frames a second")
    print(f"  2 workers  {two:6.1f} s  {frames / two:5.1f} frames a second   {one / two:.2f} times as fast")


if __name__ == "__main__":
    main()
