"""``synthgest evaluate latency``: how long an encoder takes."""

from dataclasses import asdict

import typer

from synthgest.cli.evaluation import options
from synthgest.cli.output import JsonFlag, Output


def command(
    query: options.Query,
    encoder: options.EncoderName = "small",
    settings: options.Settings = None,
    as_json: JsonFlag = False,
) -> None:
    """How long an encoder takes for one clip and for several at once; decoding and preparing apart."""
    from synthgest.data.device import best_device
    from synthgest.data.real.dataset import open_dataset
    from synthgest.evaluation.latency import BATCHES, latency
    from synthgest.recipes import parse_settings
    from synthgest.training.recogniser import open_encoder

    output = Output(json=as_json)
    chosen = open_encoder(encoder, parse_settings(settings or []))
    with output.progress() as bar:
        task = bar.add_task("timings", total=len(BATCHES) + 3)
        clip = open_dataset(query).clips[0]
        found = latency(chosen, clip, device=best_device(), progress=lambda count: bar.advance(task, count))
    lines = [f"{found.device}: milliseconds a call, median and 95th percentile"]
    lines += [f"  encoder, {each.clips} clips  {each.median:8.1f} {each.p95:8.1f}" for each in found.encoder]
    lines += [f"  decoding a clip   {found.decoding.median:8.1f} {found.decoding.p95:8.1f}"]
    lines += [f"  preparing it      {found.preparing.median:8.1f} {found.preparing.p95:8.1f}"]
    if not found.steady:
        lines.append(f"a second timing gave {found.again.median:.1f}: this machine is too busy for these figures")
    output.result(asdict(found) | {"steady": found.steady}, "\n".join(lines))
    raise typer.Exit(0 if found.steady else 1)
