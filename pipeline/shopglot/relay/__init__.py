"""Telling the outside what was published: events from the store's outbox to a file or a webhook, at least once.

with store.events.relaying() as lock:
    tally = Relay(store.events, FileTarget(path), lock=lock).deliver()
"""

from shopglot.relay.delivery import Pace, Relay, Tally
from shopglot.relay.file import FileTarget
from shopglot.relay.target import Answer, Message, Target
from shopglot.relay.webhook import WebhookTarget, read_secrets

__all__ = [
    "Answer",
    "FileTarget",
    "Message",
    "Pace",
    "Relay",
    "Tally",
    "Target",
    "WebhookTarget",
    "read_secrets",
]
