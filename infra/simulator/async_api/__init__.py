"""Bulk API 1.0, below /services/async: jobs of batches, in XML, JSON and CSV."""
