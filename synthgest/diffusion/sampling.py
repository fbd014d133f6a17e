"""Sampling: shots in batches through a pipeline, with NaN met by a wider dtype and lack of memory by the ladder."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthgest.diffusion.calls import call
from synthgest.diffusion.libraries import torch_library
from synthgest.diffusion.loading import load_pipeline
from synthgest.diffusion.memory import Memory, is_out_of_memory
from synthgest.diffusion.settings import ModelSettings

_WIDE_AT = 2  # the attempt that uses a wider dtype, if the ones before gave NaN: the next seed is tried first


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What a pipeline made of one wish. pictures: floats in [0, 1]. dtype: of the weights. savings: see ``Memory``."""

    pictures: NDArray[np.floating[Any]]
    dtype: str
    savings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is asked of a pipeline. id: of the clip or picture. attempt: 0, and one more each time that it is asked again.

    arguments: of its own, such as a video to start from.
    """

    id: str
    seed: int
    attempt: int
    prompt: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


class Sampler:
    """A loaded pipeline. folders: where its models lie. batch: prompts at once."""

    def __init__(self, settings: ModelSettings, folders: Mapping[str, Path], *, batch: int) -> None:
        self._settings = settings
        self.pipeline = load_pipeline(settings, folders)
        self.memory = Memory(self.pipeline, batch)
        self._nan: set[str] = set()

    @property
    def scheduler(self) -> str:
        """The class of the scheduler that is in use."""
        return type(self.pipeline.scheduler).__name__

    def sample(self, wishes: Sequence[Wish]) -> Iterator[Sample]:
        """One sample a wish, in order; those of a batch come together."""
        done = 0
        while done < len(wishes):
            wide = self._is_wide(wishes[done])
            batch = self._batch(wishes[done:], wide=wide)
            pictures = self._try(batch, wide=wide)
            if pictures is None:
                self.memory.climb()
                continue
            for wish, made in zip(batch, pictures, strict=True):
                done += 1
                frames = np.asarray(made)
                if not np.isfinite(frames).all():
                    self._nan.add(wish.id)
                dtype = "float32" if wide else self._settings.dtype
                yield Sample(pictures=frames, dtype=dtype, savings=tuple(self.memory.savings))

    def _is_wide(self, wish: Wish) -> bool:
        """Not under sequential offload, which keeps the weights where no dtype reaches them."""
        return wish.attempt >= _WIDE_AT and wish.id in self._nan and not self.memory.scattered

    def _batch(self, wishes: Sequence[Wish], *, wide: bool) -> Sequence[Wish]:
        """The next wishes that one call can serve: as many as fit, of one dtype; one that has arguments goes alone."""
        together = wishes[: 1 if wishes[0].arguments else self.memory.batch]
        return list(takewhile(lambda wish: self._is_wide(wish) == wide, together))

    def _try(self, batch: Sequence[Wish], *, wide: bool) -> Any:
        """The pictures; None if memory ran out, told here so that the failed call's tensors are free before the next."""
        prompts, seeds = [wish.prompt for wish in batch], [wish.seed for wish in batch]
        try:
            with self._widened() if wide else nullcontext():
                return call(self.pipeline, self._settings, prompts, seeds, **batch[0].arguments)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
        self.pipeline.maybe_free_model_hooks()  # what an offloaded model left on the accelerator when it failed
        return None

    @contextmanager
    def _widened(self) -> Iterator[None]:
        """All parts in float32, and back to the dtypes that they had, tensor by tensor: nothing of the weights is lost."""
        torch = torch_library()
        parts = [part for part in self.pipeline.components.values() if isinstance(part, torch.nn.Module)]
        modules = [module for part in parts for module in part.modules()]
        tables = [table for module in modules for table in (module._parameters, module._buffers)]
        before = [{name: tensor.dtype for name, tensor in table.items() if tensor is not None} for table in tables]
        try:
            for part in parts:
                part.to(torch.float32)
            yield
        finally:
            for table, dtypes in zip(tables, before, strict=True):
                for name, dtype in dtypes.items():
                    table[name].data = table[name].data.to(dtype)  # looked up anew: buffers are replaced by .to()
