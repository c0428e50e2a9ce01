from django.urls import URLPattern, URLResolver, path

from colloque.pages import accounts

urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-up", accounts.sign_up, name="sign-up"),
    path("sign-in", accounts.sign_in, name="sign-in"),
    path("sign-out", accounts.sign_out, name="sign-out"),
    path("recover", accounts.recover, name="recover"),
    path("unlock", accounts.unlock, name="unlock"),
    path("account", accounts.account, name="account"),
    path("join", accounts.join, name="join"),
    path("first-manager", accounts.first_manager, name="first-manager"),
    path("reopen", accounts.reopen, name="reopen"),
    path("practice", accounts.practice, name="practice"),
    path("practice/rota", accounts.rota, name="rota"),
    path("practice/erasing", accounts.erasing, name="erasing"),
    path("practice/custody", accounts.custody, name="custody"),
    path("practice/budgets", accounts.budgets, name="budgets"),
]
