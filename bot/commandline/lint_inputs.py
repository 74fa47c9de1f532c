"""What the profile linter needs from the world: the bundle of a dossier or of the sources, and who fills each role."""

import secrets
from datetime import datetime
from pathlib import Path

from authoring.lint.gates import Filled
from bot.clock import SYSTEM_CLOCK
from bot.commandline.offline import DossierError, open_inside, read_dossier
from bot.settings import Config, Deployment, sealing_keys
from bot.sources.read import read_bundle
from profiles.documents import load_model, read_document
from transforms.model.bundle import Bundle
from transforms.publish.dossier import Dossier


def sealed_bundle(path: Path) -> tuple[Dossier, Bundle]:
    """A dossier and the bundle sealed in it; an error that people can mend when the keys do not open it."""
    dossier = read_dossier(path)
    return dossier, open_inside(dossier, sealing_keys()).bundle


def configured_bundle(
    deployment: Deployment, incident: str, bridge: str | None = None, at: datetime | None = None
) -> Bundle:
    """What the configured sources say now of an incident, for one bridge; `DossierError` when it is not clear which."""
    known = list(deployment.config.bridges)
    named = bridge or (known[0] if len(known) == 1 else None)
    if named not in known:
        raise DossierError(f"bridge {named or '(none)'} is not in the configuration; it has {', '.join(known)}")
    return read_bundle(
        deployment.sources,
        incident,
        deployment.audience(named),
        at=at or SYSTEM_CLOCK.now(),
        digest_key=secrets.token_hex(32),
    )


def filled_roles(config: Config) -> dict[str, Filled]:
    """Who fills each role of a configuration."""
    return {
        role: Filled(people=frozenset((*members.users, *members.deputies)), groups=bool(members.groups))
        for role, members in config.roles.items()
    }


def read_configuration(path: Path) -> Deployment:
    """A configuration without the profiles that it names, which may be the ones to mend."""
    file = path / "bridgepkg.yaml" if path.is_dir() else path
    config = load_model(Config, read_document(file), str(file))
    return Deployment(config=config, folder=file.resolve().parent, profiles={})
