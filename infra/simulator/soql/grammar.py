"""The grammar of SOQL and SOSL, in the language of Lark.

Source: fact sheet 4.2; restated from the SOQL reference.
"""

from __future__ import annotations

GRAMMAR = r"""
query: "SELECT"i _item ("," _item)* "FROM"i _from _scope _where _with _group _having _order _limit _offset _view

_item: selected | nested | typeof
nested: "(" query ")"
typeof: "TYPEOF"i path branch+ otherwise? "END"i
branch: "WHEN"i path "THEN"i path ("," path)*
otherwise: "ELSE"i path ("," path)*
// Each optional clause is a rule of its own: as `where? group? order?` all their combinations would be spelled out.
_alias: alias?
_from: path _alias parents?
parents: ("," path alias)+
_scope: scope?
_where: where?
_with: ("WITH"i ("SECURITY_ENFORCED"i | "USER_MODE"i | "SYSTEM_MODE"i))?
_group: group?
_having: having?
_order: order?
_limit: limit?
_offset: offset?
_view: view?
selected: expression _alias
alias: NAME
?expression: path | function
path: NAME ("." NAME)*
function: NAME "(" (argument ("," argument)*)? ")"
?argument: expression | STRING -> string | NUMBER -> number

scope: "USING"i "SCOPE"i path
group: "GROUP"i "BY"i expression ("," expression)*
having: "HAVING"i _condition
where: "WHERE"i _condition
condition: _condition
_condition: term | all | any
all: term ("AND"i term)+
any: term ("OR"i term)+
?term: comparison | "NOT"i term -> negation | "(" _condition ")"

comparison: expression OPERATOR literal -> comparison
          | expression "LIKE"i literal -> like
          | expression "IN"i "(" literal ("," literal)* ")" -> among
          | expression "NOT"i "IN"i "(" literal ("," literal)* ")" -> not_among
          | expression "INCLUDES"i "(" literal ("," literal)* ")" -> includes
          | expression "EXCLUDES"i "(" literal ("," literal)* ")" -> excludes
          | expression "IN"i "(" query ")" -> inside
          | expression "NOT"i "IN"i "(" query ")" -> not_inside

literal: STRING -> string
       | DATETIME -> datetime
       | DATE -> date
       | TIME -> time
       | NUMBER -> number
       | CURRENCY -> currency
       | NAME (":" NUMBER)? -> word

order: "ORDER"i "BY"i ordering ("," ordering)*
ordering: expression direction? nulls?
direction: "ASC"i -> ascending | "DESC"i -> descending
nulls: "NULLS"i "FIRST"i -> nulls_first | "NULLS"i "LAST"i -> nulls_last

view: "FOR"i PURPOSE ("," PURPOSE)*
PURPOSE: "VIEW"i | "REFERENCE"i | "UPDATE"i

limit: "LIMIT"i NUMBER
offset: "OFFSET"i NUMBER

search: "FIND"i TERM _fields _returning _search_option* _limit
_fields: fields?
_returning: ("RETURNING"i returned ("," returned)*)?
fields: "IN"i NAME "FIELDS"i
returned: path ("(" selected ("," selected)* _where _order _limit _offset ")")?
_search_option: "WITH"i NAME ("=" _ignored)?
_ignored: STRING | NAME
TERM: /\{(?:[^{}\\]|\\.)*\}/s

OPERATOR: "=" | "!=" | "<>" | "<=" | ">=" | "<" | ">"
NAME: /[a-z_][a-z0-9_]*/i
STRING: /'(?:[^'\\]|\\.)*'/s
DATETIME.3: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)/i
CURRENCY.2: /[a-z]{3}\d+(?:\.\d+)?(?![\w.])/i
DATE.2: /\d{4}-\d\d-\d\d/
TIME.2: /\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)/i
NUMBER: /[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/
%ignore /\s+/
"""
