"""Every number that is a promise or a judgement, with the reason for its value beside it.

The written policy is PRIVACY.md; whoever changes a constant here changes what staff were told.
"""

from __future__ import annotations

import math
from datetime import time, timedelta
from typing import Final

# --- Disclosure -------------------------------------------------------------------------------
K_FLOOR: Final = 5
"""Fewest people behind any published number. NHS trusts promise 10 or 11; k may be set upwards, never down."""

SHARES_FLOOR: Final = 10
"""Fewest answers behind a distribution: one person moves a share of ten by ten points."""

SHARES_FROM: Final = 20
"""From this many answers on, whole distributions are shown; below it only the top driver."""

TOP_DRIVER_SHARE: Final = 0.40
"""With 10-19 answers the top driver is named if at least this share chose it."""

TENURE_OPENINGS: Final = 4
"""Openings after which a member counts as established: four puppets cannot corner one person at once."""

MOVE_TOGETHER: Final = 10
"""This many people moving at once keep their tenure: a ward that is merged is no invasion."""

N_BANDS: Final = ((5, "5-9"), (10, "10-19"), (20, "20-49"), (50, "50-99"), (100, "100-199"), (200, "200+"))
"""How the number of answers is shown: from this n on, this band."""

SCORE_STEPS: Final = ((200, 1), (50, 2), (0, 5))
"""Scores are shown to the nearest step from this n on: about 1 point of error against 5.6 of weekly change."""

SCORE_CLAMPS: Final = ((10, 10, 90), (0, 20, 80))
"""From this n on, scores are shown within these ends: an extreme would say "everyone said"."""

SHARE_STEPS: Final = ((200, 1), (50, 5), (20, 10))
"""Shares are shown to the nearest this many per cent, from this n on."""

SHARE_ENDS: Final = ((50, 10), (20, 20))
"""The ends of a share are coded, from this n on: "10 % or less", "90 % or more"."""

SPREAD_STEP: Final = 25
"""The spread index is shown to this step; below 0 it is shown as 0, so that agreement is never published."""

SPREAD_CEILING: Final = 200
"""... and from here on as "or more": at 300 everybody would have chosen one of the two ends."""

PARTICIPATION_STEP: Final = 3
"""Numbers of respondents are shown to the nearest this many people."""

PARTICIPATION_CEILING: Final = 0.90
"""... and never above this share of those asked: "everyone answered" would name the silent by their absence."""

LENS_FLOOR: Final = 20
"""Fewest answers behind a category of a lens, and behind what is left of the published total beside it."""

POOLED_ROUNDS: Final = 4
"""Rounds for which a unit that has lost many at once is counted with others: who emptied it must outwait them."""

FELL_TO: Final = 0.5
"""... when at most this share is left of the most members that it had at any of its last POOLED_ROUNDS openings."""

# --- Comments ---------------------------------------------------------------------------------
COMMENT_LENGTH: Final = 400
"""Characters of a comment: enough for what weighs on somebody, too short for a story that names people."""

CARE_SECONDS: Final = 2.0
"""Longest wait for the check of a text, which takes 3 ms; then whoever wrote is shown the gentle card."""

MESSAGE_LENGTH: Final = 4_096
"""Characters of the longest text that is read at all: Telegram carries no longer message."""

SHARERS_FLOOR: Final = 5
"""Fewest people whose shared words are read together, among ten respondents: style betrays writers."""

COMMENTS_KEPT: Final = timedelta(days=365)
"""How long shared words are kept, to the end of the quarter: a year on, they are about another team."""

THEMES_ROUNDS: Final = 12
"""Rounds over which it is counted what people wrote of: a quarter, in which one bad week is one of twelve."""

MOOD_LEANS: Final = 0.2
"""A comment of which no word is in a list has a mood from this polarity on; nearer to 0 nothing is said of it."""

MOOD_WORDS: Final = 2
"""Words from which on a comment may have a mood although no list knows any of them: "n/a" is no complaint."""

MOOD_POSITIVE_FROM: Final = 0.25
"""Polarity from which a comment may be called good: under 8 % of bad ones are, by authors it never met."""

CARE_NEAR: Final = 7
"""Words before a phrase in which its subject is looked for: "the lady in bed four said that she wanted to ..."."""

CARE_DENIED: Final = 4
"""Words before a phrase in which a "not" denies it; further away it is about something else."""

CARE_ORDINARY_GENTLE: Final = 0.04
"""Share of ordinary comments that the learnt layer may answer with a card: with the phrases' own 2 to 3 % it comes up
to the 6 % beyond which a card is a habit that nobody reads. A missed person is worse than a card too many."""

CARE_ORDINARY_CRISIS: Final = 0.0015
"""... and with the crisis card: with the phrases' own 0.5 % below 1 %. A stricter cut turns crisis cards into gentle
ones and misses nobody more."""

CARE_HARD_CRISIS: Final = 0.05
"""Share of idioms, clinical talk and denials that the layer may answer with the crisis card; 10 % with phrases."""

# --- Packs ------------------------------------------------------------------------------------
QUESTIONS_MOST: Final = 12
"""Questions in a round: twelve sets of answers still fit the 64 bytes that a button carries."""

OPTIONS_FEWEST: Final = 2
OPTIONS_MOST: Final = 12
"""Options of a question: one alone is no question, and more than a dozen buttons do not fit a phone."""

PACK_TEXT_LENGTH: Final = 200
"""A question is read at a glance, between two tasks."""

PACK_LABEL_LENGTH: Final = 40
"""Options and short names stand on buttons and in charts."""

# --- Joining ----------------------------------------------------------------------------------
LAUNCH_SHARE: Final = 0.3
"""Share of the headcount that has to have joined before a unit is launched (at least 2, at most k are asked for)."""


def launch_minimum(headcount: int, k: int) -> int:
    """How many have to have joined before a unit may be launched.

    >>> [launch_minimum(headcount, k=5) for headcount in (1, 4, 12, 40)]
    [2, 2, 4, 5]
    """
    return min(k, max(2, math.ceil(LAUNCH_SHARE * headcount)))


INVITE_LIFE: Final = timedelta(hours=24)
"""A role invite is good for one person and one day."""

INVITE_BYTES: Final = 12
"""Randomness of a poster or invite code: 96 bits, 16 characters in a link."""

UNIT_ID_LENGTH: Final = 24
"""Unit ids travel in buttons of 64 bytes."""

UNIT_NAME_LENGTH: Final = 60
"""Unit names stand on phones and in charts."""

DISPLAY_NAME_LENGTH: Final = 60
"""A role-holder's display name stands in messages and in the audit log: a name and a job, no more."""

UNIT_LEVELS: Final = 8
"""Deepest tree of units: the largest trusts have five or six levels, and a path has to fit a line."""

UNIT_ROWS: Final = 20_000
"""Most units in one file: several times the largest employer in the NHS; more is the wrong file."""

HEADCOUNT_MOST: Final = 100_000
"""Largest headcount of one unit: above it somebody has pasted a payroll number."""

SMALL_UNIT: Final = 20
"""Headcount below which a steward's change of headcount or place needs a second steward: in a small unit a few
puppets are many."""

# --- Leaving and keeping ----------------------------------------------------------------------
STILL_AFTER: Final = 12
"""Openings after which a member is asked whether they are still in their unit."""

STILL_AGAIN_AFTER: Final = 2
"""Openings without an answer after which they are asked once more, and then forgotten."""

STILL_ASKED: Final = 2
"""Silences after which a member is dropped: who has left the ward would make the others look silent."""

UNREACHABLE_OPENINGS: Final = 12
"""Openings in a row that did not reach somebody, after which they are forgotten: nobody unblocks a bot after that."""

INVITE_KEPT: Final = timedelta(days=90)
"""How long a code that stopped working is kept, so that whoever scans an old poster gets an answer that helps."""

AUDIT_KEPT: Final = timedelta(days=730)
"""How long the audit log keeps an entry: two yearly reviews."""

AUDIT_DROPPED_EVERY: Final = timedelta(days=7)
"""Older entries go at most this often: each time leaves an entry of its own."""

AUDIT_HEAD_DIGITS: Final = 16
"""Hexadecimal digits of the log's head that stewards are sent and compare: 64 bits, which nobody hits by trying."""

# --- Rounds -----------------------------------------------------------------------------------
OPEN_DAYS: Final = 6
"""A weekly round is open six days: a person on four long days still meets it off shift."""

REMIND_AFTER: Final = timedelta(days=3)
"""One reminder, half-way: a second one annoys those who will not and helps few who would."""

QUIET_FROM: Final = time(21, 0)
QUIET_TO: Final = time(7, 0)
"""Nobody is written to at night."""

WINDOW_STARTS: Final = {"days": time(9, 0), "nights": time(16, 0), "mixed": time(12, 0)}
"""Earliest local hour of delivery by working pattern.

Nights: the afternoon before the shift, never the sleep after it.
"""

WINDOW_LEAST: Final = timedelta(hours=1)
"""However late a unit wants its messages, this much of the evening is left to send them in."""

LEARNING_ROUNDS: Final = 12
"""No team is flagged before this many rounds: its usual level is not known yet."""

# --- Delivery ---------------------------------------------------------------------------------
SENDS_PER_SECOND: Final = 30.0
"""Telegram's broadcast limit per bot; paid for or not, it is the server's."""

OUTBOX_BATCH: Final = 50
"""Rows drained at once, always this many: the size of a batch says nothing about who is in it."""

SEND_TRIES: Final = 4
"""Tries per message before it is given up until the next tick."""

FLOOD_CAP: Final = timedelta(minutes=15)
"""A longer pause than this asked for by the server is logged as an error: something is wrong."""

TICK: Final = timedelta(minutes=1)
"""How often the clock looks into the tables for what is due."""

# --- Hotspots ---------------------------------------------------------------------------------
# Points are points of strain (0-100). Method: docs/hotspots.md; rates: benchmarks/hotspots.py.
JUDGED_SHOWN: Final = 3
"""A team is judged once it was shown in this many rounds, and told as not to be judged when fewer of the last
LEARNING_ROUNDS showed it: its usual level is then little better known than the organisation's."""

USUAL_ROUNDS: Final = 2
"""Shown rounds before a change can begin: until then a high level is a level, not a rise."""

START_WINDOW: Final = 26
"""A change may have begun up to half a year ago; what lasts longer has become the team's usual."""

CLIP_SD: Final = 3.5
"""One surprise counts for at most this many standard deviations: a single bad week is no hotspot."""

HUBER_SD: Final = 1.5
"""Beyond this many standard deviations a team pulls no harder at what is taken for everybody's."""

DIVISION_HUBER_SD: Final = 3.0
"""The same for a division: of twelve teams a clipped one already moves little, and a division's shock is large."""

DIVISION_FEWEST: Final = 3
"""Teams that have to be shown before a division's own movement is believed to have begun, or is told."""

SILENT_ROUNDS: Final = 8
"""A flag is not repeated for this many rounds; an alert still speaks after a watch."""

CHRONIC_EVERY: Final = 13
"""A long-lasting level is told once a quarter."""

CHRONIC_LEAST: Final = 7.5
"""Points above the organisation's level from which on a team's own is told as long-lasting."""

CHRONIC_EARLY: Final = 0.9
"""... in the first quarter only where it is this likely; later where it is likelier than not."""

CHRONIC_REAL: Final = 6.6
"""Points above the organisation's level that are trouble, by the measure of simulated staff (0.35 of a person's
standard deviation): what a long-lasting flag says it is likely to be."""

MIRROR_BAR: Final = 4.0
"""Improvements are counted from this Lambda on: four times as many as at the watch bar, so that it is learnt soon."""

MIRROR_RATE: Final = 0.42
"""Improvements that pass it in a quiet team-year when noise is as reckoned, on simulated staff."""

MIRROR_SLOPE: Final = 0.85
"""How fast the bars follow: by chance alone e^1.1 fewer flags come for every point of Lambda, and some of the counted
improvements are real, which hides a part of what noise does."""

MIRROR_BEFORE: Final = 6.0
"""The reckoned rate counts as this many improvements: an organisation has to show that it differs."""

MIRROR_LOWEST: Final = -0.2
MIRROR_HIGHEST: Final = 1.5
"""Its bars move by no less and no more: below, there is little to gain; beyond, something else is wrong."""

WARM_ROUNDS: Final = 3
"""After an import of past surveys teams are judged from here on: what is asked now has to be met first."""

WARM_SPARE: Final = 9.0
"""... and usual levels are this much less sure than the surveys left them (squared points): other questions, time."""

RECENT_ROUNDS: Final = 3
"""Whether a flag is still hot is judged on this many shown rounds: one good week proves nothing."""

EASING_BELOW: Final = 0.5
OVER_BELOW: Final = 0.25
"""... by what share of the change as first told they still stand above the usual."""

# --- Intervals --------------------------------------------------------------------------------
INTERVAL_Z: Final = 1.645
"""Intervals told to people hold nine times in ten: the normal distribution's 95th percentile on each side."""

STRAIN_NOISE: Final = 424.0
"""Variance of one person's strain around the team's: 360 measured for five items, over 0.85 for our two."""

ITEM_NOISE: Final = 625.0
"""The same for one item of five options: m(100-m)/4 (binomial over four steps) at its largest, m = 50."""

# --- Pictures ---------------------------------------------------------------------------------
HEAT_ROWS: Final = 24
"""Teams in one picture: more do not fit a phone at a size that can be read."""

HEAT_ENDS: Final = (20.0, 80.0)
"""Colours run between the clamps of the smallest shown teams in every picture: two can be compared."""

PANELS_MOST: Final = 12
"""Teams with a panel of their own in one picture: six rows of two can be read on a phone without zooming."""

PANELS_CALM: Final = 8
"""... and up to so many are filled up with teams that have no flag: what is calm needs less room."""

PANELS_ROUNDS: Final = 16
"""Rounds in a panel: a rise found after four, the silent rounds after it, and what was usual before."""

DIGEST_HOTSPOTS: Final = 3
"""Hotspots told in full: a lead can go to three teams in a week, not to ten."""

IMPROVEMENT_LEAST: Final = 0.5
"""An improvement is told when it is more likely real than not: praise for noise is soon found out."""

STEWARDS_NEEDED: Final = 2
"""A launch takes this many: one alone could launch a team of puppets around somebody."""

HELP_CARD_REVIEW: Final = timedelta(days=365)
"""A help line that nobody has rung for a year may be gone when somebody needs it."""
