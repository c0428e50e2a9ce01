"""WebAuthn: challenges kept in the session, used once; credentials checked against our own origin.

Several challenges may be open at once, for two tabs; each dies at its first use.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import webauthn
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from webauthn.helpers import (
    bytes_to_base64url,
    generate_challenge,
    options_to_json_dict,
    parse_client_data_json,
)
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from colloque.accounts.errors import RefusedPasskey
from colloque.accounts.models import Method, Passkey
from colloque.kernel.clock import from_wire, now, to_wire
from colloque.kernel.encoding import EncodingError, b64u_decode

# The first is what the vault can check for a step-up: an authenticator takes the first that it knows.
KINDS = [
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
LIFETIME = timedelta(minutes=10)
MOST_OPEN = 5
NAME_LENGTH = 120


def creation_options(session: SessionBase, person: str, *, name: str) -> dict[str, Any]:
    """`name` is shown by the authenticator and kept by it alone."""
    shown = name[:NAME_LENGTH] or settings.COLLOQUE_NAME
    known = Passkey.objects.filter(method__account_id=person).values_list("credential_id", flat=True)
    options = webauthn.generate_registration_options(
        rp_id=settings.COLLOQUE_HOST,
        rp_name=settings.COLLOQUE_NAME,
        user_id=UUID(person).bytes,
        user_name=shown,
        user_display_name=shown,
        challenge=open_challenge(session),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            require_resident_key=True,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        supported_pub_key_algs=KINDS,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=bytes(one)) for one in known],
    )
    return options_to_json_dict(options)


def request_options(session: SessionBase) -> dict[str, Any]:
    """For a passkey that the person picks: no list of credentials, so nothing about anyone."""
    options = webauthn.generate_authentication_options(
        rp_id=settings.COLLOQUE_HOST,
        challenge=open_challenge(session),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(options)


def register(
    session: SessionBase, credential: Mapping[str, Any], *, method: Method, transports: list[str]
) -> Passkey:
    """Check a new credential, and keep it with the method that its PRF output opens."""
    try:
        verified = webauthn.verify_registration_response(
            credential=dict(credential),
            expected_challenge=take_challenge(session, credential),
            expected_rp_id=settings.COLLOQUE_HOST,
            expected_origin=settings.COLLOQUE_ORIGIN,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise RefusedPasskey(type(error).__name__) from error
    if Passkey.objects.filter(credential_id=verified.credential_id).exists():
        raise RefusedPasskey("known credential")
    return Passkey.objects.create(
        credential_id=verified.credential_id,
        method=method,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        transports=transports,
    )


def find(credential: Mapping[str, Any]) -> Passkey | None:
    """Find whose credential this claims to be; nothing is proven yet."""
    try:
        credential_id = b64u_decode(str(credential.get("rawId")))
    except EncodingError as error:
        raise RefusedPasskey("rawId") from error
    return (
        Passkey.objects.select_related("method__account", "method")
        .filter(credential_id=credential_id)
        .first()
    )


def verify(session: SessionBase, credential: Mapping[str, Any], passkey: Passkey) -> None:
    """Check that the authenticator signed our challenge; raise RefusedPasskey."""
    try:
        verified = webauthn.verify_authentication_response(
            credential=dict(credential),
            expected_challenge=take_challenge(session, credential),
            expected_rp_id=settings.COLLOQUE_HOST,
            expected_origin=settings.COLLOQUE_ORIGIN,
            credential_public_key=bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise RefusedPasskey(type(error).__name__) from error
    passkey.sign_count = verified.new_sign_count
    passkey.last_used_at = now()
    passkey.save(update_fields=["sign_count", "last_used_at"])


def open_challenge(session: SessionBase) -> bytes:
    challenge = generate_challenge()
    at = now()
    still = {text: until for text, until in session.get("challenges", {}).items() if from_wire(until) > at}
    kept = dict(list(still.items())[-(MOST_OPEN - 1) :])
    session["challenges"] = {**kept, bytes_to_base64url(challenge): to_wire(at + LIFETIME)}
    return challenge


def take_challenge(session: SessionBase, credential: Mapping[str, Any]) -> bytes:
    """Return the challenge that the credential answers, if it is one of ours, and let it be used no more."""
    told = parse_client_data_json(b64u_decode(credential["response"]["clientDataJSON"]))
    text = bytes_to_base64url(told.challenge)
    still = dict(session.get("challenges", {}))
    until = still.pop(text, None)
    session["challenges"] = still
    if until is None or from_wire(until) <= now():
        raise RefusedPasskey("challenge")
    return told.challenge


def transports_of(credential: Mapping[str, Any]) -> list[str]:
    response = credential.get("response")
    told = response.get("transports") if isinstance(response, Mapping) else None
    return [str(one)[:16] for one in told[:6]] if isinstance(told, list) else []
