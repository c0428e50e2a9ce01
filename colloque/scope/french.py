"""What the verifier and the machine say, in French: they speak English, for they stand alone. Pure.

A sentence is found by its words, `{}` being what varies; what varies may be such a sentence itself. Whatever is not
known here stays as it is: a reason in English is better than none. `tests/scope/test_french.py` reads the verifier.
"""

import errno
import re
from collections.abc import Mapping

import httpx

SENTENCES: Mapping[str, str] = {
    "line {}: {}": "ligne {} : {}",
    # the export as a whole
    "the checkpoint counts {} lines, the export has {}": "le point de contrôle compte {} lignes, l’export en a {}",
    "the lines do not give the root that the checkpoint signs": "les lignes ne donnent pas la racine que signe le point "
    "de contrôle",
    "the checkpoint signs {} lines, and the {} lines of lines.jsonl are not those: it is cut short, or two ledgers are "
    "mixed": "le point de contrôle signe {} lignes, et les {} lignes de lines.jsonl ne sont pas celles-là : il est "
    "tronqué, ou deux registres sont mêlés",
    "it has {} lines, and {} are asked for": "il a {} lignes, et on en demande {}",
    "{} can't be read": "{} ne se lit pas",
    # the checkpoint
    "the checkpoint does not hold: {}": "le point de contrôle ne tient pas : {}",
    "not an Ed25519 verifier key": "ce n’est pas une clé de vérification Ed25519",
    "another log's checkpoint": "c’est le point de contrôle d’un autre registre",
    "the size is not a number": "sa taille n’est pas un nombre",
    "the root is not a hash": "sa racine n’est pas une empreinte",
    "no signature by this key": "il n’y a pas de signature de cette clé",
    "not base64": "ce n’est pas du base64",
    # a line
    "not a line: {}": "ce n’est pas une ligne : {}",
    "not a line, or cut short: {}": "ce n’est pas une ligne, ou elle est tronquée : {}",
    "it is out of order": "elle n’est pas à sa place",
    "its sequence number is {}": "son numéro est {}",
    "its time is before the line above it": "son heure précède celle de la ligne au-dessus",
    "it does not say what a line of its kind says ({}: {})": "elle ne dit pas ce que dit une ligne de cette sorte ({} : {})",
    "unknown fields: {}": "des champs sont inconnus : {}",
    "unknown kind": "sa sorte est inconnue",
    "a lone surrogate, or an integer not below 2^53": "un demi-caractère, ou un entier qui atteint 2^53",
    "not JSON": "ce n’est pas du JSON",
    "not in canonical form": "elle n’est pas sous sa forme canonique",
    "detail is an object": "detail n’est pas un objet",
    "keys are ASCII": "une clé n’est pas en ASCII",
    "a value is neither a string nor an integer": "une valeur n’est ni un texte ni un entier",
    "not a time of the wire": "son heure n’est pas écrite comme elle doit l’être",
    "a heartbeat says how often one comes": "un battement ne dit pas tous les combien il en vient",
    "nothing was written for {} seconds before it, from {}: no vault ran, or lines are missing": "rien n’a été écrit "
    "pendant les {} secondes qui la précèdent, depuis le {} : aucun coffre ne tournait, ou des lignes manquent",
    "it is not the line that was written here, but line {}: lines were taken out, or put in another order": "ce n’est "
    "pas la ligne qui a été écrite ici, mais la ligne {} : des lignes ont été ôtées, ou mises dans un autre ordre",
    "it is not the line that was written here: its text was changed, or a line was put in": "ce n’est pas la ligne qui "
    "a été écrite ici : son texte a été changé, ou une ligne a été ajoutée",
    "of the lines {} to {} one is not what was written": "des lignes {} à {}, l’une n’est pas ce qui a été écrit",
    "its body is gone, and no line says that it was erased": "son texte n’y est plus, et aucune ligne ne dit qu’il a été "
    "effacé",
    "it does not say which lines above it were erased, and why": "elle ne dit pas quelles lignes au-dessus ont été "
    "effacées, ni pourquoi",
    # who signed
    "a statement can't be read: {}": "un énoncé ne se lit pas : {}",
    "a statement's hash is not {}": "l’empreinte d’un énoncé n’est pas {}",
    "nobody signed it": "personne ne l’a signée",
    "its statement is missing": "il manque son énoncé",
    "its statement is of another kind": "son énoncé est d’une autre sorte",
    "its signature is not the statement's": "sa signature n’est pas celle de l’énoncé",
    "the second person's signature is missing": "il manque la signature de la seconde personne",
    "the signature of {} does not hold": "la signature de {} ne tient pas",
    "its statement does not speak of it": "son énoncé ne parle pas d’elle",
    "its statement is another one's": "son énoncé est celui d’un autre",
    "its statement says that another one did it": "son énoncé dit qu’un autre l’a fait",
    "its statement is of another device or session": "son énoncé est d’un autre appareil ou d’une autre session",
    "its statement made another record": "son énoncé a créé un autre dossier",
    # names of a practice
    "a name of a practice can't be opened: {}": "un nom propre à un cabinet ne s’ouvre pas : {}",
    "what should open it does not give it": "ce qui devait l’ouvrir ne le donne pas",
    "a name is made of texts": "un nom n’est fait que de textes",
    "somebody has two names in one practice": "quelqu’un a deux noms dans un même cabinet",
    "a line of its kind has no names of a practice": "une ligne de cette sorte n’a pas de noms propres à un cabinet",
    "nothing opens the name that it gives its person": "rien n’ouvre le nom qu’elle donne à sa personne",
    "it is about another person than its record": "elle parle d’une autre personne que son dossier",
    "its statement asked for other lines": "son énoncé demandait d’autres lignes",
    "its statement publishes another manifest": "son énoncé publie un autre manifeste",
    "one person alone lifted a freeze that takes two": "une personne seule a levé un gel qui en demande deux",
    "one person alone handed a practice's records over": "une personne seule a remis les dossiers d’un cabinet",
    "its statement did not ask for this": "son énoncé ne demandait pas cela",
    "a person is registered twice": "une personne est inscrite deux fois",
    "a device is enrolled twice": "un appareil est enrôlé deux fois",
    "This is not base64url without padding.": "ce n’est pas du base64url sans remplissage",
    "This base64url text is cut short.": "ce texte en base64url est tronqué",
    "This base64url text has stray bits at its end.": "ce texte en base64url finit par des bits de trop",
}
_PATTERNS = [
    (re.compile(re.escape(english).replace(r"\{\}", "(.+?)"), re.DOTALL), french)
    for english, french in SENTENCES.items()
]
_ERRNO: Mapping[int, str] = {
    errno.EACCES: "l’accès est refusé", errno.EPERM: "l’accès est refusé", errno.ENOENT: "il n’y a rien de ce nom",
    errno.ENOSPC: "le disque est plein", errno.EROFS: "ce disque ne s’écrit pas", errno.EISDIR: "c’est un dossier",
    errno.ENOTDIR: "ce n’est pas un dossier", errno.EEXIST: "quelque chose y est déjà", errno.EIO: "le disque ne répond pas",
    errno.EDQUOT: "le quota est atteint", errno.ENAMETOOLONG: "le nom est trop long",
}  # fmt: skip
_NETWORK = (
    (httpx.TimeoutException, "pas de réponse à temps"),
    (httpx.ConnectError, "la connexion ne s’établit pas"),
    ((httpx.RemoteProtocolError, httpx.ReadError), "la réponse s’est interrompue"),
    ((httpx.InvalidURL, httpx.UnsupportedProtocol), "cette adresse ne se lit pas"),
)


def in_french(text: str) -> str:
    """A reason of the verifier."""
    for pattern, french in _PATTERNS:
        if found := pattern.fullmatch(text):
            return french.format(*map(in_french, found.groups()))
    return text


def reason(error: Exception) -> str:
    """Why something could not be read or written."""
    if isinstance(error, OSError) and error.errno is not None:
        return _ERRNO.get(error.errno, f"erreur {errno.errorcode.get(error.errno, error.errno)} du système")
    if isinstance(error, httpx.HTTPStatusError):
        return f"réponse {error.response.status_code}"
    known = next((french for kinds, french in _NETWORK if isinstance(error, kinds)), None)
    return known or in_french(str(error)) or type(error).__name__
