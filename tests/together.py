"""A run in several processes: which tests stay together, and what all of them heard, judged as one more test.

The rooms that share a running host or a server among their tests go whole to one process, any other file by itself, in
the order in which they were collected: the long ones are among the first.

A test can only look into its own process, and what one process said may be a name that another was told. So each hands
over what it heard, and the process that began them judges it (tests/silence.py). A run of one process has nothing to
put together: there tests/house/test_silence.py is the judge.
"""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.silence import HEARD, told

NAME = "tests/house/test_silence.py::test_nothing_was_said_that_must_not_be[all processes]"
WHOLE = ("tests/contract/", "tests/e2e/")


class ByRoom(LoadScopeScheduling):  # type: ignore[misc]  # it has no types
    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return next((room for room in WHOLE if path.startswith(room)), path)


class Together:
    """The hooks of a run that may be of several processes."""

    def __init__(self, config: pytest.Config) -> None:
        self._output: dict[str, Any] | None = getattr(config, "workeroutput", None)
        self._joined = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self._output is not None:
            self._output["heard"] = HEARD.handed_over()
        elif self._joined:
            self._judge(session)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> ByRoom:
        return ByRoom(config, log)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """A process that died hands over nothing, and fails the run by itself."""
        if "heard" in (output := getattr(node, "workeroutput", None) or {}):
            HEARD.join(output["heard"])
            self._joined = True

    def _judge(self, session: pytest.Session) -> None:
        leaks = told(HEARD.leaks())
        report = pytest.TestReport(
            nodeid=NAME,
            location=(NAME.partition("::")[0], None, NAME),
            keywords={},
            outcome="failed" if leaks else "passed",
            longrepr=leaks or None,
            when="call",
        )
        session.config.hook.pytest_runtest_logreport(report=report)
        if leaks:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
