"""The Bot API over HTTP on localhost: parsing what comes over the wire, answering as Telegram does."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http_parser import RawRequestMessage
from aiohttp.streams import StreamReader
from aiohttp.web_protocol import RequestHandler

from .calls import Calls
from .errors import NotModelledError, RefusedError, too_many_requests
from .faults import Fault, Faults
from .methods import METHODS, POLL_PARAMETERS
from .params import Params, Upload
from .world import World

_MAX_REQUEST = 60 * 1024 * 1024
# What reading a nested parameter of an unexpected shape raises: loud, like everything that is not modelled.
_MALFORMED = (AttributeError, KeyError, TypeError, ValueError)
_OK = '{"ok":true,"result":'


class BotApi:
    """Answers HTTP requests of the bot out of the world's state."""

    def __init__(self, world: World, calls: Calls, faults: Faults) -> None:
        self._world = world
        self._calls = calls
        self._faults = faults
        self._runner: web.ServerRunner | None = None
        self.in_progress = 0
        self.port = 0

    async def start(self, port: int) -> None:
        server = web.Server(self._handle, request_factory=_request, handler_cancellation=True, access_log=None)
        self._runner = web.ServerRunner(server, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.port = int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        self._world.updates.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        _, first, *rest = request.path.split("/")
        if first == "file" and rest:
            return self._download(rest[0], "/".join(rest[1:]))
        if not first.startswith("bot") or len(rest) != 1:
            return _refusal(404, "Not Found")
        if first != f"bot{self._world.token}":
            return _refusal(401, "Unauthorized")
        if rest[0].lower() == "getupdates":
            return await self._poll(request)
        self.in_progress += 1
        try:
            return await self._call(request, rest[0])
        finally:
            self.in_progress -= 1
            self._world.settling.ring()

    async def _call(self, request: web.BaseRequest, name: str) -> web.StreamResponse:
        params = await _params(request)
        if self._faults.lag:
            await asyncio.sleep(self._faults.lag)
        method = METHODS.get(name.lower())
        name = method.name if method else name
        fault = self._faults.due(name)
        if fault is None:
            return self._answered(name, params)
        if fault.after_effect:
            self._answered(name, params)
        self._calls.note(name, params.values, "fault", self._world.now())
        return _broken(request, fault)

    def _answered(self, name: str, params: Params) -> web.Response:
        outcome, description = "ok", ""
        try:
            return _result(json.dumps(self._effect(name, params)))
        except RefusedError as refusal:
            outcome, description = str(refusal.code), refusal.description
            return _refusal(refusal.code, description, refusal.retry_after)
        except (NotModelledError, *_MALFORMED) as error:
            gap = error if isinstance(error, NotModelledError) else "parameters of this shape"
            outcome, description = "501", f"Not Implemented: the sandbox does not model {gap} ({name})"
            self._world.unmodelled.append(f"{name}: {gap}")
            return _refusal(501, description)
        finally:
            self._calls.note(name, params.values, outcome, self._world.now(), description)

    def _effect(self, name: str, params: Params) -> Any:
        method = METHODS.get(name.lower())
        if method is None:
            raise NotModelledError("this method")
        _refuse_unknown(params, method.known)
        if method.is_send and (seconds := self._faults.flooded()):
            raise too_many_requests(seconds)
        return method.does(self._world, params)

    async def _poll(self, request: web.BaseRequest) -> web.StreamResponse:
        params = await _params(request)
        fault = self._faults.due("getUpdates")
        if fault is not None:
            self._calls.note("getUpdates", {}, "fault", self._world.now())
            return _broken(request, fault)
        try:
            _refuse_unknown(params, POLL_PARAMETERS)
            self._world.updates.allow(params.json("allowed_updates"))
            updates = await self._world.updates.poll(
                params.integer("offset"), params.integer("limit", 100), float(params.integer("timeout"))
            )
        except RefusedError as refusal:
            self._calls.note("getUpdates", {}, str(refusal.code), self._world.now(), refusal.description)
            return _refusal(refusal.code, refusal.description)
        except NotModelledError as gap:
            self._world.unmodelled.append(f"getUpdates: {gap}")
            return _refusal(501, f"Not Implemented: the sandbox does not model {gap} (getUpdates)")
        self._calls.note("getUpdates", {}, "ok", self._world.now())
        return _result(f"[{','.join(updates)}]")

    def _download(self, bot: str, path: str) -> web.StreamResponse:
        if bot != f"bot{self._world.token}":
            return _refusal(401, "Unauthorized")
        stored = self._world.files.at_path(path)
        if stored is None:
            return _refusal(404, "Not Found")
        return web.Response(body=stored.data, content_type="application/octet-stream")


def _request(
    message: RawRequestMessage,
    payload: StreamReader,
    protocol: RequestHandler,
    writer: AbstractStreamWriter,
    task: asyncio.Task[None],
) -> web.BaseRequest:
    loop = asyncio.get_running_loop()
    return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=_MAX_REQUEST)


async def _params(request: web.BaseRequest) -> Params:
    values: dict[str, Any] = dict(request.query) if request.query_string else {}
    if request.content_type == "application/x-www-form-urlencoded":
        values.update(parse_qsl((await request.read()).decode(), keep_blank_values=True))
        return Params(values)
    if request.content_type == "application/json":
        values.update(json.loads(await request.read() or b"{}"))
        return Params(values)
    uploads: dict[str, Upload] = {}
    if request.content_type == "multipart/form-data":
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                uploads[name] = Upload(value.filename, value.file.read())
            else:
                values[name] = value
    return Params(values, uploads)


def _broken(request: web.BaseRequest, fault: Fault) -> web.Response:
    if fault.drops and request.transport is not None:
        request.transport.abort()
    return web.Response(text=fault.body, status=fault.status, content_type="text/html")


def _refuse_unknown(params: Params, known: frozenset[str]) -> None:
    unknown = params.values.keys() - known
    if unknown:
        raise NotModelledError(f"the parameter {', '.join(sorted(unknown))}")


def _result(result: str) -> web.Response:
    return web.Response(body=f"{_OK}{result}}}".encode(), content_type="application/json")


def _refusal(code: int, description: str, retry_after: int | None = None) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
    if retry_after is not None:
        body["parameters"] = {"retry_after": retry_after}
    return web.Response(body=json.dumps(body).encode(), status=code, content_type="application/json")
