"""What stops a client. Each says the step that failed, for an operator to act on."""

from colloque.client.trouble import Language, sentence_of


class ClientError(Exception):
    """Something is not as it should be; the text says what, and holds nothing of care."""


class Refused(ClientError):
    """The server or the vault said no."""

    def __init__(self, path: str, status: int, word: str, message: str, retry_at: str | None = None) -> None:
        super().__init__(f"{path} answered {status} {word}: {message}")
        self.path, self.status, self.word, self.retry_at = path, status, word, retry_at


class NotProven(ClientError):
    """A key, a line, a receipt or an item is not what its proof or signature says.

    `word` names the check that failed, the same in every client; `sentence` is what a person is told
    (docs/hostile-server.md).
    """

    def __init__(self, word: str, detail: str) -> None:
        super().__init__(detail)
        self.word = word

    def sentence(self, language: Language = "fr") -> str:
        return sentence_of(self.word, language)
