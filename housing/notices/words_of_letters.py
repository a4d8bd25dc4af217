"""What the news of a letter says."""

from collections.abc import Mapping

from housing.notices.wording import NoticeWords, words

LETTERS: Mapping[str, NoticeWords] = {
    "letter_sent": words(
        (
            "【{number}】公文送達通知：{what}",
            "您有一份公文「{what}」（{letter_number}），請至案件頁面閱覽全文。",
            "同意電子送達者，以本通知送達之時為公文送達時間。",
        ),
        (
            "[{number}] A letter for you: {what}",
            "There is a letter for you, “{what}” ({letter_number}); open it on the case page.",
            "With your consent to electronic service it counts as served with this message.",
        ),
    ),
}
"""Kind of notice to its words."""
