"""Gates that one person could satisfy alone, and roles that nobody fills."""

from collections.abc import Iterator, Mapping

from authoring.lint.spots import LintFinding, advice, error, warning
from profiles.codes import NEVER_WAIVED, SHIPPED_ROLES
from profiles.consistency import Path
from profiles.disclosure import WithholdRule
from profiles.frozen import Frozen
from profiles.models import Profile

FEWEST_GATES = 2


class Filled(Frozen):
    """Who fills a role: people by id, and whether user groups add more that only Slack knows."""

    people: frozenset[str] = frozenset()
    groups: bool = False

    @property
    def empty(self) -> bool:
        """Whether nobody can fill it."""
        return not self.people and not self.groups


Roles = Mapping[str, Filled]


def gates(profile: Profile, roles: Roles | None = None) -> Iterator[LintFinding]:
    """Whether every release needs two people, and whether each role of the profile is somebody's."""
    if len(profile.gates) < FEWEST_GATES:
        yield error(
            "one-gate",
            ("gates",),
            "an update needs one gate only, so one person could release it alone",
            "add a gate of another role",
        )
    if roles is None:
        yield from _unknown(profile)
        return
    yield from _unfilled(profile, roles)
    yield from _alone(profile, roles)


def _unknown(profile: Profile) -> Iterator[LintFinding]:
    for role, path in _named(profile).items():
        if role not in SHIPPED_ROLES:
            yield advice(
                "unknown-role",
                path,
                f"the role {role} is not one that bridgepkg ships",
                "define it under roles in bridgepkg.yaml, or correct its spelling",
            )


def _unfilled(profile: Profile, roles: Roles) -> Iterator[LintFinding]:
    at_gates = {gate.role for gate in (*profile.gates, *profile.acknowledgement.gates)}
    for role, path in _named(profile).items():
        if roles.get(role, Filled()).empty:
            found = error if role in at_gates else warning
            yield found(
                "empty-role",
                path,
                f"nobody fills the role {role} in this configuration",
                f"name users or groups under roles.{role} in bridgepkg.yaml",
            )


def _named(profile: Profile) -> dict[str, Path]:
    """Every role that the profile asks for something, with the first place that names it."""
    deciding = [(row.role, ("register", i, "role")) for i, row in enumerate(profile.register_) if _decidable(row.code)]
    places: list[tuple[str, Path]] = [
        *((gate.role, ("gates", i, "role")) for i, gate in enumerate(profile.gates)),
        *((gate.role, ("acknowledgement", "gates", i, "role")) for i, gate in enumerate(profile.acknowledgement.gates)),
        *(
            (rule.role, ("disclosure", i, "role"))
            for i, rule in enumerate(profile.disclosure)
            if isinstance(rule, WithholdRule)
        ),
        *((role, ("checkpoints", "marked_by", i)) for i, role in enumerate(profile.checkpoints.marked_by)),
        *((row.role, ("reasons", i, "role")) for i, row in enumerate(profile.reasons)),
        *deciding,
    ]
    return dict(reversed(places))


def _decidable(code: str) -> bool:
    return code not in NEVER_WAIVED


def _alone(profile: Profile, roles: Roles) -> Iterator[LintFinding]:
    """Gates whose people cannot all be different: then one person would stand for two, or nothing is ever released."""
    closed = [
        (i, filled) for i, gate in enumerate(profile.gates) if not (filled := roles.get(gate.role, Filled())).groups
    ]
    for position, (index, filled) in enumerate(closed):
        for _, earlier in closed[:position]:
            if len(filled.people) == 1 and filled.people == earlier.people:
                yield error(
                    "same-person",
                    ("gates", index, "role"),
                    f"the gate {profile.gates[index].role} and one before it are filled by the same single person",
                    "give one of the roles another member or a deputy",
                )
                return
    people = [sorted(filled.people) for _, filled in closed if filled.people]
    if people and not _all_different(people):
        yield error(
            "too-few-people",
            ("gates",),
            "the gates have fewer people than gates between them, and each needs another person",
            "give the roles more members or deputies",
        )


def _all_different(people: list[list[str]]) -> bool:
    """Whether each gate can have a person of its own (Hall's condition, by augmenting paths)."""
    taken: dict[str, int] = {}

    def place(gate: int, seen: set[str]) -> bool:
        for person in people[gate]:
            if person not in seen:
                seen.add(person)
                if person not in taken or place(taken[person], seen):
                    taken[person] = gate
                    return True
        return False

    return all(place(gate, set()) for gate in range(len(people)))
