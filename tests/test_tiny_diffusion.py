"""The training script of the small text-to-video model: what makes it quick changes nothing, and it goes on where it was killed."""

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

pytest.importorskip("diffusers")

import torch
from torch import Tensor, nn

sys.path.insert(0, str(Path(__file__).parent.parent / "scripts" / "tiny_diffusion"))

import clips
import course
import parts
import seeing

from synthgest.prompting.enrichment import Enrichment


def test_flat_convolutions_make_what_the_causal_ones_make() -> None:
    torch.manual_seed(0)
    vae = parts.vae()
    videos = seeing.as_input(torch.randint(0, 255, (1, 3, 64, 64, 3), dtype=torch.uint8))
    with torch.no_grad():
        latents = vae.encode(videos).latent_dist.mode()
        made = vae.decode(latents).sample
        with seeing.flat(vae):
            assert torch.allclose(vae.encode(videos).latent_dist.mode(), latents, atol=1e-4)
            assert torch.allclose(vae.decode(latents).sample, made, atol=1e-4)
        assert torch.equal(vae.decode(latents).sample, made)  # and they are themselves again
    assert latents.shape == (1, parts.LATENT, 3, 16, 16)
    assert made.shape == videos.shape


def test_learning_leaves_them_blind_to_frames_before() -> None:
    torch.manual_seed(0)
    vae = parts.vae()
    with seeing.flat(vae):
        videos = torch.randint(0, 255, (1, 3, 64, 64, 3), dtype=torch.uint8)
        losses = seeing.missed(vae, videos, torch.ones(videos.shape[:4], dtype=torch.bool))
        torch.stack(list(losses.values())).sum().backward()
    learned = [module.weight.grad for module in vae.modules() if isinstance(module, nn.Conv3d)]
    assert all(grad is not None and not grad[:, :, :-1].any() and grad[:, :, -1].any() for grad in learned)


def _line(folder: Path, steps: int, *, killed: int = 0) -> nn.Linear:
    """A line that learns its slope, 3, and is interrupted once, before the step ``killed``."""
    torch.manual_seed(5)
    line = nn.Linear(1, 1)

    def losses(step: int) -> Mapping[str, Tensor]:
        if step == killed and not (folder / "killed").exists():
            (folder / "killed").touch()
            raise KeyboardInterrupt
        x = torch.rand(4, 1)
        return {"line": ((line(x) - 3 * x) ** 2).mean()}

    how = {"steps": steps, "lr": 0.05, "decay": 0.9, "seed": 1, "dtype": torch.float32}
    course.learn(folder / "line.safetensors", line, losses, **how)
    return line


def test_a_killed_course_goes_on_to_the_same_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(course, "SAVED", 0.0)
    (tmp_path / "whole").mkdir()
    (tmp_path / "torn").mkdir()
    whole = _line(tmp_path / "whole", 200, killed=-1)
    with pytest.raises(KeyboardInterrupt):
        _line(tmp_path / "torn", 200, killed=131)
    mended = _line(tmp_path / "torn", 200, killed=131)
    assert all(torch.equal(one, other) for one, other in zip(whole.parameters(), mended.parameters(), strict=True))
    assert abs(whole.weight.item() - 3) < 1


def test_the_vocabulary_reads_the_prompts_word_by_word() -> None:
    tokenizer = parts.tokenizer(clips.vocabulary())
    enrichment = Enrichment(
        settings=clips.ENRICHMENT,
        count=lambda text: len(tokenizer(text, verbose=False).input_ids),
        limit=parts.TOKENS,
    )
    for gesture in clips.load_gestures(list(clips.GESTURES)):
        prompt = enrichment.prompt(gesture, 3)
        assert prompt.tokens <= parts.TOKENS
        assert "motion" not in prompt.without
        tokens = tokenizer(prompt.text).input_ids
        assert tokenizer.unk_token_id not in tokens
        assert len(tokens) < 1.5 * len(prompt.text.split())
