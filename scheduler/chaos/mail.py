"""The trial of the mail server: it refuses, hangs, hangs up after the message, and recovers."""

from dataclasses import replace
from datetime import timedelta

from engine.invariants import Breach
from scheduler.chaos import crew, orders
from scheduler.chaos.house import Site, message_id
from scheduler.chaos.post_office import PostOffice, open_post_office
from scheduler.chaos.stage import Outcome, Stage, settled

TROUBLE = ("refuse", "cut", "hang")
LATER = timedelta(hours=7)
"""Longer than any wait before a message is tried again."""


def trouble_the_mail(stage: Stage) -> Outcome:
    """Deliver by real SMTP to a server in trouble: nothing is lost, numbers stay the same."""
    house = stage.house("mail")
    count = stage.share(30, at_least=6)
    for number in range(count):
        house.start("answer", str(number), due_at=house.clock.now() + timedelta(days=30))
    with open_post_office() as office:
        site = replace(house.site, smtp_port=office.port)
        for number, mode in enumerate(TROUBLE):
            office.mode = mode
            at = replace(site, ahead=LATER * number)
            crew.run_to_its_end(orders.deliver_once, stage.orders(at, mode))
            stage.progress(number / len(TROUBLE))
        office.mode = "take"
        ahead = LATER * len(TROUBLE)
        breaches = settled(site, ahead, lambda each: replace(each.facts(), levels=()))
        breaches += _unlike(office, site)
        figures = {
            "mails": len(office.taken),
            "mails twice": office.taken.total() - len(office.taken),
        }
    return Outcome(count=count * len(TROUBLE), breaches=breaches, figures=figures)


def _unlike(office: PostOffice, site: Site) -> tuple[Breach, ...]:
    """Compare what the mail server took with what the house believes to have sent."""
    believed = {message_id(idem) for idem in site.ledger.count("posted")}
    return tuple(
        Breach(invariant="I4", text=f"mail {number} is known to one side only")
        for number in sorted(believed ^ office.taken.keys())
    )
