"""What is asked over SOAP again and again."""

from __future__ import annotations


def merge(master: str, *others: str, object_name: str = "Lead", **fields: object) -> str:
    """Merge the others into the master, which takes the fields."""
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    named = "".join(f"<recordToMergeIds>{other}</recordToMergeIds>" for other in others)
    return (
        f"<merge><request><masterRecord><type>{object_name}</type><Id>{master}</Id>{inner}</masterRecord>"
        f"{named}</request></merge>"
    )


def lead_convert(lead_id: str, status: str = "Closed - Converted", **elements: object) -> str:
    others = "".join(f"<{name}>{value}</{name}>" for name, value in elements.items())
    return f"<leadConverts><convertedStatus>{status}</convertedStatus><leadId>{lead_id}</leadId>{others}</leadConverts>"


def convert_lead(*wishes: str) -> str:
    """Do all of what `lead_convert` tells."""
    return f"<convertLead>{''.join(wishes)}</convertLead>"
