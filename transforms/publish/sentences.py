"""The sentences of a customer's message: a package in the profile's own words, paragraph by paragraph."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cached_property

from profiles.codes import Section
from profiles.frozen import Frozen
from profiles.models import Profile
from profiles.safetext import SafeText, Separator
from profiles.tables import Capability
from transforms.model.package import Change, Coded, Held, Package, PackageField, PublicHold, Worded
from transforms.publish.headline import headline

CHANGES_SHOWN = 5
"""More changes than this are counted, not listed: the state below is complete anyway."""


class Paragraph(Frozen):
    """One block of the message: an optional bold lead, the lines under it, and items of a list."""

    id: str
    lead: SafeText | None = None
    lines: tuple[SafeText, ...] = ()
    items: tuple[SafeText, ...] = ()


class Sentences:
    """Reads a package out, with the profile's words, in the order of the schema."""

    def __init__(self, package: Package, profile: Profile) -> None:
        self.package = package
        self.profile = profile
        self.words = profile.phrases
        self.capabilities = {capability.id: capability.label for capability in profile.capabilities}
        self.status_sentences = {code.code: code.sentence for code in profile.status.codes}
        self.ready_sentences = {code.code: code.sentence for code in profile.readiness.codes}
        self.regions = {region.id: region.label for region in profile.regions}

    def paragraphs(self) -> tuple[Paragraph, ...]:
        """Headline, what changed, affected capabilities, timeline, shared details, holds, footer."""
        return (self._headline(), *self._rows(), *self._timeline(), *self._details(), *self._holds(), self._footer())

    def codes(self) -> SafeText:
        """The codes of what is told, the worst and the readiest first, and the reference of the whole."""
        parts = [self._codes_of(section) for section in (Section.STATUS, Section.WORKAROUND)]
        reference = self.words.footer.reference.fill(reference=SafeText.of_digest(self.package.digest))
        return SafeText.join(Separator.DOT, (*(part for part in parts if part), reference))

    def _codes_of(self, section: Section) -> SafeText | None:
        shown = [f.value for f in self.package.fields if f.section is section and isinstance(f.value, Coded)]
        ordered = dict.fromkeys(value.code for value in sorted(shown, key=lambda value: -value.rank))
        return SafeText.join(Separator.SPACE, map(SafeText.of_code, ordered)) if ordered else None

    @cached_property
    def _cells(self) -> dict[str, list[PackageField]]:
        cells: dict[str, list[PackageField]] = {}
        for field in self.package.fields:
            if field.section is Section.STATUS and field.capability:
                cells.setdefault(field.capability, []).append(field)
        return cells

    def _headline(self) -> Paragraph:
        lead = headline(self.package, self.profile)
        return Paragraph(id="headline", lead=lead, lines=(self._update(), *self._changed()))

    def _update(self) -> SafeText:
        """Which update this is, as of when, and which one it replaces."""
        words, package = self.words.headline, self.package
        update = words.update.fill(version=SafeText.of_number(package.version), time=self._clock(package.as_of))
        replaced = [words.replaces.fill(time=self._clock(package.replaces_at))] if package.replaces_at else []
        return SafeText.join(Separator.DOT, (update, *replaced))

    def _clock(self, moment: datetime) -> SafeText:
        return SafeText.of_clock(moment, self.package.as_of)

    def _changed(self) -> Iterator[SafeText]:
        if self.package.replaces is None:
            return
        words, time = self.words.headline, self._clock(self.package.replaces_at or self.package.as_of)
        lines = [line for change in self.package.changes if (line := self._change(change))]
        if not self.package.changes:
            yield words.unchanged.fill(time=time)
        elif len(lines) > CHANGES_SHOWN:
            yield words.many_changed.fill(number=SafeText.of_number(len(lines)), time=time)
        else:
            yield from (words.changed.fill(change=line) for line in lines)

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
        """Entitled capabilities that are not unaffected; each sentence once, where its code first appears."""
        explained: set[str] = set()
        rows = [c for c in self.profile.capabilities if any(map(_is_affected, self._cells.get(c.id, ())))]
        for capability in rows:
            items = (*self._status(self._cells[capability.id], explained), *self._workaround(capability, explained))
            yield Paragraph(id=f"capability-{capability.id}", lead=capability.label, items=items)
        if not self._cells and isinstance(self.package.overall, Held):
            overall, words = self.package.overall, self.words.capability
            phrase = words.all_confirming if overall.confirming else words.all_held
            yield Paragraph(id="capabilities", lines=(phrase.fill(number=SafeText.of_number(overall.number)),))
        elif not rows:
            yield Paragraph(id="capabilities", lines=(self.words.capability.none_affected,))

    def _status(self, cells: list[PackageField], explained: set[str]) -> Iterator[SafeText]:
        """Each affected region by name; two or more unaffected ones as "elsewhere"."""
        calm = [cell.value for cell in cells if isinstance(cell.value, Coded) and cell.value.rank == 0]
        for cell in cells:
            if _is_affected(cell) or len(calm) == 1:
                yield self._cell(cell, explained)
        if len(calm) > 1:
            yield self.words.capability.elsewhere.fill(status=calm[0].words)

    def _cell(self, cell: PackageField, explained: set[str]) -> SafeText:
        words, region, value = self.words.capability, self.regions[cell.region or ""], cell.value
        if isinstance(value, Held):
            return self._held_cell(region, value)
        said = (
            words.cell_since.fill(region=region, status=value.words, time=self._clock(value.at))
            if value.at
            else words.cell.fill(region=region, status=value.words)
        )
        sentence = None if value.code in explained else self.status_sentences.get(value.code)
        explained.add(value.code)
        return _with(said, sentence)

    def _held_cell(self, region: SafeText, value: Held) -> SafeText:
        words, number = self.words.capability, SafeText.of_number(value.number)
        if not value.confirming:
            return words.cell_held.fill(region=region, number=number)
        confirming = words.cell_confirming.fill(region=region, number=number)
        if value.last is None:
            return confirming
        return _with(confirming, words.last_confirmed.fill(time=self._clock(value.last.at), status=value.last.words))

    def _workaround(self, capability: Capability, explained: set[str]) -> Iterator[SafeText]:
        words = self.words.capability
        for field in self.package.fields:
            if field.section is Section.WORKAROUND and field.capability == capability.id:
                value = field.value
                if isinstance(value, Held):
                    phrase = words.workaround_confirming if value.confirming else words.workaround_held
                    yield phrase.fill(number=SafeText.of_number(value.number))
                else:
                    sentence = None if value.code in explained else self.ready_sentences.get(value.code)
                    explained.add(value.code)
                    yield _with(words.workaround.fill(readiness=value.words), sentence)

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
            yield Paragraph(id="timeline", lines=(line,))

    def _checkpoint(self, value: Coded) -> SafeText:
        time = self._clock(value.at or self.package.as_of)
        return self.words.timeline.checkpoint.fill(time=time, checkpoint=value.words)

    def _details(self) -> Iterator[Paragraph]:
        words = self.words.detail
        items = tuple(words.shared.fill(what=one.what, words=one.value.words) for one in self.package.details)
        if items:
            yield Paragraph(id="details", lead=words.heading, items=items)

    def _holds(self) -> Iterator[Paragraph]:
        """What is kept, and what is being confirmed and was not told in a place of its own."""
        told = {field.value.number for field in self.package.fields if isinstance(field.value, Held)}
        lines = tuple(self._hold(h) for h in self.package.holds if not (h.confirming and h.number in told))
        if lines:
            yield Paragraph(id="held", lines=lines)

    def _hold(self, hold: PublicHold) -> SafeText:
        words, number = self.words.hold, SafeText.of_number(hold.number)
        time = self._clock(hold.told_at or self.package.as_of)
        if hold.confirming:
            return words.confirming.fill(number=number, what=hold.what, time=time)
        return words.hold.fill(number=number, what=hold.what, reason=hold.reason, time=time)

    def _footer(self) -> Paragraph:
        words, package = self.words.footer, self.package
        within = SafeText.of_number(minutes_of(package.next_update - package.as_of))
        line = SafeText.join(Separator.SPACE, (words.next_update.fill(minutes=within), words.contact))
        return Paragraph(id="footer", lines=(line,))


def minutes_of(span: timedelta) -> int:
    """Whole minutes."""
    return int(span / timedelta(minutes=1))


def _with(said: SafeText, sentence: SafeText | None) -> SafeText:
    return SafeText.join(Separator.SENTENCE, (said, sentence)) if sentence else said


def _is_affected(cell: PackageField) -> bool:
    return isinstance(cell.value, Held) or cell.value.rank > 0
