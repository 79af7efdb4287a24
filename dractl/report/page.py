"""The page: all of a cluster in one file that needs nothing else."""

from typing import Final, NamedTuple

from dractl.report.capacity import capacity
from dractl.report.devices import device_map
from dractl.report.element import (
    Attributes,
    Markup,
    element,
    embedded,
    fingerprint,
    joined,
)
from dractl.report.findings import findings
from dractl.report.healthiness import healthiness
from dractl.report.overview import overview
from dractl.report.parts import paragraph
from dractl.report.subject import Report
from dractl.report.svg.frame import patterns
from dractl.report.taints import taints
from dractl.report.waiting import waiting

GENERATOR: Final = "dractl report"
"""What the file calls its maker; by it, a former page is known."""


class Assets(NamedTuple):
    """The style sheet and the script that the page carries."""

    style: str
    script: str


def page(report: Report, assets: Assets) -> str:
    """Return the page. It loads nothing, and is whole without its script."""
    sections = [("Overview", "overview", overview(report))]
    sections.append(("Waiting", "waiting", waiting(report)))
    if report.doctor is not None:
        sections.append(("Doctor", "doctor", findings(report.doctor)))
    if report.health is not None:
        sections.append(("Health", "health", healthiness(report.health)))
    sections.append(("Capacity", "capacity", capacity(report)))
    sections.append(("Devices", "devices", device_map(report)))
    sections.append(("Taints", "taints", taints(report)))
    links = [(name, key) for name, key, _ in sections]
    body = element(
        "body",
        {},
        element("a", {"class": "skip", "href": "#main"}, "Skip to the content"),
        element("svg", {"class": "unseen", "aria-hidden": "true"}, patterns()),
        _header(report),
        _contents(links),
        element(
            "main", {"id": "main", "tabindex": -1}, (each for *_, each in sections)
        ),
        _footer(report),
        embedded("script", assets.script),
    )
    head = _head(report, assets)
    return f"<!doctype html>\n{element('html', {'lang': 'en'}, head, body)}\n"


def _head(report: Report, assets: Assets) -> Markup:
    policy = (
        "default-src 'none'; base-uri 'none'; form-action 'none'; "
        f"style-src {fingerprint(assets.style)}; "
        f"script-src {fingerprint(assets.script)}"
    )
    width = "width=device-width, initial-scale=1"
    return element(
        "head",
        {},
        element("meta", {"charset": "utf-8"}),
        element("meta", {"http-equiv": "Content-Security-Policy", "content": policy}),
        _named("referrer", "no-referrer"),
        _named("viewport", width),
        _named("color-scheme", "light dark"),
        _named("generator", GENERATOR),
        element("title", {}, report.title),
        embedded("style", assets.style),
    )


def _named(name: str, content: str) -> Markup:
    return element("meta", {"name": name, "content": content})


def _header(report: Report) -> Markup:
    button: Attributes = {"id": "theme", "type": "button", "hidden": ""}
    release = f"Kubernetes {report.snapshot.profile.version}"
    facts = [report.source, release, report.moment and f"as of {report.moment}"]
    return element(
        "header",
        {},
        element(
            "div",
            {},
            element("h1", {}, report.title),
            paragraph(" · ".join(filter(None, facts)), kind="quiet"),
        ),
        element("button", button, "Dark"),
    )


def _contents(links: list[tuple[str, str]]) -> Markup:
    items = (
        element("li", {}, element("a", {"href": f"#{key}"}, name))
        for name, key in links
    )
    return element("nav", {"aria-label": "Contents"}, element("ul", {}, items))


def _footer(report: Report) -> Markup:
    said = f"Made by {report.program}. It changes nothing and loads nothing."
    return element("footer", {}, joined(paragraph(said, kind="quiet")))
