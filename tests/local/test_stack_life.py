"""Starting and stopping: nothing is left running, however the end comes, and each obstacle is one clear line."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from local import certificates
from local.errors import StackError
from local.ports import Ports, variable
from local.processes import Child, Identity, Run
from local.stack import ROOT, Stack

SOON = 30.0


def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + SOON
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


@contextmanager
def stack_command(folder: Path, *arguments: str, ports: Ports | None = None) -> Iterator["subprocess.Popen[str]"]:
    chosen = {variable(name): str(port) for name, port in asdict(ports or Ports.free()).items()}
    files = ["--folder", str(folder), "--settings", str(folder / "local.settings.json")]
    process = subprocess.Popen(
        [sys.executable, "-m", "local.stack", *arguments, *files],
        cwd=ROOT,
        env={**os.environ, **chosen},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stdout
        process.stdout.close()


def said_until(process: "subprocess.Popen[str]", words: str) -> str:
    assert process.stdout
    said = ""
    for line in process.stdout:
        said += line
        if words in line:
            return said
    raise AssertionError(f"the command ended without saying {words!r}: {said}")


def running_in(folder: Path) -> list[Identity]:
    run = Run.read(folder / "run.json")
    assert run is not None
    return [process for process in run.processes if process.is_running()]


@pytest.mark.stack
@pytest.mark.slow
def test_make_stack_says_how_to_start_the_host_and_make_stop_leaves_nothing_behind(tmp_path: Path) -> None:
    ports = Ports.free()
    with stack_command(tmp_path, ports=ports) as stack:
        said = said_until(stack, "make token")
        assert f"func start --port {ports.host}" in said
        assert f"SSL_CERT_FILE={tmp_path}/trust.pem" in said
        values = json.loads((tmp_path / "local.settings.json").read_text())["Values"]
        assert values["COSMOS_ENDPOINT"] == f"https://127.0.0.1:{ports.cosmos}/"
        processes = running_in(tmp_path)
        assert [process.name for process in processes] == ["azurite", "cosmos", "cloud", "eventgrid"]
        with stack_command(tmp_path, ports=Ports.free()) as second:
            assert "a stack is running already" in second.communicate()[0]
        with stack_command(tmp_path, "stop") as stop:
            assert stop.communicate()[0] == "the local stack is stopped\n"
        assert stack.wait(SOON) == 0
        assert not any(process.is_running() for process in processes)
        assert not (tmp_path / "run.json").exists()


@pytest.mark.stack
@pytest.mark.slow
def test_a_supervisor_killed_outright_takes_its_servers_with_it(tmp_path: Path) -> None:
    with stack_command(tmp_path) as stack:
        said_until(stack, "make token")
        processes = running_in(tmp_path)
        assert len(processes) == 4
        os.kill(stack.pid, signal.SIGKILL)
        until(lambda: not any(process.is_running() for process in processes), "a server outlived its supervisor")


@pytest.mark.stack
def test_a_start_broken_off_half_way_stops_what_it_had_started(tmp_path: Path) -> None:
    with stack_command(tmp_path) as stack:
        said_until(stack, "starting the local servers")
        until((tmp_path / "run.json").exists, "nothing was started")
        processes = running_in(tmp_path)
        assert processes
        stack.send_signal(signal.SIGINT)
        assert stack.wait(SOON) == 130
        assert not any(process.is_running() for process in processes)
        assert not (tmp_path / "run.json").exists()


@pytest.mark.stack
def test_a_server_that_cannot_start_is_named_with_its_last_words_and_the_others_are_stopped(tmp_path: Path) -> None:
    one, other = (certificates.ensure(tmp_path / name, now=datetime.now(UTC)) for name in ("one", "other"))
    one.key.write_bytes(other.key.read_bytes())
    stack = Stack(tmp_path / "run", tls=tmp_path / "one")
    before = set(psutil.Process().children(recursive=True))
    with pytest.raises(
        StackError, match=r"azurite ended before it was ready; the end of .*azurite\.log:\n.*key values mismatch"
    ):
        stack.start()
    assert set(psutil.Process().children(recursive=True)) <= before
    assert not stack.run_file.exists()


def test_a_taken_port_is_named_with_what_wanted_it_and_what_changes_it(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        taken = holder.getsockname()[1]
        with stack_command(tmp_path, ports=replace(Ports.free(), cosmos=taken)) as stack:
            said, _ = stack.communicate(timeout=SOON)
    assert f"error: port {taken} is taken and the Cosmos server wants it" in said
    assert "set CONTINUITY_COSMOS_PORT to another port" in said
    assert "Traceback" not in said
    assert stack.returncode == 1


def test_stop_without_a_stack_says_so(tmp_path: Path) -> None:
    with stack_command(tmp_path, "stop") as stop:
        assert stop.communicate(timeout=SOON)[0] == "no local stack is running\n"
        assert stop.returncode == 0


def test_a_host_told_of_is_recorded_and_ended_with_the_servers(tmp_path: Path) -> None:
    stack = Stack(tmp_path)
    with subprocess.Popen(["sleep", "60"]) as host:
        stack.adopt("host", host.pid)
        run = Run.read(stack.run_file)
        assert run is not None
        assert [(process.name, process.pid) for process in run.processes] == [("host", host.pid)]
        stack.stop()
        assert host.wait(SOON) == -signal.SIGTERM
    assert not stack.run_file.exists()


def test_a_server_that_ends_by_itself_is_told_with_its_last_words(tmp_path: Path) -> None:
    command = ["sh", "-c", "echo out of memory; exit 3"]
    child = Child("cosmos", command, environment=os.environ, log=tmp_path / "cosmos.log")
    try:
        assert child.result(SOON) == 3
        assert child.has_ended()
        assert str(child.trouble("has ended")) == f"cosmos has ended; the end of {child.log}:\nout of memory"
    finally:
        child.stop()


def test_a_pid_that_somebody_else_has_now_is_not_ended() -> None:
    with subprocess.Popen(["sleep", "60"]) as stranger:
        try:
            real = Identity.of("stranger", stranger.pid)
            recycled = replace(real, started=real.started - 3600)
            assert real.is_running()
            assert not recycled.is_running()
            recycled.end()
            assert stranger.poll() is None
        finally:
            real.end()
        assert stranger.wait(SOON) == -signal.SIGTERM


def test_a_process_that_ignores_the_request_to_end_is_ended_all_the_same() -> None:
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"deaf\n"
        Identity.of("deaf", process.pid).end(patience=0.2)
        assert process.wait(SOON) == -signal.SIGKILL


def test_a_foreign_program_on_the_leash_ends_with_its_supervisor_and_passes_on_its_exit_code() -> None:
    leashed = [sys.executable, "-m", "local.leash"]
    with subprocess.Popen([*leashed, "sh", "-c", "exit 7"], cwd=ROOT, stdin=subprocess.PIPE) as wrapper:
        assert wrapper.wait(SOON) == 7
    with subprocess.Popen([*leashed, "sleep", "60"], cwd=ROOT, stdin=subprocess.PIPE) as wrapper:
        program = psutil.Process(wrapper.pid)
        until(lambda: any(child.name() == "sleep" for child in program.children()), "the program did not start")
        [sleep] = program.children()
        assert wrapper.stdin
        wrapper.stdin.close()
        until(lambda: not sleep.is_running(), "the program outlived its supervisor")
