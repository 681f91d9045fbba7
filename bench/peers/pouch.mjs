// PouchDB in the herd: its server, or some of its clients.
//
// node pouch.mjs serve FOLDER: prints {"port"}; a database per client, LevelDB in this folder.
// node pouch.mjs work JOB: clients from JOB.first up to JOB.end in one process. Prints a line when they have
// written their events, then answers `push` and `pull` on stdin with the milliseconds of each client.
// JOB.bare: not PouchDB's client but its requests alone, prepared beforehand.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { Agent, createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const require = createRequire(join(process.env.ESIK_PEERS, 'node', 'package.json'));
const PouchDB = require('pouchdb');
const [what, given] = process.argv.slice(2);

/** Connections the kernel holds for a busy server; with the usual 511 a large herd would wait for lost ones. */
const BACKLOG = 4096;

function serve(folder) {
  mkdirSync(folder, { recursive: true });
  const app = require('express')();
  app.disable('x-powered-by');
  const databases = PouchDB.defaults({ prefix: join(folder, '/') });
  app.use(require('express-pouchdb')(databases, { mode: 'minimumForPouchDB' }));
  const server = createServer(app);
  server.listen({ port: 0, host: '127.0.0.1', backlog: BACKLOG }, () => {
    console.log(JSON.stringify({ port: server.address().port }));
  });
}

/** Refuses an answer that is not the expected number: what was not stored must not be counted. */
function expect(found, wanted, of) {
  if (found !== wanted) throw new Error(`${of}: ${found}, not ${wanted}`);
}

/** The shipped client: its own database on disk, and replication to the server's and back. */
class Client {
  constructor(job, number, events) {
    const agent = new Agent({ keepAlive: true });
    const remote = (n) =>
      new PouchDB(`${job.url}/client_${n}`, {
        fetch: (url, options) => PouchDB.fetch(url, { ...options, agent }),
      });
    this.events = events;
    this.own = new PouchDB(join(job.folder, `own_${number}`));
    this.from = new PouchDB(join(job.folder, `from_${number}`));
    this.home = remote(number);
    this.neighbour = remote((number + 1) % job.clients);
    // All events in one batch, as Esik sends them.
    this.options = { batch_size: events.length };
  }

  async write() {
    await this.home.info();
    await this.from.info();
    await this.own.bulkDocs(this.events);
  }

  async push() {
    const done = await this.own.replicate.to(this.home, this.options);
    expect(done.docs_written, this.events.length, 'pushed');
  }

  async pull() {
    const done = await this.from.replicate.from(this.neighbour, this.options);
    expect(done.docs_written, this.events.length, 'pulled');
  }
}

/** What a replication asks of the server, asked by a client that has nothing else to do. */
class Bare {
  constructor(job, number, events) {
    const of = (n) => `${job.url}/client_${n}`;
    this.home = of(number);
    this.neighbour = of((number + 1) % job.clients);
    this.count = events.length;
    const revision = (event) => createHash('md5').update(JSON.stringify(event)).digest('hex');
    const docs = events.map((event) => {
      const hash = revision(event);
      return { ...event, _rev: `1-${hash}`, _revisions: { start: 1, ids: [hash] } };
    });
    this.diff = JSON.stringify(Object.fromEntries(docs.map((doc) => [doc._id, [doc._rev]])));
    this.docs = JSON.stringify({ docs, new_edits: false });
    this.checkpoint = JSON.stringify({ _id: '_local/bench', last_seq: this.count, history: [] });
  }

  async ask(method, url, body) {
    const headers = { 'content-type': 'application/json', 'accept-encoding': 'identity' };
    const response = await fetch(url, { method, body, headers });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text}`);
    return text;
  }

  async write() {
    await this.ask('PUT', this.home);
  }

  async push() {
    const missing = await this.ask('POST', `${this.home}/_revs_diff`, this.diff);
    expect(Object.keys(JSON.parse(missing)).length, this.count, 'missing');
    await this.ask('POST', `${this.home}/_bulk_docs`, this.docs);
    await this.ask('PUT', `${this.home}/_local/bench`, this.checkpoint);
  }

  async pull() {
    const feed = `${this.neighbour}/_changes?style=all_docs&since=0&limit=${this.count}`;
    const changes = JSON.parse(await this.ask('GET', feed)).results;
    expect(changes.length, this.count, 'changes');
    const docs = changes.map(({ id, changes: [{ rev }] }) => ({ id, rev }));
    const all = `${this.neighbour}/_bulk_get?revs=true&latest=true`;
    const answer = await this.ask('POST', all, JSON.stringify({ docs }));
    expect(answer.split('"_rev":').length - 1, this.count, 'pulled');
  }
}

async function work(job) {
  const lines = readFileSync(job.events, 'utf8').trimEnd().split('\n');
  const each = lines.length / job.clients;
  mkdirSync(job.folder, { recursive: true });
  const clients = [];
  for (let n = job.first; n < job.end; n += 1) {
    const events = lines.slice(n * each, (n + 1) * each).map((line) => {
      const { id, ...event } = JSON.parse(line);
      return { _id: id, ...event };
    });
    clients.push(job.bare ? new Bare(job, n, events) : new Client(job, n, events));
  }
  for (const client of clients) await client.write();
  console.log('{}');
  for await (const phase of createInterface({ input: process.stdin })) {
    const start = performance.now();
    const ms = await Promise.all(
      clients.map((client) => client[phase]().then(() => performance.now() - start)),
    );
    console.log(JSON.stringify({ ms }));
  }
}

if (what === 'serve') serve(given);
else await work(JSON.parse(given));
