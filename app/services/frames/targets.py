"""What a column of a list of dossiers or of villages can hold, and how people head it."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from app.names import search_key


@dataclass(frozen=True, slots=True)
class Target:
    """One thing a column can hold.

    Attributes
    ----------
    name : str
        Stable name; of what goes into the frame, the name of the frame's column.
    headings : tuple of str
        What stands above such columns in real lists.
    contact : bool
        Whether it is about a person: such entries never enter the frame.
    """

    name: str
    headings: tuple[str, ...]
    contact: bool = False


def _contact(name: str, *headings: str) -> Target:
    return Target(name, headings, contact=True)


_PERSON: Final = (
    _contact(
        "name", "Tên người nộp", "Họ và tên", "Họ tên", "Người nộp", "Người nộp hồ sơ",
        "Chủ hồ sơ", "Tên chủ hồ sơ", "Tên tổ chức, cá nhân", "Tổ chức, cá nhân", "Khách hàng",
        "Tên khách hàng", "Người yêu cầu", "Họ tên người nộp", "Họ và tên chủ hồ sơ",
        "Trưởng thôn", "Người liên hệ",
    ),
    _contact(
        "phone", "Số điện thoại", "Điện thoại", "SĐT", "ĐT", "Di động", "Điện thoại liên hệ",
        "Số điện thoại người nộp", "Phone", "Số ĐT", "Điện thoại di động",
    ),
    _contact("email", "Email", "E-mail", "Thư điện tử", "Hộp thư"),
    _contact(
        "address", "Địa chỉ", "Địa chỉ liên hệ", "Địa chỉ người nộp", "Địa chỉ chủ hồ sơ",
        "Địa chỉ thường trú", "Chỗ ở hiện nay", "Địa chỉ nhà",
    ),
    _contact(
        "identity", "CCCD", "Số CCCD", "CMND", "CCCD/CMND", "CMND/CCCD", "Số định danh",
        "Số định danh cá nhân", "Số giấy tờ", "Căn cước công dân", "Căn cước", "Mã số thuế", "MST",
        "Số CMND/CCCD", "Giấy tờ tùy thân", "Mã định danh cá nhân",
    ),
)  # fmt: skip

TARGETS: Final[dict[str, tuple[Target, ...]]] = {
    "dossier": (
        Target("key", (
            "Mã hồ sơ", "Số hồ sơ", "Mã số hồ sơ", "Mã HS", "Số HS", "Mã hồ sơ TTHC",
            "Số biên nhận", "Mã biên nhận", "Số phiếu tiếp nhận", "Mã số biên nhận", "Số ký hiệu",
            "Dossier code", "Mã hồ sơ điện tử", "key",
        )),
        Target("procedure", (
            "Tên thủ tục hành chính", "Thủ tục hành chính", "Tên thủ tục", "Thủ tục", "TTHC",
            "Tên TTHC", "Mã thủ tục", "Mã TTHC", "Mã thủ tục hành chính", "Loại thủ tục",
            "Tên dịch vụ công", "Nội dung hồ sơ", "Trích yếu", "procedure",
        )),
        Target("field", ("Lĩnh vực", "Tên lĩnh vực", "Mã lĩnh vực", "Lĩnh vực thủ tục", "field")),
        Target("centre", (
            "Nơi tiếp nhận", "Đơn vị tiếp nhận", "Cơ quan tiếp nhận", "Trung tâm tiếp nhận",
            "Trung tâm", "Trung tâm HCC", "Bộ phận tiếp nhận", "Bộ phận một cửa",
            "Nơi nhận hồ sơ", "Điểm tiếp nhận", "Mã trung tâm", "Đơn vị nhận", "Tên đơn vị",
            "Đơn vị", "Nơi nộp", "Nơi nộp hồ sơ", "centre",
        )),
        Target("commune", (
            "Xã, phường", "Xã", "Xã, phường, đặc khu", "Tên xã", "Mã xã", "Mã đơn vị hành chính",
            "Đơn vị hành chính", "Xã phường tiếp nhận", "Địa bàn", "Xã, phường tiếp nhận",
            "Cấp xã", "commune",
        )),
        Target("agency", (
            "Cơ quan giải quyết", "Đơn vị giải quyết", "Cơ quan thực hiện", "Đơn vị xử lý",
            "Cơ quan xử lý", "Đơn vị thực hiện", "Cơ quan chủ trì", "Đơn vị thụ lý",
            "Cơ quan có thẩm quyền", "Phòng ban xử lý", "Cơ quan giải quyết TTHC",
            "Thẩm quyền giải quyết", "agency",
        )),
        Target("received_on", (
            "Ngày tiếp nhận", "Ngày nhận", "Ngày nhận hồ sơ", "Ngày tiếp nhận hồ sơ", "Ngày nộp",
            "Thời gian tiếp nhận", "Ngày nộp hồ sơ", "Thời điểm tiếp nhận", "Tiếp nhận",
            "Ngày tháng tiếp nhận", "received on",
        )),
        Target("due_on", (
            "Ngày hẹn trả", "Ngày hẹn trả kết quả", "Hạn trả", "Hẹn trả", "Hạn xử lý", "Ngày hẹn",
            "Thời hạn giải quyết", "Hạn giải quyết", "Thời gian hẹn trả", "Hẹn trả kết quả",
            "Hạn trả kết quả", "due on",
        )),
        Target("returned_on", (
            "Ngày trả", "Ngày trả kết quả", "Trả kết quả", "Ngày kết thúc", "Ngày hoàn thành",
            "Ngày giải quyết xong", "Thời gian trả kết quả", "Ngày kết thúc xử lý", "Ngày trả KQ",
            "Ngày có kết quả", "Ngày trả thực tế", "Ngày trả kết quả thực tế", "Trả thực tế",
            "Ngày thực trả", "Ngày hoàn tất", "returned on",
        )),
        Target("channel", (
            "Hình thức nộp", "Hình thức nộp hồ sơ", "Hình thức tiếp nhận", "Kênh tiếp nhận",
            "Phương thức nộp", "Cách thức nộp", "Nguồn hồ sơ", "Hình thức", "Kênh nộp",
            "Phương thức tiếp nhận", "channel",
        )),
        Target("applicant", (
            "Đối tượng", "Loại đối tượng", "Đối tượng nộp", "Cá nhân/Tổ chức", "Loại chủ hồ sơ",
            "Đối tượng thực hiện", "Loại người nộp", "Đối tượng nộp hồ sơ", "applicant",
        )),
        Target("home_commune", (
            "Nơi cư trú", "Xã thường trú", "Nơi thường trú", "Xã phường cư trú",
            "Xã, phường nơi ở", "Xã nơi cư trú", "Địa bàn cư trú", "Nơi ở", "Xã phường người nộp",
            "home commune",
        )),
        *_PERSON,
    ),
    "area": (
        Target("key", (
            "Mã thôn", "Mã khu", "Mã thôn, khu", "Mã thôn/khu phố", "Mã địa bàn", "Mã tổ dân phố",
            "Mã thôn bản", "Mã khu dân cư", "Mã thôn/bản/khu phố", "Mã ĐB", "key",
        )),
        Target("district", (
            "Huyện", "Quận, huyện", "Tên huyện", "Huyện, thị xã, thành phố", "Mã huyện",
            "Cấp huyện", "district",
        )),
        Target("commune", (
            "Xã", "Xã, phường", "Tên xã", "Xã, phường, đặc khu", "Xã/phường/thị trấn", "Mã xã",
            "Tên xã, phường", "Đơn vị hành chính cấp xã", "Đơn vị", "Cấp xã", "Phường", "commune",
        )),
        Target("village", (
            "Thôn", "Tên thôn", "Khu phố", "Tổ dân phố", "Thôn, khu phố", "Thôn/bản/khu phố",
            "Tên thôn, khu", "Thôn, khu", "Khu dân cư", "Tên khu phố", "Thôn, bản", "Bản",
            "Tên thôn, bản, khu phố", "Tên địa bàn", "village",
        )),
        Target("households", (
            "Số hộ", "Tổng số hộ", "Số hộ dân", "Hộ", "Số hộ gia đình", "Tổng hộ", "households",
        )),
        Target("people", (
            "Số nhân khẩu", "Nhân khẩu", "Số khẩu", "Dân số", "Số dân", "Tổng số nhân khẩu",
            "Tổng số khẩu", "Số người", "Khẩu", "people",
        )),
        Target("difficult", (
            "Khó khăn", "Đặc biệt khó khăn", "ĐBKK", "Thôn đặc biệt khó khăn", "Vùng khó khăn",
            "Địa bàn khó khăn", "Thôn ĐBKK", "Thuộc diện khó khăn", "difficult",
        )),
        *(target for target in _PERSON if target.name in ("name", "phone")),
    ),
}  # fmt: skip

# Without these a list of the kind cannot be read; of a group, one is enough.
NEEDED: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    "dossier": (("key",), ("returned_on",)),
    "area": (("village", "key"), ("households", "people")),
}
# A list without such a column is about one place as a whole, named above it or by its file.
PLACES: Final[dict[str, tuple[str, ...]]] = {
    "dossier": ("centre", "commune"),
    "area": ("commune",),
}
DATES: Final = ("received_on", "due_on", "returned_on")
CONTACTS: Final = ("name", "phone", "email", "address")


def names_of(kind: str) -> tuple[str, ...]:
    """Names of everything a column of a list of this kind can hold, in order."""
    return tuple(target.name for target in TARGETS[kind])


@lru_cache(maxsize=4)
def headings_of(kind: str) -> dict[str, tuple[str, ...]]:
    """Search keys of the usual headings, by target."""
    return {
        target.name: tuple(dict.fromkeys(search_key(heading) for heading in target.headings))
        for target in TARGETS[kind]
    }


@lru_cache(maxsize=20_000)
def fit(kind: str, heading: str) -> tuple[tuple[str, float], ...]:
    """Say what a heading may stand for, the likeliest first.

    Parameters
    ----------
    heading : str
        As it stands in the file.

    Returns
    -------
    tuple of (str, float)
        Targets with a share between 0 and 1: 1 is one of the usual headings; less, the longer the
        rest of the heading is in which one of them occurs.
    """
    key = f" {search_key(heading)} "
    if not key.strip() or len(key) > 200:
        return ()
    found: dict[str, float] = {}
    for name, usual in headings_of(kind).items():
        best = max(
            (len(one) / (len(key) - 2) for one in usual if f" {one} " in key),
            default=0.0,
        )
        if best >= 0.25:
            found[name] = best
    return tuple(sorted(found.items(), key=lambda pair: -pair[1]))
