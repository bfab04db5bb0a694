"""How little the command line loads before its first word."""

import subprocess
import sys

import click
import pytest

from exchange.cli import COMMANDS, cli


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_all_commands_says_what_the_command_says_of_itself(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert COMMANDS[name][1] == command.get_short_help_str(400)


def test_the_help_is_shown_without_loading_database_or_web_server() -> None:
    program = (
        "import sys\nfrom exchange.cli import cli\ncli(['--help'], standalone_mode=False)\n"
        "sys.exit(' '.join({'sqlalchemy', 'flask', 'alembic', 'requests', 'pydantic'} & set(sys.modules)) or 0)"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert all(name in shown.stdout for name in COMMANDS)
