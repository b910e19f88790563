"""What the operator decided about leads."""

from dataclasses import dataclass

from domain.ports import FieldValues
from domain.values.inputs import ConvertOptions


@dataclass(frozen=True)
class LeadRules:
    """What the operator decided about leads."""

    objected_status: str = "Closed - Not Converted"
    converted_status: str | None = None
    """None: the org's own."""
    default_company: str = "Individual"
    create_opportunity: bool = False

    def complete(self, values: FieldValues) -> FieldValues:
        """The values of a new lead; Salesforce requires a company, which private persons do not have."""
        return values if values.get("company") else {**values, "company": self.default_company}

    def makes_opportunity(self, options: ConvertOptions) -> bool:
        """Whether a conversion also makes an opportunity: as asked, and when nothing is said, as the operator wants."""
        if options.create_opportunity is not None:
            return options.create_opportunity
        return self.create_opportunity or options.opportunity_name is not None
