import json
import shutil
import socket
import time
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.decoders import ByteLevel as ByteLevelDecoder
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from synthgest.errors import SpecError
from synthgest.prompting.chat import ChatFailed, Message
from synthgest.prompting.local_chat import LocalChat
from synthgest.prompting.writing import Writer, WriterSettings

TEMPLATE = (
    "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}{% if add_generation_prompt %}<bot>{% endif %}"
)
HELLO = (Message(role="user", content="Hello."),)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Llama of one layer with seeded random weights, whose tokens are single bytes."""
    folder = tmp_path_factory.mktemp("models") / "tiny-llama"
    letters = ["<end>", *sorted(ByteLevel.alphabet())]
    bytewise = Tokenizer(BPE(vocab={letter: number for number, letter in enumerate(letters)}, merges=[]))
    bytewise.pre_tokenizer = ByteLevel(add_prefix_space=False)
    bytewise.decoder = ByteLevelDecoder()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=bytewise, eos_token="<end>")
    tokenizer.chat_template = TEMPLATE
    tokenizer.save_pretrained(folder)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        sizes = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
        tiny = LlamaForCausalLM(LlamaConfig(vocab_size=len(letters), **sizes, bos_token_id=None, eos_token_id=0))
    tiny.save_pretrained(folder)
    return folder


@pytest.fixture
def copy(model: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(model, tmp_path / "copy"))


def chat(folder: Path | str, *, seed: int = 0, most_tokens: int = 2000, **settings: float) -> LocalChat:
    return LocalChat(WriterSettings(local=str(folder), **settings), seed=seed, most_tokens=most_tokens)


def soon() -> float:
    return time.monotonic() + 60.0


def test_a_model_in_a_folder_says_something(model: Path) -> None:
    assert chat(model).reply(HELLO, deadline=soon())


def test_a_model_asked_again_says_something_else(model: Path) -> None:
    once = chat(model)
    assert once.reply(HELLO, deadline=soon()) != once.reply(HELLO, deadline=soon())


def test_what_a_model_says_depends_on_no_other_request(model: Path) -> None:
    other = (Message(role="user", content="Something else."),)
    late = chat(model)
    late.reply(other, deadline=soon())
    assert late.reply(HELLO, deadline=soon()) == chat(model).reply(HELLO, deadline=soon())


def test_another_seed_says_something_else(model: Path) -> None:
    assert chat(model, seed=1).reply(HELLO, deadline=soon()) != chat(model).reply(HELLO, deadline=soon())


def test_sampling_leaves_the_callers_random_state_as_it_was(model: Path) -> None:
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    chat(model).reply(HELLO, deadline=soon())
    assert torch.equal(torch.rand(3), expected)


def test_a_temperature_of_zero_says_the_same_every_time(model: Path) -> None:
    greedy = chat(model, temperature=0.0, most_tokens=8)
    reasons = []
    for _ in range(2):
        with pytest.raises(ChatFailed) as caught:  # this model repeats itself without end
            greedy.reply(HELLO, deadline=soon())
        reasons.append(caught.value.reason)
    assert reasons == ["length", "length"]


def test_a_reply_that_does_not_end_is_cut_off(model: Path) -> None:
    with pytest.raises(ChatFailed) as caught:
        chat(model, most_tokens=3).reply(HELLO, deadline=soon())
    assert caught.value.reason == "length"


def test_a_deadline_ends_a_long_reply(copy: Path) -> None:
    endless = json.loads((copy / "generation_config.json").read_text()) | {"eos_token_id": None}
    (copy / "generation_config.json").write_text(json.dumps(endless))
    slow = chat(copy, most_tokens=1_000_000, timeout=0.4)
    with pytest.raises(ChatFailed):
        slow.reply(HELLO, deadline=soon())  # loads the model
    begun = time.monotonic()
    with pytest.raises(ChatFailed) as caught:
        slow.reply(HELLO, deadline=soon())
    assert caught.value.reason == "timeout"
    assert time.monotonic() - begun < 1.5


def test_garbage_ends_as_a_recorded_fallback(model: Path) -> None:
    writer = Writer(WriterSettings(local=str(model), retries=2), chat(model), None, sleep=lambda seconds: None)
    written = writer.environments("waving", "a raised hand moves from side to side", 4)
    assert (written.texts, written.source, written.requests) == ((), "", 3)
    assert written.failure in ("invalid", "length", "empty")


def test_a_model_that_does_not_fit_into_memory_is_asked_once(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(LlamaForCausalLM, "generate", full)
    writer = Writer(WriterSettings(local=str(model)), chat(model), None, sleep=lambda seconds: None)
    written = [writer.environments(phrase, "", 4) for phrase in ("waving", "bowing")]
    assert [(each.failure, each.requests) for each in written] == [("memory", 1), ("memory", 0)]


def test_no_socket_is_opened(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert chat(model).reply(HELLO, deadline=soon())
    with pytest.raises(SpecError):
        chat("someone/something-not-here")


@pytest.mark.parametrize("name", ["someone/something-not-here", "/nowhere/at/all", "../up"])
def test_a_model_that_is_not_here_is_refused_with_what_to_do(name: str) -> None:
    with pytest.raises(SpecError, match="expected a folder, or a model in the Hugging Face cache"):
        chat(name)


def test_weights_that_could_hold_code_are_refused(copy: Path) -> None:
    (copy / "model.safetensors").rename(copy / "pytorch_model.bin")
    with pytest.raises(SpecError, match="safetensors"):
        chat(copy)


def test_code_that_comes_with_a_model_is_not_run(copy: Path) -> None:
    ran = copy / "ran"
    (copy / "code.py").write_text(f"from pathlib import Path\nPath({str(ran)!r}).touch()\n")
    classes = {"AutoConfig": "code.Config", "AutoModelForCausalLM": "code.Model", "AutoTokenizer": ["code.T", "code.T"]}
    for name in ("config.json", "tokenizer_config.json"):
        table = json.loads((copy / name).read_text()) | {"auto_map": classes, "model_type": "unheard-of"}
        (copy / name).write_text(json.dumps(table))
    with pytest.raises(SpecError):
        chat(copy).reply(HELLO, deadline=soon())
    assert not ran.exists()


def test_a_model_without_a_chat_template_is_refused(copy: Path) -> None:
    (copy / "chat_template.jinja").unlink()
    with pytest.raises(SpecError, match="no chat template"):
        chat(copy)


def test_a_broken_chat_template_is_refused(copy: Path) -> None:
    (copy / "chat_template.jinja").write_text("{{ raise_exception('no') }}")
    with pytest.raises(SpecError, match="cannot be used"):
        chat(copy)


def test_a_broken_tokenizer_is_refused(copy: Path) -> None:
    (copy / "tokenizer.json").write_text('{"model"')
    with pytest.raises(SpecError, match="no tokenizer"):
        chat(copy)


def test_half_a_download_is_refused(copy: Path) -> None:
    weights = copy / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[: weights.stat().st_size // 2])
    with pytest.raises(SpecError, match="no language model"):
        chat(copy).reply(HELLO, deadline=soon())
