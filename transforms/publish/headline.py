"""The headline: which parts of the service are how, and where, in one line that a notification shows first."""

from collections.abc import Iterator
from typing import Final

from profiles.codes import Section
from profiles.models import Profile
from profiles.safetext import SafeText, Separator
from profiles.tables import Capability, StatusCode
from transforms.model.package import Coded, Held, Package, PackageField

CAPABILITIES_SHOWN: Final = 2
"""More affected parts than this are counted: a headline is read on a locked phone, and the lines below are complete."""


def headline(package: Package, profile: Profile) -> SafeText:
    """The state of the whole, and whether a cell that is not told could be worse than it says."""
    words, overall = profile.phrases.headline, package.overall
    if isinstance(overall, Held):
        phrase = words.confirming if overall.confirming else words.held
        return phrase.fill(account=package.account, number=SafeText.of_number(overall.number))
    if overall.rank == 0:
        return words.unaffected.fill(account=package.account, status=overall.words)
    state = words.affected.fill(account=package.account, states=_states(package, profile))
    held = [field.value for field in _cells(package) if isinstance(field.value, Held)]
    if not held:
        return state
    phrase = words.partly_confirming if all(value.confirming for value in held) else words.partly_held
    return phrase.fill(state=state)


def _cells(package: Package) -> list[PackageField]:
    return [field for field in package.fields if field.section is Section.STATUS and field.capability]


def _states(package: Package, profile: Profile) -> SafeText:
    """Each affected part with its states, the worst part first."""
    affected = [(_worst(package, one), one) for one in profile.capabilities]
    ordered = [one for rank, one in sorted(affected, key=lambda pair: -pair[0]) if rank > 0]
    parts = [_part(package, profile, one) for one in ordered[:CAPABILITIES_SHOWN]]
    if more := len(ordered) - CAPABILITIES_SHOWN:
        parts += [profile.phrases.headline.more.fill(number=SafeText.of_number(more))] if more > 0 else []
    return SafeText.join(Separator.LIST, parts)


def _worst(package: Package, capability: Capability) -> int:
    return max((rank for _, rank in _told(package, capability)), default=0)


def _told(package: Package, capability: Capability) -> Iterator[tuple[str, int]]:
    for field in _cells(package):
        if field.capability == capability.id and isinstance(field.value, Coded):
            yield field.value.code, field.value.rank


def _part(package: Package, profile: Profile, capability: Capability) -> SafeText:
    """One part: its worst state and where, then each milder one and where."""
    words, codes = profile.phrases.headline, {code.code: code for code in profile.status.codes}
    cells = [field for field in _cells(package) if field.capability == capability.id]
    shown = sorted({code for code, rank in _told(package, capability) if rank > 0}, key=lambda code: -codes[code].rank)
    parts: list[SafeText] = []
    for code in shown:
        hit = [field.region for field in cells if isinstance(field.value, Coded) and field.value.code == code]
        labels = [region.label for region in profile.regions if region.id in hit]
        status = _short(codes[code])
        if len(hit) == len(cells) > 1:
            parts.append(words.everywhere.fill(capability=capability.label, status=status))
        elif parts:
            parts.append(words.also.fill(status=status, regions=_listed(labels, profile)))
        else:
            named = _listed(labels, profile)
            parts.append(words.state.fill(capability=capability.label, status=status, regions=named))
    return SafeText.join(Separator.COMMA, parts)


def _short(code: StatusCode) -> SafeText:
    return code.short or code.label


def _listed(labels: list[SafeText], profile: Profile) -> SafeText:
    """`Europe`, `Europe and Americas`, `Europe, Americas and Asia-Pacific`."""
    *first, last = labels
    if not first:
        return last
    return profile.phrases.headline.regions.fill(regions=SafeText.join(Separator.COMMA, first), region=last)
