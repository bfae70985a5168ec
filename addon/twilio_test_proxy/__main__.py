"""``python -m twilio_test_proxy``."""

from twilio_test_proxy.cli.main import main

main(prog_name="twilio-test-proxy")
