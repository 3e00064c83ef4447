"""The region everything is pinned to, and the names of all the others, to find them wherever they are written."""

import re
from functools import lru_cache

PINNED = "uksouth"
_OTHERS = """
australiacentral australiacentral2 australiaeast australiasoutheast austriaeast belgiumcentral brazilsouth
brazilsoutheast canadacentral canadaeast centralindia centralus centraluseuap chilecentral chinaeast chinaeast2
chinaeast3 chinanorth chinanorth2 chinanorth3 denmarkeast eastasia eastus eastus2 eastus2euap francecentral
francesouth germanynorth germanywestcentral indiasouthcentral indonesiacentral israelcentral israelnorthwest
italynorth japaneast japanwest jioindiacentral jioindiawest koreacentral koreasouth malaysiasouth malaysiawest
mexicocentral newzealandnorth northcentralus northeurope norwayeast norwaywest polandcentral qatarcentral
southafricanorth southafricawest southcentralus southeastasia southindia spaincentral swedencentral swedensouth
switzerlandnorth switzerlandwest taiwannorth taiwannorthwest uaecentral uaenorth usdodcentral usdodeast usgovarizona
usgovtexas usgovvirginia ukwest westcentralus westeurope westindia westus westus2 westus3
"""
OTHERS = frozenset(_OTHERS.split())
# Places that some settings take for a region. As a part of a name they mean nothing: a time zone is "Europe/London".
_WIDER = """
asia asiapacific australia brazil canada europe france germany india japan korea newzealand norway singapore
southafrica sweden switzerland unitedstates
"""
WIDER = frozenset(_WIDER.split())
PARTS = re.compile(r"[^A-Za-z0-9]+")


@lru_cache(maxsize=65536)
def other_regions(text: str) -> frozenset[str]:
    """The regions but the pinned one that a text names: as the whole of it ("North Europe") or as a part of a name."""
    parts = frozenset(part.lower() for part in PARTS.split(text))
    whole = {PARTS.sub("", text).lower()}
    return ((parts | whole) & OTHERS) | (whole & WIDER)
