"""Words for the codes of requests about one's own data."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

OWN_DATA_WORDS: Mapping[str, Mapping[str, LazyString]] = {
    "data_request": {
        "correct": _l("Correct or complete data"),
        "stop": _l("Stop collecting, processing or using"),
        "delete": _l("Delete data"),
    },
    "data_field": {
        "name": _l("Full name"),
        "born_on": _l("Date of birth"),
        "mobile": _l("Mobile number"),
        "email": _l("E-mail address"),
        "registered_address": _l("Registered address"),
        "contact_address": _l("Postal address"),
        "other": _l("Something else"),
    },
    "data_request_state": {
        "open": _l("Being checked"),
        "granted": _l("Granted"),
        "refused": _l("Not granted"),
    },
    "data_basis": {
        "right": _l("The data were checked and are right (PDPA, article 11 I)"),
        "duty": _l("Needed for a duty by law (PDPA, article 11 II and III)"),
        "identity": _l("It cannot be shown that the data are the person's"),
    },
}
"""Kind of code to its words."""
