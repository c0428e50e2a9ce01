"""Limits on opening: changed by two managers, used up, and widened by a touch of the passkey."""

from datetime import timedelta

import psycopg
from playwright.sync_api import expect

from colloque.kernel import clock
from tests.journeys.browser import seen
from tests.journeys.steps import heading, press
from tests.journeys.surgery import Surgery, go_to_desk
from tests.live import ORIGIN


def change_limits_by_two(surgery: Surgery) -> None:
    """From the page of limits, Dr Bose a manager beside Marc, and Alice waiting; back to that page."""
    page, ward = surgery.page, surgery.ward
    # A change takes two managers: what she proposes she may take back; what Marc has signed she reads, and signs.
    page.get_by_text("Proposer une autre limite").click()
    page.get_by_label("Par minute").fill("500")
    press(page, "Signer et proposer")
    expect(seen(page, "au moins celui de la durée plus courte").first).to_be_visible()
    page.get_by_label("Par minute").fill("30")
    press(page, "Signer et proposer")
    expect(page.get_by_role("heading", name="Nouvelle limite : praticien")).to_be_visible()
    expect(seen(page, "Un autre responsable doit maintenant signer")).to_be_visible()
    press(page, "Retirer ma proposition")
    expect(page.get_by_role("heading", name="Nouvelle limite : praticien")).to_have_count(0)
    narrow = {"role": "practitioner", "minute": 2, "hour": 2, "day": 2, "month": 2}
    until = clock.to_wire(clock.now() + timedelta(hours=48))
    ward.marc.prove()
    said = ward.marc.say("capacity", practice=ward.cabinet.id, until=until, **narrow)
    ward.marc.ok(f"practices/{ward.cabinet.id}/agreements", {"statement": said})
    page.goto(f"{ORIGIN}/practice")
    page.get_by_role("link", name="Une proposition attend votre signature.").click()
    expect(seen(page, "Vérifiez auprès de Marc Marc")).to_be_visible()
    expect(seen(page, "2 au plus, au lieu de 20")).to_be_visible()
    surgery.see("agreement")
    press(page, "Signer et mettre en vigueur")
    expect(page.get_by_role("listitem").filter(has_text="Anil Bose").get_by_text("0 sur 2")).to_have_count(4)

    # The two are soon used up. A passkey that the vault has known long enough doubles them, once.
    go_to_desk(page)
    surgery.ask(ward.zoe)
    expect(page.get_by_role("button", name="Lire la demande")).to_have_count(2)
    page.get_by_role("button", name="Lire la demande").first.click()
    expect(seen(page, "Alice Martin")).to_be_visible()
    page.get_by_role("button", name="Lire la demande").click()
    expect(page.get_by_role("heading", name="Vous avez ouvert beaucoup de dossiers")).to_be_visible()
    page.get_by_role("link", name="Élargir avec ma clé d’accès").click()
    heading(page, "Élargir la limite")
    surgery.see("step-up")
    press(page, "Toucher ma clé d’accès")
    expect(page.get_by_role("heading", name="Cette clé d’accès est trop récente")).to_be_visible()
    with psycopg.connect(surgery.vault.settings.database_url) as connection:
        connection.execute("UPDATE passkey SET usable_at = now()")
    press(page, "Toucher ma clé d’accès")
    heading(page, "Votre limite est doublée jusqu’à demain")
    page.get_by_role("link", name="Reprendre").click()
    expect(page.get_by_role("button", name="Lire la demande")).to_have_count(2)
    page.get_by_role("button", name="Lire la demande").last.click()
    expect(seen(page, "Zoé Martin")).to_be_visible()
    page.goto(f"{ORIGIN}/practice/budgets")
    heading(page, "Limites d’ouverture")
