"""What the installer says: environment and `bridgepkg.yaml`. A set but blank value refuses to start (promise P9)."""

import base64
import binascii
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import Field, model_validator

from bot.sources.read import FileSource, Sources
from profiles.codes import INCIDENT_COMMAND, LEGAL, SECURITY, SHIPPED_ROLES
from profiles.documents import load_model, read_document
from profiles.errors import UserFixableError
from profiles.frozen import Digest, Frozen, Key, Name, Role
from profiles.loader import find_profile, load_profile
from profiles.models import Profile
from profiles.safetext import SafeText
from storage.sealing import Keys
from transforms.model.bundle import Audience, SlackId

SLACK_API: Final = "https://slack.com/api/"
SEALING_KEY_BYTES: Final = 32
SIGNING_KEY_BYTES: Final = 32


class SettingsError(UserFixableError):
    """A setting that the installer can mend; `str()` is one line: which, what, how."""


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
    sources_folder: Annotated[str, Field(min_length=1)] = "."
    sources: dict[Name, FileSource] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_known_roles(self) -> Self:
        known = {*SHIPPED_ROLES, *self.roles}
        if strange := sorted({*self.review_channels, *self.cleared_roles} - known):
            raise ValueError(f"role {strange[0]} is not defined under roles; add it there or correct its spelling")
        return self


class Deployment(Frozen):
    """The configuration with everything that it names, read and checked."""

    config: Config
    folder: Path
    profiles: dict[Name, Profile]

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
        return Sources(folder=folder, presets=self.folder, by_name=tuple(self.config.sources.items()))


def load_deployment(path: Path) -> Deployment:
    """`bridgepkg.yaml` and every profile that it names; `DocumentError` says where a fault lies."""
    config = load_model(Config, read_document(path), str(path))
    folder = path.resolve().parent
    profiles = {name: load_profile(find_profile(bridge.profile, folder)) for name, bridge in config.bridges.items()}
    return Deployment(config=config, folder=folder, profiles=profiles)


def config_path(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the configuration lies."""
    return Path(setting("BRIDGEPKG_CONFIG", environment) or "bridgepkg.yaml")


def setting(name: str, environment: Mapping[str, str] = os.environ) -> str | None:
    """The value of a variable, or none when it is unset; set but blank is an error, never "no check"."""
    value = environment.get(name)
    if value is not None and not value.strip():
        raise SettingsError(f"{name} is set but blank; give it a value or unset it")
    return value


def required(name: str, how: str, environment: Mapping[str, str] = os.environ) -> str:
    """The value of a variable that must be set; `how` says where to get it."""
    value = setting(name, environment)
    if value is None:
        raise SettingsError(f"{name} is not set; {how}")
    return value


def sealing_keys(environment: Mapping[str, str] = os.environ) -> Keys:
    """`BRIDGEPKG_SEALING_KEYS=id:base64,…`, each 32 bytes."""
    text = required("BRIDGEPKG_SEALING_KEYS", "make a pair of keys with: bridgepkg keys new", environment)
    pairs = [entry.strip().partition(":") for entry in text.split(",")]
    keys = {name: _bytes(value, "BRIDGEPKG_SEALING_KEYS", SEALING_KEY_BYTES) for name, _, value in pairs}
    if len(keys) != len(pairs) or "" in keys:
        raise SettingsError("BRIDGEPKG_SEALING_KEYS needs a distinct id before each key; write id:base64,id:base64")
    return Keys(active=pairs[0][0], by_id=tuple(keys.items()))


def signing_key(environment: Mapping[str, str] = os.environ) -> Ed25519PrivateKey:
    """`BRIDGEPKG_SIGNING_KEY`: the path of a file that ends in .pem, or the 32 raw bytes in base64."""
    text = required("BRIDGEPKG_SIGNING_KEY", "make a pair of keys with: bridgepkg keys new", environment)
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
