"""Being part of a ray cluster: the one that RAY_ADDRESS names, the one that the caller is in, or one that is started here."""

import contextlib
import logging
import os
import signal
import threading
from collections.abc import Iterator
from typing import Any

from synthgest.errors import MissingDependency, SynthgestError

try:
    import ray
    from ray.exceptions import RayError
except ImportError as error:
    raise MissingDependency("the ray executor needs ray: pip install 'synthgest[ray]'") from error

__all__ = ["RayError", "joined", "ray", "resources"]

_ADDRESS = "RAY_ADDRESS"


@contextlib.contextmanager
def joined(workers: int | None) -> Iterator[bool]:
    """Be in a cluster meanwhile; whether it is more than one that was started here.

    workers: processors of one that is started, all by default. SynthgestError where none answers.
    """
    if ray.is_initialized():
        yield bool(os.environ.get(_ADDRESS))
        return
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    address = os.environ.get(_ADDRESS)
    # One that is started here listens to this machine alone: whoever reaches a cluster runs code in it.
    own: dict[str, Any] = {"num_cpus": workers, "include_dashboard": False, "_node_ip_address": "127.0.0.1"}
    try:
        with _signals_as_they_were():
            ray.init(
                address=address or "local", log_to_driver=False, logging_level=logging.ERROR, **({} if address else own)
            )
    except (ConnectionError, RuntimeError, ValueError) as error:
        where = f"the cluster at {address}" if address else "a cluster on this machine"
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise SynthgestError(f"cannot reach {where}: {reason}") from error
    try:
        yield bool(address)
    finally:
        ray.shutdown()


def resources() -> dict[str, float]:
    """What the whole cluster has, by ray's names."""
    found: dict[str, float] = ray.cluster_resources()  # type: ignore[no-untyped-call]
    return found


@contextlib.contextmanager
def _signals_as_they_were() -> Iterator[None]:
    """Ray takes SIGTERM for itself; what the command line does with it stays as it was."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
