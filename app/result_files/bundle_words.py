"""What the replication bundle says of itself."""

from flask_babel import gettext


def _(message: str, **variables: object) -> str:
    return str(gettext(message, **variables))


def explanation() -> str:
    """Say what the archive holds and how to work the table out again in three ways."""
    lines = [
        _("Tính lại kết quả từ câu trả lời"),
        "",
        _("answers.parquet: bản chụp câu trả lời, không có tên, mã hay ngày giờ."),
        _("method.toml: cách tính. plan.toml: kế hoạch phân tích. published.csv: số đã công bố."),
        _("rows.csv: mỗi dòng một phiếu, có tầng, địa bàn mẫu, trọng số cuối cùng và câu trả lời."),
        _("items.csv: ý nghĩa từng mã trả lời. nodes.csv: cây chỉ tiêu. settings.csv: độ tin cậy."),
        _("given.csv (nếu có): các số cho sẵn trong cách tính, không lấy từ câu trả lời."),
        _("auxiliary.csv (nếu có): biến phụ trợ của các bước điều chỉnh trọng số, cho phương sai."),
        _("draw-*.json, .sig.txt, .key.txt: biên bản chọn mẫu có chữ ký số; .seed.txt: số gieo."),
        _("manifest.json: mã băm của từng tệp và chữ ký số của nơi công bố."),
        "",
        _("Có ba cách tính lại, kết quả phải trùng với published.csv (ô trống là không công bố):"),
        _("1. R với gói survey: Rscript recompute.R"),
        _("2. Python với numpy và polars: python recompute.py"),
        _("3. Thư viện thống kê (từ thư mục phần mềm, pip install .):"),
        "   python -m analysis run plan.toml --out figures.csv",
        _("Cách 1 và 2 in ra chênh lệch lớn nhất; chênh lệch phải dưới một phần tỷ."),
        "",
        _("Tệp này có câu trả lời của từng người: giữ như hồ sơ mật, xóa khi không còn cần."),
    ]
    return "\n".join(lines) + "\n"
