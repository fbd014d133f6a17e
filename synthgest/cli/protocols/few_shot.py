"""``synthgest evaluate few-shot``: K real clips of each class, after synthetic ones or without them."""

from typing import Annotated

import typer

from synthgest.cli.protocols import options


def command(
    real: options.Real,
    query: options.Query,
    out: options.Out,
    learning: options.Learning,
    running: options.Running,
    synthetic: options.Synthetic = "",
    shots: Annotated[str, typer.Option(metavar="K,K", help="Real clips of each class.")] = "1,2,4,8,16",
    scarce: Annotated[
        bool, typer.Option("--scarce", help="Of a class that has fewer take all, instead of refusing.")
    ] = False,
    regimes: options.Regimes = "finetune",
) -> None:
    """Accuracy by the number of real clips of each class, learned after synthetic ones and without them."""
    from synthgest.protocols.few_shot import FewShot, FewShotSettings

    terms = learning.terms(regimes=regimes)
    asked = FewShotSettings(
        real=real, query=query, synthetic=synthetic, shots=options.numbers(shots, "shots"), scarce=scarce
    )
    running.carry_out(FewShot(asked, terms), out)
