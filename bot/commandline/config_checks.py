"""What can never work, and what is not well, in a configuration: for `config check`, and for the doctor.

Nothing here asks Slack: a role that only a user group fills is taken as filled.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import permutations
from typing import NamedTuple

from blocks.words import duration_words, role_words
from bot.settings import Deployment, RoleMembers
from bot.sources.read import Asked, FileSource, bound_preset, read_source
from profiles.codes import SourceState
from profiles.errors import UserFixableError
from profiles.models import Profile
from profiles.tables import ProfileSource
from transforms.model.canonical import digest


class Look(NamedTuple):
    """One source looked at: what is wrong with it as it is configured, whether it is too old, and what it holds."""

    name: str
    wrong: str
    old: str
    says: str


def impossible(deployment: Deployment) -> Iterator[str]:
    """What can never work, whatever the sources and Slack say, each with how to fix it."""
    config = deployment.config
    for team in sorted({team for bridge in config.bridges.values() for team in bridge.teams} & set(config.home.teams)):
        yield f"{team} is both a home team and a customer's; take it out of home.teams, or everybody there is inside"
    for name, bridge in config.bridges.items():
        if roles := [role for role, channel in config.review_channels.items() if channel == bridge.channel]:
            yield f"bridges.{name}.channel is also review_channels.{roles[0]}: the customer reads along"
        profile = deployment.profiles[name]
        yield from _gates(config.roles, name, profile)
        own = digest(profile)
        if own not in bridge.approved_profiles:
            yield f"bridge {name}: profile digest {own} is not approved; read it, then add it to approved_profiles"


def _gates(members: dict[str, RoleMembers], name: str, profile: Profile) -> Iterator[str]:
    """Gates that nobody can fill, or that the same person would have to."""
    gates = dict.fromkeys([*(gate.role for gate in profile.gates), *(g.role for g in profile.acknowledgement.gates)])
    filled = {role: members.get(role, RoleMembers()) for role in gates}
    named = {role: frozenset((*one.users, *one.deputies)) for role, one in filled.items()}
    empty = [role for role in gates if not named[role] and not filled[role].groups]
    for role in empty:
        yield f"bridge {name}: nobody fills {role_words(role)}, which is a gate; name users or groups under roles"
    known = [named[gate.role] for gate in profile.gates if not filled[gate.role].groups and gate.role not in empty]
    if not distinct(known):
        yield f"bridge {name}: its gates cannot be filled by different people; name more people under roles"


def distinct(members: list[frozenset[str]]) -> bool:
    """Whether each gate can have a person of its own; only the first few of each role need be tried."""
    few = sorted({user for role in members for user in sorted(role)[: len(members)]})
    return any(
        all(user in role for user, role in zip(chosen, members, strict=True))
        for chosen in permutations(few, len(members))
    )


def looks(deployment: Deployment, now: datetime) -> Iterator[Look]:
    """Every configured source: its mapping, its kind, its export, and its age."""
    for name, source in deployment.config.sources.items():
        yield _look(deployment, name, source, now)


def advised(deployment: Deployment) -> Iterator[str]:
    """What works, and would mix incidents up once there is more than one."""
    for name, source in deployment.config.sources.items():
        try:
            preset = bound_preset(source, deployment.sources.presets)
        except UserFixableError:
            continue
        if preset.scope == "incident" and not preset.belongs and "{incident}" not in source.path:
            yield f"source {name}: one incident's own export; write {{incident}} into its path before there are two"


def _look(deployment: Deployment, name: str, source: FileSource, now: datetime) -> Look:
    try:
        preset = bound_preset(source, deployment.sources.presets)
    except UserFixableError as problem:
        return Look(name, str(problem), "", "")
    readers = list(_readers(deployment, name))
    for bridge, reader in readers:
        if reader.kind is not preset.kind:
            wrong = f"the profile of {bridge} reads it as {reader.kind}, and its mapping makes {preset.kind} of it"
            return Look(name, f"{wrong}; name another preset, or correct the profile", "", "")
    if "{incident}" in source.path:
        return Look(name, "", "", "its path names the incident; try one with bridgepkg source try")
    return _read(deployment, name, now, [reader for _, reader in readers])


def _read(deployment: Deployment, name: str, now: datetime, readers: list[ProfileSource]) -> Look:
    """What is in the export, and whether it is younger than every profile asks for."""
    health = read_source(name, deployment.config.sources[name], deployment.sources, Asked("", now)).health
    if health.state is not SourceState.READ:
        return Look(name, health.problem, "", "")
    minutes = int((now - (health.observed_at or now)).total_seconds() // 60)
    items = f"{health.tally.items} item{'' if health.tally.items == 1 else 's'}"
    says = f"{items}, confirmed {duration_words(minutes)} ago"
    limit = min((reader.max_age_at_build for reader in readers), default=None)
    old = f"{says}; a profile uses it for {duration_words(limit)}: export it again" if limit and minutes > limit else ""
    return Look(name, "", old, says)


def _readers(deployment: Deployment, name: str) -> Iterator[tuple[str, ProfileSource]]:
    for bridge, profile in deployment.profiles.items():
        for source in profile.sources:
            if source.name == name:
                yield bridge, source
