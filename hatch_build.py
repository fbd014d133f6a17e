"""Puts generators/, prompts/ and assets/ into the wheel; an editable install reads them where they lie."""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ContentHook(BuildHookInterface):  # type: ignore[type-arg]
    """Adds the content folders to a standard wheel as package data."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fill ``force_include``, which hatchling would refuse to honour in an editable build."""
        if version == "standard":
            for folder in ("generators", "prompts", "assets"):
                build_data["force_include"][folder] = f"synthgest/{folder}"
