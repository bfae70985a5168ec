"""A proxy that answers Twilio test credentials offline, and records and replays live Twilio traffic."""
