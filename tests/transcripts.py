"""Transcripts for tests and bench: names in the scripts of a London force, long reasons, and words that never end."""

from shared.domain.entry import ActorKind, Change, Entry, Reason, Trail, numbered
from shared.domain.footage import Clip
from shared.domain.note import Checkpoint
from shared.domain.transcript import Transcript
from tests.builders import CAMERA, a_clip, a_draft, an_actor, an_asking

NAMES = (
    "PC Zoë Łukasiewicz-O'Brien",
    "Γιώργος Παπαδόπουλος",
    "Дмитрий Иванов",
    "محمد",
    "יוסף",
    "মোহাম্মদ রহমান",
    "ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ",
    "முத்துலட்சுமி",
    "王小明",
    "김민준",
    "नरेन्द्र शर्मा",
    "ගුණසේකර",
    "ትግርኛ",
    "Nguyễn Văn Đạt",
    "Ẹniọlá Adébáyọ̀",
)
CHECKPOINT = Checkpoint(origin="continuity.example/ledger", size=12_345, root=bytes(range(32)))
LONGEST = "arrest for robbery, Rye Lane, with Ünïcödé and a dog; " * 4
UNBROKEN = "W" * 200


def reason(number: int) -> str:
    """200 characters each: of words, or of one word."""
    return UNBROKEN if number % 5 == 4 else f"{number} {LONGEST}"[:200]


def entries(count: int) -> list[Entry]:
    trail: Trail | None = None
    found = []
    for number in range(count):
        actor = an_actor(name=NAMES[number % len(NAMES)], kind=ActorKind.PERSON, role="officer")
        draft = a_draft(
            key=str(number),
            action="footage.categorised",
            reason=Reason(code="stated", text=reason(number)),
            changes=(Change(field="evidential", before="undecided", after="yes"),),
            asking=an_asking(actor=actor, request=f"{number:08}-0000-4000-8000-000000000000"),
        )
        entry, trail = numbered(draft, trail)
        found.append(entry)
    return found


def a_transcript(
    count: int = 1,
    *,
    clip: Clip | None = None,
    checkpoint: Checkpoint | None = CHECKPOINT,
    told: list[Entry] | None = None,
) -> Transcript:
    """Of `count` entries, or of those that are `told`."""
    shown = clip or a_clip(camera=CAMERA)
    return Transcript(clip=shown, entries=told if told is not None else entries(count), checkpoint=checkpoint)
