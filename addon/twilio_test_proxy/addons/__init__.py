"""mitmproxy hooks: one addon per concern, in the order in which a request meets them."""
