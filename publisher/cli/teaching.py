"""What was asked wrongly, said so that it can be asked rightly; and `publisher help`."""

from __future__ import annotations

import re
from typing import Annotated, Any

import typer

PROGRAM = "publisher"
# Whatever typer has its words parsed by raises this, or something below it.
MISUSE: Any = typer.BadParameter.__base__


def help_(
    context: typer.Context,
    command: Annotated[
        list[str] | None, typer.Argument(metavar="COMMAND", help="Such as editions send-test.")
    ] = None,
) -> None:
    """Say what a command does, what it takes, and how it looks.

    [bold]Example[/bold]:  publisher help editions send-test
    """
    root: Any = context.find_root().command
    root.main([*(command or ()), "--help"], prog_name=PROGRAM, standalone_mode=False)


def explain(misuse: Any) -> str:
    """What is wrong with a command line, an example of a right one, and where more is said.

    Empty where its help has been shown already, for nothing was asked at all.
    """
    context = misuse.ctx
    path = context.command_path if context else PROGRAM
    said = misuse.format_message().rstrip(".")
    if not said:
        return ""
    lines = [f"{path}: {said[:1].lower()}{said[1:]}"]
    example = _example(context.command.help or "") if context else ""
    if example:
        lines.append(f"  for example:  {example}")
    if hasattr(context and context.command, "commands"):
        lines.append(f"  `{path} --help` lists what there is")
    else:
        lines.append(f"  `{path} --help` says all that it takes")
    return "\n".join(lines)


def _example(text: str) -> str:
    """The first example in a command's help."""
    found = re.search(r"Example\[/bold\][^:]*:\s+(.*publisher .*)", text)
    return found[1].strip() if found else ""


def dress(command: Any, parent: typer.Context | None = None) -> Any:
    """The command, and all below it, with its arguments named as they are written.

    An argument is shown in capitals, and an option that takes nothing without the kind of what it
    does not take.
    """
    context = typer.Context(command, parent=parent, **command.context_settings)
    for one in command.get_params(context):
        if one.metavar is None and getattr(one, "is_flag", False):
            one.metavar = ""
        elif one.metavar is None and one.param_type_name == "argument":
            one.metavar = one.name.upper()
    for below in getattr(command, "commands", {}).values():
        dress(below, context)
    return command
