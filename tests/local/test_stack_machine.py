"""What the stack needs of the machine, and what it leaves on it: certificates, ports, versions, local.settings.json."""

import fcntl
import json
import socket
import ssl
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from local import certificates, environment, local_settings, preflight
from local.errors import StackError
from local.ports import Ports

NOW = datetime.now(UTC)


def test_certificates_are_made_once_and_kept(tmp_path: Path) -> None:
    first = certificates.ensure(tmp_path, now=NOW)
    before = first.certificate.read_bytes()
    assert certificates.ensure(tmp_path, now=NOW + timedelta(days=334)).certificate.read_bytes() == before


def test_certificates_are_made_again_thirty_days_before_they_end(tmp_path: Path) -> None:
    before = certificates.ensure(tmp_path, now=NOW).certificate.read_bytes()
    after = certificates.ensure(tmp_path, now=NOW + timedelta(days=335, seconds=1)).certificate.read_bytes()
    assert after != before


def test_the_key_is_for_its_owner_only_and_the_authority_can_sign_nothing_more(tmp_path: Path) -> None:
    made = certificates.ensure(tmp_path, now=NOW)
    assert stat.S_IMODE(made.key.stat().st_mode) == 0o600
    assert sorted(file.name for file in tmp_path.iterdir()) == ["authority.pem", "lock", "server.key", "server.pem"]
    authority = x509.load_pem_x509_certificate(made.authority.read_bytes())
    x509.load_pem_x509_certificate(made.certificate.read_bytes()).verify_directly_issued_by(authority)


def test_whoever_asks_while_another_is_making_them_waits_and_gets_a_pair_that_fits(tmp_path: Path) -> None:
    with (tmp_path / "lock").open("w") as making, ThreadPoolExecutor(1) as second:
        fcntl.flock(making, fcntl.LOCK_EX)
        asking = second.submit(certificates.ensure, tmp_path, now=NOW)
        with pytest.raises(TimeoutError):
            asking.result(timeout=0.3)
        assert not (tmp_path / "server.pem").exists()
        fcntl.flock(making, fcntl.LOCK_UN)
        made = asking.result(timeout=30)
    ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(made.certificate, made.key)


def test_a_joined_bundle_trusts_the_authorities_of_both(tmp_path: Path) -> None:
    one, other = (certificates.ensure(tmp_path / name, now=NOW).authority for name in ("one", "other"))
    both = certificates.joined(one, other, tmp_path / "trust.pem")
    assert len(ssl.create_default_context(cafile=str(both)).get_ca_certs()) == 2
    assert certificates.of_machine().exists()


def test_free_ports_differ_and_none_is_where_outgoing_connections_get_theirs() -> None:
    found = list(asdict(Ports.free()).values())
    assert len(set(found)) == 6
    assert max(found) < 32_768


def test_a_port_is_chosen_by_its_variable_and_the_rest_stay(tmp_path: Path) -> None:
    chosen = Ports.from_environment({"CONTINUITY_BLOB_PORT": "10100", "CONTINUITY_HOST_PORT": ""})
    assert chosen == replace(Ports(), blob=10100)


@pytest.mark.parametrize("text", ["0", "65536", "-1", "http", "8 0"])
def test_a_port_that_is_none_is_named_with_its_variable(text: str) -> None:
    with pytest.raises(StackError, match="CONTINUITY_QUEUE_PORT must be a port number"):
        Ports.from_environment({"CONTINUITY_QUEUE_PORT": text})


def test_only_the_ports_asked_about_are_checked() -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        ports = replace(Ports.free(), host=holder.getsockname()[1])
        ports.check("blob", "queue")
        with pytest.raises(StackError, match="is taken and the Functions host wants it"):
            ports.check("host")


@pytest.mark.parametrize(("version", "fits"), [((3, 10), False), ((3, 11), True), ((3, 12), True), ((3, 13), False)])
def test_python_must_be_3_11_or_3_12(version: tuple[int, int], fits: bool) -> None:
    if fits:
        preflight.check_python(version)
        return
    with pytest.raises(StackError, match=r"install Python 3\.11 or 3\.12"):
        preflight.check_python(version)


def a_node(folder: Path, says: str) -> str:
    node = folder / "node"
    node.write_text(f"#!/bin/sh\necho {says}\n")
    node.chmod(0o755)
    return str(folder)


def test_node_must_be_there_and_20_or_newer(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="Node is missing: install Node 20 or newer"):
        preflight.check_node(str(tmp_path))
    with pytest.raises(StackError, match=r"Node v18\.19\.1 is too old"):
        preflight.check_node(a_node(tmp_path, "v18.19.1"))
    preflight.check_node(a_node(tmp_path, "v20.0.0"))
    preflight.check_node(a_node(tmp_path, "v24.1.0"))


def test_missing_packages_are_cured_by_make_setup(tmp_path: Path) -> None:
    with pytest.raises(StackError, match=r"azurite is not installed in .*: run `make setup`"):
        preflight.check_packages(tmp_path)


def test_local_settings_are_written_again_but_never_over_somebody_elses(tmp_path: Path) -> None:
    file = tmp_path / "local.settings.json"
    local_settings.write(file, {"A": "1"}, 7071)
    local_settings.write(file, {"A": "2"}, 7072)
    content = json.loads(file.read_text())
    assert (content["Values"], content["Host"]) == ({"A": "2"}, {"LocalHttpPort": 7072})
    for theirs in ('{"IsEncrypted": false, "Values": {"SECRET": "theirs"}}', "not json"):
        file.write_text(theirs)
        with pytest.raises(StackError, match="was not written by this program"):
            local_settings.write(file, {"A": "3"}, 7071)
        assert file.read_text() == theirs


def test_a_child_gets_no_proxy_and_our_trust_whatever_the_machine_has(tmp_path: Path) -> None:
    ports, made = Ports(), certificates.ensure(tmp_path, now=NOW)
    inherited = {"https_proxy": "http://proxy", "HTTP_PROXY": "x", "SSL_CERT_FILE": "theirs", "PATH": "/bin"}
    child = environment.child_environment(inherited, environment.settings(ports, made, "header"))
    assert not {"https_proxy", "HTTP_PROXY"} & child.keys()
    assert child["PATH"] == "/bin"
    trusted = {child[name] for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")}
    assert trusted == {str(made.authority)}
    assert child["NO_PROXY"] == child["no_proxy"] == "127.0.0.1,localhost"


def test_importing_the_stack_does_not_import_aiohttp_before_trust_is_set() -> None:
    code = "import sys, local.stack, local.tokens; sys.exit('aiohttp' in sys.modules)"
    root = Path(__file__).parent.parent.parent
    done = subprocess.run([sys.executable, "-c", code], cwd=root, check=False)
    assert done.returncode == 0
