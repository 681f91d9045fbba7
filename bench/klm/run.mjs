// Takes people down with a counting hand, an officer's place by another, and what is late in hand; prints a table.
//
// node run.mjs PLAN: {"url", "late", "password", "first", "other", "write"?, "shots"?}. Exit code 1 when a count
// is above the tracked one, or an intake above its limit.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Hand, SECONDS } from './hand.mjs';
import { LATE, SCENARIOS } from './scenarios.mjs';

const plan = JSON.parse(process.argv[2]);
const require = createRequire(new URL('../../ui/package.json', import.meta.url));
const { chromium } = require('playwright-core');
const TRACKED = new URL('tracked.json', import.meta.url);
const DOC = new URL('../../docs/measurements.md', import.meta.url);

/** Seconds of the officer's time beyond the telling: a full intake with a referral. */
const FULL_MAX = 60;
/** Seconds of an officer switch, the program's own two at most included. */
const SWITCH_MAX = 10;
const PROGRAM_MAX = 2;

const browser = await chromium.launch({
  executablePath: process.env.ESIK_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--headless=new', '--disable-gpu', '--disable-dev-shm-usage'],
});
const context = await browser.newContext({
  viewport: { width: 1280, height: 800 },
  locale: 'ru',
  reducedMotion: 'reduce',
});

/** A window on a desk, before anybody signs in. */
async function open(url) {
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  await page.goto(url);
  await page.waitForSelector('#main');
  return page;
}

const rpc = (page) => (cmd, args) =>
  page.evaluate(
    async ([cmd, args]) => {
      const response = await fetch('/rpc', {
        method: 'POST',
        headers: {
          authorization: `Bearer ${sessionStorage.getItem('esik-token')}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify({ cmd, args }),
      });
      return (await response.json()).ok;
    },
    [cmd, args],
  );

async function signIn(page) {
  await page.waitForSelector('input[type="password"]');
  await page.keyboard.type(plan.password);
  await page.keyboard.press('Enter');
  await page.waitForSelector('nav.rail');
}

/** Lock, the other officer's tile, his password: whoever was there finds his draft again. */
async function officerSwitch(hand) {
  const { page } = hand;
  await hand.act('Control+n');
  await hand.sees(page.locator('#trouble'));
  await hand.along('начатое посещение');
  const before = hand.result();
  await hand.act('Control+l');
  await page.waitForSelector('.tiles');
  await hand.act('Alt+2');
  await page.locator('.tile[aria-pressed="true"]', { hasText: plan.other }).waitFor();
  await hand.goOn(plan.password);
  await hand.press('Enter');
  await page.waitForSelector('nav.rail');
  const after = hand.result();
  return Object.fromEntries(
    Object.entries(after).map(([op, n]) => [op, Math.round((n - before[op]) * 10) / 10]),
  );
}

const rows = [];
const faults = [];

/** Every scenario from the reception on; what stops is a fault, and the next begins anew. */
async function take(page, scenarios) {
  for (const scenario of scenarios) {
    await page.evaluate(() => {
      window.location.hash = '#/reception';
    });
    await page.waitForSelector('#main .home');
    await scenario.before?.(rpc(page));
    const hand = new Hand(page);
    try {
      await scenario.run(hand);
    } catch (error) {
      faults.push(`${scenario.name}: ${String(error.message).split('\n')[0]}`);
      if (plan.shots) await page.screenshot({ path: `${plan.shots}/klm-stopped.png` });
      await page.reload();
      await page.waitForSelector('nav.rail');
      continue;
    }
    const done = hand.result();
    rows.push({ name: scenario.name, ...done });
    if (scenario.full && done.seconds > FULL_MAX) {
      faults.push(`${scenario.name}: ${done.seconds} s, more than ${FULL_MAX}`);
    }
  }
}

const page = await open(plan.url);
await rpc(page)('settings_set', { language: 'ru' });
await page.reload();
await page.waitForSelector('.tile');
await page.locator('.tile', { hasText: plan.first }).click();
await signIn(page);
await take(page, SCENARIOS);
const change = await officerSwitch(new Hand(page));
rows.push({ name: 'Another officer takes the place (lock, name, password)', ...change });
if (change.seconds > SWITCH_MAX - PROGRAM_MAX) {
  faults.push(`officer switch: ${change.seconds} s without the program's own ${PROGRAM_MAX}`);
}
const late = await open(plan.late);
await rpc(late)('settings_set', { language: 'ru' });
await late.reload();
await signIn(late);
await take(late, LATE);
await browser.close();

const HEAD = ['who comes', 'keys', 'pointer', 'clicks', 'homing', 'decisions', 'seconds', 'keys of the telling'];
const cells = rows.map((r) => [r.name, r.K, r.P, r.B, r.H, r.M, r.seconds.toFixed(1), r.told]);
const table = [HEAD, HEAD.map((_, i) => (i === 0 ? '---' : '---:')), ...cells]
  .map((row) => `| ${row.join(' | ')} |`)
  .join('\n');
console.log(table);

if (plan.write) {
  writeFileSync(TRACKED, `${JSON.stringify(rows, null, 2)}\n`);
  const doc = readFileSync(DOC, 'utf8');
  writeFileSync(DOC, doc.replace(/(<!-- klm -->\n)[\s\S]*?(<!-- \/klm -->)/, `$1${table}\n$2`));
} else {
  const tracked = new Map(JSON.parse(readFileSync(TRACKED, 'utf8')).map((r) => [r.name, r]));
  for (const row of rows) {
    const known = tracked.get(row.name);
    if (!known) faults.push(`${row.name}: not tracked`);
    for (const op of Object.keys(SECONDS)) {
      if (known && row[op] > known[op]) faults.push(`${row.name}: ${op} ${row[op]}, was ${known[op]}`);
    }
  }
  if (!readFileSync(DOC, 'utf8').includes(table)) faults.push('docs/measurements.md has another table');
}
for (const fault of faults) console.error(fault);
process.exit(faults.length > 0 ? 1 : 0);
