"""The SMPL-X skeleton: 55 joints in the order of its released code, and the COCO-17 keypoints."""

_FINGERS = ("index", "middle", "pinky", "ring", "thumb")

_BODY: tuple[tuple[str, str | None], ...] = (
    ("pelvis", None),
    ("left_hip", "pelvis"),
    ("right_hip", "pelvis"),
    ("spine1", "pelvis"),
    ("left_knee", "left_hip"),
    ("right_knee", "right_hip"),
    ("spine2", "spine1"),
    ("left_ankle", "left_knee"),
    ("right_ankle", "right_knee"),
    ("spine3", "spine2"),
    ("left_foot", "left_ankle"),
    ("right_foot", "right_ankle"),
    ("neck", "spine3"),
    ("left_collar", "spine3"),
    ("right_collar", "spine3"),
    ("head", "neck"),
    ("left_shoulder", "left_collar"),
    ("right_shoulder", "right_collar"),
    ("left_elbow", "left_shoulder"),
    ("right_elbow", "right_shoulder"),
    ("left_wrist", "left_elbow"),
    ("right_wrist", "right_elbow"),
    ("jaw", "head"),
    ("left_eye_smplhf", "head"),
    ("right_eye_smplhf", "head"),
)

_HANDS: tuple[tuple[str, str | None], ...] = tuple(
    (f"{side}_{finger}{segment}", f"{side}_wrist" if segment == 1 else f"{side}_{finger}{segment - 1}")
    for side in ("left", "right")
    for finger in _FINGERS
    for segment in (1, 2, 3)
)

SMPLX_JOINTS: tuple[str, ...] = tuple(name for name, _ in _BODY + _HANDS)
"""Names of the 55 joints: pelvis, 21 body joints, jaw, two eyes, 15 joints of each hand."""

JOINT_INDEX: dict[str, int] = {name: index for index, name in enumerate(SMPLX_JOINTS)}
"""Index of a joint by its name."""

SMPLX_PARENTS: tuple[int, ...] = tuple(-1 if parent is None else JOINT_INDEX[parent] for _, parent in _BODY + _HANDS)
"""Index of each joint's parent; -1 for the pelvis. A parent always stands before its children."""

COCO_KEYPOINTS: tuple[str, ...] = (
    "nose",
    "left_eye",
    "right_eye",
    "left_ear",
    "right_ear",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
)
"""Names of the 17 COCO keypoints in COCO's order."""

FINGERTIPS: tuple[str, ...] = tuple(f"{side}_{finger}_tip" for side in ("left", "right") for finger in _FINGERS)
"""Names of the ten fingertips, which SMPL-X has as vertices rather than joints."""
