"""Findings about forms are said in the reader's language, also when only their English is left."""

from forms.quality import check_form
from forms.sentences import SENTENCES
from webapp import form_words

FORM = '{"id": "f", "components": [{"id": "c", "type": "radio", "key": "1st", "label": "選"}]}'


def test_every_sentence_has_its_chinese(app):
    names = ("key", "type", "reason", "value", "expression", "texts", "readers", "retention")
    params = dict.fromkeys((*names, "least", "most"), "x")
    with app.test_request_context():
        for rule, english in SENTENCES.items():
            assert form_words.sentence(rule, params) != english % params


def test_a_finding_is_said_from_its_english(app):
    with app.test_request_context():
        for finding in check_form(FORM):
            said = form_words.from_advice(finding.rule, finding.advice)
            assert said == form_words.of_finding(finding)
        assert form_words.from_advice("no-such-rule", "x") is None
