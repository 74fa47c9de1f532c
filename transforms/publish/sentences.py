"""The sentences of a customer's message: a package in the profile's own words, paragraph by paragraph."""

from collections.abc import Iterator
from functools import cached_property

from profiles.codes import Section
from profiles.frozen import Frozen
from profiles.models import Profile
from profiles.safetext import SafeText, Separator
from profiles.tables import Capability, StatusCode
from transforms.model.package import Change, Coded, Held, Package, PackageField, Value, Worded

CHANGES_SHOWN = 6
"""More changes than this are counted, not listed: the state below is complete anyway."""


class Paragraph(Frozen):
    """One block of the message: an optional bold lead and the lines under it."""

    id: str
    lead: SafeText | None = None
    lines: tuple[SafeText, ...] = ()


class Sentences:
    """Reads a package out, with the profile's words, in the order of the schema."""

    def __init__(self, package: Package, profile: Profile) -> None:
        self.package = package
        self.profile = profile
        self.words = profile.phrases
        self.capabilities = {capability.id: capability.label for capability in profile.capabilities}
        self.ready_sentences = {code.code: code.sentence for code in profile.readiness.codes}
        self.regions = {region.id: region.label for region in profile.regions}

    def paragraphs(self) -> tuple[Paragraph, ...]:
        """Headline, what changed, affected capabilities, timeline, shared details, holds, footer."""
        return (self._headline(), *self._rows(), *self._timeline(), *self._details(), *self._holds(), self._footer())

    @cached_property
    def _cells(self) -> dict[str, list[PackageField]]:
        cells: dict[str, list[PackageField]] = {}
        for field in self.package.fields:
            if field.section is Section.STATUS and field.capability:
                cells.setdefault(field.capability, []).append(field)
        return cells

    def _headline(self) -> Paragraph:
        version = self.words.headline.version.fill(
            version=SafeText.of_number(self.package.version),
            time=SafeText.of_clock(self.package.as_of, self.package.as_of),
        )
        lead = SafeText.join(Separator.SPACE, (self._whole_state(), version))
        return Paragraph(id="headline", lead=lead, lines=tuple(self._changed()))

    def _whole_state(self) -> SafeText:
        """The state, and whether a cell that is not shown could be worse than it says."""
        held = [cell.value for row in self._cells.values() for cell in row if isinstance(cell.value, Held)]
        if not held or isinstance(self.package.overall, Held):
            return self._state()
        kept = next((value for value in held if not value.confirming), None)
        words = self.words.headline.partly_held if kept else self.words.headline.partly_confirming
        return words.fill(state=self._state(), number=SafeText.of_number((kept or held[0]).number))

    def _state(self) -> SafeText:
        words, account, worst = self.words.headline, self.package.account, self.package.overall
        if isinstance(worst, Held):
            return (words.confirming if worst.confirming else words.held).fill(
                account=account, number=SafeText.of_number(worst.number)
            )
        if worst.rank == 0:
            return words.state.fill(account=account, status=worst.words)
        hit = {cell.region for row in self._cells.values() for cell in row if _code(cell.value) == worst.code}
        regions = SafeText.join(Separator.COMMA, (label for region, label in self.regions.items() if region in hit))
        return words.state_in_regions.fill(account=account, status=worst.words, regions=regions)

    def _changed(self) -> Iterator[SafeText]:
        if self.package.replaces is None:
            return
        words, version = self.words.headline, SafeText.of_number(self.package.replaces)
        lines = [line for change in self.package.changes if (line := self._change(change))]
        if not self.package.changes:
            yield words.unchanged.fill(version=version)
        elif len(lines) > CHANGES_SHOWN:
            yield words.many_changed.fill(number=SafeText.of_number(len(lines)), version=version)
        elif lines:
            yield SafeText.join(Separator.SPACE, (words.changed, SafeText.join(Separator.DOT, lines)))

    def _change(self, change: Change) -> SafeText | None:
        """The words of one change; the timeline speaks for itself, and so does a workaround no longer needed."""
        words, what = self.words.change, self._named(change.field)
        if what is None:
            return None
        match change.before, change.after:
            case Coded() as before, Coded() as after:
                return words.moved.fill(what=what, before=before.words, after=self._toward(change, before, after))
            case _, Held(number=number, confirming=confirming):
                phrase = words.confirming if confirming else words.held
                return phrase.fill(what=what, number=SafeText.of_number(number))
            case _, Coded() as after:
                return words.shown.fill(what=what, after=after.words)
        return self._shared_or_gone(change, what)

    def _shared_or_gone(self, change: Change, what: SafeText) -> SafeText | None:
        """A detail that is told now, or what is told no longer; a workaround that is not needed speaks for itself."""
        words = self.words.change
        if isinstance(change.after, Worded):
            return words.detail_shared.fill(what=what)
        if isinstance(change.before, Worded):
            return words.detail_removed.fill(what=what)
        return words.removed.fill(what=what) if change.field.startswith(Section.STATUS) else None

    def _toward(self, change: Change, before: Coded, after: Coded) -> SafeText:
        """The new words, with better or worse said; more ready is better, a higher status rank is worse."""
        risen = after.rank > before.rank
        improved = risen if change.field.startswith(Section.WORKAROUND) else not risen
        return (self.words.change.better if improved else self.words.change.worse).fill(status=after.words)

    def _named(self, field: str) -> SafeText | None:
        """The public name of a field; none for a checkpoint or for what the profile no longer names."""
        section, capability, region = (*field.split("/"), "", "")[:3]
        if section == Section.DETAIL:
            return next((category.label for category in self.profile.categories if category.id == capability), None)
        label = self.capabilities.get(capability)
        if label and section == Section.WORKAROUND:
            return self.words.change.workaround.fill(capability=label)
        if label and region in self.regions:
            return self.words.change.cell.fill(capability=label, region=self.regions[region])
        return None

    def _rows(self) -> Iterator[Paragraph]:
        """Entitled capabilities that are not unaffected; each status sentence once, where its code first appears."""
        explained: set[str] = set()
        rows = [c for c in self.profile.capabilities if any(map(_is_affected, self._cells.get(c.id, ())))]
        for capability in rows:
            shown = {code for cell in self._cells[capability.id] if (code := _code(cell.value))}
            new = [code for code in self.profile.status.codes if code.code in shown - explained]
            explained |= shown
            yield self._row(capability, sorted(new, key=lambda code: -code.rank))
        if not self._cells and isinstance(self.package.overall, Held):
            overall, words = self.package.overall, self.words.capability
            phrase = words.all_confirming if overall.confirming else words.all_held
            yield Paragraph(id="capabilities", lines=(phrase.fill(number=SafeText.of_number(overall.number)),))
        elif not rows:
            yield Paragraph(id="capabilities", lines=(self.words.capability.none_affected,))

    def _row(self, capability: Capability, new_codes: list[StatusCode]) -> Paragraph:
        sentences = [code.sentence for code in new_codes if code.sentence]
        explanation = [SafeText.join(Separator.SPACE, sentences)] if sentences else []
        lines = (self._status(self._cells[capability.id]), *explanation, *self._workaround(capability))
        return Paragraph(id=f"capability-{capability.id}", lead=capability.label, lines=lines)

    def _status(self, cells: list[PackageField]) -> SafeText:
        """Each affected region by name; two or more unaffected ones as "elsewhere"."""
        words = self.words.capability
        calm = [cell.value for cell in cells if isinstance(cell.value, Coded) and cell.value.rank == 0]
        parts = [self._cell(cell) for cell in cells if _is_affected(cell) or len(calm) == 1]
        if len(calm) > 1:
            parts.append(words.elsewhere.fill(status=calm[0].words, code=SafeText.of_code(calm[0].code)))
        return SafeText.join(Separator.DOT, parts)

    def _cell(self, cell: PackageField) -> SafeText:
        words, region, value = self.words.capability, self.regions[cell.region or ""], cell.value
        if isinstance(value, Held):
            return self._held_cell(region, value)
        code = SafeText.of_code(value.code)
        if value.at is None:
            return words.cell.fill(region=region, status=value.words, code=code)
        time = SafeText.of_clock(value.at, self.package.as_of)
        return words.cell_since.fill(region=region, status=value.words, code=code, time=time)

    def _held_cell(self, region: SafeText, value: Held) -> SafeText:
        words, number = self.words.capability, SafeText.of_number(value.number)
        if not value.confirming:
            return words.cell_held.fill(region=region, number=number)
        confirming = words.cell_confirming.fill(region=region, number=number)
        if value.last is None:
            return confirming
        time = SafeText.of_clock(value.last.at, self.package.as_of)
        last = words.last_confirmed.fill(time=time, status=value.last.words)
        return SafeText.join(Separator.SENTENCE, (confirming, last))

    def _workaround(self, capability: Capability) -> Iterator[SafeText]:
        words = self.words.capability
        for field in self.package.fields:
            if field.section is Section.WORKAROUND and field.capability == capability.id:
                value = field.value
                if isinstance(value, Held):
                    phrase = words.workaround_confirming if value.confirming else words.workaround_held
                    yield phrase.fill(number=SafeText.of_number(value.number))
                else:
                    said = words.workaround.fill(readiness=value.words, code=SafeText.of_code(value.code))
                    sentence = self.ready_sentences.get(value.code)
                    yield SafeText.join(Separator.SENTENCE, (said, sentence)) if sentence else said

    def _timeline(self) -> Iterator[Paragraph]:
        entries = [field.value for field in self.package.fields if field.section is Section.TIMELINE]
        shown = [value for value in entries if isinstance(value, Coded)]
        held = [value for value in entries if isinstance(value, Held)]
        parts = [self._checkpoint(value) for value in sorted(shown, key=lambda value: (value.at, value.rank))]
        for value in held[:1]:
            phrase = self.words.timeline.confirming if value.confirming else self.words.timeline.held
            parts.append(phrase.fill(number=SafeText.of_number(value.number)))
        if parts:
            line = SafeText.join(Separator.DOT, parts)
            yield Paragraph(id="timeline", lead=self.words.timeline.heading, lines=(line,))

    def _checkpoint(self, value: Coded) -> SafeText:
        time = SafeText.of_clock(value.at or self.package.as_of, self.package.as_of)
        return self.words.timeline.checkpoint.fill(time=time, checkpoint=value.words)

    def _details(self) -> Iterator[Paragraph]:
        words = self.words.detail
        lines = tuple(words.shared.fill(what=one.what, words=one.value.words) for one in self.package.details)
        if lines:
            yield Paragraph(id="details", lead=words.heading, lines=lines)

    def _holds(self) -> Iterator[Paragraph]:
        lines = [
            self.words.hold.hold.fill(
                number=SafeText.of_number(hold.number),
                what=hold.what,
                reason=hold.reason,
                version=SafeText.of_number(hold.since),
            )
            for hold in self.package.holds
        ]
        if lines:
            line = SafeText.join(Separator.DOT, lines)
            yield Paragraph(id="held", lead=self.words.hold.heading, lines=(line,))

    def _footer(self) -> Paragraph:
        words, package = self.words.footer, self.package
        due = words.next_update.fill(time=SafeText.of_clock(package.next_update, package.as_of))
        replaced = [words.replaces.fill(version=SafeText.of_number(package.replaces))] if package.replaces else []
        reference = words.reference.fill(reference=SafeText.of_digest(package.digest))
        first = SafeText.join(Separator.SPACE, (due, words.contact))
        return Paragraph(id="footer", lines=(first, SafeText.join(Separator.DOT, (*replaced, reference))))


def _code(value: Value) -> str | None:
    return value.code if isinstance(value, Coded) else None


def _is_affected(cell: PackageField) -> bool:
    return isinstance(cell.value, Held) or cell.value.rank > 0
