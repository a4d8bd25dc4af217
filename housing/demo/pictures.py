"""Drawn photos for the demo city and scenarios: simple, and clearly no photographs."""

from collections.abc import Callable, Mapping
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from housing.demo import chance
from housing.files.rules import CheckedFile

SIZE = (800, 600)
THUMBNAIL_SIZE = (480, 360)

Pen = ImageDraw.ImageDraw
Colour = tuple[int, int, int]

_STEEL: Colour = (150, 158, 168)
_DARK: Colour = (60, 66, 74)
_WATER: Colour = (60, 130, 220)
_DAMP: Colour = (150, 124, 88)
_LIGHT: Colour = (255, 232, 130)
_RED: Colour = (200, 60, 50)
_GREEN: Colour = (60, 150, 90)
_WHITE: Colour = (250, 250, 248)
_WALLS: tuple[Colour, ...] = (
    (232, 226, 214),
    (220, 228, 232),
    (236, 222, 222),
    (222, 232, 220),
    (230, 230, 240),
)


def draw(category: str, *, is_repaired: bool = False, variant: int = 0) -> bytes:
    """Draw the picture of a repair category, broken or repaired.

    Args:
        category: a repair category; an unknown one gives a box.
        is_repaired: whether the defect is gone.
        variant: another shade of wall and another place in the picture.

    Returns:
        A JPEG of 800 x 600 pixels; the same bytes for the same arguments.
    """
    return _jpeg(_paint(category, is_repaired=is_repaired, variant=variant))


def photo(category: str, *, is_repaired: bool, variant: int) -> CheckedFile:
    """Draw as `draw` does, with a thumbnail, ready to be stored.

    A picture that we drew ourselves holds nothing to be checked or taken out.
    """
    image = _paint(category, is_repaired=is_repaired, variant=variant)
    small = image.resize(THUMBNAIL_SIZE, Image.Resampling.BOX)
    return CheckedFile(
        content=_jpeg(image),
        thumbnail=_jpeg(small),
        content_type="image/jpeg",
        extension="jpg",
        width=image.width,
        height=image.height,
    )


def _jpeg(image: Image.Image) -> bytes:
    target = BytesIO()
    image.save(target, "JPEG", quality=80)
    return target.getvalue()


def _paint(category: str, *, is_repaired: bool, variant: int) -> Image.Image:
    image = Image.new("RGB", SIZE, chance.choose(_WALLS, "wall", category, variant))
    pen = ImageDraw.Draw(image)
    _floor(pen, variant)
    _MOTIFS.get(category, _box)(pen, is_repaired)
    _label(pen, is_repaired)
    return image


def _floor(pen: Pen, variant: int) -> None:
    top = chance.between(500, 540, "floor", variant)
    pen.rectangle((0, top, 800, 600), fill=(196, 186, 170))
    for x in range(0, 800, 100):
        pen.line((x, top, x - 40, 600), fill=(170, 160, 146), width=2)


def _label(pen: Pen, is_repaired: bool) -> None:
    font = ImageFont.load_default(22)
    colour = _GREEN if is_repaired else _RED
    pen.rectangle((0, 0, 799, 599), outline=colour, width=10)
    pen.text((24, 22), "DEMO PICTURE - REPAIRED" if is_repaired else "DEMO PICTURE", colour, font)


def _water(pen: Pen, is_repaired: bool) -> None:
    pen.rectangle((330, 200, 430, 240), fill=_STEEL)
    pen.rectangle((360, 150, 400, 210), fill=_STEEL)
    pen.ellipse((330, 120, 430, 160), fill=_DARK)
    pen.rectangle((400, 220, 440, 300), fill=_STEEL)
    pen.ellipse((240, 420, 600, 520), fill=_WHITE, outline=_STEEL, width=6)
    if is_repaired:
        return
    for y in (320, 360, 400):
        pen.ellipse((408, y, 432, y + 30), fill=_WATER)
    pen.ellipse((340, 450, 520, 500), fill=_WATER)


def _lamp(pen: Pen, is_repaired: bool) -> None:
    pen.line((400, 0, 400, 150), fill=_DARK, width=8)
    pen.polygon([(300, 260), (500, 260), (450, 150), (350, 150)], fill=_STEEL)
    pen.ellipse((360, 250, 440, 330), fill=_LIGHT if is_repaired else _DARK)
    if is_repaired:
        for x in (250, 400, 550):
            pen.line((400, 340, x, 460), fill=_LIGHT, width=6)


def _socket(pen: Pen, is_repaired: bool) -> None:
    pen.rounded_rectangle((290, 180, 510, 400), 20, fill=_WHITE, outline=_STEEL, width=6)
    for x in (360, 430):
        pen.rectangle((x, 250, x + 14, 320), fill=_DARK)
    if not is_repaired:
        pen.polygon([(480, 180), (420, 260), (450, 270), (380, 400)], outline=_DARK, width=5)
        pen.ellipse((330, 230, 400, 300), fill=_DARK)


def _gas(pen: Pen, is_repaired: bool) -> None:
    pen.rounded_rectangle((300, 120, 500, 420), 16, fill=_WHITE, outline=_STEEL, width=6)
    pen.ellipse((370, 330, 430, 390), fill=_DARK)
    pen.line((340, 420, 340, 520), fill=_STEEL, width=14)
    pen.line((460, 420, 460, 520), fill=_LIGHT, width=14)
    if not is_repaired:
        for x in (520, 560, 600):
            pen.arc((x - 40, 430, x, 490), 90, 270, fill=_RED, width=5)


def _detector(pen: Pen, is_repaired: bool) -> None:
    pen.ellipse((280, 150, 520, 330), fill=_WHITE, outline=_STEEL, width=6)
    pen.ellipse((350, 200, 450, 280), fill=_STEEL)
    pen.ellipse((388, 228, 412, 252), fill=_GREEN if is_repaired else _RED)
    if not is_repaired:
        pen.line((330, 330, 300, 460), fill=_DARK, width=5)


def _door(pen: Pen, is_repaired: bool) -> None:
    pen.rectangle((280, 90, 520, 520), fill=_DARK)
    corners = [(290, 100), (510, 100), (510, 515), (290, 515)]
    if not is_repaired:
        corners = [(290, 110), (490, 130), (490, 520), (290, 515)]
    pen.polygon(corners, fill=(168, 122, 76))
    pen.ellipse((450, 310, 480, 340), fill=_STEEL)


def _stain(pen: Pen, is_repaired: bool) -> None:
    for x in range(60, 760, 110):
        pen.line((x, 60, x, 490), fill=(205, 200, 190), width=3)
    for y in range(60, 490, 110):
        pen.line((60, y, 760, y), fill=(205, 200, 190), width=3)
    if is_repaired:
        return
    pen.ellipse((250, 120, 560, 330), fill=_DAMP)
    pen.ellipse((330, 240, 620, 420), fill=_DAMP)
    pen.line([(300, 100), (350, 190), (330, 260), (400, 400)], fill=_DARK, width=5)


def _air_conditioner(pen: Pen, is_repaired: bool) -> None:
    pen.rounded_rectangle((180, 140, 620, 290), 20, fill=_WHITE, outline=_STEEL, width=6)
    pen.rectangle((210, 250, 590, 266), fill=_DARK)
    for x in (280, 400, 520):
        colour = (170, 205, 235) if is_repaired else _WATER
        pen.line((x, 300, x, 420 if is_repaired else 360), fill=colour, width=6)
    pen.ellipse((570, 160, 590, 180), fill=_GREEN if is_repaired else _RED)


def _lift(pen: Pen, is_repaired: bool) -> None:
    pen.rectangle((230, 80, 570, 520), fill=_DARK)
    gap = 2 if is_repaired else 60
    pen.rectangle((240, 90, 400 - gap, 515), fill=_STEEL)
    pen.rectangle((400 + gap, 90, 560, 515), fill=_STEEL)
    pen.rectangle((620, 240, 680, 360), fill=_WHITE, outline=_DARK, width=4)
    pen.ellipse((636, 280, 664, 308), fill=_GREEN if is_repaired else _RED)


def _intercom(pen: Pen, is_repaired: bool) -> None:
    pen.rounded_rectangle((300, 120, 500, 430), 18, fill=_WHITE, outline=_STEEL, width=6)
    pen.rectangle((330, 150, 470, 260), fill=(120, 170, 150) if is_repaired else _DARK)
    for y in (300, 340, 380):
        for x in (345, 400, 455):
            pen.ellipse((x - 12, y - 12, x + 12, y + 12), fill=_STEEL)


def _box(pen: Pen, is_repaired: bool) -> None:
    pen.rectangle((260, 220, 540, 460), fill=(178, 146, 104), outline=_DARK, width=5)
    pen.line((260, 290, 540, 290), fill=_DARK, width=4)
    if not is_repaired:
        pen.line((300, 240, 480, 440), fill=_DARK, width=6)


_MOTIFS: Mapping[str, Callable[[Pen, bool], None]] = {
    "water": _water,
    "electric_power": _socket,
    "electrical": _lamp,
    "gas": _gas,
    "fire_safety": _detector,
    "door_window": _door,
    "wall_tile": _stain,
    "appliance": _air_conditioner,
    "lift": _lift,
    "network": _intercom,
}
