"""Papers to sign, and what signs them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.workflow.signatures.authority import Authority, authority
from workflow.signatures import stamping

#: The hour, as evidence on certificates must be fresh.
AT = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(scope="session")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    """A certificate authority of the tests' own."""
    with authority(tmp_path_factory.mktemp("authority"), AT) as running:
        yield running


@pytest.fixture(autouse=True)
def _nobody_rests() -> None:
    """A timestamp authority that failed one test must be asked again by the next."""
    stamping._resting.clear()
