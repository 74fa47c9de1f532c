"""Forty-five ways to leak, each one line changed in the core, with the tests that should find it.

A mutant replaces text that stands once in its module; `tests.transforms.mutation` puts it in and runs the tests.
"""

from typing import Final

from tests.transforms.mutant import (
    CLEARANCE,
    CORE,
    DISCLOSURE,
    EVASION,
    HOLDS,
    KEYED,
    LEAKSCAN,
    MESSAGE,
    NONINTERFERENCE,
    ORDER,
    SAFETEXT,
    VALIDATE,
    mutant,
)

LEXICON, SCANNER = "transforms.scan.lexicon", "transforms.scan.leakscan"
RENDERERS: Final = (
    mutant(
        "a status that no table maps is shown raw",
        "transforms.render.status",
        "shown = None if reasons else",
        "raw = [o.record.status for o in here if not o.row]\n"
        '    shown = Coded(code="SC9", words=RAW(raw[0]), rank=3) if raw else None if reasons else',
        NONINTERFERENCE,
    ),
    mutant(
        "a readiness that no table maps is shown raw",
        "transforms.render.workaround",
        "    return Slot(\n",
        "    raw = [o.record.readiness for o in observed if not o.row]\n"
        '    outcome = Coded(code="W9", words=RAW(raw[0]), rank=0) if raw else outcome\n'
        "    return Slot(\n",
        NONINTERFERENCE,
    ),
    mutant(
        "a checkpoint that no table maps is shown raw",
        "transforms.render.timeline",
        'yield _timeline_slot("held", barred(reasons, doubtful), observed, expected)',
        "raw = [o for o in observed if not o.row]\n"
        "        for o in raw:\n"
        "            words = RAW(o.record.checkpoint)\n"
        '            shown = Coded(code="T9", words=words, rank=9, at=to_minute(o.since or tables.evidence.at))\n'
        '            yield _timeline_slot("T9", shown, observed, expected)\n'
        '        yield _timeline_slot("held", barred(reasons, doubtful), observed, expected)',
        NONINTERFERENCE,
    ),
    mutant(
        "since when comes from every record, withheld moments too",
        "transforms.render.status",
        "since = _since(tables, internal or bad)",
        "since = _since(tables, here)",
        NONINTERFERENCE,
    ),
    mutant(
        "since when is told to the second",
        "transforms.render.status",
        "at = to_minute(since) if",
        "at = since if",
        NONINTERFERENCE,
    ),
    mutant(
        "a checkpoint is told to the second",
        "transforms.render.timeline",
        "at=to_minute(first))",
        "at=first)",
        NONINTERFERENCE,
    ),
    mutant(
        "what has not happened yet is told",
        "transforms.render.timeline",
        "if o.since is None or o.since <= tables.evidence.at]",
        "]",
        NONINTERFERENCE,
        f"{CORE}/render/test_timeline.py",
    ),
    mutant(
        "a person's hold holds nothing",
        "transforms.render.slots",
        "    if not holds:\n        return slot\n",
        "    if holds is not None:\n        return slot\n",
        HOLDS,
    ),
)

PLACEHOLDERS: Final = (
    mutant(
        "a placeholder names the withheld record",
        "transforms.model.holds",
        "what=_what(members[0], profile),",
        "what=RAW(_items(members)[0].key) if _items(members) else _what(members[0], profile),",
        NONINTERFERENCE,
    ),
    mutant(
        "a placeholder carries the detail itself",
        "transforms.model.holds",
        "wording=wording.wording,",
        "wording=RAW(_items(members)[0].values[0].text) if _items(members) and _items(members)[0].values"
        " else wording.wording,",
        NONINTERFERENCE,
    ),
    mutant(
        "a placeholder says its internal reason",
        "transforms.model.holds",
        "wording=wording.wording,",
        "wording=RAW(str(reason)),",
        HOLDS,
        MESSAGE,
        f"{CORE}/scan/test_naughty_strings.py",
    ),
    mutant(
        "a placeholder counts the withheld records",
        "transforms.model.holds",
        "what=_what(members[0], profile),",
        'what=RAW(f"{_what(members[0], profile)} {len(_items(members))}"),',
        NONINTERFERENCE,
    ),
    mutant(
        "a hold's number depends on the order of hidden keys",
        "transforms.model.holds",
        "in grouped.items():",
        'in sorted(grouped.items(), key=lambda g: "".join(item.key for item in _items(g[1]))):',
        NONINTERFERENCE,
    ),
    mutant(
        "a hold's number counts the withheld records",
        "transforms.model.holds",
        "used += known is None",
        "used += max(1, len(_items(members))) if known is None else 0",
        NONINTERFERENCE,
    ),
    mutant(
        "a hold's since counts the withheld records",
        "transforms.model.holds",
        "since=since,",
        "since=since + len(_items(members)),",
        NONINTERFERENCE,
    ),
    mutant(
        "a withheld detail is dropped in silence",
        "transforms.render.disclosure",
        "        if withheld or unread:\n",
        "        if withheld and unread:\n",
        NONINTERFERENCE,
        DISCLOSURE,
    ),
    mutant(
        "a withheld detail is told by its key",
        "transforms.render.disclosure",
        "        if words:\n",
        "        words = words or RAW(one.record.ref.key)\n        if words:\n",
        NONINTERFERENCE,
    ),
    mutant(
        "a detail's id is a digest of the withheld record",
        "transforms.render.disclosure",
        'id=f"{key}/{digest(str(words))[:8]}",',
        'id=f"{key}/{digest(told[words][0].record.ref.key)[:8]}",',
        NONINTERFERENCE,
    ),
    mutant(
        "shared details stand in the order of hidden records",
        "transforms.render.disclosure",
        "for words in sorted(told):",
        "for words in sorted(told, key=lambda w: told[w][0].record.ref.key):",
        ORDER,
    ),
)

PACKAGES: Final = (
    mutant(
        "fields stand in the order of hidden keys",
        "transforms.publish.compose",
        "for slot in _spoken(slots))",
        'for slot in sorted(_spoken(slots), key=lambda s: "".join(r.key for r in s.origin.refs)))',
        NONINTERFERENCE,
    ),
    mutant(
        "the next update counts the records",
        "transforms.publish.compose",
        "timedelta(minutes=_cadence(profile, fields))",
        "timedelta(minutes=_cadence(profile, fields) + len(frame.evidence.records))",
        NONINTERFERENCE,
    ),
    mutant(
        "the account is named as a record spells it",
        "transforms.publish.compose",
        "account=frame.audience.label,",
        "account=RAW(frame.evidence.records[0].ref.key),",
        NONINTERFERENCE,
    ),
    mutant(
        "numbers used count the withheld records",
        "transforms.publish.compose",
        "numbers_used=max([",
        "numbers_used=len(frame.evidence.records) + max([",
        NONINTERFERENCE,
    ),
    mutant(
        "the reference is a digest over the evidence",
        "transforms.publish.compose",
        "as_of = to_minute(frame.evidence.at)",
        "as_of = to_minute(frame.evidence.at).replace(microsecond=int("
        '__import__("transforms.model.canonical", fromlist=["x"]).digest(frame.evidence)[:4], 16))',
        NONINTERFERENCE,
    ),
    mutant(
        "as of is told to the second",
        "transforms.publish.compose",
        "as_of = to_minute(frame.evidence.at)",
        "as_of = frame.evidence.at",
        ORDER,
    ),
    mutant(
        "what changed is named by its own id",
        "transforms.publish.sentences",
        "return self.words.change.cell.fill(capability=label, region=self.regions[region])",
        "return RAW(field)",
        MESSAGE,
    ),
    mutant(
        "every region is shown, entitled or not",
        "transforms.render.entitlement",
        "if any(m.source == record.ref.source and m.key in record.regions for m in region.members)",
        "if region.members",
        NONINTERFERENCE,
        f"{CORE}/render/test_entitlement.py",
    ),
)

TYPES: Final = (
    mutant(
        "safe text is composed of any string",
        "profiles.safetext",
        "    if not isinstance(part, SafeText):\n        raise TypeError(",
        "    if not isinstance(part, SafeText | str):\n        raise TypeError(",
        SAFETEXT,
    ),
    mutant(
        "hidden characters and markup may leave",
        "profiles.safetext",
        "    return character in _MRKDWN or not known\n",
        "    return False\n",
        SAFETEXT,
    ),
    mutant(
        "cleared words are not looked at",
        "profiles.safetext",
        "        return cls._trusted(_checked(wording))\n",
        "        return cls._trusted(wording)\n",
        CLEARANCE,
        SAFETEXT,
        EVASION,
    ),
    mutant(
        "a clearance survives a change of what it cleared",
        "transforms.render.clearance",
        'exclude={"ref", "cleared", "unmapped"}',
        'exclude={"ref", "cleared", "unmapped", "withheld"}',
        CLEARANCE,
    ),
    mutant(
        "a clearance has no end",
        "transforms.render.clearance",
        "if c.at <= evidence.at < c.until), key)",
        "if c.at <= evidence.at), key)",
        CLEARANCE,
    ),
    mutant(
        "what was cleared can be guessed from its digest",
        "transforms.render.clearance",
        "return keyed_digest(key, [record.ref.source",
        'return keyed_digest("00" * 32, [record.ref.source',
        KEYED,
    ),
    mutant(
        "what is withheld can be guessed from the annex's digest",
        "transforms.model.holds",
        "return keyed_digest(key, [item.model_dump",
        'return keyed_digest("00" * 32, [item.model_dump',
        KEYED,
    ),
    mutant(
        "what a waiver binds can be guessed from its digest",
        "transforms.validate.register",
        "return keyed_digest(self.key,",
        'return keyed_digest("00" * 32,',
        ORDER,
    ),
)

NETS: Final = (
    mutant(
        "an exception quotes the record behind it",
        "transforms.validate.held",
        'sentence=f"{hold.what}: {EXPLANATION[reason]}",',
        'sentence=f"{hold.what}: {EXPLANATION[reason]} {[r.key for s in members for r in s.origin.refs]}",',
        VALIDATE,
        f"{CORE}/publish/test_dossier.py",
    ),
    mutant(
        "a suspicion repeats the secret",
        "transforms.validate.findings",
        "in {suspicion.where}{why}",
        "in {suspicion.where}{why} {suspicion.term}",
        f"{LEAKSCAN}::test_suspicion_in_approved_wording_blocks_the_draft_and_changes_no_byte",
    ),
    mutant("the lexicon forgets native keys", LEXICON, "    yield record.ref.key, KEY\n", "", LEAKSCAN),
    mutant(
        "the lexicon forgets components and subjects",
        LEXICON,
        "    yield from ((name, NAME) for name in _named(record))\n",
        "",
        LEAKSCAN,
    ),
    mutant(
        "the lexicon forgets hosts inside a text",
        LEXICON,
        "        if _INSIDE.search(bare):\n",
        "        if bare is None:\n",
        LEAKSCAN,
    ),
    mutant(
        "the lexicon forgets people",
        LEXICON,
        "<= LONGEST_NAME:",
        "< 0:",
        f"{LEAKSCAN}::test_scan_knows_every_name_that_a_record_gives",
    ),
    mutant("the lexicon forgets what is not mapped", LEXICON, "in record.unmapped:", "in ():", LEAKSCAN),
    mutant("the scan skips the blocks", SCANNER, "in message.blocks:", "in ():", LEAKSCAN),
    mutant("the scan skips the fallback text", SCANNER, '    yield "text", message.text\n', "", LEAKSCAN),
    mutant(
        "the scan skips alternative texts",
        SCANNER,
        "strings(block, TYPES))",
        'strings(block, TYPES | {"alt_text"}))',
        EVASION,
        LEAKSCAN,
    ),
)

MUTANTS: Final = (*RENDERERS, *PLACEHOLDERS, *PACKAGES, *TYPES, *NETS)
