// Drives Chromium through every screen of the window and tells what it found; exit code 1 if anything.
import { barriers, cutOrPushedOut, foreignLetters, reallyDark } from './checks.mjs';
import { contact, copied, firstRun, screens } from './screens.mjs';
import { claim, command, here, look, open, plan, quiet, signIn, signInLanguage, stages, TYPED, ZOOM } from './window.mjs';

export async function saved(page) {
  await page.waitForTimeout(400);
  await page.locator('#trouble').blur();
  await page.waitForTimeout(1500);
}

/** The checks themselves: each must find what is planted for it. */
async function theChecksAreAwake() {
  here('planted');
  const desk = await open(plan.fresh, 'ru', {
    viewport: { width: 640, height: 400 },
    deviceScaleFactor: 2,
  });
  await quiet(desk.page);
  await desk.page.evaluate(() => {
    const planted = document.createElement('div');
    planted.innerHTML =
      '<button></button><p>Planted words</p><p>H7PA-SH22-NMTB-W066</p><p style="width:900px">Планка шире окна</p>' +
      '<p style="width:40px;overflow:hidden;white-space:nowrap">Отрезанные слова</p>' +
      '<p style="color:#555;background:#333">Не прочесть</p>';
    document.getElementById('main').append(planted);
  });
  const heard = [
    ...(await barriers(desk.page)),
    ...(await foreignLetters(desk.page, desk.cdp)),
    ...(await cutOrPushedOut(desk.page)),
    ...(await reallyDark(desk.page)),
  ];
  for (const sign of ['button-name', 'color-contrast', 'Planted words', 'sideways', 'cut at the side', 'not dark']) {
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

/** A half-typed text outlives a change of language, a reload and a return through the list. */
async function theDraftStays() {
  const desk = await open(plan.busy, 'ru');
  const { page } = desk;
  here('draft');
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
  here('slip');
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
  here('slips beside');
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
  here('typed code');
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

/** At the usual size, in both looks where people work in the language. */
const plain = (lang) => ({ typed: TYPED, full: true, dark: lang !== 'en' });

await stages([
  ['planted', theChecksAreAwake],
  ['first run', firstRun],
  ...['ru', 'kk', 'en'].map((lang) => [`screens, ${lang}`, () => screens(lang, {}, plain(lang))]),
  ...['kk', 'ru'].map((lang) => [`screens, ${lang}, 200 %`, () => screens(lang, ZOOM, { zoomed: true })]),
  ...['ru', 'kk', 'en'].map((lang) => [`contact, ${lang}`, () => contact(lang, {}, plain(lang))]),
  ['contact, kk, 200 %', () => contact('kk', ZOOM, { zoomed: true })],
  ['two copies, ru', () => copied('ru', {}, plain('ru'))],
  ['two copies, kk, 200 %', () => copied('kk', ZOOM, { zoomed: true })],
  ['two copies, kk', () => copied('kk', {}, { typed: TYPED }, plan.code)],
  ['draft', theDraftStays],
  ['slip', aSlipIsTakenBack],
  ['slips beside', slipsBesideTheCases],
  ['typed code', typedCodeIsText],
]);
