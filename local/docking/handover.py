"""Gets one recording into the store: a grant, the blocks that are not there yet, the commit.

H1  With a journal the grant is asked for the same recording again, and only what is missing is sent.
H2  A journal the service does not acknowledge (it knows no such recording) is dropped: a new grant.
H3  Blocks that storage threw away meanwhile are sent again, once.
H4  A recording that is committed already is left alone: its receipt tells whose bytes they are.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from local.docking.bandwidth import Bandwidth
from local.docking.door import AlreadyCommitted, Door, Grant
from local.docking.faults import Refused
from local.docking.journal import Journal
from local.docking.progress import Step
from local.docking.recording import Fingerprint, Recording
from local.docking.telling import Teller
from local.docking.upload import BlocksGone, Parcel, Upload

NOT_KNOWN = (400, 404)


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    recording: Recording
    fingerprint: Fingerprint
    parcel: Parcel
    door: Door
    journal: Journal
    bandwidth: Bandwidth
    teller: Teller

    async def run(self) -> str:
        """The id under which the recording is in the store, put there just now or before."""
        name = self.recording.continues or self.journal.recording
        try:
            grant = await self._granted(name)
            name = grant.recording
            await self.journal.begin(name)
            self.teller.granted(grant)
            await self._upload(grant)
        except AlreadyCommitted:
            if name is None:  # the door raises it only when it was asked about one
                raise
            self.teller.found_there(name)
        return name

    async def _granted(self, name: str | None) -> Grant:
        try:
            return await self._ask(name)
        except Refused as refused:
            if refused.status not in NOT_KNOWN or name is None or self.recording.continues:
                raise
            self.teller.trouble(f"the service does not go on with {name} ({refused.status}): beginning anew")
            return await self._ask(None)

    async def _ask(self, name: str | None) -> Grant:
        return await self.door.grant(self.recording, self.fingerprint, told=self.teller.trouble, continues=name)

    async def _upload(self, grant: Grant) -> None:
        held = sum(self.parcel.length(number) for number in self.journal.acknowledged)
        self.teller.goes_on(held)
        try:
            await self._once(grant)
        except BlocksGone:
            self.teller.trouble("storage no longer has all the blocks it acknowledged: sending them again")
            await self.journal.blocks_are_gone()
            self.teller.goes_on(0)
            await self._again(grant)

    async def _again(self, grant: Grant) -> None:
        try:
            await self._once(grant)
        except BlocksGone:
            raise Refused("storage does not have the blocks it has just acknowledged", status=NOT_KNOWN[0]) from None

    async def _once(self, grant: Grant) -> None:
        await Upload(
            self.parcel,
            grant,
            journal=self.journal,
            bandwidth=self.bandwidth,
            renew=self._renewal_of(grant.recording),
            session=self.door.session,
            patience=self.door.patience,
            told=self.teller.trouble,
            sent=self.teller.sent,
        ).run()

    def _renewal_of(self, name: str) -> Callable[[], Awaitable[Grant]]:
        async def renew() -> Grant:
            fresh = await self._ask(name)
            self.teller.says(Step.RENEWED)
            return fresh

        return renew
