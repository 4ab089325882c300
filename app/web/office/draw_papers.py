"""What stands in the papers of a draw. They are official documents: Vietnamese in any language."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import force_locale
from flask_babel import gettext as _

from app.i18n import TIMEZONE
from app.numbers import count
from app.plan_sentences import plan_in_words
from app.queries.draws import DrawShown, StratumCount
from app.services import signing
from app.web import context
from app.web.office.sample_pages import label_names
from surveys.sampling.plan import Plan, read_plan


def told(shown: DrawShown) -> Mapping[str, Any]:
    """Give the template of the papers every text it needs."""
    with force_locale("vi"):
        return {**_facts(shown), **_drawn(shown), **_numbers(shown)}


def strata(shown: DrawShown) -> tuple[StratumCount, ...]:
    """Name the first-stage strata of a draw for people."""
    plan = read_plan(shown.plan_text)
    names = _stratum_names(plan, [stratum.name for stratum in shown.strata])
    return tuple(
        StratumCount(names[each.name], each.population, each.main, each.reserve)
        for each in shown.strata
    )


def explanation() -> str:
    """Say what the archive of a draw holds and how to repeat it."""
    with force_locale("vi"):
        return "\n".join(_explanation()) + "\n"


def _explanation() -> list[str]:
    return [
        _("Tính lại danh sách mẫu"),
        "",
        _("khung-mau.csv: danh sách đã chốt. phuong-an.toml: phương án. so-gieo.txt: số gieo."),
        _("danh-sach-mau.csv: danh sách mẫu. bien-ban.pdf: biên bản để ký."),
        _("bien-ban.json, bien-ban.sig, khoa-cong-khai.txt: nội dung được ký số (Ed25519)."),
        "",
        _("Cần Python từ 3.11 và numpy. Chạy trong thư mục này, thay SỐ GIEO bằng số trong tệp:"),
        'python replay.py khung-mau.csv phuong-an.toml "SỐ GIEO" danh-sach-mau.csv',
        _("Chương trình báo trùng khớp, hoặc chỉ rõ chỗ sai khác."),
    ]


def _facts(shown: DrawShown) -> dict[str, Any]:
    agency = _("SỞ NỘI VỤ")
    moment = shown.drawn_at or shown.announced_at or shown.requested_at
    day = _local(moment)
    province = shown.province_name
    short = province.removeprefix("Tỉnh ").removeprefix("Thành phố ")
    return {
        "kind": "protocol" if shown.state == "drawn" else "announcement",
        "footer": _(
            "Lòng Dân · Đợt %(code)s, lần chọn %(number)s",
            code=shown.round_code, number=shown.number,
        ),
        "authority_above": _("UBND %(province)s", province=province.upper()),
        "authority": agency,
        "place_and_day": _(
            "%(province)s, ngày %(day)s tháng %(month)s năm %(year)s",
            province=short, day=f"{day.day:02d}", month=f"{day.month:02d}", year=day.year,
        ),
        "round": shown.round_name,
        "round_code": shown.round_code,
        "number": str(shown.number),
        "replaces": None if shown.replaces is None else str(shown.replaces),
        "reason": shown.reason,
        "approved_by": shown.person(shown.approved_by),
        "frame": shown.frame_name,
        "n_rows": count(shown.n_rows, "vi"),
        "frame_hash": shown.frame_hash,
        "plan_hash": shown.plan_hash,
        "requested_by": shown.person(shown.requested_by),
        "announced_at": _clock(shown.announced_at),
        "plan_in_words": list(plan_in_words(read_plan(shown.plan_text))),
        "plan_text": shown.plan_text,
        "simulated": shown.simulated,
        "signatories": [
            agency, _("Đại diện Ủy ban MTTQ Việt Nam"), _("Đại diện Hội Cựu chiến binh"),
        ],
    }  # fmt: skip


def _drawn(shown: DrawShown) -> dict[str, Any]:
    public_key = shown.public_key or signing.public_key_of(context.settings().secret_key)
    return {
        "seed": shown.seed_text,
        "seed_source": shown.seed_source,
        "drawn_at": _clock(shown.drawn_at),
        "place": shown.place,
        "witnesses": [
            {"name": each.name, "position": each.position, "organisation": each.organisation}
            for each in shown.witnesses
        ],
        "list_hash": shown.list_hash,
        "signature": (shown.signature or b"").hex(),
        "public_key": public_key.hex(),
        "fingerprint": signing.fingerprint(public_key),
        "command": "python replay.py khung-mau.csv phuong-an.toml "
        f'"{shown.seed_text}" danh-sach-mau.csv',
    }


def _numbers(shown: DrawShown) -> dict[str, Any]:
    rows = strata(shown)
    return {
        "n_main": count(shown.n_main, "vi"),
        "n_reserve": count(shown.n_reserve, "vi"),
        "strata": [
            {
                "name": each.name,
                "population": count(each.population, "vi"),
                "main": count(each.main, "vi"),
                "reserve": count(each.reserve, "vi"),
            }
            for each in rows
        ],
        "total": {
            "population": count(sum(each.population for each in rows), "vi"),
            "main": count(sum(each.main for each in rows), "vi"),
            "reserve": count(sum(each.reserve for each in rows), "vi"),
        },
    }


def _stratum_names(plan: Plan, labels: list[str]) -> Mapping[str, str]:
    """Name strata of one column; those of several columns keep their codes."""
    columns = plan.stages[0].strata
    if len(columns) != 1:
        return {label: label or _("Toàn tỉnh") for label in labels}
    return label_names(columns[0], labels)


def _local(moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(TIMEZONE))


def _clock(moment: datetime | None) -> str:
    return "" if moment is None else f"{_local(moment):%H:%M ngày %d/%m/%Y}"
