"""The endpoints of four services, and the pieces that each is made of."""
import importlib

#: What every request or job of a service passes through, from the outside to the inside.
LAYERS = {
    'web': 'web.urls web.cookies web.signatures storage.logs storage.caches',
    'api': 'web.wsgi web.signatures',
    'jobs': 'storage.logs storage.database',
    'tools': '',
}

#: Service, endpoint, pieces (`*` are all but the imports). Those of `tools` are whole processes, from their start on.
TABLE = '''
web  /                 texts.template texts.translations
web  /search           texts.patterns texts.template storage.database data.json_text
web  /article          texts.markup texts.template data.xml_text texts.differences
web  /article/history  texts.differences texts.template storage.database numerics.dates data.xml_documents
web  /login            web.cookie_jar storage.database numerics.identities web.messages
web  /cart             data.models numerics.money storage.database data.collections_work texts.template
web  /checkout         numerics.money numerics.powers web.messages storage.database data.models web.remote_calls
web  /account          web.cookie_jar texts.settings data.models texts.translations storage.shelves
web  /upload           data.archives data.packing storage.files texts.tables
web  /export           texts.tables data.archives numerics.dates data.xml_documents
web  /feed             data.xml_text data.xml_documents texts.markup numerics.dates web.http_client
web  /calendar         numerics.dates texts.template texts.translations texts.settings numerics.addresses
web  /contact          web.messages web.old_messages texts.template
web  /static           web.http_service storage.files
api  /v1/items         data.json_text storage.database data.collections_work
api  /v1/item          data.json_plain data.models storage.log_settings web.asynchronous
api  /v1/prices        numerics.ratios numerics.money numerics.summaries data.json_text numerics.powers
api  /v1/report        numerics.summaries texts.tables texts.printing data.property_lists numerics.dates
api  /v1/validate      texts.patterns data.models data.json_plain code.inspection web.messages
api  /v1/geo           numerics.addresses data.collections_work numerics.dice
api  /v1/rpc           web.remote_calls data.pickles storage.caches web.http_client
api  /v1/proxy         web.http_client web.urls data.json_text storage.threads
api  /v1/stream        web.asynchronous data.json_text
api  /v1/graph         data.collections_work data.pickles code.syntax code.disassembly
api  /v1/batch         storage.threads data.pickles data.json_plain data.packing data.xml_text storage.files
api  /v1/health
jobs mail              web.messages web.old_messages web.mail_folder texts.template storage.threads
jobs invoice           numerics.money numerics.powers numerics.dates texts.template web.messages texts.tables
jobs index             texts.patterns texts.markup data.collections_work storage.shelves storage.files
jobs crawl             web.http_client texts.markup web.urls web.cookie_jar data.xml_text storage.threads
jobs backup            storage.files data.archives data.packing storage.shelves web.http_client texts.settings
jobs migrate           storage.shelves data.models data.property_lists texts.settings storage.files
jobs statistics        numerics.summaries numerics.dice numerics.ratios texts.tables texts.printing data.models
jobs simulate          numerics.dice numerics.ratios numerics.powers storage.threads
jobs render            texts.template texts.markup code.documentation texts.differences storage.files
jobs lint              code.syntax code.tokens code.inspection texts.patterns code.options code.failures
jobs build             code.compilation code.syntax code.disassembly storage.files storage.threads
jobs test              code.tests code.mocks code.examples storage.log_settings code.failures
jobs settle            numerics.money data.models storage.log_settings code.failures web.messages
jobs network           web.asynchronous web.http_service numerics.addresses
jobs nightly           *
tools version          code.arguments
tools format           code.tokens code.syntax texts.differences code.options
tools check            code.tests code.mocks code.examples code.failures
tools document         code.documentation code.inspection texts.template code.consoles
tools deploy           web.http_client storage.files data.archives data.json_text storage.log_settings
tools console          code.consoles code.arguments code.disassembly
tools start            code.imports
tools everything       code.imports *
'''


def endpoints():
    """Service, endpoint and names of pieces of every endpoint."""
    rows = [line.split() for line in TABLE.strip().splitlines()]
    known = sorted({name for row in rows for name in row[2:]} - {'*', 'code.imports'})
    for service, endpoint, *pieces in rows:
        if '*' in pieces:
            pieces[pieces.index('*'):] = known
        yield service, endpoint, LAYERS[service].split() + pieces


def piece(name):
    module, function = name.split('.')
    return getattr(importlib.import_module('workloads.' + module), function)


def handle(pieces, size):
    """Passes a request through its layers to its handlers."""
    if pieces:
        piece(pieces[0])(size)
        handle(pieces[1:], size)
