"""What notices about work on cases say to colleagues; never what stands in a note."""

from collections.abc import Mapping

from housing.notices.wording import NoticeWords, words

CASES: Mapping[str, NoticeWords] = {
    "note_mentions_you": words(
        (
            "【{number}】{name} 於案件註記中提及您",
            "{name} 於案件 {number} 的內部註記中提及您，請至案件頁面查閱。",
        ),
        (
            "[{number}] {name} mentions you in a note",
            "{name} mentions you in an internal note of case {number}; read it on the case page.",
        ),
    ),
}
"""Kind of notice to its words."""
