"""Every resource of the REST API.

Source: fact sheet 2.1.
"""

from __future__ import annotations

from infra.simulator.exchange.reply import Reply
from infra.simulator.exchange.routing import Handler, Resource, ResourceTable
from infra.simulator.rest import (
    actions,
    blobs,
    bulk_jobs,
    collections,
    external_ids,
    layouts,
    limits,
    list_views,
    missing_features,
    queries,
    quick_actions,
    recent,
    relationships,
    replication,
    searches,
    sobjects,
    tabs,
    tooling,
)
from infra.simulator.rest.batch import Batch
from infra.simulator.rest.call import Call
from infra.simulator.rest.composite import Composite
from infra.simulator.rest.graph import Graphs
from infra.simulator.rest.sobject_tree import create_tree
from infra.simulator.rest.subrequests import Find

GUIDE = "REST API Developer Guide"
"""The source of what the fact sheet does not tell about."""


def resource_table() -> ResourceTable[Call]:
    """Every resource of the REST API."""
    table = ResourceTable(
        (
            Resource("GET", "", "resources", index, "2.1"),
            Resource("GET", "/limits", "limits", limits.limits, "2.1, 9"),
            Resource("GET", "/limits/recordCount", "limits", replication.record_count, "2.1"),
            Resource("GET", "/recent", "recent", recent.recent, "2.1"),
            Resource("GET", "/tabs", "tabs", tabs.tabs, "2.1"),
            Resource("GET", "/theme", "theme", tabs.theme, "2.1"),
            *_action_resources(),
            Resource("GET", "/process/approvals", "approvals", missing_features.approvals, GUIDE),
            Resource("POST", "/process/approvals", "approvals", missing_features.submit_for_approval, GUIDE),
            Resource("GET", "/process/rules", "approvals", missing_features.rules, GUIDE),
            Resource("GET", "/sobjects", "sobjects", sobjects.list_objects, "2.1"),
            Resource("GET", "/sobjects/{object}", "{object}.info", sobjects.show_object, "2.1"),
            Resource("POST", "/sobjects/{object}", "{object}.create", sobjects.create, "2.2"),
            Resource("GET", "/sobjects/{object}/describe", "{object}.describe", sobjects.describe, "2.5"),
            Resource("GET", "/sobjects/{object}/updated", "{object}.updated", replication.updated, "2.1"),
            Resource("GET", "/sobjects/{object}/deleted", "{object}.deleted", replication.deleted, "2.1"),
            *_page_resources(),
            Resource("GET", "/sobjects/{object}/{id}", "{object}.get", sobjects.read, "2.2"),
            Resource("PATCH", "/sobjects/{object}/{id}", "{object}.update", sobjects.update, "2.2"),
            Resource("DELETE", "/sobjects/{object}/{id}", "{object}.delete", sobjects.delete, "2.2"),
            Resource("POST", "/sobjects/{object}/Id", "{object}.create", sobjects.create, "2.1"),
            *_keyed_resources(),
            Resource("GET", "/query", "query", queries.query, "4.1"),
            Resource("GET", "/query/{locator}", "query_more", queries.query_more, "4.1"),
            Resource("GET", "/queryAll", "query_all", queries.query_all, "4.1"),
            Resource("GET", "/queryAll/{locator}", "query_more", queries.query_more, "4.1"),
            Resource("GET", "/tooling/query", "tooling.query", tooling.query, "4.1"),
            Resource("GET", "/tooling/query/{locator}", "query_more", queries.query_more, "4.1"),
            Resource("GET", "/search", "search", searches.search, "4.3"),
            Resource("GET", "/parameterizedSearch", "search", searches.search_by_parameters, "4.3"),
            Resource("POST", "/parameterizedSearch", "search", searches.search_by_body, "4.3"),
            *_composite_resources(lambda *what: table.find(*what)),
            *_collection_resources(),
            *_job_resources(),
        ),
        missing_features.unknown_path,
    )
    return table


def _keyed_resources() -> list[Resource[Call]]:
    """Records named by something else than their own id: by an external id, or by the record that leads to them."""
    path = "/sobjects/{object}/{key}/{value}"
    read = relationships.along(blobs.or_else(relationships.read), external_ids.read)
    write = relationships.along(relationships.update, external_ids.upsert)
    delete = relationships.along(relationships.delete, external_ids.delete)
    rows = [("GET", path, "get", read), ("PATCH", path, "upsert", write), ("DELETE", path, "delete", delete)]
    for longer in relationships.TEMPLATES:
        rows.append(("GET", longer, "get", relationships.read))
        rows.append(("PATCH", longer, "update", relationships.update))
        rows.append(("DELETE", longer, "delete", relationships.delete))
    return [Resource(method, path, f"{{object}}.{name}", handler, "2.1, 2.2") for method, path, name, handler in rows]


def _page_resources() -> list[Resource[Call]]:
    """How records are shown to people: layouts and lists."""
    source = "2.1, 2.5"
    describe, views = "/sobjects/{object}/describe", "/sobjects/{object}/listviews"
    rows: list[tuple[str, Handler[Call]]] = [
        ("/compactLayouts", layouts.compact_layouts_of_objects),
        (f"{describe}/layouts", layouts.all_layouts),
        (f"{describe}/layouts/{{record_type}}", layouts.of_record_type),
        (f"{describe}/namedLayouts/{{layout}}", layouts.named_layouts),
        (f"{describe}/compactLayouts", layouts.compact_layouts),
        (f"{describe}/compactLayouts/primary", layouts.primary_compact_layout),
        (f"{describe}/compactLayouts/{{record_type}}", layouts.compact_layout_of_record_type),
        (f"{describe}/approvalLayouts", layouts.approval_layouts),
        (views, list_views.listing),
        (f"{views}/{{view}}", list_views.show),
        (f"{views}/{{view}}/describe", list_views.describe),
        (f"{views}/{{view}}/results", list_views.results),
    ]
    return [
        *(
            Resource("GET", path, "list_views" if path.startswith(views) else "layouts", handler, source)
            for path, handler in rows
        ),
        *_quick_action_resources("/quickActions"),
        *_quick_action_resources("/sobjects/{object}/quickActions"),
    ]


def _quick_action_resources(path: str) -> list[Resource[Call]]:
    """Actions that make a record."""
    one = f"{path}/{{action}}"
    rows: list[tuple[str, str, Handler[Call]]] = [
        ("GET", path, quick_actions.listing),
        ("GET", one, quick_actions.show),
        ("POST", one, quick_actions.execute),
        ("GET", f"{one}/describe", quick_actions.describe),
        ("GET", f"{one}/defaultValues", quick_actions.default_values),
        ("GET", f"{one}/defaultValues/{{context}}", quick_actions.default_values),
    ]
    return [Resource(method, path, "quick_actions", handler, "2.1") for method, path, handler in rows]


def _action_resources() -> list[Resource[Call]]:
    """Invocable actions."""
    source = "7.6, 12.2"
    return [
        Resource("GET", "/actions", "actions", actions.index, source),
        Resource("GET", "/actions/standard", "actions", actions.standard, source),
        Resource("GET", "/actions/custom", "actions", actions.custom, source),
        Resource("GET", "/actions/custom/{kind}", "actions", actions.custom_of_kind, source),
        Resource("GET", "/actions/standard/{name}", "actions", actions.show_standard, source),
        Resource("POST", "/actions/standard/{name}", "actions.run", actions.run_standard, source, many=True),
        Resource("GET", "/actions/custom/{kind}/{name}", "actions", actions.unknown, source),
        Resource("POST", "/actions/custom/{kind}/{name}", "actions", actions.unknown, source),
    ]


def _composite_resources(find: Find) -> list[Resource[Call]]:
    """Several requests in one."""
    return [
        Resource("POST", "/composite", "composite", Composite(find), "5, 5.1", nestable=False),
        Resource("POST", "/composite/batch", "composite.batch", Batch(find), "5, 5.1", nestable=False),
        Resource("POST", "/composite/graph", "composite.graph", Graphs(find), "5", nestable=False),
        Resource("POST", "/composite/tree/{object}", "composite.tree", create_tree, "5"),
    ]


def _collection_resources() -> list[Resource[Call]]:
    """Many records in one request."""
    path = "/composite/sobjects"
    return [
        Resource("POST", path, "collections.create", collections.create, "5.2", many=True),
        Resource("PATCH", path, "collections.update", collections.update, "5.2", many=True),
        Resource("DELETE", path, "collections.delete", collections.delete, "5.2", many=True),
        Resource("GET", f"{path}/{{object}}", "collections.retrieve", collections.retrieve, "5.2"),
        Resource("POST", f"{path}/{{object}}", "collections.retrieve", collections.retrieve_many, "5.2"),
        Resource("PATCH", f"{path}/{{object}}/{{key}}", "collections.upsert", collections.upsert, "5.2", many=True),
    ]


def _job_resources() -> list[Resource[Call]]:
    """Bulk API 2.0."""
    ingest, query = "/jobs/ingest", "/jobs/query"
    rows: list[tuple[str, str, str, Handler[Call], str]] = [
        ("GET", ingest, "bulk.jobs", bulk_jobs.listing("ingest"), "6.1"),
        ("POST", ingest, "bulk.create", bulk_jobs.create_ingest, "6.1"),
        ("GET", f"{ingest}/{{job}}", "bulk.info", bulk_jobs.info("ingest"), "6.1"),
        ("PATCH", f"{ingest}/{{job}}", "bulk.change", bulk_jobs.change_ingest, "6.1"),
        ("DELETE", f"{ingest}/{{job}}", "bulk.remove", bulk_jobs.delete("ingest"), "6.1"),
        ("PUT", f"{ingest}/{{job}}/batches", "bulk.upload", bulk_jobs.upload, "6.1"),
        ("GET", f"{ingest}/{{job}}/successfulResults", "bulk.results", bulk_jobs.successes, "6.1"),
        ("GET", f"{ingest}/{{job}}/failedResults", "bulk.results", bulk_jobs.failures, "6.1"),
        ("GET", f"{ingest}/{{job}}/unprocessedRecords", "bulk.results", bulk_jobs.unprocessed, "6.1"),
        ("GET", query, "bulk_query.jobs", bulk_jobs.listing("query"), "6.2"),
        ("POST", query, "bulk_query.create", bulk_jobs.create_query, "6.2"),
        ("GET", f"{query}/{{job}}", "bulk_query.info", bulk_jobs.info("query"), "6.2"),
        ("PATCH", f"{query}/{{job}}", "bulk_query.change", bulk_jobs.change_query, "6.2"),
        ("DELETE", f"{query}/{{job}}", "bulk_query.remove", bulk_jobs.delete("query"), "6.2"),
        ("GET", f"{query}/{{job}}/results", "bulk_query.results", bulk_jobs.query_results, "6.2"),
    ]
    return [Resource[Call](*row, nestable=False) for row in rows]


_NAMES = (
    "sobjects,query,queryAll,search,parameterizedSearch,limits,composite,jobs,quickActions,compactLayouts,actions,"
    "recent,tabs,theme"
)


def index(call: Call) -> Reply:
    """The index of a version."""
    paths = {name: f"{call.base_path}/{name}" for name in _NAMES.split(",")}
    identity = f"{call.origin}/id/{call.org.id}/{call.session.user_id}"
    return Reply(200, {**paths, "identity": identity})
