"""Who knocks at each door of the access table, and how: one good request for each door, in one circumstance."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from functions.parsing import version_out
from shared.domain.footage import Borough, Clip, Decision, DockId, Evidential, Fixity, Integrity, OfficerId, State
from shared.domain.reconcile_report import Reconciliation, run_of
from tests.builders import (
    BOROUGH,
    CAMERA,
    DOCK,
    NOW,
    OFFICER,
    OTHER_BOROUGH,
    OTHER_OFFICER,
    RECORDING,
    SHA256,
    SIZE,
    a_clip,
    a_decision,
    a_dock,
    a_grant,
    a_session,
    an_approval,
    an_entry,
)
from tests.functions.directory import DOCK_ITSELF, Claims, person
from tests.functions.feed_knocks import at_the_entries
from tests.functions.ledger_knocks import (
    at_a_tile,
    at_the_checkpoint,
    at_the_consistency,
    at_the_cosignatures,
    at_the_proof,
)
from tests.functions.world import Answered, MemoryService

WHO: Mapping[str, Claims | None] = MappingProxyType(
    {
        "officer": person("officer"),
        "supervisor": person("supervisor"),
        "evidence-manager": person("evidence-manager"),
        "disclosure-officer": person("disclosure-officer"),
        "auditor": person("auditor", borough=None),
        "borough-auditor": person("auditor"),
        "operator": person("operator"),
        "dock": DOCK_ITSELF,
        "no-role": person(),
        "nobody": None,
    }
)
WHOSE: Mapping[str, tuple[OfficerId, Borough]] = MappingProxyType(
    {
        "own": (OFFICER, BOROUGH),
        "borough": (OTHER_OFFICER, BOROUGH),
        "other": (OTHER_OFFICER, OTHER_BOROUGH),
    }
)
ANOTHER = a_dock(id=DockId("dock-camden-02"), client="5a1d7f34-1111-4222-8333-944455566677")


@dataclass(frozen=True, slots=True, kw_only=True)
class Knock:
    """A caller at a door in one circumstance."""

    world: MemoryService
    door: str
    who: Claims | None
    where: str

    async def ask(self, **sent: Any) -> Answered:
        return await self.world.ask(self.door, self.who, **sent)

    def clip(self, **changes: Any) -> Clip:
        officer, borough = WHOSE[self.where]
        return self.world.hold(a_clip(officer=officer, borough=borough, **changes))

    def dock(self) -> DockId:
        """The dock that is asked for; the register knows both."""
        self.world.records.put(a_dock(), ANOTHER)
        return DOCK if self.where == "itself" else ANOTHER.id


async def at_a_clip(knock: Knock) -> Answered:
    return await knock.ask(route={"id": knock.clip().id})


async def at_playback(knock: Knock) -> Answered:
    return await knock.ask(route={"id": knock.clip().id}, body={"reason": "to prepare my statement"})


async def changing(knock: Knock, clip: Clip, **body: str) -> Answered:
    """A change of the clip as an evidence manager has just seen it."""
    seen = await knock.world.ask("read", person("evidence-manager"), route={"id": clip.id})
    return await knock.ask(route={"id": clip.id}, body=body, headers={"If-Match": seen.etag})


async def at_the_category(knock: Knock) -> Answered:
    return await changing(knock, knock.clip(), category="arrest", evidential="no", reason="nothing happened")


async def at_the_officer(knock: Knock) -> Answered:
    return await changing(knock, knock.clip(), officer="P5", reason="the roster was wrong")


async def at_the_incident(knock: Knock) -> Answered:
    return await changing(knock, knock.clip(), incident="CAD 9", reason="the same stop")


async def at_the_release(knock: Knock) -> Answered:
    clip = knock.clip(state=State.QUARANTINED, quarantine=("truncated",))
    return await changing(knock, clip, reason="watched it whole")


async def at_the_undo(knock: Knock) -> Answered:
    decided = knock.clip(decision=a_decision(), undoable=Decision())
    return await changing(knock, decided, reason="it was the other clip")


async def at_many(knock: Knock) -> Answered:
    """What one clip of many meets is what the table says; that some met it is 207."""
    clip = knock.clip()
    held = await knock.world.records.clip(clip.id)
    assert held is not None
    said = {"category": "arrest", "evidential": "no", "reason": "nothing happened"}
    answered = await knock.ask(body={"clips": [{"id": clip.id, "version": version_out(held.version), **said}]})
    if answered.status != 207:
        return answered
    (result,) = answered.json["results"]
    return replace(answered, status=result["status"])


async def at_the_notes(knock: Knock) -> Answered:
    return await knock.ask(route={"id": knock.clip().id}, body={"text": "the suspect's face is clear at 02:10"})


async def at_the_asking(knock: Knock) -> Answered:
    clip = knock.clip(decision=a_decision(evidential=Evidential.YES))
    held = await knock.world.records.clip(clip.id)
    assert held is not None
    said = {"category": "other", "evidential": "no", "reason": "it is the wrong clip"}
    return await knock.ask(body={"clip": clip.id, **said}, headers={"If-Match": f'"{version_out(held.version)}"'})


def evidence_asked_about(knock: Knock) -> Clip:
    """By somebody who is none of those who knock."""
    clip = knock.clip(decision=a_decision(evidential=Evidential.YES))
    knock.world.records.put(an_approval(clip=clip.id, officer=clip.officer, borough=clip.borough))
    return clip


async def at_the_verdict(knock: Knock) -> Answered:
    clip = evidence_asked_about(knock)
    held = await knock.world.records.approval(clip.id)
    assert held is not None
    sent = {"If-Match": version_out(held.version)}
    return await knock.ask(route={"id": clip.id}, body={"granted": True, "reason": "I watched it"}, headers=sent)


async def at_an_approval(knock: Knock) -> Answered:
    return await knock.ask(route={"id": evidence_asked_about(knock).id})


async def at_the_counts(knock: Knock) -> Answered:
    knock.clip()
    return await knock.ask()


async def at_the_approvals(knock: Knock) -> Answered:
    evidence_asked_about(knock)
    return await knock.ask()


async def at_a_worklist(knock: Knock) -> Answered:
    return await knock.ask(route={"name": "quarantine"})


async def at_a_dock(knock: Knock) -> Answered:
    return await knock.ask(route={"dock": knock.dock()})


async def at_the_search(knock: Knock) -> Answered:
    knock.clip()
    return await knock.ask()


async def at_the_feed(knock: Knock) -> Answered:
    knock.world.records.put(*an_entry(borough=WHOSE[knock.where][1]))
    return await knock.ask(query={"subject": RECORDING})


async def at_the_grants(knock: Knock) -> Answered:
    body = {
        "camera": CAMERA,
        "recordedAt": "2026-11-25T14:52:56Z",
        "size": SIZE,
        "sha256": SHA256,
        "contentType": "video/mp4",
    }
    return await knock.ask(route={"dock": knock.dock()}, body=body)


async def at_the_receipts(knock: Knock) -> Answered:
    dock = knock.dock()
    verified = Integrity(state=Fixity.VERIFIED, claimed=SHA256, sha256=SHA256, verified_at=NOW)
    knock.world.records.put(a_grant(dock=dock), a_clip(dock=dock, integrity=verified))
    return await knock.ask(route={"dock": dock, "recording": RECORDING})


async def at_the_register(knock: Knock) -> Answered:
    body = {"station": "Stoke Newington", "borough": BOROUGH, "client": ANOTHER.client}
    return await knock.ask(route={"dock": DOCK}, body=body)


async def at_the_runs(knock: Knock) -> Answered:
    return await knock.ask(body={"dryRun": False, "reason": "Event Grid was down"})


async def at_a_run(knock: Knock) -> Answered:
    report = Reconciliation(run=run_of("of long ago"), dry_run=False, started_at=NOW, round=True)
    knock.world.records.put(report)
    return await knock.ask(route={"id": report.run})


async def at_the_log_off(knock: Knock) -> Answered:
    """By somebody who is on, if they can be."""
    await knock.world.ask("log_on", knock.who)
    return await knock.ask()


async def at_the_sessions(knock: Knock) -> Answered:
    knock.world.records.put(a_session(borough=WHOSE[knock.where][1]))
    return await knock.ask()


async def at_the_revocations(knock: Knock) -> Answered:
    session = a_session()
    knock.world.records.put(session)
    return await knock.ask(body={"session": session.session, "reason": "the phone was lost"})


async def with_nothing(knock: Knock) -> Answered:
    return await knock.ask()


KNOCKS: Mapping[str, Callable[[Knock], Awaitable[Answered]]] = MappingProxyType(
    {
        "search": at_the_search,
        "read": at_a_clip,
        "poster": at_a_clip,
        "play": at_playback,
        "categorise": at_the_category,
        "correct_officer": at_the_officer,
        "correct_incident": at_the_incident,
        "release": at_the_release,
        "undo": at_the_undo,
        "categorise_many": at_many,
        "categories": with_nothing,
        "annotate": at_the_notes,
        "notes": at_a_clip,
        "ask_approval": at_the_asking,
        "decide_approval": at_the_verdict,
        "approval": at_an_approval,
        "approvals": at_the_approvals,
        "worklist": at_a_worklist,
        "worklists": at_the_counts,
        "trail": at_a_clip,
        "prove_entry": at_the_proof,
        "cosign": at_the_cosignatures,
        "ledger_checkpoint": at_the_checkpoint,
        "ledger_tile": at_a_tile,
        "ledger_consistency": at_the_consistency,
        "audit": at_the_feed,
        "feed": at_the_entries,
        "log_on": with_nothing,
        "session": with_nothing,
        "log_off": at_the_log_off,
        "my_sessions": with_nothing,
        "sessions": at_the_sessions,
        "revoke_sessions": at_the_revocations,
        "register_dock": at_the_register,
        "list_docks": with_nothing,
        "read_dock": at_a_dock,
        "health": with_nothing,
        "health_details": with_nothing,
        "keys": with_nothing,
        "openapi": with_nothing,
        "docs": with_nothing,
        "reconcile_now": at_the_runs,
        "reconciliation": at_a_run,
        "grant": at_the_grants,
        "receipt": at_the_receipts,
    }
)
