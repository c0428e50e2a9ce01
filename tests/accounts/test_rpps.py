from hypothesis import given
from hypothesis import strategies as st

from colloque.accounts.rpps import luhn_sum, parse_rpps


def is_rpps(text: str) -> bool:
    try:
        return bool(parse_rpps(text))
    except ValueError:
        return False


def test_it_reads_a_number_written_in_groups() -> None:
    assert parse_rpps(" 10 003 456 786 ") == "10003456786"


def test_the_key_is_luhns() -> None:
    # The number that explanations of ISO/IEC 7812-1 use.
    assert is_rpps("79927398713")


@given(st.from_regex(r"[0-9]{10}", fullmatch=True))
def test_one_key_in_ten_fits_and_one_wrong_digit_never_does(start: str) -> None:
    good = [f"{start}{key}" for key in "0123456789" if luhn_sum(f"{start}{key}") % 10 == 0]
    assert len(good) == 1
    number = good[0]
    for at in range(11):
        changed = number[:at] + str((int(number[at]) + 1) % 10) + number[at + 1 :]
        assert not is_rpps(changed)
