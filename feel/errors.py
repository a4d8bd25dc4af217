"""All that can go wrong in FEEL: one sentence each, with the place in the text."""

from feel.sentences import sentence


class FeelError(Exception):
    """A FEEL text cannot be read or evaluated.

    Attributes:
        message: one English sentence.
        line: line in the FEEL text, from 1; 0 if the place is not known.
        column: column in that line, from 1; 0 if the place is not known.
    """

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column

    def __str__(self) -> str:
        """Say the sentence, led by the place if that is known."""
        if not self.line:
            return self.message
        return sentence(
            "line %(line)s, column %(column)s: %(message)s",
            line=self.line,
            column=self.column,
            message=self.message,
        )


class FeelSyntaxError(FeelError):
    """The text is not FEEL."""


class FeelBudgetExceeded(FeelError):
    """The expression asks for more steps, depth or size than it is given."""


class FeelTypeError(FeelError):
    """A value does not fit an operation; inside an evaluation this becomes null."""
