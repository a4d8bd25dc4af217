#!/bin/sh
# Find a Chromium for the browser tests, or get one: the system's own, else its package, else Playwright's download.
# Fonts for Chinese come along where the package manager is at hand.
set -eu
bin=$1

found() { command -v chromium || command -v chromium-browser || command -v google-chrome || true; }
playwright_browser() {
    "$bin/python" - <<'P' 2>/dev/null || true
from pathlib import Path
from playwright.sync_api import sync_playwright
with sync_playwright() as p:
    path = Path(p.chromium.executable_path)
    print(path if path.exists() else "")
P
}

if [ -n "$(found)" ] || [ -n "$(playwright_browser)" ]; then exit 0; fi
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    echo "Installing Chromium from the system's packages ..."
    (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk) >/dev/null 2>&1 || true
fi
if [ -z "$(found)" ]; then
    echo "Downloading a Chromium with Playwright ..."
    "$bin/playwright" install chromium >/dev/null 2>&1 || true
fi
if [ -z "$(found)" ] && [ -z "$(playwright_browser)" ]; then
    echo "No Chromium: the browser tests need one. Install it (Debian and Ubuntu: apt install chromium fonts-noto-cjk)" >&2
    echo "or run '$bin/playwright install chromium' on a machine that may download it." >&2
    exit 1
fi
