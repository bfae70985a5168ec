"""What the pytest plugin is made of; nothing here is needed to run the proxy."""
