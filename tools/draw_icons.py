"""Draw the app's icons from webapp/static/icon.svg into webapp/static/icons, with Chromium.

Run it after a change of the drawing; the files are small and stand in the repository.
"""

import re
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

STATIC = Path(__file__).parent.parent / "webapp" / "static"
SIZES = {"icon-192": 192, "icon-512": 512, "maskable-512": 512, "apple-touch": 180, "badge-96": 96}
"""Name to pixels. Maskable and touch icons fill their square: the phone cuts the corners.

The badge stands in the status bar of a phone, which shows its shape alone.
"""


def main() -> None:
    """Draw every icon."""
    drawing = (STATIC / "icon.svg").read_text("utf-8")
    folder = STATIC / "icons"
    folder.mkdir(exist_ok=True)
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if (found := shutil.which(name))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for name, size in SIZES.items():
            page = browser.new_page(viewport={"width": size, "height": size})
            page.set_content(f"<style>body{{margin:0}}</style>{_cut(drawing, name)}")
            page.screenshot(path=folder / f"{name}.png", omit_background=True)
            page.close()
        browser.close()


def _cut(drawing: str, name: str) -> str:
    """Give the drawing as one kind of icon wants it."""
    if name.startswith("badge"):
        return re.sub(r"<rect[^>]*/>", "", drawing)
    if name.startswith("icon"):
        return drawing
    filled = drawing.replace('rx="10"', "")
    if name.startswith("maskable"):  # all that matters lies in the inner 80 %
        filled = filled.replace('viewBox="0 0 40 40"', 'viewBox="-5 -5 50 50"')
        filled = filled.replace('<rect width="40"', '<rect x="-5" y="-5" width="50"')
        filled = filled.replace('height="40"', 'height="50"', 1)
    return filled


if __name__ == "__main__":
    main()
