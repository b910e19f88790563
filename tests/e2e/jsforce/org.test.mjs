// jsforce, as it is, against the simulator: only the proxy and the trusted authority are set.
import assert from 'node:assert/strict';
import { createSign, generateKeyPairSync } from 'node:crypto';
import { beforeEach, test } from 'node:test';
import jsforce from 'jsforce';

const { SIMULATOR_URL, SIMULATOR_PROXY } = process.env;
const USERNAME = 'demo@example.com';
const PASSWORD = 'demo-password' + 'demo-token';
const APP = { clientId: 'demo-client', clientSecret: 'demo-secret', redirectUri: 'https://localhost/callback' };
const LOGIN_URL = 'https://login.salesforce.com';

async function control(method, path, body) {
  const response = await fetch(`${SIMULATOR_URL}/_sim/${path}`, { method, body: body && JSON.stringify(body) });
  assert.ok(response.ok, `${method} ${path}: ${response.status}`);
  const text = await response.text();
  return text ? JSON.parse(text) : undefined;
}

function app(options = {}) {
  return { loginUrl: LOGIN_URL, httpProxy: SIMULATOR_PROXY, ...APP, ...options };
}

function connection(options = {}) {
  return new jsforce.Connection({ loginUrl: LOGIN_URL, httpProxy: SIMULATOR_PROXY, version: '59.0', ...options });
}

async function loggedIn() {
  const conn = connection();
  await conn.login(USERNAME, PASSWORD);
  return conn;
}

function lead(number = 0, fields = {}) {
  return { LastName: `Okafor ${number}`, Company: 'Acme', Email: `lead${number}@example.com`, ...fields };
}

async function put(conn, count) {
  const leads = Array.from({ length: count }, (_, number) => lead(number));
  const results = await conn.sobject('Lead').create(leads, { allowRecursive: true });
  return results.map((result) => result.id);
}

// What a person does in the browser: open the page, fill nothing in, press the button.
async function answerOnThePage(url, decision = 'allow') {
  const { pathname, search } = new URL(url);
  const page = await (await fetch(new URL(pathname + search, SIMULATOR_URL))).text();
  const [, action] = page.match(/<form method="post" action="([^"]+)"/);
  const inputs = page.matchAll(/<input [^>]*?name="(\w+)"[^>]*? value="([^"]*)"/g);
  const body = new URLSearchParams([...inputs].map(([, name, value]) => [name, value]));
  body.set('decision', decision);
  const answer = await fetch(new URL(action, SIMULATOR_URL), { method: 'POST', body, redirect: 'manual' });
  assert.equal(answer.status, 302);
  return new URL(answer.headers.get('location'));
}

function assertion() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const claims = { iss: APP.clientId, sub: USERNAME, aud: LOGIN_URL, exp: Math.floor(Date.now() / 1000) + 180 };
  const encoded = (part) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const signed = `${encoded({ alg: 'RS256', typ: 'JWT' })}.${encoded(claims)}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url')}`;
}

// jsforce closes a classic job after it has told its results, and nobody can wait for that.
async function jobsClosed(count) {
  while (((await control('GET', 'stats')).by_operation['bulk1.change'] ?? 0) < count);
}

function hasCode(code) {
  return (error) => {
    assert.equal(error.errorCode ?? error.name, code, String(error));
    return true;
  };
}

beforeEach(() => control('POST', 'reset'));

test('every way to log in leads to the org', async () => {
  const session = await control('POST', 'sessions');
  const soap = await loggedIn();
  const oauth = connection({ oauth2: app() });
  await oauth.login(USERNAME, PASSWORD);
  const credentials = connection({ oauth2: app({ loginUrl: 'https://acme.my.salesforce.com' }) });
  await credentials.authorize({ grant_type: 'client_credentials' });
  const bearer = connection({ oauth2: app() });
  await bearer.authorize({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: assertion() });
  const direct = connection({ instanceUrl: 'https://acme.my.salesforce.com', accessToken: session.access_token });

  for (const conn of [soap, oauth, credentials, bearer, direct]) {
    assert.equal((await conn.identity()).username, USERNAME);
  }
  assert.match(soap.instanceUrl, /\.my\.salesforce\.com$/);
  const { by_operation: calls } = await control('GET', 'stats');
  const grants = ['soap.login', 'token.password', 'token.client_credentials', 'token.jwt_bearer'];
  assert.deepEqual(grants.map((grant) => calls[grant]), [1, 1, 1, 1]);
});

const PUBLIC_APP = { useVerifier: true, clientSecret: undefined };
for (const [how, options] of Object.entries({ 'PKCE and no secret': PUBLIC_APP, 'a secret and no PKCE': {} })) {
  test(`a person allows access in the browser to an app with ${how}, and the refresh token goes on`, async () => {
    const conn = connection({ oauth2: app(options) });
    const url = conn.oauth2.getAuthorizationUrl({ scope: 'api id refresh_token', state: 'mine' });
    const back = await answerOnThePage(url);

    await conn.authorize(back.searchParams.get('code'));
    const { instanceUrl, refreshToken } = conn;
    const later = connection({ oauth2: app(options), instanceUrl, refreshToken });
    const tokens = await later.oauth2.refreshToken(refreshToken);

    assert.deepEqual([back.origin + back.pathname, back.searchParams.get('state')], [APP.redirectUri, 'mine']);
    assert.equal((await conn.identity()).username, USERNAME);
    assert.equal((await later.query('SELECT Id FROM Lead')).totalSize, 0);
    assert.equal(tokens.instance_url, instanceUrl);
    assert.equal((await control('GET', 'stats')).by_operation['token.refresh'], 2);
  });
}

test('a code that is used twice, and a person who denies, are errors of their own', async () => {
  const conn = connection({ oauth2: app({ useVerifier: true }) });
  const url = conn.oauth2.getAuthorizationUrl();
  const code = (await answerOnThePage(url)).searchParams.get('code');
  await conn.authorize(code);

  await assert.rejects(conn.authorize(code), hasCode('invalid_grant'));
  assert.equal((await answerOnThePage(url, 'deny')).searchParams.get('error'), 'access_denied');
});

test('a wrong password is an error of its own', async () => {
  await assert.rejects(connection().login(USERNAME, 'wrong'), /^Error: INVALID_LOGIN: /);
});

test('objects, fields and limits are described', async () => {
  const conn = await loggedIn();

  const described = await conn.describe('Lead');
  const everything = await conn.describeGlobal();

  assert.ok(everything.sobjects.some((sobject) => sobject.name === 'Lead'));
  assert.equal(described.fields.find((field) => field.name === 'Company').length, 255);
  assert.equal((await conn.limits()).DailyApiRequests.Max, 15000);
});

test('layouts, lists and quick actions are those that describe links to', async () => {
  const conn = await loggedIn();
  const account = conn.sobject('Account');

  const { layouts, recordTypeMappings } = await account.layouts();
  assert.equal(recordTypeMappings[0].layoutId, layouts[0].id);
  assert.ok(layouts[0].relatedLists.some(({ name }) => name === 'Contacts'));
  assert.equal((await conn.sobject('User').layouts('UserAlt')).layouts.length, 1);
  const { compactLayouts } = await account.compactLayouts();
  assert.equal(compactLayouts[0].fieldItems[0].label, 'Account Name');
  assert.deepEqual((await account.approvalLayouts()).approvalLayouts, []);

  const { id } = await account.create({ Name: 'Listed' });
  const { listviews } = await account.listviews();
  const all = account.listview(listviews.find(({ developerName }) => developerName === 'AllAccounts').id);
  const { columns } = await all.describe();
  const listed = await all.results();
  assert.equal(columns[0].fieldNameOrPath, 'Name');
  assert.ok(listed.records.some((record) => record.columns[0].value === 'Listed'));
  assert.equal((await all.explain()).plans[0].sobjectType, 'Account');

  assert.ok((await account.quickActions()).some(({ name }) => name === 'NewContact'));
  const call = conn.quickAction('LogACall');
  assert.equal((await call.describe()).targetSobjectType, 'Task');
  assert.equal((await call.defaultValues(id)).WhatId, id);
  const logged = await call.execute(id, { Subject: 'Call', Description: 'They want it.' });
  assert.deepEqual([logged.success, logged.created, logged.contextId], [true, true, id]);
  assert.equal((await conn.sobject('Task').retrieve(logged.id)).Status, 'Completed');
});

test('what was seen last is told, and how the org looks', async () => {
  const conn = await loggedIn();
  const accounts = await conn.sobject('Account').create([{ Name: 'Hello' }, { Name: 'World' }, { Name: 'Unseen' }]);
  const seen = accounts.slice(0, 2).map((account) => account.id);

  await conn.query("SELECT Id, Name FROM Account WHERE Name IN ('Hello', 'World') FOR VIEW");
  const recent = await conn.recent(2);
  const tabs = await conn.tabs();

  assert.deepEqual(recent.map((record) => record.attributes.type), ['Account', 'Account']);
  assert.deepEqual((await conn.sobject('Account').recent()).map((record) => record.Id).sort(), seen.sort());
  assert.ok(tabs.some((tab) => tab.name === 'standard-Lead'));
  assert.deepEqual((await conn.theme()).themeItems.map((item) => item.name), tabs.map((tab) => tab.sobjectName));
  const xml = await conn.request({ method: 'GET', url: '/limits', headers: { Accept: 'application/xml' } });
  assert.equal(xml.LimitsSnapshot.DailyApiRequests.Max, '15000');
});

const SET_UPS = {
  classic: {},
  modern: { CountryCode: 'US', StateCode: 'CA' },
  person_accounts: {},
  global: { Region__c: 'EMEA', CurrencyIsoCode: 'USD', Tier__c: 'Gold', acme__Consent__c: true },
};

for (const [setup, values] of Object.entries(SET_UPS)) {
  test(`the set-up ${setup} is described, and its leads and accounts are written and read`, async () => {
    await control('PATCH', 'org', { setup });
    const conn = connection({ oauth2: app() });
    await conn.login(USERNAME, PASSWORD);

    const { fields, recordTypeInfos } = await conn.sobject('Lead').describe();
    const names = new Set(fields.map((field) => field.name));
    assert.ok(Object.keys(values).every((name) => names.has(name)));
    assert.ok(recordTypeInfos.some((info) => info.available && info.defaultRecordTypeMapping));
    const { sobjects } = await conn.describeGlobal();
    assert.ok(sobjects.length > 20);

    const { id } = await conn.sobject('Lead').create(lead(1, values));
    const stored = await conn.sobject('Lead').retrieve(id);
    assert.deepEqual(Object.keys(stored).filter((name) => name !== 'attributes').sort(), [...names].sort());
    for (const [name, value] of Object.entries(values)) assert.equal(stored[name], value);
    assert.equal((await conn.sobject('Lead').update({ Id: id, Title: 'CTO' })).success, true);
    const [found] = await conn.sobject('Lead').find({ Title: 'CTO' }, '*');
    assert.equal(found.Id, id);
    assert.equal((await conn.sobject('Lead').destroy(id)).success, true);

    const person = setup === 'person_accounts' ? { LastName: 'Okafor', PersonEmail: 'ada@example.com' } : { Name: 'Acme' };
    const account = await conn.sobject('Account').create(person);
    const { IsPersonAccount = false, Name } = await conn.sobject('Account').retrieve(account.id);
    assert.deepEqual([IsPersonAccount, Name], setup === 'person_accounts' ? [true, 'Okafor'] : [false, 'Acme']);
  });
}

test('a lead is created, read, changed and deleted', async () => {
  const conn = await loggedIn();
  const leads = conn.sobject('Lead');

  const { id } = await leads.create(lead(0, { FirstName: 'Ada' }));
  await leads.update({ Id: id, Title: 'CEO' });
  const read = await leads.retrieve(id);
  await leads.delete(id);

  assert.deepEqual([read.Name, read.Title], ['Ada Okafor 0', 'CEO']);
  await assert.rejects(leads.retrieve(id), hasCode('ENTITY_IS_DELETED'));
});

test('many leads are created, read, changed and deleted', async () => {
  const conn = await loggedIn();
  const leads = conn.sobject('Lead');

  const created = await leads.create([lead(0), { LastName: 'A' }, lead(1)]);
  const ids = created.filter((result) => result.success).map((result) => result.id);
  const updated = await leads.update(ids.map((Id) => ({ Id, Title: 'CEO' })));
  const read = await leads.retrieve(ids);
  const deleted = await leads.delete(ids);

  assert.equal(created[1].errors[0].statusCode ?? created[1].errors[0].errorCode, 'REQUIRED_FIELD_MISSING');
  assert.ok([...updated, ...deleted].every((result) => result.success));
  assert.deepEqual(read.map((record) => record.Title), ['CEO', 'CEO']);
  assert.deepEqual(await leads.retrieve(ids), [null, null]);
});

test('leads are upserted one and many, and two matches are an error of their own', async () => {
  await control('PATCH', 'org', { custom_fields: [{ name: 'Key__c', external_id: true }] });
  const conn = await loggedIn();
  const leads = conn.sobject('Lead');

  const first = await leads.upsert(lead(0, { Key__c: '1' }), 'Key__c');
  const again = await leads.upsert(lead(0, { Key__c: '1', Title: 'CEO' }), 'Key__c');
  const many = await leads.upsert([lead(0, { Key__c: '1' }), lead(1, { Key__c: '2' })], 'Key__c');
  await leads.create(lead(2, { Key__c: '1' }));

  assert.deepEqual([first.created, again.created, again.id], [true, false, first.id]);
  assert.deepEqual(many.map((result) => result.created), [false, true]);
  await assert.rejects(leads.upsert(lead(0, { Key__c: '1' }), 'Key__c'), (error) => {
    assert.equal(error.errorCode ?? error.name, 'MULTIPLE_CHOICES');
    assert.equal((error.data ?? error.content).length, 2);
    return true;
  });
});

test('all or none leaves nothing', async () => {
  const conn = await loggedIn();

  const results = await conn.sobject('Lead').create([lead(0), { LastName: 'A' }], { allOrNone: true });

  const codes = results.map((result) => result.errors[0].statusCode ?? result.errors[0].errorCode);
  assert.deepEqual(codes, ['ALL_OR_NONE_OPERATION_ROLLED_BACK', 'REQUIRED_FIELD_MISSING']);
  assert.equal((await control('GET', 'stats')).leads, 0);
});

test('five thousand leads are read page by page, deleted ones too', async () => {
  const conn = await loggedIn();
  const ids = await put(conn, 5001);
  await conn.sobject('Lead').delete(ids[0]);

  const page = await conn.query('SELECT Id FROM Lead');
  const living = await conn.query('SELECT Id, Owner.Name FROM Lead', { autoFetch: true, maxFetch: 10000 });
  const everything = await conn.query('SELECT Id FROM Lead', { autoFetch: true, maxFetch: 10000, scanAll: true });

  assert.deepEqual([page.records.length, page.totalSize, page.done], [2000, 5000, false]);
  assert.equal(new Set(living.records.map((record) => record.Id)).size, 5000);
  assert.equal(everything.records.length, 5001);
  assert.equal(living.records[4999].Owner.Name, 'Demo User');
});

test('leads are searched for, counted and selected', async () => {
  const conn = await loggedIn();
  await conn.sobject('Lead').create(lead(0, { FirstName: 'Zaphod' }));

  const found = await conn.search('FIND {Zaphod} IN ALL FIELDS RETURNING Lead(Id, Name)');
  const selected = await conn.sobject('Lead').find({ FirstName: { $like: 'Za%' } }).select('*').limit(1);

  assert.equal(found.searchRecords[0].Name, 'Zaphod Okafor 0');
  assert.equal(selected[0].Company, 'Acme');
  assert.equal(await conn.sobject('Lead').count({ Company: 'Acme' }), 1);
});

test('several requests go in one', async () => {
  const conn = await loggedIn();
  const base = `/services/data/v${conn.version}`;

  const answer = await conn.requestPost(`${base}/composite`, {
    compositeRequest: [
      { method: 'POST', url: `${base}/sobjects/Lead`, referenceId: 'made', body: lead() },
      { method: 'GET', url: `${base}/sobjects/Lead/@{made.id}`, referenceId: 'read' },
    ],
  });

  assert.deepEqual(answer.compositeResponse.map((part) => part.httpStatusCode), [201, 200]);
});

test('ten thousand leads go through bulk jobs', { timeout: 60_000 }, async () => {
  await control('PATCH', 'org', { unique_external_id: 'Key__c' });
  const conn = await loggedIn();
  conn.bulk2.pollInterval = 50;
  conn.bulk2.pollTimeout = 60_000;
  const load = (operation, input, more = {}) =>
    conn.bulk2.loadAndWaitForResults({ object: 'Lead', operation, input, ...more });
  const fresh = Array.from({ length: 15_000 }, (_, number) => lead(number, { Email: '', Key__c: `${number}` }));

  const inserted = await load('insert', [...fresh.slice(0, 10_000), { LastName: 'bad', Company: '', Key__c: 'bad' }]);
  const ids = inserted.successfulResults.map((row) => ({ Id: row.sf__Id }));
  const updated = await load('update', ids.map((row) => ({ ...row, Title: 'CEO' })));
  const rows = await (await conn.bulk2.query('SELECT Id, Title FROM Lead')).toArray();
  const upserted = await load('upsert', fresh.slice(5_000), { externalIdFieldName: 'Key__c' });
  const deleted = await load('delete', ids);

  assert.equal(inserted.failedResults.length, 1);
  assert.match(inserted.failedResults[0].sf__Error, /^REQUIRED_FIELD_MISSING:/);
  assert.deepEqual([ids.length, updated.successfulResults.length, deleted.successfulResults.length], [10_000, 10_000, 10_000]);
  assert.deepEqual(
    upserted.successfulResults.map((row) => row.sf__Created),
    [...Array(5_000).fill('false'), ...Array(5_000).fill('true')],
  );
  assert.equal(rows.length, 10_000);
  assert.ok(rows.every((row) => row.Title === 'CEO'));
  assert.equal((await control('GET', 'stats')).leads, 5_000);
});

test('leads go through classic bulk jobs, and a session that expired is renewed', { timeout: 60_000 }, async () => {
  await control('PATCH', 'org', { unique_external_id: 'Key__c' });
  const conn = await loggedIn();
  const fresh = Array.from({ length: 300 }, (_, number) => lead(number, { Email: '', Key__c: `${number}` }));

  const inserted = await conn.bulk.load('Lead', 'insert', [...fresh.slice(0, 200), { LastName: 'bad' }]);
  const ids = inserted.slice(0, 200).map(({ id }) => ({ Id: id }));
  await control('POST', 'expire-sessions');
  const updated = await conn.bulk.load('Lead', 'update', ids.map((row) => ({ ...row, Title: 'CEO' })));
  const upserted = await conn.bulk.load('Lead', 'upsert', { extIdField: 'Key__c' }, fresh.slice(100));
  const rows = await (await conn.bulk.query('SELECT Id, Title, Owner.Name FROM Lead')).toArray();
  const nobody = await (await conn.bulk.query("SELECT Id FROM Lead WHERE LastName = 'Nobody'")).toArray();
  const job = conn.bulk.createJob('Lead', 'delete', { concurrencyMode: 'Serial' });
  const deleted = await new Promise((resolve, reject) => {
    const batch = job.createBatch();
    batch.on('queue', () => batch.poll(50, 20_000));
    batch.on('response', resolve).on('error', reject);
    batch.execute(ids);
  });
  const batches = await job.list();
  const { state } = await job.close();

  assert.equal(inserted.length, 201);
  assert.match(inserted[200].errors[0], /^REQUIRED_FIELD_MISSING:/);
  assert.ok([...inserted.slice(0, 200), ...updated, ...upserted, ...deleted].every((result) => result.success));
  assert.deepEqual(upserted.map((result) => result.created), [...Array(100).fill(false), ...Array(100).fill(true)]);
  assert.deepEqual([rows.length, rows.filter((row) => row.Title === 'CEO').length], [300, 200]);
  assert.ok(rows.every((row) => row['Owner.Name'] === 'Demo User'));
  assert.deepEqual([nobody, batches.length, batches[0].state, state], [[], 1, 'Completed', 'Closed']);
  assert.equal((await control('GET', 'stats')).leads, 100);
  await assert.rejects(async () => await conn.bulk.load('Lead', 'insert', [{ Nope: '1' }]), /Field name not found : Nope/);
  await jobsClosed(7);
});

test('more records than a collection holds are changed through classic bulk jobs', { timeout: 60_000 }, async () => {
  const conn = await loggedIn();
  await put(conn, 300);

  const updated = await conn.sobject('Lead').find({ Company: 'Acme' }).update({ Title: 'CEO' });
  const deleted = await conn.sobject('Lead').find({ Title: 'CEO' }).destroy();

  assert.deepEqual([updated.length, deleted.length], [300, 300]);
  assert.equal((await control('GET', 'stats')).leads, 0);
  await jobsClosed(2);
});

test('leads are converted, the second one into the account of the first', async () => {
  const conn = await loggedIn();
  const [first, second] = await put(conn, 2);
  const convertedStatus = 'Closed - Converted';

  const one = await conn.soap.convertLead({ leadId: first, convertedStatus, opportunityName: 'Big deal' });
  const [two] = await conn.soap.convertLead([
    { leadId: second, convertedStatus, accountId: one.accountId, doNotCreateOpportunity: true },
  ]);

  assert.deepEqual([one.success, two.success, two.accountId, two.opportunityId], [true, true, one.accountId, null]);
  const read = await conn.sobject('Lead').retrieve(first);
  assert.deepEqual([read.IsConverted, read.ConvertedOpportunityId], [true, one.opportunityId]);
});

test('leads are merged, put back and forgotten over SOAP', async () => {
  const conn = await loggedIn();
  const [first, second, third, fourth] = await put(conn, 4);
  await conn.sobject('Lead').delete(fourth);

  const merged = await conn.soap.merge({
    masterRecord: { type: 'Lead', Id: first },
    recordToMergeIds: [second, third],
  });
  const [back, living, bad] = await conn.soap.undelete([fourth, first, 'nonsense']);
  const [forgotten] = await conn.soap.emptyRecycleBin([second]);

  assert.deepEqual([merged.success, merged.mergedRecordIds], [true, [second, third]]);
  assert.deepEqual([back.success, living.success, bad.success], [true, false, false]);
  assert.equal(forgotten.success, true);
  assert.equal((await control('GET', 'stats')).leads, 2);
});

test('records are written over SOAP, and the user is told', async () => {
  await control('PATCH', 'org', { unique_external_id: 'Key__c' });
  const conn = await loggedIn();

  const created = await conn.soap.create([{ type: 'Lead', ...lead() }, { type: 'Lead', LastName: 'A' }]);
  const updated = await conn.soap.update({ type: 'Lead', Id: created[0].id, Title: null, Phone: '1' });
  const upserted = await conn.soap.upsert('Key__c', [{ type: 'Lead', ...lead(1, { Key__c: '1' }) }]);
  const deleted = await conn.soap.delete([created[0].id]);

  assert.deepEqual(created.map((result) => result.success), [true, false]);
  assert.deepEqual([updated.success, upserted[0].created, deleted[0].success], [true, true, true]);
  assert.equal((await conn.soap.getUserInfo()).userName, USERNAME);
  assert.ok((await conn.soap.getServerTimestamp()).timestamp);
  const [app] = await conn.soap.describeTabs();
  assert.deepEqual(app.tabs.map((tab) => tab.name), (await conn.tabs()).map((tab) => tab.name));
  await assert.rejects(conn.soap.resetPassword(conn.userInfo.id), { errorCode: 'sf:INSUFFICIENT_ACCESS' });
});

test('what changed and what was deleted is told', async () => {
  const conn = await loggedIn();
  const [id] = await put(conn, 1);
  const end = new Date(Date.now() + 120_000);
  const start = new Date(end.getTime() - 3_600_000);

  const updated = await conn.sobject('Lead').updated(start, end);
  await conn.sobject('Lead').delete(id);
  const deleted = await conn.sobject('Lead').deleted(start, end);

  assert.deepEqual(updated.ids, [id]);
  assert.deepEqual(deleted.deletedRecords.map((record) => record.id), [id]);
});

test('an expired session is refreshed once by the client, over REST and SOAP', async () => {
  const session = await control('POST', 'sessions');
  const conn = connection({
    instanceUrl: 'https://acme.my.salesforce.com',
    accessToken: session.access_token,
    refreshToken: session.refresh_token,
    oauth2: app(),
  });
  await control('POST', 'expire-sessions');
  await Promise.all([conn.query('SELECT Id FROM Lead'), conn.limits()]);
  assert.equal((await control('GET', 'stats')).by_operation['token.refresh'], 1);

  await control('POST', 'expire-sessions');
  assert.equal((await conn.soap.getUserInfo()).userName, USERNAME);
  assert.equal((await control('GET', 'stats')).by_operation['token.refresh'], 2);
});

test('after logout nothing is answered any more', async () => {
  const conn = connection({ oauth2: app() });
  await conn.login(USERNAME, PASSWORD);
  const again = connection({ instanceUrl: conn.instanceUrl, accessToken: conn.accessToken });

  await conn.logout();

  await assert.rejects(again.query('SELECT Id FROM Lead'), hasCode('INVALID_SESSION_ID'));
});

test('refusals are errors of their own', async () => {
  const conn = await loggedIn();

  await assert.rejects(conn.sobject('Lead').create({ LastName: 'A' }), hasCode('REQUIRED_FIELD_MISSING'));
  await assert.rejects(conn.query('SELECT Nope FROM Lead'), hasCode('INVALID_FIELD'));
  await assert.rejects(conn.sobject('Nope').retrieve('x'), hasCode('NOT_FOUND'));
  await control('PATCH', 'org', { daily_api_limit: 0 });
  await assert.rejects(conn.query('SELECT Id FROM Lead'), hasCode('REQUEST_LIMIT_EXCEEDED'));
});

test('a client that reads only is tried again by itself', async () => {
  const conn = await loggedIn();
  await control('POST', 'faults', { rules: [{ operation: 'limits', kind: 'status', status: 503, times: 1 }] });

  assert.equal((await conn.limits()).DailyApiRequests.Max, 15000);
});
