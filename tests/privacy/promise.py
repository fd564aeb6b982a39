"""The log-scan promise as a plugin of pytest: it holds a whole run to it, in one process or in many.

Apart from `tests/conftest.py`, which is slow to import, so that the plugin can be tried in a run of its own.
"""

from __future__ import annotations

import logging
import warnings
from typing import TYPE_CHECKING

import pytest

from bot.logs import hold_chatty_loggers
from tests.privacy.records import Leak, Records, Secrets, told

if TYPE_CHECKING:
    from xdist.workermanage import WorkerController

SPEAKS_TO_ITS_OPERATOR = ("tests/command_line", "tests/demo", "tests/sandbox")
LEAKS = "leaks"
"""Under which name a worker tells the controller where secrets stood: pairs of logger and template."""


class LogPromise:
    """Hears every record of the whole run at DEBUG; at its end none may hold what a test called a secret.

    Under xdist every worker hears its own tests, and only the controller's exit status counts: workers tell it.
    """

    def __init__(self) -> None:
        self.records = Records()
        self.secrets = Secrets()
        self.told_by_workers: set[Leak] = set()

    @property
    def leaks(self) -> list[Leak]:
        """Every place where a secret stood, in this process or in a worker of it."""
        return sorted(self.told_by_workers.union(self.records.leaks(self.secrets)))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """What was printed counts as logged: tracebacks end up there. The command line may print to its operator."""
        self.records.hear(f"standard error of {report.nodeid}", report.capstderr)
        if not report.nodeid.startswith(SPEAKS_TO_ITS_OPERATOR):
            self.records.hear(f"standard output of {report.nodeid}", report.capstdout)

    def pytest_warning_recorded(self, warning_message: warnings.WarningMessage, nodeid: str) -> None:
        """A warning's text is printed at the end of a run, where warnings are no errors."""
        self.records.hear(f"a warning of {nodeid}", str(warning_message.message))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: WorkerController) -> None:
        """A worker's leaks are the run's; one that died has told nothing, which is no proof of silence."""
        told_here = getattr(node, "workeroutput", {}).get(LEAKS)
        died = [(f"worker {node.gateway.id}", "(it ended before it could tell)")]
        self.told_by_workers.update(Leak(*place) for place in (died if told_here is None else told_here))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """A leak fails the run, whatever the tests said."""
        leaks = self.leaks
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput[LEAKS] = [(one.logger, one.template) for one in leaks]
        if leaks:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Logger and template only: the report must not be a leak itself."""
        leaks = self.leaks
        if leaks:
            terminalreporter.section("the log-scan promise is broken", red=True)
            terminalreporter.write_line(told(leaks))


PROMISE = pytest.StashKey[LogPromise]()


def pytest_configure(config: pytest.Config) -> None:
    """From the first import on, as in production: libraries that print what they handle are held."""
    hold_chatty_loggers()
    promise = config.stash[PROMISE] = LogPromise()
    logging.getLogger().addHandler(promise.records)
    logging.getLogger().setLevel(logging.DEBUG)
    config.pluginmanager.register(promise, "log-promise")
    config.add_cleanup(lambda: logging.getLogger().removeHandler(promise.records))


@pytest.fixture
def secrets(request: pytest.FixtureRequest) -> Secrets:
    """What no record of the run may hold: a test that makes people outside `world` adds them."""
    return request.config.stash[PROMISE].secrets
