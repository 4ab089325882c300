"""Câu tiếng Việt về những gì thống kê từ chối hoặc lưu ý."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

FAULTS: Final[Mapping[str, str]] = {
    "empty-sample": "không có hàng nào.",
    "empty-domain": "không ai có trọng số trong nhóm này.",
    "bad-weight": "trọng số ở cột «{column}» không dùng được: {value} (hàng {row}).",
    "bad-fraction": (
        "số đơn vị của tổng thể (hoặc tỷ lệ chọn) không giống nhau trong một tầng, hoặc không hợp "
        "lệ (hàng {row}). Đó là số đơn vị có thể chọn ở giai đoạn này, mỗi tầng một số: phải chăng "
        "thiếu «strata», hoặc đây là cột của giai đoạn khác, hoặc là trọng số?"
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
    "bad-bounds": "cận không chừa chỗ cho trọng số: {reason} {lower} {upper}",
    "bad-column": "cột «{column}{item}» chứa giá trị không dùng được: {value} {reason} {row}",
    "bad-probability": "có xác suất không lớn hơn 0 hoặc vượt quá 1: {value}.",
    "bad-replicate-weight": "có trọng số lặp không phải số hữu hạn.",
    "bad-rho": "«rho» phải từ 0 đến dưới 1.",
    "bad-share": "tỷ trọng phải từ 0 đến 1 và, với các đợt, cộng lại bằng 1: {shares}.",
    "bad-total": "có tổng âm hoặc không phải số: {margin} {cell} {total}",
    "brr-needs-pairs": "nửa mẫu cân bằng cần đúng hai PSU mỗi tầng; có tầng gồm {n_psu}.",
    "jk2-needs-pairs": "jk2 cần đúng hai PSU mỗi tầng.",
    "jk1-needs-one-stratum": "jk1 dùng cho mẫu không phân tầng; hãy dùng jkn.",
    "calibration-impossible": "không có trọng số nào đạt các tổng: {reason} {totals} {farthest}",
    "calibration-not-converged": (
        "sau {iterations} vòng lặp, tổng «{worst}» vẫn lệch một tỷ lệ {distance}."
    ),
    "cells-without-total": "có người trả lời trong ô không có tổng ({margin}): {cells}.",
    "empty-cells": "không ai trong mẫu đại diện được cho các ô ({margin}): {cells}.",
    "thin-cells": "các ô có dưới {minimum} người trả lời: {cells}.",
    "missing-category": (
        "{respondents} người có trọng số nhưng không thuộc ô nào {margin}; một cột của bước này "
        "bị trống."
    ),
    "missing-design": "cột «{column}» trống ở hàng {row}.",
    "propensity-not-estimated": "không ước lượng được xác suất trả lời: {reason}.",
    "totals-disagree": (
        "các biên cộng lại thành những tổng khác nhau; hãy sửa, hoặc ghi reconcile = true."
    ),
    "trimming-impossible": "không giữ được tổng trong các cận ({cells}): {lower} đến {upper}.",
    "no-clusters": "tương quan nội lớp cần «clusters» trong [design].",
    "no-replicates": 'interval = "replicates" cần [design.replicates].',
    "not-fixed-size": (
        'các PSU được chọn độc lập với nhau: hãy dùng pps_variance = "horvitz-thompson".'
    ),
    "not-linear": "không tuyến tính hóa được {estimator} ở đây; hãy dùng trọng số lặp.",
    "replicate-scales-needed": "phương pháp {method} cần «rscales».",
    "too-few-replicates": "{n_replicates} mẫu lặp là quá ít.",
    "too-many-pairs": "{n_psu} PSU tạo quá nhiều cặp; hãy dùng pps-hartley-rao hoặc pps-overton.",
    "too-many-replicates": "{n_psu} PSU với {n_replicates} mẫu lặp vượt quá bộ nhớ.",
    "joint-wrong-shape": "không có đúng một xác suất kép cho mỗi hai PSU.",
}

NOTES: Final[Mapping[str, str]] = {
    "empty-domain": "Không có ai trong nhóm.",
    "no-degrees-of-freedom": "Không có bậc tự do: không biết khoảng tin cậy rộng bao nhiêu.",
    "no-variation": "Mẫu không có biến động; khoảng tin cậy tính như với những người độc lập.",
    "fixed-by-design": "Do thiết kế mẫu hoặc tổng đã biết quy định: không có sai số chọn mẫu.",
    "lonely-psu": "Có tầng chỉ một đơn vị, xử lý theo «{detail}».",
    "replicates-without-value": (
        "Một số bộ trọng số lặp không cho giá trị ở đây; sai số tính từ các bộ còn lại."
    ),
    "at-bounds": "Số trọng số nằm ở cận: {detail}.",
    "branch-absent": "Không ai trả lời «{detail}» ở đây; trọng số chuyển cho các nhánh khác.",
    "cells-merged": "Số ô được gộp: {detail}.",
    "eligible-total-moved": "Tổng trọng số của người đủ điều kiện thay đổi một tỷ lệ {detail}.",
    "negative-variance": "Phương sai ước lượng bị âm: mẫu quá nhỏ để biết sai số.",
    "negative-weights": "Số trọng số âm: {detail}.",
    "outside-bounds": "Số trọng số vẫn nằm ngoài cận: {detail}.",
    "replicate-not-adjusted": "Có mẫu lặp không điều chỉnh được: {detail}.",
    "thin-cells": "Số ô có ít người trả lời: {detail}.",
    "trimmed": "Số trọng số bị cắt: {detail}.",
}

WORDS: Final[Mapping[str, str]] = {
    "bounds": "các cận quá hẹp",
    "nobody-has-it": "không ai trong mẫu có",
    "totals-disagree": "các tổng này mâu thuẫn nhau:",
    "lower-not-below-upper": "cận dưới phải nhỏ hơn cận trên.",
    "upper-not-positive": "cận trên phải dương.",
    "logit-needs-bounds-around-one": 'distance = "logit" cần hai cận, một dưới 1 và một trên 1.',
    "nobody-responded": "không ai trả lời",
    "not-converged": "mô hình không có nghiệm hữu hạn",
    "not a number": "cột không chứa số",
    "no term is left": "không còn số hạng nào",
    "not a category": "(cột không chứa mã nhóm)",
    "not among the levels": "không có trong danh sách nhóm",
    "joint-out-of-range": "thiếu, không lớn hơn 0, hoặc lớn hơn 1",
    "joint-not-symmetric": "cặp này có hai số khác nhau",
    "joint-wrong-diagonal": "đường chéo không phải xác suất của chính PSU",
    "joint-too-large": "lớn hơn một trong hai xác suất",
    "joint-too-small": "nhỏ hơn mức hai xác suất cho phép",
}
