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
    "push_test": words(
        ("推播測試", "這支手機可以收到安居的通知。"),
        ("Test of push messages", "This phone can show notices of Anju."),
    ),
    "code_by_sms": words(
        (
            "安居驗證碼 {code}",
            "十分鐘內有效。請勿將驗證碼告訴任何人，本單位人員不會向您索取。",
        ),
        (
            "Anju code {code}",
            "Good for ten minutes. Tell it to nobody; our staff never ask for it.",
        ),
    ),
    "code_by_mail": words(
        (
            "您的安居驗證碼",
            "您的驗證碼是 {code}，十分鐘內有效。",
            "請勿將驗證碼告訴任何人。如非您本人申請，請忽略本信。",
        ),
        (
            "Your Anju code",
            "Your code is {code}. It is good for ten minutes.",
            "Tell it to nobody. If you did not ask for it, please ignore this letter.",
        ),
    ),
    "account_known": words(
        (
            "您已有安居帳號",
            "您的帳號是「{what}」，不必再註冊。忘記密碼請於登入頁選擇「忘記密碼」。",
            "如非您本人操作，請致電承辦單位。",
        ),
        (
            "You already have an Anju account",
            "Your login is “{what}”; you need not sign up again. If you forgot the password, "
            "choose “Forgotten password” on the sign-in page.",
            "If this was not you, please call the office.",
        ),
    ),
    "account_claimed": words(
        (
            "有人以您的身分資料註冊帳號",
            "有人以您的身分證字號註冊安居帳號，但未能證明其為本人，看不到您的任何案件。",
            "如是您本人，請攜帶身分證至櫃檯；如非您本人，請致電承辦單位。",
        ),
        (
            "Somebody signed up with your data",
            "Somebody signed up for Anju with your national ID number without proving to be you; "
            "none of your cases can be seen.",
            "If it was you, please bring your ID card to the counter; if not, call the office.",
        ),
    ),
    "password_replaced": words(
        (
            "您的密碼已重新設定",
            "您的安居帳號「{what}」已於 {until} 重新設定密碼，所有裝置均已登出。",
            "如非您本人操作，請立即致電承辦單位。",
        ),
        (
            "Your password was replaced",
            "The password of your Anju account “{what}” was replaced on {until}; every device was "
            "signed out.",
            "If this was not you, call the office at once.",
        ),
    ),
    "sign_in_changed": words(
        (
            "您的登入方式已變更",
            "您的安居帳號「{what}」於 {until} 變更登入方式"
            "（密碼、通行密鑰、驗證器應用程式或備用碼）。",
            "如非您本人操作，請立即變更密碼、結束其他裝置的登入，並致電承辦單位。",
        ),
        (
            "How you sign in was changed",
            "On {until} the password, a passkey, the app or the recovery codes of your Anju "
            "account “{what}” were changed.",
            "If this was not you, change the password, end all other sessions and call the office.",
        ),
    ),
    "identity_confirmed": words(
        (
            "身分查核完成",
            "您的身分已查核完成，過去的申請與租約已列入您的帳號。",
        ),
        (
            "Your identity is confirmed",
            "Your identity is confirmed: your earlier applications and leases are in your account.",
        ),
    ),
    "identity_refused": words(
        (
            "身分查核未通過",
            "您的身分查核未通過：{reason}。",
            "請攜帶身分證明文件至櫃檯辦理。",
        ),
        (
            "Your identity could not be confirmed",
            "Your identity could not be confirmed: {reason}.",
            "Please bring your identity card to the counter.",
        ),
    ),
    "data_request_received": words(
        (
            "【{number}】已收到您的個人資料請求",
            "已收到您依個人資料保護法提出之請求，將於 30 日內准駁；"
            "必要時得延長 30 日並通知您原因。",
        ),
        (
            "[{number}] Your request about your data",
            "Your request under the Personal Data Protection Act arrived. It is decided within 30 "
            "days; that can be extended by 30 days, and you are told why.",
        ),
    ),
    "data_request_extended": words(
        (
            "【{number}】個人資料請求延長處理",
            "您的請求延長處理至 {until}。",
            "延長原因：{reason}",
        ),
        (
            "[{number}] More time for your request",
            "Your request is decided by {until}.",
            "Reason: {reason}",
        ),
    ),
    "data_request_granted": words(
        (
            "【{number}】您的個人資料請求已准許",
            "您的個人資料請求已准許辦理。",
            "辦理情形：{reason}",
            "您的帳號將於 {until} 關閉，其後無法登入。",
        ),
        (
            "[{number}] Your request was granted",
            "Your request about your data was granted.",
            "What was done: {reason}",
            "Your account will be closed on {until}; nobody can sign in from then on.",
        ),
    ),
    "data_request_refused": words(
        (
            "【{number}】您的個人資料請求未准許",
            "您的個人資料請求未予准許。",
            "理由：{reason}",
            "依據：{what}",
            "如有不服，得自本通知送達之翌日起 30 日內提起訴願。",
        ),
        (
            "[{number}] Your request was refused",
            "Your request about your data was refused.",
            "Reason: {reason}",
            "Basis: {what}",
            "You may appeal within 30 days from the day after this notice is served.",
        ),
    ),
    "data_export_ready": words(
        (
            "您的個人資料複製本已備妥",
            "請於 {until} 前登入「我的帳號」下載。",
        ),
        (
            "The copy of your data is ready",
            "Please sign in and fetch it under “My account” by {until}.",
        ),
    ),
}
"""Kind of notice to its words."""
