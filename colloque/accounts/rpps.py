"""RPPS numbers: eleven digits, the last one a Luhn key (ISO/IEC 7812-1, annex B)."""

DIGITS = 11


def parse_rpps(text: str) -> str:
    """Return the number without blanks; raise ValueError when its length or its key is wrong."""
    digits = "".join(text.split())
    if len(digits) != DIGITS or not (digits.isascii() and digits.isdigit()):
        raise ValueError("an RPPS number has eleven digits")
    if luhn_sum(digits) % 10 or not int(digits):
        raise ValueError("the key does not fit")
    return digits


def luhn_sum(digits: str) -> int:
    """Every second digit from the right counts twice, and a double of two digits counts as their sum."""
    return sum(sum(divmod(int(digit) * (1 + place % 2), 10)) for place, digit in enumerate(reversed(digits)))
