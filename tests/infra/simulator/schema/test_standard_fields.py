"""The standard fields, compared with what a real org described and what the Object Reference says.

Flags: N nillable, C createable, U updateable, D defaulted on create, I id lookup, R restricted, F filterable,
S sortable, G groupable. Source: fact sheet 2.5 (recorded describes); Object Reference.
"""

from __future__ import annotations

from typing import Any

import pytest

from infra.simulator.schema.field_describe import described_field
from infra.simulator.schema.objects import STANDARD_OBJECTS

FLAGS = {
    "N": "nillable",
    "C": "createable",
    "U": "updateable",
    "D": "defaultedOnCreate",
    "I": "idLookup",
    "R": "restrictedPicklist",
    "F": "filterable",
    "S": "sortable",
    "G": "groupable",
}
RECORDED = """
Lead.Id id 18 DIFSG | Lead.IsDeleted boolean 0 DFSG | Lead.MasterRecordId reference 18 NFSG
Lead.LastName string 80 CUFSG | Lead.FirstName string 40 NCUFSG | Lead.Salutation picklist 40 NCUFSG
Lead.Name string 121 FSG | Lead.Title string 128 NCUFSG | Lead.Company string 255 CUFSG
Lead.Street textarea 255 NCUFSG | Lead.City string 40 NCUFSG | Lead.State string 80 NCUFSG
Lead.PostalCode string 20 NCUFSG | Lead.Country string 80 NCUFSG | Lead.Latitude double 18,15 NCUFS
Lead.GeocodeAccuracy picklist 40 NCURFSG | Lead.Address address 0 NF
Lead.Phone phone 40 NCUFSG | Lead.MobilePhone phone 40 NCUFSG | Lead.Fax phone 40 NCUFSG
Lead.Email email 80 NCUIFSG | Lead.Website url 255 NCUFSG | Lead.PhotoUrl url 255 NFSG
Lead.Description textarea 32000 NCU | Lead.LeadSource picklist 255 NCUFSG | Lead.Status picklist 255 CUDFSG
Lead.Industry picklist 255 NCUFSG | Lead.Rating picklist 255 NCUFSG | Lead.AnnualRevenue currency 18,0 NCUFS
Lead.OwnerId reference 18 CUDFSG | Lead.ConvertedDate date 0 NFSG | Lead.ConvertedAccountId reference 18 NFSG
Lead.CreatedDate datetime 0 DFS | Lead.CreatedById reference 18 DFSG | Lead.SystemModstamp datetime 0 DFS
Lead.LastActivityDate date 0 NFSG | Lead.LastViewedDate datetime 0 NFS | Lead.Jigsaw string 20 NCUFSG
Lead.JigsawContactId string 20 NFSG | Lead.CleanStatus picklist 40 NCURFSG
Lead.CompanyDunsNumber string 9 NCUFSG | Lead.DandbCompanyId reference 18 NCUFSG
Lead.EmailBouncedReason string 255 NUFSG | Lead.EmailBouncedDate datetime 0 NUFS
Lead.IndividualId reference 18 NCUFSG
Account.Name string 255 CUFSG | Account.ParentId reference 18 NCUFSG | Account.BillingAddress address 0 NF
Opportunity.Name string 120 CUIFSG | Opportunity.IsPrivate boolean 0 CUDFSG
"""
DOCUMENTED = """
Account.AccountNumber string 40 NCUFSG | Account.Sic string 20 NCUFSG | Account.SicDesc string 80 NCUFSG
Account.Site string 80 NCUFSG | Account.TickerSymbol string 20 NCUFSG | Account.Tradestyle string 255 NCUFSG
Account.NaicsCode string 8 NCUFSG | Account.NaicsDesc string 120 NCUFSG | Account.YearStarted string 4 NCUFSG
Account.DunsNumber string 9 NCUFSG | Account.Ownership picklist 255 NCUFSG | Account.JigsawCompanyId string 20 NFSG
Account.CleanStatus picklist 40 NCURFSG | Account.OperatingHoursId reference 18 NCUFSG
Account.NumberOfEmployees int 8 NCUFSG | Account.LastActivityDate date 0 NFSG | Account.Fax phone 40 NCUFSG
Contact.AccountId reference 18 NCUFSG | Contact.ReportsToId reference 18 NCUFSG | Contact.Birthdate date 0 NCUFSG
Contact.AssistantName string 40 NCUFSG | Contact.AssistantPhone phone 40 NCUFSG | Contact.OtherPhone phone 40 NCUFSG
Contact.HasOptedOutOfEmail boolean 0 CUDFSG | Contact.DoNotCall boolean 0 CUDFSG | Contact.IsEmailBounced boolean 0 DFSG
Contact.EmailBouncedDate datetime 0 NCUFS | Contact.EmailBouncedReason string 255 NCUFSG
Contact.OtherStreet textarea 255 NCUFSG | Contact.MailingGeocodeAccuracy picklist 40 NCURFSG
Opportunity.Amount currency 18,2 NCUFS | Opportunity.Probability percent 3,0 NCUDFS | Opportunity.CloseDate date 0 CUFSG
Opportunity.ExpectedRevenue currency 18,2 NFS | Opportunity.TotalOpportunityQuantity double 18,2 NCUFS
Opportunity.StageName picklist 255 CUFSG | Opportunity.ForecastCategory picklist 40 RFSG
Opportunity.ForecastCategoryName picklist 255 NCUDRFSG | Opportunity.CampaignId reference 18 NCUFSG
Opportunity.HasOpportunityLineItem boolean 0 DFSG | Opportunity.Pricebook2Id reference 18 NCUDFSG
OpportunityContactRole.OpportunityId reference 18 CFSG | OpportunityContactRole.ContactId reference 18 CUFSG
OpportunityContactRole.Role picklist 255 NCUFSG | OpportunityContactRole.IsPrimary boolean 0 CUDFSG
Opportunity.ContactId reference 18 NCFSG | Opportunity.Fiscal string 6 NFSG | Opportunity.PushCount int 9 NFSG
Opportunity.HasOpenActivity boolean 0 DG | Opportunity.HasOverdueTask boolean 0 DG
Opportunity.LastStageChangeDate datetime 0 NFS | Opportunity.IsWon boolean 0 DFSG
GroupMember.SystemModstamp datetime 0 DFS | QueueSobject.CreatedById reference 18 DFSG
LeadHistory.CreatedDate datetime 0 DFS | LeadHistory.CreatedById reference 18 DFSG
PermissionSetAssignment.SystemModstamp datetime 0 DFS | ContentDocumentLink.SystemModstamp datetime 0 DFS
"""


def _rows(table: str) -> list[tuple[str, str, str, str]]:
    rows = [row.split() for row in table.replace("\n", "|").split("|") if row.strip()]
    return [(path, kind, size, flags) for path, kind, size, flags in rows]


def _described(path: str) -> dict[str, Any]:
    object_name, _, name = path.partition(".")
    [sobject] = [each for each in STANDARD_OBJECTS if each.name == object_name]
    field = sobject.field(name)
    assert field is not None
    return described_field(sobject, field)


@pytest.mark.parametrize(("path", "kind", "size", "flags"), _rows(RECORDED) + _rows(DOCUMENTED))
def test_a_standard_field_is_what_an_org_has(path: str, kind: str, size: str, flags: str) -> None:
    described = _described(path)

    length = described["digits"] if kind == "int" else described["length"]
    told = f"{described['precision']},{described['scale']}" if "," in size else str(length)
    assert (described["type"], told) == (kind, size)
    assert {flag for flag in FLAGS if described[FLAGS[flag]]} == set(flags)


def test_people_can_be_kept_from_what_a_record_can_do_without() -> None:
    seen = ["Phone", "Fax", "Email", "Website", "Address", "Description", "LeadSource", "Industry"]
    never = ["Id", "IsDeleted", "MasterRecordId", "Name", "Status", "PhotoUrl"]

    assert all(_described(f"Lead.{name}")["permissionable"] for name in seen)
    assert not any(_described(f"Lead.{name}")["permissionable"] for name in never)


def test_the_keys_and_values_of_a_field_are_those_of_a_recorded_describe() -> None:
    described = _described("Lead.Email")

    values = {key: value for key, value in described.items() if value not in (None, False, [], 0)}
    assert values == {
        "aggregatable": True,
        "byteLength": 240,
        "createable": True,
        "filterable": True,
        "groupable": True,
        "idLookup": True,
        "label": "Email",
        "length": 80,
        "name": "Email",
        "nillable": True,
        "permissionable": True,
        "soapType": "xsd:string",
        "sortable": True,
        "type": "email",
        "updateable": True,
    }
    assert len(described) == 57
