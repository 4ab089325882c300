"""The sheets of a whole province in one file: 54 communes, ten counters each.

Codes are worked out anew for each format. CPU seconds tell how much work it is on a busy machine.
"""

import time

from app.services.posters import FORMATS, Sheet, sheets_pdf
from app.services.posters.codes import matrix_of
from app.services.posters.numbers import number_of

COMMUNES, COUNTERS = 54, 10
MOST_SECONDS = 10
HOST = "https://khaosat.quangninh.gov.vn"


def sheets() -> list[Sheet]:
    return [
        Sheet(
            province="Tỉnh Quảng Ninh",
            centre=f"Trung tâm Phục vụ hành chính công phường Thử nghiệm số {commune}",
            number=f"{counter:02}",
            counter="Tiếp nhận hồ sơ và trả kết quả: hộ tịch, chứng thực",
            address=f"{HOST}/c/{commune:05}-{counter:02}",
            simulated=True,
            short_page=f"{HOST}/q",
            digits=number_of(commune * COUNTERS + counter),
        )
        for commune in range(COMMUNES)
        for counter in range(COUNTERS)
    ]


def main() -> None:
    province = sheets()
    print(f"{len(province)} sheets, both languages; target {MOST_SECONDS} s")
    print(f"{'format':8}{'seconds':>9}{'CPU s':>9}{'MB':>7}")
    for form in FORMATS:
        matrix_of.cache_clear()
        begun, used = time.perf_counter(), time.process_time()
        size = len(sheets_pdf(province, form=form, language="both"))
        took, used = time.perf_counter() - begun, time.process_time() - used
        print(f"{form:8}{took:9.1f}{used:9.1f}{size / 1e6:7.1f}")


if __name__ == "__main__":
    main()
