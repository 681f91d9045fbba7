// A window on a desk in a browser: how it is opened, signed in to and looked at, and what was found of it. The scripts beside it drive.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { barriers, cutOrPushedOut, foreignLetters, frameMoves, reallyDark } from './checks.mjs';

export const plan = JSON.parse(process.argv[2]);
const require = createRequire(new URL('../../ui/package.json', import.meta.url));
const { chromium } = require('playwright-core');
const AXE = require.resolve('axe-core/axe.min.js');

/** A window at 200 %. */
export const ZOOM = { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 };
/** Written by officers or part of a version number. */
export const TYPED = ['0.1.0', 'English'];

// A busy machine is waited for: only what never comes is a finding.
const PATIENCE = 60_000;
const findings = [];
let at = '';

/** Where the officer is, for what is found there. */
export function here(name) {
  at = name;
}

export function found(...texts) {
  for (const text of texts) findings.push(`${at}: ${text}`);
}

export function claim(so, text) {
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
export async function open(url, lang, options = {}) {
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
export function command(page, cmd, args) {
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
export async function quiet(page) {
  await page.waitForLoadState('load');
  await page.waitForFunction(() => !document.querySelector('[aria-busy="true"]'));
  await page.waitForTimeout(700);
}

let shots = 0;

async function shot(page, name) {
  if (!plan.shots) return;
  shots += 1;
  const file = `${String(shots).padStart(2, '0')}-${name}`.replaceAll(' ', '_');
  await page.screenshot({ path: `${plan.shots}/${file}.png` });
}

/**
 * Every check of one screen. `how.zoomed`: it stands at 200 %; `how.dark`: it is looked at in the dark look too, which a
 * desk takes from its system while it is open; `how.full`: what is cut is looked for at the usual size too.
 */
export async function look(desk, screen, how) {
  const { page, cdp, lang } = desk;
  await quiet(page);
  const before = at;
  at = `${screen}, ${lang}${how.zoomed ? ', 200 %' : ''}`;
  if (how.zoomed || how.full) found(...(await cutOrPushedOut(page)));
  if (!how.zoomed) {
    found(...(await barriers(page)));
    found(...(await frameMoves(page)));
    if (lang !== 'en') found(...(await foreignLetters(page, cdp, how.typed)));
  }
  await shot(page, `${screen}-${lang}${how.zoomed ? '-200' : ''}`);
  if (how.dark) await lookInTheDark(desk, screen);
  at = before;
}

async function lookInTheDark({ page, lang }, screen) {
  at = `${screen}, ${lang}, dark`;
  const turn = async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    await page.waitForFunction((look) => document.documentElement.dataset.theme === look, colorScheme);
  };
  await turn('dark');
  found(...(await reallyDark(page)));
  found(...(await barriers(page)));
  await shot(page, `${screen}-${lang}-dark`);
  await turn('light');
}

const catalogues = new Map();

/** What the screen says for a message, from the catalogue of its language. */
export function say(lang, id) {
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
export function button(desk, where, id) {
  return desk.page.locator(where).getByRole('button', { name: say(desk.lang, id) }).first();
}

/** Signs the only officer in with keys alone: the password has the focus. */
export async function signIn(page) {
  await page.waitForSelector('input[type="password"]');
  await page.waitForFunction(() => document.activeElement?.type === 'password');
  await page.keyboard.type(plan.password);
  await page.keyboard.press('Enter');
  await page.waitForSelector('nav.rail');
}

/** F2 goes round the languages, at the door too. */
export async function signInLanguage(page, lang) {
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

/** Runs the parts one after another, tells what was found and ends the program: 1 if anything was. */
export async function stages(parts) {
  for (const [name, stage] of parts) {
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
}
