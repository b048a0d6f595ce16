"""Ask a server that may be anybody's, without being led astray, kept waiting or flooded."""

from publisher.fetch.addresses import is_literal, why_refused
from publisher.fetch.answers import Answer
from publisher.fetch.client import fetch

__all__ = ["Answer", "fetch", "is_literal", "why_refused"]
