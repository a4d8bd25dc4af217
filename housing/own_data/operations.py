"""What the diagram `personal_data.request` calls."""

from engine.calendar import local_date
from housing.own_data import service
from housing.own_data.models import DataRequest
from housing.slices import NOTHING, Call, Result

BASIS_WORDS = {
    "right": "資料經查證正確，無須更正（個人資料保護法第 11 條第 1 項）",
    "duty": "執行職務所必須（個人資料保護法第 11 條第 2 項、第 3 項但書）",
    "identity": "無法確認請求人為資料之當事人（個人資料保護法施行細則）",
}
"""Code of the law that lets the office refuse, as the notice says it."""


def acknowledge(call: Call, request_id: int) -> Result:
    """Tell the person that the request arrived and by when it is decided."""
    row = call.session.get_one(DataRequest, int(request_id))
    row.instance_id = call.instance.id
    service.tell(row, "data_request_received", {}, call.session, call.clock)
    return NOTHING


def decide(call: Call, request_id: int) -> Result:
    """End a request as the officer, and for a refusal the chief, decided; the person is told.

    Returns:
        is_granted.
    """
    row = call.session.get_one(DataRequest, int(request_id))
    is_granted = row.decision == "grant"
    row.state, row.decided_at = "granted" if is_granted else "refused", call.now
    fields: dict[str, object] = {"reason": row.reason or ""}
    if is_granted and row.kind != "correct":
        row.closes_on = service.closing_day(local_date(call.now))
        fields["until"] = row.closes_on
    if not is_granted:
        fields["what"] = BASIS_WORDS.get(row.basis or "", "")
    service.tell(row, f"data_request_{row.state}", fields, call.session, call.clock)
    return {"is_granted": is_granted}
