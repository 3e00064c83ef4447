"""What the inspector logged, without what asyncio says of its own.

asyncio warns where it closes a child in the moment in which that ends: it looks first, and so takes the status away.
"""

import pytest


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name != "asyncio"]
