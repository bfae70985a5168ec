"""The page that shows what the proxy does: data in, HTML out. Imports no mitmproxy."""
