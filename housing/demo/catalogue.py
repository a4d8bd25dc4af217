"""What the demo city's homes are made of and what common repairs cost; all prices invented."""

from collections.abc import Mapping
from dataclasses import dataclass

ASSET_NAMES: Mapping[str, str] = {
    "water": "水龍頭與排水管",
    "electric_power": "配電盤",
    "electrical": "燈具與插座",
    "gas": "瓦斯管線與熱水器",
    "fire_safety": "火警探測器",
    "door_window": "門窗",
    "wall_tile": "牆面與磁磚",
    "appliance": "冷氣與抽油煙機",
    "network": "對講機與網路",
}
"""Repair category to what a home has of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Furnishing:
    """Where an asset of a home stands, what a new one costs, and how long it lasts."""

    room: str
    price_twd: int
    life_span_years: int


FURNISHINGS: Mapping[str, Furnishing] = {
    "water": Furnishing(room="kitchen", price_twd=6_000, life_span_years=10),
    "electric_power": Furnishing(room="entrance", price_twd=9_000, life_span_years=15),
    "electrical": Furnishing(room="living_room", price_twd=4_500, life_span_years=8),
    "gas": Furnishing(room="balcony", price_twd=12_000, life_span_years=8),
    "fire_safety": Furnishing(room="living_room", price_twd=1_300, life_span_years=10),
    "door_window": Furnishing(room="entrance", price_twd=15_000, life_span_years=15),
    "wall_tile": Furnishing(room="living_room", price_twd=4_000, life_span_years=5),
    "appliance": Furnishing(room="kitchen", price_twd=28_000, life_span_years=8),
    "network": Furnishing(room="entrance", price_twd=3_500, life_span_years=8),
}
"""Repair category to the furnishing of a home; all prices and life spans invented."""

COMMON_ASSET_NAMES: Mapping[str, str] = {
    "water": "公共給排水",
    "electric_power": "公共配電",
    "electrical": "公共照明",
    "fire_safety": "消防設備",
    "door_window": "大門與信箱",
    "wall_tile": "外牆與梯廳磁磚",
    "lift": "電梯",
    "network": "門禁與監視",
}
"""Repair category to what a community's common area has of it."""

CONSUMABLES: tuple[Mapping[str, object], ...] = tuple(
    {"code": code, "name": name, "category": category, "unit": unit, "unit_price_twd": price}
    for code, name, category, unit, price in (
        ("TAP", "水龍頭更換", "water", "組", 1200),
        ("TRAP", "洗手檯存水彎更換", "water", "組", 650),
        ("TOILET_VALVE", "馬桶水箱零件更換", "water", "組", 900),
        ("UNBLOCK", "排水管疏通", "water", "式", 1500),
        ("LAMP", "LED 燈具更換", "electrical", "盞", 850),
        ("SOCKET", "插座更換", "electrical", "個", 450),
        ("BREAKER", "無熔絲開關更換", "electric_power", "個", 1100),
        ("LOCK", "門鎖更換", "door_window", "組", 1800),
        ("HINGE", "門片鉸鏈調整更換", "door_window", "組", 700),
        ("ROLLER", "紗窗滾輪更換", "door_window", "組", 380),
        ("DETECTOR", "偵煙探測器更換", "fire_safety", "個", 1300),
        ("INTERCOM", "對講機話筒更換", "network", "組", 950),
        ("GAS_HOSE", "瓦斯軟管更換", "gas", "條", 600),
        ("FILTER", "抽油煙機濾網更換", "appliance", "組", 500),
    )
)
"""The table of consumables (耗材項目表) with fixed prices in TWD."""
