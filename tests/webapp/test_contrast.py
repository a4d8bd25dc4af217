"""Colours can be told apart: WCAG 2.2, 1.4.3 (text, 4.5:1) and 1.4.11 (edges, 3:1)."""

import re
from pathlib import Path

import pytest

STYLES = Path("webapp/assets/src")
TOKENS = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", (STYLES / "tokens.css").read_text()))
GROUNDS = ("paper", "card")

TEXT_ON_ANY_GROUND = ("ink", "ink-soft", "pine", "pine-deep", "clay", "amber", "moss")
TEXT_ON_ITS_MIST = ("pine", "clay", "amber", "moss")
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
COLOUR = re.compile(r"(?:^|;)\s*color:\s*([^;]+)")
GROUND = re.compile(r"(?:^|;)\s*background(?:-color)?:\s*([^;]+)")


def channels(colour: str) -> tuple[float, float, float]:
    digits = colour.lstrip("#")
    pairs = [digit * 2 for digit in digits] if len(digits) == 3 else re.findall("..", digits)
    red, green, blue = (int(pair, 16) / 255 for pair in pairs)
    return red, green, blue


def luminance(colour: str) -> float:
    linear = [
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4
        for each in channels(colour)
    ]
    return sum(weight * each for weight, each in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def colour_of(value: str) -> str | None:
    """Give the plain colour that a declaration names; None for gradients and inherited ones."""
    value = value.strip().removesuffix("!important").strip()
    if token := re.fullmatch(r"var\(--([\w-]+)\)", value):
        return TOKENS.get(token[1])
    return value if re.fullmatch(r"#[0-9a-f]{3}([0-9a-f]{3})?", value) else None


def coloured_rules() -> list[tuple[str, str, str]]:
    """List the rules of the style sheets that set text and ground: place, text, ground."""
    found = []
    for path in sorted(STYLES.glob("*.css")):
        for selector, body in RULE.findall(path.read_text(encoding="utf-8")):
            text, ground = COLOUR.search(body), GROUND.search(body)
            if text and ground:
                pair = colour_of(text[1]), colour_of(ground[1])
                if pair[0] and pair[1]:
                    found.append((f"{path.name} {selector.strip()[-80:]}", *pair))
    return found


def test_black_on_white_has_the_contrast_that_the_standard_names():
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("text", TEXT_ON_ANY_GROUND)
def test_text_is_readable_on_paper_and_cards(text, ground):
    assert contrast(TOKENS[text], TOKENS[ground]) >= 4.5


@pytest.mark.parametrize("colour", TEXT_ON_ITS_MIST)
def test_text_is_readable_on_the_mist_of_its_colour(colour):
    assert contrast(TOKENS[colour], TOKENS[f"{colour}-mist"]) >= 4.5
    assert contrast("#fff", TOKENS[colour]) >= 4.5


def test_every_rule_that_sets_text_and_ground_is_readable():
    rules = coloured_rules()
    assert len(rules) > 20
    poor = [
        f"{place}: {text} on {ground} is {contrast(text, ground):.2f}"
        for place, text, ground in rules
        if contrast(text, ground) < 4.5
    ]
    assert poor == []


@pytest.mark.parametrize("ground", GROUNDS)
def test_edges_of_fields_and_the_focus_are_seen(ground):
    assert contrast(TOKENS["line-strong"], TOKENS[ground]) >= 3
    assert contrast(TOKENS["focus"], TOKENS[ground]) >= 3
