"""Settings from the environment or `.env`. What is missing or wrong is told by its name, in one line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from storage.identity import IdKeyError, IdKeys

PREFIX: Final = "SHIFTPULSE_"
ENV_FILE: Final = Path(".env")
TOKEN_MISSING: Final = f"{PREFIX}BOT_TOKEN is missing: get a token from @BotFather and put it into .env."
KEY_MISSING: Final = f"{PREFIX}ID_KEY is missing: make one with `shiftpulse keygen` and put it into .env."
_ROUTE: Final = frozenset({"contact_name", "contact_chat"})
_TOKEN: Final = re.compile(r"[0-9]+:[A-Za-z0-9_-]{20,}")


class SettingsError(Exception):
    """A setting is missing or malformed; the text names the variable."""


class Settings(BaseSettings):
    """Every variable, explained in `.env.example`. An empty one counts as not set."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=ENV_FILE, env_ignore_empty=True, extra="ignore", hide_input_in_errors=True
    )

    bot_token: SecretStr = Field(default=SecretStr(""))
    id_key: SecretStr = Field(default=SecretStr(""))
    database_url: str = "sqlite+aiosqlite:///var/shiftpulse.db"
    rounds_dir: Path = Path("var/rounds")
    api_url: str = "https://api.telegram.org"
    log_level: str = "INFO"
    pack: Path | None = None
    nation: str = "england"
    site_card: Path | None = None
    contact_name: str | None = None
    contact_chat: int | None = Field(default=None, validate_default=True)

    @field_validator("database_url")
    @classmethod
    def _driver(cls, url: str) -> str:
        if not url.startswith(("sqlite+aiosqlite:///", "postgresql+psycopg://")):
            raise ValueError("begin it with sqlite+aiosqlite:/// or postgresql+psycopg://")
        return _with_a_database(url)

    @field_validator("api_url")
    @classmethod
    def _address(cls, url: str) -> str:
        if not re.fullmatch(r"https?://[^\s/?#]+[^\s?#]*", url):
            raise ValueError("begin it with https:// and a host")
        return url.rstrip("/")

    @field_validator("log_level")
    @classmethod
    def _level(cls, level: str) -> str:
        if level.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise ValueError("use DEBUG, INFO, WARNING or ERROR")
        return level.upper()

    @field_validator("bot_token")
    @classmethod
    def _token(cls, token: SecretStr) -> SecretStr:
        if token.get_secret_value() and not _TOKEN.fullmatch(token.get_secret_value()):
            raise ValueError("it looks like 123456789:AA…; copy it from @BotFather")
        return token

    @field_validator("id_key")
    @classmethod
    def _key(cls, key: SecretStr, others: ValidationInfo) -> SecretStr:
        if key.get_secret_value():
            if key == others.data.get("bot_token"):
                raise ValueError("it is the bot's token; two purposes need two secrets: shiftpulse keygen")
            try:
                IdKeys(key.get_secret_value())
            except IdKeyError:
                raise ValueError("it is 32 bytes in base64; make one with: shiftpulse keygen") from None
        return key

    @field_validator("pack")
    @classmethod
    def _pack(cls, path: Path | None) -> Path | None:
        from insights.pack import PackError, load_pack

        if path is not None:
            try:
                load_pack(_text(path))
            except PackError as error:
                raise ValueError(str(error)) from None
        return path

    @field_validator("nation")
    @classmethod
    def _known(cls, nation: str) -> str:
        from handlers.cards import Nation

        name = nation.strip().lower().replace(" ", "_").replace("-", "_")
        if name not in list(Nation):
            raise ValueError(f"use one of {', '.join(Nation)}")
        return name

    @field_validator("site_card")
    @classmethod
    def _card(cls, path: Path | None) -> Path | None:
        from handlers.cards import HelpCardError, site_card

        if path is not None:
            _text(path)
            try:
                site_card(path)
            except HelpCardError as error:
                raise ValueError(str(error)) from None
        return path

    @field_validator("contact_name")
    @classmethod
    def _name(cls, name: str | None) -> str | None:
        from insights.policy import DISPLAY_NAME_LENGTH

        if name is not None and (not name.strip() or len(name) > DISPLAY_NAME_LENGTH or "\n" in name):
            raise ValueError(f"say in one line of at most {DISPLAY_NAME_LENGTH} characters who answers, and when")
        return name

    @field_validator("contact_chat")
    @classmethod
    def _route(cls, chat: int | None, others: ValidationInfo) -> int | None:
        """Both or neither: nobody is sent to a route without a name, and a name leads nowhere without a route."""
        if "contact_name" in others.data and (chat is None) != (others.data["contact_name"] is None):
            raise ValueError(f"give it and {PREFIX}CONTACT_NAME, or neither")
        return chat

    @property
    def token(self) -> str:
        """The bot's token. Raises `SettingsError` when it is missing."""
        if not self.bot_token.get_secret_value():
            raise SettingsError(TOKEN_MISSING)
        return self.bot_token.get_secret_value()

    @property
    def keys(self) -> IdKeys:
        """The key for Telegram ids. Raises `SettingsError` when it is missing."""
        if not self.id_key.get_secret_value():
            raise SettingsError(KEY_MISSING)
        return IdKeys(self.id_key.get_secret_value())


def load_settings(env_file: Path | None = ENV_FILE) -> Settings:
    """The settings. Raises `SettingsError` with one line that names the first wrong variable."""
    settings, faults = settings_and_faults(env_file)
    for fault in faults.values():
        raise SettingsError(fault)
    return settings


def settings_and_faults(env_file: Path | None = ENV_FILE) -> tuple[Settings, dict[str, str]]:
    """The settings with the default where one is malformed, and a line for each of those, by field.

    Raises `SettingsError` when the file itself cannot be read.
    """
    if env_file and env_file.is_dir():
        raise SettingsError(f"{env_file.name} is a folder: remove it, and copy .env.example to a file of that name.")
    try:
        try:
            return Settings(_env_file=env_file), {}
        except ValidationError as error:
            faults = {str(one["loc"][0]): one["msg"] for one in error.errors(include_input=False, include_url=False)}
        usable: dict[str, Any] = {name: Settings.model_fields[name].default for name in faults}
        usable |= dict.fromkeys(_ROUTE) if not _ROUTE.isdisjoint(faults) else {}
        return Settings(_env_file=env_file, **usable), {name: _line(name, text) for name, text in faults.items()}
    except (OSError, UnicodeDecodeError):
        raise SettingsError(".env cannot be read: it is a text file in UTF-8 that you may read.") from None


def _line(name: str, message: str) -> str:
    return f"{PREFIX}{name.upper()} is wrong: {' '.join(message.removeprefix('Value error, ').split())}."


def _with_a_database(url: str) -> str:
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        name = make_url(url).database
    except (ArgumentError, ValueError):
        raise ValueError("it cannot be read; see .env.example") from None
    if not name or name == ":memory:":
        raise ValueError("name a database after the last slash")
    return url


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{path}: it is not a text in UTF-8") from None
