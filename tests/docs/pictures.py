"""Takes the pictures of the README from the hub of a running demo: `python -m tests.docs.pictures [PORT]`."""

import sys

from playwright.sync_api import sync_playwright

from tests.architecture.sources import ROOT

PLACE = ROOT / "docs" / "pictures"


def main(port: str = "8004") -> None:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for scheme in ("light", "dark"):
            context = browser.new_context(
                viewport={"width": 1280, "height": 900}, color_scheme=scheme, locale="en-GB"
            )
            page = context.new_page()
            page.goto(f"http://hub.localhost:{port}/practices?q=energy")
            page.screenshot(path=PLACE / f"search-{scheme}.png")
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:2])
