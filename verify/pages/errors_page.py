"""The page of error messages, kept equal to `convref.messages.MESSAGES`.

A `###` section of reference/errors is one rule: its id is the rule's name, its first line, made
here, the type and the template. The rest is written by hand, and has a block that raises it.
"""

import re
from unittest.mock import patch

from convref import messages
from verify.pages.rules import headings
from verify.pages.run import run
from website.source import Fence, parse

PAGE = "reference/errors.md"
# Rules without a tab of PyTorch's: it has no such call, or what it answers depends on the machine.
ALONE = {
    *("masked", "accumulate", "limit", "device"),
    *("weight axes", "cell axes", "cell", "axes", "layer", "receptive field"),
    *("layout", "depthwise", "depthwise groups", "flattened"),
    *("same option", "same output padding", "same gap"),
    *(rule for rule in messages.MESSAGES if rule.startswith("figure ")),
    *("extra", "vectors"),
}


def anchor(rule: str) -> str:
    return rule.replace(" ", "-")


def first_line(rule: str) -> str:
    error, template = messages.MESSAGES[rule]
    return f"`{error.__name__}: {template}`"


def sections(text: str) -> dict[str, tuple[int, int]]:
    """Where the text of each rule begins and ends, by the heading's id."""
    found = list(headings(text))
    ends = [heading.start() for heading in found[1:]] + [len(text)]
    return {
        heading["id"]: (heading.end(), end)
        for heading, end in zip(found, ends, strict=True)
        if heading["level"] == "###"
    }


def rewritten(text: str) -> str:
    """The page with every section's first line as the table has it, and a stub for a new rule."""
    for rule in messages.MESSAGES:
        if anchor(rule) in sections(text):
            start, end = sections(text)[anchor(rule)]
            rest = re.sub(r"\A\n*(?:`\w+: .*`\n)?\n*", "\n", text[start:end])
            text = f"{text[:start]}\n\n{first_line(rule)}\n{rest}{text[end:]}"
        else:
            text += f"\n### {rule} {{#{anchor(rule)}}}\n\n{first_line(rule)}\n"
    return text.rstrip("\n") + "\n"


def problems(text: str, rule: str) -> list[str]:
    """What the section of a rule lacks."""
    if anchor(rule) not in sections(text):
        return ["no section: run `make outputs`, which adds a stub, and write it"]
    start, end = sections(text)[anchor(rule)]
    found = []
    if not text[start:end].startswith(f"\n\n{first_line(rule)}\n"):
        found.append(f"must begin with its line of the table (`make outputs`): {first_line(rule)}")
    blocks = [f for f in parse(text).blocks if start < f.start < end and f.tab != "PyTorch"]
    raised = [raises(block) for block in blocks]
    if not blocks or set(raised) != {rule}:
        found.append(f"needs blocks that raise this rule and no other, but they raise {raised}")
    theirs = [f for f in parse(text).blocks if start < f.start < end and f.tab == "PyTorch"]
    if bool(theirs) == (rule in ALONE):
        found.append("needs a tab of PyTorch's, or a place in ALONE, and not both")
    if any(run(block.source).raised is None for block in theirs):
        found.append("a tab of PyTorch's raises nothing")
    return found


def raises(block: Fence) -> str | None:
    """The rule by which a block is refused in the end; None if it runs through."""
    looked_up: list[str] = []

    class Table(dict[str, tuple[type[Exception], str]]):
        def __getitem__(self, rule: str) -> tuple[type[Exception], str]:
            looked_up.append(rule)
            return super().__getitem__(rule)

    with patch.object(messages, "MESSAGES", Table(messages.MESSAGES)):
        refused = run(block.source).raised is not None
    return looked_up[-1] if refused and looked_up else None
