"""What notices about applications say; rejections and supplements are letters."""

from collections.abc import Mapping

from housing.notices.wording import NoticeWords, words

APPLICATIONS: Mapping[str, NoticeWords] = {
    "application_received": words(
        (
            "【{number}】已收到您的社會住宅申請",
            "我們已收到您對「{round}」的申請，案號 {number}。",
            "收件時間：{received_at}。您可隨時查詢進度；收件截止前可撤回。",
        ),
        (
            "[{number}] We received your application for social housing",
            "We received your application for “{round}”; its case number is {number}.",
            "Received: {received_at}. You can follow it at any time and withdraw before closing.",
        ),
    ),
    "application_qualified": words(
        (
            "【{number}】您的申請審查合格",
            "您的申請經審查合格，編號 {lottery_number}。後續時程請留意公告。",
        ),
        (
            "[{number}] Your application qualified",
            "Your application qualified; its number is {lottery_number}. Watch the announcements.",
        ),
    ),
    "application_queued": words(
        (
            "【{number}】您已編入輪候",
            "您的申請已編入輪候名冊，序號：{places}。有空戶時將依序通知。",
        ),
        (
            "[{number}] You are in the queue",
            "Your application is in the queue: {places}. We tell you when a home is free.",
        ),
    ),
    "application_withdrawn": words(
        ("【{number}】申請已撤回", "您的申請已撤回。收件截止前得重新申請。"),
        (
            "[{number}] Application withdrawn",
            "Your application was withdrawn. Before closing you may apply again.",
        ),
    ),
    "application_choice": words(
        (
            "【{number}】請擇一保留申請",
            "您的家庭就同一社宅有下列申請：{numbers}。通知書已送達其中一位申請人，"
            "任一位皆可於期限內選擇保留哪一件；逾期未擇一，各件均不合格。",
        ),
        (
            "[{number}] Choose which application stays",
            "Your family has these applications for the same site: {numbers}. One of you was sent "
            "the notice; either may choose which one stays. Without a choice all are rejected.",
        ),
    ),
    "application_changed": words(
        (
            "【{number}】申請資料已變更",
            "您的申請資料已變更，變更的項目請至案件頁查看。若不是您或您委託的人所為，請立即告訴承辦人員。",
        ),
        (
            "[{number}] Your application was changed",
            "Your application was changed; the page of the case lists what. "
            "If it was neither you nor somebody on your behalf, tell the office at once.",
        ),
    ),
    "application_merged": words(
        ("【{number}】申請已併案", "本案已併入您選擇保留之案件 {kept}，後續以該案辦理。"),
        (
            "[{number}] Application merged",
            "This application was merged into {kept}, the one that was kept.",
        ),
    ),
    "application_forged": words(
        (
            "【{number}】申請文件疑涉偽造或冒名",
            "承辦審件認定案件 {number} 之文件偽造或冒名申請，請查處。",
        ),
        (
            "[{number}] Forged papers or impersonation",
            "The review of {number} found forged papers or an impersonation. Please look into it.",
        ),
    ),
    "application_deceased": words(
        (
            "【{number}】申請人死亡，案件結案",
            "案件 {number} 因申請人死亡結案；共同居住者得另行申請。",
        ),
        (
            "[{number}] Closed: the applicant died",
            "Case {number} was closed because the applicant died; a co-resident may apply again.",
        ),
    ),
    "call_vacancy": words(
        (
            "【{number}】有空戶，輪到您了",
            "{site}（{room_type}）有空戶，依輪候序輪到您，承辦將與您聯繫。",
        ),
        (
            "[{number}] A home is free and it is your turn",
            "A home at {site} ({room_type}) is free and it is your turn. The office contacts you.",
        ),
    ),
    "call_review_extended": words(
        ("【{number}】審查期限延長 60 日", "「{round}」之審查期限延長至 {until}。"),
        (
            "[{number}] Review extended by 60 days",
            "The review of “{round}” goes on until {until} at the latest.",
        ),
    ),
}
