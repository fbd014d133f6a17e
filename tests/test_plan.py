"""The plan is pure, and each shot depends on itself alone."""

import dataclasses
import subprocess
import sys

from synthgest.gestures import Gesture, load_gestures
from synthgest.plan import plan, shot_seed
from synthgest.types import Recipe


def _ids(gestures: tuple[Gesture, ...], recipe: Recipe, clips: int = 4, seed: int = 0) -> dict[tuple[str, int], str]:
    shots = plan(gestures, recipe, clips=clips, seed=seed, fingerprint={})
    return {(shot.gesture.name, shot.index): shot.id for shot in shots}


def test_the_same_request_gives_the_same_plan_in_another_process(
    two_gestures: tuple[Gesture, ...], toy: Recipe
) -> None:
    code = (
        "from synthgest.gestures import load_gestures; from synthgest.plan import plan; from synthgest.types import Recipe;"
        "shots = plan(load_gestures(['everyday/wave', 'rocog/Halt']), Recipe(name='toy', engine='toy', settings={}),"
        "clips=4, seed=0, fingerprint={}); print(','.join(shot.id for shot in shots))"
    )
    other = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": "7"}
    )
    assert other.stdout.strip().split(",") == list(_ids(two_gestures, toy).values())


def test_adding_a_class_or_clips_changes_no_other_shot(two_gestures: tuple[Gesture, ...], toy: Recipe) -> None:
    before = _ids(two_gestures, toy)
    after = _ids((*load_gestures(["rocog/Rally"]), *two_gestures), toy, clips=9)
    assert before.items() <= after.items()
    assert len(after) == 27


def test_the_base_seed_the_recipe_and_the_gesture_each_change_the_id(
    two_gestures: tuple[Gesture, ...], toy: Recipe
) -> None:
    first = set(_ids(two_gestures, toy).values())
    other_recipe = dataclasses.replace(toy, settings={"frames": 17})
    other_words = tuple(dataclasses.replace(gesture, phrase="something else") for gesture in two_gestures)
    assert first.isdisjoint(_ids(two_gestures, toy, seed=1).values())
    assert first.isdisjoint(_ids(two_gestures, other_recipe).values())
    assert first.isdisjoint(_ids(other_words, toy).values())


def test_seed_zero_is_a_seed_and_a_hundred_thousand_shots_share_none() -> None:
    seeds = {shot_seed(0, f"own/{name}", index) for name in range(100) for index in range(1000)}
    assert len(seeds) == 100_000
    assert max(seeds) < 2**62


def test_clips_are_planned_round_by_round_so_that_a_stopped_run_is_balanced(
    two_gestures: tuple[Gesture, ...], toy: Recipe
) -> None:
    shots = plan(two_gestures, toy, clips=3, seed=0, fingerprint={})
    assert [shot.index for shot in shots] == [0, 0, 1, 1, 2, 2]
