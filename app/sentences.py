"""Stable codes of the program turned into sentences for people, by the language of the request.

Each room adds its codes in a section of its own. A per cent sign is written twice.
"""

from flask_babel import lazy_gettext as _l

from app.code_sentences import SENTENCES as CODES
from app.screening_sentences import SCREENING

# Reservations about published figures (analysis.results.Note, analysis.quality).
NOTES = {
    "empty-domain": _l("Không có người trả lời nào trong nhóm này."),
    "no-degrees-of-freedom": _l(
        "Chỉ có một địa bàn mẫu trong mỗi tầng nên không tính được sai số và khoảng tin cậy."
    ),
    "no-variation": _l(
        "Mọi người trả lời giống nhau; khoảng tin cậy tính theo phân phối beta vì sai số thông "
        "thường bằng 0."
    ),
    "codes-alike": _l("Có mã chỉ khác nhau ở số 0, dấu cách hoặc chữ hoa, chữ thường."),
    "answers-by-code": _l(
        "Người nộp hồ sơ được mời trả lời bằng mã một lần: %(dossiers)s hồ sơ đã trả kết quả, "
        "%(codes)s hồ sơ được gửi mã, %(answers)s hồ sơ có câu trả lời (%(share)s số đã gửi). "
        "Khoảng tin cậy coi người trả lời là ngẫu nhiên trong từng trung tâm; nếu người không hài "
        "lòng trả lời ít hơn hoặc nhiều hơn người khác, sai lệch đó nằm ngoài khoảng tin cậy."
    ),
    "end-beyond-data": _l("Một đầu của khoảng tin cậy nằm ngoài các giá trị quan sát được."),
    "many-domains": _l("Bảng chia thành rất nhiều nhóm."),
    "no-freedom-to-test": _l("Không đủ bậc tự do nên không kiểm định được."),
    "nothing-to-test": _l("Không có gì biến thiên để kiểm định."),
    "psus-changed-strata": _l("Có địa bàn mẫu thuộc các tầng khác nhau ở hai đợt."),
    "rounds-share-few": _l("Hai đợt có rất ít địa bàn mẫu chung."),
    "rounds-share-psus": _l("Các đợt được coi là độc lập nhưng có mã địa bàn mẫu trùng nhau."),
    "too-many-hypotheses": _l("Số giả thuyết nhiều hơn số bậc tự do nên không kiểm định được."),
    "totals-moved": _l("Các tổng đã hiệu chỉnh không còn khớp sau bước sau cùng."),
    "fixed-by-design": _l(
        "Giá trị này do thiết kế mẫu hoặc tổng đã biết quy định nên không có sai số chọn mẫu."
    ),
    "lonely-psu": _l(
        "Có tầng chỉ gồm một địa bàn mẫu; sai số của tầng đó được tính so với trung bình chung."
    ),
    "corner-linearised": _l(
        "Điểm được tính theo bậc hoặc có mức trần, sàn; sai số tính gần đúng theo đường thẳng vì "
        "thiết kế mẫu không cho lập bộ trọng số lặp."
    ),
    "branch-absent": _l(
        "Thành phần “%(detail)s” không có câu trả lời trong nhóm này; chỉ số tính từ các thành "
        "phần còn lại."
    ),
    "negative-variance": _l(
        "Công thức theo cặp cho phương sai âm trong nhóm này nên không tính được sai số."
    ),
    "replicates-without-value": _l(
        "Một số bộ trọng số lặp không cho giá trị trong nhóm này; sai số tính từ các bộ còn lại."
    ),
    "negative-weights": _l("%(detail)s trọng số âm sau khi hiệu chỉnh theo tổng đã biết."),
    "at-bounds": _l("%(detail)s trọng số nằm đúng ở giới hạn đã đặt."),
    "outside-bounds": _l("%(detail)s trọng số vẫn ở ngoài giới hạn đã đặt."),
    "trimmed": _l("%(detail)s trọng số bị cắt bớt."),
    "thin-cells": _l("Nhóm có ít người trả lời: %(detail)s."),
    "cells-merged": _l("Các nhóm được gộp lại: %(detail)s."),
    "eligible-total-moved": _l(
        "Tổng trọng số của người đủ điều kiện thay đổi theo tỷ lệ %(detail)s."
    ),
    "replicate-not-adjusted": _l("Có bộ trọng số lặp không hiệu chỉnh được: %(detail)s."),
    "suppressed.no-respondents": _l("Không có người trả lời."),
    "suppressed.confidential": _l(
        "Ít hơn %(detail)s người trả lời: không công bố để giữ kín ý kiến của từng người."
    ),
    "suppressed.few-respondents": _l(
        "Ít hơn %(detail)s người trả lời: chưa đủ tin cậy để công bố."
    ),
    "suppressed.few-psus": _l("Quá ít địa bàn mẫu nên không tính được sai số."),
    "suppressed.wide-interval": _l(
        "Khoảng tin cậy rộng hơn ±%(detail)s điểm phần trăm: chưa đủ chính xác để công bố."
    ),
    "suppressed.wide-interval-relative": _l(
        "Khoảng tin cậy rộng hơn ±%(detail)s%% của con số: chưa đủ chính xác để công bố."
    ),
    "suppressed.protects-another": _l(
        "Không công bố để không suy ra được số liệu của nhóm khác có ít người trả lời."
    ),
    "suppressed.no-value": _l("Không tính được giá trị từ các câu trả lời."),
}

# Publishing (app.services.publishing, app.services.snapshots, app.services.results).
PUBLISHING = {
    "round.not-mixed": _l(
        "Đợt %(round)s còn %(n)s phiếu đang chờ trộn với nhau. Hãy đợi tiến trình nền làm xong "
        "(thường trong vài phút) rồi tính lại."
    ),
    "round.no-answers": _l("Đợt khảo sát %(round)s chưa có câu trả lời nào."),
    "round.not-open-source": _l(
        "Đợt %(round)s là điều tra mẫu: chưa có số liệu trước khi đóng đợt."
    ),
    "publication.unknown": _l("Đợt khảo sát %(round)s chưa có kết quả công bố."),
    "publication.not-a-sample": _l(
        "Đợt %(round)s gồm câu trả lời của người tự tham gia: không có thiết kế mẫu để tính lại "
        "bằng kế hoạch phân tích."
    ),
    "weights.unknown": _l("Đợt %(round)s không có bộ trọng số %(number)s."),
    "weights.of-other-answers": _l(
        "Bộ trọng số %(number)s được tính từ các câu trả lời khác với hiện nay. Hãy tính bộ mới."
    ),
    "weights.file-damaged": _l(
        "Tệp trọng số %(file)s bị thiếu hoặc không còn đúng như lúc lưu. Hãy báo người quản trị."
    ),
    "publication.at-work": _l("Đợt đang được tính kết quả; hãy đợi xong hoặc dừng lần đó."),
    "publication.not-stopped": _l("Chỉ tính tiếp được lần đã dừng hoặc bị lỗi."),
    "publication.gave-up": _l("Đã thử nhiều lần không được. Hãy báo người quản trị."),
    "publication.fault": _l("Phần mềm gặp lỗi khi tính kết quả. Hãy báo người quản trị."),
    "publication.basis-changed": _l(
        "Lần công bố %(number)s của đợt %(round)s dựa trên câu trả lời hoặc cách tính khác. Nếu "
        "muốn công bố thêm một lần nữa, hãy tính lại và chọn “Lập thêm một lần công bố”."
    ),
}

# Accounts of staff (app.services.accounts, app.services.passwords).
ACCOUNTS = {
    "password.too-short": _l(
        "Mật khẩu phải có ít nhất %(minimum)s ký tự. Một câu gồm nhiều từ vừa dễ nhớ vừa an toàn."
    ),
    "password.too-long": _l("Mật khẩu quá dài."),
    "password.too-common": _l(
        "Mật khẩu này dễ đoán. Xin chọn mật khẩu khác, không dựa vào tên, cơ quan hay năm."
    ),
    "staff.email-malformed": _l("“%(email)s” không phải là địa chỉ thư điện tử."),
    "staff.email-taken": _l("Đã có tài khoản với địa chỉ %(email)s."),
    "staff.name-missing": _l("Thiếu họ và tên."),
    "staff.role-unknown": _l("Không có vai trò “%(role)s”."),
    "staff.unit-missing": _l("Tài khoản xem kết quả cần mã của cơ quan, đơn vị."),
    "staff.unit-not-for-office": _l("Tài khoản quản lý khảo sát không gắn với một đơn vị."),
    "staff.unknown": _l("Không có tài khoản %(email)s."),
    "staff.unit-unknown": _l("Không có đơn vị hiện hành mang mã %(unit)s."),
    "staff.unit-ambiguous": _l("Có nhiều đơn vị hiện hành mang mã %(unit)s."),
}

# Campaigns and rounds (app.services.campaigns).
CAMPAIGNS = {
    "campaign.code-malformed": _l("Mã chỉ gồm chữ thường không dấu, chữ số và dấu gạch nối."),
    "campaign.code-taken": _l("Mã này đã được dùng."),
    "campaign.name-missing": _l("Thiếu tên chương trình."),
    "campaign.province-unknown": _l("Không có tỉnh, thành phố này trong hệ thống."),
    "campaign.unknown": _l("Không có chương trình mang mã %(campaign)s."),
    "round.code-malformed": _l("Mã chỉ gồm chữ thường không dấu, chữ số và dấu gạch nối."),
    "round.code-taken": _l("Mã này đã được dùng cho một đợt khác."),
    "round.dates-reversed": _l("Ngày cuối phải bằng hoặc sau ngày đầu."),
    "round.level": _l("Độ tin cậy phải từ 50%% đến dưới 100%%."),
    "round.method-of-another-instrument": _l("Cách tính không dùng được cho phiếu hỏi đã chọn."),
    "round.relative-width": _l("Sai số tương đối lớn nhất phải trên 0%% và không quá 100%%."),
    "round.min-n": _l("Số người trả lời tối thiểu phải từ 1 trở lên."),
    "round.mode-missing": _l("Chưa chọn hình thức trả lời."),
    "round.name-missing": _l("Thiếu tên đợt khảo sát."),
    "round.not-closed": _l("Đợt khảo sát chưa đóng."),
    "round.not-draft": _l("Đợt khảo sát không còn là bản nháp nên không sửa, mở hay xóa được."),
    "round.not-open": _l("Đợt khảo sát không ở trạng thái đang thu thập."),
    "round.over": _l("Ngày cuối nhận câu trả lời đã qua; hãy sửa ngày trước khi mở."),
    "round.source-unknown": _l("Chưa chọn ai trả lời."),
    "round.unknown": _l("Không có đợt khảo sát mang mã %(round)s."),
    "target.not-a-share": _l("Mục tiêu phải từ 0%% đến 100%%."),
    "target.source-missing": _l("Xin ghi văn bản đặt ra các mục tiêu này."),
    "target.unknown-node": _l("Cách tính của đợt không có chỉ tiêu %(node)s."),
    "unit-target.mixed": _l(
        "Bảng có cả số lớn hơn 1 và số không quá 1: xin ghi tất cả theo phần trăm, ví dụ 95."
    ),
    "unit-target.no-heading": _l(
        "Không tìm thấy dòng tiêu đề có cột Mã hoặc Tên đơn vị và ít nhất một chỉ tiêu."
    ),
    "unit-target.nothing": _l("Bảng không có mục tiêu nào."),
    "unit-target.not-a-share": _l("Không phải là tỷ lệ từ 0%% đến 100%%."),
    "unit-target.too-many": _l("Bảng có quá nhiều dòng."),
    "unit-target.twice": _l("Đơn vị này có hai mục tiêu cho cùng một chỉ tiêu."),
    "unit-target.unknown-unit": _l("Không có đơn vị mang mã hoặc tên này trong kỳ khảo sát."),
}

# Units, service centres and counters (app.queries.units, app.services.codes, …).
CENTRES = {
    "unit.unknown": _l("Không có đơn vị hành chính này vào ngày đã chọn."),
    "code.malformed": _l(
        "Mã chỉ gồm chữ thường không dấu, chữ số và dấu gạch nối, tối đa 24 ký tự."
    ),
    "name.malformed": _l("Tên phải có từ 1 đến 200 ký tự và không có ký tự điều khiển."),
    "centre.unknown": _l("Không có trung tâm mang mã %(centre)s."),
    "centre.code-taken": _l("Mã %(given)s là mã của một trung tâm khác."),
    "centre.closed": _l("Trung tâm đã đóng. Hãy mở lại trung tâm trước."),
    "centre.no-open-counter": _l("Trung tâm không có quầy nào đang mở."),
    "counter.unknown": _l("Không có quầy mang mã %(counter)s."),
    "counter.number-malformed": _l("Số quầy gồm tối đa 8 chữ số hoặc chữ cái không dấu."),
    "counter.number-taken": _l("Trung tâm đã có quầy số %(given)s."),
    "counter.code-taken": _l(
        "Mã %(given)s đang hoặc đã từng là mã của một quầy khác nên không dùng lại được."
    ),
    "field.unknown": _l("Không có lĩnh vực mang mã %(field)s."),
    "field.code-taken": _l("Mã %(given)s là mã của một lĩnh vực khác."),
    "procedure.unknown": _l("Không có thủ tục mang mã %(procedure)s."),
    "procedure.code-taken": _l("Mã %(given)s là mã của một thủ tục khác."),
}

# Plans and draws of samples (app.services.sampling, app.services.draws).
DRAWS = {
    "choice.unknown": _l("Không có lựa chọn “%(value)s”."),
    "plan.unknown": _l("Không có phương án chọn mẫu này."),
    "plan.other-kind": _l("Phương án không dùng được cho loại danh sách của “%(frame)s”."),
    "plan.changed-meanwhile": _l(
        "Có người khác vừa sửa phương án này. Hãy tải lại trang rồi sửa trên bản mới."
    ),
    "frame.file-missing": _l(
        "Không tìm thấy tệp danh sách %(file)s trên máy chủ. Hãy báo người quản trị."
    ),
    "frame.file-changed": _l(
        "Tệp danh sách %(file)s không còn đúng như lúc chốt (mã băm khác). Không được dùng."
    ),
    "draw.none": _l("Đợt %(round)s chưa có mẫu nào được chọn."),
    "draw.unknown": _l("Không có lần chọn mẫu này."),
    "draw.round-not-sampled": _l("Đợt %(round)s không phải là khảo sát theo mẫu."),
    "draw.round-closed": _l("Đợt %(round)s đã đóng, không chọn mẫu được nữa."),
    "draw.other-province": _l("Danh sách “%(frame)s” thuộc về tỉnh khác với đợt khảo sát."),
    "draw.frame-not-frozen": _l("Danh sách “%(frame)s” chưa được chốt."),
    "draw.frame-simulated": _l(
        "Danh sách “%(frame)s” là dữ liệu mô phỏng, không dùng được cho đợt khảo sát thật."
    ),
    "draw.plan-faulty": _l("Phương án “%(plan)s” chưa dùng được cho danh sách này."),
    "draw.plan-changed": _l("Phương án không còn đúng như lúc công bố (mã băm khác)."),
    "draw.reason-missing": _l(
        "Đợt này đã có lần chọn mẫu %(number)s. Chọn lại cần ghi lý do và có người thứ hai đồng ý."
    ),
    "draw.waiting": _l(
        "Lần chọn mẫu %(number)s của đợt này chưa xong. Hãy hoàn tất hoặc rút lại lần đó trước."
    ),
    "draw.not-requested": _l("Lần chọn mẫu này không chờ đồng ý."),
    "draw.same-person": _l("Người lập không được tự đồng ý; cần một người khác."),
    "draw.over": _l("Lần chọn mẫu này đã xong hoặc đã rút lại, không thay đổi được nữa."),
    "draw.not-announced": _l("Chỉ chọn được sau khi đã công bố, và chỉ một lần."),
    "draw.seed-short": _l("Số gieo quá ngắn: cần ít nhất %(least)s chữ số."),
    "draw.seed-unreadable": _l(
        "Số gieo chỉ gồm chữ cái, chữ số 0–9, dấu cách và các dấu . , : ; / - + để ai đọc biên bản "
        "cũng gõ lại được đúng như vậy."
    ),
    "draw.seed-untold": _l("Xin ghi nguồn của số gieo và địa điểm."),
    "draw.witnesses-few": _l("Cần ít nhất %(least)s người chứng kiến."),
    "draw.witness-incomplete": _l(
        "Người chứng kiến ở dòng %(line)s cần đủ ba phần: họ tên; chức vụ; cơ quan, tổ chức."
    ),
    "draw.list-missing": _l("Không tìm thấy tệp danh sách mẫu %(file)s trên máy chủ."),
    "draw.list-changed": _l("Tệp danh sách mẫu %(file)s không còn đúng như lúc chọn."),
}

FRAMES = {
    "frame.unknown": _l("Không có danh sách mang mã %(frame)s."),
    "frame.name-missing": _l("Xin nhập tên danh sách, nhiều nhất 200 ký tự."),
    "frame.kind-unknown": _l("Xin chọn loại danh sách."),
    "frame.province-unknown": _l("Xin chọn tỉnh, thành phố."),
    "frame.period-reversed": _l("Ngày cuối kỳ phải từ ngày đầu kỳ trở đi."),
    "frame.retention": _l("Ngày xóa thông tin liên hệ phải sau hôm nay và trong vòng ba năm."),
    "frame.code-malformed": _l("Mã chỉ gồm chữ thường không dấu, chữ số và dấu gạch nối."),
    "frame.code-taken": _l("Mã này đã dùng cho danh sách khác."),
    "frame.not-gathering": _l("Danh sách đã chốt, đang chốt hoặc đã bỏ nên không sửa được nữa."),
    "frame.not-frozen": _l("Danh sách chưa được chốt."),
    "file.unknown": _l("Không có tệp này trong danh sách."),
    "file.twice": _l("Tệp này đã có trong danh sách (“%(name)s”)."),
    "file.not-asking": _l("Cột của tệp này đã được xác nhận."),
    "file.not-pending": _l("Tệp này đã đọc xong hoặc đã dừng."),
    "file.pending": _l("Tệp này đang chờ đọc; hãy dừng đọc trước khi bỏ khỏi danh sách."),
    "decision.unknown": _l("“%(written)s”: không có đơn vị hay cơ quan mang mã đã chọn."),
    "freeze.hindered": _l("Chưa chốt được; hãy xem các việc còn lại."),
    "contacts.not-yours": _l("Tài khoản này không được xem thông tin liên hệ."),
    "contacts.deleted": _l("Thông tin liên hệ của danh sách đã được xóa."),
    "seal.unknown-key": _l(
        "Thông tin liên hệ được niêm phong bằng khóa mà hệ thống không còn giữ."
    ),
    "seal.broken": _l("Thông tin liên hệ được niêm phong đã bị hỏng hoặc thay đổi."),
}

SENTENCES = {
    **SCREENING,
    **CODES,
    **FRAMES,
    **DRAWS,
    **CENTRES,
    **CAMPAIGNS,
    **NOTES,
    **PUBLISHING,
    **ACCOUNTS,
}


def sentence(code: str, **context: object) -> str:
    """Say what a code means.

    Parameters
    ----------
    code : str
        E.g. ``answer.required``; an unknown one is a ``KeyError``.
    **context : object
        What the sentence names.
    """
    return str(SENTENCES[code]) % context
