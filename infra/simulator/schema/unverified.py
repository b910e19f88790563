"""What no source confirms: texts and choices that a look at a real org may correct.

Everything here is a choice of ours, gathered in one place so that correcting it is one edit.

Source: fact sheet 11.
"""

ALREADY_CONVERTED = "cannot reference converted lead"
TOO_MANY_CONVERSIONS = "convert lead limit exceeded: at most 100 leads can be converted in one call"
OPPORTUNITY_NOT_WANTED = "opportunityName and opportunityId must be blank when doNotCreateOpportunity is true"
OPPORTUNITY_GIVEN_TWICE = "opportunityName and opportunityId cannot both be given"
CONTACT_NEEDS_ACCOUNT = "accountId is required when contactId is given"
CONTACT_OF_OTHER_ACCOUNT = "the contact does not belong to the account"
QUEUE_NEEDS_OWNER = "ownerId is required: the lead is owned by a queue"
SOURCE_NEEDS_CONTACT = "overwriteLeadSource can be true only when contactId is given"

RETIRED_VERSION = "This API version ({version}) is retired. Use a supported version, such as {newest}."
INVALID_LOCATOR = "invalid query locator"
SPAN_BACKWARDS = "start must be before end"
SPAN_TOO_OLD = "start cannot be more than {days} days ago"
BAD_LIMIT = "limit must be a number from 1 to {most}, not {limit}"
NO_DATE = "{name} is not a valid date and time"
TOO_MANY_IDS = "the span holds more than {most} ids"
UNSUPPORTED_ENCODING = "Content-Encoding is not supported: {encoding}"
BAD_COMPRESSION = "The body is not compressed as its Content-Encoding says."
HALF_A_CHARACTER = "Invalid UTF-8: an unpaired surrogate is no character"
TOO_DEEP = "The body is nested too deeply"
NUMBER_TOO_LONG = "A number in the body is too long"
BODY_TOO_LARGE = "The body is too large."
TOO_MANY_GROUPS = "Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch"
FILTER_NEEDED = (
    "Implementation restriction: {name} requires a filter by a single Id on ContentDocumentId or LinkedEntityId using "
    "the equals operator or multiple Id's using the IN operator."
)
TOO_MANY_PARENTS = "Too many relationships in the query"
PATH_TOO_LONG = "A relationship path can lead through at most five parents"
PLACE_FIRST = "The first argument of DISTANCE must be a field with a place"
BAD_UNIT = "The unit of DISTANCE must be 'mi' or 'km'"
NO_PLACE = "field '{name}' is no address and no geolocation"
NO_COORDINATE = "field '{name}' is no number and cannot be a coordinate"
COORDINATE_TOO_FAR = "A coordinate must be between -{most} and {most}"
TYPEOF_NOT_POLYMORPHIC = "TYPEOF needs a polymorphic relationship: '{name}' leads to one kind of record only"
TYPEOF_OTHER_TYPE = "The relationship '{name}' does not lead to records of type {type}"
TYPEOF_TWICE = "The type {type} is there twice in TYPEOF"
TOO_MANY_LEVELS = "Sub-queries can be nested at most {most} levels deep"
TOO_MANY_SEMI_JOINS = "At most {most} semi join sub-selects are allowed"
SEMI_JOIN_ONLY_FILTERS = "semi join sub-selects must select one field and only filter"
SEMI_JOIN_OF_PARENT = "A semi join sub-select cannot go through a relationship"
QUERY_NEEDED = "unexpected end of query: a query is required"
STATEMENT_TOO_LONG = "{language} statements cannot be longer than {most} characters."
STRING_TOO_LONG = "a string in a condition cannot exceed {most} characters"
QUERY_TOO_DEEP = "The query is too complicated: it is nested too deeply."
QUERY_TOO_LONG = "The query is too complicated: it names too many fields or values."
UNKNOWN_CURRENCY = "{code} is no active currency of this organization"
TOO_MANY_SUBTOTALS = "GROUP BY {kind} takes at most {most} fields"
OFFSET_TOO_LARGE = "Maximum SOQL offset allowed is 2000"
UNSUPPORTED_MEDIA_TYPE = "Content-Type header specified in HTTP request is not supported: {media_type}"
NUMBER_OUT_OF_RANGE = "{label}: value outside of valid range on numeric field: {value}"
NO_SUCH_COUNTRY = (
    "There's a problem with this country, even though it may appear correct. "
    "Please select a country/territory from the list of valid countries.: {label}"
)
NO_SUCH_STATE = (
    "There's a problem with this state, even though it may appear correct. "
    "Please select a state from the list of valid states.: {label}"
)
STATE_WITHOUT_COUNTRY = "A country/territory must be specified before specifying a state value for field: {label}"
RECORD_TYPE_REFUSED = "Record Type ID: this ID value isn't valid for the user: {id}"
INACTIVE_OWNER = "operation performed with inactive user [{id}] as owner of {label}"
QUEUE_OF_OTHERS = "Queue not associated with this SObject type"
FIELDS_OF_OTHER_ACCOUNTS = "Account: bad field names on insert/update call: {names}"
CONTACT_OF_PERSON = "the contact of a person account is deleted with the account"
NO_RIGHT_TO_CREATE = "insufficient access rights to create records of {name}"
NOT_OF_TYPE = "{label}: value not of required type: {value}"
ID_IN_BODY = "The Id field should not be specified in the sobject data."
KEY_IN_BODY = "The {name} field should not be specified in the sobject data."
STILL_REFERRED_TO = "The record is associated with {name}: {id}"
PARENT_IN_BIN = "the record that this one belongs to is deleted"
NOT_IN_BIN = "entity is not in the recycle bin"
KEY_MISSING = "{name} not specified"

FORMULA_LINK = '<a href="{url}" target="{target}">{name}</a>'
FORMULA_LINE_BREAK = "<br>"
"""What HYPERLINK() and BR() are over the API."""
FORMULA_WITHOUT_VALUE = 'The formula in the "{name}" rule is invalid: {reason}'
"""With the code FORMULA_EXPRESSION_INVALID: what a rule answers whose formula cannot be worked out for a record."""

WRONG_SECRET = ("invalid_client", "invalid client credentials")

REDIRECT_MISMATCH = ("redirect_uri_mismatch", "redirect_uri must match configuration")
CODE_OF_OTHER_APP = ("invalid_grant", "the authorization code was issued to another app")
WRONG_VERIFIER = ("invalid_grant", "invalid code verifier")
BAD_CHALLENGE = ("invalid_request", "code_challenge must be a base64url SHA-256 (method S256)")
BAD_ASSERTION = ("invalid_grant", "invalid assertion")
INACTIVE_USER = ("inactive_user", "user is inactive")
UNKNOWN_TOKEN = ("invalid_token", "invalid token")
NOT_LOGGED_IN = ("immediate_unsuccessful", "the user is not logged in or has not approved the app")
LOGIN_FAILED = "Please check your username and password. If you still can't log in, contact your administrator."
NOT_FOR_API = "This session is not valid for use with the REST API"

UNKNOWN_STAGE_FORECAST = "Pipeline"
"""The forecast category of an opportunity whose stage is none of the org's; its probability is 0."""

LINE_END = "\r\n"
"""What line ends in text areas become; the street of an address keeps plain line feeds."""

SUBREQUESTS_NEEDED = "compositeRequest must be a list of subrequests"
TOO_MANY_SUBREQUESTS = "The composite request holds {count} subrequests; at most {most} are allowed."
TOO_MANY_QUERIES = "The composite request holds {count} query or collections subrequests; at most {most} are allowed."
BAD_REFERENCE_ID = (
    "Invalid reference ID '{reference}': it consists of letters, digits and underscores and is used once."
)
FORBIDDEN_HEADER = "The header '{name}' is not allowed in a subrequest."
BAD_SUBREQUEST = "A subrequest needs method, url and referenceId."
ROLLED_BACK = "The transaction was rolled back since another operation in the same transaction failed."

MISSING_TOKEN = "Missing_OAuth_Token"
BAD_TOKEN = "Bad_OAuth_Token"
WRONG_ORG = "Wrong_Org"
"""What userinfo and the identity URL say, as plain text with status 403, where REST would say 401."""

INPUTS_NEEDED = "inputs must be a list of at least one input of the action"
ID_MISSING = "Id not specified in an update call"
OTHER_TYPE = "A record of type {type} cannot be written at the path of {path}."
IDS_NEEDED = "The ids parameter is required."
IDS_AND_FIELDS_NEEDED = "The ids and fields parameters are required."
RECORDS_NEEDED = "records must be a list of records."
TYPE_NEEDED = "Every record needs its type in attributes."
TOO_MANY_RECORDS = "record limit reached. cannot submit more than {most} records into this call"
TOO_MANY_CHUNKS = "The records change their type {count} times; at most {most} chunks are allowed."

BATCH_REQUESTS_NEEDED = "batchRequests must be a list of requests with method and url."
BATCH_HALTED = "Previous errors in the batch have caused processing to be halted."
GRAPHS_NEEDED = "graphs must be a list of graphs, each with its own graphId and compositeRequest."
TOO_MANY_GRAPHS = "At most {most} graphs are allowed."
TOO_MANY_NODES = "At most {most} nodes are allowed in all graphs together."
TREE_RECORDS_NEEDED = "records must be a list of at least one record."
TREE_ATTRIBUTES_NEEDED = "Every record needs attributes with type {type} and a referenceId."
TREE_TOO_DEEP = "A tree may have at most {most} levels."
TREE_REFERENCE_TWICE = "A referenceId may be used only once."
TOO_MANY_IN_TREE = "A tree may hold at most {most} records."
TOO_MANY_TYPES = "A tree may hold at most {most} types of objects."

TOO_MANY_DESCRIBES = "at most {most} objects can be described in one call"
APP_DESCRIPTION = "The world's most popular sales force automation (SFA) solution"
NOT_ADMINISTRATOR = "insufficient access rights on object id"
OWN_PARENT = "The campaign would be below itself"
ONE_MEMBER = "A campaign member is either a lead or a contact"
STATUS_TWICE = "The campaign has a member status with this label already"
DEFAULT_STATUS_NEEDED = "A campaign needs a default member status: make another one the default"
RESPONDED_STATUS_NEEDED = "A campaign needs a member status that counts as a response"
STATUS_IN_USE = "The member status is the default one, the only one that counts as a response, or members have it"
LINKED_TWICE = "The document is linked to this record already"
LEAD_WITH_WHAT = "An activity that is about a lead cannot be related to another record"
EVENT_DURATION = "An event takes at least 0 minutes and at most 14 days"
EVENT_TOO_LATE = "The event ends after the last day of the calendar"
EVENT_END = "StartDateTime, EndDateTime and DurationInMinutes do not agree"

NOT_MERGEABLE = "{name} records cannot be merged"
MERGE_COUNT = "a merge takes one or two records besides the master"
MERGE_TWICE = "a record cannot be merged with itself"
MERGE_OF_PERSONS = "person accounts can be merged with person accounts only"
MASTER_MISSING = "masterRecord is required"
NO_SUCH_KEY = "Field name provided, {name} is not an External ID or indexed field for {object}"
NEEDS_TOKEN = "When accessing Salesforce from outside of your company's trusted networks, add your security token."

SEARCH_TEXT_NEEDED = "a search string is required: q"
SEARCHED_OBJECTS_NEEDED = "sobjects must be a list of objects"
SEARCHED_OBJECT_NAME_NEEDED = "an entry of sobjects needs a name"
SEARCHED_FIELDS_NEEDED = "fields must be a list of names"
OBJECTS_NEEDED = "The q parameter names one to {most} objects."
BAD_LIST_RANGE = "{name} must be a number from 0 to {most}."
ONE_LEVEL_OF_CHILDREN = "Only one level of parent-to-child relationships can be traversed."
QUICK_ACTION_NEEDS = "A quick action needs a record, and a contextId that is text."

BAD_CSV = "the CSV cannot be read: {reason}"
HEADER_TOO_LONG = "the header row is too long"
WRONG_COLUMN_COUNT = "row {row} has {found} columns; the header has {needed}"
WRONG_LINE_ENDING = "LineEnding is invalid on user data. Current LineEnding setting is {ending}"
ID_COLUMN_MISSING = "the Id column is missing"
NO_FOREIGN_KEY = "Foreign key external ID: {value} not found for field {key} of {name}"
NOT_IN_BULK = "bulk queries know no aggregates, GROUP BY, OFFSET, TYPEOF or sub-queries"
WRONG_JOB_STATE = "The job is in state {state}, which does not allow this."
BAD_JOB_STATE = "The state of a job can only be changed to UploadComplete or Aborted."
UPLOADED_TWICE = "The content of this job has been uploaded already."
UPLOAD_TOO_LARGE = "At most {most} bytes of content are allowed."
INGEST_JOB_NEEDS = "An ingest job needs object and operation, and its contentType is CSV."
QUERY_JOB_NEEDS = "A query job needs query, and its operation is query or queryAll."
INVALID_ENTITY = "Unable to find object: {name}"
UPSERT_NEEDS_KEY = "An upsert needs externalIdFieldName."
BAD_FORMAT = "columnDelimiter or lineEnding is none of the allowed values."
PART_IS_NO_JSON = "The part {name} is no JSON"
PART_IS_NO_OBJECT = "The part {name} is no JSON object"
NO_PARTS = "The multipart request has no parts."
MULTIPART_NEEDS = "A multipart request needs the parts job and content."
NOT_UTF8 = "The content is not UTF-8 at byte {place}."
OTHER_VERSION = "The job was created with API version {version}."
TOO_MANY_IN_BATCH = "Exceeded max records per batch: {most}"
BATCH_TOO_LARGE = "Exceeded max size limit of {most} bytes per batch"
BAD_JSON_BATCH = "Failed to parse JSON: {reason}"
BAD_XML_BATCH = "Failed to parse XML: {reason}"
NO_SUCH_JOB = "Invalid job id: {id}"
NO_SUCH_BATCH = "Unable to find batch for id: {id}"
NO_SUCH_RESULT = "Unable to find result for id: {id}"
JOB_NOT_OPEN = "Job is not open: its state is {state}"
BAD_OPERATION = "{operation} is no operation of the Bulk API"
BAD_CONTENT_TYPE = "The content type {content_type} is not supported: it is CSV, JSON or XML"
BAD_CONCURRENCY = "{mode} is no concurrency mode: it is Parallel or Serial"
BAD_CHUNKING = "Sforce-Enable-PKChunking cannot be read: {header}"
BAD_JOB_INFO = "The JobInfo cannot be read: {reason}"
BAD_CLASSIC_STATE = "The state of a job can only be changed to Closed or Aborted, not to {state}"
ONLY_STATE = "Only the state of a job can be changed"
KEY_WITHOUT_UPSERT = "externalIdFieldName is allowed for upserts only"
BATCH_OF_OTHER_TYPE = "The batch is sent as {media_type}; the content type of its job is {content_type}"
IN_MILLISECONDS = ("datetime", "date")
"""Types that JSON of Bulk API 1.0 writes as numbers: no source tells it of dates."""
BATCH_NOT_ENDED = "The batch has no results yet: its state is {state}"

BAD_XML = "The XML cannot be read: {reason}"
XML_ROOT = "Response"
"""The root of an answer in XML whose name no source tells."""
XML_ROOTS = {
    "": "Urls",
    "limits": "LimitsSnapshot",
    "sobjects": "DescribeGlobal",
    "search": "SearchResults",
    "parameterizedsearch": "SearchResults",
    "theme": "Theme",
}
"""By path."""
XML_LISTS = {"sobjectName": ("Tabs", "Tab"), "version": ("Versions", "Version"), "attributes": ("Records", "records")}
"""Lists, by a key of their items: the root, and the name of each item."""

WEB_LEAD_ACCEPTED = "true"
WEB_LEAD_REFUSED = "true Exception:common.exception.SalesforceGenericException"
"""What the header `Is-Processed` says of a lead from the web."""
WEB_LEAD_QUEUED = "Your request has been queued."
WEB_LEAD_DEBUG = "Your request has been queued. The form would lead to: {target}"

FRONT_DOOR_SECONDS = 60
"""How long a front door URL is good; the documentation says that it is short-lived."""
PAGE_NEEDS_SESSION = "Your session has ended. Come in by a front door URL."
FRONT_DOOR_CLOSED = ("invalid_session", "The front door URL was used already, or its session is over.")
START_ELSEWHERE = "redirect_uri must be a relative path"

MISSING_FEATURES = {
    "analytics": "Analytics",
    "chatter": "Chatter",
    "connect": "ConnectApi",
    "graphql": "GraphQL",
    "metadata": "Metadata",
    "tooling": "Tooling",
    "ui-api": "UiApi",
    "wave": "Wave",
}
"""What an org calls a feature that it lacks, by the first part of the path; real ones are seen for Wave and others."""
