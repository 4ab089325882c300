"""Two rounds are compared only where they measure the same thing."""

import pytest

from app.services.comparability import same_population

PEOPLE = "Người có hồ sơ được trả kết quả từ 01/01 đến 30/9/2026 tại các trung tâm"


@pytest.mark.parametrize(
    "other",
    [
        "Người có hồ sơ được trả kết quả từ 01/01 đến 30/9/2025 tại các trung tâm",
        "Người có hồ sơ được trả kết quả từ 1/1 đến 30/09/2025 tại  các trung tâm",
        "người có hồ sơ được trả kết quả từ 01.01 đến 30.9.2025 tại các trung tâm",
    ],
)
def test_another_year_is_no_other_population(other):
    assert same_population(PEOPLE, other)


@pytest.mark.parametrize(
    "other",
    [
        "Hộ gia đình",
        "Người có hồ sơ được trả kết quả từ 01/01 đến 30/9/2025 tại các xã",
        "Người, tổ chức có hồ sơ được trả kết quả từ 01/01 đến 30/9/2025 tại các trung tâm",
    ],
)
def test_other_people_are_another_population(other):
    assert not same_population(PEOPLE, other)
