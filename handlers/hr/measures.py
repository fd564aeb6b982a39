"""What a trend can be of, in a fixed order: its number is what a button carries."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.figures import name, option_name
from handlers.saying import mark_name
from handlers.words import Speaker
from insights.cells import WHOLE, Stat
from insights.chart_words import Scale
from insights.comments.counting import THEMES as ALL_THEMES
from insights.comments.counting import TONES, Tone
from insights.comments.published import THEMES, TONE
from insights.pack import Pack
from insights.trends import DEFINITIONS, ExportWords, definition


@dataclass(frozen=True, slots=True)
class Measure:
    """A stat of a question, and the axis it is drawn on."""

    question: str
    stat: str
    scale: Scale


def measures(pack: Pack) -> tuple[Measure, ...]:
    """Strain, participation, the score of every scored question, the share of every option of the others, and of
    comments the share of negative ones and of every theme."""
    found = [Measure(WHOLE, Stat.STRAIN, Scale.SCORE), Measure(WHOLE, Stat.ANSWERED, Scale.OPEN)]
    for question in pack.questions.values():
        if question.scores:
            found.append(Measure(question.id, Stat.SCORE, Scale.SCORE))
        else:
            shares = [Stat.share(option) for option in range(len(question.options))]
            found += [Measure(question.id, stat, Scale.PER_CENT) for stat in shares]
    found.append(Measure(TONE, Stat.share(TONES.index(Tone.NEGATIVE)), Scale.PER_CENT))
    found += [Measure(THEMES, Stat.share(place), Scale.PER_CENT) for place in range(len(ALL_THEMES))]
    return tuple(found)


def measure_name(measure: Measure, pack: Pack, say: Speaker) -> str:
    """What a measure is called."""
    if measure.question == WHOLE:
        return say.plain(f"measure.{measure.stat}")
    if measure.question in (TONE, THEMES):
        option = int(measure.stat.partition(".")[2])
        return say.plain("measure.words", mark=mark_name(measure.question, option, say))
    question = pack.questions[measure.question]
    short = question.short(say.language)
    if measure.stat == Stat.SCORE:
        return short
    option = int(measure.stat.partition(".")[2])
    return say.plain("measure.share", short=short, option=question.option(option, say.language))


def measure_definition(measure: Measure, say: Speaker) -> str:
    """What a measure means, in a sentence."""
    return say.plain(f"definition.{definition(measure.stat, measure.question)}")


def export_words(pack: Pack, say: Speaker) -> ExportWords:
    """The words of a CSV file."""
    return ExportWords(
        withheld=say.plain("figure.withheld"),
        definitions={key: say.plain(f"definition.{key}") for key in DEFINITIONS},
        name=lambda line: name(line, say),
        option=lambda question, index: _option(question, index, pack, say),
    )


def _option(question: str, index: int, pack: Pack, say: Speaker) -> str:
    is_words = question in (TONE, THEMES)
    return mark_name(question, index, say) if is_words else option_name(question, index, pack, say)
