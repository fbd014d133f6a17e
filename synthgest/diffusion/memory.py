"""Too little memory: a ladder of savings, climbed only as far as it must be; a clip never gets fewer frames or pixels."""

import gc
import logging
from collections.abc import Iterator
from typing import Any

from synthgest.diffusion.libraries import device_name, torch_library
from synthgest.errors import ModelError

logger = logging.getLogger(__name__)

_WORDS = ("out of memory", "not enough memory", "can't allocate memory", "ALLOC_FAILED")


class Memory:
    """A pipeline's place in memory, and what was done so far to make it fit.

    batch: prompts that are sampled at once. savings: what was done, in order and as it is recorded: ``tiling`` and
    ``slicing`` of the VAE, ``model offload``, ``batch N``, ``sequential offload``; it holds for the rest of the run.
    """

    def __init__(self, pipeline: Any, batch: int) -> None:
        self.batch = batch
        self.savings: list[str] = []
        self.device = device_name()
        self._pipeline = pipeline
        self._rungs = self._ladder()
        try:
            pipeline.to(self.device)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            while not any("offload" in saved for saved in self.savings):
                self.climb()

    @property
    def scattered(self) -> bool:
        """Whether weights are brought to the accelerator layer by layer."""
        return "sequential offload" in self.savings

    def climb(self) -> None:
        """Take the next saving; ModelError when there is none left."""
        release()
        saved = next(self._rungs, None)
        if saved is None:
            raise ModelError(
                f"there is not enough memory for this model, even with {', '.join(self.savings) or 'one clip at a time'}; "
                "choose a smaller model, for frames and pixels are not reduced unasked"
            )
        self.savings.append(saved)
        logger.warning("out of memory: going on with %s", saved)

    def _ladder(self) -> Iterator[str]:
        pipeline, accelerated = self._pipeline, self.device != "cpu"
        vae: Any = getattr(pipeline, "vae", None)
        if getattr(vae, "use_tiling", True) is False:  # a VAE that knows tiling and does not use it yet
            vae.enable_tiling()
            yield "tiling"
        if self.batch > 1 and getattr(vae, "use_slicing", True) is False:
            vae.enable_slicing()
            yield "slicing"
        if accelerated:
            pipeline.enable_model_cpu_offload(device=self.device)
            yield "model offload"
        while self.batch > 1:
            self.batch //= 2
            yield f"batch {self.batch}"
        if accelerated:
            pipeline.remove_all_hooks()
            pipeline.enable_sequential_cpu_offload(device=self.device)
            yield "sequential offload"


def is_out_of_memory(error: Exception) -> bool:
    """Whether an error says that memory ran out: of the accelerator, or of the machine."""
    kinds = (torch_library().OutOfMemoryError, MemoryError)
    return isinstance(error, kinds) or (isinstance(error, RuntimeError) and any(word in str(error) for word in _WORDS))


def release() -> None:
    """Give back to the accelerator what no tensor holds any more."""
    torch = torch_library()
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
