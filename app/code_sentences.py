"""Lists of closed dossiers, orders for one-time codes and how they go out: codes into sentences."""

from flask_babel import lazy_gettext as _l

# Why a row of a list is not taken (app.services.dossiers.checking, .store).
ROWS = {
    "dossier.code-missing": _l("Thiếu mã hồ sơ."),
    "dossier.code-malformed": _l("Mã hồ sơ quá dài hoặc có ký tự không in được."),
    "dossier.twice": _l("Mã này đã có ở dòng trên, với trung tâm, lĩnh vực hoặc ngày khác."),
    "dossier.changed": _l(
        "Hồ sơ đã có trong đợt, với trung tâm, lĩnh vực hoặc ngày trả kết quả khác."
    ),
    "dossier.day-missing": _l("Thiếu ngày trả kết quả."),
    "dossier.day-malformed": _l("Không đọc được ngày trả kết quả."),
    "dossier.not-closed": _l("Ngày trả kết quả ở sau hôm nay: hồ sơ chưa xong."),
    "dossier.centre-missing": _l("Thiếu nơi trả kết quả."),
    "dossier.centre-unknown": _l("Không biết trung tâm này là trung tâm nào của tỉnh."),
    "dossier.field-unknown": _l("Không có lĩnh vực này trong danh mục."),
}

# What a column of a row is (app.services.dossiers.checking.RowProblem).
COLUMNS = {
    "code": _l("Mã hồ sơ"),
    "closed_on": _l("Ngày trả kết quả"),
    "centre": _l("Trung tâm"),
    "field": _l("Lĩnh vực"),
    "": _l("Cả tệp"),
}

# Uploads, signatures and tokens (app.services.dossiers).
LISTS = {
    "round.not-per-dossier": _l("Đợt này không dùng mã một lần cho từng hồ sơ."),
    "round.takes-no-dossiers": _l("Đợt đã đóng nên không nhận thêm hồ sơ."),
    "round.code-days": _l("Thời hạn của mã từ 1 đến %(most)s ngày."),
    "upload.unknown": _l("Không có danh sách này."),
    "upload.same-file": _l("Tệp này đã được nộp (danh sách số %(number)s)."),
    "upload.not-asking": _l("Cột của tệp này đã được xác nhận."),
    "upload.ended": _l("Danh sách này đã xong."),
    "upload.stopped": _l("Đã dừng theo yêu cầu; không hồ sơ nào được nhận."),
    "upload.columns-missing": _l(
        "Cần cột mã hồ sơ, cột ngày trả kết quả, và cột trung tâm hoặc tên một nơi cho cả tệp."
    ),
    "manifest.unreadable": _l("Không đọc được tệp chữ ký."),
    "manifest.altered": _l(
        "Tệp không đúng với chữ ký: đã bị sửa sau khi ký, hoặc là chữ ký của tệp khác."
    ),
    "manifest.forged": _l("Chữ ký không đúng."),
    "manifest.unknown-signer": _l("Khóa ký chưa được đăng ký hoặc đã bị thu hồi."),
    "signer.key-malformed": _l("Khóa công khai gồm 64 chữ số thập lục phân."),
    "signer.known": _l("Khóa này đã được đăng ký."),
    "signer.unknown": _l("Không có khóa này."),
    "token.unknown": _l("Không có khóa kết nối này."),
    "import.file-gone": _l("Tệp đã bị xóa trước khi đọc. Hãy nộp lại."),
    "import.gave-up": _l("Đã thử nhiều lần không được. Hãy báo người quản trị."),
    "import.fault": _l("Phần mềm gặp lỗi. Hãy báo người quản trị."),
}

# Orders (app.services.orders).
ORDERS = {
    "order.unknown": _l("Không có đề nghị này."),
    "order.kind-unknown": _l("Xin chọn việc cần làm."),
    "order.sender-unknown": _l("Xin chọn cách giao mã."),
    "order.reason-missing": _l("Xin ghi lý do."),
    "order.days-reversed": _l("Ngày sau phải bằng hoặc sau ngày trước."),
    "order.too-many-named": _l("Chỉ nêu được nhiều nhất %(most)s hồ sơ."),
    "order.nothing": _l("Không có hồ sơ nào cần làm việc này."),
    "order.not-asked": _l("Đề nghị này đã được quyết định hoặc rút lại."),
    "order.same-person": _l("Người đề nghị không được tự duyệt; cần một người khác."),
    "order.not-running": _l("Đề nghị này không đang được thực hiện."),
    "order.not-stopped": _l("Chỉ tiếp tục được đề nghị đã dừng hoặc bị lỗi."),
    "order.no-file": _l("Đề nghị này không có tệp để lấy."),
    "order.fetched": _l("Tệp đã được lấy một lần và đã hủy."),
    "order.file-over": _l("Đã quá hạn lấy tệp; tệp đã hủy. Hãy đề nghị cấp lại mã."),
    "webhook.not-allowed": _l(
        "Địa chỉ nhận không nằm trong các địa chỉ được phép của hệ thống. Hãy báo người quản trị."
    ),
    "webhook.unreachable": _l("Không gọi được hệ thống nhận mã."),
    "webhook.refused": _l("Hệ thống nhận mã trả lời không nhận."),
}

# Calls of other systems (app.web.api).
CALLS = {
    "api.rejected": _l("%(n)s chỗ chưa đúng; không hồ sơ nào được nhận."),
    "api.misfit": _l("Nội dung gửi không đúng mô tả ở %(n)s chỗ; không hồ sơ nào được nhận."),
    "json.not-an-object": _l("Phải là một đối tượng JSON."),
    "json.not-a-list": _l("Phải là một danh sách."),
    "json.not-a-text": _l("Phải là một chuỗi ký tự có độ dài cho phép."),
    "json.length": _l("Chuỗi ký tự trống hoặc quá dài."),
    "json.missing": _l("Thiếu mục này."),
    "json.unknown-field": _l("Không có mục nào tên như vậy."),
    "json.empty": _l("Danh sách trống."),
    "json.too-many": _l("Mỗi lần gửi nhiều nhất 1.000 hồ sơ."),
}

SENTENCES = {**LISTS, **ORDERS, **CALLS}

ORDER_KINDS = {
    "issue": _l("Cấp mã"),
    "reissue": _l("Cấp lại mã"),
    "cancel": _l("Hủy mã"),
}
ORDER_STATES = {
    "asked": _l("Chờ duyệt"),
    "approved": _l("Đã duyệt, chờ làm"),
    "running": _l("Đang làm"),
    "stopped": _l("Đã dừng"),
    "done": _l("Đã xong"),
    "refused": _l("Không duyệt"),
    "withdrawn": _l("Đã rút lại"),
    "failed": _l("Bị lỗi"),
}
SENDERS = {
    "slips": _l("Phiếu giấy gấp kín (PDF)"),
    "messages": _l("Danh sách tin nhắn SMS, Zalo"),
    "webhook": _l("Chuyển thẳng sang hệ thống một cửa"),
}
UPLOAD_STATES = {
    "asking": _l("Chờ xác nhận cột"),
    "waiting": _l("Chờ đọc"),
    "reading": _l("Đang đọc"),
    "taken": _l("Đã nhận"),
    "unchanged": _l("Không có hồ sơ mới"),
    "rejected": _l("Không nhận"),
    "failed": _l("Bị lỗi"),
}

# What is wrong with a short code that was typed (app.services.short_codes).
TYPED = {
    "short.length": _l(
        "Mã có đúng 11 ký tự. Xin ông/bà xem lại, có thể thiếu hoặc thừa một ký tự."
    ),
    "short.sign": _l("Trong mã không có chữ u và không có dấu. Xin ông/bà xem lại từng ký tự."),
    "short.check": _l("Có một ký tự chưa đúng. Xin ông/bà so lại từng ký tự với mã in trên giấy."),
}
