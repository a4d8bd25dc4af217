"""What property managers find and contractors do, by repair category; all invented."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """How something is repaired.

    Attributes:
        part: what is used, "" for nothing.
        cost_twd: what the repair contractor charges.
    """

    text: str
    part: str
    cost_twd: int


def _work(text: str, part: str, cost_twd: int) -> Work:
    return Work(text=text, part=part, cost_twd=cost_twd)


FINDINGS: Mapping[str, tuple[str, ...]] = {
    "water": ("現場確認滴漏，止水墊片老化。", "排水管接頭鬆脫滲水。", "水箱零件磨損，持續進水。"),
    "electric_power": ("無熔絲開關跳脫後無法復歸。", "分路過載，開關接點燒損。"),
    "electrical": ("燈具不亮，量測後為驅動器故障。", "插座面板破裂、接點鬆動。"),
    "gas": ("熱水器無法點火，軟管老化。", "瓦斯軟管束環鬆動，已先關閉開關。"),
    "fire_safety": ("偵煙探測器底座脫落。", "探測器誤動作，指示燈常亮。"),
    "door_window": ("鉸鏈鬆脫，門片下垂無法關緊。", "紗窗滾輪破損，推拉卡住。"),
    "wall_tile": ("牆面潮濕起泡，疑為接縫滲水。", "磁磚空心鼓起約三片。"),
    "appliance": ("冷氣排水管阻塞回流。", "抽油煙機風量不足、異音。"),
    "lift": ("車廂門開關時卡頓。", "樓層按鈕無反應。"),
    "network": ("對講機無畫面。", "門口機通話有雜音。"),
    "other": ("現場確認部分損壞。",),
}
"""Repair category to what is found on site."""

WORKS: Mapping[str, tuple[Work, ...]] = {
    "water": (
        _work("更換水龍頭並測試，無滴漏。", "水龍頭", 1200),
        _work("更換存水彎並重新鎖固，通水測試正常。", "存水彎", 650),
        _work("更換水箱進水器，止水正常。", "進水器", 900),
    ),
    "electric_power": (
        _work("更換無熔絲開關，絕緣測試正常。", "無熔絲開關", 1100),
        _work("重新分配迴路並更換開關。", "無熔絲開關", 1100),
    ),
    "electrical": (
        _work("更換 LED 燈具，點燈測試正常。", "LED 燈具", 850),
        _work("更換插座面板並重新接線。", "插座", 450),
    ),
    "gas": (
        _work("更換瓦斯軟管並以肥皂水測漏，無洩漏。", "瓦斯軟管", 600),
        _work("更換點火器，試燒正常。", "點火器", 1800),
    ),
    "fire_safety": (
        _work("更換偵煙探測器，連動測試正常。", "偵煙探測器", 1300),
        _work("重新固定底座並清潔探測器，測試正常。", "", 500),
    ),
    "door_window": (
        _work("更換鉸鏈並調整門片，開關順暢。", "鉸鏈", 700),
        _work("更換紗窗滾輪。", "滾輪", 380),
    ),
    "wall_tile": (
        _work("接縫重作防水並重新粉刷。", "防水材", 2600),
        _work("敲除空心磁磚並重新鋪貼。", "磁磚", 3200),
    ),
    "appliance": (
        _work("疏通冷氣排水管，試運轉一小時無滴水。", "", 900),
        _work("更換濾網並清潔風輪，風量恢復。", "濾網", 500),
    ),
    "lift": (
        _work("調整門機皮帶並更換門腳滑塊。", "滑塊", 3600),
        _work("更換樓層按鈕模組。", "按鈕模組", 2200),
    ),
    "network": (
        _work("更換對講機話筒，影像通話正常。", "話筒", 950),
        _work("重新壓接線路，雜音排除。", "", 600),
    ),
    "other": (_work("更換損壞零件。", "零件", 500),),
}
"""Repair category to how it is repaired."""
