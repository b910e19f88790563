"""Numbers for the operator, in Prometheus' format. Labels hold routes and codes, never anything of a caller."""

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """What this process has done since it started."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "lead_gateway_requests", "Requests answered.", ["method", "route", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "lead_gateway_request_seconds", "Time to answer, in seconds.", ["route"], registry=self._registry
        )
        self._salesforce = Counter(
            "lead_gateway_salesforce_answers", "Answers of Salesforce.", ["status"], registry=self._registry
        )

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def salesforce_answered(self, status: str) -> None:
        """Count one answer of Salesforce by its HTTP status."""
        self._salesforce.labels(status).inc()

    def text(self) -> bytes:
        """Everything, for a scrape."""
        return generate_latest(self._registry)
