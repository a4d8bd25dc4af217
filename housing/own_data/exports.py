"""Copies of one's own data (個資法 §3, §10, §14): made beside the pages, sealed, gone in a week."""

import base64
import io
import json
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from jinja2 import Environment
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.types import Actor
from housing.background import queries as works_of
from housing.background import service as background
from housing.notices import service as notices
from housing.notices.rules import CHINESE, chinese_instant, say
from housing.own_data.errors import DataExportNotFound, ExportOrdered
from housing.own_data.gathering import Part, gather
from housing.own_data.models import DataExport
from housing.own_data.rules import EXPORT_LIFE
from housing.own_data.words import CODES
from housing.people import audit
from housing.people import queries as people
from housing.people.models import Account
from housing.vault import Place, Vault

KIND = "own_data_export"
TITLE = "個人資料複製本"
ORDER_PERIOD = timedelta(days=1)
"""A new copy can be ordered so long after the last one; a setting of ours."""

LEFT_OUT = (
    "社會關懷之訪視與評估紀錄：涉及第三人之重大利益或妨害機關執行法定職務者，機關得不提供"
    "（個人資料保護法第 10 條但書第 2 款、第 3 款）。需閱覽者請至櫃檯申請，由承辦人個案審查；"
    "本聲明不表示您有或沒有這類紀錄。",
    "第三人之資料：同戶成員之姓名以遮罩表示；他人之申請、租約及報修不包含在內。",
    "身分證字號：僅提供遮罩後號碼，避免檔案遺失時外洩；全碼請攜帶身分證至櫃檯查詢。",
    "照片與文件檔案：僅列檔名，檔案請於案件頁下載。",
    "滿意度調查之填答：不記名，無法歸屬於個人。",
)
"""What a copy does not hold, and why: for everybody the same words."""

_PAGE = """<!DOCTYPE html>
<html lang="zh-Hant-TW"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }}</title>
<style>body{font-family:sans-serif;line-height:1.6;max-width:60rem;margin:auto;padding:1rem}
table{border-collapse:collapse;width:100%}th,td{border:1px solid #999;padding:.3rem;text-align:left;
vertical-align:top;overflow-wrap:anywhere}</style></head><body>
<h1>{{ title }}</h1>
<p>{{ name }}，製作時間：{{ made }}。依個人資料保護法第 3 條、第 10 條製給。</p>
<h2>未包含的資料與理由</h2><ul>{% for each in left_out %}<li>{{ each }}</li>{% endfor %}</ul>
{% for part in parts %}<h2>{{ part.title }}（{{ part.rows|length }}）</h2>
{% if part.rows %}<table><thead><tr>{% for name in part.rows[0] %}<th scope="col">{{ name }}</th>
{% endfor %}</tr></thead><tbody>{% for row in part.rows %}<tr>{% for value in row.values() %}
<td>{{ value|words }}</td>{% endfor %}</tr>{% endfor %}</tbody></table>
{% else %}<p>沒有資料。</p>{% endif %}{% endfor %}</body></html>
"""


def order(by: Actor, *, session: Session, clock: Clock) -> str:
    """Order a copy of one's own data; it is made beside the pages.

    Raises:
        ExportOrdered: one was ordered within the last day, and that did not fail.
    """
    now, account_id = clock.now(), int(by.id)
    session.get_one(Account, account_id, with_for_update=True)  # who clicks twice waits for himself
    recent = select(DataExport.work_id).where(
        DataExport.account_id == account_id, DataExport.ordered_at > now - ORDER_PERIOD
    )
    works = (works_of.task(work_id, session) for work_id in session.scalars(recent))
    if any(work.state not in {"failed", "stopped"} for work in works):
        raise ExportOrdered
    export_id = uuid4().hex
    work_id = background.order(
        KIND, {"export_id": export_id}, title=TITLE, by=by, session=session, clock=clock
    )
    session.add(
        DataExport(
            id=export_id,
            account_id=account_id,
            work_id=work_id,
            ordered_at=now,
            expires_at=now + EXPORT_LIFE,
        )
    )
    return export_id


def make(export_id: str, *, folder: Path, vault: Vault, session: Session, clock: Clock) -> None:
    """Gather, pack, seal and keep a copy, and tell its owner.

    Raises:
        DataExportNotFound: it was not ordered, or its days are over.
    """
    row = session.get(DataExport, export_id)
    now = clock.now()
    if row is None or now >= row.expires_at:
        raise DataExportNotFound
    account = people.account(row.account_id, session=session)
    archive = _pack(gather(row.account_id, vault=vault, session=session), account.name, now)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    sealed = vault.seal(base64.b64encode(archive).decode(), _place(row.account_id))
    _path(folder, export_id).write_text(sealed, "ascii")
    row.ready_at, row.size_bytes = now, len(archive)
    audit.write("data_copy_made", row.account_id, session=session, now=now)
    notices.tell_account(
        account,
        "data_export_ready",
        {"until": row.expires_at},
        "/account/data",
        channel="mail",
        session=session,
        clock=clock,
    )


def fetch(  # noqa: PLR0913  # whose, from where, with which keys, when
    export_id: str, account_id: int, *, folder: Path, vault: Vault, session: Session, clock: Clock
) -> bytes:
    """Open a copy for its owner; that it was fetched is written down.

    Raises:
        DataExportNotFound: it is somebody else's, not ready, or its days are over.
    """
    row, now = session.get(DataExport, export_id), clock.now()
    if row is None or row.account_id != account_id or row.ready_at is None:
        raise DataExportNotFound
    path = _path(folder, row.id)
    if now >= row.expires_at or not path.is_file():
        raise DataExportNotFound
    row.fetched_at = now
    audit.write("data_copy_fetched", account_id, session=session, now=now)
    return base64.b64decode(vault.open(path.read_text("ascii"), _place(account_id)))


def list_of(account_id: int, *, session: Session, clock: Clock) -> Sequence[DataExport]:
    """List the copies of a person that can be fetched or are being made, the newest first."""
    found = select(DataExport).where(
        DataExport.account_id == account_id, DataExport.expires_at > clock.now()
    )
    return session.scalars(found.order_by(DataExport.ordered_at.desc())).all()


def purge(*, folder: Path, session: Session, clock: Clock) -> None:
    """Remove the files of copies whose days are over; that they were made stays on record."""
    over = select(DataExport).where(DataExport.expires_at <= clock.now())
    for row in session.scalars(over):
        _path(folder, row.id).unlink(missing_ok=True)


def _pack(parts: Sequence[Part], name: str, now: datetime) -> bytes:
    whole = {
        "title": TITLE,
        "made_at": now.astimezone(UTC).isoformat(),
        "left_out": LEFT_OUT,
        "parts": {part.key: {"title": part.title, "rows": part.rows} for part in parts},
    }
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        text = json.dumps(whole, ensure_ascii=False, indent=2, default=_iso)
        file.writestr("data.json", text)
        file.writestr("readme.html", _page(parts, name, now))
    return archive.getvalue()


def _page(parts: Sequence[Part], name: str, now: datetime) -> str:
    environment = Environment(autoescape=True)
    environment.filters["words"] = _words
    return environment.from_string(_PAGE).render(
        title=TITLE, name=name, made=chinese_instant(now), left_out=LEFT_OUT, parts=parts
    )


def _words(value: object) -> str:
    """Say a value in the readable file; days and instants in the calendar of the Republic."""
    if value is None or value == "":
        return "無"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):  # an instant is one too
        return say("", value, CHINESE)
    if isinstance(value, dict):
        return "；".join(f"{name}：{_words(each)}" for name, each in value.items())
    if isinstance(value, list):
        return "、".join(_words(each) for each in value)
    return CODES.get(str(value), str(value))


def _iso(value: object) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _path(folder: Path, export_id: str) -> Path:
    return folder / f"{export_id}.sealed"


def _place(account_id: int) -> Place:
    return Place(table=DataExport.__tablename__, column="file", row=account_id)
