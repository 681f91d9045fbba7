// Drives Chromium through the pages of the region – its clerks', its operator's and the applicant's – with keys alone, and tells what it
// found; exit code 1 if anything. The pages are plain forms: nothing here waits for a script.
import { createRequire } from 'node:module';
import { barriers, cutOrPushedOut, foreignLetters } from './checks.mjs';

const plan = JSON.parse(process.argv[2]);
const require = createRequire(new URL('../../ui/package.json', import.meta.url));
const { chromium } = require('playwright-core');
const AXE = require.resolve('axe-core/axe.min.js');
const ZOOM = { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 };
/** Names of desks and of the program's version, and the browser's own words at a file: not texts of the page. */
const TYPED = [plan.device, plan.epoch, '0.1.0', 'No file chosen', 'Choose File', plan.coupon.number.toLowerCase(), plan.coupon.code, 'ZZZZ 2222', 'English'];

const findings = [];
let at = '';
let shots = 0;

function claim(so, text) {
  if (!so) findings.push(`${at}: ${text}`);
}

const browser = await chromium.launch({
  executablePath: process.env.ESIK_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--headless=new', '--disable-gpu', '--disable-dev-shm-usage'],
});

async function open(options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    ignoreHTTPSErrors: true,
    // Policy forbids scripts there; axe is one. That it does is looked at first, in a context of its own.
    bypassCSP: true,
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  page.on('request', (request) => {
    const to = request.url();
    claim(to.startsWith(plan.url) || to.startsWith('data:'), `asked ${to}`);
  });
  return { page, context, cdp: await context.newCDPSession(page), zoomed: options === ZOOM };
}

async function look(desk, name, lang) {
  const before = at;
  at = `${name}, ${lang}${desk.zoomed ? ', 200 %' : ''}`;
  claim((await desk.page.evaluate(() => document.documentElement.lang)) === lang, 'the page is in another language');
  claim((await desk.page.locator('h1').count()) === 1, 'no heading');
  if (desk.zoomed) {
    // A table scrolls within its own frame, which a key reaches; the page never does.
    const out = await cutOrPushedOut(desk.page);
    const table = await desk.page.locator('.scroll[tabindex="0"] table').count();
    for (const line of out) {
      claim(table > 0 && /^(scrolls sideways: div\.card\.scroll|past the right edge: )/.test(line), line);
    }
  } else {
    await desk.page.evaluate(axe);
    for (const line of [
      ...(await barriers(desk.page)),
      ...(await foreignLetters(desk.page, desk.cdp, TYPED)),
    ]) {
      claim(false, line);
    }
  }
  if (plan.shots) {
    shots += 1;
    const file = `region-${String(shots).padStart(2, '0')}-${name}-${lang}${desk.zoomed ? '-200' : ''}.png`;
    await desk.page.screenshot({ path: `${plan.shots}/${file.replaceAll(' ', '_')}`, fullPage: true });
  }
  at = before;
}

/** Tab until the focus is on what fits; a hundred steps are enough for any page. */
async function tabTo(page, selector) {
  for (let step = 0; step < 100; step += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate((s) => document.activeElement?.matches(s) ?? false, selector)) return;
  }
  throw new Error(`the Tab key does not come to ${selector}`);
}

/** Enter on what has the focus, and the page that follows. */
async function enter(page) {
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
}

async function speak(page, lang) {
  if ((await page.evaluate(() => document.documentElement.lang)) === lang) return;
  await tabTo(page, 'footer a, footer button');
  await enter(page);
}

async function signIn(desk, login, lang) {
  const { page } = desk;
  await page.goto(`${plan.url}/portal/sign-in`);
  await speak(page, lang);
  await look(desk, 'portal sign-in', lang);
  await tabTo(page, '#login');
  await page.keyboard.type(login);
  await page.keyboard.press('Tab');
  await page.keyboard.type(plan.password);
  await enter(page);
}

/** A clerk: the list, a request, an incoming number, an answer that is refused and stays typed. */
async function clerk(desk, lang, first) {
  const { page } = desk;
  await signIn(desk, plan.clerk, lang);
  await look(desk, 'portal list', lang);
  if ((await page.locator('tbody a').count()) === 0) {
    // In an earlier pass it was registered: it stands in the next list.
    await tabTo(page, '.tabs a:not([aria-current])');
    await enter(page);
  }
  await tabTo(page, 'tbody a');
  await enter(page);
  await look(desk, 'portal request', lang);
  if (first) {
    await tabTo(page, '#incoming_number');
    await page.keyboard.type('1-17/404');
    await page.keyboard.press('Tab');
    await enter(page);
    claim((await page.locator('[role="status"]').count()) === 1, 'nothing says that it was registered');
  }
  await tabTo(page, '#reason');
  await page.keyboard.type('Бұл үй басқа кәсіпорынның желісінде');
  await page.keyboard.press('Tab');
  await enter(page);
  claim((await page.locator('[role="alert"]').count()) === 1, 'a refusal without its kind is not stopped');
  claim((await page.inputValue('#reason')) !== '', 'what was typed is gone');
  await look(desk, 'portal request, a fault', lang);
  await page.context().clearCookies();
}

/** An operator: the stations, what was set aside, a decision without and with its reason. */
async function operator(desk, lang, last) {
  const { page } = desk;
  await signIn(desk, plan.operator, lang);
  claim(page.url().endsWith('/region'), 'an operator does not begin with the stations');
  await look(desk, 'region stations', lang);
  await tabTo(page, '.tabs a:not([aria-current])');
  await enter(page);
  await look(desk, 'region aside', lang);
  await tabTo(page, 'button[value="left"]');
  await enter(page);
  claim((await page.locator('[role="alert"]').count()) === 1, 'a decision without a word is not stopped');
  await look(desk, 'region aside, a fault', lang);
  if (last) {
    await tabTo(page, 'textarea');
    await page.keyboard.type('Ол бұдан былай бізде істемейді');
    await tabTo(page, 'button[value="left"]');
    await enter(page);
    claim((await page.locator('.note.ok[role="status"]').count()) === 1, 'nothing says that it was decided');
    await look(desk, 'region aside, decided', lang);
  }
  await page.context().clearCookies();
}

/** A person with a coupon: a code that is wrong, the language changed over what was typed, the right code, how it is. */
async function applicant(desk, lang) {
  const { page } = desk;
  const other = lang === 'kk' ? 'ru' : 'kk';
  await page.goto(`${plan.url}/s?lang=${other}`);
  await tabTo(page, `.tongues [lang="${lang}"]`);
  await enter(page);
  await look(desk, 'status form', lang);
  await tabTo(page, '#number');
  await page.keyboard.type(plan.coupon.number.toLowerCase());
  await page.keyboard.press('Tab');
  await page.keyboard.type('ZZZZ 2222');
  await enter(page);
  claim((await page.locator('[role="alert"] li').count()) === 3, 'nothing says what to do about a wrong code');
  await look(desk, 'status, nothing found', lang);
  await tabTo(page, `.tongues [value="${other}"]`);
  await enter(page);
  claim((await page.inputValue('#number')) !== '', 'another language loses what was typed');
  await tabTo(page, `.tongues [value="${lang}"]`);
  await enter(page);
  await tabTo(page, '#code');
  await page.keyboard.press('Control+a');
  // Enter in a field shows the case; the buttons of the languages stand before it.
  await page.keyboard.type(plan.coupon.code);
  await enter(page);
  claim((await page.locator('.state').count()) === 1, 'the right code shows nothing');
  claim((await page.locator('h1 .number').textContent()) === plan.coupon.number, 'it is another case');
  await look(desk, 'status', lang);
  await tabTo(page, `.tongues [value="${other}"]`);
  await enter(page);
  claim((await page.locator('.state').count()) === 1, 'another language loses the case');
}

/** The same person says how it is: nothing chosen, another language over what is typed, a word, and pressed again. */
async function word(desk, lang, text) {
  const { page } = desk;
  const other = lang === 'kk' ? 'ru' : 'kk';
  await page.goto(`${plan.url}/s?lang=${lang}`);
  await tabTo(page, '#number');
  await page.keyboard.type(plan.over.number);
  await page.keyboard.press('Tab');
  await page.keyboard.type(plan.over.code);
  await enter(page);
  await tabTo(page, '#say .btn');
  await enter(page);
  claim((await page.locator('[role="alert"]').count()) === 1, 'an empty form is taken');
  claim((await page.locator('#text[aria-invalid]').count()) === 1, 'the field does not tell what is wrong');
  await look(desk, 'status, an empty word', lang);
  await tabTo(page, '#word-solved');
  await page.keyboard.press('ArrowDown');
  claim(await page.isChecked('#word-not_solved'), 'arrows do not choose');
  await tabTo(page, '#star-1');
  await page.keyboard.press('Space');
  await tabTo(page, '#text');
  await page.keyboard.type(text);
  await tabTo(page, `.tongues [value="${other}"]`);
  await enter(page);
  claim((await page.inputValue('#text')) === text, 'another language loses what was typed');
  await tabTo(page, `.tongues [value="${lang}"]`);
  await enter(page);
  await tabTo(page, '#text');
  await page.keyboard.press('Tab');
  await enter(page);
  claim((await page.locator('.note.ok[role="status"]').count()) === 1, 'nothing says that it was written down');
  claim((await page.locator('#say .note').count()) === 1, 'the page does not tell what was said');
  claim((await page.inputValue('#text')) === '', 'what was sent stays in the form');
  await look(desk, 'status, a word', lang);
}

/** The pages themselves run no script, whoever puts one there. */
async function noScript() {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const page = await context.newPage();
  await page.goto(`${plan.url}/portal/sign-in`);
  await page.evaluate(() => {
    const planted = document.createElement('script');
    planted.textContent = 'window.ran = true';
    document.body.append(planted);
  });
  claim((await page.evaluate(() => window.ran)) !== true, 'a planted script ran');
  await context.close();
}

const { readFileSync } = await import('node:fs');
const axe = readFileSync(AXE, 'utf8');

const passes = [
  ['kk', undefined],
  ['ru', undefined],
  ['kk', ZOOM],
  ['ru', ZOOM],
];
/** The applicant's page alone: a small telephone, by night too. */
const SMALL = [
  ['kk', { viewport: { width: 360, height: 640 } }],
  ['ru', { viewport: { width: 320, height: 568 }, colorScheme: 'dark' }],
];
try {
  at = 'no script';
  await noScript();
  for (const [n, [lang, options]] of passes.entries()) {
    at = `clerk, ${lang}`;
    const desk = await open(options);
    await clerk(desk, lang, n === 0);
    at = `operator, ${lang}`;
    await operator(desk, lang, n === passes.length - 1);
    at = `applicant, ${lang}`;
    await applicant(desk, lang);
    at = `applicant's word, ${lang}`;
    await word(desk, lang, `Үй әлі суық, ${n + 1}`);
    await desk.context.close();
  }
  for (const [lang, options] of SMALL) {
    at = `applicant on a small telephone, ${lang}`;
    const desk = await open(options);
    await applicant(desk, lang);
    await word(desk, lang, `Су жоқ, ${lang}`);
    claim((await desk.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0, 'the page scrolls sideways');
    await desk.context.close();
  }
} catch (error) {
  claim(false, `stopped: ${String(error.stack ?? error).slice(0, 600)}`);
}
await browser.close();
for (const line of [...new Set(findings)]) console.error(line);
process.exit(findings.length > 0 ? 1 : 0);
