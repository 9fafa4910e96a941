"""What people call the texts of a letter."""

from __future__ import annotations

import pytest

from workflow.letters.bodies import _bodies
from workflow.letters.correcting import CORRECTABLE, FRAME_FIELDS, correctable, text_label, texts_of
from workflow.letters.field_labels import LABELS


@pytest.mark.parametrize("kind", _bodies())
def test_every_text_that_may_be_corrected_has_a_label(kind: str) -> None:
    assert [name for name in correctable(_bodies()[kind]) if name not in LABELS and name not in FRAME_FIELDS] == []


def test_no_label_is_kept_for_a_text_that_is_no_more() -> None:
    assert set(LABELS) <= {name for kind in _bodies().values() for name in texts_of(kind)}


def test_what_may_be_corrected_is_prose_that_some_letter_has() -> None:
    assert {name for kind in _bodies().values() for name in correctable(kind)} == CORRECTABLE


def test_a_text_without_a_label_is_named_readably() -> None:
    assert text_label("next_of_kin") == "Next of kin"
    assert (text_label("subject"), text_label("cost_source")) == ("Hal", "Sumber pembiayaan")
