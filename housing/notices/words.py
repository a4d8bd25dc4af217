"""The words of notices in Traditional Chinese (Taiwan) and English: one table, a file a subject.

A new subject gets a file `words_of_<subject>.py` and its line in NOTICES.
"""

from collections.abc import Mapping

from housing.notices.wording import NoticeWords
from housing.notices.words_of_absences import ABSENCES
from housing.notices.words_of_accounts import ACCOUNTS
from housing.notices.words_of_announcements import ANNOUNCEMENTS
from housing.notices.words_of_applications import APPLICATIONS
from housing.notices.words_of_care import CARE
from housing.notices.words_of_cases import CASES
from housing.notices.words_of_deadlines import DEADLINES
from housing.notices.words_of_drafts import DRAFTS
from housing.notices.words_of_letters import LETTERS
from housing.notices.words_of_repairs import REPAIRS
from housing.notices.words_of_tasks import TASKS
from housing.notices.words_of_teams import TEAMS

GREETING: Mapping[str, str] = {"zh_Hant_TW": "{name} 您好：", "en": "Dear {name},"}
CLOSING: Mapping[str, str] = {
    "zh_Hant_TW": "社會住宅服務團隊 敬上",
    "en": "Your social housing service team",
}

NOTICES: Mapping[str, NoticeWords] = {
    **ABSENCES,
    **ACCOUNTS,
    **ANNOUNCEMENTS,
    **APPLICATIONS,
    **REPAIRS,
    **CARE,
    **CASES,
    **DEADLINES,
    **DRAFTS,
    **LETTERS,
    **TASKS,
    **TEAMS,
}
"""Kind of notice to its words."""
