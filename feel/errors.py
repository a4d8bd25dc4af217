"""All that can go wrong in FEEL: one sentence each, with the place in the text."""


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
        place = f"line {self.line}, column {self.column}: " if self.line else ""
        return place + self.message


class FeelSyntaxError(FeelError):
    """The text is not FEEL."""


class FeelBudgetExceeded(FeelError):
    """The expression asks for more steps, depth or size than it is given."""


class FeelTypeError(FeelError):
    """A value does not fit an operation; inside an evaluation this becomes null."""
