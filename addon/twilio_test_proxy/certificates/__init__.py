"""The proxy's certificate authority, and the forms in which clients want to be told of it."""
