"""Networks and their terms: a weight's name in → outputs, licences, scores; the only room that opens a runtime."""

from limner.weights import ledger
from limner.weights.audit import audit
from limner.weights.ledger import Row
from limner.weights.session import Session, configure, each, home, physical_cores, session

__all__ = [
    "Row",
    "Session",
    "audit",
    "configure",
    "each",
    "home",
    "ledger",
    "physical_cores",
    "session",
]
