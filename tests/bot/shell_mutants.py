"""Ways to post what nobody approved, or to readers who should not be there: each one change, and the test that sees it.

A mutant replaces text that stands once in its module; `tests.transforms.mutation` puts it in and runs the test.
"""

from typing import Final

from tests.transforms.mutant import mutant

LIFE, APPROVALS = "transforms.model.lifecycle", "transforms.model.approvals"
RECHECK, RELEASE = "bot.workflows.recheck", "bot.workflows.release"
GATEWAY, READERS = "bot.slack.gateway", "bot.slack.readers"

OF_RECHECK: Final = "tests/bot/workflows/test_recheck.py"
ALTERED: Final = f"{OF_RECHECK}::test_approved_draft_that_was_altered_is_not_posted"
COUNTED: Final = "tests/bot/workflows/test_rechecked.py::test_recheck_counts_gates_and_people_itself"
FENCE: Final = f"{OF_RECHECK}::test_claim_that_ran_out_posts_nothing"

OF_RELEASE: Final = "tests/bot/workflows/test_release.py"
VOIDED: Final = f"{OF_RELEASE}::test_release_is_voided_by_a_change"
IN_THE_WAY: Final = f"{OF_RELEASE}::test_release_waits_for_the_channel_to_be_fixed"
RENEWAL: Final = "tests/bot/workflows/test_renewal.py"
PRIOR: Final = "tests/bot/workflows/test_prior_withdrawn.py"

CHANNELS: Final = "tests/bot/slack/test_internal_channels.py"
OPENED: Final = f"{CHANNELS}::test_channel_that_was_just_opened_gets_nothing"
ENTERPRISE: Final = f"{CHANNELS}::test_channel_shared_within_an_enterprise_needs_home_teams_only"
POSTED: Final = "tests/bot/slack/test_approved_post.py"
OF_LIFE: Final = "tests/transforms/model/test_lifecycle.py"

APPROVED: Final = (
    mutant(
        "an approval that nobody gave counts",
        RECHECK,
        "    return set(approvals.decisions) <= set(kept)\n",
        "    return True\n",
        f"{RENEWAL}::test_approval_that_nobody_gave_posts_nothing",
    ),
    mutant(
        "an earlier moment hides what became stale",
        "transforms.renew",
        "    if not says_the_same(draft, newer) or not has_time_left(draft, newest.evidence.at):  # 1\n",
        "    if not has_time_left(draft, newest.evidence.at):\n",
        "tests/transforms/test_renew.py::test_source_that_became_stale_is_not_hidden_by_an_earlier_moment",
    ),
    mutant(
        "a draft is written over a release that it did not see",
        "bot.workflows.draft",
        "    if before != after:\n",
        "    if False:\n",
        "tests/bot/test_races.py::test_draft_is_not_written_over_a_release_that_it_did_not_see[postgres]",
    ),
    mutant(
        "the bytes at hand are not compared with the approved ones",
        RECHECK,
        "return {recomputed, draft.release_digest, state.digest, state.approvals.digest} == {recomputed}",
        "return True",
        f"{ALTERED}[words of the message]",
    ),
    mutant(
        "the recheck counts neither gates nor people",
        RECHECK,
        "    if why := missing(gates, approvals.decisions, built.draft.release_digest, approvals.drafter):\n"
        "        return why\n",
        "",
        f"{COUNTED}[one person in two gates]",
    ),
    mutant(
        "the recheck takes the gates from the stored approvals",
        RECHECK,
        "    gates = built.profile.required_gates(built.draft.kind)\n",
        "    gates = approvals.gates\n",
        f"{ALTERED}[which gates there are]",
    ),
    mutant(
        "one person may pass two gates",
        APPROVALS,
        "    if len(persons) != len(decisions):\n",
        "    if not persons:\n",
        f"{COUNTED}[one person in two gates]",
    ),
    mutant(
        "approvals that are not complete can be made",
        APPROVALS,
        "            raise ValueError(problem)\n",
        "            return self\n",
        f"{OF_LIFE}::test_approvals_that_are_not_complete_cannot_be_made",
    ),
    mutant(
        "any state may follow any other",
        LIFE,
        "        if type(self.after) not in LEGAL[type(self.before)]:\n",
        "        if type(self.before) not in LEGAL:\n",
        f"{OF_LIFE}::test_step_is_legal_or_raises_and_changes_nothing",
    ),
    mutant(
        "the bridge takes a draft under approvals of another",
        GATEWAY,
        "        if self.posting.digest != self.draft.release_digest:\n",
        "        if not self.posting.digest:\n",
        POSTED,
    ),
    mutant(
        "an approver who has left still counts",
        "bot.workflows.validity",
        "if not people.fills(one.person, one.role))\n",
        "if not people)\n",
        f"{VOIDED}[sqlite-deactivated]",
    ),
    mutant(
        "a changed audience goes unnoticed",
        RECHECK,
        "    if draft.audience != case.audience:\n",
        "    if not case.audience:\n",
        f"{VOIDED}[sqlite-teams]",
    ),
    mutant(
        "what the sources say by now goes unnoticed",
        RECHECK,
        "    elif again.release_digest != built.draft.release_digest:\n",
        "    elif not again.release_digest:\n",
        f"{VOIDED}[sqlite-new facts]",
    ),
)
ONCE: Final = (
    mutant(
        "a release begins on a claim that another worker has",
        RELEASE,
        "        hold_fence(transaction, claimed, bot.now())\n",
        "",
        FENCE,
    ),
    mutant(
        "a release begins though its prior was withdrawn meanwhile",
        RELEASE,
        "        _same_prior(transaction, case, stored)\n",
        "",
        f"{PRIOR}::test_release_does_not_begin_when_its_prior_is_withdrawn_during_the_recheck[sqlite]",
    ),
)
READ_BY: Final = (
    mutant(
        "a whisper is shown whoever reads the channel",
        GATEWAY,
        "        shown = self._shown(channel, drawing)\n",
        "        shown = drawing\n",
        f"{OPENED}[shared]",
    ),
    mutant(
        "an edit is made whoever reads the channel",
        GATEWAY,
        "        self._refuse(channel)\n        call(",
        "        call(",
        f"{OPENED}[shared]",
    ),
    mutant(
        "an internal channel with an open invitation takes posts",
        GATEWAY,
        " or has_open_invitation(info) or not is_home_alone",
        " or not is_home_alone",
        f"{OPENED}[pending, to nobody named]",
    ),
    mutant(
        "an invitation to nobody named is none",
        READERS,
        '("is_pending_ext_shared", "pending_shared",',
        '("pending_shared",',
        f"{OPENED}[pending, to nobody named]",
    ),
    mutant(
        "a pending share is no open invitation",
        READERS,
        ' "pending_shared", "pending_connected_team_ids"))',
        ' "pending_connected_team_ids"))',
        ENTERPRISE,
    ),
    mutant(
        "a pending share with a team of home is no open invitation",
        READERS,
        ' "pending_shared", "pending_connected_team_ids"))',
        ' "pending_shared"))',
        f"{OPENED}[pending, to a team of home]",
    ),
    mutant(
        "a guest reads an internal channel unnoticed",
        GATEWAY,
        " and self._people.outside(user):\n",
        " and not user:\n",
        f"{OPENED}[a guest]",
    ),
    mutant(
        "the bridge is posted to whoever is in it",
        GATEWAY,
        "        return not all(self._expected(user, audience) for user in found)\n",
        "        return not found\n",
        f"{IN_THE_WAY}[a guest joins]",
    ),
    mutant(
        "the bridge is posted to while an invitation is open",
        GATEWAY,
        "        if has_open_invitation(info):\n",
        "        if not info:\n",
        f"{IN_THE_WAY}[an open invitation]",
    ),
    mutant(
        "the bridge is posted to though the organisations differ",
        GATEWAY,
        "        if set(outside_teams(info, self._people)) != set(audience.teams):\n",
        "        if not info:\n",
        f"{IN_THE_WAY}[another organisation]",
    ),
)

MUTANTS: Final = (*APPROVED, *ONCE, *READ_BY)
