"""What this room refuses. None of these says whether an address has an account."""

from colloque.kernel.errors import ColloqueError, sentence


class WrongCode(ColloqueError):
    word, status = "wrong-code", 403
    public = sentence(
        "Ce code ne convient pas, ou il n’est plus valable. Vérifiez-le, ou demandez-en un autre."
    )


class NotVerified(ColloqueError):
    word, status = "not-verified", 409
    public = sentence("Confirmez d’abord votre adresse e-mail avec le code reçu.")


class RefusedSignIn(ColloqueError):
    word, status = "sign-in-refused", 403
    public = sentence("Ces identifiants ne conviennent pas. Vérifiez-les, puis réessayez.")


class RefusedPasskey(ColloqueError):
    word, status = "passkey-refused", 403
    public = sentence("Cette clé d’accès n’a pas été reconnue. Réessayez, ou connectez-vous autrement.")


class ProveAgain(ColloqueError):
    word, status = "prove-again", 403
    public = sentence("Pour cette action, confirmez d’abord que c’est bien vous.")


class WrongTotp(ColloqueError):
    word, status = "wrong-totp", 403
    public = sentence(
        "Le code de l’application ne convient pas. Vérifiez l’heure du téléphone, puis réessayez."
    )


class TooFewMethods(ColloqueError):
    word, status = "too-few-methods", 409
    public = sentence(
        "Gardez au moins deux moyens de vous connecter, dont la feuille de secours. Ajoutez-en un d’abord."
    )


class WrongPerson(ColloqueError):
    word, status = "wrong-person", 409
    public = sentence(
        "Cette demande concerne un autre compte que le vôtre. Rechargez la page et recommencez."
    )


class NeedsOther(ColloqueError):
    word, status = "needs-other", 409
    public = sentence(
        "Vous avez déjà signé. Demandez à un autre responsable de signer depuis son propre compte."
    )


class StartsAgain(ColloqueError):
    word, status = "starts-again", 409
    public = sentence(
        "Cette adresse a déjà un compte. Connectez-vous, ou confirmez que vous voulez repartir de zéro."
    )


class OtherKind(ColloqueError):
    # Reading a professional's mail must not be enough to close their account: that takes their manager's invitation.
    word, status = "other-kind", 409
    public = sentence("Cette adresse a déjà un compte d’une autre sorte. Prenez une autre adresse e-mail.")


class LinkEnded(ColloqueError):
    word, status = "link-ended", 404
    public = sentence("Ce lien a déjà servi, ou il n’est plus valable. Demandez-en un autre à votre cabinet.")


class WrongRpps(ColloqueError):
    word, status = "wrong-rpps", 400
    public = sentence(
        "Ce numéro RPPS n’est pas valable : il compte onze chiffres. Vérifiez-le sur votre carte CPS."
    )


class MissingName(ColloqueError):
    word, status = "missing-name", 400
    public = sentence("Indiquez le prénom et le nom.")


class AlreadyMember(ColloqueError):
    word, status = "already-member", 409
    public = sentence("Cette personne fait déjà partie du cabinet.")


class BadAddress(ColloqueError):
    word, status = "bad-address", 400
    public = sentence("Cette adresse e-mail n’est pas complète. Elle s’écrit comme nom@exemple.fr.")
