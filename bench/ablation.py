"""What each step of the search gains: the chain built up one step at a time, MRR@10 for each set, as a table in Markdown.

`python -m bench.ablation FOLDER [SET …]`, with a folder like the one of `bench.relevance`. What is not yet switched on is
patched away: nothing of this stands in the search itself.
"""

import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bench.relevance import COLLECTIONS, Collection, fill, measure, read_set, sets_of
from kunnskap.search.analysis import analyser, compounds, written_forms
from kunnskap.search.engines import lifting, ranking, sought
from kunnskap.search.engines.whoosh import WhooshEngine

SETS = ("nq_base", "nq_kw", "nq_nn", "nq_a", "nq_split", "nq_typo1", "law_base", "law_nn")
STEMMED = (written_forms.stem, written_forms.drop_agent_ending)


@dataclass(frozen=True)
class Step:
    """A step, and what stands in its place as long as it is switched off."""

    name: str
    without: Sequence[tuple[Any, str, Any]] = ()


STEPS = (
    Step("lower-cased words"),
    Step("+ folding of æ, ø, å and accents", [(written_forms, "fold", lambda word: word)]),
    Step("+ stop words", [(written_forms, "is_small", lambda _word: False)]),
    Step("+ stemming", [(written_forms, "STEPS", ())]),
    Step("+ rules for the two written forms", [(written_forms, "STEPS", STEMMED)]),
    Step("+ pairs of words of the two written forms", [(written_forms, "STEPS", written_forms.STEPS[:-1])]),
    Step("+ parts of compounds", [(analyser.Analyser, "_parts", lambda _self, _plain: [])]),
    Step("+ compounds of two words of the query", [(analyser, "_compound", lambda _one, _other: None)]),
    Step("+ typing errors mended", [(sought, "_mended", lambda concept, *_: (concept, None))]),
    Step("+ how much of the query is covered", [(lifting, "COVER", 0.0), (ranking, "CUT", 0.0)]),
    Step("+ words in the form they were typed", [(lifting, "AS_WRITTEN", 0.0)]),
    Step(
        "+ nearness and whole titles",
        [(lifting, "BESIDE", 0.0), (lifting, "NEAR", 0.0), (analyser.Analyser, "whole", lambda _self, _text: 0)],
    ),
)


def main(folder: str, *wanted: str) -> None:
    """Measure with one step more each time, and print a row for each."""
    sets = wanted or SETS
    print(f"| chain | {' | '.join(sets)} |\n|---|{'--:|' * len(sets)}")
    files = {kind: found for kind, found in sets_of(Path(folder), sets).items() if found}
    collections = {kind: Collection.read(Path(folder) / COLLECTIONS[kind]) for kind in files}
    for number, step in enumerate(STEPS):
        with ExitStack() as patched:
            # The step that is nearest stands in the way of those behind it, where they change the same.
            for later in reversed(STEPS[number + 1 :]):
                for what, name, instead in later.without:
                    patched.enter_context(patch.object(what, name, instead))
            found = {name: mrr for kind in files for name, mrr in _measured(collections[kind], files[kind])}
        print(f"| {step.name} | {' | '.join(f'{found[name]:.3f}' for name in sets)} |", flush=True)


def _measured(collection: Collection, files: Sequence[Path]) -> list[tuple[str, float]]:
    written_forms.key.cache_clear()  # what was made with other steps switched on
    written_forms._forms.cache_clear()  # noqa: SLF001
    compounds._shipped.cache_clear()  # noqa: SLF001
    with tempfile.TemporaryDirectory(prefix="kunnskap-bench-") as folder:
        engine = WhooshEngine(Path(folder) / "index")
        fill(engine, collection)
        found = [(file.stem, measure(engine, collection.names, read_set(file)).mrr) for file in files]
        engine.close()
    return found


if __name__ == "__main__":
    main(*sys.argv[1:])
