"""Runs a command in namespaces of its own, where every twilio.com name leads to the proxy (Linux)."""
