"""Which parts of an edition owe something, for workers to share."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from publisher.model import DeliveryState
from publisher.storage.schema import delivery


def owing_parts(edition_id: str, now: datetime, size: int) -> Select[Any]:
    """The first and last number of each `size` deliveries that could leave now, in order."""
    columns = delivery.c
    counted = (
        select(
            columns.id,
            ((func.row_number().over(order_by=columns.id) - 1) // size).label("part"),
        )
        .where(
            columns.edition == edition_id,
            columns.owner.is_(None),
            or_(
                columns.state == DeliveryState.PENDING.value,
                and_(columns.state == DeliveryState.DEFERRED.value, columns.retry_at <= now),
            ),
        )
        .subquery()
    )
    return (
        select(func.min(counted.c.id), func.max(counted.c.id))
        .group_by(counted.c.part)
        .order_by(func.min(counted.c.id))
    )
