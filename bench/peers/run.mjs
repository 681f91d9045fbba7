// P3: the herd of bench-herd against what others use: PouchDB with a database per client, and Anki's sync server.
//
// node bench/peers/run.mjs --herd target/release/bench-herd [--clients 50] [--rounds 3] [--workers 2]
//
// README.md says what is compared. A table on stderr, one JSON line on stdout. Without --herd only the others run.
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { cpus, homedir, loadavg, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const PEERS = resolve(process.env.ESIK_PEERS ?? join(homedir(), '.cache', 'esik', 'peers'));
const PYTHON = join(PEERS, 'python', 'bin', 'python');
/** New events of a client in a round, as in bench-herd. */
const EVENTS = 240;
/** The whole run ends by itself, whatever hangs. */
const MINUTES_MAX = 9.5;

const { values: asked } = parseArgs({
  options: {
    herd: { type: 'string' },
    clients: { type: 'string', default: '50' },
    rounds: { type: 'string', default: '3' },
    // One for each core: more would only wait for each other.
    workers: { type: 'string', default: String(cpus().length) },
  },
});
for (const name of ['clients', 'rounds', 'workers']) {
  if (!/^[1-9]\d*$/.test(asked[name])) {
    console.error(`--${name} ${asked[name]}: a whole number from 1 on is needed`);
    process.exit(2);
  }
}
const clients = Number(asked.clients);
const workers = Math.min(Number(asked.workers), clients);

// --- programs of others, outside the clone

function install() {
  const node = join(PEERS, 'node');
  mkdirSync(node, { recursive: true });
  const run = (program, args) =>
    execFileSync(program, args, { cwd: node, stdio: ['ignore', 2, 2] });
  const same = (name) =>
    existsSync(join(node, name)) &&
    readFileSync(join(node, name), 'utf8') === readFileSync(join(HERE, name), 'utf8');
  // The copied list is the mark of what is installed, so it comes last.
  if (!same('package-lock.json')) {
    copyFileSync(join(HERE, 'package.json'), join(node, 'package.json'));
    const lock = join(node, 'package-lock.json');
    copyFileSync(join(HERE, 'package-lock.json'), lock);
    try {
      run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund']);
    } catch (error) {
      rmSync(lock);
      throw error;
    }
  }
  if (!same('requirements.txt')) {
    run('python3', ['-m', 'venv', join(PEERS, 'python')]);
    run(PYTHON, [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--no-deps',
      '-r',
      join(HERE, 'requirements.txt'),
    ]);
    copyFileSync(join(HERE, 'requirements.txt'), join(node, 'requirements.txt'));
  }
}

// --- processes

const alive = new Set();

function kill(child) {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** A process whose lines can be awaited one by one; one that fails ends the run. */
class Process {
  constructor(program, args, env = {}) {
    this.child = spawn(program, args, {
      env: { ...process.env, ESIK_PEERS: PEERS, ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
      // A group of its own: bench-herd has a server too, which must not stay behind.
      detached: true,
    });
    alive.add(this.child);
    this.ended = new Promise((done) => {
      this.child.once('close', done);
    });
    this.child.once('error', (error) => stop(`${program}: ${error.message}`));
    this.child.once('exit', (code) => {
      if (alive.delete(this.child) && code !== 0) stop(`${program} ${args[0]} ended with ${code}`);
    });
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  say(line) {
    this.child.stdin.write(`${line}\n`);
  }

  async hear() {
    const { value, done } = await this.lines.next();
    // Why is what the process said on stderr.
    if (done) stop(`${this.child.spawnargs.slice(0, 3).join(' ')} ended too soon`);
    return JSON.parse(value);
  }

  /** Seconds of processor time, user and system, of all its threads. */
  cpu() {
    const stat = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  }

  /** The peak counts from here on: how the clients were set up is not compared. */
  forgetPeak() {
    writeFileSync(`/proc/${this.child.pid}/clear_refs`, '5');
  }

  peakMib() {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+)/.exec(status)[1]) / 1024;
  }

  async end() {
    alive.delete(this.child);
    kill(this.child);
    await this.ended;
  }
}

const TICKS = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** What the servers write lies where bench-herd's region lies; what clients keep is in memory, as its desks are. */
let folder;
let memory;

function clear() {
  for (const dir of [folder, memory]) {
    if (dir) rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

function stop(why) {
  for (const child of alive) kill(child);
  clear();
  console.error(why);
  process.exit(1);
}

// --- the events

const WORDS =
  'заявитель сообщил что во дворе дома нет освещения соседи шумят ночью после двадцати трёх часов труба течёт в подвале вода стоит акимат обещал ответить письмом участковый был вчера просит проверить выдать справку жылу жоқ балалар үйде көше жарығы сөнген'.split(
    ' ',
  );

/** Random text of so many letters. */
function words(letters) {
  let text = '';
  while (text.length < letters) text += `${WORDS[Math.floor(Math.random() * WORDS.length)]} `;
  return text.slice(0, letters);
}

/** The six events of a case, by their kinds and what each says; 585 bytes on the mean with hash and signature. */
const KINDS = [
  ['visit_noted', () => ({ channel: 'front_office', language: 'ru', minutes: 7 })],
  ['case_opened', () => ({ number: '26-000123', narrative: words(100 + Math.random() * 300) })],
  ['issue_added', () => ({ issue_id: id(), category: 'ZKH-01' })],
  [
    'party_added',
    () => ({ party_id: id(), surname: words(9), given: words(7), phone: '+77010000000' }),
  ],
  ['referral_drafted', () => ({ referral_id: id(), agency: 'E-HEA', text: words(60) })],
  ['referral_sent', () => ({ referral_id: id() })],
];

let grown = Date.now() * 16;

/** Ids that grow, as version 7 of the UUID. */
function id() {
  grown += 1;
  const [time, chance] = [grown.toString(16).padStart(12, '0'), randomBytes(10).toString('hex')];
  return [
    time.slice(0, 8),
    time.slice(8, 12),
    `7${chance.slice(0, 3)}`,
    `8${chance.slice(3, 6)}`,
    chance.slice(6, 18),
  ].join('-');
}

function events(file) {
  const lines = [];
  for (let n = 0; n < clients; n += 1) {
    const device_id = id();
    let case_id = '';
    for (let seq = 0; seq < EVENTS; seq += 1) {
      const [kind, body] = KINDS[seq % KINDS.length];
      if (seq % KINDS.length === 0) case_id = id();
      lines.push(
        JSON.stringify({
          id: id(),
          case_id,
          device_id,
          device_seq: seq + 1,
          station_id: '01',
          kind,
          occurred_at: new Date().toISOString(),
          body: body(),
          prev: randomBytes(32).toString('hex'),
          sig: randomBytes(64).toString('base64'),
        }),
      );
    }
  }
  const text = `${lines.join('\n')}\n`;
  writeFileSync(file, text);
  return Buffer.byteLength(text) / lines.length;
}

// --- those that are compared

const pouch = (bare) => ({
  async serve(dir) {
    const server = new Process(process.execPath, [join(HERE, 'pouch.mjs'), 'serve', dir]);
    const { port } = await server.hear();
    return { server, url: `http://127.0.0.1:${port}` };
  },
  work: (job) =>
    new Process(process.execPath, [
      join(HERE, 'pouch.mjs'),
      'work',
      JSON.stringify({ ...job, bare }),
    ]),
});

/** A port of the loopback that nobody has: Anki's server does not tell the one it was given. */
async function freePort() {
  const server = createServer();
  await new Promise((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  const { port } = server.address();
  await new Promise((done) => {
    server.close(done);
  });
  return port;
}

function answers(port) {
  return new Promise((done) => {
    const line = createConnection(port, '127.0.0.1');
    line.once('connect', () => {
      line.destroy();
      done(true);
    });
    line.once('error', () => done(false));
  });
}

const anki = {
  async serve(dir) {
    const port = await freePort();
    const env = {
      SYNC_BASE: dir,
      SYNC_HOST: '127.0.0.1',
      SYNC_PORT: String(port),
      RUST_LOG: 'error',
    };
    for (let n = 0; n < clients; n += 1) env[`SYNC_USER${n + 1}`] = `client${n}:bench`;
    const server = new Process(PYTHON, ['-m', 'anki.syncserver'], env);
    while (!(await answers(port))) await pause(50);
    return { server, url: `http://127.0.0.1:${port}/` };
  },
  work: (job) => new Process(PYTHON, [join(HERE, 'anki_herd.py'), JSON.stringify(job)]),
};

const OTHERS = { PouchDB: pouch(false), 'PouchDB, bare client': pouch(true), Anki: anki };

/** One round of one of them: all push at once, then all pull what another pushed. */
async function round(peer, file) {
  const { server, url } = await peer.serve(join(folder, 'server'));
  const each = Math.ceil(clients / workers);
  const hands = [];
  for (let first = 0; first < clients; first += each) {
    const end = Math.min(first + each, clients);
    hands.push(
      peer.work({ url, folder: join(memory, 'clients'), events: file, clients, first, end }),
    );
  }
  await Promise.all(hands.map((hand) => hand.hear()));
  const used = () => hands.reduce((sum, hand) => sum + hand.cpu(), 0);
  const phase = async (name) => {
    const [served, worked, start] = [server.cpu(), used(), performance.now()];
    for (const hand of hands) hand.say(name);
    const told = await Promise.all(hands.map((hand) => hand.hear()));
    const seconds = (performance.now() - start) / 1e3;
    const ms = told.flatMap((t) => t.ms);
    return { seconds, server: server.cpu() - served, clients: used() - worked, ms };
  };
  server.forgetPeak();
  const push = await phase('push');
  const pull = await phase('pull');
  const peak = server.peakMib();
  for (const one of [...hands, server]) await one.end();
  const count = clients * EVENTS;
  const micros = (seconds) => (seconds * 1e6) / count;
  return {
    'events per second, push': count / push.seconds,
    'events per second, push + pull': count / (push.seconds + pull.seconds),
    'push, ms p50': percentile(push.ms, 50),
    'slowest client, ms': Math.max(...push.ms),
    'server CPU µs per event, push': micros(push.server),
    'server CPU µs per event, push + pull': micros(push.server + pull.server),
    'clients CPU µs per event, push': micros(push.clients),
    'clients CPU µs per event, push + pull': micros(push.clients + pull.clients),
    'cores busy during push: server': push.server / push.seconds,
    'cores busy during push: clients': push.clients / push.seconds,
    'server peak RSS, MiB': peak,
  };
}

/** One round of bench-herd; of its rows those that the others have too. */
async function esik(herd) {
  const args = ['push', '--clients', asked.clients, '--rounds', '1'];
  const bench = new Process(resolve(herd), args, { TMPDIR: folder });
  const rows = Object.entries((await bench.hear()).rows);
  await bench.end();
  const of = (name) => rows.find(([key]) => key.startsWith(`${clients} desks: ${name}`))[1];
  return {
    'events per second, push': of('events per second, push'),
    'push, ms p50': of('push, ms p50'),
    'slowest client, ms': of('slowest desk, ms'),
    'server CPU µs per event, push + pull': of('server CPU µs per event, push + pull'),
    'server peak RSS, MiB': of('server peak RSS, MiB'),
  };
}

// --- the report, as the other benches tell theirs

function percentile(values, p) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.round((p / 100) * (sorted.length - 1))];
}

const median = (values) => percentile(values, 50);

function machine() {
  return `${cpus().length} × ${cpus()[0].model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
}

function tell(rows) {
  const load = loadavg()
    .map((n) => n.toFixed(2))
    .join(' ');
  console.error(`\nherd: peers – ${machine()}`);
  const shown = Object.fromEntries(
    // Four digits are more than a shared machine knows.
    Object.entries(rows).map(([name, value]) => [name, Number(value.toPrecision(4))]),
  );
  for (const [name, value] of Object.entries(shown)) {
    console.error(`  ${name.padEnd(68)} ${String(value).padStart(10)}`);
  }
  console.log(JSON.stringify({ bench: 'herd: peers', machine: machine(), load, rows: shown }));
}

const deadline = setTimeout(() => stop(`not done in ${MINUTES_MAX} minutes`), MINUTES_MAX * 60_000);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => stop('stopped'));
process.once('uncaughtException', (error) => stop(error.stack));

install();
folder = mkdtempSync(join(tmpdir(), 'esik-peers-'));
memory = mkdtempSync(join('/dev/shm', 'esik-peers-'));
const file = join(folder, 'events');
const rows = { 'bytes of an event': events(file), 'events pushed per round': clients * EVENTS };
const outcomes = {};
for (let n = 0; n < Number(asked.rounds); n += 1) {
  // Interleaved: what disturbs the machine disturbs all of them.
  const note = (name, outcome) => {
    outcomes[name] = [...(outcomes[name] ?? []), outcome];
    console.error(
      `round ${n + 1}, ${name}: ${Math.round(outcome['events per second, push'])} events/s`,
    );
  };
  if (asked.herd) note('Esik', await esik(asked.herd));
  for (const [name, peer] of Object.entries(OTHERS)) {
    note(name, await round(peer, file));
    rmSync(join(folder, 'server'), { recursive: true, maxRetries: 5 });
    rmSync(join(memory, 'clients'), { recursive: true, force: true, maxRetries: 5 });
  }
}
for (const [name, all] of Object.entries(outcomes)) {
  for (const row of Object.keys(all[0])) {
    rows[`${name}: ${row}`] = median(all.map((o) => o[row]));
  }
}
for (const name of asked.herd ? Object.keys(OTHERS) : []) {
  const ratio = (f) => median(outcomes[name].map((o, n) => f(outcomes.Esik[n], o)));
  const [speed, cpu] = ['events per second, push', 'server CPU µs per event, push + pull'];
  const target = name === 'Anki' ? 6 : 20;
  rows[`Esik / ${name}, events per second, push (P3 ≥ ${target})`] = ratio(
    (e, o) => e[speed] / o[speed],
  );
  rows[`${name} / Esik, server CPU per event, push + pull`] = ratio((e, o) => o[cpu] / e[cpu]);
}
clear();
clearTimeout(deadline);
tell(rows);
