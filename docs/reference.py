"""Writes docs/commands.md and docs/configuration.md from the program itself.

python -m docs.reference            # writes them
python -m docs.reference --check    # exits 1 where one is not as it would be written
"""

from __future__ import annotations

import re
import sys
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from click import Command, Context
from pydantic import BaseModel
from rich.text import Text

DOCS = Path(__file__).parent


def commands() -> str:
    """Every command: what it does, its arguments and options, an example."""
    from publisher.cli.commands import program

    lines = [
        "# Commands",
        "",
        "<!-- Written by docs/reference.py from the program's own help. -->",
        "",
        (
            "`--site DIR` names the folder with publisher.toml; without it, it is the nearest one upwards. Results "
            "go to standard output, talk to standard error. Exit 0: done; 1: something failed, or there is "
            "something to mend; 2: asked wrongly; 75: try again later. With `--json` the answer is JSON, moments "
            "as in ISO 8601 (UTC); where a command fails, there is none, and standard error says why."
        ),
        "",
        (
            "Completion for bash, zsh and fish: `publisher --install-completion`, then open a new shell; "
            "`publisher --show-completion` prints it instead."
        ),
    ]
    root = program()
    answers = tomllib.loads((DOCS / "answers.toml").read_text(encoding="utf-8"))
    for words, command in _walk(root, ()):
        lines += ["", *_command(words, command), *_answer(answers.get(" ".join(words), {}))]
    return "\n".join(lines) + "\n"


def _walk(command: Command, words: tuple[str, ...]) -> list[tuple[tuple[str, ...], Command]]:
    found = []
    if words and (
        not hasattr(command, "commands") or getattr(command, "invoke_without_command", False)
    ):
        found.append((words, command))
    for name, one in sorted(getattr(command, "commands", {}).items()):
        found += _walk(one, (*words, name))
    return found


def _command(words: tuple[str, ...], command: Command) -> list[str]:
    context = Context(command, info_name=" ".join(words))
    help_ = Text.from_markup(command.help or "").plain.replace("\f", "").strip()
    examples = re.findall(r"Example:\s+(publisher .*)", help_)
    prose = re.sub(r"\n*Example:\s+publisher .*", "", help_).strip()
    usage = " ".join(["publisher", *words, *command.collect_usage_pieces(context)])
    lines = [f"## publisher {' '.join(words)}", "", prose, "", "```", usage, "```"]
    rows = [row for parameter in command.get_params(context) if (row := _parameter(parameter))]
    if rows:
        lines += ["", "| | |", "|---|---|", *rows]
    for example in examples:
        lines += ["", "```sh", example, "```"]
    return lines


def _answer(told: dict[str, Any]) -> list[str]:
    """What it says with --json."""
    if not told:
        return []
    if "as" in told:
        return ["", f"With `--json` it answers as `{told['as']}` does."]
    lines = ["", "With `--json`, a list of" if told.get("each") else "With `--json`", ""]
    lines += ["| name | |", "|---|---|"]
    return lines + [
        f"| `{name.removesuffix('?')}` | {meaning} |"
        for name, meaning in told.items()
        if name != "each"
    ]


def _parameter(parameter: Any) -> str:
    if parameter.name in ("help", "site", "json", "quiet") or getattr(parameter, "hidden", False):
        names = {"json": "`--json`", "quiet": "`--quiet`, `-q`"}.get(parameter.name)
        if not names:
            return ""
    elif parameter.param_type_name == "argument":
        names = f"`{parameter.metavar or parameter.name.upper()}`"
    else:
        names = ", ".join(f"`{one}`" for one in (*parameter.opts, *parameter.secondary_opts))
    text = " ".join((getattr(parameter, "help", "") or "").split()).replace("|", "\\|")
    return f"| {names} | {text} |"


def configuration() -> str:
    """Every key of publisher.toml."""
    from publisher.config import tables

    meanings = tomllib.loads((DOCS / "meanings.toml").read_text(encoding="utf-8"))
    lines = [
        "# Configuration",
        "",
        "<!-- Written by docs/reference.py from publisher/config/tables.py and docs/meanings.toml. -->",
        "",
        (
            "All of it stands in publisher.toml, in the site's folder; every mistake is named at once, with its line. "
            "Passwords come from the environment alone: [delivery](delivery.md), [bounces](bounces.md)."
        ),
    ]
    for name, table in _in_order(tables):
        heading, about = _heading(table)
        lines += ["", f"## {heading}", "", about[:1].upper() + about[1:], ""]
        lines += ["| key | form | default | |", "|---|---|---|---|"]
        lines += [
            _key(field.alias or key, field, meanings[name].get(field.alias or key, ""))
            for key, field in table.model_fields.items()
        ]
    return "\n".join(lines) + "\n"


def _in_order(tables: Any) -> list[tuple[str, Any]]:
    """The tables as publisher.toml has them: each above those that stand within it."""
    top = list(tables.Settings.model_fields)
    found = [
        (name, table)
        for name, table in vars(tables).items()
        if _is_table(table, tables) and name != "Settings"
    ]

    def place(item: tuple[str, Any]) -> tuple[int, int]:
        parts = _heading(item[1])[0].strip("[]").split(".")
        return top.index(parts[0]), len(parts)

    return sorted(found, key=place)


def _heading(table: Any) -> tuple[str, str]:
    heading, _, about = (table.__doc__ or "").split("\n")[0].partition(": ")
    return heading, about


def _is_table(value: object, tables: Any) -> bool:
    return isinstance(value, type) and issubclass(value, tables.Table) and value is not tables.Table


def _key(name: str, field: Any, meaning: str) -> str:
    told = " ".join(part for part in (meaning, field.description) if part)
    default = "must be there" if field.is_required() else _value(field.default)
    return f"| `{name}` | {_form(field)} | {default} | {told} |"


def _value(value: object) -> str:
    if value is None or value in ("", ()):
        return "none"
    if isinstance(value, dict):  # of a table that may be left out
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, timedelta):
        return f"`{_length(value)}`"
    if isinstance(value, tuple):
        return "`[" + ", ".join(f'"{one}"' for one in value) + "]`"
    return f"`{value}`"


def _length(value: timedelta) -> str:
    seconds = int(value.total_seconds())
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds % size == 0:
            count = seconds // size
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return f"{seconds} seconds"


def _form(field: Any) -> str:
    kinds = [one for one in _kinds(field.annotation) if one]
    bounds = [
        text
        for one in field.metadata
        for sign, attribute in ((">", "gt"), ("from", "ge"), ("to", "le"))
        if (limit := getattr(one, attribute, None)) is not None
        for text in [f"{sign} {limit}"]
    ]
    return " ".join([" or ".join(dict.fromkeys(kinds)), *bounds])


def _kinds(annotation: Any) -> list[str]:
    if annotation is type(None) or annotation is Ellipsis:
        return []
    if get_origin(annotation) is Literal:
        return [", ".join(f"`{one}`" for one in get_args(annotation))]
    if get_origin(annotation) is tuple:
        inner = " or ".join(_kinds(get_args(annotation)[0]))
        return [f"a list: {inner}" if inner.startswith("`") else "a list"]
    if hasattr(annotation, "__metadata__"):
        return _kinds(get_args(annotation)[0])
    if get_args(annotation):
        return [kind for one in get_args(annotation) for kind in _kinds(one)]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return ["a table"]
    return [_NAMES.get(getattr(annotation, "__name__", ""), "text")]


_NAMES = {
    "int": "a number",
    "float": "a number",
    "bool": "`true`, `false`",
    "timedelta": "a length of time",
    "date": "a date",
    "Mailbox": "an address",
}
PAGES = {"commands.md": commands, "configuration.md": configuration}


def main(words: list[str]) -> int:
    """Write the pages, or say which are not as they would be."""
    old = [name for name, make in PAGES.items() if _read(DOCS / name) != make()]
    for name in old:
        if "--check" in words:
            print(f"docs/{name} is not as the program has it: make docs")
        else:
            (DOCS / name).write_text(PAGES[name](), encoding="utf-8")
    return 1 if old and "--check" in words else 0


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
