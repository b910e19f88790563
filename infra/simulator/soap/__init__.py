"""The SOAP partner API."""
