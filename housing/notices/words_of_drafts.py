"""What is said about processes that are changed in the browser."""

from collections.abc import Mapping

from housing.notices.wording import NoticeWords, words

_REASON_ZH = "說明：{reason}"
_REASON_EN = "Why: {reason}"

DRAFTS: Mapping[str, NoticeWords] = {
    "draft_submitted": words(
        ("流程修訂待核定：{what}", "{name}送出流程修訂，請審閱差異後核定或退回。", _REASON_ZH),
        (
            "A change of a process awaits approval: {what}",
            "{name} submitted it. Please read what changes, then approve it or send it back.",
            _REASON_EN,
        ),
    ),
    "draft_approved": words(
        ("流程修訂已核定：{what}", "{name}已核定。", "上線時間：{until}", _REASON_ZH),
        (
            "Your change of a process is approved: {what}",
            "{name} approved it.",
            "It goes into service at {until}.",
            _REASON_EN,
        ),
    ),
    "draft_sent_back": words(
        ("流程修訂已退回：{what}", "{name}退回修訂，請修改後重新送出。", _REASON_ZH),
        (
            "Your change of a process came back: {what}",
            "{name} sent it back. Please change it and submit it again.",
            _REASON_EN,
        ),
    ),
    "draft_stopped": words(
        ("流程修訂未能如期上線：{what}", "修訂已重新開啟，請開啟查看原因。"),
        (
            "A change of a process could not go into service: {what}",
            "It is open again. Please look there for the reason.",
        ),
    ),
}
