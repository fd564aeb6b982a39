"""Lines of totals put together to rounds that the release rule can be run on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from insights.cells import UnitKey
from insights.display import nearest
from insights.lattice import FrozenUnit, Leaf, Tally
from insights.lens import Lens
from insights.pack import ROTATION, Pack, Question, default_pack
from insights.release import Release, release
from insights.tally_checks import check
from insights.tally_lines import LensLine, TallyError, TallyLine, read_lines


@dataclass(frozen=True, slots=True)
class TalliedRound:
    """What is known of one round: a leaf for each unit with people of its own, questions, strain items, lens."""

    number: int
    units: tuple[FrozenUnit, ...]
    leaves: tuple[Leaf, ...]
    questions: tuple[Question, ...]
    strain: tuple[str, ...]
    lens: Lens | None

    def release(self, k: int) -> Release:
        """The release of this round; without a roster nothing of who was asked narrows it."""
        return release(self.units, self.leaves, self.questions, self.strain, k, self.lens)


def read_rounds(content: bytes) -> list[TalliedRound]:
    """Rounds in ascending order, from lines of JSON. Raises `TallyError` with every fault.

    A unit with others below it has people of its own if any line of any round counts them. What no line counts is
    nought. Questions of the default pack are scored as it says, others in equal steps unless a line says otherwise.

    >>> unit = b'{"kind": "unit", "id": "a"}'
    >>> tally = b'{"kind": "tally", "round": 1, "unit": "a", "question": "q", "counts": [3, 4], '
    >>> rounds = read_rounds(bytes([10]).join([unit, tally + b'"skips": 0, "established": 6}']))
    >>> [(one.number, [leaf.key for leaf in one.leaves], one.questions[0].scores) for one in rounds]
    [(1, ['a'], (0, 100))]
    """
    lines = read_lines(content)
    faults = [*lines.faults, *check(lines)]
    if faults:
        raise TallyError(faults)
    units = tuple(FrozenUnit(unit.id, unit.parent, unit.id, 0) for unit in lines.units)
    counted, inner = {tally.unit for tally in lines.tallies}, {unit.parent for unit in lines.units}
    keys = {
        unit.id: UnitKey(f"{unit.id}~own" if unit.id in inner else unit.id)
        for unit in lines.units
        if unit.id in counted or unit.id not in inner
    }
    pack, scales = default_pack(), {scale.question: scale.scores for scale in lines.scales}
    lenses = {round: [*found] for round, found in groupby(sorted(lines.lenses, key=_round), _round)}
    rounds = []
    for number, found in groupby(sorted(lines.tallies, key=_round), _round):
        tallies = {(one.unit, one.question): one.tally for one in found}
        options = {question: len(tally.counts) for (_, question), tally in sorted(tallies.items(), key=_key)}
        questions = tuple(_question(id, n, pack, scales) for id, n in options.items())
        nought = {question: Tally((0,) * n, 0, 0) for question, n in options.items()}
        leaves = (
            Leaf(key, unit, (unit,), 0, 0, {id: tallies.get((unit, id), none) for id, none in nought.items()})
            for unit, key in keys.items()
        )
        lens = _lens(lenses[number], nought) if number in lenses else None
        rounds.append(TalliedRound(number, units, tuple(leaves), questions, _strain(questions, pack), lens))
    return rounds


def equal_steps(options: int) -> tuple[int, ...]:
    """The scores of a scale of equal steps from 0 to 100, to the nearest whole point.

    >>> equal_steps(5), equal_steps(4)
    ((0, 25, 50, 75, 100), (0, 33, 67, 100))
    """
    return tuple(nearest(Fraction(100 * option, options - 1), 1) for option in range(options))


def _round(one: TallyLine | LensLine) -> int:
    return one.round


def _key(item: tuple[tuple[str, str], Tally]) -> tuple[str, str]:
    return item[0]


def _question(id: str, options: int, pack: Pack, scales: Mapping[str, tuple[int, ...] | None]) -> Question:
    """The pack's word holds where it has as many options; what it does not score is not scored."""
    names = tuple(map(str, range(options)))
    known = pack.questions.get(id)
    if id in scales:
        scores = scales[id]
    elif known and (known.scores is None or len(known.scores) == options):
        scores = known.scores
    else:
        scores = equal_steps(options)
    return Question(id, names, scores)


def _strain(questions: Sequence[Question], pack: Pack) -> tuple[str, ...]:
    items = {item for id in pack.strain for item in (pack.rotation if id == ROTATION else (id,))}
    return tuple(question.id for question in questions if question.id in items and question.scores is not None)


def _lens(lines: Sequence[LensLine], nought: Mapping[str, Tally]) -> Lens:
    categories = {line.category: dict(nought) for line in lines}
    for line in lines:
        categories[line.category][line.question] = line.tally
    return Lens(lines[0].lens, categories)
