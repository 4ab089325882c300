"""Câu tiếng Việt về những gì thống kê từ chối hoặc lưu ý."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

FAULTS: Final[Mapping[str, str]] = {
    "empty-sample": "không có hàng nào.",
    "empty-domain": "không ai có quyền số trong nhóm này.",
    "bad-weight": "quyền số ở cột «{column}» không dùng được: {value} (hàng {row}).",
    "bad-fraction": (
        "tỷ lệ hoặc số lượng của tổng thể không hợp lệ, hoặc khác nhau trong một tầng (hàng {row})."
    ),
    "size-too-small": "tầng của hàng {row} ghi có {size} đơn vị, nhưng đã chọn {drawn}.",
    "psu-in-two-strata": (
        "«{psu}» của cột «{column}» nằm ở hai tầng. Nếu tên lặp lại giữa các tầng, hãy ghi "
        "nested = true."
    ),
    "lonely-psu": (
        "{strata} tầng chỉ có một đơn vị nên không biết phương sai. Hãy chọn cách xử lý trong "
        '[design]: lonely = "adjust" (thận trọng), "average", "certainty" hoặc "remove".'
    ),
    "unequal-designs": "không so sánh được ước lượng từ các thiết kế khác nhau.",
}

NOTES: Final[Mapping[str, str]] = {
    "empty-domain": "Không có ai trong nhóm.",
    "no-degrees-of-freedom": "Không có bậc tự do: không biết khoảng tin cậy rộng bao nhiêu.",
    "no-variation": "Mẫu không có biến động; khoảng tin cậy tính như với những người độc lập.",
    "lonely-psu": "Có tầng chỉ một đơn vị, xử lý theo «{detail}».",
    "replicates-without-value": "Một số mẫu lặp không có giá trị: {detail}",
}
