// What n8n gives a node to work with, as far as its Salesforce node asks for it. The node, its credentials and the HTTP
// client are n8n's own; written here is what stands in n8n's database: parameters, items, credentials.
import { createRequire } from 'node:module';
import { createHash, randomBytes } from 'node:crypto';

const require = createRequire(import.meta.url);
require('reflect-metadata');
const { Container } = require('@n8n/di');
const { OutboundHttp } = require('@n8n/backend-network');
const { Salesforce } = require('n8n-nodes-base/dist/nodes/Salesforce/Salesforce.node.js');
const { SalesforceJwtApi } = require('n8n-nodes-base/dist/credentials/SalesforceJwtApi.credentials.js');
const { SalesforceOAuth2Api } = require('n8n-nodes-base/dist/credentials/SalesforceOAuth2Api.credentials.js');

const http = Container.get(OutboundHttp).requests();
const logger = { debug() {}, info() {}, warn() {}, error() {} };
const form = { 'Content-Type': 'application/x-www-form-urlencoded' };

/** The JWT credentials: they log in by themselves, and again when a session is over. */
export class JwtCredentials {
  authentication = 'jwt';
  #type = new SalesforceJwtApi();
  #data;

  constructor(data) {
    this.#data = { environment: 'production', accessToken: '', ...data };
  }

  async request(options) {
    if (!this.#data.accessToken) await this.#logIn();
    try {
      return await this.#send(options);
    } catch (error) {
      if ((error.response?.status ?? error.statusCode ?? error.httpCode) != 401) throw error;
      await this.#logIn();
      return await this.#send(options);
    }
  }

  async #logIn() {
    Object.assign(this.#data, await this.#type.preAuthentication(this.#data));
  }

  async #send(options) {
    return await http.request(await this.#type.authenticate(this.#data, { ...options }));
  }
}

/** The OAuth2 credentials, once somebody has agreed on the page that they lead to. */
export class OAuth2Credentials {
  authentication = 'oAuth2';
  #app;
  #tokenUrl;

  constructor(app) {
    this.#app = app;
    this.#tokenUrl = urlOf('accessTokenUrl');
  }

  /** Log in with a code, as n8n does: with PKCE, the app's secret in a header. `agree` stands for the person. */
  async connect(agree) {
    const verifier = randomBytes(64).toString('base64url').slice(0, 128);
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const url = new URL(urlOf('authUrl'));
    const { clientId, redirectUri } = this.#app;
    const parameters = { client_id: clientId, redirect_uri: redirectUri, response_type: 'code', state: 'state' };
    const pkce = { code_challenge: challenge, code_challenge_method: 'S256' };
    for (const [name, value] of Object.entries({ ...parameters, ...pkce, scope: property('scope').default }))
      url.searchParams.set(name, value);
    const code = await agree(url);
    await this.#grant({ grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier });
    return this;
  }

  get data() {
    return { oauthTokenData: this.#app.tokens };
  }

  async request(options) {
    try {
      return await this.#send(options);
    } catch (error) {
      if (error.statusCode !== 401) throw error;
      await this.#grant({ grant_type: 'refresh_token', refresh_token: this.#app.tokens.refresh_token });
      return await this.#send(options);
    }
  }

  async #send(options) {
    const headers = { ...options.headers, Authorization: `Bearer ${this.#app.tokens.access_token}` };
    return await http.requestLegacy({ ...options, headers });
  }

  async #grant(fields) {
    const { clientId, clientSecret } = this.#app;
    const secret = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
    const headers = { ...form, Authorization: `Basic ${secret}` };
    const body = new URLSearchParams(fields).toString();
    const tokens = await http.request({ url: this.#tokenUrl, method: 'POST', headers, body, json: true });
    this.#app.tokens = { ...this.#app.tokens, ...tokens };
  }
}

/** Run the node once: the JSON of the items it answers with, or of the options that a list offers. */
export async function run(credentials, resource, operation, parameters = {}, { binary, typeVersion = 1 } = {}) {
  const context = contextOf(credentials, { resource, operation, ...parameters }, { binary, typeVersion });
  const [items] = await new Salesforce().execute.call(context);
  return items.map((item) => item.json);
}

export async function options(credentials, method, parameters = {}) {
  return await new Salesforce().methods.loadOptions[method].call(contextOf(credentials, parameters, {}));
}

function contextOf(credentials, parameters, { binary, typeVersion }) {
  const given = { authentication: credentials.authentication, ...defaults(), ...parameters };
  return {
    logger,
    getInputData: () => [{ json: {}, binary }],
    getNode: () => ({ name: 'Salesforce', type: 'n8n-nodes-base.salesforce', typeVersion, parameters: given }),
    getNodeParameter: (path, index, fallback) => path.split('.').reduce((at, name) => at?.[name], given) ?? fallback,
    getCurrentNodeParameter: (name) => given[name],
    getCredentials: async () => credentials.data,
    continueOnFail: () => false,
    helpers: {
      requestOAuth2: async (type, request) => await credentials.request(request),
      httpRequestWithAuthentication: async (type, request) => await credentials.request(request),
      returnJsonArray: (data) => [data].flat().map((json) => ({ json })),
      constructExecutionMetaData: (items, { itemData }) => items.map((item) => ({ ...item, pairedItem: itemData })),
      assertBinaryData: (index, name) => binary[name],
      getBinaryDataBuffer: async (index, name) => Buffer.from(binary[name].data, 'base64'),
    },
  };
}

/** Fields that a person leaves alone are sent as n8n's editor stores them. */
function defaults() {
  return { additionalFields: {}, updateFields: {}, options: {}, returnAll: true };
}

function property(name) {
  return new SalesforceOAuth2Api().properties.find((each) => each.name === name);
}

/** A URL of the credentials for production; n8n works out its expression. */
function urlOf(name) {
  return property(name).default.match(/: "(https:[^"]+)" }}$/)[1];
}
