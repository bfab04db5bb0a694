"""An operator at a terminal: commands run as they are typed, on an instance of their own."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from exchange.cli import cli
from tests.rig import complete

ORIGIN = "https://practices.example"


@dataclass
class Operator:
    """Types commands about the instance in `data`."""

    data: Path

    def types(self, *words: str, status: int = 0) -> Result:
        """Run a command and expect its exit status; whatever happens, never a traceback."""
        result = CliRunner().invoke(cli, ["--data", str(self.data), *words], prog_name="jumelage")
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
        assert "Traceback" not in result.output
        assert result.exit_code == status, (words, result.stdout, result.stderr)
        if status:
            assert result.stderr.strip(), words
        return result

    def reads(self, *words: str) -> Any:
        """The JSON that a command prints."""
        return json.loads(self.types(*words, "--json").stdout)

    def key(self) -> str:
        """The key of the one practice that there is."""
        (found,) = self.reads("practice", "list")
        return str(found["key"])


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance with two communities and a practice, made once by the commands themselves."""
    place = tmp_path_factory.mktemp("cli")
    operator = Operator(place / "instance")
    operator.types("init", "--origin", ORIGIN, "--name", "Practices", "--contact", "office@practices.example")
    operator.types(
        "community", "add", "loos", "--name", "Loos-en-Gohelle", "--country", "fr", "--population", "6600"
    )
    operator.types("community", "add", "ulm", "--name", "Ulm", "--country", "DE", "--degurba", "1")
    record = complete({"language": "fr", "title": {"fr": "Plan solaire citoyen"}})
    file = place / "practices.yaml"
    file.write_text(
        yaml.safe_dump({"practices": [{"id": "solar", "community": "loos", **record}]}, allow_unicode=True)
    )
    operator.types("practice", "import", str(file))
    return operator.data


@pytest.fixture
def operator(made: Path, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Operator:
    """At a copy of that instance."""
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    shutil.copytree(made, data_dir)
    return Operator(data_dir)


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes], str]:
    """Put a file somewhere and give its path."""

    def put(name: str, content: str | bytes) -> str:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return put
