// Every screen of the window, once, by keys: each is opened, used a little and looked at.
import { button, claim, command, here, look, open, plan, quiet, say, signIn, signInLanguage, TYPED, ZOOM } from './window.mjs';

/** The first step of the first run asks for the language. */
async function chooseLanguage(page, lang) {
  await page.locator('[role="radiogroup"] label').nth(['kk', 'ru', 'en'].indexOf(lang)).click();
  await page.waitForFunction((l) => document.documentElement.lang.startsWith(l), lang);
}

export async function firstRun() {
  for (const lang of ['kk', 'ru', 'en']) {
    const desk = await open(plan.fresh, lang);
    here(`first run, ${lang}`);
    await chooseLanguage(desk.page, lang);
    claim(
      (await desk.page.evaluate(() => document.documentElement.lang)).startsWith(lang),
      'the page does not say its language',
    );
    await look(desk, 'first run', { typed: TYPED, dark: true });
    await desk.context.close();
    if (lang === 'en') continue;
    const narrow = await open(plan.fresh, lang, ZOOM);
    await chooseLanguage(narrow.page, lang);
    await look(narrow, 'first run', { zoomed: true });
    await narrow.context.close();
  }
}

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

export async function screens(lang, options, how) {
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

  await covering(desk, how, go);

  await go(`#/case/${plan.case}`, 'h1');
  await look(desk, 'case', how);
  await page.keyboard.press('Alt+c');
  await page.waitForSelector('.correct-party');
  await look(desk, 'case, corrections', how);
  await page.keyboard.press('Escape');
  await page.waitForSelector('[role="dialog"]', { state: 'detached' });
  await page.keyboard.press('Alt+l');
  await page.waitForSelector('table.looks');
  await look(desk, 'case, who looked', how);
  await page.keyboard.press('Escape');
  for (const [name, where, text] of [
    ['controller', '.controller', 'case.controller.change'],
    ['priority', '.how-soon', 'priority.change'],
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
    if (name === 'close') {
      // An end for which no body has to have answered.
      const withdrawn = say(desk.lang, 'case.outcome.withdrawn');
      await page.locator('[role="dialog"]').getByText(withdrawn, { exact: true }).click();
      await page.locator('.ready-words summary').click();
      await page.waitForSelector('.ready-words li button');
      await look(desk, 'case, ready words', how);
    }
    await page.keyboard.press('Escape');
    if (await page.locator('[role="dialog"]').count()) await page.keyboard.press('Escape');
  }
  await page.waitForSelector('[role="dialog"]', { state: 'detached' });
  await button(desk, '.person', 'person.same').click();
  await page.waitForSelector('.person-two');
  await look(desk, 'case, the same person', how);
  await page.keyboard.press('Escape');
  await page.waitForSelector('[role="dialog"]', { state: 'detached' });
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
  await page.keyboard.press('l');
  await page.waitForSelector('[role="dialog"]');
  await look(desk, 'control, lists of a week', how);
  await page.keyboard.press('Escape');
  await page.waitForSelector('[role="dialog"]', { state: 'detached' });
  for (const queue of ['first', 'overdue', 'waiting_agency', 'to_sign', 'second_bounce']) {
    await go(`#/control?queue=${queue}`, '[role="grid"], #main .empty');
    await look(desk, `control, ${queue}`, how);
  }
  await go('#/control', '[role="grid"] [data-index]');
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

/** Parts of a picture are covered with keys alone; the copy stands beside its original. */
async function covering(desk, how, go) {
  const { page } = desk;
  const draft = await command(page, 'draft_open', {});
  const base64 = await page.evaluate(() => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [900, 1200];
    const sheet = canvas.getContext('2d');
    sheet.fillStyle = '#f2efe6';
    sheet.fillRect(0, 0, 900, 1200);
    sheet.fillStyle = '#223';
    for (let y = 80; y < 1140; y += 40) sheet.fillRect(80, y, 300 + ((y * 7) % 440), 12);
    return canvas.toDataURL('image/png').split(',')[1];
  });
  const upload = await page.evaluate(() => crypto.randomUUID());
  const to = { to: 'draft', id: draft.id };
  await command(page, 'attachment_part', { upload, from: 0, base64 });
  await command(page, 'attachment_add', { upload, to, name: 'Көше' });
  await go(`#/intake/${draft.id}`, '.files .file-acts');
  await button(desk, '.files', 'files.cover').click();
  await page.waitForSelector('.cover-picture img');
  claim(
    await page.evaluate(() => document.activeElement?.matches('.cover-tools button')),
    'what adds a part has no focus',
  );
  await page.keyboard.press('n');
  for (const key of ['ArrowUp', 'ArrowUp', 'Shift+ArrowRight', 'Shift+ArrowRight', 'n']) await page.keyboard.press(key);
  claim((await page.locator('.cover-part').count()) === 2, 'a key adds no part');
  await look(desk, 'a picture, parts covered', how);
  await page.keyboard.press('Control+Enter');
  await page.waitForSelector('[role="dialog"]', { state: 'detached' });
  await page.waitForFunction(() => document.querySelectorAll('.files .file').length === 2);
  await look(desk, 'a picture, its covered copy', { ...how, typed: [...(how.typed ?? []), '.png'] });
  await command(page, 'draft_discard', { id: draft.id });
}

/** Contact with the region, of a desk that has joined one: what waits, what came back, without a line. */
export async function contact(lang, options, how) {
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
export async function copied(lang, options, how, code) {
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
