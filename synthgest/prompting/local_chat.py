"""A chat model in this machine's memory: any transformers model with a chat template, from disk and never from the net."""

import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthgest.errors import MissingDependency, SpecError
from synthgest.prompting.chat import ChatFailed, Message
from synthgest.prompting.writing import WriterSettings

if TYPE_CHECKING:
    from transformers import BatchEncoding

_MOST_TOKENS = 4096  # of a reply: sixteen characters of 400 letters take about half


class LocalChat:
    """``Chat`` with a model that lies in ``settings.local``, a folder or a name in the Hugging Face cache.

    SpecError from here on if it is not there, has no chat template, or has weights in any other format than safetensors;
    code that comes with a model is never run. The weights are loaded at the first reply, in their own precision, onto the
    accelerators or else the processor. What is sampled depends on ``seed``, the messages, and how often they were
    asked before: the order of different requests changes nothing. clock: seconds, as for ``deadline``.
    """

    def __init__(
        self,
        settings: WriterSettings,
        *,
        seed: int,
        most_tokens: int = _MOST_TOKENS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._folder = _find(settings.local)
        self._tokenizer = _load_tokenizer(self._folder)
        self._model: Any = None
        self._seed = seed
        self._most_tokens = most_tokens
        self._clock = clock
        self._asked: Counter[str] = Counter()

    def reply(self, messages: Sequence[Message], *, deadline: float) -> str:
        """The model's text, sampled within ``timeout`` seconds and by ``deadline``, loading the model included."""
        begun = self._clock()
        try:
            if self._model is None:
                self._model = _load_model(self._folder)
            seconds = min(begun + self._settings.timeout, deadline) - self._clock()
            return self._say(messages, seconds)
        except MemoryError as error:
            raise ChatFailed("memory", "the local model does not fit into memory", final=True) from error

    def _say(self, messages: Sequence[Message], seconds: float) -> str:
        if seconds <= 0:
            raise ChatFailed("timeout", "no time was left to say anything")
        ends = self._clock() + seconds
        said = self._sample(self._prompt(messages), self._next_seed(messages), seconds)
        if self._clock() >= ends:
            raise ChatFailed("timeout", f"the model had said {len(said)} tokens after {seconds:.3g} s")
        if len(said) >= self._most_tokens:
            raise ChatFailed("length", f"the model did not end within {self._most_tokens} tokens")
        text = str(self._tokenizer.decode(said, skip_special_tokens=True)).strip()
        if not text:
            raise ChatFailed("empty", "the model said nothing")
        return text

    def _prompt(self, messages: Sequence[Message]) -> "BatchEncoding":
        prompt: BatchEncoding = self._tokenizer.apply_chat_template(
            [asdict(message) for message in messages],
            add_generation_prompt=True,
            return_dict=True,
            return_tensors="pt",
            enable_thinking=False,  # Qwen's templates know it, others ignore it: thoughts cost tokens and are dropped
        )
        return prompt.to(self._model.device)

    def _sample(self, prompt: "BatchEncoding", seed: int, seconds: float) -> list[int]:
        """The tokens that follow the prompt; the caller's random state stays as it was."""
        import torch

        warmth = self._settings.temperature
        sampling = {"do_sample": True, "temperature": warmth, "remove_invalid_values": True} if warmth > 0 else {}
        devices = list(range(torch.cuda.device_count()))
        try:
            with torch.random.fork_rng(devices=devices), torch.inference_mode():
                torch.manual_seed(seed)
                tokens = self._model.generate(
                    **prompt,
                    **({"do_sample": False} | sampling),
                    max_new_tokens=self._most_tokens,
                    max_time=seconds,
                    pad_token_id=self._pad(),
                )
        except torch.OutOfMemoryError as error:
            raise MemoryError from error
        said: list[int] = tokens[0, prompt["input_ids"].shape[1] :].tolist()
        return said

    def _pad(self) -> int | None:
        """Any token will do for one sequence at a time, but transformers asks for one."""
        pad: int | None = self._tokenizer.pad_token_id
        end: int | None = self._tokenizer.eos_token_id
        return end if pad is None else pad

    def _next_seed(self, messages: Sequence[Message]) -> int:
        said = json.dumps([asdict(message) for message in messages])
        self._asked[said] += 1
        identity = json.dumps([self._seed, self._asked[said], said])
        return int.from_bytes(hashlib.sha256(identity.encode()).digest()[:8]) >> 1  # torch takes 63 bits


def _find(model: str) -> Path:
    """The folder of a model on this machine."""
    folder = Path(model).expanduser()
    if not folder.is_dir():
        folder = _cached(model)
    if not any(folder.glob("*.safetensors")):
        raise SpecError(f"{folder} holds no *.safetensors; a local chat model needs its weights in that format")
    return folder


def _cached(model: str) -> Path:
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError
    except ImportError as error:
        raise _missing(error) from error
    try:
        return Path(snapshot_download(model, local_files_only=True))
    except (HFValidationError, LocalEntryNotFoundError) as error:
        raise SpecError(
            f"no chat model {model!r} on this machine; expected a folder, or a model in the Hugging Face cache, "
            f"which `hf download {model}` fills"
        ) from error


def _load_tokenizer(folder: Path) -> Any:
    try:
        from transformers import AutoTokenizer
    except ImportError as error:
        raise _missing(error) from error
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except (
        Exception
    ) as error:  # transformers and tokenizers raise their own, ValueError, KeyError and bare Exception alike
        raise SpecError(f"{folder} holds no tokenizer that transformers can load: {error}") from error
    if not tokenizer.chat_template:
        raise SpecError(f"the tokenizer in {folder} has no chat template; expected a chat or instruct model")
    try:
        tokenizer.apply_chat_template([{"role": "user", "content": "Hello."}], tokenize=False)
    except Exception as error:  # a template raises what it likes
        raise SpecError(f"the chat template in {folder} cannot be used: {error}") from error
    return tokenizer


def _load_model(folder: Path) -> Any:
    import torch
    from transformers import AutoModelForCausalLM

    try:
        return AutoModelForCausalLM.from_pretrained(  # ready for inference: transformers switches training off
            folder,
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
            dtype="auto",
            device_map="auto",
        )
    except torch.OutOfMemoryError as error:
        raise MemoryError from error
    except Exception as error:  # as above; a broken download, shapes that do not fit the configuration, foreign code
        raise SpecError(f"{folder} holds no language model that transformers can load: {error}") from error


def _missing(error: ImportError) -> MissingDependency:
    return MissingDependency(f"a local writer needs {error.name}: pip install 'synthgest[writer,text-to-video]'")
