"""The page of `dractl report` in a real browser."""

from base64 import b64decode
from itertools import pairwise
from pathlib import Path

import pytest

from tests.browser.chromium import Browser, Page
from tests.cli.run import Runner
from tests.hosts.trees import tree
from tests.report.hostile import PWNED

pytestmark = pytest.mark.browser

_WIDE = "document.documentElement.scrollWidth"
_TEXTS = """
(() => {
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = (rgb) => {
    const [r, g, b] = rgb.slice(0, 3).map((each) => {
      const part = each / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let here = element; here; here = here.parentElement) {
      const found = parse(getComputedStyle(here).backgroundColor);
      if (found.length < 4 || found[3] > 0.99) return found;
    }
    return [255, 255, 255];
  };
  document.querySelectorAll("details").forEach((each) => { each.open = true; });
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = {};
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.data.trim();
    if (!text || ["SCRIPT", "STYLE"].includes(element.tagName)) continue;
    const style = getComputedStyle(element);
    const isDrawn = element.namespaceURI.endsWith("svg");
    const ink = parse(isDrawn ? style.fill : style.color);
    const [a, b] = [light(ink), light(ground(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    const name = `${element.tagName}.${element.className} ${text.slice(0, 20)}`;
    found[name] = Math.min(found[name] ?? 99, ratio);
  }
  return found;
})()
"""


def _check_quiet(page: Page, file: Path) -> None:
    """Assert that nothing was loaded, and that nothing went wrong."""
    urls = [
        each["request"]["url"] for each in page.happened("Network.requestWillBeSent")
    ]
    assert urls == [file.as_uri()]
    for name in ("Log.entryAdded", "Runtime.exceptionThrown"):
        assert page.happened(name) == []
    assert page.happened("Runtime.consoleAPICalled") == []
    assert page.happened("Page.javascriptDialogOpening") == []


def test_a_page_loads_nothing_and_complains_of_nothing(
    chromium: Browser, sample: Path
) -> None:
    page = chromium.page(sample)
    assert page.value("document.title") == "Devices of the cluster"
    assert page.value("document.querySelectorAll('#cards > li').length") == 6
    _check_quiet(page, sample)


def test_names_and_messages_are_never_more_than_text(
    chromium: Browser, hostile: Path
) -> None:
    page = chromium.page(hostile)
    assert page.value(f"typeof window.{PWNED}") == "undefined"
    _check_quiet(page, hostile)
    loading = "img, iframe, object, embed, link, script[src], form"
    assert page.value(f"document.querySelectorAll('{loading}').length") == 0
    assert page.value("document.scripts.length") == 1
    leads = "[...document.links].every((a) => a.getAttribute('href').startsWith('#'))"
    assert page.value(leads)
    names = "[...document.querySelectorAll('.card h3')].map((each) => each.textContent)"
    assert any(
        f"<script>window.{PWNED}=1</script>" in each for each in page.value(names)
    )


def test_without_scripts_the_page_is_whole(chromium: Browser, sample: Path) -> None:
    page = chromium.page(sample, has_scripts=False)
    with_scripts = chromium.page(sample)
    for key in ("overview", "waiting", "doctor", "health", "capacity", "taints"):
        text = f"document.getElementById('{key}').textContent"
        assert page.value(text) == with_scripts.value(text) != ""
    # What would do nothing is not shown.
    for key in ("theme", "filter"):
        shown = f"document.getElementById('{key}').checkVisibility()"
        assert page.value(shown) is False
        assert with_scripts.value(shown) is True


def test_the_filter_leaves_what_has_the_words(chromium: Browser, sample: Path) -> None:
    page = chromium.page(sample)
    page.value("document.getElementById('filter').focus()")
    page.type("H100 tainted")
    visible = (
        "[...document.querySelectorAll('#cards > li')].filter((each) => "
        "each.checkVisibility()).map((each) => each.querySelector('h3').textContent)"
    )
    assert page.value(visible) == ["h100-2"]
    said = "document.getElementById('matches').textContent"
    assert page.value(said) == "1 of 6 shown"
    page.value(
        "(() => { const field = document.getElementById('filter');"
        "field.value = ''; field.dispatchEvent(new Event('input')); })()"
    )
    assert len(page.value(visible)) == 6
    assert page.value(said) == ""


def test_the_switch_turns_the_colours(chromium: Browser, sample: Path) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    light, dark = (
        chromium.page(sample, scheme=each).value(ground) for each in ("light", "dark")
    )
    assert light != dark
    page = chromium.page(sample, scheme="dark")
    page.value("document.getElementById('theme').click()")
    assert page.value(ground) == light
    page.value("document.getElementById('theme').click()")
    assert page.value(ground) == dark


def test_keys_reach_everything_in_the_order_of_the_page(
    chromium: Browser, sample: Path
) -> None:
    page = chromium.page(sample)
    here = (
        "(() => { const e = document.activeElement; const s = getComputedStyle(e);"
        "return [e.className || e.id || e.getAttribute('href') || e.tagName,"
        "s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2]; })()"
    )
    reached = []
    for _ in range(10):
        page.press("Tab", 9)
        name, is_seen = page.value(here)
        assert is_seen, name
        reached.append(name)
    sections = ("overview", "waiting", "doctor", "health", "capacity", "devices")
    assert reached[:9] == ["skip", "theme", *(f"#{e}" for e in sections), "#taints"]
    page.value("document.querySelector('.skip').focus()")
    page.press("Enter", 13, "\r")
    assert page.value("document.activeElement.id") == "main"
    page.press("Tab", 9)
    inside = "document.querySelector('main').contains(document.activeElement)"
    assert page.value(inside)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_in_both_schemes(
    chromium: Browser, sample: Path, scheme: str
) -> None:
    page = chromium.page(sample, scheme=scheme)
    found = page.value(_TEXTS)
    assert len(found) > 200
    assert {name: ratio for name, ratio in found.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("has_scripts", [True, False])
def test_paper_is_white_and_has_all_that_was_folded(
    chromium: Browser, sample: Path, *, has_scripts: bool
) -> None:
    page = chromium.page(sample, scheme="dark", has_scripts=has_scripts)
    if has_scripts:  # whoever has chosen dark colours prints in light ones
        page.value("document.documentElement.dataset.theme = 'dark'")
    dark = {"name": "prefers-color-scheme", "value": "dark"}
    page.call("Emulation.setEmulatedMedia", media="print", features=[dark])
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.value(ground) == "rgb(255, 255, 255)"
    for key in ("nav", "button", ".filter", ".skip"):
        shown = f"document.querySelector('{key}').checkVisibility()"
        assert page.value(shown) is False, key
    hidden = (
        "[...document.querySelectorAll('details:not([open]) > :not(summary)')].filter("
        "(each) => !each.checkVisibility({contentVisibilityAuto: true}) || "
        "!each.getBoundingClientRect().height).length"
    )
    assert page.value("document.querySelectorAll('details:not([open])').length") > 0
    assert page.value(hidden) == 0
    found = page.value(_TEXTS)
    assert {name: ratio for name, ratio in found.items() if ratio < 4.5} == {}
    paper = page.call("Page.printToPDF")["data"]
    assert b64decode(paper).startswith(b"%PDF")


def test_the_page_never_scrolls_sideways(
    chromium: Browser, sample: Path, hostile: Path
) -> None:
    for file in (sample, hostile):
        page = chromium.page(file)
        for is_open in ("false", "true"):
            page.value(
                "document.querySelectorAll('details')"
                f".forEach((each) => {{ each.open = {is_open}; }})"
            )
            for width in (320, 768, 1280):
                page.resize(width)
                assert page.value(_WIDE) == width


def test_on_a_phone_tables_are_read_without_scrolling(
    chromium: Browser, sample: Path
) -> None:
    page = chromium.page(sample, width=1280)
    first = "getComputedStyle(document.querySelector('.number[data-name]'), '::before')"
    assert page.value(f"{first}.content") == "none"
    page.resize(320)
    page.value(
        "document.querySelectorAll('details').forEach((e) => { e.open = true; })"
    )
    hidden = (
        "[...document.querySelectorAll('.scroll')].filter((each) => "
        "each.scrollWidth > each.clientWidth).length"
    )
    assert page.value(hidden) == 0
    # Cells stand below each other, and say what they are; they still are cells.
    assert page.value(f"{first}.content") != "none"
    tables = page.value("document.querySelectorAll('table').length")
    nodes = page.call("Accessibility.getFullAXTree")["nodes"]
    roles = [
        each["role"]["value"]
        for each in nodes
        if "role" in each and not each["ignored"]
    ]
    assert roles.count("table") == tables > 5
    assert roles.count("row") > tables
    assert roles.count("rowheader") > tables


def test_everything_has_a_name_and_a_place(chromium: Browser, sample: Path) -> None:
    page = chromium.page(sample)
    nodes = page.call("Accessibility.getFullAXTree")["nodes"]
    roles: dict[str, list[str]] = {}
    for each in nodes:
        if not each.get("ignored"):
            role = each.get("role", {}).get("value", "")
            name = each.get("name", {}).get("value", "")
            roles.setdefault(role, []).append(name)
    for role in ("banner", "navigation", "main", "contentinfo"):
        assert len(roles[role]) == 1, role
    for role in ("button", "searchbox", "link", "region", "image", "table", "heading"):
        assert roles[role], role
        assert all(roles[role]), role
    levels = page.value(
        "[...document.querySelectorAll('h1,h2,h3')].map((each) => +each.tagName[1])"
    )
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    bare = "[...document.querySelectorAll('th')].filter((e) => !e.scope).length"
    assert page.value(bare) == 0
    uncaptioned = "document.querySelectorAll('table:not(:has(caption))').length"
    assert page.value(uncaptioned) == 0
    ids = "[...document.querySelectorAll('[id]')].map((e) => e.id)"
    found = page.value(ids)
    assert len(found) == len(set(found))


_CLIPPED = """
[...document.querySelectorAll("text")].filter((each) => {
  const box = each.getBBox();
  const before = each.previousElementSibling;
  const isBoxed = before && /^(gpu|nic|box)$/.test(before.getAttribute("class"));
  const frame = isBoxed ? before.getBBox() : document.documentElement.viewBox.baseVal;
  return box.x + box.width > frame.x + frame.width;
}).map((each) => each.textContent)
"""


@pytest.mark.parametrize("arguments", [("top",), ("top", "nodes"), ("top", "classes")])
def test_a_plot_of_capacity_is_drawn(
    chromium: Browser, dractl: Runner, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    file = tmp_path / "top.svg"
    file.write_text(dractl(*arguments, "--demo", "--svg").out, "utf-8")
    page = chromium.page(file)
    assert page.value("document.documentElement.tagName") == "svg"
    assert page.value(_CLIPPED) == []
    # A label ends before its bar begins.
    overlaps = (
        "[...document.querySelectorAll('g > text:first-of-type')].filter((each) => {"
        "const bar = each.parentElement.querySelector('rect');"
        "const box = each.getBBox();"
        "return bar && box.x + box.width > bar.getBBox().x; }).length"
    )
    assert page.value(overlaps) == 0
    _check_quiet(page, file)


@pytest.mark.parametrize("host", ["hgx-h100", "mi300x", "hostile"])
def test_a_topology_is_drawn(
    chromium: Browser, dractl: Runner, tmp_path: Path, host: str
) -> None:
    root = str(tree(host).unpack(tmp_path / "root"))
    file = tmp_path / "machine.svg"
    ran = dractl("discover", "--topology", "--svg", "--root", root)
    file.write_text(ran.out, "utf-8")
    page = chromium.page(file, scheme="dark")
    assert page.value("document.querySelectorAll('.gpu').length") > 0
    assert page.value(_CLIPPED) == []
    _check_quiet(page, file)
