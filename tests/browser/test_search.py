"""Searching: what people type and paste, and what they get to see."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import TypeAlias

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.browser.corpus import Query, of_messages, of_names, of_people, of_terms, seen, sources
from tests.browser.served import Served, SitePage, text_pages

SEED = 20261125
ENOUGH = 0.95
OF_MESSAGES = 0.98  # which are pasted whole
LANGUAGES = ["zh", "en"]
FIELD = "input[data-md-component=search-query]"
LINKS = "a.md-search-result__link"
# The page's own worker, asked in bulk: for each query the sections that each page answers with.
ASK = """async (queries) => {
  const { base, search } = JSON.parse(document.getElementById("__config").textContent);
  const at = (path) => new URL(path, new URL(`${base}/`, location.href));
  const index = await (await fetch(at("search/search_index.json"))).json();
  const worker = new Worker(new URL(search, location.href));
  const say = (type, data) => new Promise((answer, fail) => {
    const late = setTimeout(() => fail(new Error(`no answer to ${JSON.stringify(data)}`)), 60000);
    const hear = ({ data }) => {
      worker.removeEventListener("message", hear);
      clearTimeout(late);
      answer(data);
    };
    worker.addEventListener("message", hear);
    worker.postMessage({ type, data });
  });
  await say(0, { ...index, options: { suggest: true } });
  const found = [];
  for (const query of queries) {
    const { data } = await say(2, query);
    found.push(data.items.map((page) =>
      page.filter(({ score }) => score >= page[0].score).map(({ location }) => location)));
  }
  return found;
}"""

Asked: TypeAlias = Callable[[str, list[str]], list[list[list[str]]]]


@pytest.fixture
def asked(site: Served, browser: Browser) -> Iterator[Asked]:
    """A function that asks the worker of a language; nothing may be said in the console."""
    said: list[str] = []
    context = browser.new_context()

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            said.append(message.text)

    def ask(language: str, queries: list[str]) -> list[list[list[str]]]:
        page = context.new_page()
        page.on("console", hear)
        page.on("pageerror", lambda error: said.append(str(error)))
        # A search in the address: the index is wanted at once.
        page.goto(site.url(SitePage("", language)) + "?q=stride")
        results: list[list[list[str]]] = page.evaluate(ASK, queries)
        return results

    yield ask
    context.close()
    assert not said, "\n".join(said)


def missed(queries: list[Query], found: list[list[list[str]]]) -> list[str]:
    return [
        f"{query.kind}: {query.words!r}: {sorted(query.wanted)} not in {pages[:3]}"
        for query, pages in zip(queries, found, strict=True)
        if not any(query.finds(sections) for sections in pages[:3])
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_right_section_among_the_first_three(
    language: str,
    asked: Asked,
    record_property: Callable[[str, object], None],
) -> None:
    chance = random.Random(SEED)
    queries = [
        *of_messages(language, chance),
        *of_people(language, "typed", "queries.tsv"),
        *of_people(language, "question", "questions.tsv"),
        *of_names(language),
        *of_terms(language),
    ]
    lost = missed(queries, asked(language, [query.words for query in queries]))
    asked_for = Counter(query.kind for query in queries)
    failed = Counter(line.partition(":")[0] for line in lost)
    rows = [f"{kind:14} {n - failed[kind]:4} of {n:4}" for kind, n in asked_for.items()]
    record_property(f"table: search {language}, among the first three", "\n".join([*rows, *lost]))
    assert len(asked_for) == 6 and asked_for["message"] > 100 and asked_for["term"] > 50
    for kind, n in asked_for.items():
        enough = OF_MESSAGES if kind == "message" else ENOUGH
        assert failed[kind] <= (1 - enough) * n, "\n".join(lost)
    assert len(lost) <= (1 - ENOUGH) * len(queries), "\n".join(lost)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_can_be_searched(language: str, asked: Asked) -> None:
    """A number that stands on a page is found there; one that does not is no error."""
    pages = [seen(text) for _, text in sources(language)]
    numbers = [str(number) for number in range(100)]
    forms = ["{}", "padding={}"]
    queries = [form.format(number) for form in forms for number in numbers]
    found = dict(zip(queries, asked(language, queries), strict=True))
    for number in numbers:
        stands = re.compile(rf"(?<![\w.]){number}(?![\w.])")
        if any(stands.search(text) for text in pages):
            assert found[number], f"{number} stands on a page and is not found"
        assert found[f"padding={number}"], f"padding={number} finds nothing"


@pytest.mark.parametrize("language", LANGUAGES)
def test_common_word_in_a_title_does_not_win(language: str, asked: Asked) -> None:
    """卷积 is in many titles: beside another word, it does not decide."""
    word = {"zh": "卷积", "en": "convolution"}[language]
    others = {
        "zh": ["步幅", "填充", "偏置", "分组", "空洞率", "通道"],
        "en": ["stride", "padding", "bias", "groups", "dilation", "channels"],
    }[language]
    lessons = ["stride", "padding", "bias", "groups", "dilation", "channels"]
    found = asked(language, [f"{word} {other}" for other in others])
    for lesson, other, pages in zip(lessons, others, found, strict=True):
        first = [section.split("#")[0] for sections in pages[:3] for section in sections]
        assert f"learn/{lesson}/" in first, f"{word} {other}: {first}"


TYPED = [
    ("zh", "卷积核", "reference/glossary/"),
    ("zh", "步长 1", "learn/stride/"),
    ("zh", "1×1卷积", "learn/pointwise/"),
    ("en", "padding mode", "learn/padding-modes/"),
    ("en", "groups=1", "learn/groups/"),
    ("en", "1x1", "learn/pointwise/"),
]


def opened(site: Served, page: Page, language: str, width: int = 1280) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(site.url(SitePage("", language)))
    if width < 960:
        page.locator("header label.md-header__button[for=__search]").click()
    page.locator(FIELD).click()


@pytest.mark.parametrize(("language", "words", "name"), TYPED)
def test_typed_by_key(site: Served, fresh_page: Page, language: str, words: str, name: str) -> None:
    wanted = site.url(SitePage(name, language))
    opened(site, fresh_page, language)
    fresh_page.keyboard.type(words)
    links = fresh_page.locator(f"{LINKS}[href^='{wanted}']")
    expect(links.first).to_be_attached(timeout=30_000)
    allowed = {site.url(page) for page in text_pages() if page.language == language}
    read = "links => links.map((a) => a.href.split(/[?#]/)[0])"
    pages = list(dict.fromkeys(fresh_page.locator(LINKS).evaluate_all(read)))
    assert set(pages) <= allowed, f"results outside the {language} site: {pages}"
    assert wanted in pages[:3], f"{words}: {wanted} is not among the first of {pages}"
    links.first.click()
    fresh_page.wait_for_url(f"{wanted}**")
    expect(fresh_page.locator("main article h1")).to_be_visible()


MESSAGE = (
    "RuntimeError: Given groups=1, weight of size [64, 3, 3, 3], expected input[1, 1, 28, 28] "
    "to have 3 channels, but got 1 channels instead"
)


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("language", LANGUAGES)
def test_pasted_without_a_key(site: Served, fresh_page: Page, language: str, width: int) -> None:
    """From the mouse's or a phone's menu: page, section and line are shown, Enter opens them."""
    opened(site, fresh_page, language, width)
    fresh_page.keyboard.insert_text(MESSAGE)  # an `input` event alone
    first = fresh_page.locator(".md-search-result__item").first
    expect(first.locator("h1")).to_be_visible(timeout=30_000)
    expect(first.locator("h2").first).to_be_visible()
    line = first.locator("article:has(h2)").first
    expect(line).to_contain_text("Given groups=1, weight of size [8, 3, 3, 3]")
    assert line.locator("mark").count() > 3
    fresh_page.keyboard.press("Enter")
    wanted = site.url(SitePage("errors/channels/", language))
    fresh_page.wait_for_url(re.compile(re.escape(wanted) + r"[^#]*#given-groups$"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_result_says_what_to_try(site: Served, fresh_page: Page, language: str) -> None:
    opened(site, fresh_page, language)
    fresh_page.keyboard.insert_text("zxqwv")
    expect(fresh_page.locator(".md-search-result__meta")).to_contain_text(
        "padding_mode", timeout=30_000
    )
    expect(fresh_page.locator(LINKS)).to_have_count(0)
    fresh_page.locator(FIELD).fill("padding_mode")  # what it says helps
    expect(fresh_page.locator(LINKS).first).to_be_visible(timeout=30_000)


@pytest.mark.parametrize("language", LANGUAGES)
def test_results_are_text(language: str, asked: Asked) -> None:
    """Whatever is typed, nothing fails: signs of regular expressions, of HTML, nothing at all."""
    odd = [
        "",
        " ",
        "…",
        "<b>",
        "&lt;",
        '"',
        "(",
        "[0-9]+",
        "*",
        "\\",
        "的",
        "a",
        "-1",
        "１２",
        "😀",
    ]
    assert len(asked(language, odd)) == len(odd)
