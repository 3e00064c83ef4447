"""The local certificate authority and the one certificate every local server shows.

Made once, and made again thirty days before they end. The authority's own key is never written down, so nobody can
sign a second certificate with it: what this laptop trusts for development can be used for nothing else.
A renewed pair is seen by servers and application only when they are started again.
"""

import fcntl
import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import certifi
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

FOLDER = Path(__file__).parent.parent / ".local" / "tls"
LIFETIME = timedelta(days=365)
RENEWED_BEFORE_END = timedelta(days=30)
CLOCK_SKEW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificates:
    authority: Path
    certificate: Path
    key: Path


def ensure(folder: Path, *, now: datetime) -> Certificates:
    """Safe to call from several processes at once: the first one makes them, the others wait and use them."""
    folder.mkdir(parents=True, exist_ok=True)
    files = Certificates(
        authority=folder / "authority.pem", certificate=folder / "server.pem", key=folder / "server.key"
    )
    with _locked(folder / "lock"):
        if not _still_good(files, now):
            _make(files, now)
    return files


def trusting(authority: Path) -> dict[str, str]:
    """Environment that makes every client trust the local servers and reach them without a proxy.

    It must be set before Python starts (aiohttp reads it at import) and must overwrite, since many machines preset
    these names. The lower-case form of no_proxy wins where both are looked at.
    """
    direct = "127.0.0.1,localhost"
    names = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
    return {name: str(authority) for name in names} | {"NO_PROXY": direct, "no_proxy": direct}


def of_machine() -> Path:
    return Path(ssl.get_default_verify_paths().cafile or certifi.where())


def joined(one: Path, other: Path, target: Path) -> Path:
    """Authorities of both, for a program that calls the internet as well as us: SSL_CERT_FILE replaces, never adds."""
    target.write_bytes(one.read_bytes() + b"\n" + other.read_bytes())
    return target


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    with file.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _still_good(files: Certificates, now: datetime) -> bool:
    if not all(file.exists() for file in (files.authority, files.certificate, files.key)):
        return False
    ends = x509.load_pem_x509_certificate(files.certificate.read_bytes()).not_valid_after_utc
    return ends > now + RENEWED_BEFORE_END


def _make(files: Certificates, now: datetime) -> None:
    authority_key, server_key = generate_private_key(SECP256R1()), generate_private_key(SECP256R1())
    # A new name each time, so that a client holding an older authority says "unknown issuer", not "bad signature".
    authority_name = _name(f"Continuity local development {now:%Y-%m-%d %H:%M:%S}")
    authority = _unsigned(authority_name, authority_name, authority_key, authority_key, now)
    authority = authority.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    authority = authority.add_extension(_usage(signs_certificates=True), critical=True)
    server = _unsigned(_name("localhost"), authority_name, server_key, authority_key, now)
    server = _for_this_machine(server)
    _write(files.authority, authority.sign(authority_key, SHA256()).public_bytes(Encoding.PEM))
    _write(files.key, server_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    _write(files.certificate, server.sign(authority_key, SHA256()).public_bytes(Encoding.PEM))


def _unsigned(
    subject: x509.Name,
    issuer: x509.Name,
    key: EllipticCurvePrivateKey,
    issuer_key: EllipticCurvePrivateKey,
    now: datetime,
) -> x509.CertificateBuilder:
    signer = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCK_SKEW)
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(signer, critical=False)
    )


def _for_this_machine(server: x509.CertificateBuilder) -> x509.CertificateBuilder:
    names = [x509.IPAddress(ip_address("127.0.0.1")), x509.DNSName("localhost")]
    return (
        server.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _write(file: Path, content: bytes) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as handle:
        handle.write(content)
