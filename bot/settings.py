"""What the installer says: environment and `bridgepkg.yaml`. A set but blank value refuses to start (promise P9)."""

import base64
import binascii
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)
from pydantic_settings import SettingsError as SourceError

from bot.sources.read import FileSource, Sources
from bot.sources.roster import RoleIds, Roster
from profiles.codes import INCIDENT_COMMAND, LEGAL, SECURITY, SHIPPED_ROLES
from profiles.documents import load_model, read_document
from profiles.errors import UserFixableError
from profiles.estate import Estate
from profiles.frozen import Digest, Frozen, Key, Name, Role
from profiles.loader import find_profile, load_estate, load_profile
from profiles.models import Profile
from profiles.safetext import SafeText
from storage.sealing import Keys
from transforms.model.audience import Audience, SlackId
from transforms.model.canonical import digest

SLACK_API: Final = "https://slack.com/api/"
SEALING_KEY_BYTES: Final = 32
SIGNING_KEY_BYTES: Final = 32
LogFormat = Literal["plain", "json"]
LogLevel = Literal["debug", "info", "warning", "error"]
DOCKER_SECRETS: Final = "/run/secrets"

WHERE_FROM: Final = {
    "SLACK_BOT_TOKEN": "take the bot token (xoxb-…) from your app's OAuth page",
    "SLACK_APP_TOKEN": "take the app-level token (xapp-…) from your app's Basic Information page",
    "SLACK_SIGNING_SECRET": "take it from your app's Basic Information page",
    "BRIDGEPKG_SEALING_KEYS": "make a pair of keys with: bridgepkg keys new",
    "BRIDGEPKG_SIGNING_KEY": "make a pair of keys with: bridgepkg keys new",
}
"""Where an installer gets what must be set."""


class SettingsError(UserFixableError):
    """A setting that the installer can fix; `str()` is one line: which, what, how."""


class Home(Frozen):
    """The workspaces whose full members count as inside."""

    teams: tuple[SlackId, ...] = Field(min_length=1)
    enterprise: SlackId | None = None


class RoleMembers(Frozen):
    """Who fills a role: users and user groups, and deputies who may stand in."""

    users: tuple[SlackId, ...] = ()
    groups: tuple[SlackId, ...] = ()
    deputies: tuple[SlackId, ...] = ()


class Bridge(Frozen):
    """One customer audience: account, channel, exactly the outside teams allowed, profile, and its trust root.

    Guests of those teams may read along only where `allow_guests` says so; guests of the home never may.
    """

    account: Key
    label: SafeText
    channel: SlackId
    teams: tuple[SlackId, ...] = Field(min_length=1)
    allow_guests: bool = False
    profile: Annotated[str, Field(min_length=1)] = "customer-bridge"
    approved_profiles: tuple[Digest, ...] = ()


class Config(Frozen):
    """`bridgepkg.yaml`, checked whole."""

    schema_: Literal["bridgepkg.config/1"] = Field(alias="schema")
    home: Home
    roles: dict[Role, RoleMembers]
    review_channels: dict[Role, SlackId] = Field(default_factory=dict)
    cleared_roles: tuple[Role, ...] = (INCIDENT_COMMAND, SECURITY, LEGAL)
    bridges: dict[Name, Bridge] = Field(min_length=1)
    estate: Annotated[str, Field(min_length=1)] | None = None
    approved_estate: Digest | None = None
    sources_folder: Annotated[str, Field(min_length=1)] = "."
    sources: dict[Name, FileSource] = Field(min_length=1)

    @property
    def roster(self) -> Roster:
        """Who fills which role by ids, for where no directory can be asked."""
        roles = tuple(
            RoleIds(role=role, users=(*members.users, *members.deputies), groups=members.groups)
            for role, members in self.roles.items()
        )
        return Roster(teams=self.home.teams, roles=roles)

    @model_validator(mode="after")
    def _names_known_roles(self) -> Self:
        known = {*SHIPPED_ROLES, *self.roles}
        if strange := sorted({*self.review_channels, *self.cleared_roles} - known):
            raise ValueError(f"role {strange[0]} is not defined under roles; add it there or correct its spelling")
        if self.approved_estate and not self.estate:
            raise ValueError("approved_estate approves a file that estate does not name; name it or remove the digest")
        return self


class Deployment(Frozen):
    """The configuration with everything that it names, read and checked.

    An estate that is not approved is not used, and `estate_problem` says so: more is unplaced then, which is safe.
    """

    config: Config
    folder: Path
    profiles: dict[Name, Profile]
    estate: Estate | None = None
    estate_problem: str = ""

    def audience(self, bridge: str) -> Audience:
        """Whose package a bridge's is, and who reads it."""
        named = self.config.bridges[bridge]
        return Audience(
            bridge=bridge,
            account=named.account,
            label=named.label,
            channel=named.channel,
            teams=named.teams,
            allow_guests=named.allow_guests,
        )

    @property
    def sources(self) -> Sources:
        """The configured sources and where their exports lie."""
        folder = self.folder / self.config.sources_folder
        return Sources(
            folder=folder,
            presets=self.folder,
            by_name=tuple(self.config.sources.items()),
            roster=self.config.roster,
        )


def load_deployment(path: Path) -> Deployment:
    """`bridgepkg.yaml` and every profile that it names; `DocumentError` says where a fault lies."""
    config = load_model(Config, read_document(path), str(path))
    folder = path.resolve().parent
    profiles = {name: load_profile(find_profile(bridge.profile, folder)) for name, bridge in config.bridges.items()}
    estate, problem = _estate(config, folder)
    return Deployment(config=config, folder=folder, profiles=profiles, estate=estate, estate_problem=problem)


def _estate(config: Config, folder: Path) -> tuple[Estate | None, str]:
    """The estate that the installer approved; else why it is not used. `DocumentError` when it cannot be read."""
    if config.estate is None:
        return None, ""
    estate = load_estate(folder / config.estate)
    if config.approved_estate == (own := digest(estate)):
        return estate, ""
    named = "names another digest" if config.approved_estate else "is not set"
    fix = f"read the file, then set it to what `bridgepkg estate digest {config.estate}` prints"
    return None, f"{config.estate} (digest {own[:8]}…) is not used, because approved_estate {named}; {fix}"


class SecretFiles(SecretsSettingsSource):
    """Files of one folder, each named exactly like its variable; one that is blank or unreadable refuses."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """One file's text without the white space around it; none when there is no such file."""
        path = Path(str(self.secrets_dir)) / field_name
        try:
            with warnings.catch_warnings(action="error"):
                value, key, is_complex = super().get_field_value(field, field_name)
        except (OSError, UnicodeError, UserWarning) as problem:
            raise SettingsError(
                f"{path} cannot be read; make it a text file that this user may read, and no link out of its folder"
            ) from problem
        if value is not None and not value:
            raise SettingsError(f"{path} is blank; give it a value or remove it")
        return value, key, is_complex


class Environment(BaseSettings):
    """Everything that the installer sets outside `bridgepkg.yaml`: variables, or secret files named like them.

    A variable wins over a file. Whatever is set but blank refuses, even if this command would not need it (promise P9).
    """

    model_config = SettingsConfigDict(case_sensitive=True, frozen=True, extra="ignore", hide_input_in_errors=True)

    SLACK_BOT_TOKEN: str | None = None
    SLACK_APP_TOKEN: str | None = None
    SLACK_SIGNING_SECRET: str | None = None
    SLACK_API_URL: str = SLACK_API
    DATABASE_URL: str = "sqlite:///bridgepkg.db"
    BRIDGEPKG_CONFIG: str = "bridgepkg.yaml"
    BRIDGEPKG_SEALING_KEYS: str | None = None
    BRIDGEPKG_SIGNING_KEY: str | None = None
    BRIDGEPKG_LOG_FORMAT: LogFormat = "plain"
    BRIDGEPKG_LOG_LEVEL: LogLevel = "info"
    BRIDGEPKG_WORKER: str | None = None
    BRIDGEPKG_SECRETS_DIR: str | None = None

    @field_validator("*", mode="before")
    @classmethod
    def _not_blank(cls, value: Any) -> Any:
        if isinstance(value, str) and not value.strip():
            raise ValueError("is set but blank; give it a value or unset it")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- pydantic-settings' signature
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Variables, then the files of the folder that a variable names, or of Docker's own where there is one."""
        named = str(env_settings().get("BRIDGEPKG_SECRETS_DIR", "")).strip()
        if named and not Path(named).is_dir():
            raise SettingsError(f"BRIDGEPKG_SECRETS_DIR names {named}, which is no folder; make it or unset it")
        folder = named or (DOCKER_SECRETS if Path(DOCKER_SECRETS).is_dir() else None)
        return (env_settings, SecretFiles(settings_cls, folder)) if folder else (env_settings,)

    def required(self, name: str) -> str:
        """The value of a variable that must be set; `SettingsError` says where to get it."""
        value = getattr(self, name)
        if value is None:
            raise SettingsError(f"{name} is not set; {WHERE_FROM[name]}")
        return str(value)


class GivenEnvironment(Environment):
    """The same from a mapping alone, for keys that were just made."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 -- pydantic-settings' signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Nothing but what is given."""
        return (init_settings,)


def read_environment(given: Mapping[str, str] | None = None) -> Environment:
    """The environment of this process, or a given one, checked whole; `SettingsError` names the first fault."""
    try:
        return Environment() if given is None else GivenEnvironment.model_validate(dict(given))
    except SourceError as problem:
        if isinstance(problem.__cause__, SettingsError):
            raise problem.__cause__ from None
        raise
    except ValidationError as problem:
        fault = problem.errors(include_url=False, include_input=False)[0]
        if fault["type"] == "literal_error":
            raise SettingsError(f"{fault['loc'][0]} is none of its values; use {fault['ctx']['expected']}") from None
        raise SettingsError(f"{fault['loc'][0]} {fault['msg'].removeprefix('Value error, ')}") from None


def config_path() -> Path:
    """Where the configuration lies."""
    return Path(read_environment().BRIDGEPKG_CONFIG)


def sealing_keys(given: Mapping[str, str] | None = None) -> Keys:
    """`BRIDGEPKG_SEALING_KEYS=id:base64,…`, each 32 bytes."""
    text = read_environment(given).required("BRIDGEPKG_SEALING_KEYS")
    pairs = [entry.strip().partition(":") for entry in text.split(",")]
    keys = {name: _bytes(value, "BRIDGEPKG_SEALING_KEYS", SEALING_KEY_BYTES) for name, _, value in pairs}
    if len(keys) != len(pairs) or "" in keys:
        raise SettingsError("BRIDGEPKG_SEALING_KEYS needs a distinct id before each key; write id:base64,id:base64")
    return Keys(active=pairs[0][0], by_id=tuple(keys.items()))


def signing_key(given: Mapping[str, str] | None = None) -> Ed25519PrivateKey:
    """`BRIDGEPKG_SIGNING_KEY`: the path of a file that ends in .pem, or the 32 raw bytes in base64."""
    text = read_environment(given).required("BRIDGEPKG_SIGNING_KEY")
    # 32 bytes in base64 can look like a path, so only what names a PEM file is read as one.
    if text.endswith(".pem"):
        return _pem(Path(text))
    return Ed25519PrivateKey.from_private_bytes(_bytes(text, "BRIDGEPKG_SIGNING_KEY", SIGNING_KEY_BYTES))


def _pem(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as problem:
        raise SettingsError(
            f"BRIDGEPKG_SIGNING_KEY names {path}, which is no readable, unencrypted PEM key"
        ) from problem
    if not isinstance(key, Ed25519PrivateKey):
        raise SettingsError(
            f"BRIDGEPKG_SIGNING_KEY names {path}, which is no Ed25519 key; make one: bridgepkg keys new"
        )
    return key


def _bytes(text: str, name: str, length: int) -> bytes:
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as problem:
        raise SettingsError(f"{name} is not base64; make keys with: bridgepkg keys new") from problem
    if len(value) != length:
        raise SettingsError(
            f"{name} holds {len(value)} bytes where {length} are needed; make keys with: bridgepkg keys new"
        )
    return value
