"""Pictures and files, up and down: sendPhoto, sendDocument, getFile, and what people send."""

from __future__ import annotations

import pytest

from sandbox import Person, Sandbox
from tests.sandbox.wire import Wire, png


async def test_a_picture_arrives_with_its_caption(wire: Wire, ana: Person) -> None:
    picture = png(390, 800)
    body = await wire.uploads("sendPhoto", "photo", "digest.png", picture, chat_id=ana.id, caption="This week")

    (size,) = body["result"]["photo"]
    assert (size["width"], size["height"], size["file_size"]) == (390, 800, len(picture))
    assert (ana.screen()[-1].photo, ana.screen()[-1].caption, ana.sees()) == (picture, "This week", "This week")


async def test_a_picture_may_have_buttons_and_bold_words(wire: Wire, ana: Person) -> None:
    markup = {"inline_keyboard": [[{"text": "More", "callback_data": "m"}]]}
    body = await wire.uploads(
        "sendPhoto",
        "photo",
        "a.png",
        png(),
        chat_id=ana.id,
        caption="<b>This</b> week",
        parse_mode="HTML",
        reply_markup=markup,
    )

    assert body["result"]["caption_entities"] == [{"type": "bold", "offset": 0, "length": 4}]
    assert ana.screen()[-1].buttons == [["More"]]


async def test_a_file_arrives_with_its_name(wire: Wire, ana: Person) -> None:
    body = await wire.uploads("sendDocument", "document", "trends.csv", b"unit,score\n", chat_id=ana.id)

    assert body["result"]["document"]["file_name"] == "trends.csv"
    assert body["result"]["document"]["mime_type"] == "text/csv"
    assert ana.screen()[-1].document == ("trends.csv", b"unit,score\n")


async def test_a_file_can_be_sent_again_by_its_id(wire: Wire, sandbox: Sandbox, ana: Person) -> None:
    ben = sandbox.person("Ben")
    await ben.says("/start")
    body = await wire.uploads("sendPhoto", "photo", "a.png", png(), chat_id=ana.id)

    await wire.ok("sendPhoto", chat_id=ben.id, photo=body["result"]["photo"][0]["file_id"])

    assert ben.screen()[-1].photo == png()


async def test_a_photo_cannot_be_sent_again_as_a_document(wire: Wire, ana: Person) -> None:
    body = await wire.uploads("sendPhoto", "photo", "a.png", png(), chat_id=ana.id)

    file_id = body["result"]["photo"][0]["file_id"]
    refusal = await wire.refused("sendDocument", chat_id=ana.id, document=file_id)

    assert refusal.description == "Bad Request: can't use file of type Photo as Document"


async def test_an_unknown_file_id_is_refused(wire: Wire, ana: Person) -> None:
    assert (await wire.refused("sendPhoto", chat_id=ana.id, photo="AgAD")).code == 400


async def test_a_send_without_its_file_is_refused(wire: Wire, ana: Person) -> None:
    refusal = await wire.refused("sendDocument", chat_id=ana.id)

    assert refusal.description == "Bad Request: there is no document in the request"


async def test_a_picture_by_url_is_not_modelled(wire: Wire, sandbox: Sandbox, ana: Person) -> None:
    await wire.refused("sendPhoto", chat_id=ana.id, photo="https://example.org/a.png")

    assert sandbox.unmodelled == ["sendPhoto: photo by URL"]


async def test_1024_characters_of_caption_fit_and_1025_do_not(wire: Wire, ana: Person) -> None:
    fits = await wire.uploads("sendPhoto", "photo", "a.png", png(), chat_id=ana.id, caption="x" * 1024)
    too_long = await wire.uploads("sendPhoto", "photo", "a.png", png(), chat_id=ana.id, caption="x" * 1025)

    assert fits["ok"] is True
    assert too_long["description"] == "Bad Request: message caption is too long"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"not a picture", "IMAGE_PROCESS_FAILED"),
        (b"\xff\xd8\xff", "IMAGE_PROCESS_FAILED"),
        (b"", "file must be non-empty"),
        (png(9_000, 2_000), "PHOTO_INVALID_DIMENSIONS"),
        (png(2_100, 100), "PHOTO_INVALID_DIMENSIONS"),
        (png() + bytes(10 * 1024 * 1024), "file is too big"),
    ],
    ids=["no picture", "broken jpeg", "empty", "too large", "too narrow", "too heavy"],
)
async def test_a_picture_telegram_would_not_take_is_refused(wire: Wire, ana: Person, data: bytes, why: str) -> None:
    body = await wire.uploads("sendPhoto", "photo", "a.png", data, chat_id=ana.id)

    assert body["description"] == f"Bad Request: {why}"


async def test_the_size_of_a_jpeg_is_read(wire: Wire, ana: Person) -> None:
    jpeg = (
        b"\xff\xd8"
        + b"\xff\xe0\x00\x04ab"
        + b"\xff\xc0\x00\x11\x08"
        + (30).to_bytes(2)
        + (40).to_bytes(2)
        + bytes(20)
    )
    body = await wire.uploads("sendPhoto", "photo", "a.jpg", jpeg, chat_id=ana.id)

    assert (body["result"]["photo"][0]["width"], body["result"]["photo"][0]["height"]) == (40, 30)


async def test_a_photo_reaches_the_bot(wire: Wire, ana: Person) -> None:
    await ana.sends_photo("My shift")

    (update,) = await wire.fetches()

    assert update["message"]["caption"] == "My shift"
    assert (update["message"]["photo"][0]["width"], update["message"]["photo"][0]["height"]) == (1, 1)


async def test_a_document_reaches_the_bot(wire: Wire, ana: Person) -> None:
    await ana.sends_document("units.csv", b"unit;parent\n", caption="Units")

    (update,) = await wire.fetches()

    assert update["message"]["document"]["file_name"] == "units.csv"
    assert update["message"]["document"]["file_size"] == 12


async def test_voice_and_stickers_reach_the_bot(wire: Wire, ana: Person) -> None:
    await ana.sends_voice(seconds=7)
    await ana.sends_sticker("😮")

    voice, sticker = [update["message"] for update in await wire.fetches()]

    assert (voice["voice"]["duration"], sticker["sticker"]["emoji"]) == (7, "😮")


async def test_what_she_sent_can_be_downloaded(wire: Wire, sandbox: Sandbox, ana: Person) -> None:
    await ana.sends_document("units.csv", b"unit;parent\n")
    (update,) = await wire.fetches()

    stored = await wire.ok("getFile", file_id=update["message"]["document"]["file_id"])
    address = f"{sandbox.url}/file/bot{sandbox.token}/{stored['file_path']}"
    async with wire.http.get(address) as response:
        assert (response.status, await response.read()) == (200, b"unit;parent\n")

    assert (stored["file_size"], stored["file_path"]) == (12, "documents/file_0.csv")


async def test_an_unknown_file_cannot_be_had(wire: Wire, sandbox: Sandbox) -> None:
    refusal = await wire.refused("getFile", file_id="AgAD")
    assert refusal.description == "Bad Request: invalid file_id"

    for bot, status in ((f"bot{sandbox.token}", 404), ("bot1:wrong", 401)):
        async with wire.http.get(f"{sandbox.url}/file/{bot}/documents/file_9.csv") as response:
            assert response.status == status


async def test_a_file_above_20_megabytes_cannot_be_downloaded(wire: Wire, ana: Person) -> None:
    await ana.sends_document("big.bin", bytes(20 * 1024 * 1024 + 1))
    (update,) = await wire.fetches()

    refusal = await wire.refused("getFile", file_id=update["message"]["document"]["file_id"])

    assert refusal.description == "Bad Request: file is too big"
