"""Numbers of cases of different rooms never meet: a number leads to one case."""

from housing.announcements.rules import announcement_number
from housing.applications.rules import application_number, round_number
from housing.care import rules as care
from housing.dispatches.rules import dispatch_number
from housing.leases.rules import lease_number
from housing.move_outs.rules import move_out_number
from housing.own_data.rules import request_number
from housing.plain_cases import rules as plain_cases
from housing.repairs.rules import ticket_number

WRITERS = (
    announcement_number,
    application_number,
    care.case_number,
    dispatch_number,
    lease_number,
    move_out_number,
    plain_cases.case_number,
    request_number,
    ticket_number,
    lambda year, serial: round_number("periodic", year, serial),
)


def test_the_same_serial_gives_a_number_of_its_own_in_every_room():
    numbers = [write(115, 1) for write in WRITERS]

    assert len(set(numbers)) == len(WRITERS)
