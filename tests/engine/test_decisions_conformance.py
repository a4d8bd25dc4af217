"""The public compatibility kit of DMN, where it is at hand."""

from pathlib import Path

import pytest

from engine.conformance.dmn_tck import run_suite

KIT = Path(__file__).parents[2].parent / "shared/conformance/dmn-tck"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("level", "total", "real", "with_table"),
    [("compliance-level-2", 116, 101, 51), ("compliance-level-3", 890, 564, 51)],
)
def test_the_kit_passes(level: str, total: int, real: int, with_table: int):
    if not (KIT / level).is_dir():
        pytest.skip("The DMN compatibility kit is not beside the checkout.")

    report = run_suite(KIT / level)

    assert report.passed >= total, report.failures[:5]
    assert report.real_passed >= real
    assert report.with_table_passed >= with_table
