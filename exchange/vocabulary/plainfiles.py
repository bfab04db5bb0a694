"""YAML and JSON files as plain data, read so that no file can hurt: neither by size nor by its tricks.

YAML is read as YAML 1.2 would: `NO` is Norway and not a denial, `01234` is a code and not an octal
number, and a date stays as it was written.
"""

import json
import re
from collections.abc import Hashable
from typing import Any

import yaml

from exchange.messages import N_, Message, Problem, Refusal

BIGGEST = 32 * 1024 * 1024  # bytes of a file
DEEPEST = 40  # levels of nesting
MOST = 2_000_000  # values in a file, counting what its aliases repeat
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def refusal(msgid: str, **params: Any) -> Refusal:
    """A refusal of a whole file."""
    return Refusal([Problem("", Message(msgid, params))])


def text_of(data: bytes) -> str:
    """The text of a file; refused when it is too big, not a text, or not in UTF-8."""
    if len(data) > BIGGEST:
        raise refusal(N_("The file is larger than %(limit)s MB."), limit=BIGGEST // 1024 // 1024)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or data[:4] == b"\x00\x00\xfe\xff":
        raise refusal(N_("The file is written in UTF-16. Save it again as UTF-8."))
    if b"\x00" in data:
        raise refusal(N_("This is not a text file."))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise refusal(
            N_("The file is not written in UTF-8 (line %(line)s). Save it again as UTF-8."), line=line
        ) from error


class _Reader(_Loader):  # type: ignore[misc]
    """Plain values only; a name that stands twice is refused instead of swallowing the first."""

    yaml_implicit_resolvers: dict[str, Any] = {}

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag == "tag:yaml.org,2002:merge":
                raise refusal(N_("Line %(line)s: a name must be a plain word."), line=key.start_mark.line + 1)
            if key.value in seen:
                raise refusal(
                    N_("Line %(line)s: “%(name)s” stands here twice."),
                    line=key.start_mark.line + 1,
                    name=key.value[:80],
                )
            seen.add(key.value)
        return {
            key.value: self.construct_object(value, deep=True)  # type: ignore[no-untyped-call]
            for key, value in node.value
        }

    def construct_yaml_map(self, node: Any) -> Any:
        yield self.construct_mapping(node)


_NUMBER = r"[-+]?[0-9]*\.[0-9]+([eE][-+][0-9]{1,3})?"  # what writers of YAML 1.1 quote, and no more
_PLAIN = {  # what an unquoted word may mean, by its first character; anything else is a text
    "bool": (r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    "int": (r"[-+]?(0|[1-9][0-9]{0,17})", list("-+0123456789")),
    "float": (_NUMBER, list("-+.0123456789")),
    "null": (r"~|null|Null|NULL|", [*"~nN", ""]),
    "merge": (r"<<", ["<"]),
}
for _tag, (_pattern, _first) in _PLAIN.items():
    _Reader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), _first)
_Reader.add_constructor("tag:yaml.org,2002:map", _Reader.construct_yaml_map)
_Reader.add_constructor(None, lambda _loader, node: _unknown_tag(node))
for _forbidden in ("binary", "omap", "pairs", "set", "python/none", "timestamp"):
    _Reader.add_constructor(f"tag:yaml.org,2002:{_forbidden}", lambda _loader, node: _unknown_tag(node))


def _unknown_tag(node: Any) -> Any:
    raise refusal(
        N_("Line %(line)s: the mark “%(tag)s” is not understood here."),
        line=node.start_mark.line + 1,
        tag=str(node.tag)[:80],
    )


def read_yaml(text: str) -> Any:
    """The one document of a YAML file as plain data."""
    try:
        _measure(text)
        return yaml.load(text, Loader=_Reader)  # noqa: S506 - a subclass of the safe loader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        what = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "")[:200]
        raise refusal(N_("Line %(line)s is not YAML: %(what)s."), line=line, what=what) from error
    except (ValueError, RecursionError) as error:
        raise refusal(N_("This file cannot be read as YAML.")) from error


def _measure(text: str) -> None:
    """Refuse what would grow beyond bounds when it is put together: depth, size, and chains of aliases."""
    sizes: dict[str, int] = {}
    open_nodes: list[tuple[str | None, int]] = []  # each collection's anchor, and the count when it began
    count = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            open_nodes.append((event.anchor, count))
            count += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, began = open_nodes.pop()
            if anchor:
                sizes[anchor] = count - began
        elif isinstance(event, yaml.ScalarEvent):
            count += 1
            if event.anchor:
                sizes[event.anchor] = 1
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor not in sizes:
                raise refusal(
                    N_("Line %(line)s: the alias “%(name)s” stands for nothing that comes before it."),
                    line=event.start_mark.line + 1 if event.start_mark else 0,
                    name=str(event.anchor)[:80],
                )
            count += sizes[event.anchor]
        if len(open_nodes) > DEEPEST:
            raise refusal(N_("The file is nested more than %(limit)s levels deep."), limit=DEEPEST)
        if count > MOST:
            raise refusal(N_("The file holds more than %(limit)s values."), limit=MOST)


def read_json(text: str) -> Any:
    """A JSON file as plain data."""
    _measure_json(text)
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise refusal(
            N_("Line %(line)s is not JSON: %(what)s."), line=error.lineno, what=error.msg
        ) from error
    except (ValueError, RecursionError) as error:
        raise refusal(N_("This file cannot be read as JSON.")) from error


def _measure_json(text: str) -> None:
    depth = deepest = 0
    # A string that is never closed is taken in one piece: to look for its end again and again would take hours.
    for found in re.finditer(r'"(?:[^"\\]+|\\.)*+"?|[\[\]{}]', text, re.DOTALL):
        if found[0] in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif found[0] in "]}":
            depth -= 1
        if deepest > DEEPEST:
            raise refusal(N_("The file is nested more than %(limit)s levels deep."), limit=DEEPEST)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(n for n in names if names.count(n) > 1)
        raise refusal(N_("“%(name)s” stands in one object twice."), name=twice[:80])
    return found


def _no_constant(name: str) -> Any:
    raise refusal(N_("“%(name)s” is not a number."), name=name)
