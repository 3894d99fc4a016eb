"""Many pictures: a list of them and the work in → each done once, what is whole left alone, a report."""

from limner.batch.journal import Entry, Journal, digest
from limner.batch.pool import in_order
from limner.batch.report import Report
from limner.batch.store_journal import StoreJournal, open_journal
from limner.batch.watch import arrivals

__all__ = [
    "Entry",
    "Journal",
    "Report",
    "StoreJournal",
    "arrivals",
    "digest",
    "in_order",
    "open_journal",
]
