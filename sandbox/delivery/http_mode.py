"""Signed HTTP: the same requests as POSTs to the app's request URL (docs.slack.dev, "Verifying requests")."""

import asyncio
import hashlib
import hmac
import json
from typing import NoReturn
from urllib.parse import urlencode

import httpx

from sandbox.delivery.envelope import Ack, Drop, Envelope, EnvelopeKind, NotAckedError, Outcome
from sandbox.documents import JsonObject
from sandbox.ids import Clock, new_id
from sandbox.tls import tls_context

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
USER_AGENT = "Slackbot 1.0 (+https://api.slack.com/robots)"
HTTP_OK = 200


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Slack's v0 signature of a request body."""
    digest = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256)
    return f"v0={digest.hexdigest()}"


class HttpMode:
    """Posts to one request URL for commands, interactions and events alike."""

    def __init__(self, url: str, secret: str, clock: Clock) -> None:
        self.url = url
        self._secret, self._clock = secret, clock

    async def carry(self, envelope: Envelope, seconds: float) -> Ack:
        """Post and wait for a 200. Anything else is `dispatch_failed`, silence is `operation_timeout`."""
        body, content_type = _body(envelope)
        headers = self._headers(envelope, content_type, body)
        if envelope.drop is Drop.BEFORE_ACK:
            await self._post_and_hang_up(body, headers)
        response = await self._post(body, headers, seconds)
        if response.status_code != HTTP_OK:
            wants_retry = response.headers.get("x-slack-no-retry") != "1"
            raise NotAckedError(Outcome.DISPATCH_FAILED, retry=wants_retry)
        return Ack(_answer(response))

    async def verify(self, seconds: float) -> bool:
        """Slack's url_verification: whether the URL gives the challenge back."""
        challenge = new_id("", 40)
        payload = {"type": "url_verification", "challenge": challenge}
        try:
            ack = await self.carry(Envelope(EnvelopeKind.EVENT, payload), seconds)
        except NotAckedError:
            return False
        return challenge in {ack.payload.get("challenge"), ack.payload.get("text")}

    async def _post(self, body: bytes, headers: dict[str, str], seconds: float) -> httpx.Response:
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=seconds, verify=tls_context()) as client:
                return await client.post(self.url, content=body, headers=headers)
        except httpx.TimeoutException:
            raise NotAckedError(Outcome.OPERATION_TIMEOUT) from None
        except httpx.HTTPError:
            raise NotAckedError(Outcome.DISPATCH_FAILED) from None

    async def _post_and_hang_up(self, body: bytes, headers: dict[str, str]) -> NoReturn:
        """Send the whole request and close the connection before anyone could answer."""
        url = httpx.URL(self.url)
        lines = [f"POST {url.raw_path.decode()} HTTP/1.1", f"Host: {url.netloc.decode()}"]
        lines += [f"{name}: {value}" for name, value in (headers | {"Content-Length": str(len(body))}).items()]
        try:
            _, writer = await asyncio.open_connection(url.host, url.port or 80)
        except OSError:
            raise NotAckedError(Outcome.DISPATCH_FAILED) from None
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        await writer.drain()
        writer.close()
        raise NotAckedError(Outcome.OPERATION_TIMEOUT)

    def _headers(self, envelope: Envelope, content_type: str, body: bytes) -> dict[str, str]:
        # The app's time, whatever the workspace's clock says: the app compares it with its own.
        timestamp = str(int(self._clock()))
        headers = {
            "Content-Type": content_type,
            "User-Agent": USER_AGENT,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self._secret, timestamp, body),
        }
        if envelope.retry_attempt:
            headers |= {"X-Slack-Retry-Num": str(envelope.retry_attempt), "X-Slack-Retry-Reason": envelope.retry_reason}
        return headers


def _body(envelope: Envelope) -> tuple[bytes, str]:
    if envelope.kind is EnvelopeKind.EVENT:
        return json.dumps(envelope.payload).encode(), JSON
    if envelope.kind is EnvelopeKind.COMMAND:
        return urlencode(envelope.payload).encode(), FORM
    return urlencode({"payload": json.dumps(envelope.payload)}).encode(), FORM


def _answer(response: httpx.Response) -> JsonObject:
    text = response.text
    if not text.strip():
        return {}
    if response.headers.get("content-type", "").startswith(JSON):
        document = json.loads(text)
        return document if isinstance(document, dict) else {}
    return {"text": text}
