"""What notices about a person's own account say."""

from collections.abc import Mapping

from housing.notices.wording import NoticeWords, words

ACCOUNTS: Mapping[str, NoticeWords] = {
    "email_check": words(
        (
            "請確認您的電子郵件信箱",
            "請於三日內點選下列連結，確認本信箱「{what}」為您所有。",
            "如非您本人申請，請忽略本信。",
        ),
        (
            "Please verify your e-mail address",
            "Please open the link below within three days to verify that “{what}” is yours.",
            "If you did not ask for this letter, please ignore it.",
        ),
    ),
}
"""Kind of notice to its words."""
