"""A small Salesforce org that runs here: what real clients ask of one, answered the way Salesforce answers."""
