"""The local Twilio: a request in, a response out. Imports neither mitmproxy nor vcr."""
