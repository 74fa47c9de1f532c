"""Build: evidence, an audience with its approved profile, history and people's decisions become one draft.

Four recorded stages (mission M9). `retrieve` is the evidence itself; `publish` ends here with the release digest, and
goes on in the shell once people have approved it. The same five inputs give the same bytes on any machine, at any time
(promise P5).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from profiles.codes import DraftKind, StageName
from profiles.frozen import Digest, to_minute
from profiles.models import Profile
from transforms.model.audience import Audience
from transforms.model.canonical import digest, keyed_digest
from transforms.model.directives import Directives
from transforms.model.evidence import Evidence
from transforms.model.history import History, evidence_digest
from transforms.model.holds import Annex, Hold, Slot, hold_slots
from transforms.model.lineage import LineageEntry
from transforms.model.package import Acknowledgement, Package
from transforms.model.register import Finding, RegisterEntry
from transforms.publish.compose import Frame, acknowledgement_trace, compose, outward_fields, trace
from transforms.publish.draft import Draft, StageRecord, release_digest
from transforms.publish.message import Message, acknowledgement_message, message
from transforms.render.entitlement import NoScope, Scope, entitle
from transforms.render.slots import render
from transforms.validate.findings import (
    approval_findings,
    entitlement_findings,
    lineage_findings,
    narrowing_findings,
    required_findings,
    scan_findings,
    size_findings,
    source_findings,
)
from transforms.validate.held import hold_findings, settled_findings, start_findings, unplaced_findings
from transforms.validate.incident import incident_findings
from transforms.validate.material import material_findings
from transforms.validate.register import register


@dataclass(frozen=True)
class Inputs:
    """Everything that a build depends on."""

    evidence: Evidence
    audience: Audience
    profile: Profile
    history: History
    directives: Directives

    @cached_property
    def evidence_digest(self) -> Digest:
        """The digest of the reading under the bridge's own key."""
        return evidence_digest(self.evidence, self.history)


@dataclass(frozen=True, slots=True)
class Rendered:
    """Stage two's output: slots by table, holds in their places, the package and exactly how it reads."""

    scope: Scope | NoScope
    slots: tuple[Slot, ...]
    holds: tuple[Hold, ...]
    annexes: tuple[Annex, ...]
    package: Package
    message: Message


@dataclass(frozen=True, slots=True)
class Validated:
    """Stage three's output: where every outward value comes from, and what stands in the way of a release."""

    lineage: tuple[LineageEntry, ...]
    register: tuple[RegisterEntry, ...]


def build(evidence: Evidence, audience: Audience, profile: Profile, history: History, directives: Directives) -> Draft:
    """The draft of the next update, from the records of stage one (retrieve) on."""
    inputs = Inputs(evidence, audience, profile, history, directives)
    rendered = _render(inputs)
    validated = _validate(inputs, rendered)
    return _publish(inputs, rendered, validated)


def _render(inputs: Inputs) -> Rendered:
    evidence, profile, history, prior = inputs.evidence, inputs.profile, inputs.history, inputs.history.last
    scope = entitle(evidence, inputs.audience, profile)
    slots = render(evidence, profile, scope, history, inputs.directives)
    holds, annexes = hold_slots(slots, profile, prior, history.digest_key)
    package = compose(Frame(evidence, inputs.audience, prior), profile, slots, holds)
    return Rendered(scope, slots, holds, annexes, package, message(package, profile))


def _validate(inputs: Inputs, rendered: Rendered) -> Validated:
    slots, holds, package = rendered.slots, rendered.holds, rendered.package
    lineage, prior = trace(slots, holds, package, rendered.scope), inputs.history.last
    findings = (
        *source_findings(inputs.evidence, inputs.profile),
        *unplaced_findings(inputs.evidence, inputs.profile, inputs.directives, slots),
        *incident_findings(inputs.evidence, inputs.profile, slots),
        *hold_findings(slots, holds),
        *start_findings(slots, rendered.scope, inputs.profile),
        *settled_findings(slots, inputs.profile),
        *narrowing_findings(package, prior),
        *material_findings(slots, prior, inputs.profile),
        *required_findings(holds, slots, rendered.scope, package, inputs.profile),
        *entitlement_findings(package, prior),
        *lineage_findings(outward_fields(package), lineage),
        *_byte_findings(inputs, rendered.message),
    )
    return Validated(lineage, _registered(inputs, findings))


def _registered(inputs: Inputs, findings: Iterable[Finding]) -> tuple[RegisterEntry, ...]:
    return register(findings, inputs.audience, inputs.profile, inputs.history, inputs.directives)


def _byte_findings(inputs: Inputs, text: Message) -> Iterator[Finding]:
    """What is checked of every outward message, whatever its kind."""
    yield from scan_findings(text, inputs.evidence, inputs.audience, inputs.profile)
    yield from size_findings(text)
    yield from approval_findings(digest(inputs.profile), inputs.directives)


def _publish(inputs: Inputs, rendered: Rendered, validated: Validated) -> Draft:
    """The draft as people see it, with the digest that they approve and the record of all four stages."""
    annex_digests = tuple(annex.keyed(inputs.history.digest_key) for annex in rendered.annexes)
    rendered_values = [rendered.slots, rendered.holds, rendered.package, rendered.message]
    return _draft(
        inputs,
        rendered_values,
        validated,
        kind=DraftKind.UPDATE,
        package=rendered.package,
        message=rendered.message,
        holds=rendered.holds,
        annexes=rendered.annexes,
        annex_digests=annex_digests,
        outside_audience=rendered.scope.outside if isinstance(rendered.scope, Scope) else 0,
    )


def build_acknowledgement(
    evidence: Evidence, audience: Audience, profile: Profile, history: History, directives: Directives
) -> Draft:
    """The draft of the first ten minutes' notice: fixed wording, no state, the same scan and the same digest rules."""
    inputs = Inputs(evidence, audience, profile, history, directives)
    as_of = to_minute(evidence.at)
    due = as_of + timedelta(minutes=profile.acknowledgement.next_update)
    package = Acknowledgement(account=audience.label, as_of=as_of, next_update=due)
    text = acknowledgement_message(package, profile)
    entries = _registered(inputs, _byte_findings(inputs, text))
    return _draft(
        inputs,
        [package, text],
        Validated(acknowledgement_trace(), entries),
        kind=DraftKind.ACKNOWLEDGEMENT,
        package=package,
        message=text,
    )


def _draft(
    inputs: Inputs,
    rendered: list[Any],
    validated: Validated,
    *,
    kind: DraftKind,
    package: Package | Acknowledgement,
    message: Message,
    holds: tuple[Hold, ...] = (),
    annexes: tuple[Annex, ...] = (),
    annex_digests: tuple[Digest, ...] = (),
    outside_audience: int = 0,
) -> Draft:
    profile_digest = digest(inputs.profile)
    release = release_digest(
        message=message,
        audience=inputs.audience,
        schema=package.schema_,
        profile_digest=profile_digest,
        holds=holds,
        entries=validated.register,
    )
    return Draft(
        kind=kind,
        incident=inputs.evidence.incident,
        audience=inputs.audience,
        profile=f"{inputs.profile.name}/{inputs.profile.version}",
        profile_digest=profile_digest,
        evidence_digest=inputs.evidence_digest,
        package=package,
        message=message,
        holds=holds,
        annexes=annexes,
        annex_digests=annex_digests,
        register_=validated.register,
        lineage=validated.lineage,
        outside_audience=outside_audience,
        stages=tuple(_stages(inputs, rendered, validated, release)),
        release_digest=release,
    )


def _stages(inputs: Inputs, rendered: list[Any], validated: Validated, release: Digest) -> Iterable[StageRecord]:
    """Each stage's digests; the output of one is part of the input of the next."""
    key = inputs.history.digest_key
    evidence = inputs.evidence_digest
    given = [evidence, inputs.audience, inputs.profile, inputs.history, inputs.directives]
    render_input = keyed_digest(key, _plain(given))
    render_output = keyed_digest(key, _plain(rendered))
    validate_output = keyed_digest(key, _plain([validated.lineage, validated.register]))
    yield StageRecord(
        stage=StageName.RETRIEVE, input=keyed_digest(key, _plain(inputs.evidence.sources)), output=evidence
    )
    yield StageRecord(stage=StageName.RENDER, input=render_input, output=render_output)
    yield StageRecord(stage=StageName.VALIDATE, input=render_output, output=validate_output)
    yield StageRecord(stage=StageName.PUBLISH, input=validate_output, output=release)


def _plain(value: Any) -> Any:
    """Core types inside lists and tuples as JSON data."""
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.model_dump(mode="json") if hasattr(value, "model_dump") else value
