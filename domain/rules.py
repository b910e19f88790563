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
    """Empty: new leads may do without a company, and become person accounts."""
    create_opportunity: bool = False
    external_id_field: str | None = None
    """API name of the field that holds the platform's own ids."""

    def complete(self, values: FieldValues) -> FieldValues:
        """The values of a new lead. Most orgs require a company, which private persons do not have."""
        if values.get("company") or not self.default_company:
            return values
        return {**values, "company": self.default_company}

    def makes_opportunity(self, options: ConvertOptions) -> bool:
        """Whether a conversion also makes an opportunity: as asked, and when nothing is said, as the operator wants."""
        if options.create_opportunity is not None:
            return options.create_opportunity
        return self.create_opportunity or options.opportunity_name is not None
