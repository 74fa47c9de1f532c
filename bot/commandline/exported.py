"""Export: everything that an auditor needs of one incident, as one document; annexes stay sealed unless asked for.

Every version comes with its dossier, every draft with its fate, the log with the result of checking its chain.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from profiles.errors import UserFixableError
from profiles.models import Profile
from storage.cases import BridgeCase, cases_of
from storage.drafts import StoredDraft, built_of, drafts_of
from storage.log import Entry, entries, faults, payload
from storage.store import Store, Transaction
from transforms.diff import Diff, diff_of
from transforms.publish.dossier import BuildResult, Dossier, to_dossier
from transforms.publish.manifest import NotVerifiedError, ReleaseStatement, verify

SCHEMA = "bridgepkg.export/1"


class NothingToExportError(UserFixableError):
    """The incident is not in this database."""


@dataclass(frozen=True, slots=True)
class Exported:
    """One draft with what it was built from, and its manifest where it has one."""

    stored: StoredDraft
    built: BuildResult
    dossier: Dossier | None
    release: ReleaseStatement | None
    verified: str
    diff: Diff | None

    @property
    def profile(self) -> Profile:
        """The profile that it was built by."""
        return self.built.profile


@dataclass(frozen=True, slots=True)
class IncidentExport:
    """One incident on one bridge."""

    bridge_case: BridgeCase
    drafts: tuple[Exported, ...]
    log: tuple[Entry, ...]
    chain: tuple[str, ...]
    names: Mapping[str, str]
    made_at: datetime


def gather(store: Store, incident: str, public: Ed25519PublicKey, now: datetime) -> list[IncidentExport]:
    """Every bridge of an incident; `NothingToExportError` when there is none."""
    with store.read() as transaction:
        found = cases_of(transaction, incident)
        if not found:
            known = ", ".join(dict.fromkeys(bridge_case.incident for bridge_case in cases_of(transaction)))
            raise NothingToExportError(f"incident {incident} is not in this database; it has {known or 'none yet'}")
        chain = tuple(faults(transaction, public))
        log = tuple(entries(transaction, incident))
        names = _names(transaction, log)
        return [
            IncidentExport(bridge_case, _drafts(transaction, bridge_case, public), log, chain, names, now)
            for bridge_case in found
        ]


def _names(transaction: Transaction, log: Iterable[Entry]) -> dict[str, str]:
    """How the people who decided were called at that time, by user id, as far as the log still says."""
    told = (payload(transaction, entry.stream, entry.seq) for entry in log)
    said = [orjson.loads(one) for one in told if one]
    return {str(one["by"]): str(one["name"]) for one in said if isinstance(one, dict) and {"by", "name"} <= one.keys()}


def _drafts(transaction: Transaction, bridge_case: BridgeCase, public: Ed25519PublicKey) -> tuple[Exported, ...]:
    exported: list[Exported] = []
    for stored in drafts_of(transaction, bridge_case.id):
        before = next((e for e in exported if e.stored.id == stored.prior), None)
        exported.append(_exported(transaction, stored, before, public))
    return tuple(exported)


def _exported(
    transaction: Transaction, stored: StoredDraft, before: Exported | None, public: Ed25519PublicKey
) -> Exported:
    built, sealed = built_of(transaction, stored)
    release, verified = _verified(stored, public)
    dossier = to_dossier(built, release, stored.manifest, sealed) if stored.manifest and release else None
    diff = diff_of(before.built.draft, built.draft) if before else None
    return Exported(stored, built, dossier, release, verified, diff)


def _verified(stored: StoredDraft, public: Ed25519PublicKey) -> tuple[ReleaseStatement | None, str]:
    if stored.manifest is None:
        return None, "not signed: it was never posted"
    try:
        return verify(stored.manifest, public), "signature holds"
    except NotVerifiedError as problem:
        return None, str(problem)


def as_json(exports: list[IncidentExport], *, annexes: bool) -> bytes:
    """The export as one JSON document; with `annexes`, what was withheld stands in it unsealed."""
    return orjson.dumps([_bridge(export, annexes=annexes) for export in exports], option=orjson.OPT_INDENT_2)


def _bridge(export: IncidentExport, *, annexes: bool) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "incident": export.bridge_case.incident,
        "bridge": export.bridge_case.bridge,
        "opened": {"by": export.bridge_case.opened_by.model_dump(), "at": export.bridge_case.opened_at},
        "made_at": export.made_at,
        "drafts": [_draft(exported, annexes=annexes) for exported in export.drafts],
        "log": [entry.model_dump(mode="json") for entry in export.log],
        "chain_faults": list(export.chain),
    }


def _draft(exported: Exported, *, annexes: bool) -> dict[str, Any]:
    stored = exported.stored
    found: dict[str, Any] = {
        "number": stored.number,
        "version": stored.draft.version,
        "kind": stored.draft.kind,
        "state": stored.state.model_dump(mode="json"),
        "created_at": stored.created_at,
        "message": stored.draft.message.model_dump(mode="json"),
        "verified": exported.verified,
        "dossier": exported.dossier.model_dump(mode="json") if exported.dossier else None,
    }
    if annexes:
        found["annexes"] = [annex.model_dump(mode="json") for annex in exported.built.draft.annexes]
        found["lineage"] = [entry.model_dump(mode="json") for entry in exported.built.draft.lineage]
    return found
