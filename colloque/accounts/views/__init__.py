"""The web API of accounts, as docs/spec/web-api.md lists it."""
