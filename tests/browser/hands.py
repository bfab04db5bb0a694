"""Two ways to fill a page in: with the keys alone, seeing at each step where one is; and with a pointer."""

from typing import Any

from playwright.sync_api import expect

FARTHEST = 120  # steps from one place of a page to the next
# Notes every place that takes the focus without showing it, or keeps it outside of what can be seen.
WATCH = """() => {
  if (window.unseen) return;
  window.unseen = [];
  const note = (event, well) => { if (!well) window.unseen.push(event.target.outerHTML.slice(0, 120)); };
  addEventListener('focusin', event => {
    if (event.target.tabIndex < 0) return;
    const style = getComputedStyle(event.target);
    note(event, event.target.matches(':focus-visible') && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2);
  });
  addEventListener('focusout', event => {
    const box = event.target.getBoundingClientRect();
    note(event, box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth);
  });
}"""
# How many steps it is at least to what is wanted: a group of radio buttons is one.
AHEAD = """wanted => {
  const all = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')];
  const at = document.activeElement, seen = new Set();
  let steps = 0;
  for (const one of all) {
    if (!(at.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING)) continue;
    if (one.disabled || one.tabIndex < 0 || one.type === 'hidden' || !one.checkVisibility()) continue;
    if (one.type === 'radio') {
      if (seen.has(one.name) || one.name === at.name) continue;
      seen.add(one.name);
    }
    steps += 1;
    if (one.matches(wanted)) return steps;
  }
  return 0;
}"""


class Keys:
    """A person at a keyboard: Tab, the arrows, Space, Enter and letters; nothing else reaches the page."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.begin()

    def begin(self) -> None:
        """On a page that has just come: over what stands on every page, to its content."""
        self.page.keyboard.press("Tab")
        self.page.keyboard.press("Enter")
        # A browser follows a link within a page a moment later than it is pressed.
        expect(self.page.locator("#content")).to_be_focused()
        self.page.evaluate(WATCH)

    def to(self, wanted: str) -> None:
        """Go on to the next place that is wanted, by Tab; the focus is in sight wherever it stands."""
        for _step in range(self.page.evaluate(AHEAD, wanted) - 1):
            self.page.keyboard.press("Tab")
        for _step in range(FARTHEST):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
                break
        else:
            raise AssertionError(f"no Tab leads to {wanted}")
        unseen = self.page.evaluate("window.unseen")
        assert unseen == [], f"the focus cannot be seen at {unseen}"

    def write(self, name: str, text: str) -> None:
        """Write into a field, over what stands in it."""
        self.to(f"[name='{name}']")
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)

    def tick(self, name: str, value: str) -> None:
        self.to(f"[name='{name}'][value='{value}']")
        self.page.keyboard.press("Space")

    def choose(self, name: str, value: str) -> None:
        """One of a group of buttons, or of a list."""
        self.to(f"[name='{name}']")
        here = "[document.activeElement.tagName, document.activeElement.value]"
        for _step in range(FARTHEST):
            kind, at = self.page.evaluate(here)
            if at == value:
                break
            self.page.keyboard.press("ArrowDown")
        if kind == "INPUT":
            self.page.keyboard.press("Space")
            assert self.page.evaluate("document.activeElement.checked")
        assert self.page.evaluate(here) == [kind, value], self.page.evaluate(
            "document.activeElement.outerHTML"
        )

    def press(self, wanted: str) -> None:
        """Press a button or follow a link, and come to the page that it leads to."""
        self.to(wanted)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.begin()


class Pointer:
    """A person with a pointer, who does the same."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def write(self, name: str, text: str) -> None:
        self.page.fill(f"[name='{name}']", text)

    def tick(self, name: str, value: str) -> None:
        self.page.check(f"[name='{name}'][value='{value}']")

    def choose(self, name: str, value: str) -> None:
        if self.page.query_selector(f"select[name='{name}']"):
            self.page.select_option(f"select[name='{name}']", value)
        else:
            self.tick(name, value)

    def press(self, wanted: str) -> None:
        with self.page.expect_navigation():
            self.page.locator(wanted).first.click()
