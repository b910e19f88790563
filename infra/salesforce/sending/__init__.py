"""Getting a request to Salesforce and its answer back: sessions, hosts, limits, retries, one deadline."""
