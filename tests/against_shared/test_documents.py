"""Real documents with the words they hold, where they are at hand. Nothing of them is copied here."""

import json
import re
from pathlib import Path

import pytest

from harvester.documents import Readers, UnreadableDocument

DOCUMENTS = Path(__file__).parents[2].parent / "shared" / "documents"

pytestmark = pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="the folder of real documents is not here")


@pytest.mark.parametrize(("kind", "least"), [("hwpx", 0.97), ("hwp", 0.95)])
def test_the_words_of_real_documents_are_found(kind: str, least: float) -> None:
    words = json.loads((DOCUMENTS / "words.json").read_text(encoding="utf-8"))
    expected = found = 0
    reasons = []
    with Readers(1) as readers:
        for path in sorted(DOCUMENTS.glob(f"*.{kind}")):
            try:
                document = readers.read(path.read_bytes(), "no name that says what it is")
            except UnreadableDocument as refused:
                reasons.append(refused.reason)
                continue
            assert document.kind == kind
            read = set(re.findall("[가-힣]+", document.text))
            expected += len(words.get(path.name, ()))
            found += len(read.intersection(words.get(path.name, ())))
    assert all(reason.startswith(("encrypted", "scanned images", "empty: ")) for reason in reasons)
    assert expected > 1_000
    assert found / expected >= least
