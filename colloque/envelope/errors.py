"""What can be wrong with something sealed. `word` names the failed check, as `reason` does in TypeScript.

Envelope errors are for the reference client, tests and drills: no server process opens anything.
"""

from colloque.kernel.errors import ColloqueError, sentence


class EnvelopeError(ColloqueError):
    word = "envelope"
    status = 400
    public = sentence(
        "Ce contenu scellé ne peut pas être ouvert. Rechargez la page ; si cela dure, prévenez le cabinet."
    )


class Malformed(EnvelopeError):
    word = "malformed"


class WrongSuite(EnvelopeError):
    """Another suite name: refused whatever the server says, so that nobody can lower the cipher."""

    word = "suite"


class WrongPlace(EnvelopeError):
    """An item of another record, compartment or epoch than the one asked for."""

    word = "place"


class WrongItem(EnvelopeError):
    """Another item, or an older version of it, than the one asked for."""

    word = "item"


class WrongCommitment(EnvelopeError):
    """Sealed under another content key than ours."""

    word = "commitment"


class UnknownAuthor(EnvelopeError):
    """The directory does not know this device as this person's, or knows it as revoked."""

    word = "author"


class BadSignature(EnvelopeError):
    word = "signature"


class BadTag(EnvelopeError):
    word = "tag"


class BadPadding(EnvelopeError):
    word = "padding"


class NotSealedForThis(EnvelopeError):
    """A sealed key for another purpose, subject, recipient or generation, or altered."""

    word = "sealed"


class WrongUnlock(EnvelopeError):
    """The passkey, passphrase, share or recovery code does not open this method; or it was altered."""

    word = "unlock"


class WeakStretching(EnvelopeError):
    """Argon2id parameters under the floor, or so high that they would only exhaust the device."""

    word = "stretching"


class WrongRecoveryCode(EnvelopeError):
    """A mistyped recovery code, found by its check characters before anything is sent."""

    word = "recovery-code"


class WrongKind(EnvelopeError):
    """A statement of another kind than the one expected here."""

    word = "kind"


class ItemsMissing(EnvelopeError):
    """The manifest counts other items than those that came: some were dropped or added."""

    word = "manifest-size"


class ItemsSwapped(EnvelopeError):
    """The items are as many as the manifest says, and not the same or not in its order."""

    word = "manifest-root"


class RolledBack(EnvelopeError):
    """A manifest older than one that we have already seen."""

    word = "rolled-back"


class Forked(EnvelopeError):
    """Two manifests with one counter: the server shows different people different contents."""

    word = "forked"


class Truncated(EnvelopeError):
    """A file that ends without its last chunk."""

    word = "truncated"


class BadFile(EnvelopeError):
    """A file that is not the one its description says."""

    word = "file"
