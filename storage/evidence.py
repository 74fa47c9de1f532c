"""Evidence: each reading of the sources, sealed and kept once; every draft that was built on it refers to it."""

from typing import Any

from profiles.frozen import Digest
from storage.sealing import evidence_place
from storage.store import Transaction
from storage.tables import readings
from transforms.model.evidence import Evidence


def keep_evidence(transaction: Transaction, evidence_id: Digest, evidence: Evidence) -> None:
    """Keep a reading under its name; what is kept there already is the same."""
    sealed = transaction.seal(evidence, evidence_place(evidence_id))
    transaction.insert_new(readings, {"id": evidence_id, "at": evidence.at, "sealed": sealed})


def open_evidence(transaction: Transaction, evidence_id: Digest, sealed: dict[str, Any]) -> Evidence:
    """A reading out of its sealed row; `SealedError` when the row was altered, or is another's."""
    return Evidence.model_validate_json(transaction.unseal(sealed, evidence_place(evidence_id)))
