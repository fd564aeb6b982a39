"""The check-in as it looks: one message per state, drawn from the state alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup

from handlers.speech import button, keyboard
from handlers.words import Html, Speaker
from insights.pack import Question
from storage.boxes import SKIPPED
from storage.buttons import REVIEW, SEND, State

Seal = Callable[[State], CallbackData]


def first_state(questions: Sequence[Question]) -> State:
    """Nothing answered yet."""
    return State(0, (None,) * len(questions))


def fits(state: State, questions: Sequence[Question]) -> bool:
    """Whether a state belongs to these questions, and leads somewhere."""
    return (
        len(state.answers) == len(questions)
        and (state.leads_to < len(questions) or (state.leads_to in (REVIEW, SEND) and state.is_complete))
        and all(
            answer is None or answer < len(question.options)
            for question, answer in zip(questions, state.answers, strict=True)
        )
    )


def draw(
    state: State, questions: Sequence[Question], say: Speaker, seal: Seal, opening: Html | None = None
) -> tuple[Html, InlineKeyboardMarkup]:
    """Text and buttons of a question, or of the review when every question has its answer."""
    shown = _question if state.leads_to < len(questions) else _review
    text, markup = shown(state, questions, say, seal)
    return Html(f"{opening}\n\n{text}") if opening else text, markup


def _question(
    state: State, questions: Sequence[Question], say: Speaker, seal: Seal
) -> tuple[Html, InlineKeyboardMarkup]:
    here = state.leads_to
    question = questions[here]
    after = _next_open(state, here)
    rows = []
    for option in range(len(question.options)):
        label = question.option(option, say.language)
        if state.answers[here] == option:
            label = say.plain("form.chosen", option=label)
        rows.append([button(label, seal(state.with_answer(here, option, after)))])
    last = [button(say.plain("form.skip"), seal(state.with_answer(here, SKIPPED, after)))]
    if here:
        last.append(button(say.plain("form.back"), seal(State(here - 1, state.answers))))
    text = say("form.step", here=here + 1, of=len(questions), ask=question.ask(say.language))
    return text, keyboard(*rows, last)


def _next_open(state: State, here: int) -> int:
    later = [i for i, answer in enumerate(state.answers) if answer is None and i != here]
    return min(later, default=REVIEW)


def _review(
    state: State, questions: Sequence[Question], say: Speaker, seal: Seal
) -> tuple[Html, InlineKeyboardMarkup]:
    lines = []
    for question, answer in zip(questions, state.answers, strict=True):
        shown = say("form.skipped") if answer in (None, SKIPPED) else question.option(answer or 0, say.language)
        lines.append(say("form.line", short=question.short(say.language), answer=shown))
    rows = [
        [button(say.plain("form.send"), seal(State(SEND, state.answers)))],
        [button(say.plain("form.change"), seal(State(0, state.answers)))],
    ]
    return say("form.review", lines=Html("\n".join(lines))), keyboard(*rows)
