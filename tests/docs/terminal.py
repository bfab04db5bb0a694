"""A terminal for the transcripts in the texts: types their commands, and compares what comes back."""

import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import requests
from click.testing import CliRunner

from exchange.cli import cli
from tests.docs.pages import Block

_STAYS = ("serve", "worker", "demo")  # commands that go on until they are stopped: only read here
_WILD = re.compile(r"…")


class Terminal:
    """One directory and one environment in which the commands of a page are typed, one after the other.

    `names` are the words of the page and what they are here, such as the address of an instance.
    """

    def __init__(self, place: Path, names: dict[str, str] | None = None, **environment: str) -> None:
        self.place = place
        self.names = names or {}
        self.environment = {"HOME": str(place), "LANG": "C.UTF-8", **environment}
        self.ran: list[str] = []

    def play(self, block: Block) -> None:
        """Write a file that the page asks for, or type the commands of a transcript."""
        if block.kind == "console":
            for command, expected in exchanges(block.text):
                self.type(command, expected)
        elif (found := re.findall(r"as `([\w.-]+)`", block.before)) and block.kind in ("yaml", "json", "csv"):
            (self.place / found[-1]).write_text(self._here(block.text), encoding="utf-8")

    def type(self, command: str, expected: str) -> None:
        """Run one command and compare its output, as far as the page shows one."""
        self.ran.append(command)
        if taken := re.fullmatch(r"export (\w+)=\$\((?:\./run )?jumelage (.*)\)", command):
            status, output = self._jumelage(shlex.split(taken[2]))
            assert status == 0, output
            self.environment[taken[1]] = output.strip()
            return
        words = [self._expanded(word) for word in shlex.split(self._here(command))]
        if words[0] == "export":
            self.environment |= dict(word.split("=", 1) for word in words[1:])
            return
        if words[:2] == ["./run", "jumelage"] or words[0] == "jumelage":
            status, output = self._jumelage(words[words.index("jumelage") + 1 :])
        elif words[0] == "curl":
            status, output = self._curl(words[1:])
        else:
            raise AssertionError(f"the page has a command that nobody checks: {command}")
        assert status == 0, f"$ {command}\n{output}"
        if expected:
            assert fits(self._here(expected), output), f"$ {command}\nexpected:\n{expected}\ncame:\n{output}"

    def _here(self, text: str) -> str:
        for there, here in self.names.items():
            text = text.replace(there, here)
        return text

    def _expanded(self, word: str) -> str:
        return re.sub(r"\$(\w+)", lambda found: self.environment[found[1]], word)

    def _jumelage(self, words: list[str]) -> tuple[int, str]:
        if words[0] in _STAYS:
            command = cli.get_command(click.Context(cli), words[0])
            assert command is not None
            command.make_context(words[0], words[1:], parent=click.Context(cli))
            return 0, ""
        before = Path.cwd()
        root = Path(__file__).parents[2]
        words = [str(root / word) if (root / word).is_file() and "/" in word else word for word in words]
        os.chdir(self.place)
        try:
            answer = CliRunner().invoke(cli, words, env=self.environment, prog_name="jumelage")
        finally:
            os.chdir(before)
        fault = "" if isinstance(answer.exception, SystemExit | None) else repr(answer.exception)
        return answer.exit_code, answer.output + fault

    def _curl(self, words: list[str]) -> tuple[int, str]:
        """Those options of curl that the pages use: -s -i -X -H -d --data-binary -o."""
        url, method, headers, body, show = "", "", {}, None, False
        rest = iter(words)
        for word in rest:
            if word in ("-s", "-sS"):
                continue
            if word in ("-i", "-si"):
                show = True
            elif word == "-X":
                method = next(rest)
            elif word == "-H":
                name, _, value = next(rest).partition(":")
                headers[name.strip()] = value.strip()
            elif word in ("-d", "--data-binary"):
                told = next(rest)
                body = (self.place / told[1:]).read_bytes() if told.startswith("@") else told.encode()
            else:
                assert not word.startswith("-"), word
                url = word
        host, _, path = url.partition("://")[2].partition("/")
        port = host.rpartition(":")[2]
        answer = requests.request(
            method or ("POST" if body is not None else "GET"),
            f"http://127.0.0.1:{port}/{path}",
            headers={"Host": host, "Accept": "*/*", "User-Agent": "curl", **headers},
            data=body,
            timeout=10,
            allow_redirects=False,
        )
        head = f"HTTP/1.1 {answer.status_code} {answer.reason}\n" if show else ""
        shown = "".join(f"{name}: {value}\n" for name, value in answer.headers.items()) if show else ""
        return (
            0 if answer.status_code < 500 else 22
        ), f"{head}{shown}\n{answer.text}" if show else answer.text


def exchanges(transcript: str) -> Iterator[tuple[str, str]]:
    """The commands of a transcript, each with the output that follows it; `\\` continues a command."""
    joined = transcript.replace("\\\n", " ")
    for part in re.split(r"^\$ ", joined, flags=re.M)[1:]:
        command, _, output = part.partition("\n")
        yield command.strip(), output.strip("\n")


def fits(expected: str, output: str) -> bool:
    """Whether the output has the expected lines in order, one after the other; `…` stands for anything."""
    pattern = ".*".join(re.escape(part) for part in _WILD.split(_plain(expected)))
    return re.search(pattern, _plain(output), re.S) is not None


def _plain(text: str) -> str:
    return "\n".join(re.sub(r"[ \t]+", " ", line).strip() for line in text.strip().splitlines())
