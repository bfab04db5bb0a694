// Towns on Fedify for the tests: commands come in as JSON lines, answers and events go out as JSON lines.
//
// One town for each dialect of HTTP signatures. A town knocks in its dialect, and lets nobody in who
// signs in the other; everything else is Fedify's own doing.

import dns from "node:dns";
import http from "node:http";
import { createRequire } from "node:module";
import process from "node:process";
import readline from "node:readline";

// The packages live in a cache, whose directory is the first argument.
const require = createRequire(`${process.argv[2]}/`);
const vocab = require("@fedify/fedify/vocab");
const { Temporal } = require("@js-temporal/polyfill");
const {
  createFederation,
  generateCryptoKeyPair,
  getAuthenticatedDocumentLoader,
  MemoryKvStore,
  parseNodeInfo,
  signObject,
  verifyObject,
} = require("@fedify/fedify");

const TOWNS = { cavage: "draft-cavage-http-signatures-12", rfc9421: "rfc9421" };
const IDENTIFIER = "town";

const write = (line) => process.stdout.write(JSON.stringify(line) + "\n");

// Not every resolver knows that whatever ends in .localhost is this machine.
const lookup = dns.lookup;
dns.lookup = (name, ...rest) => lookup(name.endsWith(".localhost") ? "127.0.0.1" : name, ...rest);

// A handle is looked up over https, which nobody on this machine speaks.
const fetchAnywhere = globalThis.fetch;
globalThis.fetch = (input, init) => {
  const address = new URL(input instanceof Request ? input.url : input);
  const isHome = address.protocol === "https:" && address.hostname.endsWith(".localhost");
  return fetchAnywhere(isHome ? new URL(`http:${address.href.slice(6)}`) : input, init);
};

class Town {
  constructor(dialect, port) {
    this.dialect = dialect;
    this.origin = `http://${dialect}.localhost:${port}`;
    this.notes = new Map();
    this.closed = false; // whether notes are shown to proven readers alone
    this.followers = new Set();
    this.count = 0;
    this.federation = createFederation({
      kv: new MemoryKvStore(),
      allowPrivateAddress: true,
      firstKnock: TOWNS[dialect],
      origin: this.origin,
    });
    this.describe();
    this.context = this.federation.createContext(new URL(this.origin), undefined);
    this.actor = this.context.getActorUri(IDENTIFIER);
  }

  describe() {
    let keys;
    this.federation
      .setActorDispatcher("/users/{identifier}", async (context, identifier) => {
        if (identifier !== IDENTIFIER) return null;
        const pairs = await context.getActorKeyPairs(identifier);
        return new vocab.Organization({
          id: context.getActorUri(identifier),
          preferredUsername: identifier,
          name: `A town that speaks ${this.dialect}`,
          inbox: context.getInboxUri(identifier),
          followers: context.getFollowersUri(identifier),
          endpoints: new vocab.Endpoints({ sharedInbox: context.getInboxUri() }),
          publicKey: pairs[0].cryptographicKey,
          assertionMethods: pairs.map((pair) => pair.multikey),
        });
      })
      .setKeyPairsDispatcher(() => {
        keys ??= Promise.all([generateCryptoKeyPair("RSASSA-PKCS1-v1_5"), generateCryptoKeyPair("Ed25519")]);
        return keys;
      });
    this.federation.setFollowersDispatcher("/users/{identifier}/followers", () => ({
      items: [...this.followers].map((id) => ({ id: new URL(id), inboxId: new URL(`${id}/inbox`) })),
    }));
    this.federation
      .setObjectDispatcher(vocab.Note, "/notes/{number}", (_, { number }) => this.notes.get(number) ?? null)
      .authorize(async (context) => {
        const reader = await context.getSignedKeyOwner();
        write({ event: "read", town: this.dialect, by: reader?.id?.href ?? null });
        return reader !== null || !this.closed;
      });
    this.federation.setNodeInfoDispatcher("/nodeinfo/2.1", () => ({
      software: { name: "town", version: "1.0.0" },
      protocols: ["activitypub"],
      usage: { users: { total: 1 }, localPosts: this.notes.size, localComments: 0 },
    }));
    this.federation
      .setInboxListeners("/users/{identifier}/inbox", "/inbox")
      .setSharedKeyDispatcher(() => ({ identifier: IDENTIFIER }))
      .on(vocab.Activity, (context, activity) => this.hear(context, activity))
      .onError((_, error) => write({ event: "error", town: this.dialect, error: String(error) }))
      .onUnverifiedActivity((_, activity, reason) =>
        write({ event: "unverified", town: this.dialect, id: activity.id?.href, reason: String(reason.type) }));
  }

  // Called by Fedify when it has verified who sent the activity.
  async hear(context, activity) {
    // An Accept embeds a Follow of ours, which Fedify would rather fetch from where we keep none.
    const object = await activity.getObject({ ...loaders(context), crossOrigin: "trust", suppressError: true });
    write({
      event: "activity",
      town: this.dialect,
      kind: activity.constructor.name,
      id: activity.id.href,
      actor: activity.actorId.href,
      object: await summary(object, context),
    });
    if (activity instanceof vocab.Follow && activity.objectId.href === this.actor.href) {
      this.followers.add(activity.actorId.href);
      await this.send(await activity.getActor(context), vocab.Accept, activity);
    }
    if (activity instanceof vocab.Undo) this.followers.delete(activity.actorId.href);
  }

  async send(recipient, Kind, object, more = {}) {
    const id = new URL(`${this.origin}/activities/${++this.count}`);
    const activity = new Kind({ id, actor: this.actor, object, ...more });
    await this.context.sendActivity({ identifier: IDENTIFIER }, recipient, activity, { immediate: true });
    return id.href;
  }

  loader() {
    return this.context.getDocumentLoader({ identifier: IDENTIFIER });
  }

  // ------------------------------------------------------------- what the tests ask for

  async find({ what }) {
    return await summary(await this.context.lookupObject(what), this.context);
  }

  // Given, because Fedify fetches NodeInfo from public addresses alone.
  async software({ told }) {
    return parseNodeInfo(told);
  }

  // The ids of the activities and objects in a collection, page by page.
  async walk({ url }) {
    const found = [];
    const collection = await this.context.lookupObject(url);
    for await (const item of this.context.traverseCollection(collection)) {
      found.push([item.constructor.name, item.objectId?.href ?? null]);
    }
    return { total: collection.totalItems, found };
  }

  async follow({ whom }) {
    const target = await this.context.lookupObject(whom);
    return await this.send(target, vocab.Follow, target.id);
  }

  async unfollow({ whom, follow }) {
    const target = await this.context.lookupObject(whom);
    const undone = new vocab.Follow({ id: new URL(follow), actor: this.actor, object: target.id });
    return await this.send(target, vocab.Undo, undone);
  }

  async say({ verb, number, content, about, to }) {
    const id = this.context.getObjectUri(vocab.Note, { number });
    const target = await this.context.lookupObject(to);
    const audience = { to: vocab.PUBLIC_COLLECTION, cc: target.id };
    let object = new vocab.Note({
      id,
      attribution: this.actor,
      content: new vocab.LanguageString(content ?? "", "en"),
      replyTarget: about ? new URL(about) : undefined,
      published: Temporal.Now.instant(),
      ...audience,
    });
    if (verb === "Delete") object = new vocab.Tombstone({ id });
    this.notes.set(number, object);
    return { note: id.href, activity: await this.send(target, vocab[verb], object, audience) };
  }

  async like({ what, to }) {
    return await this.send(await this.context.lookupObject(to), vocab.Like, new URL(what));
  }

  async show({ closed }) {
    this.closed = closed;
  }

  async prove({ content }) {
    const keys = await this.context.getActorKeyPairs(IDENTIFIER);
    const pair = keys.find((key) => key.privateKey.algorithm.name === "Ed25519");
    const note = new vocab.Note({
      id: this.context.getObjectUri(vocab.Note, { number: "proven" }),
      attribution: this.actor,
      content,
    });
    const proven = await signObject(note, pair.privateKey, pair.multikey.id, loaders(this.context));
    return await proven.toJsonLd({ format: "compact", ...loaders(this.context) });
  }

  // Whether Fedify believes the proof inside of a document (FEP-8b32).
  async believe({ document }) {
    return (await verifyObject(vocab.Object, document, loaders(this.context))) !== null;
  }

  async fetch({ url, signed }) {
    const [pair] = await this.context.getActorKeyPairs(IDENTIFIER);
    const identity = { keyId: pair.keyId, privateKey: pair.privateKey };
    const options = { allowPrivateAddress: true, specDeterminer: this.knock() };
    const load = signed ? getAuthenticatedDocumentLoader(identity, options) : this.context.documentLoader;
    return (await load(url)).document;
  }

  knock() {
    return { determineSpec: () => TOWNS[this.dialect], rememberSpec: () => {} };
  }
}

function loaders({ documentLoader, contextLoader }) {
  return { documentLoader, contextLoader };
}

async function summary(object, context) {
  if (object === null) return null;
  const words = (values) => values.map((value) => [value.locale?.toString() ?? value.language?.toString() ?? null, String(value)]);
  const keys = [];
  if (object.getPublicKeys) for await (const key of object.getPublicKeys(context)) keys.push(key.id.href);
  const assertions = [];
  if (object.getAssertionMethods) {
    for await (const key of object.getAssertionMethods(context)) assertions.push(key.id.href);
  }
  return {
    kind: object.constructor.name,
    id: object.id?.href ?? null,
    name: object.name ? String(object.name) : null,
    names: words(object.names ?? []),
    content: object.content ? String(object.content) : null,
    summary: object.summary ? String(object.summary) : null,
    by: object.attributionId?.href ?? null,
    about: object.replyTargetId?.href ?? null,
    published: object.published ? String(object.published) : null,
    url: object.url instanceof URL ? object.url.href : object.url?.href?.href ?? null,
    username: object.preferredUsername ? String(object.preferredUsername) : null,
    inbox: object.inboxId?.href ?? null,
    keys,
    assertions,
  };
}

const towns = {};

async function answer(request, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const name = request.headers.host.split(".")[0];
  const town = towns[name];
  const dialect = "signature-input" in request.headers ? "rfc9421" : "signature" in request.headers ? "cavage" : null;
  let status = 401, headers = [], body = "";
  if (town && (dialect === null || dialect === name)) {
    const isPost = request.method === "POST";
    const given = await town.federation.fetch(
      new Request(`http://${request.headers.host}${request.url}`, {
        method: request.method,
        headers: Object.entries(request.headers).map(([key, value]) => [key, String(value)]),
        body: isPost ? Buffer.concat(chunks) : undefined,
      }),
      { contextData: undefined },
    );
    [status, headers, body] = [given.status, [...given.headers], Buffer.from(await given.arrayBuffer())];
  }
  write({ event: "request", town: name, method: request.method, path: request.url, dialect, status });
  response.writeHead(status, Object.fromEntries(headers));
  response.end(body);
}

const server = http.createServer((request, response) =>
  answer(request, response).catch((error) => {
    write({ event: "error", error: String(error.stack) });
    response.writeHead(500).end();
  }));
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address();
  for (const dialect of Object.keys(TOWNS)) towns[dialect] = new Town(dialect, port);
  const actors = Object.entries(towns).map(([dialect, town]) => [dialect, town.actor.href]);
  write({ event: "ready", port, actors: Object.fromEntries(actors) });
});

const lines = readline.createInterface({ input: process.stdin });
lines.on("line", async (line) => {
  const { command, town, ask, ...what } = JSON.parse(line);
  try {
    write({ answer: command, value: (await towns[town][ask](what)) ?? null });
  } catch (error) {
    write({ answer: command, error: String(error.stack ?? error) });
  }
});
lines.on("close", () => process.exit(0)); // whoever started us has gone
