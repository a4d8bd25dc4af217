"""Which columns of which tables a copy of one's own data holds, under which Chinese names.

Left out are keys of the machine, and what speaks of other people.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from housing.applications.models import (
    ApplicationConsent,
    ApplicationDocument,
    HousingApplication,
    QueuePlace,
)
from housing.delivery.models import PushDevice
from housing.files.models import StoredFileRow
from housing.leases.models import AccountEntry, DepositEntry, Lease
from housing.letters.models import LetterRow
from housing.notices.models import NoticePreference
from housing.orm import Base
from housing.own_data.models import DataExport, DataRequest
from housing.people.models import Account, AuditEntry, Membership, Passkey, WebSession
from housing.persons.models import Person, PersonalDataAccess
from housing.places.models import Residency
from housing.repairs.models import RepairTicket
from housing.sign_up.models import FirstSignIn, IdentityClaim


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """One part of the copy.

    Attributes:
        key: in the JSON file.
        title: in the readable file.
        columns: column of the table to its name.
    """

    key: str
    title: str
    table: type[Base]
    columns: Mapping[str, str]


ACCOUNT = Sheet(
    key="account",
    title="帳號",
    table=Account,
    columns={
        "login": "帳號",
        "name": "姓名",
        "language": "語言",
        "state": "狀態",
        "created_at": "開立時間",
        "email": "電子郵件信箱",
        "email_verified_at": "信箱驗證時間",
        "mobile_verified_at": "手機驗證時間",
        "totp_since": "驗證器啟用時間",
    },
)
ROLES = Sheet(
    key="roles", title="角色", table=Membership, columns={"role": "角色", "scope": "範圍"}
)
SESSIONS = Sheet(
    key="sessions",
    title="登入中的裝置",
    table=WebSession,
    columns={
        "device": "裝置",
        "address": "網路位址",
        "created_at": "登入時間",
        "last_seen_at": "最後使用",
    },
)
PASSKEYS = Sheet(
    key="passkeys",
    title="通行密鑰",
    table=Passkey,
    columns={"name": "名稱", "created_at": "新增時間", "used_at": "最後使用"},
)
DEVICES = Sheet(
    key="push_devices",
    title="接收推播的裝置",
    table=PushDevice,
    columns={"name": "裝置", "created_at": "新增時間", "used_at": "最後使用"},
)
PREFERENCES = Sheet(
    key="notice_preferences",
    title="通知方式",
    table=NoticePreference,
    columns={"topic": "主題", "channels": "管道"},
)
AUDIT = Sheet(
    key="account_log",
    title="帳號紀錄",
    table=AuditEntry,
    columns={"at": "時間", "kind": "事項", "address": "網路位址"},
)
CLAIM = Sheet(
    key="identity_claim",
    title="註冊與身分查核",
    table=IdentityClaim,
    columns={
        "name": "姓名",
        "national_id_masked": "身分證字號（遮罩）",
        "born_on": "出生日期",
        "consent_version": "告知事項版本",
        "consent_at": "同意時間",
        "state": "查核狀態",
        "proof": "查核方式",
        "decided_at": "查核時間",
        "reason": "查核說明",
    },
)
PERSON = Sheet(
    key="person",
    title="身分登錄資料",
    table=Person,
    columns={
        "name": "姓名",
        "national_id_masked": "身分證字號（遮罩）",
        "born_on": "出生日期",
        "email": "電子郵件信箱",
        "registered_address": "戶籍地址",
        "contact_address": "通訊地址",
        "electronic_service_since": "同意電子送達時間",
        "created_at": "登錄時間",
    },
)
LETTERS_OF_ACCESS = Sheet(
    key="first_sign_ins",
    title="首次登入通知書",
    table=FirstSignIn,
    columns={
        "issued_at": "核發時間",
        "issued_by_name": "核發人",
        "checked": "身分查核方式",
        "used_at": "使用時間",
    },
)
ACCESS = Sheet(
    key="who_looked",
    title="誰查看過完整號碼",
    table=PersonalDataAccess,
    columns={"at": "時間", "field": "項目", "purpose": "目的", "account_name": "查看者"},
)
APPLICATIONS = Sheet(
    key="applications",
    title="申請案",
    table=HousingApplication,
    columns={
        "number": "案號",
        "channel": "管道",
        "received_at": "收件時間",
        "state": "狀態",
        "household_class": "戶別",
        "room_type": "房型",
        "income_month_person_twd": "每人每月所得（元）",
        "property_twd": "不動產（元）",
        "years_used": "已居住年數",
        "has_arrears": "有無欠費",
        "is_disabled": "身心障礙",
        "score": "評分",
        "lottery_number": "抽籤編號",
        "reason_code": "不符理由代碼",
        "decided_at": "審查完成時間",
    },
)
CONSENTS = Sheet(
    key="consents",
    title="申請案之同意",
    table=ApplicationConsent,
    columns={"kind": "事項", "version": "版本", "is_given": "同意", "at": "時間"},
)
PAPERS = Sheet(
    key="application_papers",
    title="申請案之文件",
    table=ApplicationDocument,
    columns={"kind": "文件", "source": "來源", "came_at": "收到時間"},
)
PLACES = Sheet(
    key="queue_places",
    title="候補順位",
    table=QueuePlace,
    columns={"position": "順位", "state": "狀態"},
)
LEASES = Sheet(
    key="leases",
    title="租約",
    table=Lease,
    columns={
        "number": "租約編號",
        "start_on": "起日",
        "end_on": "迄日",
        "rent_twd": "月租金（元）",
        "deposit_twd": "押金（元）",
        "state": "狀態",
        "ended_on": "終止日",
        "end_reason": "終止原因",
        "signed_at": "簽訂時間",
    },
)
DEPOSITS = Sheet(
    key="deposits",
    title="押金往來",
    table=DepositEntry,
    columns={"at": "時間", "kind": "項目", "amount_twd": "金額（元）", "reason": "說明"},
)
ENTRIES = Sheet(
    key="rent_entries",
    title="租金與費用",
    table=AccountEntry,
    columns={"due_on": "期日", "kind": "項目", "amount_twd": "金額（元）", "text": "說明"},
)
HOMES = Sheet(
    key="residencies",
    title="居住紀錄",
    table=Residency,
    columns={"from_on": "起日", "until_on": "迄日"},
)
REPAIRS = Sheet(
    key="repairs",
    title="報修",
    table=RepairTicket,
    columns={
        "number": "案號",
        "place": "位置",
        "category": "類別",
        "text": "說明",
        "phone": "聯絡電話",
        "submitted_at": "報修時間",
        "stage": "狀態",
    },
)
LETTERS = Sheet(
    key="letters",
    title="公文",
    table=LetterRow,
    columns={
        "number": "發文字號",
        "case_number": "案號",
        "title": "主旨",
        "addressee_address": "寄送地址",
        "channel": "送達方式",
        "state": "狀態",
        "sent_at": "發文時間",
    },
)
FILES = Sheet(
    key="files",
    title="您上傳的檔案（檔案本身請於案件頁下載）",
    table=StoredFileRow,
    columns={"filename": "檔名", "size_bytes": "大小（位元組）", "uploaded_at": "上傳時間"},
)
REQUESTS = Sheet(
    key="data_requests",
    title="個人資料權利請求",
    table=DataRequest,
    columns={
        "number": "案號",
        "kind": "請求事項",
        "field": "項目",
        "received_at": "收到時間",
        "state": "狀態",
        "reason": "理由或辦理情形",
        "decided_at": "決定時間",
    },
)
EXPORTS = Sheet(
    key="data_exports",
    title="資料複製本紀錄",
    table=DataExport,
    columns={"ordered_at": "申請時間", "ready_at": "備妥時間", "fetched_at": "下載時間"},
)
