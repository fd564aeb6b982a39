"""A simulated week: whatever is due happens, people answer when they have the form, until the round has closed."""

from __future__ import annotations

import asyncio
from datetime import datetime

from bot.demo.moods import Answers
from bot.demo.stage import PATIENCE, Stage
from bot.demo.stayers import Stayers
from bot.demo.writing import Writing
from handlers.words import FALLBACK
from insights.pack import Question
from sandbox import Person
from storage.rounds import Round, open_round

_AT_ONCE = 60
"""Check-in taps are answered by edits, which no limit counts: more may act at once than send at once."""


async def live_through(
    stage: Stage, answers: dict[str, list[Answers | None]], stayers: Stayers, writing: Writing
) -> int:
    """One round from its opening to its closing. Returns how many sent their answers."""
    waiting = {
        person: mood
        for team, moods in answers.items()
        for person, mood in zip(stage.staff[team], moods, strict=True)
        if mood is not None
    }
    sent = 0
    current = await _next(stage)
    while current is not None:
        await stayers.answer(stage)
        now = stage.clock.now()
        ready = [
            one
            for one, mood in waiting.items()
            if _has_form(one, stage, current) and _feels_like_it(mood, current, now)
        ]
        for start in range(0, len(ready), _AT_ONCE):
            group = ready[start : start + _AT_ONCE]
            await _answer(stage, [(one, waiting.pop(one)) for one in group], current)
            await writing.write(stage, current.number, group)
            sent += len(group)
        current = await _next(stage)
    return sent


async def _next(stage: Stage) -> Round | None:
    """On to the next due instant; the round that is open then."""
    due = await stage.app.next_due()
    if due:
        stage.clock.jump(due)
    await stage.app.tick()
    await stage.app.deliver()
    await stage.sandbox.settled(PATIENCE)
    async with stage.app.house.begin() as db:
        return await open_round(db)


def _has_form(person: Person, stage: Stage, current: Round) -> bool:
    """This week's form: one from last week may still stand in the chat."""
    newest = person.newest()
    fresh = newest is not None and newest.sent_at >= current.opens_at
    return bool(fresh and newest and newest.keyboard and stage.say.plain("form.skip") in newest.buttons[-1])


def _feels_like_it(mood: Answers, current: Round, now: datetime) -> bool:
    return mood.early or now >= current.reminds


async def _answer(stage: Stage, group: list[tuple[Person, Answers]], current: Round) -> None:
    """Three taps and Send, for all of the group at once."""
    questions = stage.app.house.pack.round_questions(current.number)
    for place, question in enumerate(questions):
        taps = [one.taps_without_waiting(_label(stage, question, mood.options[place])) for one, mood in group]
        await asyncio.gather(*taps)
        await stage.sandbox.settled(PATIENCE)
    await asyncio.gather(*(one.taps_without_waiting(stage.say.plain("form.send")) for one, _ in group))
    await stage.sandbox.settled(PATIENCE)
    stage.clock.pass_time(seconds=20)


def _label(stage: Stage, question: Question, option: int | None) -> str:
    return stage.say.plain("form.skip") if option is None else question.option(option, FALLBACK)
