"""What the profile linter needs from the world: evidence of a dossier or of the sources, and who fills each role."""

import secrets
from datetime import datetime
from pathlib import Path

from authoring.lint.gates import Filled
from authoring.trial import Trial
from bot.clock import SYSTEM_CLOCK
from bot.commandline.offline import DossierError, open_inside, open_reading, read_dossier
from bot.settings import Config, Deployment, sealing_keys
from bot.sources.read import read_evidence
from profiles.documents import load_model, read_document
from transforms.model.history import History


def sealed_trial(path: Path) -> Trial:
    """What is sealed in a dossier; an error that people can fix when the keys do not open it."""
    dossier, keys = read_dossier(path), sealing_keys()
    return Trial(open_reading(dossier, keys), dossier.bridge, open_inside(dossier, keys).history)


def configured_trial(
    deployment: Deployment, incident: str, bridge: str | None = None, at: datetime | None = None
) -> Trial:
    """What the configured sources say now of an incident, for one bridge; `DossierError` when it is not clear which."""
    known = list(deployment.config.bridges)
    named = bridge or (known[0] if len(known) == 1 else None)
    if named not in known:
        raise DossierError(f"bridge {named or '(none)'} is not in the configuration; it has {', '.join(known)}")
    evidence = read_evidence(deployment.sources, incident, at=at or SYSTEM_CLOCK.now())
    return Trial(evidence, deployment.audience(named), History(digest_key=secrets.token_hex(32)))


def filled_roles(config: Config) -> dict[str, Filled]:
    """Who fills each role of a configuration."""
    return {
        role: Filled(people=frozenset((*members.users, *members.deputies)), groups=bool(members.groups))
        for role, members in config.roles.items()
    }


def read_configuration(path: Path) -> Deployment:
    """A configuration without the profiles that it names, which may be the ones to fix."""
    file = path / "bridgepkg.yaml" if path.is_dir() else path
    config = load_model(Config, read_document(file), str(file))
    return Deployment(config=config, folder=file.resolve().parent, profiles={})
