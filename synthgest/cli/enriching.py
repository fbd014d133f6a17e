"""Options that several commands share: how rich prompts are, and over how many people and places a class is spread."""

from typing import Annotated, Any

import typer

from synthgest.prompting.settings import Mode

ModeOption = Annotated[
    Mode | None, typer.Option("--mode", help="What a prompt says beside the action: where, who, or both.")
]
EnvironmentsOption = Annotated[
    int | None,
    typer.Option(
        "--environments", "--backgrounds", help="Places that a class is spread over; 0: another in every clip."
    ),
]
CharactersOption = Annotated[
    int | None,
    typer.Option("--characters", "--identities", help="People that a class is spread over; 0: another in every clip."),
]


def said(mode: Mode | None, environments: int | None, characters: int | None) -> dict[str, Any]:
    """The settings that the options stand for; those that were not given are left out."""
    given = {"mode": mode, "environments": environments, "characters": characters}
    return {key: value for key, value in given.items() if value is not None}
