"""Every token somebody might try, by what is wrong with it, and what the door must make of it."""

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from tests.builders import CLIENT, NOW, OFFICER
from tests.contract.key_directory import by_hand
from tests.functions.directory import (
    AUDIENCE,
    ISSUER,
    KEY_ID,
    OFFICER_BYRON,
    SUBJECT,
    Claims,
    person,
    signing_key,
    token,
)

OURS, THEIRS = signing_key(), signing_key("another directory's")
CURVE, EDWARDS = ec.generate_private_key(ec.SECP256R1()), ed25519.Ed25519PrivateKey.generate()
PUBLIC = OURS.public_key()
PEM = PUBLIC.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
DER = PUBLIC.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
HEADER: Mapping[str, object] = {"alg": "RS256", "kid": KEY_ID, "typ": "JWT"}
OTHER_TENANT = person("officer", iss="https://login.example.test/another/v2.0", tid="another")

Sign = Callable[[bytes], bytes]


def at(**change: float) -> int:
    return int((NOW + timedelta(**change)).timestamp())


def by_us(text: bytes) -> bytes:
    return RSAAlgorithm(RSAAlgorithm.SHA256).sign(text, OURS)


def by_them(text: bytes) -> bytes:
    return RSAAlgorithm(RSAAlgorithm.SHA256).sign(text, THEIRS)


def with_secret(secret: bytes) -> Sign:
    return lambda text: hmac.new(secret, text, hashlib.sha256).digest()


def headed(sign: Sign = by_us, claims: object = OFFICER_BYRON, **header: object) -> str:
    """A token no library would make; a header that is `...` is left out."""
    return by_hand({name: value for name, value in {**HEADER, **header}.items() if value is not ...}, claims, sign)


def claiming(**changes: Any) -> str:
    """A token of our directory with these claims, as no directory would make them: NaN and the like too."""
    return headed(claims=person("officer", **changes))


def written(claims: str) -> str:
    """A token of our directory whose claims are this text."""
    return headed(claims=claims.encode())


def in_algorithm(name: str, key: Any) -> str:
    return jwt.encode(dict(OFFICER_BYRON), key, algorithm=name, headers={"kid": KEY_ID})


def of_theirs(**more: object) -> dict[str, object]:
    return RSAAlgorithm.to_jwk(THEIRS.public_key(), as_dict=True) | {"kid": KEY_ID, "use": "sig"} | more


GOOD = token(OFFICER_BYRON)
FIRST, SECOND, THIRD = GOOD.split(".")
# What is not even the directory's word, and the code it is entered and counted under.
NO_TOKEN: Mapping[str, tuple[str, str]] = {
    "alg none": (headed(lambda _: b"", alg="none"), "algorithm"),
    "alg none, signed by us": (headed(alg="none"), "algorithm"),
    "alg None": (headed(lambda _: b"", alg="None"), "algorithm"),
    "alg nOnE": (headed(lambda _: b"", alg="nOnE"), "algorithm"),
    "alg rs256": (headed(alg="rs256"), "algorithm"),
    "alg null": (headed(alg=None), "algorithm"),
    "alg missing": (headed(alg=...), "algorithm"),
    "alg as a list": (headed(alg=["RS256", "none"]), "algorithm"),
    "HS256 with the public key as PEM": (headed(with_secret(PEM), alg="HS256"), "algorithm"),
    "HS256 with the public key as DER": (headed(with_secret(DER), alg="HS256"), "algorithm"),
    "HS256 with the public key, called RS256": (headed(with_secret(PEM)), "signature"),
    "HS256 with no secret": (headed(with_secret(b""), alg="HS256"), "algorithm"),
    "RS384 of our key": (in_algorithm("RS384", OURS), "algorithm"),
    "RS512 of our key": (in_algorithm("RS512", OURS), "algorithm"),
    "RS512 of another": (in_algorithm("RS512", THEIRS), "algorithm"),
    "PS256 of our key": (in_algorithm("PS256", OURS), "algorithm"),
    "ES256": (in_algorithm("ES256", CURVE), "algorithm"),
    "EdDSA": (in_algorithm("EdDSA", EDWARDS), "algorithm"),
    "ES256, called RS256": (headed(lambda text: ECAlgorithm(ECAlgorithm.SHA256).sign(text, CURVE)), "signature"),
    "an embedded jwk": (headed(by_them, jwk=of_theirs()), "signature"),
    "an embedded jwk, its own kid": (headed(by_them, kid="mine", jwk=of_theirs(kid="mine")), "key"),
    "an embedded jwk, no kid": (headed(by_them, kid=..., jwk=of_theirs()), "key"),
    "a jku": (headed(by_them, jku="https://evil.example.test/keys"), "signature"),
    "an x5u": (headed(by_them, kid="mine", x5u="https://evil.example.test/chain.pem"), "key"),
    "an x5c": (headed(by_them, x5c=[b64encode(DER).decode()]), "signature"),
    "a kid that is a path": (headed(by_them, kid="../../../../etc/passwd"), "key"),
    "a kid that is a null device": (headed(with_secret(b""), kid="/dev/null"), "key"),
    "a kid that is SQL": (headed(by_them, kid="key-1' OR 1=1 --"), "key"),
    "a kid that is an address": (headed(by_them, kid="https://evil.example.test/keys#key-1"), "key"),
    "a very long kid": (headed(by_them, kid="k" * 8000), "key"),
    "an empty kid": (headed(kid=""), "key"),
    "a kid that is a number": (headed(kid=1), "malformed"),
    "a kid that is a list": (headed(kid=[KEY_ID]), "malformed"),
    "a kid that is null": (headed(kid=None), "malformed"),
    "a kid in other letters": (headed(by_them, kid="kеy-1"), "key"),  # noqa: RUF001 - a Cyrillic e
    "a kid with a NUL": (headed(by_them, kid="key-1\x00"), "key"),
    "a kid in another case": (headed(kid="KEY-1"), "key"),
    "another tenant's kid": (headed(by_them, OTHER_TENANT, kid="their-key"), "key"),
    "another tenant's token under a kid of ours": (headed(by_them, OTHER_TENANT), "signature"),
    "our tenant's claims signed by another's": (headed(by_them), "signature"),
    "b64 false": (headed(b64=False), "malformed"),
    "b64 false, as critical": (headed(b64=False, crit=["b64"]), "malformed"),
    "an unknown crit": (headed(crit=["exp"]), "malformed"),
    "a crit that is no list": (headed(crit="exp"), "malformed"),
    "100 kB of nothing": ("A" * 100_000, "malformed"),
    "100 kB of claims": (claiming(more="x" * 75_000), "malformed"),
    "100 kB of signature": (GOOD + "A" * 100_000, "malformed"),
    "five parts": (f"{FIRST}..{SECOND}.{SECOND}.{THIRD}", "malformed"),
    "two parts": (f"{FIRST}.{SECOND}", "malformed"),
    "one part": (FIRST, "malformed"),
    "no parts": ("..", "malformed"),
    "no signature": (f"{FIRST}.{SECOND}.", "signature"),
    "a cut signature": (GOOD[:-2], "signature"),
    "other claims": (f"{FIRST}.{token(person('auditor')).split('.')[1]}.{THIRD}", "signature"),
    "a blank inside": (f"{FIRST}.{SECOND}.{THIRD[:20]} {THIRD[20:]}", "malformed"),
    "a line break inside": (f"{FIRST}.{SECOND}.{THIRD[:20]}\n{THIRD[20:]}", "malformed"),
    "letters that are not ASCII": (f"{FIRST}.{SECOND}.{THIRD}é", "malformed"),
    "bytes that are not UTF-8": (f"{FIRST}.{SECOND}.{THIRD}\udcff", "malformed"),
    "two in one header": (f"{GOOD}, Bearer {GOOD}", "malformed"),
    "two in one header, none between": (f"{GOOD},{GOOD}", "malformed"),
    "the scheme twice": (f"Bearer {GOOD}", "malformed"),
    "claims that say something twice": (written(json.dumps(dict(OFFICER_BYRON))[:-1] + ', "roles": []}'), "malformed"),
    "claims that are no object": (written('["officer"]'), "malformed"),
    "claims that are no JSON": (written("{"), "malformed"),
    "claims as deep as a well": (written("[" * 9000), "malformed"),
    "a number as long as a street": (written('{"exp": ' + "9" * 9000 + "}"), "malformed"),
}
# What our directory says, and we do not take.
NOT_OURS: Mapping[str, tuple[str, str]] = {
    "another issuer": (claiming(iss="https://login.example.test/another/v2.0"), "issuer"),
    "an issuer that begins like ours": (claiming(iss=f"{ISSUER}.evil.example.test"), "issuer"),
    "several issuers": (claiming(iss=[ISSUER]), "issuer"),
    "no issuer": (claiming(iss=None), "issuer"),
    "another audience": (claiming(aud="api://another"), "audience"),
    "a list of other audiences": (claiming(aud=["api://another", "https://graph.example.test"]), "audience"),
    "an empty list of audiences": (claiming(aud=[]), "audience"),
    "an object of audiences": (claiming(aud={AUDIENCE: AUDIENCE}), "audience"),
    "no audience": (claiming(aud=None), "audience"),
    "begins in 61 seconds": (claiming(nbf=at(seconds=61)), "not-yet"),
    "begins as a text": (claiming(nbf="0"), "not-yet"),
    "no beginning": (claiming(nbf=None), "not-yet"),
    "expired 60 seconds ago": (claiming(exp=at(seconds=-60)), "expired"),
    "expires as a text": (claiming(exp=str(at(hours=1))), "expired"),
    "expires as a truth": (claiming(exp=True), "expired"),
    "no expiry": (claiming(exp=None), "expired"),
    "expires at NaN": (claiming(exp=float("nan")), "expired"),
    "expires at infinity": (claiming(exp=float("inf")), "expired"),
    "expires beyond all time": (claiming(exp=2**60), "expired"),
    "expires at a number no float can hold": (claiming(exp=10**400), "expired"),
    "names nobody": (claiming(oid=None), "subject"),
    "an officer that is a list": (claiming(employeeid=[OFFICER]), "claim"),
    "an officer that is a number": (claiming(employeeid=1234), "claim"),
    "an officer that is empty": (claiming(employeeid=""), "claim"),
    "a borough that is an object": (claiming(borough={"is": "Hackney"}), "claim"),
    "no client": (claiming(azp=None), "client"),
    "an empty client": (claiming(azp=""), "client"),
    "a client that is a list": (claiming(azp=[CLIENT]), "client"),
    "an ID token of our own registration": (claiming(azp=None, nonce="n-0S6", ver="2.0"), "client"),
    "a dock's without a client": (headed(claims=person("dock", azp=None)), "client"),
}
# Who is somebody, and may not: the actor under whose name it is entered.
NOT_ALLOWED: Mapping[str, tuple[Claims, str]] = {
    "no roles": (person(), OFFICER),
    "an empty list of roles": (person(roles=[]), OFFICER),
    "an unknown role": (person("global-administrator"), OFFICER),
    "a role in another case": (person("Officer"), OFFICER),
    "roles in one text": (person(roles="officer supervisor"), OFFICER),
    "roles that are an object": (person(roles={"officer": True}), OFFICER),
    "roles in lists of lists": (person(roles=[[["officer"]]]), OFFICER),
    "a scope that says officer": (person(scp="officer", groups=["officer"], wids=["officer"]), OFFICER),
    "an officer without the claim": (person("officer", employeeid=None), SUBJECT),
    "a supervisor without the claim": (person("supervisor", borough=None), OFFICER),
}
