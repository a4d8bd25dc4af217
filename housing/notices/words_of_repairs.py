"""What notices about repairs say."""

from collections.abc import Mapping

from housing.notices.wording import NoticeWords, words

_PLACE_ZH = "地點：{place}"
_PLACE_EN = "Place: {place}"
_REASON_ZH = "原因：{reason}"
_REASON_EN = "Reason: {reason}"
_UNTIL_ZH = "辦理期限：{until}"
_UNTIL_EN = "To be done by: {until}"
_CONTRACTOR_ZH = "承辦廠商：{contractor}"
_CONTRACTOR_EN = "Contractor: {contractor}"
_AMOUNT_ZH = "金額：新臺幣 {amount_twd} 元"
_AMOUNT_EN = "Amount: NT${amount_twd}"

REPAIRS: Mapping[str, NoticeWords] = {
    "repair_received": words(
        (
            "【{number}】已收到您的報修：{what}",
            "我們已收到您的報修「{what}」，案號 {number}。",
            _PLACE_ZH,
            "物業管理人員將於 {until} 前完成初判，並通知您後續處理方式。",
        ),
        (
            "[{number}] We received your repair report: {what}",
            "We received your report “{what}”; its case number is {number}.",
            _PLACE_EN,
            "The property manager will assess it by {until} and tell you how it goes on.",
        ),
    ),
    "repair_emergency": words(
        (
            "【緊急】{number} {what}，請立即處理",
            "住戶通報緊急狀況「{what}」，案號 {number}，請立即以電話聯繫並到場處理。",
            _PLACE_ZH,
            "聯絡電話：{phone}",
        ),
        (
            "[URGENT] {number} {what}: act at once",
            "A resident reports an emergency, “{what}”, case {number}. Call and go there at once.",
            _PLACE_EN,
            "Phone: {phone}",
        ),
    ),
    "repair_triaged": words(
        (
            "【{number}】您的報修已完成初判",
            "您的報修「{what}」已完成初判，案件類別：{repair_class}。",
            "費用負擔：{payer}",
            _UNTIL_ZH,
        ),
        (
            "[{number}] Your repair report was assessed",
            "Your report “{what}” was assessed; its class is {repair_class}.",
            "Who pays: {payer}",
            _UNTIL_EN,
        ),
    ),
    "repair_self": words(
        (
            "【{number}】請您自行修繕：{what}",
            "「{what}」經初判屬住戶自行修繕項目（A 類），請您修復後上傳照片。",
            _UNTIL_ZH,
            "如未能於期限內修復，將由報修廠商修繕，費用由住戶負擔。",
        ),
        (
            "[{number}] Please repair it yourself: {what}",
            "“{what}” is for you to repair (class A). Please add a photo when it is done.",
            _UNTIL_EN,
            "Otherwise a contractor will repair it at your cost.",
        ),
    ),
    "repair_resolved_onsite": words(
        (
            "【{number}】現場已排除：{what}",
            "物業管理人員已於現場排除「{what}」，或確認並無損壞。",
            "說明：{note}",
        ),
        (
            "[{number}] Solved on site: {what}",
            "The property manager solved “{what}” on site, or found nothing broken.",
            "Note: {note}",
        ),
    ),
    "order_placed": words(
        (
            "【{number}】修繕通知：{what}",
            "請就案號 {number}「{what}」派員修繕。",
            _PLACE_ZH,
            "完成期限：{until}",
            "請儘速與住戶約定到場時間，並於完成後上傳修繕照片與費用。",
        ),
        (
            "[{number}] Repair order: {what}",
            "Please repair “{what}”, case {number}.",
            _PLACE_EN,
            "To be completed by: {until}",
            "Arrange a visit with the resident soon, and report photos and cost when done.",
        ),
    ),
    "repair_dispatched": words(
        (
            "【{number}】已通知廠商修繕：{what}",
            "您的報修「{what}」已通知廠商修繕。",
            _CONTRACTOR_ZH,
            "預定完成期限：{until}",
        ),
        (
            "[{number}] A contractor was told: {what}",
            "A contractor was told to repair “{what}”.",
            _CONTRACTOR_EN,
            "To be completed by: {until}",
        ),
    ),
    "visit_arranged": words(
        (
            "【{number}】已約定到場時間：{visit_at}",
            "廠商將於 {visit_at} 到場處理「{what}」，請您留意。",
            _CONTRACTOR_ZH,
        ),
        (
            "[{number}] A visit was arranged: {visit_at}",
            "The contractor comes on {visit_at} for “{what}”.",
            _CONTRACTOR_EN,
        ),
    ),
    "visit_missed": words(
        (
            "【{number}】約定到場時未能進入",
            "廠商依約到場處理「{what}」，惟未能進入屋內，請重新約定時間。",
            "未能進入次數累計達兩次者，案件將暫緩辦理。",
        ),
        (
            "[{number}] Nobody opened at the arranged visit",
            "The contractor came for “{what}” but could not enter. Please arrange another time.",
            "After two missed visits the case is put on hold.",
        ),
    ),
    "repair_on_hold": words(
        (
            "【{number}】案件暫緩辦理，請重新約定時間",
            "因兩次約定到場均未能進入，「{what}」暫緩辦理。請於方便時重新約定到場時間。",
            _UNTIL_ZH,
        ),
        (
            "[{number}] On hold: please arrange a new time",
            "After two missed visits “{what}” is on hold. Please arrange a new time.",
            _UNTIL_EN,
        ),
    ),
    "repair_resumed": words(
        ("【{number}】案件恢復辦理", "「{what}」恢復辦理。", "新的完成期限：{until}"),
        ("[{number}] The repair goes on", "“{what}” goes on.", "To be completed by: {until}"),
    ),
    "quote_requested": words(
        (
            "【{number}】請提送報價：{what}",
            "「{what}」不在耗材項目表內，請提送報價。",
            _PLACE_ZH,
            "報價期限：{until}",
        ),
        (
            "[{number}] Please quote: {what}",
            "“{what}” is not in the table of consumables; please send a quote.",
            _PLACE_EN,
            "Quote by: {until}",
        ),
    ),
    "quote_submitted": words(
        (
            "【{number}】報價待簽准：{what}",
            "廠商已就「{what}」提送報價，請辦理簽准。",
            _CONTRACTOR_ZH,
            _AMOUNT_ZH,
        ),
        (
            "[{number}] A quote awaits approval: {what}",
            "A contractor quoted for “{what}”; please decide.",
            _CONTRACTOR_EN,
            _AMOUNT_EN,
        ),
    ),
    "quote_approved": words(
        ("【{number}】報價已簽准：{what}", "「{what}」之報價已簽准，請依限修繕。", _AMOUNT_ZH),
        ("[{number}] Quote approved: {what}", "Your quote for “{what}” was approved.", _AMOUNT_EN),
    ),
    "quote_refused": words(
        ("【{number}】報價未獲簽准：{what}", "「{what}」之報價未獲簽准，請重新報價。", _REASON_ZH),
        (
            "[{number}] Quote refused: {what}",
            "Your quote for “{what}” was refused; please quote again.",
            _REASON_EN,
        ),
    ),
    "extension_requested": words(
        (
            "【{number}】廠商申請展延：{what}",
            "廠商就「{what}」申請展延，請審核。",
            _CONTRACTOR_ZH,
            "申請展延至：{until}",
            _REASON_ZH,
        ),
        (
            "[{number}] Extension requested: {what}",
            "The contractor asks for more time for “{what}”.",
            _CONTRACTOR_EN,
            "Until: {until}",
            _REASON_EN,
        ),
    ),
    "extension_granted": words(
        (
            "【{number}】完成期限展延至 {until}",
            "「{what}」之完成期限同意展延至 {until}，原期限 {original_until} 仍予紀錄。",
            _REASON_ZH,
        ),
        (
            "[{number}] Deadline extended to {until}",
            "The deadline of “{what}” moves to {until}; its original, {original_until}, is kept.",
            _REASON_EN,
        ),
    ),
    "extension_refused": words(
        ("【{number}】展延未獲同意", "「{what}」之展延申請未獲同意，請依原期限完成。", _REASON_ZH),
        (
            "[{number}] Extension refused",
            "More time for “{what}” was refused; the deadline stays.",
            _REASON_EN,
        ),
    ),
    "completion_reported": words(
        (
            "【{number}】廠商回報修繕完成：{what}",
            "廠商回報「{what}」已修繕完成，待物業管理人員確認。",
            _CONTRACTOR_ZH,
            "說明：{note}",
        ),
        (
            "[{number}] Reported as repaired: {what}",
            "The contractor reports “{what}” as repaired; the property manager will check it.",
            _CONTRACTOR_EN,
            "Note: {note}",
        ),
    ),
    "acceptance_asked": words(
        (
            "【{number}】請確認修繕結果：{what}",
            "「{what}」已修繕完成並經物業管理人員確認，請您驗收並給予評分。",
            "如有疑義，請於 {until} 前提出；逾期視為同意結案。",
        ),
        (
            "[{number}] Please check the repair: {what}",
            "“{what}” was repaired and checked by the property manager. Please accept and rate it.",
            "Object by {until} if something is wrong; otherwise the case is closed.",
        ),
    ),
    "order_late": words(
        (
            "【{number}】逾期未完成：{what}",
            "「{what}」已逾完成期限，案件移由承辦人員處理。",
            _CONTRACTOR_ZH,
            _REASON_ZH,
        ),
        (
            "[{number}] Not done in time: {what}",
            "The deadline of “{what}” has passed; the housing officer decides how it goes on.",
            _CONTRACTOR_EN,
            _REASON_EN,
        ),
    ),
    "last_call": words(
        (
            "【{number}】最後催告：{what}",
            "貴公司逾期未完成「{what}」之保固修繕，請儘速完成。",
            _UNTIL_ZH,
            "屆期仍未完成者，本機關將逕為代履行，所需費用由保固保證金抵充。",
        ),
        (
            "[{number}] Last call: {what}",
            "You have not completed the warranty repair “{what}”. Please do so now.",
            _UNTIL_EN,
            "Otherwise another company performs it at your cost.",
        ),
    ),
    "repair_substituted": words(
        (
            "【{number}】改由其他廠商代履行：{what}",
            "因原廠商未於期限內完成，「{what}」改由其他廠商代為履行。",
            _CONTRACTOR_ZH,
            _UNTIL_ZH,
        ),
        (
            "[{number}] Another contractor takes over: {what}",
            "The first contractor failed, so another one repairs “{what}” in its place.",
            _CONTRACTOR_EN,
            _UNTIL_EN,
        ),
    ),
    "cost_charged": words(
        (
            "【{number}】代履行費用求償通知",
            "「{what}」已由本機關代為履行完竣，相關費用依契約向貴公司求償。",
            _AMOUNT_ZH,
            _UNTIL_ZH,
        ),
        (
            "[{number}] Cost of substitute performance",
            "“{what}” was performed in your place; by contract you bear the cost.",
            _AMOUNT_EN,
            _UNTIL_EN,
        ),
    ),
    "penalty_imposed": words(
        (
            "【{number}】契約罰則處分：{what}",
            "貴公司承辦「{what}」違反契約，依契約計罰違約金，處分函已送達本平台。",
            _AMOUNT_ZH,
        ),
        (
            "[{number}] Contract penalty: {what}",
            "You broke the contract on “{what}”; the notice of the penalty is on this platform.",
            _AMOUNT_EN,
        ),
    ),
    "rehousing_arranged": words(
        (
            "【{number}】修繕期間安置：{what}",
            "「{what}」修繕期間須暫時遷出，本處已為您安排安置處所。",
            "安置處所：{shelter}。",
            "期間、搬遷及費用安排請見安置通知書。",
        ),
        (
            "[{number}] A place to stay during the repair: {what}",
            "“{what}” cannot be repaired while you live there. We arranged a place to stay.",
            "Place: {shelter}.",
            "Dates, moving and cost stand in the letter.",
        ),
    ),
    "charged_to_tenant": words(
        (
            "【{number}】修繕費用通知",
            "「{what}」經判定屬人為損壞，修繕費用將列入下期帳單。",
            _AMOUNT_ZH,
        ),
        (
            "[{number}] Repair cost",
            "“{what}” was damaged by people; the cost is put on your next bill.",
            _AMOUNT_EN,
        ),
    ),
    "repair_rework": words(
        (
            "【{number}】退回重新修繕：{what}",
            "「{what}」經確認尚未修復，已退回廠商重新修繕（第 {rework_count} 次）。",
            _REASON_ZH,
            _UNTIL_ZH,
        ),
        (
            "[{number}] Sent back for rework: {what}",
            "“{what}” is not repaired yet and was sent back (rework no. {rework_count}).",
            _REASON_EN,
            _UNTIL_EN,
        ),
    ),
    "repair_project": words(
        (
            "【{number}】改以專案處理：{what}",
            "「{what}」改以專案方式處理（C1），辦理情形將另行通知。",
            _REASON_ZH,
        ),
        (
            "[{number}] Handled as a project: {what}",
            "“{what}” is now handled as a project (C1); we will keep you informed.",
            _REASON_EN,
        ),
    ),
    "repair_closed": words(
        ("【{number}】報修結案：{what}", "「{what}」已結案，感謝您的配合。"),
        ("[{number}] Closed: {what}", "“{what}” is closed. Thank you."),
    ),
    "repair_cancelled": words(
        ("【{number}】報修已取消：{what}", "「{what}」已取消，無須再處理。", _REASON_ZH),
        ("[{number}] Cancelled: {what}", "“{what}” was cancelled; nothing more to do.", _REASON_EN),
    ),
    "incident_opened": words(
        (
            "【{number}】大規模事故公告：{what}",
            "「{what}」已列為大規模事故，由案件 {number} 統一處理，您不必重複報修。",
            "公告：{announcement}",
            _PLACE_ZH,
        ),
        (
            "[{number}] Outage: {what}",
            "“{what}” is handled for everybody under case {number}; no need to report it again.",
            "Announcement: {announcement}",
            _PLACE_EN,
        ),
    ),
    "incident_progress": words(
        ("【{number}】大規模事故進度：{what}", "「{what}」處理進度如下。", "進度：{news}"),
        ("[{number}] News of the outage: {what}", "News of “{what}”.", "News: {news}"),
    ),
    "incident_done": words(
        ("【{number}】大規模事故已排除：{what}", "「{what}」已排除。", "說明：{news}"),
        ("[{number}] Outage over: {what}", "“{what}” is over.", "Explanation: {news}"),
    ),
    "incident_joined": words(
        (
            "【{number}】又一件報修併入：{what}",
            "報修案件 {joined} 已併入大規模事故「{what}」，目前共 {reports} 件報修。",
        ),
        (
            "[{number}] Another report joined: {what}",
            "Report {joined} was merged into the outage “{what}”: {reports} reports by now.",
        ),
    ),
    "repair_merged": words(
        (
            "【{number}】已併入案件 {duplicate_of}",
            "您報修的「{what}」與案件 {duplicate_of} 為同一狀況，已合併處理，進度將一併通知您。",
        ),
        (
            "[{number}] Merged into case {duplicate_of}",
            "Your report “{what}” is the same as case {duplicate_of}; we will keep you informed.",
        ),
    ),
}
"""Kind of notice to its words."""
