"""Both languages of a section change together, and what counts as a change."""

import json
from typing import Any

import pytest

from verify.pages.reading import RECORD, digests, problems, site

TEXT = """---
description: About a page.
---
# Title {#title}

A size of 3<!--= size(5, kernel=3) -->, see [there](there.md).

## Next {#next}

```python
print(1)
```

```text
1
```

Words  and
words.
"""


def test_no_language_was_left_behind() -> None:
    found = problems(site(), json.loads(RECORD.read_text("utf-8")))
    assert not found, "\n".join(found)


def test_the_record_has_no_section_that_is_gone() -> None:
    gone = json.loads(RECORD.read_text("utf-8")).keys() - site().keys()
    assert not gone, "run `make read`"


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("size(5, kernel=3)", "size(7, kernel=5)", []),
        ("<!--= size(5, kernel=3) -->", "", []),
        ("there.md", "here.md", []),
        ("print(1)", "print(2)", []),
        ("Words  and\nwords", "Words and words", []),
        ("About a page", "About two pages", ["title"]),
        ("size of 3", "size of 4", ["title"]),
        ("Title", "Titles", ["title"]),
        ("words", "word", ["next"]),
        ("Next", "Last", ["next"]),
    ],
)
def test_what_counts_as_a_change(old: Any, new: Any, changed: Any) -> None:
    before, after = digests(TEXT), digests(TEXT.replace(old, new))
    assert TEXT.replace(old, new) != TEXT
    assert [section for section in before if before[section] != after[section]] == changed


def test_one_language_changed_alone() -> None:
    record = {"a.md#a": {"zh": "1", "en": "2"}, "a.md#b": {"zh": "3", "en": "4"}}
    assert problems(record, record) == []
    both = record | {"a.md#b": {"zh": "5", "en": "6"}}
    assert problems(both, record) == []
    (left,) = problems(record | {"a.md#b": {"zh": "3", "en": "6"}}, record)
    assert left.startswith("docs/en/a.md#b has changed, docs/zh has not: read both")
    (new,) = problems(record | {"b.md#c": {"zh": "7", "en": "8"}}, record)
    assert new.startswith("b.md#c: read it in both languages")
