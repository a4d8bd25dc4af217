"""The declarative base of every slice's tables, on the same metadata as the engine's."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy.orm import DeclarativeBase

from engine.db import UTCDateTime, metadata


class Base(DeclarativeBase):
    """Base of the ORM classes of `housing/`; instants are aware, in UTC."""

    metadata = metadata
    type_annotation_map: ClassVar = {datetime: UTCDateTime}
