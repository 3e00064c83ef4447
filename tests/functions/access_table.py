"""The policy (DESIGN section 7) as a reader of that page types it: what each role meets at each door.

Written by hand from the page, and from nothing else. A column is a circumstance:

    own, borough, other   a clip of the caller's own; of a colleague in the same borough; of another borough
    itself, another       the dock whose register entry names the caller's client; any other dock
    there                 the one thing the door shows

`shown` and `hidden` are answers of 200 with the row in it, or counted in it, or without it; where a door takes many
clips at once, it is what the one clip meets. `borough-auditor` is an auditor whose token names a borough; `nobody` has
no token, `no-role` has one that carries no role.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

SEEN = """
                    own  borough other
officer             200  404     404
supervisor          200  200     404
evidence-manager    200  200     200
disclosure-officer  200  200     200
auditor             403  403     403
borough-auditor     403  403     403
operator            403  403     403
dock                403  403     403
no-role             403  403     403
nobody              401  401     401
"""
FOUND = """
                    own    borough other
officer             shown  hidden  hidden
supervisor          shown  shown   hidden
evidence-manager    shown  shown   shown
disclosure-officer  shown  shown   shown
auditor             403    403     403
borough-auditor     403    403     403
operator            403    403     403
dock                403    403     403
no-role             403    403     403
nobody              401    401     401
"""
PLAYED = """
                    own  borough other
officer             200  404     404
supervisor          200  200     404
evidence-manager    200  200     200
disclosure-officer  200  200     200
auditor             200  200     200
borough-auditor     200  200     200
operator            403  403     403
dock                403  403     403
no-role             403  403     403
nobody              401  401     401
"""
DESCRIBED = """
                    own  borough other
officer             200  404     404
supervisor          200  200     404
evidence-manager    200  200     200
disclosure-officer  403  403     403
auditor             403  403     403
borough-auditor     403  403     403
operator            403  403     403
dock                403  403     403
no-role             403  403     403
nobody              401  401     401
"""
ADDED = DESCRIBED.replace("200", "201")
ASKED = """
                    own    borough other
officer             shown  hidden  hidden
supervisor          shown  shown   hidden
evidence-manager    shown  shown   shown
disclosure-officer  403    403     403
auditor             403    403     403
borough-auditor     403    403     403
operator            403    403     403
dock                403    403     403
no-role             403    403     403
nobody              401    401     401
"""
FOLLOWED = """
                    own  borough other
officer             403  403     403
supervisor          200  200     404
evidence-manager    200  200     200
disclosure-officer  200  200     200
auditor             200  200     200
borough-auditor     200  200     200
operator            403  403     403
dock                403  403     403
no-role             403  403     403
nobody              401  401     401
"""
WATCHED = """
                    borough other
officer             403     403
supervisor          403     403
evidence-manager    403     403
disclosure-officer  403     403
auditor             shown   shown
borough-auditor     shown   hidden
operator            403     403
dock                403     403
no-role             403     403
nobody              401     401
"""
PROVEN = """
                    borough other
officer             403     403
supervisor          403     403
evidence-manager    403     403
disclosure-officer  403     403
auditor             200     200
borough-auditor     200     404
operator            403     403
dock                403     403
no-role             403     403
nobody              401     401
"""
MANAGED = """
                    there
officer             403
supervisor          403
evidence-manager    200
disclosure-officer  403
auditor             403
borough-auditor     403
operator            403
dock                403
no-role             403
nobody              401
"""
MANAGED_CLIP = """
                    own  borough other
officer             403  403     403
supervisor          403  403     403
evidence-manager    200  200     200
disclosure-officer  403  403     403
auditor             403  403     403
borough-auditor     403  403     403
operator            403  403     403
dock                403  403     403
no-role             403  403     403
nobody              401  401     401
"""
OPERATED = """
                    there
officer             403
supervisor          403
evidence-manager    403
disclosure-officer  403
auditor             403
borough-auditor     403
operator            200
dock                403
no-role             403
nobody              401
"""
GRANTED = """
                    itself another
officer             403    403
supervisor          403    403
evidence-manager    403    403
disclosure-officer  403    403
auditor             403    403
borough-auditor     403    403
operator            403    403
dock                201    403
no-role             403    403
nobody              401    401
"""
RECEIPTED = GRANTED.replace("201", "200")
LOOKED_UP = """
                    there
officer             200
supervisor          200
evidence-manager    200
disclosure-officer  200
auditor             200
borough-auditor     200
operator            200
dock                200
no-role             403
nobody              401
"""
SIGNED_ON = """
                    there
officer             200
supervisor          200
evidence-manager    200
disclosure-officer  200
auditor             200
borough-auditor     200
operator            200
dock                403
no-role             403
nobody              401
"""
SIGNING_ON = SIGNED_ON.replace("200", "201")
SIGNING_OFF = SIGNED_ON.replace("200", "204")
OPEN_TO_ALL = """
                    there
officer             200
supervisor          200
evidence-manager    200
disclosure-officer  200
auditor             200
borough-auditor     200
operator            200
dock                200
no-role             200
nobody              200
"""

TABLES: Mapping[str, str] = MappingProxyType(
    {
        "search": FOUND,
        "read": SEEN,
        "poster": SEEN,
        "play": PLAYED,
        "categorise": DESCRIBED,
        "correct_officer": MANAGED_CLIP,
        "correct_incident": DESCRIBED,
        "release": MANAGED_CLIP,
        "undo": DESCRIBED,
        "categorise_many": DESCRIBED,
        "categories": LOOKED_UP,
        "annotate": ADDED,
        "notes": SEEN,
        "ask_approval": ADDED,
        "decide_approval": MANAGED_CLIP,
        "approval": DESCRIBED,
        "approvals": ASKED,
        "worklist": MANAGED,
        "worklists": FOUND,
        "trail": FOLLOWED,
        "prove_entry": PROVEN,
        "cosign": OPEN_TO_ALL.replace("200", "201"),
        "ledger_checkpoint": OPEN_TO_ALL,
        "ledger_tile": OPEN_TO_ALL,
        "ledger_consistency": OPEN_TO_ALL,
        "audit": WATCHED,
        "feed": WATCHED,
        "log_on": SIGNING_ON,
        "session": SIGNED_ON,
        "log_off": SIGNING_OFF,
        "my_sessions": SIGNED_ON,
        "sessions": WATCHED,
        "revoke_sessions": MANAGED,
        "register_dock": MANAGED,
        "list_docks": MANAGED,
        "read_dock": MANAGED,
        "health": OPEN_TO_ALL,
        "health_details": OPERATED,
        "keys": OPEN_TO_ALL,
        "openapi": OPEN_TO_ALL,
        "docs": OPEN_TO_ALL,
        "reconcile_now": OPERATED,
        "reconciliation": OPERATED,
        "grant": GRANTED,
        "receipt": RECEIPTED,
    }
)


def cells() -> Iterator[tuple[str, str, str, str]]:
    """Door, role, circumstance, and what is met."""
    for door, table in TABLES.items():
        yield from ((door, *cell) for cell in cells_of(table))


def column(door: str) -> tuple[str, ...]:
    """The circumstances that the door's table has."""
    return tuple(TABLES[door].split("\n")[1].split())


def cells_of(table: str) -> Iterator[tuple[str, str, str]]:
    """Role, circumstance, and what is met."""
    header, *rows = table.strip("\n").splitlines()
    for row in rows:
        role, *met = row.split()
        yield from ((role, where, expected) for where, expected in zip(header.split(), met, strict=True))
