from django.urls import URLPattern, URLResolver, path, register_converter

from colloque.accounts.views import methods, practices, sign_in, sign_up


class IdConverter:
    """An id exactly as it is written on the wire: other spellings of the same UUID are no address."""

    regex = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: object) -> str:
        return str(value)


register_converter(IdConverter, "account_id")

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/sign-up/start", sign_up.start),
    path("api/sign-up/verify", sign_up.verify),
    path("api/sign-up/passkey/options", sign_up.passkey_options),
    path("api/sign-up/factors", sign_up.factors),
    path("api/sign-up/finish", sign_up.finish),
    path("api/sign-in/passkey/options", sign_in.passkey_options),
    path("api/sign-in/passkey", sign_in.passkey),
    path("api/sign-in/salt", sign_in.salt),
    path("api/sign-in/passphrase", sign_in.passphrase),
    path("api/sign-in/recovery", sign_in.recovery),
    path("api/prove", sign_in.prove),
    path("api/session", sign_in.session),
    path("api/sessions/end", sign_in.end_session),
    path("api/sign-out", sign_in.sign_out),
    path("api/sign-out/everywhere", sign_in.sign_out_everywhere),
    path("api/devices", sign_in.device_list),
    path("api/devices/revoke", sign_in.device_revoke),
    path("api/devices/rename", sign_in.device_rename),
    path("api/methods", methods.method_list),
    path("api/methods/factors", methods.factors),
    path("api/methods/remove", methods.method_remove),
    path("api/passkeys", methods.passkey_list),
    path("api/passkeys/options", methods.passkey_options),
    path("api/passkeys/rename", methods.passkey_rename),
    path("api/passkeys/remove", methods.passkey_remove),
    path("api/practices", practices.practice_list),
    path("api/practices/<account_id:practice_id>", practices.practice_detail),
    path("api/practices/<account_id:practice_id>/seeds", practices.seeds),
    path("api/practices/<account_id:practice_id>/generations", practices.generations),
    path("api/practices/<account_id:practice_id>/sheet", practices.sheet),
    path("api/practices/<account_id:practice_id>/reopenings", practices.reopenings),
    path("api/practices/<account_id:practice_id>/reopenings/cancel", practices.reopening_cancel),
    path("api/practices/<account_id:practice_id>/rota", practices.rota_entries),
    path("api/sheet/find", practices.sheet_find),
    path("api/sheet/account", practices.sheet_account),
    path("api/sheet/reopen", practices.reopen),
    path("api/sheet/enter", practices.reopen_enter),
    path("api/practices/<account_id:practice_id>/members", practices.members),
    path("api/practices/<account_id:practice_id>/members/confirm", practices.member_confirm),
    path("api/practices/<account_id:practice_id>/members/end", practices.member_end),
    path("api/practices/<account_id:practice_id>/agreements", practices.agreement_list),
    path("api/practices/<account_id:practice_id>/agreements/sign", practices.agreement_sign),
    path("api/practices/<account_id:practice_id>/agreements/decline", practices.agreement_decline),
    path("api/practices/<account_id:practice_id>/invitations", practices.invite),
    path("api/practices/<account_id:practice_id>/invitations/withdraw", practices.invitation_withdraw),
    path("api/invitations/<str:token>", practices.invitation),
    path("api/invitations/<str:token>/accept", practices.invitation_accept),
    path("api/duty", practices.duty),
    path("api/people", practices.people),
]
