"""What notices about work on cases say to colleagues; never what stands in a note."""

from collections.abc import Mapping

from housing.notices.wording import NoticeWords, words

CASES: Mapping[str, NoticeWords] = {
    "dispatch_asked": words(
        (
            "【{number}】{name} 就案件 {parent} 請貴單位回復",
            "{name} 就案件 {parent} 平行派案，請貴單位於期限內回復；作業已列入待辦清單。",
        ),
        (
            "[{number}] {name} asks your unit about case {parent}",
            "{name} asks your unit about case {parent}; the task stands in your inbox.",
        ),
    ),
    "dispatch_answered": words(
        (
            "【{number}】案件 {parent} 的派案已回復",
            "您就案件 {parent} 所派案件均已回復，請至案件頁面查閱。",
        ),
        (
            "[{number}] Your question about case {parent} is answered",
            "The units have answered your question about case {parent}; read it on the case page.",
        ),
    ),
    "case_merged": words(
        (
            "【{number}】您的案件已與其他案件併案辦理",
            "您的案件「{what}」（{number}）併入案件 {lead} 辦理，將作成同一處理結果並通知您。",
            "法定期限不因併案而延長。",
        ),
        (
            "[{number}] Your case is handled together with others",
            "Your case “{what}” ({number}) is merged into case {lead}; you are told the result.",
            "No legal period becomes longer by this.",
        ),
    ),
    "case_goes_on_alone": words(
        (
            "【{number}】您的案件已恢復單獨辦理",
            "您的案件「{what}」（{number}）不再與其他案件併案，自即日起恢復單獨辦理。",
        ),
        (
            "[{number}] Your case goes on by itself",
            "Your case “{what}” ({number}) is no longer handled together with others.",
        ),
    ),
    "case_ended_with_lead": words(
        (
            "【{number}】您的案件已隨併案結案",
            "您的案件「{what}」（{number}）併入之案件 {lead} 已作成決定，本案一併結案。",
        ),
        (
            "[{number}] Your case has ended with the others",
            "Case {lead}, into which “{what}” ({number}) was merged, is decided; so is yours.",
        ),
    ),
    "merged_case_due": words(
        (
            "【{number}】併入案件 {other} 的期限將屆",
            "併入本案的案件 {other} 將於 {until} 屆期；併案不延長期限，請儘速作成決定。",
        ),
        (
            "[{number}] A due date of the merged case {other} comes near",
            "Case {other}, merged into this one, is due {until}; a merger gives no more time.",
        ),
    ),
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
