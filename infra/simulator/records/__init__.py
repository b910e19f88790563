"""Writing records: DML, validation, duplicate rules, history, the recycle bin, merging and conversion."""
