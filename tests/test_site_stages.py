"""Steps of the build that can be seen without building."""

import html
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jinja2
import pytest
from markdown import Markdown
from mkdocs.config import load_config

from verify import ROOT
from website import addresses, build
from website.after import AfterError, bundles, lighter, names, only, security, styles, theme
from website.before import pages, repository
from website.markdown.error_outputs import ErrorOutputs
from website.markdown.page import PageError, signed
from website.settings import CONFIGS, converter, folders, settings

PARTIALS = jinja2.Environment(loader=jinja2.FileSystemLoader(ROOT / "theme"))


def partial(name: str, **given: object) -> str:
    return PARTIALS.get_template(f"partials/{name}.html").render(**given)


def configured(repo_url: str, language: str) -> SimpleNamespace:
    return SimpleNamespace(
        repo_url=repo_url,
        theme=SimpleNamespace(language=language),
        extra=SimpleNamespace(versions="PyTorch 1, NumPy 2"),
    )


# Before the builder -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "edit", "issue", "names"),
    [
        ("https://github.com/a/b", "edit/main/docs/zh/", "issues/new", ("title", "body")),
        ("https://github.com/a/b.git", "edit/main/docs/zh/", "issues/new", ("title", "body")),
        (
            "https://gitlab.com/a/b/",
            "-/edit/main/docs/zh/",
            "-/issues/new",
            ("issue[title]", "issue[description]"),
        ),
    ],
)
def test_repository(
    address: str, edit: str, issue: str, names: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPO_URL", address)
    plain = repository.repository()
    assert plain == address.removesuffix("/").removesuffix(".git")
    page = SimpleNamespace(
        title="A & B",
        canonical_url="https://x.invalid/?a=1",
        file=SimpleNamespace(src_uri="learn/a.md"),
        meta={},
    )
    links = partial("page-links", config=configured(plain, "zh"), page=page)
    assert f'<a href="{plain}/{edit}learn/a.md" rel="edit">' in links
    report = html.unescape(links.partition("· ")[2].split('"')[1])
    assert report.startswith(f"{plain}/{issue}?")
    told = parse_qs(urlsplit(report).query)
    assert set(told) == set(names)
    assert told[names[0]] == ["页面有误：A & B"]
    assert "https://x.invalid/?a=1" in told[names[1]][0]
    assert "PyTorch 1, NumPy 2" in told[names[1]][0]
    text = f"How.\n\n{repository.INSTALL}\nMore."
    shown = repository.with_install(text, "zh", plain)
    assert f"$ pip install git+{plain}\n" in shown and shown.startswith(text[: -len("\nMore.")])
    page.meta = {"notebook": "notebooks/a.ipynb"}
    links = partial("page-links", config=configured(plain, "zh"), page=page)
    assert f"{edit}notebooks/a.ipynb" in links


@pytest.mark.parametrize("address", ["", "  "])
def test_no_repository(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPO_URL", address)
    assert repository.repository() == ""
    assert repository.with_install(repository.INSTALL, "en", "") == repository.INSTALL
    assert build.variables("en", Path())["REPO_URL"] == ""


def test_repository_must_be_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPO_URL", "git@github.com:a/b.git")
    with pytest.raises(ValueError, match="REPO_URL must be an http"):
        repository.repository()


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("index.md", ""),
        ("play/index.md", "play/"),
        ("learn/a.md", "learn/a/"),
        ("a.ipynb", "a/"),
        ("reindex.md", "reindex/"),
    ],
)
def test_addresses_of_pages(name: str, url: str) -> None:
    assert addresses.of_page(name) == url


def linked(language: str, url: str) -> list[dict[str, object]]:
    """The rows of theme/partials/languages.html for a page; without an address, for 404.html."""
    root = "https://x.invalid/convref/"
    extra = settings("zh")["extra"] | {"scope": "/convref/"}
    folder = folders()[language]
    depth = url.count("/") if url != "./" else 0
    module: Any = PARTIALS.get_template("partials/languages.html").make_module(
        {
            "config": SimpleNamespace(
                extra=SimpleNamespace(**extra),
                theme=SimpleNamespace(language=language),
                site_url=root + folder,
            ),
            "page": SimpleNamespace(url=url) if url else None,
            "base_url": "/".join([".."] * depth) or ".",
        }
    )
    rows: list[dict[str, object]] = module.rows
    return rows


@pytest.mark.parametrize(
    ("language", "url", "link"),
    [
        ("zh", "learn/a/", "../../en/learn/a/"),
        ("en", "learn/a/", "../../../learn/a/"),
        ("zh", "play/", "../en/play/"),
        ("zh", "./", "en/"),
        ("en", "./", "../"),
        ("zh", "", "/convref/en/"),
        ("en", "", "/convref/"),
    ],
)
def test_a_page_leads_to_itself_in_the_other_language(language: str, url: str, link: str) -> None:
    [other] = [row for row in linked(language, url) if not row["current"]]
    assert other["link"] == link
    path = "" if url == "./" else url
    assert {row["address"] for row in linked(language, url)} == {
        f"https://x.invalid/convref/{path}",
        f"https://x.invalid/convref/en/{path}",
    }


def test_pages_say_where_they_come_from(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    pages.write(ROOT / "docs/en", docs, "en", "https://x.invalid/en/", "")
    written = {path.relative_to(docs).as_posix() for path in docs.rglob("*.*")}
    notebook = "notebooks/padding-and-groups"
    assert {"index.md", "learn/stride.md", f"{notebook}.md"} <= written
    assert f"{notebook}/padding-and-groups.ipynb" in written
    for path in docs.rglob("*.md"):
        text = path.read_text("utf-8")
        assert text.count("<!-- docs/en/") == 1, path
        assert ".ipynb)" not in text, "a link to what the builder does not render"


# Markdown -----------------------------------------------------------------------------------------

ALONE = """
import sys
sys.modules["mkdocs"] = sys.modules["properdocs"] = None  # an import of either fails
import website.build
from website.settings import converter
print(converter(sys.argv[1]).convert(sys.stdin.read()))
"""


@pytest.mark.parametrize(("language", "figure"), [("zh", "图"), ("en", "Figure")])
def test_a_page_is_rendered_without_a_builder(language: str, figure: str) -> None:
    path = ROOT / f"docs/{language}/learn/stride.md"
    _, _, text = path.read_text("utf-8").split("---\n", 2)
    fences = [text.count(f"```{name}\n") for name in ("conv-figure", "conv-explorer")]
    assert fences > [0, 0] and "<!--=" in text and "$" in text
    done = subprocess.run(
        [sys.executable, "-c", ALONE, language],
        cwd=ROOT,
        input=signed(text, str(path)),
        capture_output=True,
        text=True,
    )
    page = done.stdout
    assert not done.returncode, done.stderr
    drawings = page.count('<figure class="conv-figure">'), page.count("<conv-explorer ")
    assert list(drawings) == fences
    assert page.count("<figcaption id=") == fences[0]
    assert f'aria-label="{figure} 1"' in page
    assert page.count("<math") > 3 and "arithmatex" not in page
    assert "<!--" not in page and "language-text" in page


@pytest.mark.parametrize("language", CONFIGS)
def test_the_extensions_are_those_that_the_builder_takes(language: str) -> None:
    """Besides, MkDocs loads `fenced_code`, whose place SuperFences takes."""
    config = load_config(str(ROOT / CONFIGS[language]))
    given = settings(language)["markdown_extensions"]
    assert set(config.markdown_extensions) - {"fenced_code"} == set(given)
    for name, options in given.items():
        assert str(config.mdx_configs.get(name, {})) == str(options), name


@pytest.mark.parametrize("language", CONFIGS)
def test_both_languages_have_the_same_pages_in_one_order(language: str) -> None:
    taken = load_config(str(ROOT / CONFIGS[language])).nav or []
    zh = settings("zh")["nav"]
    assert [[*each.values()] for each in taken] == [[*each.values()] for each in zh]
    assert {name.isascii() for each in taken for name in each} == {language == "en"}


@pytest.mark.parametrize("language", CONFIGS)
def test_a_wrong_formula_or_mark_fails_with_page_and_line(language: str) -> None:
    for text, line, reason in [
        ("A.\n\nOne $\\frac{1}$ here.", 3, "in the formula"),
        ("A.\n\n$$\n\\unknown\n$$\n", 4, "in the formula"),
        ("A.\n\nB.\n\nword<!--= 1 -->", 5, "a mark must follow a number"),
    ]:
        with pytest.raises(PageError, match=reason) as error:
            converter(language).convert(signed(text, "docs/page.md"))
        assert str(error.value).startswith(f"docs/page.md:{line}: ")


@pytest.mark.parametrize(
    ("line", "is_message"),
    [
        ("RuntimeError: no", True),
        (
            "Argument #4: Padding size should be less than the corresponding input dimension, 3",
            True,
        ),
        ("[[1, 2, 3], [4, 5, 6]] " * 8, False),
        ("int16 \"slow_conv_dilated<>\" not implemented for 'Short'", True),
        ("a short line of six small words", False),
        (f"tensor({list(range(60))})", False),
    ],
)
def test_messages_wrap(line: str, is_message: bool) -> None:
    shown = converter("en").convert(f"```text\n1\n{line}\n```")
    assert shown.count("language-text raised") == is_message, shown
    # A docstring's blocks are seen twice: in its own conversion, and in that of the page.
    assert ErrorOutputs(Markdown()).run(shown) == shown


def test_a_message_beside_columns_does_not_wrap() -> None:
    rows = "  -59   44   |  -2\n  -96   80   |  81"
    told = "RuntimeError: nothing of what came is right"
    columns = converter("en").convert(f"```text\n{told}\n{rows}\n```")
    single = converter("en").convert(f"```text\n{told}\n{rows.splitlines()[0]}\n```")
    assert "language-text raised" not in columns and "language-text raised" in single


def test_blocks_bear_the_titles_of_their_tabs() -> None:
    page = '=== "One & two"\n\n    1\n\n=== "Three"\n\n    3\n'
    html = converter("en").convert(page)
    for title in ("One &amp; two", "Three"):
        assert f'<div class="tabbed-block" data-title="{title}">' in html


def test_a_long_page_is_cut_at_its_headings() -> None:
    long = "# A\n\nB\n\n## C\n\n" + "*x* " * 4000 + "\n\n> ## D\n\n## E\n\nF\n"
    cut = converter("en").convert(long)
    assert cut.count('<div class="part">') == 3
    assert re.findall(r'<div class="part">\n*<(\w+)', cut) == ["p", "p", "p"]
    assert "part" not in converter("en").convert(long.replace("*x* ", "x ")).replace("h2", "")


# After the builder --------------------------------------------------------------------------------


def test_styles_and_scripts_are_allowed_by_their_hashes() -> None:
    page = '<meta charset="utf-8"><style>a {}</style><script>b()</script>'
    policy = security.policy(page)
    # openssl dgst -sha256 -binary | base64
    assert "style-src 'self' 'sha256-mkSHzL7faOU7/U/v8Umg+058R69+vN2A2xmE3Fz1q98='" in policy
    assert "script-src 'self' 'sha256-" in policy and policy.count("sha256-") == 2
    assert "style-src 'self';" in security.policy("")


def test_what_the_policy_forbids_stops_the_build() -> None:
    page = '<meta charset="utf-8"><p>1</p>'
    assert "Content-Security-Policy" in security.secured(page, "a.html")
    for spoiled in (page.replace("<p>", '<p style="a">'), page.replace("<meta", "<other")):
        with pytest.raises(AfterError, match=r"^a\.html: "):
            security.secured(spoiled, "a.html")


def test_the_theme_says_nothing_of_versions_and_scripts_wait() -> None:
    page = (
        '<meta name="generator" content="builder-1.2, theme-3.4.5">\n'
        '    <link rel="stylesheet" href="../assets/_mkdocstrings.css">\n'
        '<script src="a.js"></script>'
    )
    assert theme.lean(page) == '<script defer src="a.js"></script>'


def built(folder: Path) -> Path:
    """What a builder leaves of the theme's files."""
    for name in (
        "assets/explorer/explorer.js",
        "assets/javascripts/bundle.0123abcd.min.js",
        "assets/javascripts/bundle.0123abcd.min.js.map",
        "assets/javascripts/workers/search.4567abcd.min.js",
        "assets/stylesheets/main.0.min.css",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    return folder


def test_files_are_named_after_their_content(tmp_path: Path) -> None:
    site = built(tmp_path)
    renamed = names.after_contents(site)
    for old, new in renamed.items():
        assert not (site / old).exists() and (site / new).read_text() == old
    # printf NAME | sha256sum
    assert renamed["assets/explorer/explorer.js"] == "assets/explorer/explorer.c75fceb7.js"
    page = "".join(f'"../{old}"' for old in renamed)
    assert names.in_page(page, renamed) == "".join(f'"../{new}"' for new in renamed.values())


@pytest.mark.parametrize(
    "step", [bundles.search, lighter.script, lighter.styles, styles.one_sheet, names.after_contents]
)
def test_a_step_that_finds_nothing_says_so(step: Any, tmp_path: Path) -> None:
    """Another version of the theme shall not lose in silence what a step is for."""
    (tmp_path / "assets/styles").mkdir(parents=True)
    (tmp_path / "assets/styles/site.css").write_text("a { color: red }")
    with pytest.raises(AfterError, match=r"files are named|has no .* any more"):
        step(tmp_path)


def test_one_file_is_neither_none_nor_two(tmp_path: Path) -> None:
    for name in ("a.1.js", "a.2.js"):
        (tmp_path / name).touch()
    assert only(tmp_path, "a.1.*") == tmp_path / "a.1.js"
    with pytest.raises(AfterError, match="2 files"):
        only(tmp_path, "a.*.js")
