"""Dates and times as readers of either language write them."""

from __future__ import annotations

from datetime import datetime, tzinfo

from ui.messages import InterfaceLanguage

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def time_element(moment: datetime, language: InterfaceLanguage, zone: tzinfo | None = None) -> str:
    """A `<time>` of that moment in `zone`, by default this computer's; nothing in it needs to be escaped."""
    return f'<time datetime="{moment.isoformat(timespec="seconds")}">{local_time(moment, language, zone)}</time>'


def local_time(moment: datetime, language: InterfaceLanguage, zone: tzinfo | None = None) -> str:
    local = moment.astimezone(zone)
    clock = f"{local.hour:02}:{local.minute:02}"
    if language == "zh":
        return f"{local.year}年{local.month}月{local.day}日 {clock}"
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}, {clock}"


def zone_name(moment: datetime, zone: tzinfo | None = None) -> str:
    """How far the zone is from UTC at that moment."""
    offset = moment.astimezone(zone).utcoffset()
    minutes = int(offset.total_seconds()) // 60 if offset else 0
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'−' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")
