// Drives Chromium through every screen of the window and tells what it found; exit code 1 if anything.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { barriers, cutOrPushedOut, foreignLetters, frameMoves } from './checks.mjs';

const plan = JSON.parse(process.argv[2]);
const require = createRequire(new URL('../../ui/package.json', import.meta.url));
const { chromium } = require('playwright-core');
const AXE = require.resolve('axe-core/axe.min.js');

// A busy machine is waited for: only what never comes is a finding.
const PATIENCE = 60_000;
const findings = [];
let at = '';

function found(...texts) {
  for (const text of texts) findings.push(`${at}: ${text}`);
}

function claim(so, text) {
  if (!so) found(text);
}

const browser = await chromium.launch({
  executablePath: process.env.ESIK_CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--headless=new',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
  ],
});

/** A window on a desk; everything suspicious it does is a finding. */
async function open(url, lang, options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: lang,
    colorScheme: 'light',
    reducedMotion: 'reduce',
    ...options,
  });
  await context.addInitScript({ path: AXE });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const origin = new URL(url).origin;
  page.on('pageerror', (error) => found(`error in the page: ${error.message}`));
  page.on('dialog', (dialog) => {
    found(`a dialog opened: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    const to = request.url();
    if (!to.startsWith(origin) && !to.startsWith('data:')) found(`asked ${to}`);
  });
  const cdp = await context.newCDPSession(page);
  await page.goto(url);
  await page.waitForSelector('#main');
  if (await page.locator('nav.rail').count()) {
    // A part that stopped in the middle left the desk open.
    await command(page, 'session_lock', {});
    await page.reload();
  }
  return { page, cdp, context, lang, url: origin };
}

/** A command to the core, past the screen: only to prepare, never to check. */
function command(page, cmd, args) {
  return page.evaluate(
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
}

/** Nothing moves any more: what was asked is answered. */
async function quiet(page) {
  await page.waitForLoadState('load');
  await page.waitForFunction(() => !document.querySelector('[aria-busy="true"]'));
  await page.waitForTimeout(700);
}

let shots = 0;

/** Every check of one screen. */
async function look(desk, screen, how) {
  const { page, cdp, lang } = desk;
  await quiet(page);
  const before = at;
  at = `${screen}, ${lang}${how.zoomed ? ', 200 %' : ''}`;
  if (how.zoomed) {
    found(...(await cutOrPushedOut(page)));
  } else {
    found(...(await barriers(page)));
    found(...(await frameMoves(page)));
    if (lang !== 'en') found(...(await foreignLetters(page, cdp, how.typed)));
  }
  if (plan.shots) {
    shots += 1;
    const name = `${String(shots).padStart(2, '0')}-${screen}-${lang}${how.zoomed ? '-200' : ''}`;
    await page.screenshot({ path: `${plan.shots}/${name.replaceAll(' ', '_')}.png` });
  }
  at = before;
}

const catalogues = new Map();

/** What the screen says for a message, from the catalogue of its language. */
function say(lang, id) {
  if (!catalogues.has(lang)) {
    const folder = new URL(`../../ui/src/i18n/${lang}/`, import.meta.url);
    const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
    const texts = files.map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')));
    catalogues.set(lang, Object.assign({}, ...texts));
  }
  const text = catalogues.get(lang)[id];
  if (text === undefined) throw new Error(`no message ${id} in ${lang}`);
  return text;
}

/** The button that says this message, within a part of the screen. */
function button(desk, where, id) {
  return desk.page.locator(where).getByRole('button', { name: say(desk.lang, id) }).first();
}

/** Signs the only officer in with keys alone: the password has the focus. */
async function signIn(page) {
  await page.waitForSelector('input[type="password"]');
  await page.waitForFunction(() => document.activeElement?.type === 'password');
  await page.keyboard.type(plan.password);
  await page.keyboard.press('Enter');
  await page.waitForSelector('nav.rail');
}

/** F2 goes round the languages, at the door too. */
async function signInLanguage(page, lang) {
  for (let turn = 0; turn < 3; turn += 1) {
    const now = await page.evaluate(() => document.documentElement.lang);
    if (now.startsWith(lang)) return;
    const load = page.waitForEvent('load');
    await page.keyboard.press('F2');
    await load;
    await page.waitForFunction((l) => document.documentElement.lang !== l && document.querySelector('#main'), now);
    await page.waitForTimeout(300);
  }
  found(`F2 does not come to ${lang}`);
}

async function saved(page) {
  await page.waitForTimeout(400);
  await page.locator('#trouble').blur();
  await page.waitForTimeout(1500);
}

/** The checks themselves: each must find what is planted for it. */
async function theChecksAreAwake() {
  at = 'planted';
  const desk = await open(plan.fresh, 'ru', {
    viewport: { width: 640, height: 400 },
    deviceScaleFactor: 2,
  });
  await quiet(desk.page);
  await desk.page.evaluate(() => {
    const planted = document.createElement('div');
    planted.innerHTML =
      '<button></button><p>Planted words</p><p>H7PA-SH22-NMTB-W066</p><p style="width:900px">Планка шире окна</p>' +
      '<p style="width:40px;overflow:hidden;white-space:nowrap">Отрезанные слова</p>';
    document.getElementById('main').append(planted);
  });
  const heard = [
    ...(await barriers(desk.page)),
    ...(await foreignLetters(desk.page, desk.cdp)),
    ...(await cutOrPushedOut(desk.page)),
  ];
  for (const sign of ['button-name', 'Planted words', 'sideways', 'cut at the side']) {
    claim(
      heard.some((line) => line.includes(sign)),
      `a planted mistake was not noticed: ${sign}`,
    );
  }
  // A code may begin with a letter and a figure; it was taken for a key once, by chance of the letters.
  claim(
    !heard.some((line) => line.includes('H7PA')),
    'a code that people compare was called a foreign word',
  );
  await desk.context.close();
}

/** The first step of the first run asks for the language. */
async function chooseLanguage(page, lang) {
  await page.locator('[role="radiogroup"] label').nth(['kk', 'ru', 'en'].indexOf(lang)).click();
  await page.waitForFunction((l) => document.documentElement.lang.startsWith(l), lang);
}

async function firstRun() {
  for (const lang of ['kk', 'ru', 'en']) {
    const desk = await open(plan.fresh, lang);
    at = `first run, ${lang}`;
    await chooseLanguage(desk.page, lang);
    claim(
      (await desk.page.evaluate(() => document.documentElement.lang)).startsWith(lang),
      'the page does not say its language',
    );
    await look(desk, 'first run', { typed: ['0.1.0', 'English'] });
    await desk.context.close();
    if (lang === 'en') continue;
    const narrow = await open(plan.fresh, lang, ZOOM);
    await chooseLanguage(narrow.page, lang);
    await look(narrow, 'first run', { zoomed: true });
    await narrow.context.close();
  }
}

const ZOOM = { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 };

/** Writes what one officer would write, so that every part of the intake is open. */
async function fill(page) {
  await page.fill('#trouble', 'Второй день нет отопления, дома грудной ребёнок');
  await page.waitForTimeout(800);
  // Alt+Enter takes the first suggestion, a digit outside the text opens an outcome.
  await page.keyboard.press('Alt+Enter');
  await page.waitForTimeout(400);
  await page.evaluate(() => document.activeElement?.blur());
  // Referral, task and “not known yet” beside the advice: the form is at its longest.
  for (const digit of ['2', '3', '6']) {
    await page.keyboard.press(digit);
    await page.evaluate(() => document.activeElement?.blur());
  }
  await page.waitForTimeout(600);
}

async function screens(lang, options, how) {
  const desk = await open(plan.busy, lang, options);
  const { page } = desk;
  await quiet(page);
  await signInLanguage(page, lang);
  await look(desk, 'sign-in', how);
  await signIn(page);
  const spoken = await page.evaluate(() => document.documentElement.lang);
  claim(spoken.startsWith(lang), `speaks ${spoken} after sign-in`);
  const go = async (hash, sign) => {
    await page.evaluate((to) => {
      window.location.hash = to;
    }, hash);
    await page.waitForSelector(sign);
    await quiet(page);
  };
  await go('#/reception', '#main .home');
  await look(desk, 'reception', how);

  await go('#/hall', '.hall form');
  await page.fill('.hall form input', 'Пахнет газом, дома грудной ребёнок');
  await page.waitForTimeout(600);
  await page.keyboard.press('Control+Enter');
  await page.waitForSelector('.hall-given');
  await look(desk, 'hall', how);

  const empty = await command(page, 'draft_open', {});
  await go(`#/intake/${empty.id}`, '#trouble');
  await look(desk, 'intake, empty', how);
  await fill(page);
  await look(desk, 'intake, filled', how);
  await command(page, 'draft_discard', { id: empty.id });

  await go(`#/case/${plan.case}`, 'h1');
  await look(desk, 'case', how);
  await page.keyboard.press('Alt+c');
  await page.waitForSelector('.correct-party');
  await look(desk, 'case, corrections', how);
  await page.keyboard.press('Escape');
  for (const [name, where, text] of [
    ['controller', '.controller', 'case.controller.change'],
    ['withdraw', '.referral', 'withdraw.act'],
    ['refer', '.case-acts', 'case.referrals.add'],
    ['plan', '.case-acts', 'plan.begin'],
    ['member', '.case-acts', 'plan.member_add'],
    ['redirect', '.case-acts', 'redirect.act'],
    ['extension', '.case-acts', 'terms.extend'],
    ['close', '.case-acts', 'case.act.close'],
  ]) {
    await page.waitForSelector('[role="dialog"]', { state: 'detached' });
    await button(desk, where, text).click();
    await page.waitForSelector('[role="dialog"]');
    await look(desk, `case, ${name}`, how);
    await page.keyboard.press('Escape');
    if (await page.locator('[role="dialog"]').count()) await page.keyboard.press('Escape');
  }
  await page.locator('.papers .row .btn').first().click();
  await page.waitForSelector('.pages img');
  await look(desk, 'paper', how);
  await page.keyboard.press('Escape');
  await go('#/control', '[role="grid"] [data-index]');
  await look(desk, 'control', how);
  await page.keyboard.press('f');
  await page.waitForSelector('[role="dialog"] input');
  await look(desk, 'control, filter', how);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.waitForSelector('[role="dialog"]', { state: 'detached' });
  await page.keyboard.press('m');
  await page.waitForSelector('.only-chips');
  await look(desk, 'control, mine', how);
  await page.keyboard.press('m');
  await page.locator('.control-tools .register').click();
  await page.waitForSelector('[role="dialog"] input');
  await look(desk, 'register', how);
  await page.locator('.dialog-foot .pri').click();
  await page.waitForSelector('.pages img');
  await look(desk, 'register, its paper', how);
  await page.keyboard.press('Escape');
  await go('#/settings', 'h1');
  await look(desk, 'settings', how);
  await beat(desk, how);
  await shift(desk, how);

  await page.keyboard.press('Alt+5');
  await page.waitForSelector('.entry');
  await look(desk, 'knowledge', how);
  await page.locator('.entry summary').first().click();
  await look(desk, 'knowledge, a card', how);
  await practice(desk, how);

  await page.keyboard.press('Control+k');
  await page.waitForSelector('[role="dialog"] input');
  await look(desk, 'search, empty', how);
  await page.keyboard.type('Ауэзов');
  await page.waitForTimeout(600);
  await look(desk, 'search, found', how);
  await page.keyboard.press('Escape');
  await page.keyboard.press('F1');
  await page.waitForSelector('[role="dialog"]');
  await look(desk, 'keys', how);
  await page.keyboard.press('Escape');

  // Back to the door, so that the next language begins there.
  await command(page, 'session_lock', {});
  await desk.context.close();
}

/** Contact with the region, of a desk that has joined one: what waits, what came back, without a line. */
async function contact(lang, options, how) {
  const desk = await open(plan.joined, lang, options);
  const { page } = desk;
  await quiet(page);
  await signInLanguage(page, lang);
  await look(desk, 'sign-in, records wait', how);
  claim((await page.locator('.gate .note').count()) === 1, 'the locked desk does not say what waits');
  await signIn(page);
  await page.keyboard.press('Alt+7');
  await page.waitForSelector('.sync-record a');
  // The beginning of a hash, which people compare letter by letter.
  const proof = await page.locator('.sync-state .sync-facts .num').innerText();
  await look(desk, 'contact', { ...how, typed: [...(how.typed ?? []), proof.split(' · ')[1]] });
  await page.keyboard.press('Control+Enter');
  // The region of this desk is down: the contact is said not to have been made.
  const done = say(lang, 'sync.not_done');
  await page.waitForFunction((text) => document.querySelector('.sync-state [role="status"]')?.textContent === text, done);
  claim((await page.locator('.sync-state .note').count()) === 1, 'a region that is down is not said');
  // What came back is dealt with by a word, and a slip brings it back: with keys alone.
  await page.locator('.sync-acts button').last().focus();
  await page.keyboard.press('Enter');
  await page.waitForSelector('[role="dialog"] textarea');
  await page.keyboard.type('Қағазға жазылды');
  await look(desk, 'contact, dealt with', how);
  await page.keyboard.press('Control+Enter');
  await page.waitForSelector('.sync-record', { state: 'detached' });
  await quiet(page);
  await page.keyboard.press('Control+z');
  await page.waitForSelector('.sync-record a');
  await page.locator('.sync-record a').first().focus();
  await page.keyboard.press('Enter');
  await page.waitForSelector('.case-timeline');
  await command(page, 'session_lock', {});
  await desk.context.close();
}

/** The later one of two copies of a desk: told what happened, it joins its region again; with keys alone. */
async function copied(lang, options, how, code) {
  const desk = await open(plan.copied, lang, options);
  const { page } = desk;
  await quiet(page);
  await signInLanguage(page, lang);
  await signIn(page);
  await page.keyboard.press('Alt+7');
  const field = page.locator('.sync-copy input');
  await field.focus();
  await look(desk, 'contact, two copies', how);
  await page.keyboard.type('AAAA AAAA AA');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.sync-copy [role="alert"]');
  claim((await field.inputValue()) === 'AAAA AAAA AA', 'a wrong code is not left to be mended');
  await look(desk, 'contact, a wrong code', { ...how, typed: [...(how.typed ?? []), 'AAAA AAAA AA'] });
  if (code) {
    await field.focus();
    await page.keyboard.press('Control+a');
    await page.keyboard.type(code);
    await page.keyboard.press('Enter');
    await page.waitForSelector('.sync-copy', { state: 'detached' });
    const sent = say(lang, 'sync.waiting.none');
    await page.waitForFunction((text) => document.querySelector('#main').textContent.includes(text), sent);
  }
  await command(page, 'session_lock', {});
  await desk.context.close();
}

/** The inspector's day with keys alone: an address, a visit, the day handed in, its receipt. */
async function beat(desk, how) {
  const { page } = desk;
  await page.keyboard.press('Alt+3');
  await page.waitForSelector('#main .round');
  await quiet(page);
  await page.keyboard.press('Alt+a');
  await page.keyboard.type('Мұхтар Әуезов көшесі, 12, 4-пәтер');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.round-door');
  await page.locator('.round-door').first().focus();
  await page.keyboard.press('Enter');
  await page.waitForSelector('[role="dialog"] [role="radiogroup"]');
  claim(
    await page.evaluate(() => document.activeElement?.matches('[role="dialog"] [type="radio"]')),
    'what came of a visit has no focus',
  );
  await look(desk, 'rounds, a visit', how);
  await page.keyboard.press('Escape');
  await page.waitForSelector('[role="dialog"]', { state: 'detached' });
  const { plan: doors } = await command(page, 'round', {});
  await command(page, 'round_visit', { id: doors[0].id, result: 'talked', note: 'Ит бар' });
  await page.reload();
  await page.waitForSelector('.round-place.done');
  await page.keyboard.press('Control+Enter');
  await page.waitForSelector('.round-day [role="status"] .note');
  await look(desk, 'rounds, handed in', how);
}

/** The end of a shift with keys alone: to whom, and Ctrl+Enter. */
async function shift(desk, how) {
  const { page } = desk;
  await page.keyboard.press('Alt+6');
  await page.waitForSelector('.shift [role="radiogroup"]');
  await quiet(page);
  claim(
    await page.evaluate(() => document.activeElement?.type === 'radio'),
    'the first decision of a hand-over has no focus',
  );
  await look(desk, 'shift', how);
  await page.keyboard.press('Space');
  await page.keyboard.press('Control+Enter');
  await page.waitForSelector('.shift-handed');
  await look(desk, 'shift, handed over', how);
  await page.keyboard.press('Control+p');
  await page.waitForSelector('.pages img');
  await page.keyboard.press('Escape');
}

/** The practice desk: unmistakably another one, and the real one afterwards as it was. */
async function practice(desk, how) {
  const { page } = desk;
  const marked = () => page.evaluate(() => 'practice' in document.documentElement.dataset);
  const load = async (act) => {
    const loaded = page.waitForEvent('load');
    await act();
    await loaded;
    await page.waitForSelector('#main');
    await quiet(page);
  };
  await page.keyboard.press('Alt+9');
  await page.waitForSelector('#main .training');
  await look(desk, 'training, way in', how);
  claim(!(await marked()), 'the real desk looks like the practice desk');
  await load(() => page.keyboard.press('Enter'));
  await page.waitForSelector('.scenario-line');
  claim(await marked(), 'the practice desk does not look another');
  claim((await page.locator('.practice-word').count()) === 1, 'the word is missing');
  await look(desk, 'training, visitors', how);
  await page.locator('#main button.row').nth(1).click();
  await page.waitForSelector('#trouble');
  await page.waitForSelector('.visitor');
  await page.locator('.visitor-asks button').first().click();
  await page.waitForSelector('.visitor-talk .asked');
  await look(desk, 'training, a visitor', how);
  await page.locator('.visitor-acts button').last().click();
  await page.waitForSelector('.marks');
  await look(desk, 'training, the result', how);
  await load(() => page.locator('.practice-band button').click());
  claim(!(await marked()), 'the real desk still looks like the practice desk');
  await page.waitForSelector('#main .home');
}

/** A half-typed text outlives a change of language, a reload and a return through the list. */
async function theDraftStays() {
  const desk = await open(plan.busy, 'ru');
  const { page } = desk;
  at = 'draft';
  await signIn(page);
  const text = 'Балабақшада орын жоқ, ата-анасы жұм';
  await page.keyboard.press('Control+n');
  await page.waitForSelector('#trouble');
  await page.keyboard.type(text);
  const lang = () => page.evaluate(() => document.documentElement.lang.slice(0, 2));
  const first = await lang();
  const load = page.waitForEvent('load');
  // No pause: what was typed a moment ago has to be saved by the switch itself.
  await page.keyboard.press('F2');
  await load;
  await page.waitForSelector('#trouble');
  await quiet(page);
  claim((await lang()) !== first, 'F2 did not change the language');
  claim((await page.inputValue('#trouble')) === text, 'the change of language lost the text');
  await page.focus('#trouble');
  await page.keyboard.press('Control+End');
  await page.keyboard.type('ыста');
  await saved(page);
  await page.reload();
  await page.waitForSelector('#trouble');
  await quiet(page);
  claim((await page.inputValue('#trouble')) === `${text}ыста`, 'the reload lost the text');
  await page.keyboard.press('Escape');
  await page.waitForSelector('#main .home');
  claim(
    await page.locator('.home', { hasText: 'Балабақшада орын жоқ' }).count(),
    'the draft is not on the list',
  );
  await command(page, 'session_lock', {});
  await desk.context.close();
}

/** A slip and Ctrl+Z, with keys alone: a draft thrown away, a field's own undo, a body taken out. */
async function aSlipIsTakenBack() {
  const desk = await open(plan.busy, 'ru');
  const { page } = desk;
  at = 'slip';
  await signIn(page);
  const text = 'Выбросили по ошибке';
  await page.keyboard.press('Control+n');
  await page.waitForSelector('#trouble');
  await page.keyboard.type(text);
  await page.keyboard.press('Control+z');
  const left = await page.inputValue('#trouble');
  claim(left !== text && (await page.locator('#trouble').count()) === 1, 'Ctrl+Z in a text is not its own');
  await page.fill('#trouble', text);
  await page.evaluate(() => document.activeElement?.blur());
  await page.keyboard.press('3');
  await page.waitForSelector('.task-box');
  await page.evaluate(() => document.activeElement?.blur());
  await page.keyboard.press('3');
  await page.waitForSelector('.task-box', { state: 'detached' });
  // Now there is an act to take back, and the text still has its own Ctrl+Z.
  await page.focus('#trouble');
  await page.keyboard.press('Control+End');
  await page.keyboard.type('!');
  await page.keyboard.press('Control+z');
  await page.waitForTimeout(600);
  claim(!(await page.locator('.task-box').count()), 'Ctrl+Z in a text took back an act');
  await page.fill('#trouble', text);
  await page.evaluate(() => document.activeElement?.blur());
  await page.keyboard.press('Control+z');
  await page.waitForSelector('.task-box');
  await page.locator('#discard button').focus();
  await page.keyboard.press('Enter');
  await page.waitForSelector('#main .home');
  await quiet(page);
  claim(!(await page.locator('.home', { hasText: text }).count()), 'the draft is still on the list');
  await page.keyboard.press('Control+z');
  await page.waitForSelector('#trouble');
  claim((await page.inputValue('#trouble')) === text, 'the draft did not come back as it was');
  claim((await page.locator('.task-box').count()) === 1, 'its task did not come back');
  await page.locator('#discard button').focus();
  await page.keyboard.press('Enter');
  await page.waitForSelector('#main .home');
  await command(page, 'session_lock', {});
  await desk.context.close();
}

/** Slips on the round, at the shift and on the board, with keys alone; a filter that finds nothing. */
async function slipsBesideTheCases() {
  const desk = await open(plan.busy, 'ru');
  const { page } = desk;
  at = 'slips beside';
  await quiet(page);
  await signInLanguage(page, 'ru');
  await signIn(page);
  await page.keyboard.press('Alt+3');
  await page.waitForSelector('#main .round');
  await quiet(page);
  const address = 'Ошибочная улица, 1';
  const noted = () => page.locator('.round-door', { hasText: address });
  await page.keyboard.press('Alt+a');
  await page.keyboard.type(address);
  await page.keyboard.press('Enter');
  await noted().waitFor();
  // The field is empty and has the focus for the next address.
  await page.keyboard.press('Control+z');
  await noted().waitFor({ state: 'detached' });
  await page.keyboard.press('Alt+a');
  await page.keyboard.type(address);
  await page.keyboard.press('Enter');
  await noted().focus();
  await page.keyboard.press('Enter');
  await page.waitForSelector('[role="dialog"] [type="radio"]');
  await page.keyboard.press('Space');
  await page.keyboard.press('Control+Enter');
  await page.waitForSelector('[role="dialog"]', { state: 'detached' });
  const done = page.locator('.round-place.done', { hasText: address });
  await done.waitFor();
  await quiet(page);
  await page.keyboard.press('Control+z');
  await done.waitFor({ state: 'detached' });
  await noted().focus();
  await page.keyboard.press('x');
  await noted().waitFor({ state: 'detached' });

  await page.keyboard.press('Alt+6');
  await page.waitForSelector('.shift [role="radiogroup"]');
  await quiet(page);
  await page.keyboard.press('Space');
  await page.locator('.shift textarea').focus();
  await page.keyboard.type('Ключ не у дежурного');
  await page.keyboard.press('Control+Enter');
  await page.waitForSelector('.shift-handed');
  await page.keyboard.press('Control+z');
  await page.waitForSelector('.shift textarea');
  claim(
    (await page.inputValue('.shift textarea')) === 'Ключ не у дежурного',
    'the note of a hand-over taken back is lost',
  );
  await command(page, 'shift_note', { note: '' });

  await page.keyboard.press('Alt+2');
  await page.waitForSelector('[role="grid"] [role="row"][tabindex="0"]');
  await page.locator('[role="row"][tabindex="0"]').focus();
  const at_row = () => page.evaluate(() => Number(document.activeElement?.getAttribute('data-index')));
  await page.keyboard.press('End');
  await page.waitForTimeout(600);
  const last = await at_row();
  claim(last > 20, `End stands at row ${last}`);
  await page.keyboard.press('Home');
  await page.waitForTimeout(300);
  claim((await at_row()) === 0, 'Home is not the first row');
  await page.keyboard.press('/');
  await page.keyboard.type('щщщщ');
  await page.locator('#main [role="status"]', { hasText: 'щщщщ' }).waitFor();
  await look(desk, 'control, nothing found', { typed: TYPED });
  await page.keyboard.press('Escape');
  await page.waitForSelector('[role="grid"] [role="row"][tabindex="0"]');
  claim((await page.inputValue('#main input[type="search"]')) === '', 'the filter stayed');

  await page.locator('[role="row"][tabindex="0"]').focus();
  await page.keyboard.press('f');
  const own = '[role="dialog"] .own-queues li';
  await page.waitForSelector('[role="dialog"] input');
  await page.locator('[role="dialog"] input').last().focus();
  await page.keyboard.type('Мой список');
  await page.keyboard.press('Control+Enter');
  await page.waitForSelector('[role="dialog"]', { state: 'detached' });
  const pill = page.locator('.pills button', { hasText: 'Мой список' });
  await pill.waitFor();
  await quiet(page);
  await page.evaluate(() => document.activeElement?.blur());
  await page.keyboard.press('Control+z');
  await pill.waitFor({ state: 'detached' });
  claim((await page.locator(own).count()) === 0, 'the list is there still');
  await page.keyboard.press('Alt+8');
  await page.waitForTimeout(600);
  claim(page.url().endsWith('#/settings'), 'Alt+8 opens no settings');
  await command(page, 'session_lock', {});
  await desk.context.close();
}

/** What an officer types is text, wherever it is shown. */
async function typedCodeIsText() {
  const desk = await open(plan.busy, 'ru');
  const { page } = desk;
  at = 'typed code';
  await signIn(page);
  const asked = [];
  page.on('request', (request) => {
    if (request.url().includes('planted')) asked.push(request.url());
  });
  await page.evaluate(() => {
    window.ran = false;
  });
  const evil =
    '<img src="/planted.png" onerror="window.ran=true;alert(1)"><script>window.ran=true</script>' +
    "<svg onload=alert(2)> нет отопления javascript:alert(3) {{7*7}} '\"";
  await page.keyboard.press('Control+n');
  await page.waitForSelector('#trouble');
  await page.fill('#trouble', evil);
  await page.waitForTimeout(800);
  await page.keyboard.press('Alt+Enter');
  await page.waitForTimeout(400);
  await saved(page);
  claim((await page.inputValue('#trouble')) === evil, 'the text was changed');
  await page.keyboard.press('Control+Enter');
  await page.waitForTimeout(2000);
  const seen = async (where) => {
    await quiet(page);
    claim(!(await page.evaluate(() => window.ran)), `${where}: typed code ran`);
    claim(
      (await page.locator('#main img[src*="planted"], #main script').count()) === 0,
      `${where}: typed code became elements`,
    );
  };
  await seen('intake');
  const hash = async (to, sign) => {
    await page.evaluate((h) => {
      window.location.hash = h;
    }, to);
    await page.waitForSelector(sign);
    await seen(to);
  };
  await hash('#/reception', '#main .home');
  claim(
    (await page.locator('#main', { hasText: '<img src=' }).count()) > 0,
    'the reception does not show the text as it was typed',
  );
  const home = await command(page, 'reception', {});
  const taken = home.taken_today.find((line) => line.title.includes('<img'));
  claim(taken !== undefined, 'nothing was taken with this text');
  if (taken) {
    await hash(`#/case/${taken.id}`, 'h1');
    claim(
      (await page.locator('#main', { hasText: '<script>' }).count()) > 0,
      'the case does not show the text as it was typed',
    );
  }
  await hash('#/control', '[role="grid"]');
  await page.keyboard.press('Control+k');
  await page.waitForSelector('[role="dialog"] input');
  await page.keyboard.type('отопления');
  await page.waitForTimeout(600);
  await seen('search');
  claim(asked.length === 0, `typed code asked for ${asked.join(', ')}`);
  await command(page, 'session_lock', {});
  await desk.context.close();
}

const stages = [
  ['planted', theChecksAreAwake],
  ['first run', firstRun],
  ...['ru', 'kk', 'en'].map((lang) => [`screens, ${lang}`, () => screens(lang, {}, { typed: TYPED })]),
  ...['kk', 'ru'].map((lang) => [`screens, ${lang}, 200 %`, () => screens(lang, ZOOM, { zoomed: true })]),
  ...['ru', 'kk', 'en'].map((lang) => [`contact, ${lang}`, () => contact(lang, {}, { typed: TYPED })]),
  ['contact, kk, 200 %', () => contact('kk', ZOOM, { zoomed: true })],
  ['two copies, ru', () => copied('ru', {}, { typed: TYPED })],
  ['two copies, kk, 200 %', () => copied('kk', ZOOM, { zoomed: true })],
  ['two copies, kk', () => copied('kk', {}, { typed: TYPED }, plan.code)],
  ['draft', theDraftStays],
  ['slip', aSlipIsTakenBack],
  ['slips beside', slipsBesideTheCases],
  ['typed code', typedCodeIsText],
];

/** Written by officers or part of a version number. */
const TYPED = ['0.1.0', 'English'];

for (const [name, stage] of stages) {
  const before = findings.length;
  const start = Date.now();
  at = name;
  try {
    await stage();
  } catch (error) {
    found(`stopped: ${String(error.stack ?? error).slice(0, 600)}`);
    if (plan.shots) {
      const page = browser.contexts().at(-1)?.pages().at(0);
      await page?.screenshot({ path: `${plan.shots}/stopped-${name.replaceAll(/[^\w]+/g, '_')}.png` }).catch(() => {});
    }
    for (const context of browser.contexts()) await context.close();
  }
  console.log(`${name}: ${findings.length - before} findings, ${Date.now() - start} ms`);
}
await browser.close();
for (const line of [...new Set(findings)]) console.error(line);
process.exit(findings.length > 0 ? 1 : 0);
