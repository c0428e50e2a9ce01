from colloque.kernel.errors import ColloqueError, Conflict, sentence


class NeedsReason(ColloqueError):
    word = "needs-reason"
    status = 400
    public = sentence("Il manque quelques mots. Écrivez-les, puis recommencez.")


class SamePerson(Conflict):
    word = "same-person"
    public = sentence(
        "Il faut une seconde personne pour lever ce gel. Demandez à un autre officier de confirmer."
    )


class HasPatients(Conflict):
    word = "has-patients"
    public = sentence(
        "Cette personne a un rôle dans un cabinet. Un officier n’en a aucun : prenez un autre compte."
    )
