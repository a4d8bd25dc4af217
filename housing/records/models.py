"""Tables of cases: what people submitted, what they are still writing, and who may look."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from housing.orm import Base

InstanceId = String(32)


class FormSubmission(Base):
    """What somebody filled in, whole; only fields marked as variables enter the process.

    Attributes:
        task_id: the completed user task; None for the form that started the case or a message.
        element_id: the element of the diagram the form belongs to; "" at the start.
        values: field name to JSON value; photos are ids of stored files.
    """

    __tablename__ = "form_submission"

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[str] = mapped_column(
        InstanceId, ForeignKey("process_instance.id"), index=True
    )
    task_id: Mapped[str | None] = mapped_column(String(32), index=True)
    element_id: Mapped[str] = mapped_column(String(100))
    element_name: Mapped[str] = mapped_column(String(200))
    form_key: Mapped[str] = mapped_column(String(100))
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    account_id: Mapped[str] = mapped_column(String(64))
    account_name: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime]


class CaseParty(Base):
    """Who takes part in a case, beside the staff of its scope.

    Attributes:
        party: "account:<id>" of a person or "contractor:<code>", the scope of a contractor.
        relation: reporter, household, follower or contractor.
    """

    __tablename__ = "case_party"

    instance_id: Mapped[str] = mapped_column(
        InstanceId, ForeignKey("process_instance.id"), primary_key=True
    )
    party: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)
    relation: Mapped[str] = mapped_column(String(16))


class TaskDraft(Base):
    """A form somebody is still writing; one draft a person and key.

    Attributes:
        key: the user task's id, or "start:<process key>" for a form that starts a case.
    """

    __tablename__ = "task_draft"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    saved_at: Mapped[datetime]
