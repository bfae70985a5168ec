"""Cassettes: reading, writing, scrubbing, matching and explaining. Imports no mitmproxy."""
