"""Names of stored codes as notices say them, in Chinese and English."""

from collections.abc import Mapping

CATEGORIES: Mapping[str, tuple[str, str]] = {
    "water": ("給排水", "Water and drains"),
    "electric_power": ("電力", "Power supply"),
    "electrical": ("電氣", "Lights and sockets"),
    "gas": ("瓦斯", "Gas"),
    "fire_safety": ("消防", "Fire safety"),
    "door_window": ("門窗", "Doors and windows"),
    "wall_tile": ("牆面磁磚", "Walls, tiles and leaks"),
    "appliance": ("家電設備", "Appliances and furniture"),
    "lift": ("電梯", "Lift"),
    "network": ("網路對講", "Network and intercom"),
    "other": ("其他", "Something else"),
}
"""Repair category to its name in Chinese and English."""

PAYERS: Mapping[str, tuple[str, str]] = {
    "warranty": ("保固廠商", "warranty contractor"),
    "agency": ("機關", "the office"),
    "tenant": ("住戶", "the tenant"),
    "contractor": ("原承攬廠商", "the contractor who failed"),
}
"""Who pays, in Chinese and English."""

REASONS: Mapping[str, tuple[str, str]] = {
    "dripping": ("仍在漏水", "still dripping"),
    "incomplete": ("未修繕完成", "not finished"),
    "appearance": ("外觀不良", "poor finish"),
    "objection": ("住戶提出異議", "the resident objects"),
    "recurrence": ("結案後再次發生", "came back after closing"),
    "late": ("逾期", "late"),
    "refuses": ("拒絕修繕", "refuses to repair"),
    "cannot": ("因故無法修繕", "cannot repair it"),
    "breach": ("違反契約", "breach of contract"),
    "design_defect": ("設計缺失", "design defect"),
    "major_damage": ("重大損壞", "major damage"),
    "relocation": ("需安置住戶", "household must be relocated"),
    "parts": ("待料", "waiting for parts"),
    "weather": ("天候因素", "weather"),
    "access": ("無法進入施工", "no access"),
    "other": ("其他", "other"),
}
"""Reason codes of forms, in Chinese and English; free text is said as it is."""

GROUPS: Mapping[str, tuple[str, str]] = {
    "resident": ("住戶", "Resident"),
    "property_manager": ("物業管理人員", "Property manager"),
    "property_manager_lead": ("物業管理主任", "Property manager lead"),
    "social_worker": ("社工", "Social worker"),
    "social_worker_lead": ("社工督導", "Lead of the social workers"),
    "contractor": ("廠商", "Contractor"),
    "officer": ("承辦人員", "Housing officer"),
    "section_chief": ("科長", "Section chief"),
    "finance": ("主計", "Finance"),
    "ethics_office": ("政風室", "Ethics office"),
    "process_supervisor": ("流程管理員", "Process supervisor"),
    "process_approver": ("流程核定者", "Process approver"),
    "administrator": ("系統管理員", "Administrator"),
}
"""Candidate group to its name in Chinese and English."""
