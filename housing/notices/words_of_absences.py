"""What notices about absences, deputies and delegated tasks say to colleagues."""

from collections.abc import Mapping

from housing.notices.wording import NoticeWords, words

ABSENCES: Mapping[str, NoticeWords] = {
    "task_delegated": words(
        (
            "【{number}】{name} 請您協辦：{what}",
            "{name} 將待辦「{what}」委託您協辦；辦畢請交回，由{owner}完成。",
            "說明：{reason}",
            "辦理期限：{until}",
        ),
        (
            "[{number}] {name} asks for your help: {what}",
            "{name} delegated the task “{what}” to you; hand it back when done, {owner} completes "
            "it.",
            "What is asked: {reason}",
            "To be done by: {until}",
        ),
    ),
    "task_returned": words(
        (
            "【{number}】協辦案件交回：{what}",
            "{name} 已將委託協辦的「{what}」交回{owner}。",
            "說明：{reason}",
            "辦理期限：{until}",
        ),
        (
            "[{number}] Delegated task returned: {what}",
            "{name} returned the delegated task “{what}” to {owner}.",
            "Note: {reason}",
            "To be done by: {until}",
        ),
    ),
    "deputy_named": words(
        (
            "您為 {name} 的職務代理人",
            "{name} 請假期間由您代理，順位：第 {place} 代理人。",
            "期間：{since} 至 {until}",
        ),
        (
            "You stand in for {name}",
            "You stand in for {name} during an absence, as deputy number {place}.",
            "From {since} until {until}",
        ),
    ),
    "deputy_relieved": words(
        (
            "您不再代理 {name}",
            "{name} 的請假已取消、提前結束或改由他人代理，您無須再代理。",
            "期間：{since} 至 {until}",
        ),
        (
            "You no longer stand in for {name}",
            "The absence of {name} was cancelled, ended early or given to other deputies; you need "
            "not stand in.",
            "From {since} until {until}",
        ),
    ),
    "absence_entered": words(
        (
            "已為您登錄請假與代理人",
            "{name} 已為您登錄請假期間與職務代理人。",
            "期間：{since} 至 {until}",
        ),
        (
            "An absence was entered for you",
            "{name} entered an absence and deputies for you.",
            "From {since} until {until}",
        ),
    ),
    "absence_over": words(
        (
            "代理期間結束：{name} 的交還清單",
            "{name} 的請假期間已結束，代理辦理 {done} 件，未結 {left} 件。",
            "期間：{since} 至 {until}",
        ),
        (
            "Absence over: hand-back report for {name}",
            "The absence of {name} is over: {done} tasks completed by deputies, {left} still open.",
            "From {since} until {until}",
        ),
    ),
}
"""Kind of notice to its words."""
