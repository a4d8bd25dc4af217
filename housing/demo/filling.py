"""Fill the forms of the demo city as people type them, and let the server check them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from engine.calendar import local_date
from engine.clock import Clock
from engine.types import Actor
from forms.validation import validate
from housing.demo import pictures
from housing.demo.courses import Day, Moment, NumberOf, Photos, Proposed
from housing.demo.errors import StoryBroken
from housing.demo.habits import SUNDAY
from housing.demo.stories import Story
from housing.files.service import FileStore
from housing.records.forms import form_in_service

Values = Mapping[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """A form somebody has open.

    Attributes:
        context: what the form's expressions may name.
        made: moves made before in this story; another number, another picture.
    """

    form_key: str
    story: Story
    made: int
    by: Actor
    session: Session
    context: Values


class FormFiller:
    """Fills forms.

    Args:
        files: where photos go.
        clock: tells what day it is for the person.
        number_of: finds the case number of a story's key.
    """

    def __init__(self, files: FileStore, clock: Clock, number_of: Callable[[str], str]) -> None:
        self._files = files
        self._clock = clock
        self._number_of = number_of

    def fill(self, page: Page, typed: Values) -> Values:
        """Give the checked values of a form.

        Raises:
            StoryBroken: the form refuses them.
        """
        raw = {name: self._say(value, page) for name, value in typed.items()}
        form = form_in_service(page.form_key, session=page.session)
        checked = validate(form, raw, context=page.context, now=self._clock.now())
        if not checked.is_valid:
            raise StoryBroken(page.story.key, f"{page.form_key}: {dict(checked.errors)}")
        return checked.values

    def _say(self, value: object, page: Page) -> object:
        if isinstance(value, list):
            return [self._say(each, page) for each in value]
        if isinstance(value, dict):
            return {name: self._say(each, page) for name, each in value.items()}
        if isinstance(value, Photos):
            return [self._photo(page, value, index) for index in range(value.count)]
        return self._say_one(value, page)

    def _say_one(self, value: object, page: Page) -> object:
        match value:
            case Day(days=days):
                return self._day(days)
            case Moment(days=days, hour=hour):
                return f"{self._working_day(days)}T{hour:02}:00"
            case Proposed(name=name):
                return page.context[name]
            case NumberOf(key=key):
                return self._number_of(key)
        return value

    def _day(self, days: int) -> str:
        return (local_date(self._clock.now()) + timedelta(days=days)).isoformat()

    def _working_day(self, days: int) -> str:
        """Say the day some days from now, or the Monday after it when it is a Sunday."""
        day = date.fromisoformat(self._day(days))
        return (day + timedelta(days=1 if day.weekday() == SUNDAY else 0)).isoformat()

    def _photo(self, page: Page, photos: Photos, index: int) -> str:
        picture = pictures.photo(
            page.story.trouble.category,
            is_repaired=photos.is_repaired,
            variant=int(page.story.key) * 10 + index,
        )
        name = f"demo-{page.story.key}-{page.made}-{index}.jpg"
        kept = self._files.keep(picture, name)
        return self._files.record(kept, by=page.by, session=page.session).id
