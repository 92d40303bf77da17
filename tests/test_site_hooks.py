"""Steps of the build that can be seen without building."""

from types import SimpleNamespace

import pytest
from markdown import Markdown
from mkdocs.exceptions import ConfigurationError

from hooks import raised, repository, security, tabs


def configured(language: str = "en") -> SimpleNamespace:
    config = SimpleNamespace(repo_url=None, repo_name=None, edit_uri=None)
    config.theme = {"language": language}
    config.extra = {"versions": ["PyTorch 1", "NumPy 2"]}
    return repository.on_config(config)


@pytest.mark.parametrize(
    ("address", "edit", "issue"),
    [
        ("https://github.com/a/b", "edit/main/docs/zh/", "issues/new?title="),
        ("https://github.com/a/b.git", "edit/main/docs/zh/", "issues/new?title="),
        ("https://gitlab.com/a/b/", "-/edit/main/docs/zh/", "-/issues/new?issue%5Btitle%5D="),
    ],
)
def test_repository(address: str, edit: str, issue: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPO_URL", address)
    config = configured("zh")
    plain = address.removesuffix("/").removesuffix(".git")
    assert (config.repo_url, config.repo_name, config.edit_uri) == (plain, "a/b", edit)
    page = SimpleNamespace(title="A & B", canonical_url="https://x.invalid/?a=1")
    report = repository.report(page, config)
    assert report.startswith(f"{plain}/{issue}")
    assert "A+%26+B" in report and "%3Fa%3D1" in report and "PyTorch+1%2C+NumPy+2" in report
    text = f"How.\n\n{repository.INSTALL}\nMore."
    shown = repository.on_page_markdown(text, page, config, None)
    assert f"$ pip install git+{plain}\n" in shown and shown.startswith(text[: -len("\nMore.")])


@pytest.mark.parametrize("address", ["", "  "])
def test_no_repository(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPO_URL", address)
    config = configured()
    assert (config.repo_url, config.edit_uri) == (None, None)
    assert repository.on_page_markdown(repository.INSTALL, None, config, None) == repository.INSTALL
    assert repository.on_page_context({}, None, config, None) == {}


def test_repository_must_be_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPO_URL", "git@github.com:a/b.git")
    with pytest.raises(ConfigurationError, match="REPO_URL must be an http"):
        configured()


def test_styles_and_scripts_are_allowed_by_their_hashes() -> None:
    page = '<meta charset="utf-8"><style>a {}</style><script>b()</script>'
    policy = security.policy(page)
    # openssl dgst -sha256 -binary | base64
    assert "style-src 'self' 'sha256-mkSHzL7faOU7/U/v8Umg+058R69+vN2A2xmE3Fz1q98='" in policy
    assert "script-src 'self' 'sha256-" in policy and policy.count("sha256-") == 2
    assert "style-src 'self';" in security.policy("")


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
    content = f'<div class="language-text highlight"><pre><code>1\n{line}\n</code></pre></div>'
    shown = raised.on_page_content(content, None, None, None)
    assert ("language-text raised" in shown) == is_message


def test_blocks_bear_the_titles_of_their_tabs() -> None:
    page = '=== "One & two"\n\n    1\n\n=== "Three"\n\n    3\n'
    extensions = ["pymdownx.superfences", "pymdownx.tabbed", tabs.Tabs()]
    options = {"pymdownx.tabbed": {"alternate_style": True}}
    html = Markdown(extensions=extensions, extension_configs=options).convert(page)
    for title in ("One &amp; two", "Three"):
        assert f'<div class="tabbed-block" data-title="{title}">' in html
