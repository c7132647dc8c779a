"""What the editor asks for and does: JSON in, JSON out. The rules are `review.desk`'s, here are their addresses."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext
from functools import wraps
from typing import Any, TypeAlias

from rapidfuzz.distance import Indel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from shopglot.errors import ShopglotError, StoreError
from shopglot.review import desk as rules
from shopglot.review import views
from shopglot.review.context import Context, context
from shopglot.review.desk import Desk, find_text
from shopglot.review.looking import Rechecked
from shopglot.review.rendering import language_of, say
from shopglot.review.security import Refused, json_body, require
from shopglot.review.workshop import Unavailable, Workshop, workshop
from shopglot.store import Store
from shopglot.store.desk.deeds import Overtaken
from shopglot.store.desk.users import User
from shopglot.store.encoding import load
from shopglot.store.reading import iso
from shopglot.types import Json

_MOST_DIFFERENCES = 2000  # characters of a text of which differences are shown


class Answered(JSONResponse):
    """JSON in ASCII: half a surrogate pair that somebody typed or a merchant wrote has no UTF-8."""

    def render(self, content: Any) -> bytes:
        """Return the body."""
        return json.dumps(content, allow_nan=False, separators=(",", ":")).encode("ascii")


Answer: TypeAlias = "Json | Response"
Handler: TypeAlias = Callable[["Call"], Answer]


class Call:
    """A request to a page, or to a text of it, by somebody who may make it."""

    def __init__(self, request: Request, role: str) -> None:
        at = request.path_params
        self.request = request
        self.market: str = at.get("market", "")
        self.user: User = require(request, role, self.market or None)
        self.listing: int = at.get("listing", 0)
        self.position: int = at.get("position", 0)
        self.language = language_of(request)
        self.context: Context = context(request)
        self.workshop: Workshop = workshop(self.context)
        self.body: dict[str, Any] = json_body(request) if request.method != "GET" else {}
        self.store: Store
        self.desk: Desk

    @property
    def page(self) -> tuple[User, str, int]:
        """Who asks, and for which page."""
        return self.user, self.market, self.listing

    @property
    def place(self) -> tuple[User, str, int, int]:
        """Who asks, and for which text."""
        return *self.page, self.position

    @property
    def audit(self) -> int | None:
        """The run whose audit sample is meant, None where the page as it stands is."""
        if "audit" in self.body:
            return None if self.body["audit"] is None else self.number("audit")
        told = self.request.query_params.get("audit", "")
        return int(told) if told.isdecimal() and len(told) < 10 else None

    def text(self, name: str, *, default: str | None = None) -> str:
        """Return a text of the body; Refused(400) where it is missing or something else."""
        found = self.body.get(name, default)
        if not isinstance(found, str):
            raise Refused(400)
        return found

    def number(self, name: str) -> int:
        """Return a whole number of the body; Refused(400) where it is none."""
        found = self.body.get(name)
        if not isinstance(found, int) or isinstance(found, bool) or not 0 <= found < 2**31:
            raise Refused(400)
        return found

    def seconds(self) -> float:
        """Return how long the person says that it took, 0 where they do not."""
        found = self.body.get("seconds", 0)
        return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else 0.0

    def segment(self) -> dict[str, Json]:
        """Return the text that is meant, as it stands now."""
        audit = self.audit
        one = self.desk.segment(*self.place, audit=audit)
        return views.of_segment(one, self.market, self.language, audit=audit is not None)

    def checked(self, found: Rechecked, target: str) -> dict[str, Json]:
        """Return what was found on a text."""
        return views.of_check(found, target, self.market, self.language)


def _answering(handler: Handler, role: str, *, sharing: bool = True) -> Callable[[Request], Response]:
    """Return the endpoint of a handler: what comes between is 409, what holds is 422, what is not there 404.

    `sharing`: what it reads it reads in one transaction, which is not for what takes long.
    """

    @wraps(handler)
    def endpoint(request: Request) -> Response:
        call = Call(request, role)
        with call.context.store() as store, store.database.sitting() if sharing else nullcontext():
            call.store = store
            call.desk = call.workshop.desk(store)
            try:
                answer = handler(call)
            except ShopglotError as error:
                if isinstance(error, StoreError):
                    raise
                answer = _complaint(call, error)
        return answer if isinstance(answer, Response) else Answered(answer)

    return endpoint


def _complaint(call: Call, error: ShopglotError) -> Response:
    """Return what somebody is told whose deed was not done."""
    more: dict[str, Json] = {}
    if isinstance(error, Overtaken):
        status, code = 409, "conflict" if error.what == "changed" else error.what
        more["theirs"] = {
            "target": error.target, "actor": error.actor, "at": None if error.at is None else iso(error.at)
        }  # fmt: skip
        if code == "conflict" and "position" in call.request.path_params:
            more["segment"] = call.segment()
    elif isinstance(error, rules.Holding):
        status, code = 422, "holding"
        more["findings"] = [views.of_finding(one, call.market, call.language) for one in error.findings]
    elif isinstance(error, rules.Missing):
        status, code = 404, "unknown"
    elif isinstance(error, rules.Refused):
        status, code = 403, "forbidden"
    elif isinstance(error, Unavailable):
        status, code = 503, "machine"
        more["detail"] = str(error)
    else:
        status, code = 400, "invalid"
        more["detail"] = str(error)
    return Answered({"error": say(call.request, f"api.{code}"), "code": code, **more}, status_code=status)


# -- pages ------------------------------------------------------------------------------------------------------------


def _read(call: Call) -> Json:
    return views.of_open(call.desk.open(*call.page, audit=call.audit), call.language)


def _claim(call: Call) -> Json | Response:
    if call.store.queue.get(call.listing, call.market) is None:
        call.desk.page(*call.page)
        return {"mine": True, "by": None, "until": None}  # it does not wait: whoever comes second is told so
    got = call.store.queue.claim(call.listing, call.market, call.user.name)
    until = None if got.claimed_until is None else iso(got.claimed_until)
    mine = got.claimed_by == call.user.name
    answer: dict[str, Json] = {"mine": mine, "by": got.claimed_by, "until": until}
    if mine:
        return answer
    answer |= {"error": say(call.request, "api.claimed"), "code": "claimed"}
    return Answered(answer, status_code=409)


def _release(call: Call) -> Json:
    call.store.queue.release(call.listing, call.market, call.user.name)
    return {}


def _comment(call: Call) -> Json:
    position = None if call.body.get("position") is None else call.number("position")
    return {"act": call.desk.comment(*call.page, position, call.text("text")).act}


def _escalate(call: Call) -> Json:
    return {"act": call.desk.escalate(*call.page, call.text("note")).act}


def _override(call: Call) -> Json:
    return {"words": list(call.desk.override(*call.page, call.text("rule"), call.text("note")))}


def _message(call: Call) -> Json:
    return {"message_zh": views.proposed_message(call.desk.open(*call.page))}


def _send_back(call: Call) -> Json:
    return {"act": call.desk.send_back(*call.page, call.text("message_zh")).act}


def _reopen(call: Call) -> Json:
    done = call.desk.reopen(*call.page)
    return {"act": done.act, "open": done.open}


def _audit(call: Call) -> Json:
    published = call.body.get("published", True)
    if not isinstance(published, bool):
        raise Refused(400)
    return {"act": call.desk.audit(*call.page, call.number("run"), published=published).act}


# -- texts ------------------------------------------------------------------------------------------------------------


def _recheck(call: Call) -> Json:
    target = call.text("target")
    found = call.desk.recheck(*call.place, target, audit=call.audit)
    return call.checked(found, target)


def _approve(call: Call) -> Json:
    why = call.body.get("dismiss")
    if why is not None and not isinstance(why, dict):
        raise Refused(400)
    dismiss = None if why is None else (str(why.get("reason", "")), str(why.get("note", "")))
    done = call.desk.approve(
        *call.place, target=call.text("target"), seen=call.text("seen"), seconds=call.seconds(), dismiss=dismiss,
        propagate=call.body.get("propagate") is True, audit=call.audit,
    )  # fmt: skip
    audit = call.audit is not None
    return {
        "segment": views.of_segment(done.segment, call.market, call.language, audit=audit),
        "page": views.of_page(done.page), "identical": done.identical, "act": done.done.act,
    }  # fmt: skip


def _reject(call: Call) -> Json:
    done = call.desk.reject(
        *call.place, seen=call.text("seen"), error=call.text("error", default=""),
        severity=call.text("severity", default=""), note=call.text("note", default=""), seconds=call.seconds(),
        audit=call.audit,
    )  # fmt: skip
    page = call.desk.page(*call.page, audit=call.audit)
    return {"segment": call.segment(), "page": views.of_page(page), "act": done.act}


def _dismiss(call: Call) -> Json:
    target = call.text("target")
    found = call.desk.dismiss(
        *call.place, target=target, finding=call.text("finding"), reason=call.text("reason"),
        note=call.text("note", default=""),
    )  # fmt: skip
    return {**call.checked(found, target), "seen": find_text(call.desk.page(*call.page), call.position).seen}


def _restore(call: Call) -> Json:
    target = call.text("target")
    found = call.desk.restore(*call.place, target=target, finding=call.text("finding"))
    return {**call.checked(found, target), "seen": find_text(call.desk.page(*call.page), call.position).seen}


def _propagate(call: Call) -> Json:
    return {"pages": call.desk.propagate(*call.place)}


def _help(call: Call) -> Json:
    page = call.desk.page(*call.page, audit=call.audit)
    standing = find_text(page, call.position)
    matches: list[Json] = []
    for match in call.workshop.matches(call.market, standing.source, standing.field):
        unit = match.unit
        matches.append({
            "source": unit.source, "target": unit.target, "ratio": round(match.similarity, 4), "kind": unit.kind,
            "by": unit.by, "provider": unit.provider, "note": unit.note,
            "diff": differences(unit.source, standing.source),
        })  # fmt: skip
    elsewhere = call.store.pages.elsewhere(call.market, call.listing, standing.path, standing.index)
    others: dict[str, Json] = {
        market: {"source": source, "target": target, "status": verdict}
        for market, (source, target, verdict) in elsewhere.items()
        if call.user.may("viewer", market)
    }
    acts = call.store.pages.said(call.market, page.merchant, page.id, standing.path, standing.index)
    return {
        "matches": matches, "others": others, "history": views.of_acts(acts, load),
        "identical": call.store.pages.identical(call.market, call.listing, standing.unit_key),
    }  # fmt: skip


def _candidates(call: Call) -> Json:
    found = call.desk.candidates(*call.place, call.workshop.ask(call.market))
    return {"candidates": [views.of_candidate(one, call.market, call.language) for one in found]}


# -- elsewhere --------------------------------------------------------------------------------------------------------


def _undo(call: Call) -> Json | Response:
    try:
        undone = call.desk.undo(call.user)
    except Overtaken as error:
        return Answered(
            {"error": say(call.request, "api.overtaken", actor=error.actor), "code": "overtaken"}, status_code=409
        )
    if undone is None:
        return Answered({"error": say(call.request, "api.nothing"), "code": "nothing"}, status_code=409)
    return {
        "undone": undone.action, "market": undone.market, "listing": undone.listing, "position": undone.position,
        "left": undone.left,
    }  # fmt: skip


def _propose(call: Call) -> Json:
    market = call.text("market")
    require(call.request, "translator", market)
    kind, listing = call.text("kind"), call.number("listing")
    page = call.desk.page(call.user, market, listing, role="translator")
    if kind not in ("term", "rule"):
        raise Refused(400)
    position = None if call.body.get("position") is None else call.number("position")
    segment = next((one for one in page.segments if one.position == position), None)
    example = "" if segment is None else segment.source
    call.store.proposals.add(
        market, kind, call.text("source"), call.text("target", default=""), field=call.text("field", default=""),
        note=call.text("note", default=""), merchant=page.merchant, listing=page.id, example=example,
        actor=call.user.name,
    )  # fmt: skip
    return {}


def differences(before: str, after: str) -> Json:
    """Return what makes one text of another: [what, text] with `same`, `gone` and `new`, in order."""
    if max(len(before), len(after)) > _MOST_DIFFERENCES:
        return [["same", after]] if before == after else [["gone", before], ["new", after]]
    found: list[Json] = []
    for step in Indel.opcodes(before, after):
        if step.tag == "equal":
            found.append(["same", before[step.src_start : step.src_end]])
            continue
        if step.src_end > step.src_start:
            found.append(["gone", before[step.src_start : step.src_end]])
        if step.dest_end > step.dest_start:
            found.append(["new", after[step.dest_start : step.dest_end]])
    return found


_PAGE = "/api/pages/{market}/{listing:int}"
_TEXT = _PAGE + "/segments/{position:int}"


def _get(path: str, handler: Handler, role: str = "viewer") -> Route:
    return Route(path, _answering(handler, role), methods=["GET"])


def _post(path: str, handler: Handler, role: str = "translator", *, sharing: bool = True) -> Route:
    return Route(path, _answering(handler, role, sharing=sharing), methods=["POST"])


routes: list[BaseRoute] = [
    _get(_PAGE, _read),
    _post(f"{_PAGE}/claim", _claim),
    _post(f"{_PAGE}/release", _release),
    _post(f"{_PAGE}/comments", _comment),
    _post(f"{_PAGE}/escalate", _escalate),
    _post(f"{_PAGE}/override", _override, "lead"),
    _get(f"{_PAGE}/send-back", _message),
    _post(f"{_PAGE}/send-back", _send_back),
    _post(f"{_PAGE}/reopen", _reopen),
    _post(f"{_PAGE}/audit", _audit),
    _post(f"{_TEXT}/recheck", _recheck, "viewer"),
    _post(f"{_TEXT}/approve", _approve),
    _post(f"{_TEXT}/reject", _reject),
    _post(f"{_TEXT}/dismiss", _dismiss),
    _post(f"{_TEXT}/restore-finding", _restore),
    _post(f"{_TEXT}/propagate", _propagate),
    _get(f"{_TEXT}/help", _help),
    _post(f"{_TEXT}/candidates", _candidates, sharing=False),
    _post("/api/undo", _undo),
    _post("/api/proposals", _propose),
]
