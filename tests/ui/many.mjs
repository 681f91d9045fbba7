// Drives Chromium through the window of a desk with thousands of cases: every screen, and the long lists by keys; exit code 1 when
// something was found. No clock is looked at.
import { screens } from './screens.mjs';
import { claim, command, here, look, open, plan, quiet, signIn, signInLanguage, stages, TYPED, ZOOM } from './window.mjs';

/** Every queue of the board from its first row to its last, and one case found among all, with keys alone. */
async function longLists(lang, options, how) {
  const desk = await open(plan.busy, lang, options);
  const { page } = desk;
  await quiet(page);
  await signInLanguage(page, lang);
  await signIn(page);
  const { counts } = await command(page, 'control', { queue: 'all', limit: 1 });
  here('long lists');
  claim(counts.all >= plan.cases / 2, `the board has ${counts.all} rows of ${plan.cases} cases`);
  const focused = (attribute) =>
    page.evaluate((a) => Number(document.activeElement?.getAttribute(a)), attribute);
  const at_place = (place) =>
    page.waitForFunction(
      (n) => document.activeElement?.getAttribute('aria-rowindex') === String(n),
      place + 1,
    );
  for (const queue of ['overdue', 'waiting_agency', 'waiting_us', 'all']) {
    if (counts[queue] === 0) continue;
    await page.evaluate((q) => {
      window.location.hash = `#/control?queue=${q}`;
    }, queue);
    await page.locator(`[role="grid"][aria-rowcount="${counts[queue] + 1}"]`).waitFor();
    await quiet(page);
    await page.locator('[role="row"][tabindex="0"]').focus();
    await page.keyboard.press('End');
    await at_place(counts[queue]);
    await look(desk, `the end of ${queue}`, how);
    await page.keyboard.press('Home');
    await at_place(1);
    for (let n = 0; n < 12; n += 1) await page.keyboard.press('PageDown');
    await quiet(page);
    claim((await focused('aria-rowindex')) > 60, `${queue}: twelve pages down is row ${await focused('aria-rowindex')}`);
    claim((await page.locator('[role="row"]').count()) < 80, `${queue}: rows out of sight are drawn`);
  }
  // The case taken down last, among all that came in: by its number on the board, by its address in the search.
  const wanted = await command(page, 'case_get', { id: plan.case });
  await page.keyboard.press('/');
  await page.keyboard.type(wanted.number);
  await page.waitForFunction(
    (n) => document.querySelector('[role="row"][tabindex] .cell-number')?.textContent === n,
    wanted.number,
  );
  await page.keyboard.press('Control+k');
  await page.waitForSelector('[role="dialog"] input');
  await page.keyboard.type(wanted.number);
  await page.locator('[role="dialog"]', { hasText: wanted.number }).waitFor();
  await page.keyboard.press('Enter');
  await page.waitForSelector('.case-timeline');
  claim(page.url().endsWith(plan.case), 'Enter in the search opens another case');
  await command(page, 'session_lock', {});
  await desk.context.close();
}

await stages([
  ['many cases, long lists, ru', () => longLists('ru', {}, { typed: TYPED, full: true })],
  ['many cases, long lists, kk, 200 %', () => longLists('kk', ZOOM, { zoomed: true })],
  ['many cases, every screen, kk', () => screens('kk', {}, { typed: TYPED, dark: true, full: true })],
  ['many cases, every screen, ru, 200 %', () => screens('ru', ZOOM, { zoomed: true })],
]);
