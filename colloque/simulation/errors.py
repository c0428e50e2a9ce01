from colloque.kernel.errors import ColloqueError


class BadSize(ColloqueError):
    """A world that can't be made: the sentence says which number is wrong, and what it may be."""

    word = "bad-size"
    status = 400

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.public = sentence
