"""How calls come over the wire, and what happens to those that cannot be understood."""

from __future__ import annotations

import pytest
from aiohttp import FormData

from sandbox import NotModelledError, Person, Sandbox
from tests.sandbox.wire import Wire, keyboard, png


async def test_a_form_call_is_understood(wire: Wire, ana: Person) -> None:
    await wire.ok("sendMessage", chat_id=ana.id, text="from a form")

    assert ana.sees() == "from a form"


async def test_a_json_call_is_understood(wire: Wire, ana: Person) -> None:
    body = {"chat_id": ana.id, "text": "from JSON", "reply_markup": keyboard(["Often"])}
    async with wire.http.post(wire.address("sendMessage"), json=body) as response:
        assert (await response.json())["ok"] is True

    assert (ana.sees(), ana.screen()[-1].buttons) == ("from JSON", [["Often"]])


async def test_a_multipart_call_is_understood(wire: Wire, ana: Person) -> None:
    form = FormData({"chat_id": str(ana.id), "text": "from parts"}, default_to_multipart=True)
    async with wire.http.post(wire.address("sendMessage"), data=form) as response:
        assert (await response.json())["ok"] is True

    assert ana.sees() == "from parts"


async def test_a_query_string_is_understood(wire: Wire, ana: Person) -> None:
    params = {"chat_id": str(ana.id), "text": "from the address"}
    async with wire.http.get(wire.address("sendMessage"), params=params) as response:
        assert (await response.json())["ok"] is True

    assert ana.sees() == "from the address"


async def test_a_call_without_parameters_needs_no_body(wire: Wire) -> None:
    async with wire.http.post(wire.address("getMe")) as response:
        assert (await response.json())["result"]["username"] == "pulse_bot"


async def test_an_empty_json_body_is_no_parameters(wire: Wire) -> None:
    headers = {"Content-Type": "application/json"}
    async with wire.http.post(wire.address("getMe"), data=b"", headers=headers) as response:
        assert (await response.json())["ok"] is True


async def test_method_names_are_not_case_sensitive(wire: Wire) -> None:
    assert await wire.ok("GETME") == await wire.ok("getMe")


@pytest.mark.parametrize(
    ("sent", "meant"), [("true", True), ("True", True), ("1", True), ("false", False), ("0", False)]
)
async def test_booleans_come_as_words(wire: Wire, ana: Person, sent: str, meant: bool) -> None:
    await wire.ok("sendMessage", chat_id=ana.id, text="quietly", disable_notification=sent)

    assert ana.screen()[-1].is_silent is meant


async def test_text_outside_ascii_survives(wire: Wire, ana: Person) -> None:
    await wire.says(ana.id, "Sut wyt ti? Jak się masz? 🙂 & <b>")

    assert ana.sees() == "Sut wyt ti? Jak się masz? 🙂 & <b>"


async def test_a_wrong_token_is_unauthorized(wire: Wire, sandbox: Sandbox) -> None:
    async with wire.http.post(f"{sandbox.url}/bot1:wrong/getMe") as response:
        assert (response.status, (await response.json())["description"]) == (401, "Unauthorized")


@pytest.mark.parametrize("path", ["/", "/getMe", "/bot", "/elsewhere/at/all"])
async def test_an_address_that_is_none_is_not_found(wire: Wire, sandbox: Sandbox, path: str) -> None:
    async with wire.http.get(sandbox.url + path) as response:
        assert (response.status, (await response.json())["ok"]) == (404, False)


async def test_get_me_names_the_bot(wire: Wire, sandbox: Sandbox) -> None:
    me = await wire.ok("getMe")

    assert (me["is_bot"], me["first_name"], me["username"]) == (True, "Pulse", "pulse_bot")
    assert sandbox.token.startswith(f"{me['id']}:")


async def test_delete_webhook_has_nothing_to_delete(wire: Wire) -> None:
    assert await wire.ok("deleteWebhook") is True


async def test_delete_webhook_can_drop_what_waits(wire: Wire, sandbox: Sandbox) -> None:
    await sandbox.person().says("/start")

    await wire.ok("deleteWebhook", drop_pending_updates=True)

    assert sandbox.unconfirmed == 0


@pytest.mark.parametrize("method", ["sendPoll", "logOut", "setWebhook", "editMessageCaption", "noSuchThing"])
async def test_a_method_that_is_not_modelled_is_refused_and_remembered(
    wire: Wire, sandbox: Sandbox, method: str
) -> None:
    refusal = await wire.refused(method, chat_id=1)

    assert refusal.code == 501
    assert sandbox.unmodelled == [f"{method}: this method"]
    with pytest.raises(NotModelledError, match=method):
        sandbox.assert_all_modelled()


async def test_a_parameter_that_is_not_modelled_is_refused_without_effect(
    wire: Wire, sandbox: Sandbox, ana: Person
) -> None:
    refusal = await wire.refused("sendMessage", chat_id=ana.id, text="Hi", message_effect_id="5")

    assert (refusal.code, ana.sees()) == (501, "")
    assert sandbox.unmodelled == ["sendMessage: the parameter message_effect_id"]


async def test_a_parameter_of_get_updates_that_is_not_modelled_is_refused(wire: Wire, sandbox: Sandbox) -> None:
    assert (await wire.refused("getUpdates", backwards=True)).code == 501
    assert sandbox.unmodelled == ["getUpdates: the parameter backwards"]


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("deleteMessages", {"message_ids": ["x"]}),
        ("sendMessage", {"text": "Hi", "reply_parameters": [1]}),
        ("sendMessage", {"text": "Hi", "reply_parameters": {"message_id": "first"}}),
        ("setMyCommands", {"commands": [1]}),
    ],
)
async def test_a_nested_parameter_of_another_shape_is_loud(
    wire: Wire, sandbox: Sandbox, ana: Person, method: str, params: dict[str, object]
) -> None:
    chat = {} if method == "setMyCommands" else {"chat_id": ana.id}

    assert (await wire.refused(method, **chat, **params)).code == 501
    assert len(sandbox.unmodelled) == 1


async def test_json_that_does_not_parse_is_a_bad_request(wire: Wire, ana: Person) -> None:
    refusal = await wire.refused("sendMessage", chat_id=ana.id, text="Hi", reply_markup="{")

    assert refusal.description == "Bad Request: can't parse reply_markup JSON object"


async def test_what_is_not_modelled_names_no_value(wire: Wire, sandbox: Sandbox, ana: Person) -> None:
    await wire.refused("sendMessage", chat_id=ana.id, text="secret words", effect="secret effect")

    assert "secret" not in " ".join(sandbox.unmodelled)


async def test_a_clean_run_asserts_clean(wire: Wire, sandbox: Sandbox, ana: Person) -> None:
    await wire.says(ana.id)

    sandbox.assert_all_modelled()


async def test_calls_are_counted_by_outcome(wire: Wire, sandbox: Sandbox, ana: Person) -> None:
    await wire.says(ana.id)
    await wire.refused("sendMessage", chat_id=1, text="nobody")
    await wire.refused("sendPoll")

    calls = sandbox.calls
    assert (calls.count("sendMessage"), calls.count("sendMessage", "ok"), calls.count("sendMessage", "400")) == (
        2,
        1,
        1,
    )
    assert calls.count(outcome="501") == 1
    assert calls.count() >= 4


async def test_calls_can_be_remembered_with_what_was_said(wire: Wire, sandbox: Sandbox, ana: Person) -> None:
    await wire.says(ana.id, "one")
    await wire.refused("sendMessage", chat_id=1, text="two")

    first, second = sandbox.calls.of("sendMessage")
    assert (first.params["text"], first.outcome) == ("one", "ok")
    assert (second.outcome, second.description) == ("400", "Bad Request: chat not found")


async def test_calls_can_be_forgotten(wire: Wire, sandbox: Sandbox) -> None:
    await wire.ok("getMe")

    sandbox.calls.clear()

    assert (sandbox.calls.count(), sandbox.calls.history) == (0, [])


async def test_without_asking_no_call_is_remembered(wire: Wire) -> None:
    async with Sandbox(seed=1) as forgetful:
        await Wire(wire.http, forgetful).ok("getMe")

        assert (forgetful.calls.count("getMe"), forgetful.calls.history) == (1, [])


async def test_a_large_upload_passes(wire: Wire, ana: Person) -> None:
    body = await wire.uploads("sendDocument", "document", "big.bin", bytes(3_000_000), chat_id=ana.id)

    assert body["result"]["document"]["file_size"] == 3_000_000


async def test_a_picture_and_a_form_can_alternate_on_one_connection(wire: Wire, ana: Person) -> None:
    await wire.uploads("sendPhoto", "photo", "a.png", png(), chat_id=ana.id)
    await wire.says(ana.id, "after")

    assert [bool(message.photo) for message in ana.screen()[1:]] == [True, False]
