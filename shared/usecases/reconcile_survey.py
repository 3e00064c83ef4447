"""Survey: all places a run of reconcile is to look at, from the folders there are and the calendar.

The storage is asked for what lies directly in its root, in each borough's folder, in each year's, and in the months
that have their turn: some hundreds of short listings for a force of 32 boroughs.
"""

from asyncio import to_thread
from collections.abc import AsyncIterator, Sequence
from datetime import date

from shared.domain.naming import slug
from shared.domain.reconcile import Folder
from shared.domain.reconcile_rounds import (
    Turn,
    days_due,
    in_order,
    is_day,
    is_month,
    month_is_due,
    nights_owed,
    year_of,
)
from shared.ports import Footage, Records


async def survey(*, reached: Turn | None, night: date, footage: Footage, records: Records) -> list[Turn]:
    """What is owed up to this night and was not reached, in the order in which it is to be looked at."""
    nights = nights_owed(reached, night)
    root = await footage.folder("")
    boroughs = {name: await footage.folder(name) for name in await _boroughs(root, records)}
    years = {year for held in boroughs.values() for folder in held.folders if (year := year_of(folder, night))}
    first_year = min(years | {nights[0].year - 1})
    # Some hundred thousand hashes where years are kept: the loop stays free.
    places = await to_thread(lambda: [turn for each in nights for turn in days_due(boroughs, first_year, each)])
    places += [Turn(night=night, prefix=path) for path in root.paths]
    for held in boroughs.values():
        places += [Turn(night=night, prefix=stray) async for stray in _strays(held, nights, footage)]
    return in_order(places, reached)


async def _boroughs(root: Folder, records: Records) -> set[str]:
    named = {slug(held.record.borough) for held in await records.docks()}
    return {*root.folders, *(f"{name}/" for name in named if name)}


async def _strays(borough: Folder, nights: Sequence[date], footage: Footage) -> AsyncIterator[str]:
    """What lies in a borough's folder, and is no day's (rule D3)."""
    night = nights[-1]
    for path in borough.paths:
        yield path
    for year in borough.folders:
        if year_of(year, night) is None:
            yield year
            continue
        held = await footage.folder(year)
        for path in (*held.paths, *(folder for folder in held.folders if not is_month(folder))):
            yield path
        for month in (folder for folder in held.folders if is_month(folder) and month_is_due(folder, nights)):
            beside = await footage.folder(month)
            for path in (*beside.paths, *(folder for folder in beside.folders if not is_day(folder, night))):
                yield path
