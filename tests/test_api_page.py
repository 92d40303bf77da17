"""The API page shows every public name, under a heading and a sentence of its own, and no other.

Its Chinese docstrings are in website/api/zh.yaml, whole and in the order of the signatures.
"""

import importlib
import inspect
import pkgutil
import re
from functools import cache
from typing import Any

import griffe
import pytest
import yaml

import convref
from convref import checks
from convref.__main__ import main
from convref.figures import KINDS
from convref.padding import PAD_MODES
from verify import ROOT
from verify.pages.rules import DOCS
from website.api.docstrings import Docstrings, apart, catalogue

ENTRY = re.compile(
    r"^### (?P<name>\w+) \{#[\w-]+\}\n\n(?P<sentence>\S.+)\n\n::: (?P<path>\S+)$", re.M
)
DIRECTIVE = re.compile(r"^::: (?P<path>\S+)(?P<options>(?:\n .*)*)", re.M)
CHINESE = re.compile(r"[\u4e00-\u9fff]")
ADD = "tell it in Chinese in website/api/zh.yaml, under"


@pytest.mark.parametrize("language", DOCS)
def test_every_public_name_has_its_entry(language: Any) -> None:
    text = (DOCS[language] / "reference/api.md").read_text("utf-8")
    entries = list(ENTRY.finditer(text))
    assert len(entries) == text.count("\n::: ")
    assert all(entry["path"].endswith(f".{entry['name']}") for entry in entries)
    public = [entry["name"] for entry in entries if entry["path"].count(".") == 1]
    assert sorted(public) == sorted(convref.__all__)


# What is shown in another way: kinds of figures on their page, the program by what it prints.
OTHERWISE = {*(function for function in KINDS.values()), main}
MODULES = sorted(module.name for module in pkgutil.walk_packages(convref.__path__, "convref."))


@pytest.mark.parametrize("name", MODULES)
def test_what_a_module_calls_public_is_on_the_page(name: Any) -> None:
    """And nothing else of it: `__all__` says what users may touch, in every module."""
    module = importlib.import_module(name)
    assert len(set(module.__all__)) == len(module.__all__)
    public = [getattr(module, each) for each in module.__all__]
    told = [each for each in public if callable(each) and each not in OTHERWISE]
    own = {f"{each.__module__}.{each.__name__}" for each in told}
    assert own <= set(shown()), f"{name}: no entry for {own - set(shown())}"
    entries = [path.rpartition(".") for path in shown()]
    there = {each for where, _, each in entries if where == name}
    assert there <= set(module.__all__), f"{name}.__all__ lacks {there}"


@pytest.mark.parametrize("language", DOCS)
def test_every_kind_of_figure_has_its_parameters(language: Any) -> None:
    text = (DOCS[language] / "reference/figures.md").read_text("utf-8")
    told = re.findall(r"^figure: (\S+)$(?:\n(?!## ).*)*?\n(?:Parameters: |参数：)(.*)$", text, re.M)
    assert len(told) == len(KINDS)
    assert {kind: re.findall(r"`(\w+)`", names) for kind, names in told} == {
        kind: list(inspect.signature(function).parameters) for kind, function in KINDS.items()
    }


@cache
def package(language: str) -> Any:
    extensions = griffe.load_extensions(Docstrings(language))
    return griffe.load(
        "convref", search_paths=[ROOT], docstring_parser="numpy", extensions=extensions
    )


def own(thing: Any) -> Any:
    return thing.final_target if thing.is_alias else thing


@cache
def shown() -> list[str]:
    """The path of every docstring on the page: the entries, and the members that they name."""
    paths = []
    for match in DIRECTIVE.finditer((DOCS["zh"] / "reference/api.md").read_text("utf-8")):
        thing = own(package("en")[match["path"].removeprefix("convref.")])
        paths.append(thing.path)
        if members := re.search(r"members: \[(.*)\]", match["options"]):
            paths += [own(thing.all_members[name]).path for name in members[1].split(", ")]
    return list(dict.fromkeys(paths))


def entry(language: str, path: str) -> Any:
    return own(package(language)[path.removeprefix("convref.")])


def sections(language: str, path: str) -> dict[str, Any]:
    parsed = entry(language, path).docstring.parse("numpy")
    lists = ("parameters", "attributes", "returns", "raises")
    return {part.kind.value: part.value for part in parsed if part.kind.value in lists}


def signature(path: str) -> list[str]:
    """Names as a docstring writes them; those of a dataclass are its attributes instead."""
    thing = entry("en", path)
    if thing.is_class:
        if "dataclass" in thing.labels:
            return []
        thing = thing.all_members.get("__init__")
    if not thing or not thing.is_function:
        return []
    stars = {griffe.ParameterKind.var_keyword: "**", griffe.ParameterKind.var_positional: "*"}
    return [stars.get(p.kind, "") + p.name for p in thing.parameters if p.name != "self"]


def errors(found: dict[str, Any]) -> set[str]:
    return {
        name
        for item in found.get("raises", [])
        for name in re.findall(r"\w+", str(item.annotation))
    }


@pytest.mark.parametrize("path", shown())
def test_the_chinese_is_whole(path: Any) -> None:
    assert path in catalogue(), f"{ADD} {path}: what it does, its parameters, returns and raises"
    zh, en = sections("zh", path), sections("en", path)
    names = [item.name for item in zh.get("parameters", [])]
    assert names == signature(path), f"{ADD} {path}: its parameters are {signature(path)}"
    for part in ("attributes", "returns"):
        ours, theirs = ([item.name for item in x.get(part, [])] for x in (zh, en))
        assert not any(theirs) or ours == theirs, f"{ADD} {path}: its {part} are {theirs}"
    thing = entry("en", path)
    if thing.is_function and str(thing.returns) != "None":
        assert "returns" in zh, f"{ADD} {path}: what it returns"
    assert errors(zh) >= errors(en), f"{ADD} {path}: it raises {errors(en)}"
    untold = [
        getattr(item, "name", "") or str(item.annotation)
        for items in zh.values()
        for item in items
        if not CHINESE.search(item.description)
    ]
    assert not untold, f"{ADD} {path}: a sentence for each of {untold}"


def test_each_name_has_its_own_default() -> None:
    text = "Parameters\n----------\na, b : int\n    Of both.\nc : int\n    Of one.\n"
    assert apart(text) == text.replace("a, b : int", "a : int\n    Of both.\nb : int")
    for language in ("zh", "en"):
        backward = sections(language, "convref.gradients.conv2d_backward")["parameters"]
        assert {item.name: item.value for item in backward}["padding_mode"] == "'zeros'"


def test_nothing_is_told_that_is_not_on_the_page() -> None:
    assert set(catalogue()) == set(shown())


def test_examples_come_along() -> None:
    for path in shown():
        zh, en = (entry(language, path).docstring.value for language in ("zh", "en"))
        assert zh.count(">>>") == en.count(">>>"), path
    assert sum(entry("zh", path).docstring.value.count(">>>") for path in shown()) > 50


def test_each_site_has_its_language() -> None:
    assert "{language: zh}}]" in (ROOT / "mkdocs.yml").read_text("utf-8")
    assert "{language: en}}]" in (ROOT / "mkdocs.en.yml").read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "modes"), [("convolution.conv2d", checks.MODES), ("padding.pad", PAD_MODES)]
)
def test_chinese_readers_are_told_every_mode(name: str, modes: tuple[str, ...]) -> None:
    told = yaml.safe_load((ROOT / "website/api/zh.yaml").read_text("utf-8"))[f"convref.{name}"]
    assert all(f"'{mode}'" in told for mode in modes)
