"""What engines over diffusers pipelines share: prompts, a model that is found before anything is made, and honest records."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from synthgest.diffusion.models import Found, fetch_all, find_all
from synthgest.diffusion.settings import VideoSettings
from synthgest.errors import ModelError, SpecError
from synthgest.gestures import Gesture
from synthgest.prompting.authoring import open_writer, write_texts
from synthgest.prompting.banks import words_digest
from synthgest.prompting.compose import Prompt
from synthgest.prompting.enrichment import Enrichment, Texts, warn_of_shortened
from synthgest.prompting.settings import EnrichmentSettings
from synthgest.prompting.tokens import estimate_tokens
from synthgest.prompting.writing import WriterSettings
from synthgest.types import Recipe, Rendered, Shot

if TYPE_CHECKING:
    from synthgest.diffusion.sampling import Sample, Sampler


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptedSettings(VideoSettings):
    """Keys of a recipe for a prompted video model, beside those of the model itself.

    enrichment: how rich the prompts are. writer: the language model that writes them, if any. texts: words for a class, by
    its full name, instead of those of the banks or the writer.
    """

    enrichment: EnrichmentSettings = field(default_factory=EnrichmentSettings)
    writer: WriterSettings | None = None
    texts: Mapping[str, Texts] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """What one shot brings to the pipeline beside its prompt, and what is known of its clip beforehand.

    arguments: of the pipeline's call. truth, provenance: as in ``Rendered``.
    """

    arguments: Mapping[str, Any] = field(default_factory=dict)
    truth: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    provenance: Mapping[str, Any] = field(default_factory=dict)


class DiffusionEngine(ABC):
    """An engine whose clips come from a prompted video pipeline; the model is loaded with the first shots.

    camera: whether its prompts ask for a camera.
    """

    camera = True

    def __init__(self, recipe: Recipe, settings: PromptedSettings) -> None:
        self.recipe = recipe
        self.model = settings

    @property
    @abstractmethod
    def arguments(self) -> Sequence[str]:
        """Names of the arguments that every guide has."""

    @abstractmethod
    def guide(self, shot: Shot) -> Guide:
        """What a shot's clip is made from beside its prompt."""

    def fingerprint(self) -> Mapping[str, str]:
        """The words of the prompts, who writes them, and every model's commit or digest; ModelError if one is out of reach.

        What a writer then writes has no part in it: only its answers could tell.
        """
        marks = {key: found.mark for key, found in self._found.items()}
        author = {"writer": self.model.writer.fingerprint} if self.model.writer is not None else {}
        return {"prompts": words_digest(), "revision": marks["model"], **marks, **author}

    def devices(self) -> Sequence[str]:
        """One entry for each accelerator of CUDA's kind; none on the CPU."""
        from synthgest.diffusion.libraries import visible_devices

        return visible_devices()

    def ready(self, shots: Sequence[Shot], *, trial: bool) -> Recipe:
        """Fetch the model and write the prompts' words; SpecError if the pipeline or a prompt does not fit the recipe."""
        from synthgest.diffusion.calls import require_callable
        from synthgest.diffusion.loading import pipeline_class
        from synthgest.diffusion.reading import tokens_of

        folder = self._folders["model"]
        require_callable(pipeline_class(self.model, folder), self.model, self.arguments)
        self._enrichment = replace(self._enrichment, count=tokens_of(folder))
        gestures = {shot.gesture.name: shot.gesture for shot in shots}
        enrichment = self._enrichment = self.enriched(list(gestures.values()), ask=not trial)
        prompts = [(shot.gesture.name, enrichment.prompt(shot.gesture, shot.index)) for shot in shots]
        warn_of_shortened(prompts, self.model.max_tokens)
        settings = {key: value for key, value in self.recipe.settings.items() if key != "writer"}
        settings |= {"texts": {name: asdict(given) for name, given in enrichment.texts.items()}}
        if self._found["model"].pinned:
            settings |= {"revision": self._found["model"].mark}
        return replace(self.recipe, settings=settings)

    def enriched(self, gestures: Sequence[Gesture], *, ask: bool) -> Enrichment:
        """The prompts of some classes. ask: whether the recipe's writer is asked for the words of those that have none."""
        wanted = [gesture for gesture in gestures if gesture.name not in self.model.texts]
        if self.model.writer is None or not ask or not wanted:
            return self._enrichment
        writer = open_writer(self.model.writer, seed=self.model.enrichment.seed)
        texts = write_texts(wanted, self.model.enrichment, writer, fuse=self.model.writer.fuse)
        if self.model.writer.local:
            from synthgest.diffusion.memory import release

            del writer
            release()  # the memory that the chat model had is the video model's now
        return replace(self._enrichment, texts={**texts, **self.model.texts})

    def prompt(self, shot: Shot) -> Prompt:
        """The prompt of a shot; a shot that is taken again keeps it."""
        return self._enrichment.prompt(shot.gesture, shot.index)

    def generate(self, shots: Sequence[Shot]) -> Iterator[Rendered]:
        """Yield one clip for each shot; those of a batch are sampled together, unless each is guided by something of its own."""
        parts = [[shot] for shot in shots] if self.arguments else [shots]
        for part in parts:
            yield from self._sampled(part)

    def _sampled(self, shots: Sequence[Shot]) -> Iterator[Rendered]:
        from synthgest.diffusion.sampling import Wish

        prompts, guides = [self.prompt(shot) for shot in shots], [self.guide(shot) for shot in shots]
        wishes = [
            Wish(id=shot.id, seed=shot.seed, attempt=shot.attempt, prompt=prompt.text, arguments=guide.arguments)
            for shot, prompt, guide in zip(shots, prompts, guides, strict=True)
        ]
        samples = self._sampler.sample(wishes)
        for prompt, guide, sample in zip(prompts, guides, samples, strict=True):
            _require_match(guide, sample)
            yield Rendered(
                frames=sample.pictures,
                fps=self.model.fps,
                truth=guide.truth,
                provenance=self._provenance(prompt, sample) | dict(guide.provenance),
            )

    def _provenance(self, prompt: Prompt, sample: "Sample") -> dict[str, Any]:
        model, found = self.model, self._found["model"]
        return {
            "source": self.recipe.engine,
            "model": found.name,
            "revision": found.mark,
            "pipeline": type(self._sampler.pipeline).__name__,
            **prompt.facts(),
            "negative_prompt": model.negative_prompt,
            "scheduler": self._sampler.scheduler,
            "steps": model.steps,
            "guidance": model.guidance,
            "loras": [[found.name, lora.scale] for lora, found in zip(model.loras, self._loras, strict=True)],
            "dtype": sample.dtype,
            "device": self._sampler.memory.device,
            "savings": list(sample.savings),
            "frames_asked": model.frames,
        }

    @cached_property
    def _found(self) -> dict[str, Found]:
        return find_all(self.model)

    @cached_property
    def _folders(self) -> dict[str, Path]:
        return fetch_all(self.model, self._found)

    @property
    def _loras(self) -> list[Found]:
        return [found for key, found in self._found.items() if key.startswith("loras.")]

    @cached_property
    def _enrichment(self) -> Enrichment:
        """Prompts in the recipe's words; tokens are counted by the model's own tokenizer where the model is here."""
        from synthgest.diffusion.reading import tokens_of

        model = self.model
        try:
            folder = self._found["model"].folder
        except ModelError:
            folder = None
        return Enrichment(
            settings=model.enrichment,
            texts=model.texts,
            count=estimate_tokens if folder is None else tokens_of(folder),
            limit=model.max_tokens,
            camera=self.camera,
        )

    @cached_property
    def _sampler(self) -> "Sampler":
        from synthgest.diffusion.sampling import Sampler

        return Sampler(self.model, self._folders, batch=self.recipe.batch)


def _require_match(guide: Guide, sample: "Sample") -> None:
    """SpecError if a model made another number of frames, or another size, than the clip that guided it has."""
    drawn = guide.truth["mask"].shape if "mask" in guide.truth else sample.pictures.shape[:3]
    if drawn != sample.pictures.shape[:3]:
        raise SpecError(
            f"the model made {_size(sample.pictures.shape)} of a clip of {_size(drawn)}; choose frames and sizes that it keeps "
            "(most take 4 k + 1 or 8 k + 1 frames, and sizes in steps of 16 or 32)"
        )


def _size(shape: tuple[int, ...]) -> str:
    return f"{shape[0]} frames of {shape[2]}x{shape[1]}"
