"""The README against the code: every command, every setting, every route."""

from __future__ import annotations

import re

import pytest
from typer.main import get_command

from api.app import create_app
from api.settings import Settings
from assistant.record.keys import Keys
from commands.main import app
from tests.conftest import PROJECT, STARTER_PAGES

README = (PROJECT / "README.md").read_text("utf-8")


def commands() -> list[str]:
    root = get_command(app)
    found = []
    for name, command in root.commands.items():  # type: ignore[attr-defined]
        below = getattr(command, "commands", None)
        found += [f"{name} {sub}" for sub in below] if below else [name]
    return found


@pytest.mark.parametrize("command", commands())
def test_every_command_is_in_the_readme(command: str) -> None:
    assert f"askfirst {command}" in README


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_in_the_readme_with_its_default(name: str) -> None:
    row = re.search(rf"^\| `ASKFIRST_{name.upper()}` \| (.+?) \|", README, re.MULTILINE)

    assert row is not None
    default = Settings.model_fields[name].default
    if isinstance(default, str | int | float):
        assert row.group(1) == f"`{default}`"


def test_no_setting_in_the_readme_is_unknown() -> None:
    named = set(re.findall(r"ASKFIRST_([A-Z_]+)", README)) - {""}

    assert named == {name.upper() for name in Settings.model_fields}


def test_every_public_route_is_in_the_readme() -> None:
    nothing_starts = lambda *_: pytest.fail("nothing starts here")  # noqa: E731
    paths = create_app(Settings(), nothing_starts, nothing_starts, Keys(b"key")).openapi()["paths"]

    assert [path for path in paths if path not in README] == []


def test_every_file_that_the_readme_names_exists() -> None:
    named = re.findall(r"`((?:api|assistant|commands|corpus|eval|indexer)/[\w/]+\.(?:py|md))`", README)

    assert named
    assert [name for name in named if not (PROJECT / name).is_file()] == []


def test_the_starter_help_centre_is_parallel_in_five_languages() -> None:
    paths = {
        locale: {str(path.relative_to(STARTER_PAGES / locale)) for path in (STARTER_PAGES / locale).rglob("*.md")}
        for locale in ("pl", "en", "nl", "de", "fr")
    }

    assert len(paths["en"]) >= 24
    assert all(found == paths["en"] for found in paths.values())
