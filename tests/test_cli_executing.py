"""Parts of a run as schedulers name them."""

import pytest

from synthgest.cli.executing import shard_of
from synthgest.errors import SpecError

SLURM = {"SLURM_ARRAY_TASK_ID": "7", "SLURM_ARRAY_TASK_MIN": "1", "SLURM_ARRAY_TASK_COUNT": "10"}


@pytest.mark.parametrize(
    ("text", "environment", "expected"),
    [
        ("2/8", {}, (2, 8)),
        ("2/8", SLURM, (2, 8)),
        ("auto", SLURM, (6, 10)),
        ("auto", {**SLURM, "SLURM_ARRAY_TASK_STEP": "2", "SLURM_ARRAY_TASK_COUNT": "5"}, (3, 5)),
        ("auto", {"RANK": "3", "WORLD_SIZE": "4"}, (3, 4)),
        ("auto", {**SLURM, "RANK": "0", "WORLD_SIZE": "1"}, (6, 10)),
        ("auto/20", {"JOB_COMPLETION_INDEX": "19"}, (19, 20)),
        ("auto/20", SLURM, (6, 20)),
    ],
)
def test_a_part_is_given_or_told_by_the_scheduler(
    text: str, environment: dict[str, str], expected: tuple[int, int]
) -> None:
    assert shard_of(text, environment) == expected


@pytest.mark.parametrize(
    ("text", "environment", "message"),
    [
        ("1", {}, "expected i/n"),
        ("a/b", {}, "expected i/n"),
        ("4/4", {}, "expected parts from 0 to 3"),
        ("auto", {}, "finds no SLURM_ARRAY_TASK_ID"),
        ("auto", {"JOB_COMPLETION_INDEX": "3"}, "give it as auto/n"),
        ("auto/3", {"JOB_COMPLETION_INDEX": "3"}, "which is part 3 of 3"),
        ("auto", {"RANK": "x", "WORLD_SIZE": "4"}, "for RANK is 'x'"),
    ],
)
def test_what_is_no_part_is_refused(text: str, environment: dict[str, str], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        shard_of(text, environment)
