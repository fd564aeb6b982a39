"""HTML and MarkdownV2: what Telegram makes of it, and its errors word for word."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox import Person, Sandbox
from sandbox.errors import RefusedError
from sandbox.markdown import parse_markdown
from sandbox.markup import parse_html, trimmed, units
from tests.sandbox.wire import Wire


def entity(kind: str, offset: int, length: int, **more: str) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length, **more}


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("plain", "plain", []),
        ("<b>bold</b>", "bold", [entity("bold", 0, 4)]),
        ("<strong>bold</strong>", "bold", [entity("bold", 0, 4)]),
        ("<i>i</i><em>e</em>", "ie", [entity("italic", 0, 1), entity("italic", 1, 1)]),
        ("<u>u</u><ins>n</ins>", "un", [entity("underline", 0, 1), entity("underline", 1, 1)]),
        ("<s>a</s><strike>b</strike>", "ab", [entity("strikethrough", 0, 1), entity("strikethrough", 1, 1)]),
        ('<span class="tg-spoiler">x</span>', "x", [entity("spoiler", 0, 1)]),
        ("<tg-spoiler>x</tg-spoiler>", "x", [entity("spoiler", 0, 1)]),
        ("<code>x</code> <pre>y</pre>", "x y", [entity("code", 0, 1), entity("pre", 2, 1)]),
        ("<blockquote>q</blockquote>", "q", [entity("blockquote", 0, 1)]),
        ("<blockquote expandable>q</blockquote>", "q", [entity("expandable_blockquote", 0, 1)]),
        ('<a href="https://a.b/?c=1&amp;d">x</a>', "x", [entity("text_link", 0, 1, url="https://a.b/?c=1&d")]),
        ("<a href='https://a.b'>x</a>", "x", [entity("text_link", 0, 1, url="https://a.b")]),
        ("<a>nowhere</a>", "nowhere", []),
        ("<b></b>nothing", "nothing", []),
        ("<B>upper</B>", "upper", [entity("bold", 0, 5)]),
        ("a &lt; b &gt; c &amp; d &quot;e&quot;", 'a < b > c & d "e"', []),
        ("&#39;&#x27;", "''", []),
        ("Tom & Ana &nbsp; &copy;", "Tom & Ana &nbsp; &copy;", []),
        ("<b>a <i>b</i></b>", "a b", [entity("bold", 0, 3), entity("italic", 2, 1)]),
        ("<b><i>b</i> a</b>", "b a", [entity("bold", 0, 3), entity("italic", 0, 1)]),
        ("🙂<b>x</b>", "🙂x", [entity("bold", 2, 1)]),
        ("a > b", "a > b", []),
    ],
)
def test_html_becomes_text_and_entities(source: str, text: str, entities: list[dict[str, Any]]) -> None:
    assert parse_html(source) == (text, entities)


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b><i>x</i>", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<h1>x</h1>", 'Unsupported start tag "h1" at byte offset 0'),
        ("line<br/>", 'Unsupported start tag "br/" at byte offset 4'),
        ("<span>x</span>", 'Unsupported start tag "span" at byte offset 0'),
        ("2 < 3", "Unclosed start tag at byte offset 2"),
        ("2 < 3 > 1", 'Unsupported start tag "" at byte offset 2'),
        ("é<b", "Unclosed start tag at byte offset 2"),
        ("<Smith> wrote", 'Unsupported start tag "smith" at byte offset 0'),
    ],
)
def test_broken_html_is_refused_with_its_place(source: str, why: str) -> None:
    with pytest.raises(RefusedError) as refusal:
        parse_html(source)

    assert refusal.value.description == f"Bad Request: can't parse entities: {why}"


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("plain", "plain", []),
        ("*bold*", "bold", [entity("bold", 0, 4)]),
        ("_i_ __u__", "i u", [entity("italic", 0, 1), entity("underline", 2, 1)]),
        ("~s~ ||x||", "s x", [entity("strikethrough", 0, 1), entity("spoiler", 2, 1)]),
        ("*a _b_*", "a b", [entity("bold", 0, 3), entity("italic", 2, 1)]),
        ("`c.d`", "c.d", [entity("code", 0, 3)]),
        ("`a\\`b`", "a`b", [entity("code", 0, 3)]),
        ("```x```", "x", [entity("pre", 0, 1)]),
        ("```python\nx```", "x", [entity("pre", 0, 1, language="python")]),
        ("[x](https://a.b/c_d)", "x", [entity("text_link", 0, 1, url="https://a.b/c_d")]),
        ("[x](https://a.b/\\))", "x", [entity("text_link", 0, 1, url="https://a.b/)")]),
        ("[x] alone", "x alone", []),
        ("1\\. \\(so\\)", "1. (so)", []),
        (">q\n>r\nno", "q\nr\nno", [entity("blockquote", 0, 3)]),
        (">all", "all", [entity("blockquote", 0, 3)]),
        ("🙂*x*", "🙂x", [entity("bold", 2, 1)]),
    ],
)
def test_markdown_becomes_text_and_entities(source: str, text: str, entities: list[dict[str, Any]]) -> None:
    assert parse_markdown(source) == (text, entities)


@pytest.mark.parametrize("character", list(")>#+-=|{}.!]"))
def test_reserved_characters_have_to_be_escaped(character: str) -> None:
    with pytest.raises(RefusedError) as refusal:
        parse_markdown(f"a{character}b")

    assert refusal.value.description == (
        "Bad Request: can't parse entities: "
        f"Character '{character}' is reserved and must be escaped with the preceding '\\'"
    )
    assert parse_markdown(f"a\\{character}b") == (f"a{character}b", [])


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("🏟 🏟_abacaba", "Can't find end of Italic entity at byte offset 9"),
        ("🏟 🏟_abac * asd ", "Can't find end of Bold entity at byte offset 15"),
        ("🏟 🏟`", "Can't find end of Code entity at byte offset 9"),
        ("🏟 🏟```", "Can't find end of Pre entity at byte offset 9"),
        ("[x", "Can't find end of TextUrl entity at byte offset 0"),
        ("a ||b", "Can't find end of Spoiler entity at byte offset 2"),
    ],
)
def test_broken_markdown_is_refused_with_its_place(source: str, why: str) -> None:
    with pytest.raises(RefusedError) as refusal:
        parse_markdown(source)

    assert refusal.value.description == f"Bad Request: can't parse entities: {why}"


@pytest.mark.parametrize(
    ("text", "entities", "trimmed_text", "trimmed_entities"),
    [
        ("x", [entity("bold", 0, 1)], "x", [entity("bold", 0, 1)]),
        ("  x ", [entity("bold", 0, 4)], "x", [entity("bold", 0, 1)]),
        ("  x y", [entity("bold", 4, 1)], "x y", [entity("bold", 2, 1)]),
        ("x  ", [entity("bold", 1, 2)], "x", []),
    ],
)
def test_entities_move_with_the_text_that_is_trimmed(
    text: str, entities: list[dict[str, Any]], trimmed_text: str, trimmed_entities: list[dict[str, Any]]
) -> None:
    assert trimmed(text, entities) == (trimmed_text, trimmed_entities)


@pytest.mark.parametrize(("text", "length"), [("", 0), ("abc", 3), ("é", 1), ("🙂", 2), ("a🙂b", 4)])
def test_lengths_are_in_utf16_units(text: str, length: int) -> None:
    assert units(text) == length


@pytest.mark.parametrize("mode", ["HTML", "html", "Html"])
async def test_the_parse_mode_is_not_case_sensitive(wire: Wire, ana: Person, mode: str) -> None:
    await wire.says(ana.id, "<b>Hi</b>", parse_mode=mode)

    assert ana.sees() == "Hi"


async def test_markdown_comes_over_the_wire(wire: Wire, ana: Person) -> None:
    sent = await wire.says(ana.id, "*Hi*\\!", parse_mode="MarkdownV2")

    assert (sent["text"], sent["entities"]) == ("Hi!", [entity("bold", 0, 2)])


async def test_without_a_parse_mode_nothing_is_parsed(wire: Wire, ana: Person) -> None:
    await wire.says(ana.id, "<b>2 < 3</b> *_")

    assert ana.sees() == "<b>2 < 3</b> *_"


async def test_given_entities_are_taken_as_they_are(wire: Wire, ana: Person) -> None:
    sent = await wire.says(ana.id, "Hi there", entities=[entity("bold", 0, 2)])

    assert sent["entities"] == [entity("bold", 0, 2)]


async def test_an_unknown_parse_mode_is_refused(wire: Wire, ana: Person) -> None:
    refusal = await wire.refused("sendMessage", chat_id=ana.id, text="Hi", parse_mode="XML")

    assert refusal.description == "Bad Request: unsupported parse_mode"


async def test_legacy_markdown_is_not_modelled(wire: Wire, sandbox: Sandbox, ana: Person) -> None:
    await wire.refused("sendMessage", chat_id=ana.id, text="*Hi*", parse_mode="Markdown")

    assert sandbox.unmodelled == ["sendMessage: parse_mode Markdown (legacy)"]


async def test_broken_markup_leaves_nothing_on_the_screen(wire: Wire, ana: Person) -> None:
    await wire.refused("sendMessage", chat_id=ana.id, text="<b>Hi", parse_mode="HTML")

    assert ana.sees() == ""
