"""The settings of an instance: read from its data directory and the environment, checked before anything starts."""

import ipaddress
import os
import ssl
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, EnvSettingsSource, NoDecode, SettingsConfigDict

from exchange.addresses import (
    canonical_origin,
    database_address,
    host_and_port,
    mail_way,
    search_server,
    tile_server,
)
from exchange.contrast import Colour
from exchange.crest import CrestFile

PREFIX = "JUMELAGE_"
FILE = "jumelage.toml"
ENGINES = ("tantivy", "whoosh", "memory")
LANGUAGES = ("en", "fr", "de", "es", "it")


class ConfigurationError(Exception):
    """The settings of this instance cannot be used; the message says which one, and why."""


class Settings(BaseSettings):
    """Everything an operator may decide about an instance.

    Options of a command come first, then the environment, then `jumelage.toml`, then the default.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True, validate_default=True
    )

    data: Path = Field(
        description="The directory of the instance: its `jumelage.toml`, its SQLite database and its search "
        "index. It can only be given by `--data` or by the environment."
    )
    lab: bool = Field(
        default=False,
        description="Permits `http://` origins and peers on this machine (loopback and `*.localhost`), for "
        "demonstrations and tests. Never on a server that others reach.",
    )
    origin: str = Field(
        description="The address of the instance as the world sees it, `https://host` or `https://host:port`, "
        "without a path. It is part of every id that is published, so it cannot be changed later."
    )
    name: str = Field(
        default="Jumelage",
        min_length=1,
        max_length=100,
        description="The name of the instance, shown on its pages and to its peers.",
    )
    contact: str = Field(
        default="",
        description="The mailbox of the people who run the instance, shown on its pages and to its peers.",
    )
    languages: Annotated[tuple[str, ...], NoDecode] = Field(
        default=LANGUAGES,
        description="The languages of the pages, of `en`, `fr`, `de`, `es` and `it`, separated by commas. Whose "
        "browser asks for none of them gets the first.",
    )
    colour: Colour = Field(
        default="",
        description="The one strong colour of the pages, like `#003399`, in the place of verdigris; its twin for "
        "dark screens follows from it. One that cannot be read is refused, and one that can be is named.",
    )
    crest: CrestFile | None = Field(
        default=None,
        description="The crest of the house in the place of the two plates: a file, SVG or PNG, at most 40 kB. A "
        "name that is no whole path is one in the data directory.",
    )
    enforcement: str = Field(
        default="",
        max_length=300,
        description="The body to which people turn when an answer about accessibility does not satisfy them: its "
        "name and, after it, its address on the web. It stands in the accessibility statement, `/accessibility`.",
    )
    tiles: str = Field(
        default="",
        description="The address of a tile server, like `https://tiles.example/{z}/{x}/{y}.png`. With one, the map "
        "offers a street map beside its own picture; the browser of whoever opens that one page asks this server "
        "for its pictures, and the page says so before. When it is not set, no page asks anybody else for anything.",
    )
    tiles_credit: str = Field(
        default="© OpenStreetMap",
        max_length=300,
        description="Whose map the tiles are, shown on it as its makers demand: a name and, after it, an address on "
        "the web if they want one linked.",
    )
    listen: str = Field(
        default="127.0.0.1:8000",
        description="The `HOST:PORT` on which the pages and the federation are served. IPv6 addresses stand "
        "in brackets, `[::1]:8000`.",
    )
    threads: int = Field(
        default=16,
        ge=1,
        le=256,
        description="How many requests the web server answers at the same time. Those that wait for the disk together share one write to it.",
    )
    workers: int = Field(
        default=48,
        ge=1,
        le=64,
        description="How many deliveries to other instances are under way at the same time. Hosts that do not "
        "answer hold one each until its time is up; with few, the others wait for them.",
    )
    database: str = Field(
        default="",
        repr=False,
        description="`sqlite:///PATH` or `postgresql+psycopg://USER:PASSWORD@HOST/NAME`. When it is not set: "
        "`jumelage.sqlite` in the data directory.",
    )
    search: str = Field(
        default="tantivy",
        repr=False,
        description="The search engine: `tantivy` (fast, a compiled wheel), `whoosh` (pure Python, up to "
        "20,000 practices), `memory` (keeps nothing, for tests), or the address of an OpenSearch or "
        "Elasticsearch server, `opensearch+https://USER:PASSWORD@HOST:9200`; a path there names its indexes "
        "where the instance's own host should not.",
    )
    search_key: str = Field(
        default="",
        repr=False,
        description="The API key for the search server, in place of a user and a password.",
    )
    federation: Literal["open", "allowlist"] = Field(
        default="open",
        description="`open` exchanges with every instance that is not blocked, `allowlist` only with those "
        "that `jumelage peer allow` has named.",
    )
    inbox_rate: int = Field(
        default=40,
        ge=0,
        le=100_000,
        description="How many requests a second an inbox takes in the long run from one domain that follows "
        "us, that we follow or that is allowed; three times as many at once. A stranger has half of that. "
        "What is beyond is answered with 429 and the time to wait. 0 takes everything.",
    )
    signed_fetch: bool = Field(
        default=False,
        description="Gives ActivityPub documents (practices, actors, outboxes and the like) only to requests "
        "that are signed, so that blocked instances do not get them there. The instance's own actor stays "
        "readable, and so does everything that is for people and programs: pages, the API with its versions, "
        "the catalogue and the map data.",
    )
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="The addresses or networks of the reverse proxies before the instance, separated by "
        "commas. Only they are believed when they say which client is asking (`X-Forwarded-For`).",
    )
    ca: Path | None = Field(
        default=None,
        description="A file of certificates (PEM) to trust, beside the usual ones, when peers use a private "
        "certificate authority.",
    )
    mail: str = Field(
        default="",
        repr=False,
        description="How letters leave (invitations, new passwords, questions, digests): "
        "`smtp://USER:PASSWORD@HOST:587`, on which STARTTLS is demanded; `smtps://USER:PASSWORD@HOST:465`; "
        "`file:DIRECTORY`, one file a letter; `console`, printed by `serve` and `worker`; or `none`. "
        "`%40` stands for an @ in the user's name. When it is not set: `console` in lab mode, else `none`.",
    )
    mail_from: str = Field(
        default="",
        description="The mailbox that letters come from. When it is not set: that of `JUMELAGE_CONTACT`.",
    )
    session_hours: int = Field(
        default=12,
        ge=1,
        le=24 * 90,
        description="How many hours an officer stays logged in without doing anything.",
    )
    log: Literal["debug", "info", "warning", "error"] = Field(
        default="info",
        description="The least severe message that is written to the log.",
    )

    @property
    def host(self) -> str:
        """The host of the origin, with its port when it has one: the right half of every handle."""
        return urlsplit(self.origin).netloc

    @property
    def address(self) -> tuple[str, int]:
        """The host and port to listen on."""
        return host_and_port(self.listen)

    @property
    def mail_way(self) -> str:
        """How letters leave, `none` included."""
        return self.mail or ("console" if self.lab else "none")

    @property
    def sends_mail(self) -> bool:
        """Whether this instance sends any mail."""
        return self.mail_way != "none"

    @property
    def mail_sender(self) -> str:
        """The mailbox that letters come from."""
        return self.mail_from or self.contact or f"jumelage@{urlsplit(self.origin).hostname}"

    @field_validator("data")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("origin")
    @classmethod
    def _an_origin(cls, value: str, info: ValidationInfo) -> str:
        return canonical_origin(value, lab=_lab(info))

    @field_validator("tiles")
    @classmethod
    def _a_tile_server(cls, value: str, info: ValidationInfo) -> str:
        return tile_server(value, lab=_lab(info)) if value else value

    @field_validator("name", "contact", "mail_from", "enforcement", "tiles_credit")
    @classmethod
    def _one_line(cls, value: str) -> str:
        if any(ord(character) < 32 or ord(character) == 127 for character in value):
            raise ValueError("must be one line of text")
        return value.strip()

    @field_validator("crest", mode="before")
    @classmethod
    def _in_the_data(cls, value: Any, info: ValidationInfo) -> Any:
        if not isinstance(value, str | Path) or "data" not in info.data:
            return value
        return info.data["data"] / Path(value).expanduser() if str(value) else None

    @field_validator("mail")
    @classmethod
    def _a_way(cls, value: str) -> str:
        return mail_way(value)

    @field_validator("contact", "mail_from")
    @classmethod
    def _a_mailbox(cls, value: str) -> str:
        local, at, domain = value.rpartition("@")
        if value and (not at or not local or not domain or any(character.isspace() for character in value)):
            raise ValueError("must be a mailbox, like practice@town.example")
        return value

    @field_validator("listen")
    @classmethod
    def _an_address(cls, value: str) -> str:
        host_and_port(value)
        return value

    @field_validator("database")
    @classmethod
    def _a_database(cls, value: str, info: ValidationInfo) -> str:
        if not value:
            return f"sqlite:///{info.data['data'] / 'jumelage.sqlite'}" if "data" in info.data else value
        return database_address(value)

    @field_validator("search")
    @classmethod
    def _an_engine(cls, value: str) -> str:
        return value if value in ENGINES else search_server(value, ENGINES)

    @field_validator("languages", mode="before")
    @classmethod
    def _spoken(cls, value: Any) -> Any:
        parts = value.replace(",", " ").split() if isinstance(value, str) else value
        if not isinstance(parts, list | tuple) or not parts or any(part not in LANGUAGES for part in parts):
            raise ValueError(f"must list some of {', '.join(LANGUAGES)}")
        return tuple(dict.fromkeys(parts))

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _networks(cls, value: Any) -> Any:
        parts = value.replace(",", " ").split() if isinstance(value, str) else value
        if not isinstance(parts, list | tuple):
            raise ValueError("must be a list of addresses or networks")
        try:
            return tuple(str(ipaddress.ip_network(str(part), strict=False)) for part in parts)
        except ValueError as error:
            raise ValueError(
                f"must list addresses or networks, like 10.0.0.7, 2001:db8::/48 ({error})"
            ) from error

    @field_validator("ca")
    @classmethod
    def _a_file(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_file():
            raise ValueError(f"names a file that is not there: {value}")
        if value is not None:
            try:
                ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(value)
            except OSError as error:
                raise ValueError(f"names a file without certificates that can be read: {value}") from error
        return value


def _lab(info: ValidationInfo) -> bool:
    """Whether it is a lab; where that was said in no words that we know, nothing else is blamed for it."""
    return bool(info.data.get("lab", True))


def _needs_a_sender(settings: Settings) -> None:
    if settings.mail_way not in ("console", "none") and not (settings.mail_from or settings.contact):
        raise ConfigurationError(f"{PREFIX}MAIL_FROM is needed: say which mailbox letters come from.")


def load(data: Path | None = None, **overrides: Any) -> Settings:
    """The settings of the instance in `data`; an override that is None counts as not given."""
    given = {key: value for key, value in overrides.items() if value is not None}
    around = EnvSettingsSource(Settings)()
    directory = data or around.get("data")
    if not directory:
        raise ConfigurationError(f"No instance is named: give --data DIR or set {PREFIX}DATA.")
    path = Path(directory).expanduser().absolute()
    values = {**_read(path / FILE), **around, **given, "data": path}
    if "origin" not in values:
        raise ConfigurationError(f"There is no instance in {path}: make one with `jumelage init`.")
    try:
        settings = Settings(**values)
    except ValidationError as error:
        raise ConfigurationError(_sentence(error)) from error
    _needs_a_sender(settings)
    return settings


def surroundings() -> frozenset[str]:
    """The settings that the environment makes; they go before what stands in the file."""
    return frozenset(EnvSettingsSource(Settings)())


def misspelt() -> list[str]:
    """Names in the environment that look like settings and are none; in the file such a name is refused.

    Here it is only told: what stands around a program is not always its own. Those of the tests are let be.
    """
    known = {f"{PREFIX}{name}".upper() for name in Settings.model_fields}
    return sorted(
        name
        for name in os.environ
        if name.upper().startswith(PREFIX)
        and name.upper() not in known
        and not name.upper().startswith(f"{PREFIX}TEST_")
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}.") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path} is not valid TOML: {error}.") from error
    if unknown := sorted(set(values) - (set(Settings.model_fields) - {"data"})):
        raise ConfigurationError(f"{path} has settings that do not exist: {', '.join(unknown)}.")
    return values


def _sentence(error: ValidationError) -> str:
    problems = []
    for problem in error.errors(include_url=False, include_input=False):
        name = f"{PREFIX}{problem['loc'][0]}".upper() if problem["loc"] else "The settings"
        message = problem["msg"].removeprefix("Value error, ")
        message = message.removesuffix(".")
        problems.append(f"{name} {message}" if message[:1].islower() else f"{name}: {message}")
    return "; ".join(problems) + "."
