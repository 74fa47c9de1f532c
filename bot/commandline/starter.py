"""`init`: a first configuration, the app manifest, a profile of one's own and keys, and what to do with them."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from profiles.errors import UserFixableError
from profiles.loader import SHIPPED
from storage.private import write_private

MANIFEST: Final = Path(__file__).parent / "app_manifest.yaml"
SECRETS: Final = ".env"

CONFIG: Final = """\
# bridgepkg: see docs/configuration.md. Replace every id that begins with T0, C0, S0 or U0 by your own.
schema: bridgepkg.config/1
home: {teams: [T0YOURTEAM]}
roles:
  incident_command: {groups: [S0COMMAND]}
  security: {groups: [S0SECURITY]}
  account_leadership: {groups: [S0ACCOUNTS], deputies: []}
  support_leadership: {groups: []}
  legal: {groups: []}
  leadership: {groups: []}
review_channels: {}
cleared_roles: [incident_command, security, legal]
bridges:
  first-customer:
    account: your-account-id
    label: Your Customer
    channel: C0SHARED
    teams: [T0THEIRTEAM]
    profile: profile.yaml
    # Read profile.yaml, then put here what `bridgepkg profile digest profile.yaml` prints.
    approved_profiles: []
sources_folder: exports
sources:
  pagerduty: {connector: file, preset: pagerduty, path: pagerduty.json}
  alertmanager:
    connector: file
    preset: alertmanager
    path: alertmanager.json
    covers: [{component: your-component, regions: [your-region]}]
  statuspage: {connector: file, preset: statuspage, path: statuspage.json}
  backstage: {connector: file, preset: backstage, path: backstage.yaml}
  jira: {connector: file, preset: jira, path: jira.json}
  salesforce: {connector: file, preset: salesforce, path: salesforce.json}
  security-notes: {connector: file, preset: csaf, path: security-notes}
  incident-channel: {connector: file, preset: slack-timeline, path: incident-channel.json}
"""

NEXT: Final = (
    "Create the Slack app from app_manifest.yaml, install it, and invite it to the incident and bridge channels.",
    "Put the keys of .env and the app's tokens where your secrets live; keep .env out of version control.",
    "Edit bridgepkg.yaml: your workspace, roles, the customer's channel and workspaces.",
    "Edit profile.yaml: what your components are called outside. Read it whole, then approve its digest.",
    "Have your systems export into exports/, as the presets expect.",
    "Run bridgepkg doctor until everything is well, then bridgepkg run.",
)
"""What is left to do, in order; it ends in the doctor."""


class NotEmptyError(UserFixableError):
    """A file is there already and is not overwritten."""


def start(folder: Path, keys: str) -> Iterator[Path]:
    """Write the first files into a folder; `NotEmptyError` before anything is written if one is there already."""
    files = {
        "bridgepkg.yaml": CONFIG.encode(),
        "profile.yaml": (SHIPPED / "customer-bridge.yaml").read_bytes(),
        "app_manifest.yaml": MANIFEST.read_bytes(),
        SECRETS: keys.encode(),
    }
    if taken := [name for name in files if (folder / name).exists()]:
        raise NotEmptyError(f"{folder / taken[0]} already exists; name an empty folder, or move that file away")
    try:
        (folder / "exports").mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            write = write_private if name == SECRETS else Path.write_bytes
            write(folder / name, content)
            yield folder / name
    except OSError as problem:
        shutil.rmtree(folder / "exports", ignore_errors=True)
        raise NotEmptyError(f"{folder} cannot be written ({problem.strerror}); name another folder") from problem
