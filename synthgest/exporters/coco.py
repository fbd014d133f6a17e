"""COCO keypoints: frames as pictures, and the person in each with box, outline and 17 keypoints, as exact as they were drawn."""

import json
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from synthgest.data.dataset import Clip
from synthgest.errors import DatasetError
from synthgest.exporters.job import Job
from synthgest.motion.skeleton import COCO_KEYPOINTS

_FINE = 4  # parts of a pixel's side
_FRAMES = 4  # of a clip: the centres of as many parts
_SKELETON = (
    (16, 14), (14, 12), (17, 15), (15, 13), (12, 13), (6, 12), (7, 13), (6, 7), (6, 8), (7, 9), (8, 10), (9, 11), (2, 3),
    (1, 2), (1, 3), (2, 4), (3, 5), (4, 6), (5, 7),
)  # fmt: skip


def coco_keypoints(job: Job) -> None:
    """``images/SPLIT/ID_000012.jpg`` and ``annotations/person_keypoints_SPLIT.json``; the class is the annotation's ``gesture``."""
    images: dict[str, list[dict[str, Any]]] = {split: [] for split in job.splits}
    people: dict[str, list[dict[str, Any]]] = {split: [] for split in job.splits}
    number = 0
    for split, clip in job.each():
        truth = clip.truth()
        if not {"coco_keypoints", "mask"} <= set(truth):
            raise DatasetError(f"the clip {clip.id} has no coco_keypoints and mask; this format needs drawn clips")
        wanted = [int((2 * part + 1) * clip.length / (2 * _FRAMES)) for part in range(min(_FRAMES, clip.length))]
        for frame, picture in zip(wanted, clip.frames_at(wanted), strict=True):
            number += 1
            name = f"{clip.id}_{frame:06d}.jpg"
            _, encoded = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 95])
            job.write(f"images/{split}/{name}", encoded.tobytes())
            height, width = picture.shape[:2]
            images[split].append({"id": number, "file_name": name, "width": width, "height": height, "clip": clip.id})
            people[split].append(_person(number, job, clip, truth["coco_keypoints"][frame], truth["mask"][frame]))
    category = {"id": 1, "name": "person", "supercategory": "person", "keypoints": list(COCO_KEYPOINTS)}
    for split, own in images.items():
        told = {
            "info": {"description": "synthgest: drawn people, nobody was filmed"},
            "images": own,
            "annotations": people[split],
            "categories": [{**category, "skeleton": [list(pair) for pair in _SKELETON]}],
        }
        job.write(f"annotations/person_keypoints_{split}.json", json.dumps(told) + "\n")


def _person(
    number: int, job: Job, clip: Clip, keypoints: NDArray[np.float32], mask: NDArray[np.bool_]
) -> dict[str, Any]:
    rows, columns = np.nonzero(mask)
    box = [0, 0, 0, 0]
    if len(rows):
        box = [int(columns.min()), int(rows.min()), int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1]
    # A contour runs through the middles of pixels: of finer ones, so that it is hardly too small.
    fine = np.kron(mask, np.ones((_FINE, _FINE), bool)).astype(np.uint8)
    outlines, _ = cv2.findContours(fine, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    points = np.where(keypoints[:, 2:] > 0, keypoints, 0.0)
    return {
        "id": number,
        "image_id": number,
        "category_id": 1,
        "iscrowd": 0,
        "bbox": box,
        "area": int(mask.sum()),
        "segmentation": [
            np.round((outline.ravel() + 0.5) / _FINE, 2).tolist() for outline in outlines if len(outline) >= 3
        ],
        "keypoints": [round(float(value), 2) for value in points.ravel()],
        "num_keypoints": int((keypoints[:, 2] > 0).sum()),
        "gesture": job.classes[clip.label],
        "label": clip.label,
    }
