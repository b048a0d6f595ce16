"""The command line: one module a command, results on stdout, talk on stderr."""

from publisher.cli.app import main

__all__ = ["main"]
