"""Who, where and from where a recipe films, over many planned clips that are not drawn, against what it intends."""

import argparse
from collections import Counter
from collections.abc import Mapping

from synthgest.body.people import intended_shares
from synthgest.body.person import groups
from synthgest.engines.pose_transfer import PoseTransfer
from synthgest.engines.staging import PoseTransferSettings, Staged
from synthgest.errors import ShotFailed
from synthgest.gestures import Gesture, load_gestures
from synthgest.plan import plan
from synthgest.recipes import load_recipe
from synthgest.scene.places import chosen_kinds, fitting_kinds

HEIGHTS = (0.0, 1.2, 1.6, 2.0)
"""Edges of the bands that cameras at eye level are counted in, metres."""


def seen(staged: Staged) -> dict[str, str]:
    """The group that a planned clip belongs to, in each respect."""
    camera = staged.framing
    height = float(camera.camera.position[1])
    band = "from above" if camera.aerial else _band(height)
    framing = "upper body" if camera.upper_body else "whole body"
    return {
        **groups(staged.person),
        "place": staged.place.name.partition(",")[0],
        "camera height": band,
        "framing": framing,
        "movement": staged.work.kind,
    }


def intended(settings: PoseTransferSettings, gestures: list[Gesture]) -> dict[str, Mapping[str, float]]:
    """The share that the settings give each group, over clips of all gestures alike."""
    kinds = chosen_kinds(settings.places)
    place: Counter[str] = Counter()
    people: dict[str, Counter[str]] = {}
    for gesture in gestures:
        fitting = fitting_kinds(kinds, gesture.environments)
        for part, able in ((1 - settings.astray, fitting), (settings.astray, kinds)):
            place.update({kind: part / len(able) / len(gestures) for kind in able})
        work = settings.at_work.get(gesture.name.partition("/")[0], 0.0)
        for respect, shares in intended_shares(settings.people, work=work).items():
            table = people.setdefault(respect, Counter())
            table.update({name: share / len(gestures) for name, share in shares.items()})
    low, high = settings.camera.height_m
    heights = {
        _band((first + last) / 2): max(0.0, min(high, last) - max(low, first))
        / (high - low)
        * (1 - settings.camera.aerial)
        for first, last in zip(HEIGHTS, (*HEIGHTS[1:], 30.0), strict=True)
    }
    movement = settings.movement
    moves = {"steady": movement.steady, "hand_held": movement.hand_held, "slow": movement.slow}
    return {
        **people,
        "place": place,
        "camera height": heights | {"from above": settings.camera.aerial},
        "framing": {"upper body": settings.camera.upper_body, "whole body": 1 - settings.camera.upper_body},
        "movement": {name: share / sum(moves.values()) for name, share in moves.items()},
    }


def _band(height: float) -> str:
    below = [edge for edge in HEIGHTS if edge <= height]
    above = [edge for edge in HEIGHTS if edge > height]
    return f"{below[-1]:g} to {above[0]:g} m" if above else f"over {below[-1]:g} m"


def main() -> None:
    """Plan, count and print; each group with its share, what was intended, and the ratio of both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=1000)
    parser.add_argument("--generator", default="pose-transfer")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    recipe = load_recipe(given.generator)
    engine, gestures = PoseTransfer(recipe), load_gestures(["rocog", "everyday"])
    each = -(-given.clips // len(gestures))
    shots = plan(gestures, recipe, clips=each, seed=given.seed, fingerprint={})[: given.clips]
    counts: dict[str, Counter[str]] = {}
    failures: Counter[str] = Counter()
    for shot in shots:
        try:
            for respect, group in seen(engine.stage(shot)).items():
                counts.setdefault(respect, Counter())[group] += 1
        except ShotFailed as error:
            failures[error.reason] += 1
    wanted = intended(engine.settings, gestures)
    for respect, shares in wanted.items():
        total = sum(counts[respect].values())
        print(f"{respect} ({total} clips)")
        for group, share in sorted(shares.items(), key=lambda entry: -entry[1]):
            if share > 0:
                got = counts[respect][group] / total
                print(f"  {group:28s} {got:6.1%}  intended {share:6.1%}  ratio {got / share:4.2f}")
    print(f"not planned: {dict(failures) or 'none'}")


if __name__ == "__main__":
    main()
