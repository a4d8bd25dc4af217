"""One finding about a draft."""

from dataclasses import dataclass

from engine.errors import EngineError
from engine.sentences import Sentence, sentence


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One finding about a draft.

    Attributes:
        file: its name, or "" for the package.
        element_id: of the element, decision, rule or field; "" for the file.
        severity: "error" refuses a submission, "warning" and "info" do not.
        rule: the rule that found it, in kebab-case.
        advice: what is wrong and what to do instead, in English.
    """

    file: str
    element_id: str
    element_name: str
    severity: str
    rule: str
    advice: str


def of_file(file: str, rule: str, advice: str, severity: str = "error") -> Finding:
    """Make a finding about a whole file, or about the package when the file is ""."""
    return Finding(
        file=file, element_id="", element_name="", severity=severity, rule=rule, advice=advice
    )


def told(error: EngineError) -> Sentence:
    """Say an error's sentence so that a page can say it in another language."""
    return sentence(type(error).__doc__ or "", **vars(error))
