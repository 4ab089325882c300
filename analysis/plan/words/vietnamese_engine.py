"""Câu tiếng Việt về những gì thống kê từ chối hoặc lưu ý."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

FAULTS: Final[Mapping[str, str]] = {
    "empty-sample": "không có hàng nào.",
    "empty-domain": "không ai có trọng số trong nhóm này.",
    "bad-weight": (
        "trọng số phải là số không âm, nhưng {row} ghi {value:n}. (Hiệu chỉnh tuyến tính không có "
        "cận có thể tạo ra trọng số âm.)"
    ),
    "no-weight": "mọi trọng số đều bằng 0.",
    "fractions-differ": (
        "tầng {stratum}: {row} ghi {value:n}, nhưng hàng dữ liệu {first} của cùng tầng ghi "
        "{other:n}. Đó là số đơn vị có thể chọn ở giai đoạn này, mỗi tầng một số: phải chăng thiếu "
        "«strata», hoặc đây là cột của giai đoạn khác, hoặc là trọng số?"
    ),
    "fpc-zero": (
        "có {n:n} hàng ghi 0, đầu tiên là {row}: không thể chọn được ai từ tổng thể như vậy. Nếu "
        "không "
        'biết số này hoặc nó không quan trọng, hãy ghi "" cho giai đoạn này.'
    ),
    "bad-fraction": (
        "{row} ghi {value:n}, không phải số đơn vị hay tỷ lệ chọn. Đây phải là số đơn vị có thể "
        "chọn ở giai đoạn này."
    ),
    "size-too-small": (
        "tầng {stratum} ghi có {size:n} đơn vị, nhưng đã chọn {drawn:n}; hàng đầu tiên của tầng là "
        "{row}."
    ),
    "psu-in-two-strata": (
        "«{psu}» của cột «{column}» nằm ở hai tầng. Nếu tên lặp lại giữa các tầng, hãy ghi "
        "nested = true."
    ),
    "lonely-psu": (
        "{strata} tầng chỉ có một đơn vị nên không biết phương sai. Hãy chọn cách xử lý trong "
        '[design]: lonely = "adjust" (thận trọng), "average", "certainty" hoặc "remove".'
    ),
    "no-pairs": (
        "{strata} tầng chỉ có một đơn vị không chắc chắn được chọn: không có cặp nào để tính "
        "phương sai, "
        'và `lonely` không áp dụng cho cặp. Hãy gộp tầng, hoặc ghi selection = "pps-brewer".'
    ),
    "unequal-designs": "không so sánh được ước lượng từ các thiết kế khác nhau.",
    "bad-bounds": "cận không chừa chỗ cho trọng số: {reason} {lower:n} {upper:n}",
    "bad-domains": "không có nhóm nào, hoặc có hàng thuộc nhóm không tồn tại: {n_domains} {code}",
    "bad-column": "cột «{column}{item}» chứa giá trị không dùng được: {value} {reason} {row}",
    "bad-probability": "có xác suất không lớn hơn 0 hoặc vượt quá 1: {value:n}.",
    "bad-replicate-weight": "có trọng số lặp không phải số hữu hạn.",
    "bad-rho": "«rho» phải từ 0 đến dưới 1.",
    "bad-share": "tỷ trọng phải từ 0 đến 1 và, với các đợt, cộng lại bằng 1: {shares}.",
    "bad-total": "có tổng âm hoặc không phải số: {margin} {cell} {total}",
    "brr-needs-pairs": "nửa mẫu cân bằng cần đúng hai PSU mỗi tầng; có tầng gồm {n_psu}.",
    "jk2-needs-pairs": "jk2 cần đúng hai PSU mỗi tầng.",
    "jk1-needs-one-stratum": "jk1 dùng cho mẫu không phân tầng; hãy dùng jkn.",
    "calibration-impossible": "không có trọng số nào đạt các tổng: {reason} {totals} {farthest}",
    "calibration-not-converged": (
        "sau {iterations} vòng lặp, tổng «{worst}» vẫn lệch {distance:%}."
    ),
    "cells-without-total": "có người trả lời trong ô không có tổng ({margin}): {cells}.",
    "empty-cells": "không ai trong mẫu đại diện được cho các ô ({margin}): {cells}.",
    "thin-cells": "các ô có dưới {minimum} người trả lời: {cells}.",
    "missing-category": (
        "{respondents} người có trọng số nhưng không thuộc ô nào {margin}; một cột của bước này "
        "bị trống."
    ),
    "missing-design": "cột «{column}» trống ở {row}.",
    "propensity-not-estimated": "không ước lượng được xác suất trả lời: {reason}.",
    "totals-disagree": (
        "các biên cộng lại thành những tổng khác nhau: {sums}. Hãy sửa, hoặc ghi reconcile = true: "
        "mọi biên được đưa về tổng của biên đầu tiên."
    ),
    "trimming-impossible": "không giữ được tổng trong các cận ({cells}): {lower:n} đến {upper:n}.",
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
    "corner-linearised": (
        "Điểm theo bậc, có trần hoặc sàn: sai số tính theo đường thẳng vì thiết kế "
        "này không có bộ trọng số lặp."
    ),
    "at-bounds": "Số trọng số nằm ở cận: {detail:n}.",
    "branch-absent": "Không ai trả lời «{detail}» ở đây; trọng số chuyển cho các nhánh khác.",
    "cells-merged": "Số ô được gộp: {detail:n}.",
    "eligible-total-moved": "Tổng trọng số của người đủ điều kiện thay đổi {detail:%}.",
    "negative-variance": "Phương sai ước lượng bị âm: mẫu quá nhỏ để biết sai số.",
    "negative-weights": "Số trọng số âm: {detail:n}.",
    "outside-bounds": "Số trọng số vẫn nằm ngoài cận: {detail:n}.",
    "replicate-not-adjusted": "Có mẫu lặp không điều chỉnh được: {detail}.",
    "thin-cells": "Số ô có ít người trả lời: {detail:n}.",
    "trimmed": "Số trọng số bị cắt: {detail:n}.",
    "end-beyond-data": (
        "Một đầu của khoảng tin cậy nằm ngoài giá trị nhỏ nhất hoặc lớn nhất: quá ít người cho "
        "phân vị này."
    ),
    "rounds-share-psus": (
        "Hai đợt «{part[0]}» và «{part[1]}» có {part[2]:n} mã PSU chung (mỗi đợt {part[3]:n} và "
        '{part[4]:n} PSU). Nếu đó là cùng những PSU, hãy ghi rounds = "overlapping" trong '
        "[design]: sai số của mức thay đổi sẽ khác."
    ),
    "rounds-share-few": (
        "Hai đợt «{part[0]}» và «{part[1]}» được khai là trùng PSU, nhưng chỉ có {part[2]:n} PSU "
        "chung (mỗi đợt {part[3]:n} và {part[4]:n}). Mã trong hai tệp có viết giống nhau không?"
    ),
    "psus-changed-strata": (
        "Giữa hai đợt «{part[0]}» và «{part[1]}» có {part[2]:n} mã PSU nằm ở tầng khác; chúng được "
        "tính là những PSU khác."
    ),
    "codes-alike": (
        "Cột «{part[0]}»: «{part[1]}» và «{part[2]}» chỉ khác nhau ở cách viết (số 0, dấu cách, "
        "chữ hoa) và được tính thành hai nhóm."
    ),
    "many-domains": (
        "Ước lượng «{part[0]}»: {part[2]:n} nhóm theo {part[1]}, một nửa số nhóm có không quá "
        "{part[3]:n} người trả lời. Màn hình chỉ hiện các hàng đầu, --out ghi tất cả. Nếu để công "
        "bố, hãy chọn cột có ít nhóm hơn."
    ),
    "totals-moved": (
        "Tổng đã biết của bước {part[0]} ({part[1]}) không còn đạt: «{part[2]}» lệch {part[3]:%}. "
        "Hãy hiệu chỉnh lại một lần nữa sau bước này, hoặc bỏ bước này."
    ),
    "nothing-to-test": (
        "Không có trị số p: không có gì thay đổi từ mẫu này sang mẫu khác (đã hỏi toàn bộ, hoặc "
        "mọi người như nhau)."
    ),
    "no-freedom-to-test": (
        "Không có trị số p: {part[0]} bậc tự do. Quá ít PSU so với số tầng, số nhóm hoặc số biến."
    ),
    "too-many-hypotheses": (
        "Không có trị số p: số điều kiểm định cùng lúc nhiều hơn mức các PSU phân biệt được; hãy "
        "gộp nhóm."
    ),
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
    "not a category": "(cột không chứa nhóm)",
    "not among the levels": "không có trong danh sách nhóm",
    "joint-out-of-range": "thiếu, không lớn hơn 0, hoặc lớn hơn 1",
    "joint-not-symmetric": "cặp này có hai số khác nhau",
    "joint-wrong-diagonal": "đường chéo không phải xác suất của chính PSU",
    "joint-too-large": "lớn hơn một trong hai xác suất",
    "joint-too-small": "nhỏ hơn mức hai xác suất cho phép",
}
