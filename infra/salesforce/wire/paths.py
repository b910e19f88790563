"""Where Salesforce's APIs are, behind the instance's origin."""

from urllib.parse import quote, quote_plus

USERINFO = "/services/oauth2/userinfo"


class Paths:
    """The paths of one API version.

    Source: fact sheet 2.1, 7.1.
    """

    def __init__(self, api_version: str) -> None:
        data = f"/services/data/{api_version}"
        self.soap = f"/services/Soap/u/{api_version.removeprefix('v')}"
        self.composite = f"{data}/composite"
        self.leads = f"{data}/sobjects/Lead"
        self.lead_description = f"{self.leads}/describe"
        self.lead_layouts = f"{self.lead_description}/layouts"
        self.campaign_members = f"{data}/sobjects/CampaignMember"
        self._data = data

    def lead(self, lead_id: str) -> str:
        """A lead; `lead_id` may be a reference to another subrequest of a composite request."""
        return f"{self.leads}/{lead_id}"

    def lead_by(self, field: str, external_id: str) -> str:
        """The lead that has this external id in that field."""
        return f"{self.leads}/{field}/{quote(external_id, safe='')}"

    def contact(self, contact_id: str) -> str:
        return f"{self._data}/sobjects/Contact/{contact_id}"

    def campaign_member(self, member_id: str) -> str:
        return f"{self.campaign_members}/{member_id}"

    def query(self, soql: str, *, with_deleted: bool = False) -> str:
        return f"{self._data}/{'queryAll' if with_deleted else 'query'}?q={quote_plus(soql)}"
