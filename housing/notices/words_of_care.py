"""What notices about care say: never why somebody needs it, and never to a home that is quiet."""

from collections.abc import Mapping

from housing.notices.wording import NoticeWords, words

_HOME_ZH = "住所：{home}"
_HOME_EN = "Home: {home}"
_OPEN_ZH = "內容請登入系統查看，請勿轉寄。"
_OPEN_EN = "Sign in to read it; do not forward this message."

CARE: Mapping[str, NoticeWords] = {
    "care_signal": words(
        ("【{number}】有新的關懷個案待分流", "請於一個工作日內完成分流。", _HOME_ZH, _OPEN_ZH),
        (
            "[{number}] A new care case waits for triage",
            "Please finish the triage within one working day.",
            _HOME_EN,
            _OPEN_EN,
        ),
    ),
    "care_signal_joined": words(
        ("【{number}】同一戶有新的關懷訊號", "新訊號已併入個案。", _HOME_ZH, _OPEN_ZH),
        (
            "[{number}] A new signal about the same household",
            "The signal joined the open case.",
            _HOME_EN,
            _OPEN_EN,
        ),
    ),
    "care_danger": words(
        ("【緊急】{number} 通報有危險，請立即處理", "請立即聯繫並確認安全。", _HOME_ZH, _OPEN_ZH),
        (
            "[URGENT] {number} Danger was reported: act at once",
            "Get in touch at once and make sure that everybody is safe.",
            _HOME_EN,
            _OPEN_EN,
        ),
    ),
    "care_emergency": words(
        (
            "【緊急】{number} 進入緊急處置",
            "社工正在處置；承辦人請於一小時內確認知悉。",
            _HOME_ZH,
            _OPEN_ZH,
        ),
        (
            "[URGENT] {number} is an emergency",
            "The social worker is acting; the officer confirms within one hour.",
            _HOME_EN,
            _OPEN_EN,
        ),
    ),
    "care_knock": words(
        ("【{number}】請今日敲門查看", "請敲門、按電鈴並詢問鄰居，再回報是否看到人。", _HOME_ZH),
        (
            "[{number}] Please knock today",
            "Knock, ring and ask the neighbours; then report whether somebody was seen.",
            _HOME_EN,
        ),
    ),
    "care_request_received": words(
        (
            "【{number}】已收到您的求助",
            "社工將於一個工作日內與您聯絡。緊急時請撥 119、110 或 113。",
        ),
        (
            "[{number}] We received your request",
            "A social worker will contact you within one working day. In danger call 119, 110 or "
            "113.",
        ),
    ),
    "care_visit_planned": words(
        ("【{number}】社工預定 {visit_on} 訪視", "若時間不便，請聯絡服務站。"),
        (
            "[{number}] A social worker plans to visit on {visit_on}",
            "If that does not suit you, please call the service station.",
        ),
    ),
    "care_closed": words(
        ("【{number}】服務已結束", "日後有需要，隨時可以再與我們聯絡。"),
        ("[{number}] The service has ended", "You can always come back to us."),
    ),
    "care_report_opened": words(
        ("【{number}】{community} {month}工作月報已開立", "請於 {until} 前提報。"),
        (
            "[{number}] The work report of {community} is open",
            "Please hand it in by {until}.",
        ),
    ),
    "care_report_returned": words(
        ("【{number}】{community} {month}工作月報退回補正", "應補正事項請登入系統查看。"),
        (
            "[{number}] The work report of {community} was returned",
            "Sign in to read what is to be corrected.",
        ),
    ),
    "care_report_approved": words(
        ("【{number}】{community} {month}工作月報已核備", "核備文號：{approval_no}"),
        (
            "[{number}] The work report of {community} was approved",
            "Number: {approval_no}",
        ),
    ),
}
